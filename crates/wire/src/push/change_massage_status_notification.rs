//! `changeMassageStatusNotification` (spelled so): the gateway says where a message of the system is now.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::asynchronous::states::{MessageState, MessageStatus};
use crate::error_info::ErrorInfo;
use crate::fields::Fields;
use crate::notes::Notes;
use crate::operation::{Operation, Part};
use crate::{Departure, Reading, WireError, soap};

/// Where a message is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusNotification {
    /// The gateway's id of the notification.
    pub notification_id: MessageId,
    /// The message.
    pub message_id: MessageId,
    /// When the gateway wrote the notification.
    pub notification_date: Moment,
    /// The state.
    pub message_state: MessageState,
    /// What is behind it.
    pub status: MessageStatus,
    /// What went wrong on the way.
    pub error: Option<ErrorInfo>,
}

/// The notification, as the gateway sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeMassageStatusNotificationRequest {
    /// Where the message is now.
    pub notification: StatusNotification,
    /// When the gateway wrote the request.
    pub request_date: Moment,
    /// The gateway's id of this exchange of SOAP messages, in braces.
    pub session_id: Option<String>,
}

impl StatusNotification {
    fn read(element: Element<'_>, notes: &mut Notes) -> Result<Self, WireError> {
        let mut fields = Fields::of(element, notes);
        let notification = Self {
            notification_id: fields.needed_id("notificationId")?,
            message_id: fields.needed_id("messageId")?,
            notification_date: fields.needed_date("notificationDate")?,
            message_state: MessageState::needed(&mut fields)?,
            status: MessageStatus::needed(&mut fields)?,
            error: ErrorInfo::optional(&mut fields)?,
        };
        fields.finish();
        Ok(notification)
    }

    fn write(&self, out: &mut Writer) {
        out.start("notification");
        out.leaf("notificationId", self.notification_id.as_str());
        out.leaf("messageId", self.message_id.as_str());
        out.leaf("notificationDate", &soap::date(self.notification_date));
        self.message_state.write(out);
        self.status.write(out);
        ErrorInfo::write_optional(self.error.as_ref(), out);
        out.end();
    }
}

impl ChangeMassageStatusNotificationRequest {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `changeMassageStatusNotification` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let operation = Operation::ChangeMassageStatusNotification;
        soap::read(
            document,
            (operation, Part::Request, reading),
            |request, notes| {
                let mut fields = Fields::of(request, notes);
                let notification = fields.needed("notification")?;
                let request = Self {
                    notification: StatusNotification::read(notification, fields.notes)?,
                    request_date: fields.needed_date("requestDate")?,
                    session_id: fields.session()?,
                };
                fields.finish();
                Ok(request)
            },
        )
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let operation = Operation::ChangeMassageStatusNotification;
        soap::write(operation, Part::Request, |out| {
            self.notification.write(out);
            out.leaf("requestDate", &soap::date(self.request_date));
            soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
        })
    }
}

/// The information system has the notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeMassageStatusNotificationResponse {
    /// When the system answered, by its own clock.
    pub response_date: Moment,
    /// The gateway's id of this exchange of SOAP messages: `None` only where a peer left it out.
    pub session_id: Option<String>,
}

impl ChangeMassageStatusNotificationResponse {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `changeMassageStatusNotificationResponse` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let operation = Operation::ChangeMassageStatusNotification;
        soap::read(
            document,
            (operation, Part::Response, reading),
            |response, notes| {
                let mut fields = Fields::of(response, notes);
                let response = Self {
                    response_date: fields.needed_date("responseDate")?,
                    session_id: fields.wanted_session()?,
                };
                fields.finish();
                Ok(response)
            },
        )
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let operation = Operation::ChangeMassageStatusNotification;
        soap::write(operation, Part::Response, |out| {
            out.leaf("responseDate", &soap::date(self.response_date));
            soap::session(out, self.session_id.as_deref());
        })
    }
}

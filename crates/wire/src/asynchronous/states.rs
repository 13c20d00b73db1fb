//! Where a message stands on its way.

use qaqpa_model::Moment;
use qaqpa_xml::write::Writer;

use crate::closed::closed;
use crate::fields::Fields;
use crate::limits::MESSAGE_CHARS_MAX;
use crate::{WireError, soap};

closed! {
    /// Where a message stands on its way to the receiver (`messageState`).
    MessageState in "messageState" {
        /// The gateway has it and tries to deliver.
        OnDelivery = "ON_DELIVERY",
        /// The receiver has it.
        Delivered = "DELIVERED",
        /// The last attempt failed; others follow.
        NotDelivered = "NOT_DELIVERED",
        /// No more attempts are made.
        DeliveryStopped = "DELIVERY_STOPPED",
    }
}

/// The status behind a state (`status` of the asynchronous channel): a code, words, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageStatus {
    /// The code: the simulator's choice, see [`crate::code`].
    pub code: String,
    /// At most 250 characters for people.
    pub message: String,
    /// Since when.
    pub date: Moment,
}

impl MessageStatus {
    pub(crate) fn needed(fields: &mut Fields<'_, '_>) -> Result<Self, WireError> {
        let element = fields.needed("status")?;
        let mut fields = Fields::of(element, fields.notes);
        let status = Self {
            code: fields.needed_text("statusCode")?,
            message: fields.wanted_prose("statusMessage", MESSAGE_CHARS_MAX)?,
            date: fields.needed_date("statusDate")?,
        };
        fields.finish();
        Ok(status)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.start("status");
        out.leaf("statusCode", &self.code);
        out.leaf(
            "statusMessage",
            &soap::limited(&self.message, MESSAGE_CHARS_MAX),
        );
        out.leaf("statusDate", &soap::date(self.date));
        out.end();
    }
}

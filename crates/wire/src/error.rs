//! Why an envelope or a document could not be read.

use qaqpa_model::RefusalLabel;
use qaqpa_xml::XmlError;
use thiserror::Error;

use crate::{Departure, FaultCode};

/// Why bytes are not an envelope of this channel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WireError {
    /// Something that no reading lets pass, and the departures from the schema that were found before it.
    #[error("{error}")]
    Beside {
        /// What no reading lets pass.
        error: Box<WireError>,
        /// Each departure, in document order.
        departures: Vec<Departure>,
    },
    /// The envelope carries no business document.
    #[error("the envelope carries no business document in requestData/data")]
    DataMissing,
    /// Strict reading: the envelope departs from the schema.
    #[error("the envelope departs from the schema: {}", first(departures))]
    Departs {
        /// Each departure, in document order.
        departures: Vec<Departure>,
    },
    /// The XML is not an envelope of this channel.
    #[error("not an envelope of this channel: {why}")]
    Envelope {
        /// What was expected and what was found.
        why: String,
    },
    /// More or longer than the limits allow.
    #[error("the envelope has more {what} than {max}")]
    Limit {
        /// What is too many or too long.
        what: String,
        /// The limit.
        max: usize,
    },
    /// A header asks to be understood and is not (SOAP 1.1 §4.2.3).
    #[error("the header <{header}> must be understood and is not")]
    MustUnderstand {
        /// The header's local name.
        header: String,
    },
    /// The `senderId` has a shape that no registered sender has.
    #[error("the senderId is not one: {why}")]
    Sender {
        /// Which rule it breaks.
        why: String,
    },
    /// SOAP 1.2, where the channel speaks SOAP 1.1.
    #[error("the envelope is SOAP 1.2; this channel speaks SOAP 1.1")]
    VersionMismatch,
}

impl WireError {
    /// The label with which the channel refuses.
    #[must_use]
    pub fn label(&self) -> RefusalLabel {
        match self {
            Self::Beside { error, .. } => error.label(),
            Self::DataMissing => RefusalLabel::DataMissing,
            Self::Departs { .. }
            | Self::Envelope { .. }
            | Self::MustUnderstand { .. }
            | Self::VersionMismatch => RefusalLabel::EnvelopeMalformed,
            Self::Limit { .. } => RefusalLabel::LimitExceeded,
            Self::Sender { .. } => RefusalLabel::SenderUnknown,
        }
    }

    /// The SOAP fault code that SOAP 1.1 §4.4.1 asks for.
    #[must_use]
    pub fn fault_code(&self) -> FaultCode {
        match self {
            Self::Beside { error, .. } => error.fault_code(),
            Self::MustUnderstand { .. } => FaultCode::MustUnderstand,
            Self::VersionMismatch => FaultCode::VersionMismatch,
            _ => FaultCode::Client,
        }
    }

    /// The departures from the schema that are known; strict reading names no other.
    #[must_use]
    pub fn departures(&self) -> &[Departure] {
        match self {
            Self::Beside { departures, .. } | Self::Departs { departures } => departures,
            _ => &[],
        }
    }

    /// With the departures that were found before.
    pub(crate) fn beside(self, departures: Vec<Departure>) -> Self {
        if departures.is_empty() {
            return self;
        }
        Self::Beside {
            error: Box::new(self),
            departures,
        }
    }

    pub(crate) fn envelope(why: impl Into<String>) -> Self {
        Self::Envelope { why: why.into() }
    }
}

/// Why a signed document is not an application or a result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// An attachment's bytes do not have the digest that the document states.
    #[error("the attachment {name:?} has the SHA-256 {actual}, the document states {stated}")]
    AttachmentDigest {
        /// The file's name.
        name: String,
        /// The digest in the document.
        stated: String,
        /// The digest of the bytes.
        actual: String,
    },
    /// An IIN has a wrong shape, date or check digit.
    #[error("the IIN of the {of} is not valid: {why}")]
    Iin {
        /// Whose: `submitter` or `applicant`.
        of: &'static str,
        /// Which rule it breaks.
        why: String,
    },
    /// More or larger than the limits allow.
    #[error("{what} exceeds the limit of {max}")]
    Limit {
        /// What is too many or too long.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// The document has not the structure of the schema.
    #[error("not a document of {schema}: {why}")]
    Malformed {
        /// `application` or `result`.
        schema: &'static str,
        /// What was expected and what was found.
        why: String,
    },
}

impl DocumentError {
    /// The label with which the gateway refuses.
    #[must_use]
    pub const fn label(&self) -> RefusalLabel {
        match self {
            Self::AttachmentDigest { .. } | Self::Malformed { .. } => {
                RefusalLabel::ApplicationMalformed
            }
            Self::Iin { .. } => RefusalLabel::IinInvalid,
            Self::Limit { .. } => RefusalLabel::LimitExceeded,
        }
    }
}

fn first(departures: &[Departure]) -> String {
    departures
        .first()
        .map_or_else(String::new, ToString::to_string)
}

/// The label with which a channel refuses bytes that the XML reader refused.
#[must_use]
pub fn label_of_xml(error: &XmlError) -> RefusalLabel {
    match error {
        XmlError::Dtd { .. } => RefusalLabel::DtdRefused,
        XmlError::Limit { .. } => RefusalLabel::LimitExceeded,
        _ => RefusalLabel::XmlMalformed,
    }
}

//! Status and error codes.
//!
//! `SCSS001` (success) and `SCSE001`–`SCSE003` are met on the real channel, and one real system's list
//! gives the `SCE…` codes their meaning; codes vary per service, so **which code stands for which label
//! is the simulator's choice**. Scripts should hold on to the label.

use qaqpa_model::RefusalLabel;

/// The `status/code` of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusCode {
    /// `SCSS001`: accepted; here: request, verdict and outbox entry are stored.
    Success,
    /// Another code, as a peer sent it.
    Other(String),
}

impl StatusCode {
    /// The code as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Success => "SCSS001",
            Self::Other(code) => code,
        }
    }

    /// Reads a code; every text is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "SCSS001" {
            Self::Success
        } else {
            Self::Other(text.to_owned())
        }
    }
}

/// The `faultcode` of SOAP 1.1 §4.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// The message was wrong: sending it again unchanged will not help.
    Client,
    /// A mandatory header is not understood.
    MustUnderstand,
    /// The receiver could not work: the same message may succeed later.
    Server,
    /// The envelope's name space is not SOAP 1.1.
    VersionMismatch,
}

impl FaultCode {
    /// The local name: `Client`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "Client",
            Self::MustUnderstand => "MustUnderstand",
            Self::Server => "Server",
            Self::VersionMismatch => "VersionMismatch",
        }
    }

    /// The code of a local name; dotted refinements (`Client.Authentication`) are read as their first part.
    #[must_use]
    pub fn parse(local: &str) -> Option<Self> {
        let head = local.split('.').next().unwrap_or(local);
        [
            Self::Client,
            Self::MustUnderstand,
            Self::Server,
            Self::VersionMismatch,
        ]
        .into_iter()
        .find(|code| code.as_str() == head)
    }
}

/// `SCE909`: the receiver failed, the message may be sent again.
pub const INTERNAL: &str = "SCE909";
/// `SCSE003`: unhandled.
pub const UNHANDLED: &str = "SCSE003";

/// The `errorCode` with which a label is refused: the simulator's choice.
#[must_use]
pub const fn error_code(label: RefusalLabel) -> &'static str {
    use RefusalLabel as L;
    match label {
        L::BodyTooLarge
        | L::DataMissing
        | L::DtdRefused
        | L::EnvelopeMalformed
        | L::LimitExceeded
        | L::MessageIdReused
        | L::Replayed
        | L::RequestTimeout
        | L::XmlMalformed => "SCE001",
        L::SenderPasswordWrong | L::SenderUnknown => "SCE002",
        L::ServiceNotInSource | L::ServiceUnknown => "SCE004",
        L::TransportCertificateRefused => "SCE005",
        L::SenderCertificateMismatch | L::TransportSignatureInvalid => "SCE006",
        L::TransportSignatureMissing => "SCE007",
        L::AuthorityRevoked
        | L::CertificateExpired
        | L::CertificateNotYetValid
        | L::CertificatePurpose
        | L::CertificateRevoked
        | L::CertificateSuspended
        | L::IssuerUntrusted
        | L::RevocationUnknown => "SCE015",
        L::AlgorithmUnknown
        | L::AlgorithmWeak
        | L::ContentChanged
        | L::ReferenceRefused
        | L::SignatureMalformed
        | L::SignatureMultiple
        | L::SignatureScope
        | L::SignatureValueWrong
        | L::TransformRefused => "SCE016",
        L::SignatureMissing => "SCE017",
        L::ApplicationMalformed | L::CorrelationUnknown | L::IinInvalid => "SCSE002",
        L::ApplicantUnknown
        | L::BinMismatch
        | L::DocumentsRefused
        | L::GroundsAbsent
        | L::IinMismatch
        | L::PasswordWrong => "SCSE001",
        // The enum is open for labels of later services: until they have a code they are unhandled.
        _ => UNHANDLED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_a_code_of_its_own_kind() {
        for label in RefusalLabel::ALL {
            assert_ne!(error_code(*label), UNHANDLED, "{label}");
        }
        assert_eq!(
            error_code(RefusalLabel::TransportSignatureMissing),
            "SCE007"
        );
        assert_eq!(error_code(RefusalLabel::SignatureMissing), "SCE017");
    }

    #[test]
    fn a_refined_fault_code_is_read_as_its_first_part() {
        assert_eq!(
            FaultCode::parse("Client.Authentication"),
            Some(FaultCode::Client)
        );
        assert_eq!(FaultCode::parse("Sender"), None);
    }
}

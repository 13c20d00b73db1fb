//! Is there exactly one signature, of the structure that the profile asks, by algorithms that are known and strong?

use qaqpa_model::RefusalLabel;
use qaqpa_xml::XmlError;
use qaqpa_xmldsig::SignatureError;

use super::Reason;
use crate::indication::SubIndication;
use crate::rules::Rule;

pub(crate) const CLAUSE: &str =
    "EN 319 102-1 §5.2.2 (format), §5.2.8 (algorithms); XML Signature 1.1 §4";

/// The reason, where this error is one of structure.
pub(crate) const fn reason(error: &SignatureError) -> Option<Reason> {
    let (rule, label, sub) = match error {
        // This simulator's profile: one signature, in the place of the profile. (W12, W14, W21)
        SignatureError::Missing => (
            Rule::SignaturePresent,
            RefusalLabel::SignatureMissing,
            SubIndication::FormatFailure,
        ),
        SignatureError::Multiple { .. } => (
            Rule::SignatureSingle,
            RefusalLabel::SignatureMultiple,
            SubIndication::SigConstraintsFailure,
        ),
        // EN 319 102-1, table 6, FORMAT_FAILURE: "The signature is not conformant to one of the base
        // standards to the extent that the cryptographic verification building block is unable to
        // process it."
        SignatureError::Malformed { .. } => (
            Rule::SignatureForm,
            RefusalLabel::SignatureMalformed,
            SubIndication::FormatFailure,
        ),
        SignatureError::Limit { .. } => (
            Rule::SignatureLimits,
            RefusalLabel::LimitExceeded,
            SubIndication::FormatFailure,
        ),
        // An algorithm that is not on the list of strong ones is as good as broken. (A01–A03, A07)
        SignatureError::AlgorithmUnknown { .. } => (
            Rule::AlgorithmKnown,
            RefusalLabel::AlgorithmUnknown,
            SubIndication::CryptoConstraintsFailure,
        ),
        SignatureError::AlgorithmWeak { .. } => (
            Rule::AlgorithmStrong,
            RefusalLabel::AlgorithmWeak,
            SubIndication::CryptoConstraintsFailure,
        ),
        _ => return None,
    };
    Some(Reason { rule, label, sub })
}

/// The reason, where the bytes are no XML of the profile. A DTD is refused before anything in it is looked at. (X01–X03, D03, D09)
pub(crate) const fn reason_of_xml(error: &XmlError) -> Reason {
    let label = match error {
        XmlError::Dtd { .. } => RefusalLabel::DtdRefused,
        XmlError::Limit { .. } => RefusalLabel::LimitExceeded,
        _ => RefusalLabel::XmlMalformed,
    };
    Reason {
        rule: Rule::XmlReadable,
        label,
        sub: SubIndication::FormatFailure,
    }
}

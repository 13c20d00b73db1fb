//! Is there exactly one signature, of the structure that the profile asks, by algorithms that are known and strong?

use qaqpa_xml::{XmlError, XmlLimit};
use qaqpa_xmldsig::SignatureError;

use crate::cause::Cause;

pub(crate) const CLAUSE: &str =
    "EN 319 102-1 §5.2.2 (format), §5.2.8 (algorithms); XML Signature 1.1 §4";
pub(crate) const CLAUSE_OF_MESSAGES: &str =
    "EN 319 102-1 §5.2.2 (format), §5.2.8 (algorithms); RFC 5652 §3, §5.1–5.3";

/// The cause, where this error is one of structure.
pub(crate) const fn cause(error: &SignatureError) -> Option<Cause> {
    Some(match error {
        // This simulator's profile: one signature, in the place of the profile. (W12, W14, W21)
        SignatureError::Missing => Cause::SignatureMissing,
        SignatureError::Multiple { .. } => Cause::SignatureSeveral,
        // EN 319 102-1, table 6, FORMAT_FAILURE: "The signature is not conformant to one of the base
        // standards to the extent that the cryptographic verification building block is unable to
        // process it."
        SignatureError::Malformed { .. } => Cause::SignatureBroken,
        SignatureError::Limit { .. } => Cause::SignatureTooMany,
        // An algorithm that is not on the list of strong ones is as good as broken. (A01–A03, A07)
        SignatureError::AlgorithmUnknown { .. } => Cause::AlgorithmUnknown,
        SignatureError::AlgorithmWeak { .. } => Cause::AlgorithmWeak,
        _ => return None,
    })
}

/// The cause, where the bytes are no XML of the profile: what they seem to be instead, if they were never meant as XML.
pub(crate) fn cause_of_bytes(bytes: &[u8], error: &XmlError) -> Cause {
    const UTF_16: [&[u8]; 4] = [b"\xFE\xFF", b"\xFF\xFE", b"<\0", b"\0<"];
    if bytes.trim_ascii().is_empty() {
        return Cause::FileEmpty;
    }
    let cause = cause_of_xml(error);
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_xml = text.trim_ascii_start().starts_with(b"<")
        || UTF_16.iter().any(|mark| bytes.starts_with(mark));
    if is_xml || cause == Cause::FileTooLong {
        cause
    } else if text.trim_ascii_start().starts_with(b"-----BEGIN ") {
        Cause::FilePem
    } else {
        Cause::FileOther
    }
}

/// The cause, where XML is not of the profile. A DTD is refused before anything in it is looked at. (X01–X03, D03, D09)
const fn cause_of_xml(error: &XmlError) -> Cause {
    match error {
        XmlError::Dtd { .. } => Cause::XmlDtd,
        XmlError::Encoding { .. } => Cause::XmlEncoding,
        XmlError::Limit {
            what: XmlLimit::Bytes,
            ..
        } => Cause::FileTooLong,
        XmlError::Limit { .. } => Cause::XmlTooMany,
        XmlError::ProcessingInstruction { .. } => Cause::XmlInstruction,
        _ => Cause::XmlBroken,
    }
}

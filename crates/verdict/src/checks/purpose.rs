//! Is the certificate one for signing?

use qaqpa_model::RefusalLabel;
use qaqpa_x509::{Certificate, profile};

use super::Finding;
use crate::indication::SubIndication;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "RFC 5280 §4.2.1.3, §4.2.1.12; the national profile of signing certificates";

/// Judges what the signer's certificate is for.
pub(crate) fn judge(signer: &Certificate) -> Finding {
    // RFC 5280, 4.2.1.3: "The nonRepudiation bit is asserted when the subject public key is used to
    // verify digital signatures, other than signatures on certificates (bit 5) and CRLs (bit 6), used to
    // provide a non-repudiation service". A key for logging in lacks it. (K05)
    match profile::is_for_signing(signer) {
        Ok(()) => Finding::pass(
            CheckId::Purpose,
            "for signing: digitalSignature, nonRepudiation, emailProtection",
        ),
        Err(error) => Finding::fail(
            CheckId::Purpose,
            RefusalLabel::CertificatePurpose,
            SubIndication::WrongCertificatePurpose,
            error.to_string(),
        ),
    }
}

//! Condition 2, validity period: is the moment judged within the certificate's validity?

use qaqpa_model::Moment;
use qaqpa_x509::Certificate;

use super::Finding;
use crate::cause::Cause;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "RFC 5280 §4.1.2.5, §6.1.3 (a)(2); condition 2: the certificate's validity period";

/// Judges the signer's certificate; those of the authorities are the chain's question.
pub(crate) fn judge(signer: &Certificate, at: Moment) -> Finding {
    let (begin, end) = (signer.not_before(), signer.not_after());
    // RFC 5280, 4.1.2.5: "The validity period for a certificate is the period of time from notBefore
    // through notAfter, inclusive." Certificates count whole seconds, so the last one belongs to it.
    if at < begin {
        return Finding::fail(
            Cause::CertificateNotYetValid,
            format!("valid from {begin}, which is after the moment judged ({at})"),
        );
    }
    if at.unix_s() > end.unix_s() {
        return Finding::fail(
            Cause::CertificateExpired,
            format!("valid until {end}, which is before the moment judged ({at})"),
        );
    }
    Finding::pass(CheckId::Validity, format!("valid from {begin} to {end}"))
}

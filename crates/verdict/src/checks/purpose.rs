//! Is the certificate one for signing?

use qaqpa_x509::{
    Certificate,
    profile::{self, PurposeError},
};

use super::{Finding, Note};
use crate::cause::Cause;
use crate::policy::Policy;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "RFC 5280 §4.2.1.3, §4.2.1.12; the national profile of signing certificates";

/// Judges what the signer's certificate is for: the first fault that the policy does not tolerate decides.
pub(crate) fn judge(signer: &Certificate, policy: &Policy) -> Finding {
    let mut notes = Vec::new();
    // RFC 5280, 4.2.1.3: "The nonRepudiation bit is asserted when the subject public key is used to
    // verify digital signatures, other than signatures on certificates (bit 5) and CRLs (bit 6), used to
    // provide a non-repudiation service". A key for logging in lacks it. (K05)
    for error in profile::not_for_signing(signer) {
        let cause = cause(error);
        if policy.tolerates(cause.rule()) {
            notes.push(Note {
                rule: cause.rule(),
                why: error.to_string(),
            });
            continue;
        }
        return Finding::fail(cause, error.to_string()).noting(notes);
    }
    Finding::pass(
        CheckId::Purpose,
        "for signing: digitalSignature, nonRepudiation, emailProtection",
    )
    .noting(notes)
}

const fn cause(error: PurposeError) -> Cause {
    match error {
        PurposeError::Authority => Cause::PurposeAuthority,
        PurposeError::Authentication => Cause::PurposeAuthentication,
        PurposeError::ExtendedKeyUsage => Cause::PurposeOther,
        // An error that is not known here is of the strictest kind.
        _ => Cause::PurposeKeyUsage,
    }
}

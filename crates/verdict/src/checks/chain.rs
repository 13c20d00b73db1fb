//! Does the certificate's chain end at a trusted authority?

use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_x509::{
    Certificate,
    path::{self, Path, PathError},
};

use super::{Finding, validity};
use crate::examination::Known;
use crate::indication::SubIndication;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str = "RFC 5280 §6.1 (path validation); EN 319 102-1 §5.2.6";

/// Judges the chain, and gives the path where one is proven.
pub(crate) fn judge(
    signer: &Certificate,
    companions: &[Certificate],
    known: &Known,
    at: Moment,
    limits: &Limits,
) -> (Finding, Option<Path>) {
    let id = CheckId::Chain;
    let pool: Vec<_> = companions.iter().chain(&known.pool).cloned().collect();
    match path::build(signer, &pool, &known.anchors, at, limits) {
        Ok(path) => (Finding::pass(id, story(&path)), Some(path)),
        // The signer's own period is the next question: a chain that leads to an anchor but for that
        // must be told as an expired certificate, not as an unknown authority. Where that question
        // would be answered with yes, this is no such case.
        Err(
            error @ (PathError::Expired { position: 0, .. }
            | PathError::NotYetValid { position: 0, .. }),
        ) if !validity::judge(signer, at).is_pass() => {
            let why = format!("the chain leads to a trusted authority but for this: {error}");
            (Finding::pass(id, why), None)
        }
        Err(error) => {
            let (label, sub) = reason(&error);
            (Finding::fail(id, label, sub, error.to_string()), None)
        }
    }
}

const fn reason(error: &PathError) -> (RefusalLabel, SubIndication) {
    match error {
        // RFC 5280, 6.1: "(a) for all x in {1, ..., n-1}, the subject of certificate x is the issuer of
        // certificate x+1; (b) certificate 1 is issued by the trust anchor". (K01, K09)
        PathError::Untrusted | PathError::Budget { .. } => (
            RefusalLabel::IssuerUntrusted,
            SubIndication::NoCertificateChainFound,
        ),
        // RFC 5280, 6.1.4: "(k) If certificate i is a version 3 certificate, verify that the
        // basicConstraints extension is present and that cA is set to TRUE", "(m) … pathLenConstraint",
        // "(n) If a key usage extension is present, verify that the keyCertSign bit is set", "(o) …
        // critical extensions". (K06, K07)
        PathError::KeyCertSign { .. }
        | PathError::NameConstraint { .. }
        | PathError::NotCa { .. }
        | PathError::PathLen { .. }
        | PathError::Policy { .. }
        | PathError::PolicyMapping { .. }
        | PathError::UnknownCritical { .. } => (
            RefusalLabel::IssuerUntrusted,
            SubIndication::ChainConstraintsFailure,
        ),
        PathError::Unsupported { .. } => (
            RefusalLabel::AlgorithmUnknown,
            SubIndication::CryptoConstraintsFailure,
        ),
        PathError::Weak { .. } => (
            RefusalLabel::AlgorithmWeak,
            SubIndication::CryptoConstraintsFailure,
        ),
        // RFC 5280, 6.1.3 (a): "(1) The signature on the certificate can be verified", "(2) The
        // certificate validity period includes the current time", of an authority. (K01, K08, K09)
        _ => (
            RefusalLabel::IssuerUntrusted,
            SubIndication::CertificateChainGeneralFailure,
        ),
    }
}

fn story(path: &Path) -> String {
    let names: Vec<_> = path.certificates().iter().map(super::name).collect();
    format!("{}, which is trusted", names.join(" ← "))
}

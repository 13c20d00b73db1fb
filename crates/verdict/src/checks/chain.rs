//! Does the certificate's chain end at a trusted authority?

use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_x509::{
    Certificate,
    path::{self, Path, PathError},
};

use super::{Finding, validity};
use crate::examination::Known;
use crate::indication::SubIndication;
use crate::laboratory::Tolerance;
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str = "RFC 5280 §6.1 (path validation); EN 319 102-1 §5.2.6";

/// Judges the chain, and gives the path where one is proven.
pub(crate) fn judge(
    signer: &Certificate,
    companions: &[Certificate],
    known: &Known,
    at: Moment,
    limits: &Limits,
    policy: &Policy,
) -> (Finding, Option<Path>) {
    let id = CheckId::Chain;
    let pool: Vec<_> = companions.iter().chain(&known.pool).cloned().collect();
    let mut tolerance = Tolerance::new(policy, &known.anchors);
    let built = loop {
        let built = path::build_with(
            signer,
            &pool,
            tolerance.anchors(),
            at,
            limits,
            tolerance.inputs(),
        );
        match built {
            Err(error) if tolerance.admits(rule(&error), &error.to_string(), companions) => {}
            built => break built,
        }
    };
    let (finding, path) = match built {
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
            // The signer's period is not this question's.
            let rule = Some(rule(&error)).filter(|rule| rule.question() == id);
            (
                Finding::fail(
                    rule.unwrap_or(Rule::ChainValidity),
                    label,
                    sub,
                    error.to_string(),
                ),
                None,
            )
        }
    };
    let notes = tolerance.into_notes();
    (
        finding.noting(notes.into_iter().filter(|note| note.rule.question() == id)),
        path,
    )
}

/// The check that an error is of.
const fn rule(error: &PathError) -> Rule {
    match error {
        PathError::Untrusted => Rule::ChainAnchored,
        PathError::Budget { .. } => Rule::ChainBudget,
        PathError::KeyCertSign { .. } => Rule::KeyCertSign,
        PathError::NameConstraint { .. } => Rule::NameConstraints,
        PathError::NotCa { .. } => Rule::BasicConstraints,
        PathError::PathLen { .. } => Rule::PathLength,
        PathError::Policy { .. } | PathError::PolicyMapping { .. } => Rule::CertificatePolicies,
        PathError::UnknownCritical { .. } => Rule::ChainCritical,
        PathError::Unsupported { .. } | PathError::Weak { .. } => Rule::ChainAlgorithm,
        PathError::Expired { position: 0, .. } => Rule::NotAfter,
        PathError::NotYetValid { position: 0, .. } => Rule::NotBefore,
        PathError::Expired { .. } | PathError::NotYetValid { .. } => Rule::ChainValidity,
        _ => Rule::ChainSignature,
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

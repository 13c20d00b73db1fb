//! Does the certificate's chain end at a trusted authority?

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::{
    Certificate,
    path::{self, Path, PathError},
};

use super::{Finding, validity};
use crate::cause::Cause;
use crate::examination::Known;
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
        Ok(path) => (
            Finding::pass(id, story(&path)).idling(idle(path.certificates())),
            Some(path),
        ),
        // The signer's own period is the next question: a chain that leads to an anchor but for that
        // must be told as an expired certificate, not as an unknown authority. Where that question
        // would be answered with yes, this is no such case.
        Err(
            error @ (PathError::Expired { position: 0, .. }
            | PathError::NotYetValid { position: 0, .. }),
        ) if !validity::judge(signer, at).is_pass() => {
            let why = format!("the chain leads to a trusted authority but for this: {error}");
            // No path, nothing to be said of what is above.
            (Finding::pass(id, why).idling(idle(&[])), None)
        }
        Err(error) => (
            Finding::fail(cause(&error), error.to_string()).idling(idle(&[])),
            None,
        ),
    };
    let notes = tolerance.into_notes();
    (
        finding.noting(notes.into_iter().filter(|note| note.rule.question() == id)),
        path,
    )
}

/// The checks that have nothing to look at on a path, from the signer's certificate to the anchor: each is about what an authority
/// says, if it does.
fn idle(path: &[Certificate]) -> Vec<Rule> {
    let (below_anchor, authorities) = match path {
        [_, authorities @ ..] => (&path[..path.len() - 1], authorities),
        [] => (path, path),
    };
    let mut idle = Vec::new();
    let mut unless = |is_there: bool, rule| {
        if !is_there {
            idle.push(rule);
        }
    };
    let any = |has: fn(&Certificate) -> bool| authorities.iter().any(has);
    for rule in [
        Rule::ChainSignature,
        Rule::ChainValidity,
        Rule::BasicConstraints,
    ] {
        unless(!authorities.is_empty() || path.is_empty(), rule);
    }
    unless(any(|one| one.path_len().is_some()), Rule::PathLength);
    unless(any(|one| one.key_usage().is_some()), Rule::KeyCertSign);
    unless(
        any(Certificate::has_name_constraints),
        Rule::NameConstraints,
    );
    // What an anchor says of policies is not heeded.
    let is_demanded = below_anchor.iter().any(Certificate::constrains_policies);
    unless(is_demanded, Rule::CertificatePolicies);
    idle
}

/// The check that an error is of: the signer's own period is another question's.
const fn rule(error: &PathError) -> Rule {
    match error {
        PathError::Expired { position: 0, .. } => Rule::NotAfter,
        PathError::NotYetValid { position: 0, .. } => Rule::NotBefore,
        error => cause(error).rule(),
    }
}

const fn cause(error: &PathError) -> Cause {
    match error {
        // RFC 5280, 6.1: "(a) for all x in {1, ..., n-1}, the subject of certificate x is the issuer of
        // certificate x+1; (b) certificate 1 is issued by the trust anchor". (K01, K09)
        PathError::Untrusted => Cause::ChainAstray,
        PathError::Budget { .. } => Cause::ChainTooLong,
        // RFC 5280, 6.1.4: "(k) If certificate i is a version 3 certificate, verify that the
        // basicConstraints extension is present and that cA is set to TRUE", "(m) … pathLenConstraint",
        // "(n) If a key usage extension is present, verify that the keyCertSign bit is set", "(o) …
        // critical extensions". (K06, K07)
        PathError::KeyCertSign { .. } => Cause::IssuerKeyUsage,
        PathError::NameConstraint { .. } => Cause::NameNotPermitted,
        PathError::NotCa { .. } => Cause::IssuerNoAuthority,
        PathError::PathLen { .. } => Cause::IssuerTooFar,
        PathError::Policy { .. } | PathError::PolicyMapping { .. } => Cause::PolicyNotPermitted,
        PathError::UnknownCritical { .. } => Cause::ExtensionUnknown,
        PathError::Unsupported { .. } => Cause::ChainAlgorithmUnknown,
        PathError::Weak { .. } => Cause::ChainAlgorithmWeak,
        // RFC 5280, 6.1.3 (a): "(1) The signature on the certificate can be verified", "(2) The
        // certificate validity period includes the current time", of an authority. (K01, K08, K09)
        PathError::Expired { .. } | PathError::NotYetValid { .. } => Cause::AuthorityNotInForce,
        _ => Cause::ChainForged,
    }
}

fn story(path: &Path) -> String {
    let names: Vec<_> = path.certificates().iter().map(super::name).collect();
    format!("{}, which is trusted", names.join(" ← "))
}

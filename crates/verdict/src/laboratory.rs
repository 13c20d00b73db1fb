//! What a laboratory's policy leaves out, in the terms of the crates below; elsewhere nothing is left out.

use qaqpa_ades::cms::{CmsError, CoveredContent, Signer};
use qaqpa_x509::path::PathInputs;
use qaqpa_x509::{Certificate, TrustAnchors, Waived};
use qaqpa_xmldsig::{Covered, FoundSignature, SignatureError};

use crate::checks::Note;
use crate::policy::Policy;
use crate::rules::Rule;

/// What is tolerated while a path is built.
pub(crate) struct Tolerance<'a> {
    policy: &'a Policy,
    anchors: TrustAnchors,
    inputs: PathInputs,
    notes: Vec<Note>,
}

impl<'a> Tolerance<'a> {
    pub(crate) fn new(policy: &'a Policy, anchors: &TrustAnchors) -> Self {
        Self {
            policy,
            anchors: anchors.clone(),
            inputs: PathInputs::default(),
            notes: Vec::new(),
        }
    }

    pub(crate) const fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    pub(crate) const fn inputs(&self) -> &PathInputs {
        &self.inputs
    }

    pub(crate) fn into_notes(self) -> Vec<Note> {
        self.notes
    }

    /// Whether to try again without this check.
    pub(crate) fn admits(&mut self, rule: Rule, why: &str, companions: &[Certificate]) -> bool {
        if !self.policy.tolerates(rule) || self.notes.iter().any(|note| note.rule == rule) {
            return false;
        }
        if rule == Rule::ChainAnchored {
            // Whoever came along is trusted.
            let all = self.anchors.roots().iter().chain(companions).cloned();
            self.anchors = TrustAnchors::new(all);
        } else {
            let Some(waived) = waive(self.inputs.waived, rule) else {
                return false;
            };
            self.inputs.waived = waived;
        }
        self.notes.push(Note {
            rule,
            why: why.to_owned(),
        });
        true
    }
}

/// What is tolerated while evidence is heard.
pub(crate) struct Hearsay<'a> {
    policy: &'a Policy,
    pub(crate) waived: Waived,
}

impl<'a> Hearsay<'a> {
    /// An authority that is out of its validity signs no evidence either: where the policy leaves that check out, so is it here.
    pub(crate) fn new(policy: &'a Policy) -> Self {
        let mut hearsay = Self {
            policy,
            waived: Waived::NONE,
        };
        hearsay.admits(Rule::ChainValidity);
        hearsay
    }

    /// Whether to hear the evidence again without this check.
    pub(crate) fn admits(&mut self, rule: Rule) -> bool {
        let more = self
            .policy
            .tolerates(rule)
            .then(|| waive(self.waived, rule))
            .flatten()
            .filter(|more| *more != self.waived);
        if let Some(more) = more {
            self.waived = more;
        }
        more.is_some()
    }
}

#[cfg(not(feature = "laboratory"))]
const fn waive(_: Waived, _: Rule) -> Option<Waived> {
    None
}

#[cfg(feature = "laboratory")]
fn waive(waived: Waived, rule: Rule) -> Option<Waived> {
    use qaqpa_x509::Waivable as W;
    Some(waived.with(match rule {
        Rule::ChainSignature => W::PathSignature,
        Rule::ChainAlgorithm => W::PathAlgorithm,
        Rule::ChainValidity => W::AuthorityPeriod,
        Rule::ChainCritical => W::PathCritical,
        Rule::BasicConstraints => W::BasicConstraints,
        Rule::PathLength => W::PathLength,
        Rule::KeyCertSign => W::KeyCertSign,
        Rule::NameConstraints => W::NameConstraints,
        Rule::CertificatePolicies => W::Policies,
        Rule::NotBefore | Rule::NotAfter => W::LeafPeriod,
        Rule::OcspResponder => W::OcspResponder,
        Rule::OcspSignature => W::OcspSignature,
        Rule::OcspResponderUsable => W::OcspResponderUsable,
        Rule::OcspCritical => W::OcspCritical,
        Rule::OcspNonce => W::OcspNonce,
        Rule::OcspCertId => W::OcspCertId,
        Rule::OcspNotYet => W::OcspNotYet,
        Rule::OcspFresh => W::OcspFresh,
        Rule::CrlSignature => W::CrlSignature,
        Rule::CrlSigner => W::CrlSigner,
        Rule::CrlCritical => W::CrlCritical,
        Rule::CrlNotYet => W::CrlNotYet,
        Rule::CrlFresh => W::CrlFresh,
        _ => return None,
    }))
}

/// The covered part, without the questions that the policy leaves out.
#[cfg(feature = "laboratory")]
pub(crate) fn cover<'d>(
    found: &FoundSignature<'d>,
    spki_der: &[u8],
    policy: &Policy,
) -> Result<Covered<'d>, SignatureError> {
    use qaqpa_xmldsig::Question;
    let without: Vec<_> = [
        (Rule::ScopeCovered, Question::Scope),
        (Rule::Digest, Question::Digests),
        (Rule::SignatureValue, Question::Value),
    ]
    .into_iter()
    .filter_map(|(rule, question)| policy.tolerates(rule).then_some(question))
    .collect();
    match found.cover(spki_der) {
        Err(_) if !without.is_empty() => found.cover_without(spki_der, &without),
        covered => covered,
    }
}

/// The covered part.
#[cfg(not(feature = "laboratory"))]
pub(crate) fn cover<'d>(
    found: &FoundSignature<'d>,
    spki_der: &[u8],
    _: &Policy,
) -> Result<Covered<'d>, SignatureError> {
    found.cover(spki_der)
}

/// The content of a message, without the questions that the policy leaves out.
#[cfg(feature = "laboratory")]
pub(crate) fn cover_content<'f>(
    signer: &Signer<'f>,
    certificate: &Certificate,
    policy: &Policy,
) -> Result<CoveredContent<'f>, CmsError> {
    use qaqpa_ades::cms::Question;
    let without: Vec<_> = [
        (Rule::Digest, Question::Digest),
        (Rule::SignatureValue, Question::Value),
    ]
    .into_iter()
    .filter_map(|(rule, question)| policy.tolerates(rule).then_some(question))
    .collect();
    match signer.cover(certificate) {
        Err(_) if !without.is_empty() => signer.cover_without(certificate, &without),
        covered => covered,
    }
}

/// The content of a message.
#[cfg(not(feature = "laboratory"))]
pub(crate) fn cover_content<'f>(
    signer: &Signer<'f>,
    certificate: &Certificate,
    _: &Policy,
) -> Result<CoveredContent<'f>, CmsError> {
    signer.cover(certificate)
}

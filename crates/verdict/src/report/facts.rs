//! The facts: what was found, with digests and times, and no judgement.

use std::fmt::Write as _;

use qaqpa_model::{Lang, Moment};
use serde::Serialize;

use super::words::{phrases, terms};
use crate::border;
use crate::need::Attempt;
use crate::text::clean;
use crate::verdict::{
    CertificateView, EvidenceKind, JudgedAs, ReferenceView, SignerView, StampView, SubjectKind,
    TrustSource, Verdict,
};

/// What was found about one signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// What was looked at.
    pub subject: SubjectKind,
    /// By which profile; none of a certificate alone, and of bytes that could not be read.
    pub profile: Option<JudgedAs>,
    /// Whose trust anchors the path was looked for by.
    pub trust: TrustSource,
    /// What of the document is nobody's word, where something of it is proven to be signed.
    pub uncovered: Vec<String>,
    /// Of an envelope: the signatures in its Body, which nobody looked at here.
    #[serde(skip_serializing_if = "crate::verdict::is_zero")]
    pub inner_signatures: u32,
    /// The moment as of which it was looked at.
    #[serde(with = "border::moment")]
    pub at: Moment,
    /// The signature; absent where none could be read.
    pub signature: Option<FactsSignature>,
    /// When the signer says that it signed.
    #[serde(with = "border::moment_option")]
    pub claimed_signing_time: Option<Moment>,
    /// The time stamps that the signature carries.
    pub stamps: Vec<StampView>,
    /// The names in the signer's certificate.
    pub signer: Option<SignerView>,
    /// The certificates of the path that was built, signer first; empty where there is none.
    pub certificates: Vec<CertificateView>,
    /// What came from outside, or what was tried to get it.
    pub evidence: Vec<FactsEvidence>,
}

/// A signature as it stands in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactsSignature {
    /// The algorithm, as its URI.
    pub algorithm: String,
    /// SHA-256 over the octets of the value, hexadecimal.
    pub value_sha256: String,
    /// SHA-256 over the octets that the value is over, hexadecimal.
    pub signed_octets_sha256: Option<String>,
    /// Its references, in order.
    pub references: Vec<ReferenceView>,
    /// The place (from 0) of the signature whose value it is about.
    pub counter_signs: Option<usize>,
}

/// A piece of evidence as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactsEvidence {
    /// Which kind.
    pub kind: EvidenceKind,
    /// The serial number of the certificate that was asked about, hexadecimal.
    pub about: String,
    /// When it was received.
    #[serde(with = "border::moment")]
    pub received: Moment,
    /// The beginning of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub this_update: Option<Moment>,
    /// The end of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub next_update: Option<Moment>,
    /// SHA-256 over its bytes, hexadecimal; absent where none came.
    pub sha256: Option<String>,
    /// What was tried to get it.
    pub attempts: Vec<Attempt>,
}

/// The facts about one signature.
#[must_use]
pub fn facts(verdict: &Verdict) -> Facts {
    Facts {
        subject: verdict.subject,
        profile: verdict.profile,
        trust: verdict.trust,
        uncovered: verdict.uncovered().to_vec(),
        inner_signatures: verdict.inner_signatures,
        at: verdict.at,
        signature: verdict.scope.as_ref().map(|scope| FactsSignature {
            algorithm: scope.algorithm.clone(),
            value_sha256: scope.value_sha256.clone(),
            signed_octets_sha256: scope.signed_octets_sha256.clone(),
            references: scope.references.clone(),
            counter_signs: scope.counter_signs,
        }),
        claimed_signing_time: verdict.claimed_signing_time,
        stamps: verdict.stamps.clone(),
        signer: verdict.signer.clone(),
        certificates: verdict.path.clone(),
        evidence: verdict
            .evidence
            .iter()
            .map(|item| FactsEvidence {
                kind: item.kind,
                about: item.about.clone(),
                received: item.received,
                this_update: item.this_update,
                next_update: item.next_update,
                sha256: item.sha256.clone(),
                attempts: item.attempts.clone(),
            })
            .collect(),
    }
}

impl Facts {
    pub(super) fn write(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "{}", phrases::FACTS_TITLE.of(lang));
        let _ = writeln!(
            out,
            "\n{}\n{}: {}",
            phrases::subject(self.subject).of(lang),
            phrases::JUDGED_AT.of(lang),
            border::moment::text(self.at)
        );
        super::provenance(
            out,
            self.profile,
            self.trust,
            (&self.uncovered, self.inner_signatures),
            lang,
        );
        self.write_signature(out, lang);
        self.write_certificates(out, lang);
        let _ = writeln!(out, "\n{}", phrases::EVIDENCE.of(lang));
        if self.evidence.is_empty() {
            let _ = writeln!(out, "  {}", phrases::NONE.of(lang));
        }
        for item in &self.evidence {
            item.write(out, lang);
        }
    }

    fn write_signature(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "\n{}", phrases::SIGNATURE_OF.of(lang));
        let Some(signature) = &self.signature else {
            let _ = writeln!(out, "  {}", phrases::NONE.of(lang));
            return;
        };
        let _ = writeln!(
            out,
            "  {}: {}",
            phrases::ALGORITHM.of(lang),
            clean(&signature.algorithm)
        );
        let _ = writeln!(
            out,
            "  {}: sha256 {}",
            phrases::VALUE.of(lang),
            signature.value_sha256
        );
        if let Some(claimed) = self.claimed_signing_time {
            let claimed = border::moment::text(claimed);
            let _ = writeln!(out, "  {}: {claimed}", phrases::CLAIMED_TIME.of(lang));
        }
        for (place, reference) in signature.references.iter().enumerate() {
            let _ = writeln!(
                out,
                "  {} {}: {:?} → {}",
                phrases::REFERENCE.of(lang),
                place + 1,
                clean(&reference.uri),
                clean(&terms::target(&reference.target, lang))
            );
            let _ = writeln!(
                out,
                "    {}: {} {}",
                phrases::DIGEST.of(lang),
                clean(&reference.digest),
                reference.digest_value.as_deref().unwrap_or_default()
            );
            for transform in &reference.transforms {
                let _ = writeln!(
                    out,
                    "    {}: {}",
                    phrases::TRANSFORM.of(lang),
                    clean(transform)
                );
            }
        }
        for stamp in &self.stamps {
            let _ = writeln!(
                out,
                "  {}: sha256 {}",
                phrases::TIME_STAMP.of(lang),
                stamp.sha256
            );
            if let Some(at) = stamp.at {
                let _ = writeln!(out, "    {}", border::moment::text(at));
            }
            if let Some(authority) = &stamp.authority {
                let _ = writeln!(
                    out,
                    "    {}\n    {}\n    sha256 {}",
                    clean(&authority.subject),
                    authority.serial,
                    authority.sha256
                );
            }
        }
    }

    fn write_certificates(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "\n{}", phrases::CERTIFICATES.of(lang));
        if self.certificates.is_empty() {
            match &self.signer {
                Some(signer) => {
                    let name = clean(&signer.common_name);
                    let _ = writeln!(out, "  {name}\n    {}", signer.serial);
                }
                None => {
                    let _ = writeln!(out, "  {}", phrases::NONE.of(lang));
                }
            }
        }
        for certificate in &self.certificates {
            let _ = writeln!(
                out,
                "  {}\n    {} – {}\n    {}\n    sha256 {}",
                clean(&certificate.subject),
                border::moment::text(certificate.not_before),
                border::moment::text(certificate.not_after),
                certificate.serial,
                certificate.sha256
            );
        }
    }
}

impl FactsEvidence {
    fn write(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(
            out,
            "  {} / {}",
            phrases::evidence(self.kind).of(lang),
            self.about
        );
        let received = border::moment::text(self.received);
        let _ = writeln!(out, "    {}: {received}", phrases::RECEIVED.of(lang));
        if let Some(from) = self.this_update {
            let until = self
                .next_update
                .map_or_else(|| "…".to_owned(), border::moment::text);
            let from = border::moment::text(from);
            let _ = writeln!(
                out,
                "    {}: {from} – {until}",
                phrases::SPEAKS_FROM.of(lang)
            );
        }
        if let Some(sha256) = &self.sha256 {
            let _ = writeln!(out, "    sha256 {sha256}");
        }
        for attempt in &self.attempts {
            let _ = writeln!(
                out,
                "    {}: {}",
                phrases::TRIED.of(lang),
                clean(&terms::attempt(attempt, lang))
            );
        }
    }
}

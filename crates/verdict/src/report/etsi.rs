//! The report as XML of ETSI TS 119 102-2 V1.3.1: for whoever reads the reports of other validators by program.
//!
//! What the standard does not know has addresses of our own: constraints ([`OWN_CONSTRAINT`]) and sub-indications
//! ([`OWN_SUB_INDICATION`]). Nothing is said about the quality of signatures: that is for the authorities of the European
//! Union. Constraints that were not reached do not stand in it, for the standard has no status for those.

mod constraints;
mod objects;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::{Moment, RefusalLabel};
use qaqpa_xml::write::Writer;

use self::constraints::constraints;
use self::objects::Objects;
use crate::border;
use crate::indication::{Indication, SubIndication};
use crate::text::clean;
use crate::verdict::{EvidenceView, ScopeView, TrustSource, Verdict};

/// Our constraints: this, and `check/` with the name of a question, `rule/` with that of a rule, or `trust` where the anchors were
/// those of a capsule.
pub const OWN_CONSTRAINT: &str = "https://qaqpa.invalid/constraint/";
/// Our sub-indications: this, and the name.
pub const OWN_SUB_INDICATION: &str = "https://qaqpa.invalid/subindication/";
/// What else we say, by the names of its types.
const OWN_DATA: &str = "https://qaqpa.invalid/report-data/";

const NAMESPACE: &str = "http://uri.etsi.org/19102/v1.2.1#";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ETSI: &str = "urn:etsi:019102";

/// What is said of the anchors of a capsule.
const TRUST_OF_CAPSULE: &str = "the trust anchors are those of a capsule: whoever made it chose whom to believe. \
     The indication holds only for whoever trusts the same anchors";

/// The report about every signature of a document.
///
/// Certificates and evidence are whole where the verdict has its dossier, and digests where it was [`shown`](Verdict::shown).
///
/// `now` is the moment of this run: what came with the document is proven to exist since then. A moment that a verdict was asked
/// for ([`Verdict::at`]), and one that a capsule tells, prove nothing; only time stamps prove an earlier one.
#[must_use]
pub fn etsi(verdicts: &[Verdict], now: Moment) -> String {
    let mut out = Writer::with_declaration();
    out.start("ValidationReport");
    out.attribute("xmlns", NAMESPACE);
    out.attribute("xmlns:ds", DS);
    let mut objects = Objects::at(now);
    for (place, verdict) in verdicts.iter().enumerate() {
        objects.take(verdict);
        signature_report(&mut out, verdict, place, now);
    }
    objects.write(&mut out);
    out.end();
    let mut text = out.finish();
    text.push('\n');
    text
}

fn signature_report(out: &mut Writer, verdict: &Verdict, place: usize, now: Moment) {
    let id = format!("S-{}", place + 1);
    out.start("SignatureValidationReport");
    if let Some(scope) = &verdict.scope {
        identifier(out, scope, &id);
    }
    constraints(out, verdict);
    times(out, verdict, now);
    for reference in verdict.scope.iter().flat_map(|scope| &scope.references) {
        let digest = reference.digest_value.as_deref().and_then(border::unhex);
        if let Some(digest) = digest {
            out.start("SignersDocument");
            digest_alg_and_value(out, digest_uri(&reference.digest), &digest);
            out.end();
        }
    }
    attributes(out, verdict);
    if let Some(signer) = &verdict.signer
        && let Some(sha256) = &signer.sha256
    {
        out.start("SignerInformation");
        reference(out, "SignerCertificate", &[objects::certificate_id(sha256)]);
        out.leaf("Signer", &plain(&signer.common_name));
        out.end();
    }
    if verdict.scope.is_some() {
        out.start("SignatureValidationProcess");
        // EN 319 102-1, 5.3: basic signatures; 5.5: signatures with time.
        let process = match verdict.stamps.is_empty() {
            true => "Basic",
            false => "LTVM",
        };
        let uri = format!("{ETSI}:validationprocess:{process}");
        out.leaf("SignatureValidationProcessID", &uri);
        out.end();
    }
    status(out, verdict, &id);
    out.end();
}

/// TS 119 102-2, 4.3.3: the digest of the data to be signed (its representation), and the value.
fn identifier(out: &mut Writer, scope: &ScopeView, id: &str) {
    out.start("SignatureIdentifier");
    out.attribute("id", id);
    let digest = scope
        .signed_octets_sha256
        .as_deref()
        .and_then(border::unhex);
    if let Some(digest) = digest {
        digest_alg_and_value(out, SHA256, &digest);
    }
    if let Some(value) = &scope.value {
        out.leaf("ds:SignatureValue", value);
    }
    out.leaf("HashOnly", "false");
    out.leaf("DocHashOnly", "false");
    out.end();
}

/// The moment that a time stamp proves; where the moment judged lies before it, nothing proves that one.
fn stamped(verdict: &Verdict) -> Option<Moment> {
    let best = verdict.best_signature_time;
    best.filter(|best| *best < verdict.at)
}

/// TS 119 102-2, 4.3.6: where no stamp proves an earlier moment, the best signature time is that of the run (EN 319 102-1, 5.5.4),
/// whatever moment was judged.
fn times(out: &mut Writer, verdict: &Verdict, now: Moment) {
    out.start("ValidationTimeInfo");
    out.leaf("ValidationTime", &utc(verdict.at));
    out.start("BestSignatureTime");
    let best = stamped(verdict);
    proof(out, best.unwrap_or(now));
    if best.is_some() {
        reference(out, "POEObject", &stamps(verdict));
    }
    out.end();
    out.end();
}

/// TS 119 102-2, A.2 and A.12.
fn attributes(out: &mut Writer, verdict: &Verdict) {
    if verdict.claimed_signing_time.is_none() && stamped(verdict).is_none() {
        return;
    }
    out.start("SignatureAttributes");
    if let Some(claimed) = verdict.claimed_signing_time {
        out.start("SigningTime");
        out.attribute("Signed", "true");
        out.leaf("Time", &utc(claimed));
        out.end();
    }
    if let Some(best) = stamped(verdict) {
        out.start("SignatureTimeStamp");
        out.attribute("Signed", "false");
        reference(out, "AttributeObject", &stamps(verdict));
        out.leaf("TimeStampValue", &utc(best));
        out.end();
    }
    out.end();
}

/// TS 119 102-2, 4.3.4 and 4.3.12.
fn status(out: &mut Writer, verdict: &Verdict, id: &str) {
    out.start("SignatureValidationStatus");
    main_indication(
        out,
        match verdict.indication {
            Indication::TotalPassed => "total-passed",
            Indication::TotalFailed => "total-failed",
            Indication::Indeterminate => "indeterminate",
        },
    );
    if let Some(sub) = verdict.sub_indication {
        out.leaf("SubIndication", &sub_indication(sub));
    }
    let mut revoked = verdict
        .evidence
        .iter()
        .filter(|item| item.revoked_since.is_some() && certificate_of(verdict, item).is_some());
    out.start("AssociatedValidationReportData");
    chain(out, verdict);
    if let Some(item) = revoked.next() {
        revocation(out, verdict, item);
    }
    if let Some(scope) = &verdict.scope {
        crypto(out, verdict, scope, id);
    }
    additional(out, verdict);
    out.end();
    for item in revoked {
        out.start("AssociatedValidationReportData");
        revocation(out, verdict, item);
        out.end();
    }
    out.end();
}

fn chain(out: &mut Writer, verdict: &Verdict) {
    let ids: Vec<String> = verdict
        .path
        .iter()
        .map(|certificate| objects::certificate_id(&certificate.sha256))
        .collect();
    let Some((signing, above)) = ids.split_first() else {
        return;
    };
    let anchor = ids.last().unwrap_or(signing);
    reference(out, "TrustAnchor", std::slice::from_ref(anchor));
    out.start("CertificateChain");
    reference(out, "SigningCertificate", std::slice::from_ref(signing));
    if let Some((anchor, between)) = above.split_last() {
        for id in between {
            reference(out, "IntermediateCertificate", std::slice::from_ref(id));
        }
        reference(out, "TrustAnchor", std::slice::from_ref(anchor));
    }
    out.end();
}

/// TS 119 102-2, 4.3.12.6.
fn revocation(out: &mut Writer, verdict: &Verdict, item: &EvidenceView) {
    let (Some(since), Some(certificate)) = (item.revoked_since, certificate_of(verdict, item))
    else {
        return;
    };
    out.start("RevocationStatusInformation");
    reference(out, "ValidationObjectId", &[certificate]);
    out.leaf("RevocationTime", &utc(since));
    let named = item
        .revocation_reason
        .as_deref()
        .filter(|reason| REASONS.contains(reason));
    if let Some(reason) = named {
        out.leaf(
            "RevocationReason",
            &format!("{ETSI}:revocationReason:{reason}"),
        );
    }
    if let Some(sha256) = &item.sha256 {
        reference(out, "RevocationObject", &[objects::evidence_id(sha256)]);
    }
    out.end();
}

/// The reasons that the standard has addresses for (4.3.12.6.2).
const REASONS: [&str; 8] = [
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
];

/// TS 119 102-2, 4.3.12.7.
fn crypto(out: &mut Writer, verdict: &Verdict, scope: &ScopeView, id: &str) {
    let is_weak = verdict.label == Some(RefusalLabel::AlgorithmWeak)
        || verdict.label == Some(RefusalLabel::AlgorithmUnknown);
    out.start("CryptoInformation");
    reference(out, "ValidationObjectId", &[id.to_owned()]);
    out.leaf("Algorithm", &plain(&scope.algorithm));
    out.leaf("SecureAlgorithm", if is_weak { "false" } else { "true" });
    out.end();
}

/// What the standard has no element for.
fn additional(out: &mut Writer, verdict: &Verdict) {
    out.start("AdditionalValidationReportData");
    data(out, "subject", verdict.subject.as_str());
    if let Some(profile) = verdict.profile {
        data(out, "profile", profile.as_str());
    }
    data(out, "trust", verdict.trust.as_str());
    if verdict.trust == TrustSource::Capsule {
        data(out, "trust-remark", TRUST_OF_CAPSULE);
    }
    for way in verdict.uncovered() {
        data(out, "uncovered", &plain(way));
    }
    if let Some(label) = verdict.label {
        data(out, "label", label.as_str());
    }
    if let Some(cause) = verdict.cause() {
        data(out, "cause", cause.as_str());
    }
    data(out, "why", &plain(verdict.why()));
    if let Some(weakened) = &verdict.laboratory {
        let names: Vec<_> = weakened.iter().map(|rule| rule.id()).collect();
        data(
            out,
            "laboratory",
            &format!("LABORATORY {}", names.join(" ")),
        );
    }
    for cause in verdict
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.causes)
    {
        data(out, "digest-cause", cause.as_str());
    }
    for element in &verdict.consumed {
        let consumed = format!("{} {}", element.reference, element.path);
        data(out, "consumed", &plain(&consumed));
    }
    out.end();
}

fn data(out: &mut Writer, kind: &str, value: &str) {
    out.start("ReportData");
    out.leaf("Type", &format!("{OWN_DATA}{kind}"));
    out.leaf("Value", value);
    out.end();
}

fn stamps(verdict: &Verdict) -> Vec<String> {
    let ids = verdict.stamps.iter();
    ids.map(|stamp| objects::stamp_id(&stamp.sha256)).collect()
}

/// The certificate of the path that a piece of evidence is about.
fn certificate_of(verdict: &Verdict, item: &EvidenceView) -> Option<String> {
    let mut path = verdict.path.iter();
    let certificate = path.find(|certificate| certificate.serial == item.about)?;
    Some(objects::certificate_id(&certificate.sha256))
}

fn main_indication(out: &mut Writer, indication: &str) {
    out.leaf(
        "MainIndication",
        &format!("{ETSI}:mainindication:{indication}"),
    );
}

fn sub_indication(sub: SubIndication) -> String {
    match sub.is_own() {
        true => format!("{OWN_SUB_INDICATION}{sub}"),
        false => format!("{ETSI}:subindication:{sub}"),
    }
}

/// The content of a proof of existence (4.4.6).
fn proof(out: &mut Writer, at: Moment) {
    out.leaf("POETime", &utc(at));
    out.leaf("TypeOfProof", &format!("{ETSI}:poetype:validation"));
}

fn reference(out: &mut Writer, name: &str, ids: &[String]) {
    out.start(name);
    out.attribute("VOReference", &ids.join(" "));
    out.end();
}

/// The URI that XML has for a digest: a message names it by its object identifier, and `ds:DigestMethod` is of XML.
fn digest_uri(name: &str) -> &str {
    let known = DigestAlgorithm::ALL.iter().find(|algorithm| {
        name.strip_prefix("urn:oid:")
            .is_some_and(|oid| algorithm.oid().to_string() == oid)
    });
    known.map_or(name, |algorithm| algorithm.uri())
}

fn digest_alg_and_value(out: &mut Writer, algorithm: &str, digest: &[u8]) {
    out.start("DigestAlgAndValue");
    out.start("ds:DigestMethod");
    out.attribute("Algorithm", algorithm);
    out.end();
    out.leaf("ds:DigestValue", &STANDARD.encode(digest));
    out.end();
}

/// The standard's dates are of UTC, in whole seconds.
fn utc(moment: Moment) -> String {
    moment.to_utc_string()
}

/// Text that somebody else wrote, with no character that XML does not have.
fn plain(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "\u{b7}")
}

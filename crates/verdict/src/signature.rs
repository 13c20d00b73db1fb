//! Reads the signature of a subject and asks the first four questions: structure, scope, content, value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::Certificate;
use qaqpa_xml::XmlError;
use qaqpa_xmldsig::{Covered, FoundSignature, Role, SignatureError, find_enveloped, find_wsse};

use crate::border;
use crate::cause::Cause;
use crate::checks::{self, Finding, Note};
use crate::examination::{Known, Subject};
use crate::laboratory;
use crate::message;
use crate::policy::Policy;
use crate::proven::Proof;
use crate::rules::Rule;
use crate::signatures::bounds;
use crate::stamps::{self, Claims};
use crate::uncovered;
use crate::verdict::{CheckId, ReferenceView, ScopeView};

/// What was read.
pub(crate) struct Read<'d> {
    pub(crate) findings: Vec<Finding>,
    pub(crate) scope: Option<ScopeView>,
    /// Only where value, digests and scope were all proven with the signer's key.
    /// With the digest of the signature's value.
    pub(crate) covered: Option<(Proof<'d>, [u8; 32])>,
    pub(crate) signer: Option<Certificate>,
    /// The other certificates that came along: material for the path, and no more.
    pub(crate) companions: Vec<Certificate>,
    /// What the signature says about its time.
    pub(crate) claims: Claims,
}

impl Read<'_> {
    /// Nothing but these answers.
    pub(crate) fn only(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            scope: None,
            covered: None,
            signer: None,
            companions: Vec::new(),
            claims: Claims::default(),
        }
    }
}

/// The questions about the signature itself, in order.
const QUESTIONS: [CheckId; 4] = [
    CheckId::Structure,
    CheckId::Scope,
    CheckId::Content,
    CheckId::Value,
];

pub(crate) fn read<'d>(
    subject: Subject<'d>,
    known: &Known,
    limits: &Limits,
    policy: &Policy,
    at: Moment,
) -> Read<'d> {
    match subject {
        Subject::Document(document) => {
            let found = find_enveloped(document, &bounds(limits));
            read_found(found.as_ref(), known, limits, policy, at)
        }
        Subject::Transport(document) => {
            let found = find_wsse(document, &bounds(limits));
            read_found(found.as_ref(), known, limits, policy, at)
        }
        Subject::Signature { signatures, place } => {
            let found = signatures.at(place);
            let mut read = read_found(found.as_ref().copied(), known, limits, policy, at);
            // Several are taken: nobody asks whether it is the only one.
            idle(
                &mut read.findings,
                CheckId::Structure,
                [Rule::SignatureSingle],
            );
            read
        }
        Subject::Cms { message, place } => message::read(message, place, known, policy),
        Subject::NotXml { bytes, error, .. } => not_xml(bytes, error),
        Subject::Certificate {
            certificate_der,
            pool_der,
        } => read_certificate(certificate_der, pool_der, limits),
    }
}

/// Bytes without a tree: nothing else can be asked about them.
fn not_xml<'d>(bytes: &[u8], error: &XmlError) -> Read<'d> {
    let cause = checks::structure::cause_of_bytes(bytes, error);
    let mut findings = vec![Finding::fail(cause, error.to_string())];
    for id in &QUESTIONS[1..] {
        findings.push(Finding::not_asked(*id, "there is no document to ask about"));
    }
    Read::only(findings)
}

fn read_certificate<'d>(der: &[u8], pool_der: &[Vec<u8>], limits: &Limits) -> Read<'d> {
    let (signer, findings) = match Certificate::from_der(der) {
        Ok(certificate) => (Some(certificate), Vec::new()),
        Err(error) => (
            None,
            vec![Finding::fail(
                Cause::CertificateNone,
                format!("the bytes are not a certificate: {error}"),
            )],
        ),
    };
    Read {
        findings,
        scope: None,
        covered: None,
        signer,
        companions: companions(pool_der, limits),
        claims: Claims::default(),
    }
}

fn read_found<'d>(
    found: Result<&FoundSignature<'d>, &SignatureError>,
    known: &Known,
    limits: &Limits,
    policy: &Policy,
    at: Moment,
) -> Read<'d> {
    let found = match found {
        Ok(found) => found,
        Err(error) => return Read::only(answered(Some(error), "")),
    };
    let mut read = Read::only(Vec::new());
    read.scope = Some(scope_view(found));
    let (signer, companions) = match signing_certificate(found, known, limits, at) {
        Ok(certificates) => certificates,
        Err((cause, why)) => {
            read.findings = unidentified(cause, why);
            return read;
        }
    };
    let algorithm = found.algorithm().uri().to_owned();
    match prove(found, signer.spki_der(), policy) {
        Ok(covered) => {
            let root = covered.root();
            if let Some(scope) = &mut read.scope {
                scope.covered = Some(match root.namespace() {
                    Some(namespace) => format!("{{{namespace}}}{}", root.name()),
                    None => root.name().to_owned(),
                });
                scope.position = Some(root.position().to_string());
                scope.has_comments = covered.has_comments();
                scope.uncovered = uncovered::of(found);
            }
            read.findings = answered(None, &algorithm);
            if covered.has_comments()
                && let Some(structure) = read.findings.first_mut()
            {
                *structure = comments(structure.why.clone(), policy);
            }
            match stamps::read(found, &covered, &signer) {
                Ok(claims) => read.claims = claims,
                Err(refused) => {
                    if let Some(structure) = read.findings.first_mut() {
                        *structure = refused;
                    }
                }
            }
            read.covered = Some((Proof::Xml(covered), qaqpa_crypto::sha256(found.value())));
        }
        Err(error) => read.findings = answered(Some(&error), &algorithm),
    }
    if found.qualifying_properties().is_none() {
        let rules = [Rule::PropertiesForm, Rule::SigningCertificateNamed];
        idle(&mut read.findings, CheckId::Structure, rules);
    }
    let mut references = found.signed_references().into_iter();
    if references.all(|reference| reference.transforms.is_empty()) {
        idle(&mut read.findings, CheckId::Scope, [Rule::TransformAllowed]);
    }
    read.signer = Some(signer);
    read.companions = companions;
    read
}

/// Notes that these checks of a question had nothing to look at.
pub(crate) fn idle(
    findings: &mut [Finding],
    question: CheckId,
    rules: impl IntoIterator<Item = Rule>,
) {
    if let Some(finding) = findings.iter_mut().find(|finding| finding.id == question) {
        finding.idle.extend(rules);
    }
}

/// All questions at once, as one value that holds the proof; where that fails, one by one in their
/// order, so that content that was changed is told as that, even where the value is wrong as well.
fn prove<'d>(
    found: &FoundSignature<'d>,
    spki_der: &[u8],
    policy: &Policy,
) -> Result<Covered<'d>, SignatureError> {
    laboratory::cover(found, spki_der, policy).or_else(|error| {
        found.verify_scope()?;
        found.verify_digests()?;
        found.verify_value(spki_der)?;
        Err(error)
    })
}

/// Comments stand in what is read: they are not signed and never read; a policy may refuse them all the same.
fn comments(passed: String, policy: &Policy) -> Finding {
    let why = "comments stand in the signed part; nobody signed them";
    if policy.tolerates(Rule::CommentsAbsent) {
        return Finding::pass(CheckId::Structure, passed).noting([Note {
            rule: Rule::CommentsAbsent,
            why: why.to_owned(),
        }]);
    }
    Finding::fail(Cause::CommentsPresent, why)
}

/// The certificate whose key is asked, and the others that came along.
fn signing_certificate(
    found: &FoundSignature<'_>,
    known: &Known,
    limits: &Limits,
    at: Moment,
) -> Result<(Certificate, Vec<Certificate>), (Cause, String)> {
    if let Some((first, others)) = found.certificates().split_first() {
        // The first is the signer's, by the profile; no other is tried, so that an unrelated good
        // certificate cannot lend its name to another key. (K03)
        let signer = Certificate::from_der(first).map_err(|error| {
            let why = format!("KeyInfo holds bytes that are not a certificate: {error}");
            (Cause::CertificateBroken, why)
        })?;
        return Ok((signer, companions(others, limits)));
    }
    if let Some(thumbprint) = found.thumbprint() {
        // The digest of a whole certificate: no two that are known have the same.
        let certificate = known
            .pool
            .iter()
            .find(|certificate| thumbprint.is_of(certificate.der()));
        return certificate
            .map(|certificate| (certificate.clone(), Vec::new()))
            .ok_or_else(|| {
                let why =
                    "KeyInfo names a certificate by its thumbprint, and no such one is known here";
                (Cause::CertificateNotAtHand, why.to_owned())
            });
    }
    let Some((issuer, serial)) = found.issuer_serial() else {
        let why = "KeyInfo holds neither a certificate nor an issuer and serial number";
        return Err((Cause::CertificateAbsent, why.to_owned()));
    };
    // The authority's serial numbers come from keys: a certificate that was made anew for the same key
    // has the number of the old one, and the one in force is meant.
    known
        .pool
        .iter()
        .filter(|certificate| certificate.matches_issuer_serial(issuer, serial))
        .max_by_key(|certificate| checks::validity::judge(certificate, at).is_pass())
        .map(|certificate| (certificate.clone(), Vec::new()))
        .ok_or_else(|| {
            let why = format!(
                "KeyInfo names certificate {serial} of {issuer:?}, and no such one is known here"
            );
            (Cause::CertificateNotAtHand, why)
        })
}

fn companions(ders: &[Vec<u8>], limits: &Limits) -> Vec<Certificate> {
    ders.iter()
        .take(limits.path_certificates_max)
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

fn scope_view(found: &FoundSignature<'_>) -> ScopeView {
    ScopeView {
        algorithm: found.algorithm().uri().to_owned(),
        references: found
            .signed_references()
            .iter()
            .map(|reference| ReferenceView {
                uri: reference.uri.clone(),
                target: reference.target.clone(),
                digest: reference.digest.uri().to_owned(),
                digest_value: Some(border::hex(&reference.digest_value)),
                transforms: reference.transforms.clone(),
            })
            .collect(),
        value_sha256: border::hex(&qaqpa_crypto::sha256(found.value())),
        value: Some(STANDARD.encode(found.value())),
        signed_octets_sha256: found
            .signed_octets()
            .ok()
            .map(|octets| border::hex(&qaqpa_crypto::sha256(&octets))),
        counter_signs: match found.role() {
            Role::CounterSignature { of } => Some(of),
            Role::Content => None,
        },
        covered: None,
        position: None,
        has_comments: false,
        uncovered: Vec::new(),
    }
}

/// The answers where nobody's key can be asked.
pub(crate) fn unidentified(cause: Cause, why: String) -> Vec<Finding> {
    let mut findings = vec![Finding::fail(cause, why)];
    let not_asked = |id: &CheckId| Finding::not_asked(*id, "there is no key to ask it with");
    findings.extend(QUESTIONS[1..].iter().map(not_asked));
    findings
}

/// The four answers that a cause (or none) gives: the questions before its own passed, those after it were not asked.
pub(crate) fn answers(
    refused: Option<(Cause, String)>,
    passed: impl Fn(CheckId) -> String,
) -> Vec<Finding> {
    let mut refused = refused;
    let asked = refused.as_ref().map(|(cause, _)| cause.rule().question());
    let mut findings: Vec<Finding> = Vec::with_capacity(QUESTIONS.len());
    for id in QUESTIONS {
        let failed = findings.last().is_some_and(|finding| !finding.is_pass());
        findings.push(match &mut refused {
            _ if failed => Finding::not_asked(id, "an earlier question was answered with no"),
            Some((cause, why)) if asked == Some(id) => Finding::fail(*cause, std::mem::take(why)),
            _ => Finding::pass(id, passed(id)),
        });
    }
    findings
}

fn answered(error: Option<&SignatureError>, algorithm: &str) -> Vec<Finding> {
    let refused = error.map(|error| (cause(error), error.to_string()));
    answers(refused, |id| passed(id, algorithm))
}

fn cause(error: &SignatureError) -> Cause {
    checks::structure::cause(error)
        .or_else(|| checks::scope::cause(error))
        .or_else(|| checks::content::cause(error))
        .or_else(|| checks::value::cause(error))
        // An error that no question claims is a malformed signature, never a pass.
        .unwrap_or(Cause::SignatureBroken)
}

fn passed(id: CheckId, algorithm: &str) -> String {
    match id {
        CheckId::Structure => format!("one signature of the profile's structure, by {algorithm}"),
        CheckId::Scope => "the reference covers what the recipient reads".to_owned(),
        CheckId::Content => "every digest is that of the canonical content".to_owned(),
        _ => "the value is one of the certificate's key over SignedInfo".to_owned(),
    }
}

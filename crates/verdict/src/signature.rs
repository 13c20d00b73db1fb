//! Reads the signature of a subject and asks the first four questions: structure, scope, content, value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_x509::Certificate;
use qaqpa_xml::XmlError;
use qaqpa_xmldsig::{Covered, FoundSignature, Role, SignatureError, find_enveloped, find_wsse};

use crate::border;
use crate::checks::{self, Finding, Note, Reason};
use crate::examination::{Known, Subject};
use crate::indication::SubIndication;
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
            read_found(found.as_ref().copied(), known, limits, policy, at)
        }
        Subject::Cms { message, place } => message::read(message, place, known, policy),
        Subject::NotXml { error, .. } => not_xml(error),
        Subject::Certificate {
            certificate_der,
            pool_der,
        } => read_certificate(certificate_der, pool_der, limits),
    }
}

/// Bytes without a tree: nothing else can be asked about them.
fn not_xml<'d>(error: &XmlError) -> Read<'d> {
    let reason = checks::structure::reason_of_xml(error);
    let mut findings = vec![Finding::fail(
        reason.rule,
        reason.label,
        reason.sub,
        error.to_string(),
    )];
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
                Rule::SigningCertificate,
                RefusalLabel::IssuerUntrusted,
                SubIndication::NoSigningCertificateFound,
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
        Err(why) => {
            read.findings = unidentified(RefusalLabel::SignatureMalformed, why);
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
    read.signer = Some(signer);
    read.companions = companions;
    read
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
    Finding::fail(
        Rule::CommentsAbsent,
        RefusalLabel::SignatureScope,
        SubIndication::SigConstraintsFailure,
        why,
    )
}

/// The certificate whose key is asked, and the others that came along.
fn signing_certificate(
    found: &FoundSignature<'_>,
    known: &Known,
    limits: &Limits,
    at: Moment,
) -> Result<(Certificate, Vec<Certificate>), String> {
    if let Some((first, others)) = found.certificates().split_first() {
        // The first is the signer's, by the profile; no other is tried, so that an unrelated good
        // certificate cannot lend its name to another key. (K03)
        let signer = Certificate::from_der(first)
            .map_err(|error| format!("KeyInfo holds bytes that are not a certificate: {error}"))?;
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
                "KeyInfo names a certificate by its thumbprint, and no such one is known here"
                    .to_owned()
            });
    }
    let Some((issuer, serial)) = found.issuer_serial() else {
        return Err(
            "KeyInfo holds neither a certificate nor an issuer and serial number".to_owned(),
        );
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
            format!(
                "KeyInfo names certificate {serial} of {issuer:?}, and no such one is known here"
            )
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
pub(crate) fn unidentified(label: RefusalLabel, why: String) -> Vec<Finding> {
    let mut findings = vec![Finding::fail(
        Rule::SigningCertificate,
        label,
        SubIndication::NoSigningCertificateFound,
        why,
    )];
    let not_asked = |id: &CheckId| Finding::not_asked(*id, "there is no key to ask it with");
    findings.extend(QUESTIONS[1..].iter().map(not_asked));
    findings
}

/// The four answers that a reason (or none) gives: the questions before its own passed, those after it were not asked.
pub(crate) fn answers(
    refused: Option<(Reason, String)>,
    passed: impl Fn(CheckId) -> String,
) -> Vec<Finding> {
    let mut refused = refused;
    let asked = refused.as_ref().map(|(reason, _)| reason.rule.question());
    let mut findings: Vec<Finding> = Vec::with_capacity(QUESTIONS.len());
    for id in QUESTIONS {
        let failed = findings.last().is_some_and(|finding| !finding.is_pass());
        findings.push(match &mut refused {
            _ if failed => Finding::not_asked(id, "an earlier question was answered with no"),
            Some((reason, why)) if asked == Some(id) => {
                Finding::fail(reason.rule, reason.label, reason.sub, std::mem::take(why))
            }
            _ => Finding::pass(id, passed(id)),
        });
    }
    findings
}

fn answered(error: Option<&SignatureError>, algorithm: &str) -> Vec<Finding> {
    let refused = error.map(|error| (reason(error), error.to_string()));
    answers(refused, |id| passed(id, algorithm))
}

fn reason(error: &SignatureError) -> Reason {
    checks::structure::reason(error)
        .or_else(|| checks::scope::reason(error))
        .or_else(|| checks::content::reason(error))
        .or_else(|| checks::value::reason(error))
        // An error that no question claims is a malformed signature, never a pass.
        .unwrap_or(Reason {
            rule: Rule::SignatureValue,
            label: RefusalLabel::SignatureMalformed,
            sub: SubIndication::FormatFailure,
        })
}

fn passed(id: CheckId, algorithm: &str) -> String {
    match id {
        CheckId::Structure => format!("one signature of the profile's structure, by {algorithm}"),
        CheckId::Scope => "the reference covers what the recipient reads".to_owned(),
        CheckId::Content => "every digest is that of the canonical content".to_owned(),
        _ => "the value is one of the certificate's key over SignedInfo".to_owned(),
    }
}

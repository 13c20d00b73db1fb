//! Who sent an envelope: the transport signature, judged and compared with the sender's certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::sha256;
use qaqpa_evidence::Examiner;
use qaqpa_model::{Limits, Moment, RefusalLabel, SenderId};
use qaqpa_verdict::{Subject, Verdict};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::{Bounds, FoundSignature, SignatureError, find_wsse};

use crate::envelope::bounds;
use crate::{KnownSystem, Refused};

/// The Body of this envelope was signed by this registered system, with a certificate that was good.
///
/// Says nothing about the business document inside.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportProof {
    /// The verdict, for the journal.
    pub verdict: Verdict,
}

/// Who signed the Body of an envelope, with a certificate that was good; not yet whether it is a registered system.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportSigner {
    /// The verdict, for the journal.
    pub verdict: Verdict,
    /// The certificate.
    pub certificate: Certificate,
    /// Its common name.
    pub common_name: String,
}

/// Judges the transport signature of an envelope, whoever signed it.
///
/// # Errors
/// [`Refused`] with `transport-signature-missing`, `transport-signature-invalid`, `transport-certificate-refused` or
/// `revocation-unknown`; the facts name the verdict's cause as `cause`.
pub async fn judge_transport(
    envelope: &Document,
    examiner: &Examiner,
    limits: &Limits,
    at: Moment,
) -> Result<TransportSigner, Refused> {
    let (verdict, proven) = examiner.examine(Subject::Transport(envelope), at).await;
    let Some(proven) = proven else {
        let label = verdict
            .label
            .unwrap_or(RefusalLabel::TransportSignatureInvalid);
        let mut refused = Refused::new(label, verdict.why());
        if let Some(cause) = verdict.cause() {
            refused = refused.with("cause", cause.as_str());
        }
        return Err(with_change(refused, envelope, find_wsse, limits)
            .with_journal("transport-verdict", verdict.to_json()));
    };
    Ok(TransportSigner {
        certificate: proven.signer.certificate,
        common_name: proven.signer.common_name,
        verdict,
    })
}

/// Judges the transport signature of an envelope, which must be the expected system's.
///
/// # Errors
/// As [`judge_transport`], and `sender-certificate-mismatch`.
pub async fn prove_transport(
    envelope: &Document,
    examiner: &Examiner,
    expected: &KnownSystem,
    limits: &Limits,
    at: Moment,
) -> Result<TransportProof, Refused> {
    let signer = judge_transport(envelope, examiner, limits, at).await?;
    signer.is_of(&expected.sender_id, &expected.certificate)?;
    Ok(TransportProof {
        verdict: signer.verdict,
    })
}

impl TransportSigner {
    /// Whether the sender signed with the certificate that is registered for it.
    ///
    /// # Errors
    /// [`Refused`] with `sender-certificate-mismatch`.
    pub fn is_of(&self, sender: &SenderId, registered: &Certificate) -> Result<(), Refused> {
        if self.certificate.der() == registered.der() {
            return Ok(());
        }
        Err(Refused::new(
            RefusalLabel::SenderCertificateMismatch,
            format!(
                "the envelope is signed by {:?}, the certificate registered for {sender} is another",
                self.common_name
            ),
        )
        .with_journal("transport-verdict", self.verdict.to_json()))
    }
}

/// SHA-256 over the digests that the transport signature of an envelope is about: the same for the same Body, however
/// often it is signed.
///
/// Proves nothing by itself: the signature must have been judged.
///
/// # Errors
/// [`SignatureError`] where there is no signature to be found.
pub fn signed_digest(envelope: &Document, limits: &Limits) -> Result<[u8; 32], SignatureError> {
    let found = find_wsse(envelope, &bounds(limits))?;
    let mut digests = Vec::new();
    for reference in found.signed_references() {
        digests.extend_from_slice(&reference.digest_value.len().to_be_bytes());
        digests.extend_from_slice(&reference.digest_value);
    }
    Ok(sha256(&digests))
}

/// Characters of the canonical form that the sender is shown; the journal has all that were kept.
const CANONICAL_SHOWN: usize = 200;

/// Where a digest differs: the reference, both digests and the beginning of what was digested, so that
/// an integrator can see which bytes his stack has changed.
#[must_use]
pub fn with_change<'d>(
    refused: Refused,
    document: &'d Document,
    find: fn(&'d Document, &Bounds) -> Result<FoundSignature<'d>, SignatureError>,
    limits: &Limits,
) -> Refused {
    let Err(SignatureError::DigestMismatch {
        uri,
        expected,
        actual,
        canonical,
    }) = find(document, &bounds(limits)).and_then(|found| found.verify_digests())
    else {
        return refused;
    };
    let canonical = String::from_utf8_lossy(&canonical).into_owned();
    let shown: String = canonical.chars().take(CANONICAL_SHOWN).collect();
    let mut refused = refused
        .with("reference", format!("{uri:?}"))
        .with("digest-stated", STANDARD.encode(expected))
        .with("digest-found", STANDARD.encode(actual));
    refused.facts.push(("canonical", shown));
    // The journal's fact of the same name takes the place of the short one.
    refused.with_journal("canonical", canonical)
}

//! Who sent an envelope: the transport signature, judged and compared with the sender's certificate.

use qaqpa_evidence::Examiner;
use qaqpa_model::{Moment, RefusalLabel};
use qaqpa_verdict::{Subject, Verdict};

use crate::{KnownSystem, Refused, UnverifiedEnvelope};

/// The Body of this envelope was signed by this registered system, with a certificate that was good.
///
/// Says nothing about the business document inside.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportProof {
    /// The verdict, for the journal.
    pub verdict: Verdict,
}

/// Judges the transport signature of an envelope, which must be the expected system's.
///
/// # Errors
/// [`Refused`] with `transport-signature-missing`, `transport-signature-invalid`,
/// `transport-certificate-refused`, `sender-certificate-mismatch` or `revocation-unknown`; the facts
/// name the verdict's own label as `cause`.
pub async fn prove_transport(
    envelope: &UnverifiedEnvelope,
    examiner: &Examiner,
    expected: &KnownSystem,
    at: Moment,
) -> Result<TransportProof, Refused> {
    let (verdict, proven) = examiner
        .examine(Subject::Transport(&envelope.document), at)
        .await;
    let Some(proven) = proven else {
        let cause = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err(Refused::new(transport_label(cause), verdict.why())
            .with("cause", cause.as_str())
            .with_journal("transport-verdict", verdict.to_json()));
    };
    if proven.signer.certificate.der() != expected.certificate.der() {
        return Err(Refused::new(
            RefusalLabel::SenderCertificateMismatch,
            format!(
                "the envelope is signed by {:?}, the certificate registered for {} is another",
                proven.signer.common_name, expected.sender_id
            ),
        )
        .with_journal("transport-verdict", verdict.to_json()));
    }
    Ok(TransportProof { verdict })
}

/// The label that a verdict's label has when it is about the transport signature.
#[must_use]
pub const fn transport_label(cause: RefusalLabel) -> RefusalLabel {
    use RefusalLabel as L;
    match cause {
        L::SignatureMissing => L::TransportSignatureMissing,
        L::CertificateExpired
        | L::CertificateNotYetValid
        | L::CertificatePurpose
        | L::CertificateRevoked
        | L::CertificateSuspended
        | L::IssuerUntrusted => L::TransportCertificateRefused,
        L::RevocationUnknown => L::RevocationUnknown,
        _ => L::TransportSignatureInvalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_signature_is_refused_under_its_own_labels() {
        for (cause, label) in [
            (
                RefusalLabel::SignatureMissing,
                RefusalLabel::TransportSignatureMissing,
            ),
            (
                RefusalLabel::CertificateRevoked,
                RefusalLabel::TransportCertificateRefused,
            ),
            (
                RefusalLabel::ContentChanged,
                RefusalLabel::TransportSignatureInvalid,
            ),
            (
                RefusalLabel::SignatureScope,
                RefusalLabel::TransportSignatureInvalid,
            ),
            (
                RefusalLabel::RevocationUnknown,
                RefusalLabel::RevocationUnknown,
            ),
        ] {
            assert_eq!(transport_label(cause), label);
        }
    }
}

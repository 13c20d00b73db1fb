//! Is the certificate in its period, not revoked, and the applicant's own?
//!
//! Asked about the certificate that was chosen, before anything is signed; the gateway asks again about
//! every signed message.

use qaqpa_crypto::sha256;
use qaqpa_evidence::Examiner;
use qaqpa_model::{Answer, Iin, Moment, RefusalLabel};
use qaqpa_verdict::{SignerIdentity, Subject, Verdict, confirm_iin};
use qaqpa_x509::{Certificate, pkcs12};

use crate::refusal::Refusal;

/// A certificate that an applicant offers, with those that came in its file.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Others of the same file, DER; none is trusted for that.
    pub pool_der: Vec<Vec<u8>>,
}

/// Why an offered file holds no certificate that can be looked at. The key of its text is in [`key`](Self::key).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The bytes are not a certificate, DER or PEM.
    Certificate,
    /// The bytes are not a key file (PKCS#12).
    KeyFile,
    /// The password does not open the key file.
    Password,
}

impl Unreadable {
    /// The key of the text.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Certificate => "error-certificate-unreadable",
            Self::KeyFile => "error-key-unreadable",
            Self::Password => "error-key-password",
        }
    }
}

impl Offered {
    /// Reads the certificate out of a key file. The key itself is dropped here.
    ///
    /// # Errors
    /// [`Unreadable::Password`] or [`Unreadable::KeyFile`].
    pub fn from_key_file(bytes: &[u8], password: &str) -> Result<Self, Unreadable> {
        let file = open_key_file(bytes, password)?;
        Ok(Self {
            certificate_der: file.certificate.der().to_vec(),
            pool_der: file
                .chain
                .iter()
                .map(|other| other.der().to_vec())
                .collect(),
        })
    }

    /// Reads a certificate alone, DER or PEM; further ones of a PEM text help to build its chain.
    ///
    /// # Errors
    /// [`Unreadable::Certificate`].
    pub fn from_certificate(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut chain = Certificate::from_der(bytes)
            .map(|one| vec![one])
            .or_else(|_| Certificate::chain_from_pem(bytes))
            .map_err(|_| Unreadable::Certificate)?
            .into_iter()
            .map(|one| one.der().to_vec());
        Ok(Self {
            certificate_der: chain.next().ok_or(Unreadable::Certificate)?,
            pool_der: chain.collect(),
        })
    }
}

/// Opens a key file; the caller drops the key as soon as it is done.
///
/// # Errors
/// [`Unreadable::Password`] or [`Unreadable::KeyFile`].
pub fn open_key_file(bytes: &[u8], password: &str) -> Result<pkcs12::KeyFile, Unreadable> {
    pkcs12::read(bytes, password).map_err(|error| match error {
        pkcs12::Pkcs12Error::WrongPassword => Unreadable::Password,
        _ => Unreadable::KeyFile,
    })
}

/// Asks the condition about one certificate and one submitter.
///
/// Undecided revocation is a "no" by the policy of the examination (hard fail).
pub async fn check_certificate(
    examiner: &Examiner,
    offered: &Offered,
    submitter: &Iin,
    at: Moment,
) -> Result<Verdict, (Refusal, Verdict)> {
    let subject = Subject::Certificate {
        certificate_der: &offered.certificate_der,
        pool_der: &offered.pool_der,
    };
    let (verdict, _) = examiner.examine(subject, at).await;
    let Some(signer) = verdict.proven_signer() else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err((Refusal::of_verdict(&verdict, label), verdict));
    };
    match confirm(signer, submitter) {
        Ok(()) => Ok(verdict),
        Err(refusal) => Err((refusal, verdict)),
    }
}

/// The last question: is the certificate the submitter's own?
///
/// # Errors
/// The [`Refusal`] with both numbers, masked.
pub fn confirm(signer: &SignerIdentity, submitter: &Iin) -> Result<(), Refusal> {
    let label = match confirm_iin(signer, submitter) {
        Answer::Pass => return Ok(()),
        Answer::Fail(label) | Answer::Undecided(label) => label,
    };
    let theirs = signer
        .iin
        .as_ref()
        .map_or_else(|| "none".to_owned(), Iin::masked);
    Err(Refusal {
        label: label.as_str().to_owned(),
        why: format!(
            "the application names {}, the certificate of {} names {theirs}",
            submitter.masked(),
            signer.common_name
        ),
        check: "iin".to_owned(),
        clause: "the IIN in the request is the IIN in the certificate".to_owned(),
    })
}

/// A short name of a certificate for journals.
#[must_use]
pub fn fingerprint(certificate_der: &[u8]) -> String {
    hex::encode(sha256(certificate_der))
}

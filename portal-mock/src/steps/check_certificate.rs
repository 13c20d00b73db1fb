//! Is the certificate in its period, not revoked, and the applicant's own?
//!
//! Asked about the certificate that was chosen, before anything is signed; the gateway asks again about
//! every signed message.

use qaqpa_evidence::Examiner;
use qaqpa_model::{Iin, Moment, RefusalLabel};
use qaqpa_verdict::{Subject, Verdict};
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
///
/// # Errors
/// The [`Refusal`] of the first check that did not pass, the submitter's IIN last.
pub async fn check_certificate(
    examiner: &Examiner,
    offered: &Offered,
    submitter: &Iin,
    at: Moment,
) -> Result<Verdict, Refusal> {
    let subject = Subject::Certificate {
        certificate_der: &offered.certificate_der,
        pool_der: &offered.pool_der,
    };
    let (verdict, _) = examiner.examine(subject, at).await;
    passed(verdict.with_submitter(submitter))
}

/// A verdict that passed every check, or the refusal that it leads to.
///
/// # Errors
/// The [`Refusal`].
pub fn passed(verdict: Verdict) -> Result<Verdict, Refusal> {
    if verdict.is_passed() {
        return Ok(verdict);
    }
    let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
    Err(Refusal::of_verdict(&verdict, label))
}

//! The PKCS#10 request of an order: read, and proven to be made with the key that is in it.

use qaqpa_crypto::{CryptoError, KeyKind};
use qaqpa_x509::SubjectName;
use qaqpa_x509::name::IinError;
use qaqpa_x509::pkcs10::{Pkcs10Error, ProvenRequest, UnprovenRequest};

use super::issue::Why;

/// A key whose holder has shown to have it, and the name that the holder wrote.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) spki_der: Vec<u8>,
    pub(super) kind: KeyKind,
    subject: SubjectName,
}

/// Whom the subject of a request names by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// There is no serialNumber.
    Nobody,
    /// Twelve digits, as the profile writes an IIN; whether they are one is not said.
    Digits(String),
    /// Something else than one IIN: two numbers, another form.
    Unclear(IinError),
}

/// Reads a request in PEM.
///
/// Of its content only the key is used, and the subject where the order names nobody. What extensions it asks for is
/// not looked at: what a certificate says is the authority's to decide.
pub(super) fn wish(pem: &str) -> Result<Wish, Why> {
    let proven = UnprovenRequest::from_pem(pem.as_bytes())
        .and_then(UnprovenRequest::prove)
        .map_err(|error| why(&error))?;
    let kind = proven.kind().ok_or_else(|| {
        let meaning = "keys are RSA, GOST 34.10-2015 (512), GOST 34.310-2004 or ECDSA P-256";
        ("key-unsupported", meaning.to_owned())
    })?;
    Ok(Wish::of(&proven, kind))
}

impl Wish {
    fn of(proven: &ProvenRequest, kind: KeyKind) -> Self {
        Self {
            spki_der: proven.spki_der().to_vec(),
            kind,
            subject: proven.subject().clone(),
        }
    }

    /// Whom the request's subject names.
    pub(super) fn named(&self) -> Named {
        match self.subject.iin() {
            Ok(iin) => Named::Digits(iin.reveal()),
            Err(IinError::Absent) => Named::Nobody,
            Err(IinError::Number(why)) => {
                let written = self.subject.serial_number.as_deref();
                let digits = written.and_then(|written| written.strip_prefix("IIN"));
                match digits {
                    Some(digits) => Named::Digits(digits.to_owned()),
                    None => Named::Unclear(IinError::Number(why)),
                }
            }
            Err(why) => Named::Unclear(why),
        }
    }

    /// The digits of the BIN that the request's subject has, if it has one as the profile writes it.
    pub(super) fn bin(&self) -> Option<String> {
        self.subject.bin.map(|bin| bin.reveal())
    }

    /// The name that the request's subject has: surname and given name in the common name, the patronymic apart; a
    /// system's common name.
    pub(super) fn name(&self) -> Option<String> {
        let common_name = self.subject.common_name.clone()?;
        Some(match &self.subject.given_name {
            Some(patronymic) => format!("{common_name} {patronymic}"),
            None => common_name,
        })
    }
}

fn why(error: &Pkcs10Error) -> Why {
    let label = match error {
        Pkcs10Error::NotPossessed => "csr-signature",
        Pkcs10Error::Key(CryptoError::Weak { .. }) => "key-weak",
        Pkcs10Error::Key(_) | Pkcs10Error::AlgorithmUnknown { .. } => "key-unsupported",
        _ => "csr-malformed",
    };
    (label, error.to_string())
}

//! The authority's own keys, in `DIR/nca` (0600), and the certificates that follow from them.

use std::path::{Path, PathBuf};

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use qaqpa_transport::files;
use qaqpa_x509::issue::{self, Addresses, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, oid};

use crate::PkiError;

/// A key with its certificate.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The certificate.
    pub certificate: Certificate,
    /// The key.
    pub key: PrivateKey,
}

impl Signer {
    /// As an issuer of certificates.
    #[must_use]
    pub fn as_issuer(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.certificate,
            key: &self.key,
        }
    }
}

/// The authority's own keys.
#[derive(Clone, Debug)]
pub struct Vault {
    /// The TEST root: signs the issuing authority, and nothing else.
    pub root: Signer,
    /// The TEST issuing authority: signs people, systems, responders and CRLs.
    pub issuing: Signer,
    /// A root of somebody else, in nobody's trust: for the identity `foreign`.
    pub foreign: Signer,
    dir: PathBuf,
}

/// Root and issuing authority: 2010-01-01 to 2044-12-31T23:59:59Z.
const LIFE: (Moment, Moment) = (Moment::ROOT_BEGIN, Moment::ROOT_END);

impl Vault {
    /// Opens the vault; makes the keys that are missing (on the first start, all).
    ///
    /// Blocks while keys are made.
    ///
    /// # Errors
    /// [`PkiError`] where a file cannot be used or a key in it not be read.
    pub fn open(dir: &Path) -> Result<Self, PkiError> {
        let life = Validity {
            not_before: LIFE.0,
            not_after: LIFE.1.minus(std::time::Duration::from_secs(1)),
        };
        let root = self_signed(dir, "root", test_name("QAQPA TEST ТҮБІР (RSA)"), life)?;
        let issuing = key(dir, "issuing")?;
        let certificate = issue::issuing(
            test_name("QAQPA TEST КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA)"),
            issuing.spki_der(),
            life,
            Addresses::default(),
            root.as_issuer(),
        )?;
        let stranger = NameToWrite::new()
            .with(oid::COMMON_NAME, "FOREIGN TEST ROOT (NOBODY TRUSTS IT)")
            .with(oid::COUNTRY, "ZZ");
        Ok(Self {
            root,
            issuing: Signer {
                certificate,
                key: issuing,
            },
            foreign: self_signed(dir, "foreign-root", stranger, life)?,
            dir: dir.to_owned(),
        })
    }

    /// Root and issuing certificate in PEM: what `DIR/trust/signature.pem` holds.
    #[must_use]
    pub fn trust_pem(&self) -> String {
        self.root.certificate.to_pem() + &self.issuing.certificate.to_pem()
    }

    /// The responder of the last start, if its certificate was signed by this issuing authority.
    ///
    /// # Errors
    /// [`PkiError`] where a file is there and cannot be read.
    pub fn responder(&self) -> Result<Option<Signer>, PkiError> {
        let (Some(key), Some(certificate)) = (
            files::read_if_there(&self.dir.join("responder.p8"))?,
            files::read_if_there(&self.dir.join("responder.cer"))?,
        ) else {
            return Ok(None);
        };
        let key = PrivateKey::from_pkcs8_der(&key)?;
        let certificate = Certificate::from_der(&certificate)?;
        // The two files are written one after the other: a kill between them leaves a pair that is none.
        let belongs = certificate.spki_der() == key.spki_der()
            && certificate
                .verify_signature(self.issuing.certificate.spki_der())
                .is_ok();
        Ok(belongs.then_some(Signer { certificate, key }))
    }

    /// Keeps a new responder.
    ///
    /// # Errors
    /// [`PkiError::File`].
    pub fn keep_responder(&self, responder: &Signer) -> Result<(), PkiError> {
        let key = responder.key.to_pkcs8_der();
        files::write_private(&self.dir.join("responder.p8"), &key)?;
        let certificate = responder.certificate.der();
        files::write_private(&self.dir.join("responder.cer"), certificate)?;
        Ok(())
    }
}

/// A name that says TEST, and whose organisation says whose test it is.
pub(crate) fn test_name(common_name: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, common_name)
        .with(oid::ORGANIZATION, "QAQPA SIMULATOR, NOT A REAL AUTHORITY")
        .with(oid::COUNTRY, "KZ")
}

fn self_signed(
    dir: &Path,
    name: &str,
    subject: NameToWrite,
    life: Validity,
) -> Result<Signer, PkiError> {
    let key = key(dir, name)?;
    let certificate = issue::root(subject, &key, life)?;
    Ok(Signer { certificate, key })
}

/// The key of that name; made where it is missing.
fn key(dir: &Path, name: &str) -> Result<PrivateKey, PkiError> {
    let path = dir.join(format!("{name}.p8"));
    if let Some(bytes) = files::read_if_there(&path)? {
        return Ok(PrivateKey::from_pkcs8_der(&bytes)?);
    }
    let key = PrivateKey::generate_rsa_2048()?;
    let kept = files::write_private_once(&path, &key.to_pkcs8_der())?;
    Ok(PrivateKey::from_pkcs8_der(&kept)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use qaqpa_model::Limits;
    use qaqpa_x509::{TrustAnchors, path};

    use super::*;

    #[test]
    fn the_same_keys_give_the_same_certificates_and_only_the_owner_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let first = Vault::open(dir.path()).unwrap();
        let again = Vault::open(dir.path()).unwrap();
        assert_eq!(first.trust_pem(), again.trust_pem());
        assert_eq!(first.foreign.certificate, again.foreign.certificate);
        for name in ["root.p8", "issuing.p8", "foreign-root.p8"] {
            let mode = std::fs::metadata(dir.path().join(name))
                .unwrap()
                .permissions();
            assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn root_and_issuing_say_test_and_live_from_2010_to_2045() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        for signer in [&vault.root, &vault.issuing, &vault.foreign] {
            let certificate = &signer.certificate;
            assert!(certificate.subject().to_string().contains("TEST"));
            assert_eq!(certificate.not_before(), Moment::ROOT_BEGIN);
            assert_eq!(
                certificate.not_after().to_utc_string(),
                "2044-12-31T23:59:59Z"
            );
        }
        let anchors = TrustAnchors::from_pem(vault.trust_pem().as_bytes()).unwrap();
        let at = Moment::ROOT_BEGIN;
        let proven = path::build(
            &vault.issuing.certificate,
            &[],
            &anchors,
            at,
            &Limits::default(),
        );
        assert_eq!(proven.unwrap().certificates().len(), 2);
    }

    #[test]
    fn a_damaged_key_is_an_error_and_not_a_new_authority() {
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path()).unwrap();
        std::fs::write(dir.path().join("root.p8"), b"").unwrap();
        assert!(matches!(Vault::open(dir.path()), Err(PkiError::Key(_))));
    }
}

//! The authority's own keys and certificates, in `DIR/nca` (0600): a TEST root and an issuing authority for each kind
//! of key, as the national authority has them, and a foreign root that nobody trusts.
//!
//! Each is two files, `NAME.p8` and `NAME.cer`: the certificates are kept, because GOST and ECDSA signatures differ each
//! time. A root's certificate is written once. An issuing authority's is written anew, with the same key and name and
//! another serial number, where the addresses in it are no longer ours (free ports change at each start).

use std::path::{Path, PathBuf};

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_transport::files::{self, FileError};
use qaqpa_transport::random_bytes;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, KeyUsage, oid};

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

/// Root and issuing authority of one kind of key.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The kind of both keys, and of the keys that the issuing authority certifies.
    pub kind: KeyKind,
    /// The TEST root: signs the issuing authority, its list and a responder, and nothing else.
    pub root: Signer,
    /// The TEST issuing authority: signs people, systems, responders and lists.
    pub issuing: Signer,
}

impl Chain {
    /// The certificates above one that the issuing authority signed, for its key file.
    #[must_use]
    pub fn issuers(&self) -> Vec<Certificate> {
        vec![
            self.issuing.certificate.clone(),
            self.root.certificate.clone(),
        ]
    }

    /// Root and issuing certificate in PEM.
    #[must_use]
    pub fn trust_pem(&self) -> String {
        self.root.certificate.to_pem() + &self.issuing.certificate.to_pem()
    }
}

/// The authority's own keys.
#[derive(Clone, Debug)]
pub struct Vault {
    /// One for each of [`KINDS`], in its order.
    chains: Vec<Chain>,
    /// A root of somebody else, in nobody's trust: for the identity `foreign`.
    pub foreign: Signer,
    dir: PathBuf,
}

/// The kinds of key that the authority has a chain for; RSA first, as readers of one chain expect.
pub const KINDS: [KeyKind; 4] = KeyKind::ALL;

/// Root and issuing authority: 2010-01-01 to 2044-12-31T23:59:59Z.
const LIFE: (Moment, Moment) = (Moment::ROOT_BEGIN, Moment::ROOT_END);

/// The files of folders that were made when RSA was the only kind, and what they are called since.
const RENAMED: [(&str, &str); 2] = [("root.p8", "rsa-root.p8"), ("issuing.p8", "rsa-issuing.p8")];

impl Vault {
    /// Opens the vault; makes what is missing (on the first start, all). `addresses` are what the issuing authority of
    /// each kind says about where its root's certificate, list and responder are.
    ///
    /// Blocks while keys are made.
    ///
    /// # Errors
    /// [`PkiError`] where a file cannot be used or a key or certificate in it not be read.
    pub fn open(
        dir: &Path,
        addresses: impl Fn(KeyKind) -> Addresses + Sync,
    ) -> Result<Self, PkiError> {
        for (old, new) in RENAMED {
            let (old, new) = (dir.join(old), dir.join(new));
            if old.is_file() && !new.exists() {
                std::fs::rename(&old, &new)
                    .map_err(|source| FileError::Io { path: old, source })?;
            }
        }
        let stranger = NameToWrite::new()
            .with(oid::COMMON_NAME, "FOREIGN TEST ROOT (NOBODY TRUSTS IT)")
            .with(oid::COUNTRY, "ZZ");
        // RSA keys take their time: each is made in a thread of its own.
        std::thread::scope(|scope| {
            let foreign = scope.spawn(|| root(dir, "foreign-root", KeyKind::Rsa, stranger));
            let mut making = Vec::with_capacity(KINDS.len());
            for kind in KINDS {
                let addresses = addresses(kind);
                making.push(scope.spawn(move || chain(dir, kind, addresses)));
            }
            let made = |chain: std::thread::ScopedJoinHandle<'_, Result<Chain, PkiError>>| {
                chain.join().map_err(|_| PkiError::Task)?
            };
            Ok(Self {
                chains: making.into_iter().map(made).collect::<Result<_, _>>()?,
                foreign: foreign.join().map_err(|_| PkiError::Task)??,
                dir: dir.to_owned(),
            })
        })
    }

    /// The chain of that kind.
    ///
    /// # Panics
    /// Never: there is one for each kind.
    #[must_use]
    pub fn chain(&self, kind: KeyKind) -> &Chain {
        self.chains
            .iter()
            .find(|chain| chain.kind == kind)
            .expect("there is a chain for each kind of key")
    }

    /// Every chain, RSA first.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.chains.iter()
    }

    /// All root and issuing certificates in PEM, RSA first: what `DIR/trust/signature.pem` holds.
    #[must_use]
    pub fn trust_pem(&self) -> String {
        self.chains.iter().map(Chain::trust_pem).collect()
    }

    /// A signer below these authorities that was kept under a name (`rsa-responder`), if its certificate was signed by
    /// this issuer.
    ///
    /// # Errors
    /// [`PkiError`] where a file is there and cannot be read.
    pub fn kept(&self, name: &str, issuer: &Certificate) -> Result<Option<Signer>, PkiError> {
        let (Some(key), Some(certificate)) = (
            files::read_if_there(&key_file(&self.dir, name))?,
            files::read_if_there(&certificate_file(&self.dir, name))?,
        ) else {
            return Ok(None);
        };
        let key = PrivateKey::from_pkcs8_der(&key)?;
        let certificate = Certificate::from_der(&certificate)?;
        // The two files are written one after the other: a kill between them leaves a pair that is none.
        let belongs = certificate.spki_der() == key.spki_der()
            && certificate.verify_signature(issuer.spki_der()).is_ok();
        Ok(belongs.then_some(Signer { certificate, key }))
    }

    /// Keeps a signer under a name.
    ///
    /// # Errors
    /// [`PkiError::File`].
    pub fn keep(&self, name: &str, signer: &Signer) -> Result<(), PkiError> {
        let key = signer.key.to_pkcs8_der();
        files::write_private(&key_file(&self.dir, name), &key)?;
        let certificate = signer.certificate.der();
        files::write_private(&certificate_file(&self.dir, name), certificate)?;
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

/// How the names of the authorities and their servants call a kind of key.
pub(crate) const fn in_names(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Rsa => "RSA",
        KeyKind::Gost2015 => "GOST 2015",
        KeyKind::Gost2004 => "GOST 2004",
        KeyKind::Ecdsa => "ECDSA",
    }
}

fn chain(dir: &Path, kind: KeyKind, addresses: Addresses) -> Result<Chain, PkiError> {
    let called = in_names(kind);
    let subject = test_name(&format!("QAQPA TEST ТҮБІР ({called})"));
    let root = root(dir, &format!("{kind}-root"), kind, subject)?;
    let subject = test_name(&format!("QAQPA TEST КУӘЛАНДЫРУШЫ ОРТАЛЫҚ ({called})"));
    let name = format!("{kind}-issuing");
    let issuing = issuing(dir, &name, kind, subject, addresses, &root)?;
    Ok(Chain {
        kind,
        root,
        issuing,
    })
}

fn root(dir: &Path, name: &str, kind: KeyKind, subject: NameToWrite) -> Result<Signer, PkiError> {
    let key = key(dir, name, kind)?;
    let path = certificate_file(dir, name);
    let certificate = match read_certificate(&path)? {
        Some(kept) if kept.spki_der() == key.spki_der() => kept,
        _ => {
            let made = issue::root(subject, &key, life())?;
            files::write_private(&path, made.der())?;
            made
        }
    };
    Ok(Signer { certificate, key })
}

fn issuing(
    dir: &Path,
    name: &str,
    kind: KeyKind,
    subject: NameToWrite,
    addresses: Addresses,
    root: &Signer,
) -> Result<Signer, PkiError> {
    let key = key(dir, name, kind)?;
    let path = certificate_file(dir, name);
    let certificate = match read_certificate(&path)? {
        Some(kept)
            if kept.spki_der() == key.spki_der()
                && says(&kept, &addresses)
                && kept.verify_signature(root.certificate.spki_der()).is_ok() =>
        {
            kept
        }
        _ => {
            let spec = CertificateSpec {
                basic: Some((true, Some(0))),
                key_usage: Some(KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN)),
                addresses,
                ..CertificateSpec::new(subject, key.spki_der(), life())?
            };
            let made = issue::issue(&spec.with_serial(random_bytes()), root.as_issuer())?;
            files::write_private(&path, made.der())?;
            made
        }
    };
    Ok(Signer { certificate, key })
}

/// Whether a certificate has exactly these addresses.
pub(crate) fn says(certificate: &Certificate, addresses: &Addresses) -> bool {
    let same = |said: &[String], wanted: &Option<String>| said == wanted.as_slice();
    same(certificate.ocsp_urls(), &addresses.ocsp)
        && same(certificate.ca_issuer_urls(), &addresses.ca_issuers)
        && same(certificate.crl_urls(), &addresses.crl)
        && same(certificate.freshest_crl_urls(), &addresses.delta_crl)
}

fn life() -> Validity {
    Validity {
        not_before: LIFE.0,
        not_after: LIFE.1.minus(std::time::Duration::from_secs(1)),
    }
}

/// The key of that name; made where it is missing.
fn key(dir: &Path, name: &str, kind: KeyKind) -> Result<PrivateKey, PkiError> {
    let path = key_file(dir, name);
    if let Some(bytes) = files::read_if_there(&path)? {
        return Ok(PrivateKey::from_pkcs8_der(&bytes)?);
    }
    let key = PrivateKey::generate(kind)?;
    let kept = files::write_private_once(&path, &key.to_pkcs8_der())?;
    Ok(PrivateKey::from_pkcs8_der(&kept)?)
}

fn read_certificate(path: &Path) -> Result<Option<Certificate>, PkiError> {
    match files::read_if_there(path)? {
        Some(der) => Ok(Some(Certificate::from_der(&der)?)),
        None => Ok(None),
    }
}

fn key_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.p8"))
}

fn certificate_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.cer"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use qaqpa_model::Limits;
    use qaqpa_x509::{TrustAnchors, path};

    use super::*;

    fn at_port(port: u16) -> impl Fn(KeyKind) -> Addresses + Sync {
        move |kind| Addresses {
            ocsp: Some(format!("http://127.0.0.1:{port}/ocsp/")),
            ca_issuers: None,
            crl: Some(format!("http://127.0.0.1:{port}/crl/{kind}-root.crl")),
            delta_crl: None,
        }
    }

    #[test]
    fn a_second_opening_gives_the_same_certificates_and_only_the_owner_reads_the_files() {
        let dir = tempfile::tempdir().unwrap();
        let first = Vault::open(dir.path(), at_port(1)).unwrap();
        let again = Vault::open(dir.path(), at_port(1)).unwrap();
        assert_eq!(first.trust_pem(), again.trust_pem());
        assert_eq!(first.foreign.certificate, again.foreign.certificate);
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 2 * (2 * KINDS.len() + 1));
        for file in names {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn at_other_addresses_issuing_authorities_have_new_certificates_of_the_same_keys() {
        let dir = tempfile::tempdir().unwrap();
        let before = Vault::open(dir.path(), at_port(1)).unwrap();
        let after = Vault::open(dir.path(), at_port(2)).unwrap();
        for (before, after) in before.chains().zip(after.chains()) {
            assert_eq!(before.root.certificate, after.root.certificate);
            let (before, after) = (&before.issuing.certificate, &after.issuing.certificate);
            assert_ne!(before.serial(), after.serial());
            assert_eq!(before.spki_der(), after.spki_der());
            assert_eq!(before.subject_der(), after.subject_der());
            assert_eq!(after.ocsp_urls(), ["http://127.0.0.1:2/ocsp/"]);
        }
    }

    #[test]
    fn root_and_issuing_say_test_and_live_from_2010_to_2045() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path(), at_port(1)).unwrap();
        let own = vault
            .chains()
            .flat_map(|chain| [&chain.root, &chain.issuing]);
        for signer in own.chain([&vault.foreign]) {
            let certificate = &signer.certificate;
            assert!(certificate.subject().to_string().contains("TEST"));
            assert_eq!(certificate.not_before(), Moment::ROOT_BEGIN);
            assert_eq!(
                certificate.not_after().to_utc_string(),
                "2044-12-31T23:59:59Z"
            );
        }
        let anchors = TrustAnchors::from_pem(vault.trust_pem().as_bytes()).unwrap();
        for kind in KINDS {
            let chain = vault.chain(kind);
            assert_eq!(chain.issuing.key.kind(), kind);
            let proven = path::build(
                &chain.issuing.certificate,
                &[],
                &anchors,
                Moment::ROOT_BEGIN,
                &Limits::default(),
            );
            assert_eq!(
                proven.unwrap().certificates(),
                [
                    chain.issuing.certificate.clone(),
                    chain.root.certificate.clone(),
                ]
            );
        }
    }

    #[test]
    fn keys_of_an_older_folder_stay_the_rsa_keys() {
        let dir = tempfile::tempdir().unwrap();
        let key = PrivateKey::generate_rsa_2048().unwrap();
        files::write_private(&dir.path().join("root.p8"), &key.to_pkcs8_der()).unwrap();
        let vault = Vault::open(dir.path(), at_port(1)).unwrap();
        let root = &vault.chain(KeyKind::Rsa).root;
        assert_eq!(root.certificate.spki_der(), key.spki_der());
    }

    #[test]
    fn a_damaged_key_is_an_error_and_not_a_new_authority() {
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path(), at_port(1)).unwrap();
        std::fs::write(dir.path().join("ecdsa-root.p8"), b"").unwrap();
        assert!(matches!(
            Vault::open(dir.path(), at_port(1)),
            Err(PkiError::Key(_))
        ));
    }
}

//! The register in force, looked at again before each message.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use qaqpa_crypto::sha256;
use qaqpa_regulations::Catalogue;
use qaqpa_store::Document;
use qaqpa_transport::{Reach, files};

use super::file::{RegisterError, Surroundings, files_named, read};
use super::portable::portable;
use super::terms::Register;
use crate::written::{Stamp, Stamps};

/// Bytes of a register: tens of thousands of systems fit.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What changed with the file, or with the database's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Another register is in force.
    Loaded {
        /// SHA-256 of the text; `None` where there is none any more.
        digest: Option<String>,
    },
    /// The text has a fault: the register of before stays in force.
    Refused {
        /// Every fault with its line.
        why: String,
    },
}

/// Keeps the register of `DIR/gateway/systems.toml`, or the one of the database that several gateways share; without
/// either it is empty.
#[derive(Debug)]
pub(crate) struct SystemsBook {
    path: PathBuf,
    catalogue: Catalogue,
    reach: Reach,
    kept: Mutex<Kept>,
}

/// What is in force, and from which text.
#[derive(Debug)]
struct Kept {
    source: Source,
    register: Arc<Register>,
    digest: Option<String>,
    refused: Option<String>,
}

/// Where a register was read, and as which state of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// This machine's file.
    File(Stamps),
    /// The database's document of this version; 0 where there is none yet.
    Shared(u64),
}

/// Where the register lies, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The file, or the database.
    pub(crate) file: String,
    /// The version of the database's document; `None` where the register is this machine's file.
    pub(crate) version: Option<u64>,
    /// This machine's file, where there is one that is not looked at.
    pub(crate) aside: Option<String>,
    /// SHA-256 of the text in force.
    pub(crate) digest: Option<String>,
    /// Why the newest text is not in force, if it is not.
    pub(crate) refused: Option<String>,
}

impl SystemsBook {
    /// Reads the register for the first time: the database's document, where there is one, or else the file.
    ///
    /// # Errors
    /// [`RegisterError`]: a gateway does not start with a register that has a fault.
    pub(crate) fn open(
        path: PathBuf,
        catalogue: &Catalogue,
        reach: Reach,
        document: Option<&Document>,
    ) -> Result<Self, RegisterError> {
        let around = Surroundings {
            folder: folder(&path),
            catalogue,
            reach,
        };
        let (source, loaded) = match document {
            Some(document) => (
                Source::Shared(document.version),
                load_document(document, around),
            ),
            None => {
                let (stamps, loaded) = load(&path, around);
                (Source::File(stamps), loaded)
            }
        };
        let (register, digest) = loaded?;
        Ok(Self {
            path,
            catalogue: catalogue.clone(),
            reach,
            kept: Mutex::new(Kept {
                source,
                register: Arc::new(register),
                digest,
                refused: None,
            }),
        })
    }

    /// The text of the file as every machine can read it; `None` where there is no file.
    ///
    /// # Errors
    /// [`RegisterError`] where it has a fault.
    pub(crate) fn portable_file(
        path: &Path,
        catalogue: &Catalogue,
        reach: Reach,
    ) -> Result<Option<String>, RegisterError> {
        let around = Surroundings {
            folder: folder(path),
            catalogue,
            reach,
        };
        let text = text_of(path, Stamp::of(path))?;
        text.map(|text| portable(&path.display().to_string(), &text, around))
            .transpose()
    }

    /// The register, where the file is still as it was when it was read: no more than a look at it. The files that it
    /// names are looked at by [`current`](Self::current).
    pub(crate) fn unchanged(&self) -> Option<Arc<Register>> {
        let stamp = Stamp::of(&self.path);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = match &kept.source {
            Source::File(stamps) => stamps.own == stamp,
            Source::Shared(_) => true,
        };
        same.then(|| Arc::clone(&kept.register))
    }

    /// The register of this moment, and what changed since it was asked for last. Blocks where files are read.
    pub(crate) fn current(&self) -> (Arc<Register>, Option<News>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = match &kept.source {
            Source::File(stamps) => !stamps.still_hold(&self.path),
            Source::Shared(_) => false,
        };
        let news = changed.then(|| {
            let (stamps, loaded) = load(&self.path, self.around());
            kept.take(Source::File(stamps), loaded)
        });
        (Arc::clone(&kept.register), news)
    }

    /// The version of the database's document that was read last; `None` where the register is this machine's file.
    pub(crate) fn shared_version(&self) -> Option<u64> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.source {
            Source::File(_) => None,
            Source::Shared(version) => Some(version),
        }
    }

    /// Takes another version of the database's document. Blocks while it is read.
    pub(crate) fn take(&self, document: &Document) -> (Arc<Register>, News) {
        let loaded = load_document(document, self.around());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let news = kept.take(Source::Shared(document.version), loaded);
        (Arc::clone(&kept.register), news)
    }

    /// Takes a new register: writes the file, whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// [`RegisterError`] where it has a fault, or the file cannot be written; the one of before stays in force.
    pub(crate) fn put(&self, text: &str) -> Result<(), RegisterError> {
        read("systems.toml", text, self.around())?;
        files::write_private(&self.path, text.as_bytes())
            .map_err(|error| of_the_file(&self.path, error.to_string()))
    }

    /// A new register as every machine can read it: the files that it names are this machine's.
    ///
    /// # Errors
    /// [`RegisterError`] where it has a fault.
    pub(crate) fn portable(&self, text: &str) -> Result<String, RegisterError> {
        portable("systems.toml", text, self.around())
    }

    fn around(&self) -> Surroundings<'_> {
        Surroundings {
            folder: folder(&self.path),
            catalogue: &self.catalogue,
            reach: self.reach,
        }
    }

    /// Takes the file away: the ready-made systems alone are registered.
    ///
    /// # Errors
    /// [`RegisterError`] where the file stays.
    pub(crate) fn remove(&self) -> Result<(), RegisterError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(of_the_file(&self.path, error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Where the register lies, and how it stands.
    pub(crate) fn standing(&self) -> Standing {
        let file = self.path.display().to_string();
        let lies = Stamp::of(&self.path) != Stamp::None;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (digest, refused) = (kept.digest.clone(), kept.refused.clone());
        match kept.source {
            Source::File(_) => Standing {
                file,
                version: None,
                aside: None,
                digest,
                refused,
            },
            Source::Shared(version) => Standing {
                file: DATABASE.to_owned(),
                version: Some(version),
                aside: lies.then_some(file),
                digest,
                refused,
            },
        }
    }
}

impl Kept {
    /// What was read is in force from now on, unless it has a fault.
    fn take(&mut self, source: Source, loaded: Loaded) -> News {
        self.source = source;
        match loaded {
            Ok((register, digest)) => {
                self.register = Arc::new(register);
                self.refused = None;
                self.digest.clone_from(&digest);
                News::Loaded { digest }
            }
            Err(error) => {
                let why = error.to_string();
                self.refused = Some(why.clone());
                News::Refused { why }
            }
        }
    }
}

/// Where the register lies that several gateways share, as people are told.
const DATABASE: &str = "the database";

/// A register and the digest of its text, or why it is not taken.
type Loaded = Result<(Register, Option<String>), RegisterError>;

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// What the file holds, and what it and the files that it names were before they were read.
fn load(path: &Path, around: Surroundings<'_>) -> (Stamps, Loaded) {
    let own = Stamp::of(path);
    let text = match text_of(path, own) {
        Ok(Some(text)) => text,
        Ok(None) => return (Stamps::alone(own), Ok((Register::default(), None))),
        Err(error) => return (Stamps::alone(own), Err(error)),
    };
    let named = files_named(&text).into_iter().map(|named| {
        let path = around.folder.join(named.get_ref());
        let stamp = Stamp::of(&path);
        (path, stamp)
    });
    let named = named.collect();
    let loaded = read(&path.display().to_string(), &text, around);
    let loaded = loaded.map(|register| (register, Some(digest_of(&text))));
    (Stamps { own, named }, loaded)
}

fn load_document(document: &Document, around: Surroundings<'_>) -> Loaded {
    let Some(text) = &document.text else {
        return Ok((Register::default(), None));
    };
    let name = format!("systems.toml of {DATABASE}, version {}", document.version);
    let register = read(&name, text, around)?;
    Ok((register, Some(digest_of(text))))
}

fn text_of(path: &Path, stamp: Stamp) -> Result<Option<String>, RegisterError> {
    if stamp == Stamp::None {
        return Ok(None);
    }
    if let Some(bytes) = stamp.bytes().filter(|bytes| *bytes > FILE_BYTES_MAX) {
        let why = format!("{bytes} bytes, more than {FILE_BYTES_MAX}");
        return Err(of_the_file(path, why));
    }
    let text = std::fs::read_to_string(path);
    text.map(Some)
        .map_err(|error| of_the_file(path, error.to_string()))
}

fn digest_of(text: &str) -> String {
    let digest = sha256(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_the_file(path: &Path, why: String) -> RegisterError {
    RegisterError {
        file: path.display().to_string(),
        faults: vec![(1, why)],
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::SenderId;
    use qaqpa_x509::Certificate;

    use super::*;

    const STRICT: &str = "version = 1\n[[system]]\nsender = \"integrator-1\"\nstrict = true\n";

    #[test]
    fn a_new_register_is_taken_a_faulty_one_is_not_and_without_a_file_there_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway/systems.toml");
        let catalogue = Catalogue::embedded().unwrap();
        let sender = SenderId::parse("integrator-1").unwrap();
        let open = |path| SystemsBook::open(path, &catalogue, Reach::Loopback, None);
        let book = open(path.clone()).unwrap();
        assert_eq!(book.current().1, None);
        assert!(book.unchanged().is_some());

        book.put(STRICT).unwrap();
        assert!(book.unchanged().is_none());
        let (register, news) = book.current();
        assert!(register.terms(&sender).strict);
        assert!(
            matches!(news, Some(News::Loaded { digest: Some(_) })),
            "{news:?}"
        );
        assert_eq!(book.current().1, None);

        std::fs::write(&path, format!("{STRICT}[[sistem]]\n")).unwrap();
        let (register, news) = book.current();
        assert!(register.terms(&sender).strict);
        let Some(News::Refused { why }) = news else {
            panic!("{news:?}")
        };
        assert!(
            why.contains("systems.toml, line 5: unknown field `sistem`"),
            "{why}"
        );
        assert_eq!(book.current().1, None, "it is told once");
        assert!(open(path).is_err());

        let refused = book.put("version = 1\n[[system]]\nsender = \"portal\"\n");
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("line 3: portal is an actor")
        );
        book.remove().unwrap();
        let (register, news) = book.current();
        assert!(!register.terms(&sender).strict);
        assert_eq!(news, Some(News::Loaded { digest: None }));
        assert_eq!(book.standing().refused, None);
    }

    /// A certificate of somebody, as PEM.
    fn certificate(of: &str) -> String {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/seeds");
        let der = std::fs::read(seeds.join(format!("certificate_read/{of}.der"))).unwrap();
        Certificate::from_der(&der).unwrap().to_pem()
    }

    const NAMES: &str =
        "version = 1\n[[system]]\nsender = \"integrator-1\"\ncertificate = \"one.pem\"\n";

    fn der(register: &Register) -> Vec<u8> {
        let system = &register.systems()[0];
        system.certificate.as_ref().unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_that_is_replaced_on_disk_is_taken_and_a_faulty_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let [path, pem] = ["systems.toml", "one.pem"].map(|name| dir.path().join(name));
        std::fs::write(&pem, certificate("leaf")).unwrap();
        std::fs::write(&path, NAMES).unwrap();
        let catalogue = Catalogue::embedded().unwrap();
        let book = SystemsBook::open(path, &catalogue, Reach::Loopback, None).unwrap();
        let (register, news) = book.current();
        let (first, none) = (der(&register), news);
        assert_eq!(none, None);

        std::fs::write(&pem, certificate("root")).unwrap();
        let (register, news) = book.current();
        assert!(matches!(news, Some(News::Loaded { .. })), "{news:?}");
        let other = der(&register);
        assert_ne!(other, first);

        std::fs::remove_file(&pem).unwrap();
        let (register, news) = book.current();
        assert!(matches!(news, Some(News::Refused { .. })), "{news:?}");
        assert_eq!(der(&register), other);
        assert_eq!(book.current().1, None, "it is told once");

        std::fs::write(&pem, certificate("leaf")).unwrap();
        let (register, news) = book.current();
        assert!(matches!(news, Some(News::Loaded { .. })), "{news:?}");
        assert_eq!(der(&register), first);
    }

    #[test]
    fn what_goes_to_other_machines_has_the_certificates_in_itself() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let path = one.path().join("systems.toml");
        let above = format!("Bag Attributes\n    key: \\0\n{}", certificate("leaf"));
        std::fs::write(one.path().join("one.pem"), above).unwrap();
        std::fs::write(&path, NAMES).unwrap();
        let catalogue = Catalogue::embedded().unwrap();
        let reach = Reach::Loopback;
        let text = SystemsBook::portable_file(&path, &catalogue, reach).unwrap();
        let elsewhere = other.path().join("systems.toml");
        assert_eq!(
            SystemsBook::portable_file(&elsewhere, &catalogue, reach),
            Ok(None)
        );

        let none = Document::default();
        let book = SystemsBook::open(elsewhere, &catalogue, reach, Some(&none)).unwrap();
        let first = Document { version: 1, text };
        let (register, news) = book.take(&first);
        assert!(matches!(news, News::Loaded { digest: Some(_) }), "{news:?}");
        let here = SystemsBook::open(path, &catalogue, reach, None).unwrap();
        assert_eq!(der(&register), der(&here.current().0));

        let faulty = Document {
            version: 2,
            text: Some(NAMES.to_owned()),
        };
        let (register, news) = book.take(&faulty);
        assert!(matches!(news, News::Refused { .. }), "{news:?}");
        assert_eq!(register.systems().len(), 1);
        assert_eq!(book.shared_version(), Some(2));
        let away = Document {
            version: 3,
            text: None,
        };
        let (register, news) = book.take(&away);
        assert_eq!(news, News::Loaded { digest: None });
        assert_eq!(register.systems().len(), 0);
        assert_eq!(
            book.standing(),
            Standing {
                file: "the database".to_owned(),
                version: Some(3),
                aside: None,
                digest: None,
                refused: None,
            }
        );
    }
}

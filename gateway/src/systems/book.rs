//! The register in force, looked at again before each message.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_crypto::sha256;
use qaqpa_regulations::Catalogue;
use qaqpa_transport::{Reach, files};

use super::file::{RegisterError, Surroundings, read};
use super::terms::Register;

/// Bytes of a register: tens of thousands of systems fit.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What changed with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Another register is in force.
    Loaded {
        /// SHA-256 of the text; `None` where there is no file any more.
        digest: Option<String>,
    },
    /// The file has a fault: the register of before stays in force.
    Refused {
        /// Every fault with its line.
        why: String,
    },
}

/// Keeps the register of `DIR/gateway/systems.toml`; without that file it is empty.
#[derive(Debug)]
pub(crate) struct SystemsBook {
    path: PathBuf,
    catalogue: Catalogue,
    reach: Reach,
    kept: Mutex<Kept>,
}

/// What is in force, and from which state of the file.
#[derive(Debug)]
struct Kept {
    stamp: Stamp,
    register: Arc<Register>,
    digest: Option<String>,
    refused: Option<String>,
}

/// What changes when the file is written anew; `None` where there is none.
type Stamp = Option<(Option<SystemTime>, u64)>;

impl SystemsBook {
    /// Reads the register for the first time.
    ///
    /// # Errors
    /// [`RegisterError`]: a gateway does not start with a register that has a fault.
    pub(crate) fn open(
        path: PathBuf,
        catalogue: &Catalogue,
        reach: Reach,
    ) -> Result<Self, RegisterError> {
        let stamp = stamp(&path);
        let around = Surroundings {
            folder: folder(&path),
            catalogue,
            reach,
        };
        let (register, digest) = load(&path, stamp, around)?;
        Ok(Self {
            path,
            catalogue: catalogue.clone(),
            reach,
            kept: Mutex::new(Kept {
                stamp,
                register: Arc::new(register),
                digest,
                refused: None,
            }),
        })
    }

    /// The register, where the file is still as it was when it was read: no more than a look at it.
    pub(crate) fn unchanged(&self) -> Option<Arc<Register>> {
        let stamp = stamp(&self.path);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.stamp == stamp).then(|| Arc::clone(&kept.register))
    }

    /// The register of this moment, and what changed since it was asked for last. Blocks where the file is read.
    pub(crate) fn current(&self) -> (Arc<Register>, Option<News>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.path);
        let news = (kept.stamp != stamp).then(|| {
            kept.stamp = stamp;
            match load(&self.path, stamp, self.around()) {
                Ok((register, digest)) => {
                    kept.register = Arc::new(register);
                    kept.refused = None;
                    kept.digest.clone_from(&digest);
                    News::Loaded { digest }
                }
                Err(error) => {
                    let why = error.to_string();
                    kept.refused = Some(why.clone());
                    News::Refused { why }
                }
            }
        });
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

    /// The file, the digest of the text in force, and why the file is not taken, if it is not.
    pub(crate) fn standing(&self) -> (&Path, Option<String>, Option<String>) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (&self.path, kept.digest.clone(), kept.refused.clone())
    }
}

fn stamp(path: &Path) -> Stamp {
    match std::fs::metadata(path) {
        Ok(file) => Some((file.modified().ok(), file.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        // Nobody can say whether it is there: it is read, and refused with the reason.
        Err(_) => Some((None, 0)),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn load(
    path: &Path,
    stamp: Stamp,
    around: Surroundings<'_>,
) -> Result<(Register, Option<String>), RegisterError> {
    match stamp {
        None => return Ok((Register::default(), None)),
        Some((_, bytes)) if bytes > FILE_BYTES_MAX => {
            let why = format!("{bytes} bytes, more than {FILE_BYTES_MAX}");
            return Err(of_the_file(path, why));
        }
        Some(_) => {}
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| of_the_file(path, error.to_string()))?;
    let register = read(&path.display().to_string(), &text, around)?;
    let digest = sha256(text.as_bytes());
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((register, Some(digest)))
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

    use super::*;

    const STRICT: &str = "version = 1\n[[system]]\nsender = \"integrator-1\"\nstrict = true\n";

    #[test]
    fn a_file_that_cannot_be_looked_at_is_not_one_that_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(stamp(&dir.path().join("none")), None);
        let knot = dir.path().join("knot");
        std::os::unix::fs::symlink(&knot, &knot).unwrap();
        assert_eq!(stamp(&knot), Some((None, 0)));
    }

    #[test]
    fn a_new_register_is_taken_a_faulty_one_is_not_and_without_a_file_there_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway/systems.toml");
        let catalogue = Catalogue::embedded().unwrap();
        let sender = SenderId::parse("integrator-1").unwrap();
        let open = |path| SystemsBook::open(path, &catalogue, Reach::Loopback);
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
        assert_eq!(book.standing().2, None);
    }
}

//! The routes in force, looked at again before each message.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use qaqpa_crypto::sha256;
use qaqpa_regulations::Catalogue;
use qaqpa_store::Document;
use qaqpa_transport::files;

use super::file::{Fault, RoutesError, Served, read};
use super::table::Routes;
use crate::written::Stamp;

/// The file that is built in, as faults and views name it.
const BUILT_IN: &str = "built-in";

/// Bytes of a file of routes: a route for each service and region of the country fits.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What changed with the file, or with the database's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Other routes are in force.
    Loaded {
        /// `built-in`, the file, or the database.
        origin: String,
        /// SHA-256 of the text.
        digest: String,
    },
    /// The file has a fault: the routes of before stay in force.
    Refused {
        /// Every fault with its line.
        why: String,
    },
}

/// Keeps the routes of `DIR/gateway/routes.toml`, or those of the database that several gateways share; those that are
/// built in where there are none.
#[derive(Debug)]
pub(crate) struct RouteBook {
    path: PathBuf,
    served: Vec<Served>,
    kept: Mutex<Kept>,
}

/// What is in force, and from which text.
#[derive(Clone, Debug)]
struct Kept {
    source: Source,
    routes: Arc<Routes>,
    origin: String,
    digest: String,
    refused: Option<String>,
}

/// Where routes were read, and as which state of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// This machine's file.
    File(Stamp),
    /// The database's document of this version; 0 where there is none yet.
    Shared(u64),
}

/// Where the routes in force come from, and how they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// `built-in`, the file, or the database.
    pub(crate) origin: String,
    /// The version of the database's document; `None` where the routes are this machine's file.
    pub(crate) version: Option<u64>,
    /// This machine's file, where there is one that is not looked at.
    pub(crate) aside: Option<String>,
    /// SHA-256 of the text in force.
    pub(crate) digest: String,
    /// Why the newest text is not in force, if it is not.
    pub(crate) refused: Option<String>,
}

impl RouteBook {
    /// Reads the routes for the first time: the database's document, where there is one, or else the file.
    ///
    /// # Errors
    /// [`RoutesError`]: a gateway does not start with a text that has a fault.
    pub(crate) fn open(
        path: PathBuf,
        catalogue: &Catalogue,
        document: Option<&Document>,
    ) -> Result<Self, RoutesError> {
        let served = Served::all(catalogue);
        let (source, loaded) = match document {
            Some(document) => (
                Source::Shared(document.version),
                load_document(document, &served),
            ),
            None => {
                let stamp = Stamp::of(&path);
                (Source::File(stamp), load(&path, stamp, &served))
            }
        };
        let (routes, origin, digest) = loaded?;
        Ok(Self {
            path,
            served,
            kept: Mutex::new(Kept {
                source,
                routes: Arc::new(routes),
                origin,
                digest,
                refused: None,
            }),
        })
    }

    /// The text of the file, checked; `None` where there is no file.
    ///
    /// # Errors
    /// [`RoutesError`] where it has a fault.
    pub(crate) fn checked_file(
        path: &Path,
        catalogue: &Catalogue,
    ) -> Result<Option<String>, RoutesError> {
        let text = text_of(path, Stamp::of(path))?;
        if let Some(text) = &text {
            read(&path.display().to_string(), text, &Served::all(catalogue))?;
        }
        Ok(text)
    }

    /// The routes of this moment, and what changed since they were asked for last.
    pub(crate) fn current(&self) -> (Arc<Routes>, Option<News>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Source::File(before) = kept.source else {
            return (Arc::clone(&kept.routes), None);
        };
        let stamp = Stamp::of(&self.path);
        let news = (before != stamp).then(|| {
            let loaded = load(&self.path, stamp, &self.served);
            kept.take(Source::File(stamp), loaded)
        });
        (Arc::clone(&kept.routes), news)
    }

    /// The version of the database's document that was read last; `None` where the routes are this machine's file.
    pub(crate) fn shared_version(&self) -> Option<u64> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.source {
            Source::File(_) => None,
            Source::Shared(version) => Some(version),
        }
    }

    /// Takes another version of the database's document.
    pub(crate) fn take(&self, document: &Document) -> (Arc<Routes>, News) {
        let loaded = load_document(document, &self.served);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let news = kept.take(Source::Shared(document.version), loaded);
        (Arc::clone(&kept.routes), news)
    }

    /// Whether these routes can be taken.
    ///
    /// # Errors
    /// [`RoutesError`] where they have a fault.
    pub(crate) fn check(&self, text: &str) -> Result<(), RoutesError> {
        read("routes.toml", text, &self.served).map(drop)
    }

    /// Takes new routes: writes the file, whole or not at all, and reads it.
    ///
    /// # Errors
    /// [`RoutesError`] where they have a fault, or the file cannot be written; those of before stay in force.
    pub(crate) fn put(&self, text: &str) -> Result<(Arc<Routes>, Option<News>), RoutesError> {
        self.check(text)?;
        files::write_private(&self.path, text.as_bytes())
            .map_err(|error| of_the_file(&self.path, error.to_string()))?;
        Ok(self.current())
    }

    /// Takes the file away: the routes that are built in are in force again.
    ///
    /// # Errors
    /// [`RoutesError`] where the file stays.
    pub(crate) fn remove(&self) -> Result<(Arc<Routes>, Option<News>), RoutesError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(of_the_file(&self.path, error.to_string()))
            }
            _ => Ok(self.current()),
        }
    }

    /// Where the routes in force come from, and how they stand.
    pub(crate) fn standing(&self) -> Standing {
        let lies = Stamp::of(&self.path) != Stamp::None;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (version, aside) = match kept.source {
            Source::File(_) => (None, None),
            Source::Shared(version) => {
                (Some(version), lies.then(|| self.path.display().to_string()))
            }
        };
        Standing {
            origin: kept.origin.clone(),
            version,
            aside,
            digest: kept.digest.clone(),
            refused: kept.refused.clone(),
        }
    }
}

impl Kept {
    /// What was read is in force from now on, unless it has a fault.
    fn take(&mut self, source: Source, loaded: Loaded) -> News {
        self.source = source;
        match loaded {
            Ok((routes, origin, digest)) => {
                self.routes = Arc::new(routes);
                self.refused = None;
                self.origin.clone_from(&origin);
                self.digest.clone_from(&digest);
                News::Loaded { origin, digest }
            }
            Err(error) => {
                let why = error.to_string();
                self.refused = Some(why.clone());
                News::Refused { why }
            }
        }
    }
}

/// Routes, where they come from and the digest of their text, or why they are not taken.
type Loaded = Result<(Routes, String, String), RoutesError>;

fn load(path: &Path, stamp: Stamp, served: &[Served]) -> Loaded {
    match text_of(path, stamp)? {
        Some(text) => parsed(path.display().to_string(), &text, served),
        None => built_in(served),
    }
}

fn load_document(document: &Document, served: &[Served]) -> Loaded {
    let name = format!("routes.toml of the database, version {}", document.version);
    match &document.text {
        Some(text) => parsed(name, text, served),
        None => built_in(served),
    }
}

fn built_in(served: &[Served]) -> Loaded {
    let text = include_str!("../../routes.toml");
    parsed(BUILT_IN.to_owned(), text, served)
}

fn parsed(name: String, text: &str, served: &[Served]) -> Loaded {
    let routes = read(&name, text, served)?;
    Ok((routes, name, hex(&sha256(text.as_bytes()))))
}

fn text_of(path: &Path, stamp: Stamp) -> Result<Option<String>, RoutesError> {
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

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn of_the_file(path: &Path, why: String) -> RoutesError {
    RoutesError {
        file: path.display().to_string(),
        faults: vec![Fault { line: 1, why }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::table::{Direction, Question};

    const BRANCH: &str = r#"
version = 1
[[actor]]
name = "regional-gateway.taraz"
[[route]]
direction = "to-provider"
service = "*"
to = "regional-gateway.taraz"
[[route]]
direction = "to-applicant"
service = "*"
to = "sender"
"#;

    fn to(routes: &Routes) -> String {
        let question = Question {
            direction: Direction::Provider,
            service: "guardianship-certificate@zhambyl-2019-23",
            region: None,
        };
        routes.find(question).unwrap().to.to_string()
    }

    #[test]
    fn a_new_file_is_taken_a_faulty_one_is_not_and_without_one_the_built_in_are_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway/routes.toml");
        let book = RouteBook::open(path.clone(), &Catalogue::embedded().unwrap(), None).unwrap();
        let (routes, news) = book.current();
        assert_eq!((to(&routes).as_str(), news), ("regional-gateway", None));

        let (routes, news) = book.put(BRANCH).unwrap();
        assert_eq!(to(&routes), "regional-gateway.taraz");
        assert!(matches!(news, Some(News::Loaded { .. })), "{news:?}");
        assert_eq!(book.current().1, None);

        std::fs::write(&path, format!("{BRANCH}\n[[rout]]\n")).unwrap();
        let (routes, news) = book.current();
        assert_eq!(to(&routes), "regional-gateway.taraz");
        let Some(News::Refused { why }) = news else {
            panic!("{news:?}")
        };
        assert!(
            why.contains("routes.toml, line 14: unknown field `rout`"),
            "{why}"
        );
        assert_eq!(book.standing().refused, Some(why));
        assert_eq!(book.current().1, None, "it is told once");
        let closed = RouteBook::open(path, &Catalogue::embedded().unwrap(), None);
        assert!(closed.is_err(), "a gateway does not start with it");

        let refused = book.put("version = 1\n").unwrap_err();
        assert!(refused.to_string().contains("a service without a route"));
        let (routes, _) = book.remove().unwrap();
        assert_eq!(to(&routes), "regional-gateway");
        assert_eq!(book.standing().refused, None);
    }
}

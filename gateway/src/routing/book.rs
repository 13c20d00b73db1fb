//! The routes in force, looked at again before each message.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_crypto::sha256;
use qaqpa_regulations::Catalogue;
use qaqpa_transport::files;

use super::file::{Fault, RoutesError, Served, read};
use super::table::Routes;

/// The file that is built in, as faults and views name it.
const BUILT_IN: &str = "built-in";

/// Bytes of a file of routes: a route for each service and region of the country fits.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What changed with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Other routes are in force.
    Loaded {
        /// `built-in`, or the file.
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

/// Keeps the routes of `DIR/gateway/routes.toml`, or those that are built in where there is no such file.
#[derive(Debug)]
pub(crate) struct RouteBook {
    path: PathBuf,
    served: Vec<Served>,
    kept: Mutex<Kept>,
}

/// What is in force, and from which state of the file.
#[derive(Clone, Debug)]
struct Kept {
    stamp: Stamp,
    routes: Arc<Routes>,
    origin: String,
    digest: String,
    refused: Option<String>,
}

/// What changes when the file is written anew; `None` where there is none.
type Stamp = Option<(Option<SystemTime>, u64)>;

impl RouteBook {
    /// Reads the routes for the first time.
    ///
    /// # Errors
    /// [`RoutesError`]: a gateway does not start with a file that has a fault.
    pub(crate) fn open(path: PathBuf, catalogue: &Catalogue) -> Result<Self, RoutesError> {
        let served = Served::all(catalogue);
        let stamp = stamp(&path);
        let (routes, origin, digest) = load(&path, stamp, &served)?;
        Ok(Self {
            path,
            served,
            kept: Mutex::new(Kept {
                stamp,
                routes: Arc::new(routes),
                origin,
                digest,
                refused: None,
            }),
        })
    }

    /// The routes of this moment, and what changed since they were asked for last.
    pub(crate) fn current(&self) -> (Arc<Routes>, Option<News>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.path);
        let news = (kept.stamp != stamp).then(|| {
            kept.stamp = stamp;
            match load(&self.path, stamp, &self.served) {
                Ok((routes, origin, digest)) => {
                    kept.routes = Arc::new(routes);
                    kept.refused = None;
                    kept.origin.clone_from(&origin);
                    kept.digest.clone_from(&digest);
                    News::Loaded { origin, digest }
                }
                Err(error) => {
                    let why = error.to_string();
                    kept.refused = Some(why.clone());
                    News::Refused { why }
                }
            }
        });
        (Arc::clone(&kept.routes), news)
    }

    /// Takes new routes: writes the file, whole or not at all, and reads it.
    ///
    /// # Errors
    /// [`RoutesError`] where they have a fault, or the file cannot be written; those of before stay in force.
    pub(crate) fn put(&self, text: &str) -> Result<(Arc<Routes>, Option<News>), RoutesError> {
        read("routes.toml", text, &self.served)?;
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

    /// Where the routes in force come from, the digest of their text, and why the file is not taken, if it is not.
    pub(crate) fn standing(&self) -> (String, String, Option<String>) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (origin, digest) = (kept.origin.clone(), kept.digest.clone());
        (origin, digest, kept.refused.clone())
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

fn load(
    path: &Path,
    stamp: Stamp,
    served: &[Served],
) -> Result<(Routes, String, String), RoutesError> {
    let (name, text) = match stamp {
        None => (
            BUILT_IN.to_owned(),
            include_str!("../../routes.toml").to_owned(),
        ),
        Some((_, bytes)) if bytes > FILE_BYTES_MAX => {
            return Err(of_the_file(
                path,
                format!("{bytes} bytes, more than {FILE_BYTES_MAX}"),
            ));
        }
        Some(_) => (
            path.display().to_string(),
            std::fs::read_to_string(path).map_err(|error| of_the_file(path, error.to_string()))?,
        ),
    };
    let routes = read(&name, &text, served)?;
    Ok((routes, name, hex(&sha256(text.as_bytes()))))
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
    fn a_file_that_cannot_be_looked_at_is_not_one_that_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(stamp(&dir.path().join("none")), None);
        let knot = dir.path().join("knot");
        std::os::unix::fs::symlink(&knot, &knot).unwrap();
        assert_eq!(stamp(&knot), Some((None, 0)));
    }

    #[test]
    fn a_new_file_is_taken_a_faulty_one_is_not_and_without_one_the_built_in_are_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway/routes.toml");
        let book = RouteBook::open(path.clone(), &Catalogue::embedded().unwrap()).unwrap();
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
        assert_eq!(book.standing().2, Some(why));
        assert_eq!(book.current().1, None, "it is told once");
        let closed = RouteBook::open(path, &Catalogue::embedded().unwrap());
        assert!(closed.is_err(), "a gateway does not start with it");

        let refused = book.put("version = 1\n").unwrap_err();
        assert!(refused.to_string().contains("a service without a route"));
        let (routes, _) = book.remove().unwrap();
        assert_eq!(to(&routes), "regional-gateway");
        assert_eq!(book.standing().2, None);
    }
}

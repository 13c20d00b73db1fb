//! The examiner of this moment: learns anew when the authority has made its certificates anew.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Actor, Limits};
use qaqpa_transport::{Clock, HttpClient, paths, registry};
use qaqpa_verdict::{Known, Policy};
use qaqpa_x509::{Certificate, TrustAnchors};

use crate::{Systems, SystemsError};

/// Gives the examiner that trusts what `DIR/trust/signature.pem` says and asks the authority that is up.
///
/// Clones share the examiner and its cache.
#[derive(Clone, Debug)]
pub struct Examining {
    dir: PathBuf,
    client: HttpClient,
    limits: Limits,
    clock: Clock,
    made: Arc<Mutex<Option<Made>>>,
}

/// An examiner, and of what it was made.
#[derive(Debug)]
struct Made {
    stamps: Stamps,
    more: Arc<[Certificate]>,
    examiner: Examiner,
}

/// What changes when one of the files is written anew: trust, systems, the authority's addresses here or on another machine,
/// and the word that something changed there: the time and the number of the file.
type Stamps = [(Option<SystemTime>, u64); 5];

impl Examining {
    /// Examiners for this data folder. Reads nothing yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, client: HttpClient, limits: Limits, clock: Clock) -> Self {
        Self {
            dir: dir.into(),
            client,
            limits,
            clock,
            made: Arc::new(Mutex::new(None)),
        }
    }

    /// The examiner as of now. Knows the systems' certificates, for answers that name theirs by issuer
    /// and serial number only. One that was asked for with more serves here, too, with the evidence that it keeps.
    ///
    /// # Errors
    /// [`SystemsError::File`] where the trust file is missing or cannot be read.
    pub fn current(&self, systems: &Systems) -> Result<Examiner, SystemsError> {
        self.examiner(systems, None)
    }

    /// As [`current`](Self::current); knows more certificates of systems than the ready-made ones.
    ///
    /// Cheap for the same list, which is told by its place in memory: it may be long, and is asked for at every message.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub fn current_with(
        &self,
        systems: &Systems,
        more: &Arc<[Certificate]>,
    ) -> Result<Examiner, SystemsError> {
        self.examiner(systems, Some(more))
    }

    /// `more` is `None` for who needs no more than the ready-made ones: what was known of others stays known.
    fn examiner(
        &self,
        systems: &Systems,
        more: Option<&Arc<[Certificate]>>,
    ) -> Result<Examiner, SystemsError> {
        let stamps = stamps(&self.dir);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made.as_ref().map(|made| Arc::clone(&made.more));
        let more = more.cloned().or(known).unwrap_or_default();
        if let Some(made) = made.as_mut()
            && made.stamps == stamps
            && (Arc::ptr_eq(&made.more, &more) || made.more == more)
        {
            made.more = more;
            return Ok(made.examiner.clone());
        }
        let anchors = read_anchors(&paths::trust_signature(&self.dir))?;
        let mut pool = anchors.intermediates().to_vec();
        pool.extend(systems.certificates());
        pool.extend_from_slice(&more);
        let examiner = Examiner::new(
            &self.client,
            authority(&self.dir),
            Known { anchors, pool },
            Policy::default(),
            self.limits,
            self.clock.clone(),
        )
        .shelving_in(self.dir.join("evidence"));
        *made = Some(Made {
            stamps,
            more,
            examiner: examiner.clone(),
        });
        Ok(examiner)
    }

    /// Forgets evidence that was kept: the clock was moved.
    pub fn forget(&self) {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref() {
            made.examiner.forget();
        }
    }
}

fn stamps(dir: &Path) -> Stamps {
    [
        paths::trust_signature(dir),
        paths::identities_index(dir),
        paths::actor(dir, Actor::Nca),
        paths::neighbours(dir),
        paths::trust_changes(dir),
    ]
    .map(|path| {
        std::fs::metadata(path).map_or((None, 0), |file| (file.modified().ok(), file.ino()))
    })
}

fn read_anchors(path: &Path) -> Result<TrustAnchors, SystemsError> {
    let failed = |why: String| SystemsError::File {
        path: path.display().to_string(),
        why,
    };
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    TrustAnchors::from_pem(&pem).map_err(|error| failed(error.to_string()))
}

/// Where the authority is now; without it, the addresses that certificates name are asked.
fn authority(dir: &Path) -> Option<NcaAddresses> {
    let record = registry::read(dir, Actor::Nca).ok()??;
    Some(NcaAddresses {
        ocsp: record.addresses.get("ocsp")?.clone(),
        crl: record.addresses.get("crl-rsa")?.clone(),
    })
}

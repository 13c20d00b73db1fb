//! The same judgement again, from what was kept.

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::Certificate;

use crate::dossier::Dossier;
use crate::examination::{Examination, Known, Subject};
use crate::list::List;
use crate::need::Progress;
use crate::policy::Policy;
use crate::proven::Proven;
use crate::verdict::Verdict;

/// Where long revocation lists stand, by their digests: many verdicts hang on one list.
pub trait Shelf {
    /// The list of this SHA-256 (lower-case hexadecimal), if it is there. What does not have the digest counts as absent.
    fn list(&self, sha256_hex: &str) -> Option<List>;
}

/// A shelf with nothing on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoShelf;

impl Shelf for NoShelf {
    fn list(&self, _: &str) -> Option<List> {
        None
    }
}

/// Examines the subject again with the kept evidence: nothing is asked of anybody.
///
/// The anchors are the caller's own and not the dossier's: who can write a dossier cannot make trust.
/// What was asked for and stands no more in the dossier, or on the shelf, leaves revocation undecided, unless what is there says
/// "revoked": a shortened dossier never gives a better verdict. A source that was silent then says nothing again; whoever can write
/// a dossier can make one silent, which shows in that the verdict is another one than the stored one.
#[must_use]
pub fn replay<'d>(
    subject: Subject<'d>,
    known: &Known,
    policy: &Policy,
    limits: &Limits,
    at: Moment,
    dossier: &Dossier,
    shelf: &dyn Shelf,
) -> (Verdict, Option<Proven<'d>>) {
    let mut known = known.clone();
    known.pool.extend(
        dossier
            .path_der()
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok()),
    );
    let seed = dossier.seed_bytes().unwrap_or_default();
    let mut examination = Examination::begin(subject, &known, policy, limits, at, seed);
    while let Progress::Wants(needs) = examination.advance() {
        let mut is_fed = false;
        for need in needs {
            if let Some(received) = dossier.received(need.id(), shelf) {
                examination.feed(need.id(), &received);
                is_fed = true;
            }
        }
        if !is_fed {
            break;
        }
    }
    examination.finish()
}

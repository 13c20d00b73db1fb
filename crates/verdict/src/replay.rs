//! The same judgement again, from what was kept.

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::Certificate;

use crate::dossier::Dossier;
use crate::examination::{Examination, Known, Subject};
use crate::need::{Progress, Received};
use crate::policy::Policy;
use crate::proven::Proven;
use crate::verdict::Verdict;

/// Examines the subject again with the kept evidence: nothing is asked of anybody.
///
/// The anchors are the caller's own and not the dossier's: who can write a dossier cannot make trust.
/// What the dossier does not hold counts as evidence that could not be had, so a shortened dossier
/// gives an undecided verdict and never a better one.
#[must_use]
pub fn replay<'d>(
    subject: Subject<'d>,
    known: &Known,
    policy: &Policy,
    limits: &Limits,
    at: Moment,
    dossier: &Dossier,
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
        for need in needs {
            let received = dossier
                .received(need.id())
                .unwrap_or_else(|| Received::unavailable("not in the dossier", at));
            examination.feed(need.id(), &received);
        }
    }
    examination.finish()
}

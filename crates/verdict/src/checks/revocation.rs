//! Condition 2, absence from the revoked list: is every certificate of the path neither revoked nor suspended?
//!
//! Sources are weighed, not trusted: a statement that could not be verified is no evidence, and where
//! two verified ones contradict each other the worse counts.

mod standing;
#[cfg(test)]
mod tests;

use qaqpa_model::Moment;

use self::standing::{Standing, weigh};
use super::Finding;
use crate::cause::Cause;
use crate::facts::{Account, Beyond};
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "RFC 5280 §6.1.3 (a)(3); EN 319 102-1 §5.2.6; condition 2: absence from the revoked list";

/// One certificate of the path whose revocation is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its place in the path: 0 is the signer.
    pub(crate) place: usize,
    /// Its common name and serial number, for the report.
    pub(crate) name: String,
}

/// Judges all certificates of the path below the anchor: the worst that the policy does not tolerate decides, the signer
/// first among equals.
///
/// Only the signer is judged as of the `moment`. The authorities above him, those who stamp and theirs, sign what is said
/// today, be it of whatever moment: one that is known to be revoked, whenever and for whatever reason, vouches for nobody, since
/// its key could date anything back. RFC 3161 §4.1 would let tokens of before a revocation for superseded or
/// cessationOfOperation stand; they fail here, too, because nobody else proves that they are of before.
pub(crate) fn judge(
    asked: &[Asked],
    accounts: &[Account],
    moment: Moment,
    policy: &Policy,
) -> Finding {
    let mut good = Vec::new();
    let mut bad: Vec<(Standing, usize, String)> = Vec::new();
    let mut standings = Vec::with_capacity(asked.len());
    for certificate in asked {
        let at = (certificate.place == 0).then_some(moment);
        let (standing, why) = weigh(certificate, accounts, at);
        let why = format!("{}: {why}", certificate.name);
        standings.push((certificate.place, standing.clone()));
        if standing == Standing::Good {
            good.push(why);
        } else {
            bad.push((standing, certificate.place, why));
        }
    }
    if asked.is_empty() {
        bad.push((
            Standing::Undecided(None),
            0,
            "nobody was asked about".to_owned(),
        ));
    }
    bad.sort_by(|(a, ..), (b, ..)| b.cmp(a));
    let idle = idle(&standings);
    let mut notes = Vec::new();
    for (standing, place, why) in bad {
        let finding = refused(&standing, place, why).under(policy);
        if !finding.is_pass() {
            return finding.noting(notes).idling(idle);
        }
        good.push(finding.why);
        notes.extend(finding.notes);
    }
    Finding::pass(CheckId::Revocation, good.join("; "))
        .noting(notes)
        .idling(idle)
}

/// The checks that nothing is known to answer: of whom nobody says anything is not known not to be revoked.
fn idle(standings: &[(usize, Standing)]) -> Vec<Rule> {
    let of = |is_signer: bool| {
        let mine = standings
            .iter()
            .filter(move |(place, _)| (*place == 0) == is_signer);
        mine.map(|(_, standing)| standing)
    };
    let is_known = |standing: &Standing| !matches!(standing, Standing::Undecided(_));
    let mut idle = Vec::new();
    if !standings.iter().all(|(_, standing)| is_known(standing)) {
        idle.push(Rule::RevocationKnown);
    }
    match of(true).next() {
        Some(Standing::Good | Standing::Suspended) => {}
        Some(Standing::Revoked) => idle.push(Rule::SignerNotSuspended),
        Some(Standing::Undecided(_)) | None => {
            idle.extend([Rule::SignerNotRevoked, Rule::SignerNotSuspended]);
        }
    }
    if of(false).next().is_none() || !of(false).all(is_known) {
        idle.push(Rule::AuthorityNotRevoked);
    }
    idle
}

/// What a standing other than good means for the certificate at this place of the path.
fn refused(standing: &Standing, place: usize, why: String) -> Finding {
    match standing {
        // EN 319 102-1, 5.2.6: a signing certificate on hold gives INDETERMINATE / TRY_LATER, since the
        // hold may be lifted.
        Standing::Suspended if place == 0 => Finding::fail(Cause::CertificateSuspended, why),
        Standing::Revoked if place == 0 => Finding::fail(Cause::CertificateRevoked, why),
        // A revoked authority vouches for nobody. EN 319 102-1, table 6, REVOKED_CA_NO_POE: "at least one certificate
        // chain was found but an intermediate CA certificate is revoked"; without a proof that the signature is older,
        // it counts whenever the revocation was known, a hold like any other.
        Standing::Suspended | Standing::Revoked => Finding::fail(Cause::AuthorityRevoked, why),
        // Hard fail. EN 319 102-1, table 6, TRY_LATER: "not all constraints can be fulfilled using
        // available information. However, it may be possible to do so using additional revocation
        // status information that will be available at a later point of time."
        Standing::Undecided(None) | Standing::Good => {
            Finding::undecided(Cause::RevocationUnknown, why)
        }
        // Evidence was had, and later evidence will not be better: it is of after the end of the certificate. EN 319 102-1,
        // 5.2.6.4 tells OUT_OF_BOUNDS_NOT_REVOKED, with which a stamp helps (5.5.4), from OUT_OF_BOUNDS_NO_POE by this alone:
        // whether the certificate is known not to be revoked.
        Standing::Undecided(Some(Beyond::Certificate)) => {
            Finding::undecided(Cause::RevocationTooLate, why)
        }
        // The same of who signed the evidence: nothing proves that it existed while he was in force.
        Standing::Undecided(Some(Beyond::Issuer)) => {
            Finding::undecided(Cause::RevocationByExpired, why)
        }
    }
}

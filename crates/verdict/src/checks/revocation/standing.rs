//! What all sources together say of one certificate.

use qaqpa_model::Moment;

use super::Asked;
use crate::facts::{Account, Beyond, Grounds, Said};

/// What the sources together say, from the best to the worst.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Good,
    /// Not known, and where a certificate's time was over, whose.
    Undecided(Option<Beyond>),
    Suspended,
    Revoked,
}

/// At the moment, or for good and all where there is none.
pub(super) fn weigh(asked: &Asked, accounts: &[Account], at: Option<Moment>) -> (Standing, String) {
    let mine: Vec<_> = accounts
        .iter()
        .filter(|account| account.place == asked.place)
        .collect();
    let sentences = || {
        let all: Vec<_> = mine.iter().map(|account| account.sentence()).collect();
        all.join("; ")
    };
    // RFC 5280, 6.1.3 (a)(3): "At the current time, the certificate is not revoked. This may be
    // determined by obtaining the appropriate CRL (Section 6.3), by status information, or by
    // out-of-band mechanisms." A source that says nothing verifiable determines nothing.
    let worst = mine
        .iter()
        .filter_map(|account| Some((standing(account, at)?, *account)))
        .max_by(|(a, _), (b, _)| a.cmp(b));
    match worst {
        Some((Standing::Good, account)) => match &account.said {
            Said::Revoked { since, .. } => (
                Standing::Good,
                format!("{}; that is after the moment judged ({since})", sentences()),
            ),
            _ => (Standing::Good, sentences()),
        },
        Some((standing, _)) => (standing, sentences()),
        None if mine.is_empty() => (Standing::Undecided(None), "no source was asked".to_owned()),
        None => (Standing::Undecided(beyond(&mine)), sentences()),
    }
}

/// Whose time was over, where that is all that was wrong: a source that was not reached, or is to be believed another time, may
/// settle it yet. One that no certificate names never will.
fn beyond(accounts: &[&Account]) -> Option<Beyond> {
    let mut asked = accounts.iter().filter(|account| !account.is_nowhere);
    let first = asked.next()?.beyond?;
    asked
        .all(|account| account.beyond.is_some())
        .then_some(first)
}

/// The standing that one account proves at the moment judged, or by any revocation at all; `None` where it proves none.
fn standing(account: &Account, at: Option<Moment>) -> Option<Standing> {
    match &account.said {
        // Its delta's account says what both say.
        _ if account.by_delta.is_some() => None,
        Said::Nothing { .. } => None,
        Said::Good { .. } => Some(Standing::Good),
        // RFC 6960, 2.2: "The 'unknown' state indicates that the responder doesn't know about the
        // certificate being requested": a list without the number then proves no more than that.
        Said::Unknown => Some(Standing::Undecided(None)),
        // What is not there any more could have said "revoked".
        Said::Lost => Some(Standing::Undecided(None)),
        Said::Revoked { since, cause } => {
            // Revoked after the moment judged, and known to be so when the answer was made: the
            // certificate was good at that moment. A date that lies ahead of the answer itself is
            // no such knowledge, and the worse reading counts.
            let known = account
                .known
                .map_or(account.received, |made| made.min(account.received));
            let later = at.is_some_and(|at| *since > at) && *since <= known;
            Some(match cause {
                // Evidence in its time, or about the other reasons, may say that it was before.
                _ if later && account.is_halting() => return None,
                _ if later => Standing::Good,
                Grounds::Hold => Standing::Suspended,
                Grounds::NeverIssued | Grounds::Reason(_) => Standing::Revoked,
            })
        }
    }
}

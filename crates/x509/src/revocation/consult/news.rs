//! What deltas say beside a complete list (RFC 5280 §5.2.4).

use super::{Bad, Inquiry, Statement};
use crate::Certificate;
use crate::crl::{AnyCrl, CrlError, ListedEntry};
use crate::revocation::points::{covers, points_of};

/// A delta whose signature was not looked at, and its word about the certificate.
#[derive(PartialEq)]
struct Delta<'a> {
    list: &'a AnyCrl,
    is_in_time: bool,
    entry: Option<ListedEntry<'a>>,
}

impl Delta<'_> {
    /// How bad its word is: removal, silence, suspension, revocation.
    fn gravity(&self) -> u8 {
        match self.entry {
            Some(entry) if entry.is_removal() => 0,
            None => 1,
            Some(entry) if entry.is_hold() => 2,
            Some(_) => 3,
        }
    }

    /// Whether it is in its time and known to be newer than the list.
    fn is_newest_word(&self, list: &AnyCrl) -> bool {
        self.is_in_time
            && list.number_order().is_some()
            && self.list.number_order() > list.number_order()
            && self.list.is_about_what(list)
    }
}

/// What deltas say beside a list.
#[derive(Default)]
pub(super) struct News<'a> {
    /// The newest that brings the list up to date.
    pub(super) applied: Option<&'a AnyCrl>,
    /// What the others say that counts, and which says it.
    pub(super) entries: Vec<(ListedEntry<'a>, &'a AnyCrl)>,
}

impl<'a> Inquiry<'a> {
    /// What the deltas of the list's own signer say beside it: the newest that brings it up to date, and of all others what nothing
    /// takes back.
    ///
    /// RFC 5280 §5.2.4 lets nobody bring a list up to date by a delta that does not follow it, or by one that is out of date. What
    /// such a delta says is revoked for good was revoked all the same, and what the newest one in its time says is suspended, is.
    pub(super) fn news(
        &mut self,
        statement: &Statement<'a>,
        certificate: &Certificate,
    ) -> Result<News<'a>, Bad> {
        let mut deltas = self.deltas_beside(statement.list, certificate);
        // Of two with one number, the graver first: which is the newer nobody can say.
        deltas.sort_by(|left, right| {
            let order = |news: &Delta<'a>| (news.list.number_order(), news.gravity());
            order(right).cmp(&order(left))
        });
        deltas.dedup();
        let mut news = News::default();
        let mut is_told = false;
        for delta in deltas {
            let applies =
                news.applied.is_none() && delta.is_in_time && delta.list.updates(statement.list);
            if !applies && delta.entry.is_none() {
                continue;
            }
            self.spend()?;
            let waived = self.policy.waived;
            if delta.list.check_signer(&statement.signer, waived).is_err() {
                continue;
            }
            let entry = delta.entry.filter(|entry| !entry.is_removal());
            if applies {
                news.applied = Some(delta.list);
            } else if let Some(entry) = entry
                && (!entry.is_hold() || (delta.is_newest_word(statement.list) && !is_told))
            {
                news.entries.push((entry, delta.list));
            }
            is_told |= delta.is_in_time;
        }
        Ok(news)
    }

    /// The deltas that may say more than a list, out of date or not.
    fn deltas_beside(&self, list: &AnyCrl, certificate: &Certificate) -> Vec<Delta<'a>> {
        let points = points_of(certificate);
        let beside = |delta: &&AnyCrl| {
            let is_older = match (delta.number_order(), list.number_order()) {
                (Some(delta), Some(list)) => delta <= list,
                _ => false,
            };
            match delta.is_about_what(list) {
                true => !is_older,
                false => points
                    .iter()
                    .any(|point| covers(delta, point, certificate).is_some()),
            }
        };
        let lists = self.known.lists.iter().filter(|list| list.is_delta());
        lists
            .filter(beside)
            .filter_map(|delta| {
                let is_in_time = match delta.check_usable(self.at, self.policy) {
                    Ok(()) => true,
                    Err(CrlError::Stale { .. }) => false,
                    Err(_) => return None,
                };
                Some(Delta {
                    list: delta,
                    is_in_time,
                    entry: delta.entry(certificate),
                })
            })
            .collect()
    }
}

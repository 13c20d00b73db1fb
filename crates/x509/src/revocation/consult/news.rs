//! What deltas say beside a complete list (RFC 5280 §5.2.4).

use std::cmp::Reverse;

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

    /// Whether it may be newer than the list. Numbers tell it of two of one key and one scope; elsewhere the time does.
    fn may_be_newer(&self, list: &AnyCrl, by_own_key: bool) -> bool {
        let is_numbered = self.list.number_order().is_some() && list.number_order().is_some();
        by_own_key && is_numbered && self.list.is_about_what(list)
            || self.list.this_update() >= list.this_update()
    }

    /// Whether its number says that it is older than a list of its scope, which of two keys' lists says nothing.
    fn is_numbered_before(&self, list: &AnyCrl) -> bool {
        let is_older = match (self.list.number_order(), list.number_order()) {
            (Some(ours), Some(theirs)) => ours <= theirs,
            _ => false,
        };
        is_older && self.list.is_about_what(list)
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
    /// Those that say "suspended" and cannot be used, where nothing later in its time tells whether that was lifted; and who signed
    /// them.
    pub(super) open: Vec<(&'a AnyCrl, Certificate)>,
}

impl<'a> News<'a> {
    /// The deltas whose word counts here.
    pub(super) fn counted(&self) -> impl Iterator<Item = &'a AnyCrl> {
        let entries = self.entries.iter().map(|(_, delta)| *delta);
        entries.chain(self.applied)
    }
}

impl<'a> Inquiry<'a> {
    /// What deltas say beside a list: the newest of its own signer that brings it up to date, and of all others, be they by another
    /// key of the same authority, what nothing takes back.
    ///
    /// RFC 5280 §5.2.4 lets nobody bring a list up to date by a delta that does not follow it, or by one that is out of date. What
    /// such a delta says is revoked for good was revoked all the same, and what the newest one in its time says is suspended, is. Of any
    /// other suspension that is newer than the list nobody knows whether it was lifted, nor of one by another key: the numbers of two
    /// keys do not tell which is the newer.
    pub(super) fn news(
        &mut self,
        statement: &Statement<'a>,
        certificate: &Certificate,
    ) -> Result<News<'a>, Bad> {
        let mut deltas = self.deltas_beside(statement.list, certificate);
        // Of two with one number, the graver first, and the one since an earlier moment: which is the newer nobody can say.
        deltas.sort_by(|left, right| {
            let since = |news: &Delta<'a>| Reverse(news.entry.map(|entry| entry.at));
            let order = |news: &Delta<'a>| (news.list.number_order(), news.gravity(), since(news));
            order(right).cmp(&order(left))
        });
        deltas.dedup();
        let mut news = News::default();
        let mut told: Vec<(&AnyCrl, Certificate)> = Vec::new();
        for delta in deltas {
            let mut applies =
                news.applied.is_none() && delta.is_in_time && delta.list.updates(statement.list);
            if !applies && delta.entry.is_none() {
                continue;
            }
            self.spend()?;
            let waived = self.policy.waived;
            let entry = delta.entry.filter(|entry| !entry.is_removal());
            let by_own_key = delta.list.check_signer(&statement.signer, waived).is_ok();
            let signer = if by_own_key {
                statement.signer.clone()
            } else {
                applies = false;
                if entry.is_none() {
                    continue;
                }
                match self.signer(delta.list)? {
                    Ok((signer, _)) => signer,
                    Err(_) => continue,
                }
            };
            if by_own_key && delta.is_numbered_before(statement.list) {
                continue;
            }
            // Numbers rise within one scope of one key: what is newer there has the last word, and elsewhere none.
            let is_told = told.iter().any(|(newer, by)| {
                newer.is_about_what(delta.list) && by.spki_der() == signer.spki_der()
            });
            if applies {
                news.applied = Some(delta.list);
            } else if let Some(entry) = entry {
                let is_last_word = by_own_key && delta.is_newest_word(statement.list) && !is_told;
                if !entry.is_hold() || is_last_word {
                    news.entries.push((entry, delta.list));
                } else if !is_told && delta.may_be_newer(statement.list, by_own_key) {
                    news.open.push((delta.list, signer.clone()));
                }
            }
            if delta.is_in_time {
                told.push((delta.list, signer));
            }
        }
        Ok(news)
    }

    /// The deltas that may say more than a list, out of date or not.
    fn deltas_beside(&self, list: &AnyCrl, certificate: &Certificate) -> Vec<Delta<'a>> {
        let points = points_of(certificate);
        let beside = |delta: &&AnyCrl| {
            delta.is_about_what(list)
                || points
                    .iter()
                    .any(|point| covers(delta, point, certificate).is_some())
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
            // Whoever names the same key is older by its number; whose key it is else, the signature tells.
            .filter(|delta| {
                !delta.is_numbered_before(list)
                    || delta.list.authority_key_id() != list.authority_key_id()
            })
            .collect()
    }
}

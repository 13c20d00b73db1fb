//! Asking the lists about one certificate (RFC 5280 §6.3.3).

mod news;

use std::time::Duration;

use qaqpa_model::{Limits, Moment};

use super::points::{covers, points_of};
use super::{Clear, Known, RevocationError};
use crate::crl::{AnyCrl, CrlError, CrlPolicy, ListedEntry, brought_up_to_date};
use crate::extensions::points::Reasons;
use crate::path::{self, Path};
use crate::{Certificate, RevocationReason, Waivable};

/// One question about a path, and the questions that it leads to.
pub(super) struct Inquiry<'a> {
    path: &'a Path,
    /// When the lists must be in their time, and their signers in force.
    at: Moment,
    known: Known<'a>,
    limits: &'a Limits,
    policy: &'a CrlPolicy,
    /// Certificates that are being asked about, one because of the other.
    open: Vec<Certificate>,
    /// Certificates of the path that are not revoked.
    settled: Vec<Certificate>,
    lists_left: usize,
    lists_max: usize,
}

/// Why a certificate is not known to be good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Budget(usize),
    Revoked {
        at: Moment,
        reason: Option<RevocationReason>,
        is_stale: bool,
        is_partial: bool,
        this_update: Moment,
    },
    Undetermined(Option<CrlError>),
}

impl Bad {
    pub(super) fn of(self, position: usize) -> RevocationError {
        match self {
            Self::Budget(max) => RevocationError::Budget { max },
            Self::Revoked {
                at,
                reason,
                is_stale,
                is_partial,
                this_update,
            } => RevocationError::Revoked {
                position,
                at,
                reason,
                is_stale,
                is_partial,
                this_update,
            },
            Self::Undetermined(why) => RevocationError::Undetermined { position, why },
        }
    }
}

/// What a list says of one certificate whose signer was proven.
struct Statement<'a> {
    list: &'a AnyCrl,
    signer: Certificate,
    /// The signer is believed only because the certificate that is asked about is.
    circular: bool,
    reasons: Reasons,
    usable: Result<(), CrlError>,
}

/// A statement's word that the certificate is revoked or suspended.
struct Heard<'a> {
    entry: ListedEntry<'a>,
    /// A list in its time says so, or its delta.
    is_current: bool,
    by: &'a AnyCrl,
    reasons: Reasons,
    /// As of when it is known: the list's own moment, or its delta's.
    this_update: Moment,
}

impl Heard<'_> {
    /// Whether it is the last word about what the other says, too.
    fn settles(&self, other: &Self) -> bool {
        let answers_for_all = !Reasons::ALL.adds_to(self.reasons);
        self.is_current && (answers_for_all || self.by.is_about_what(other.by))
    }
}

/// Whether a certificate is good, and by what.
pub(super) struct Answer {
    pub(super) clear: Clear,
    /// It is good only if one of the certificates that are being asked about is.
    circular: bool,
}

/// Whether a signer of lists leads to the path's anchor.
enum Proof {
    Unproven,
    Proven { circular: bool },
}

/// Lists verified for one certificate of the longest path: an authority has a few partitions and deltas, and for each
/// some candidates for the signer are tried.
const LISTS_PER_CERTIFICATE: usize = 16;

impl<'a> Inquiry<'a> {
    pub(super) fn new(
        path: &'a Path,
        at: Moment,
        known: Known<'a>,
        limits: &'a Limits,
        policy: &'a CrlPolicy,
    ) -> Self {
        let lists_max = limits
            .path_certificates_max
            .max(1)
            .saturating_mul(LISTS_PER_CERTIFICATE);
        Self {
            path,
            at,
            known,
            limits,
            policy,
            open: Vec::new(),
            settled: Vec::new(),
            lists_left: lists_max,
            lists_max,
        }
    }

    /// The certificate is not revoked: it is not asked about again.
    pub(super) fn settle(&mut self, certificate: &Certificate) {
        self.settled.push(certificate.clone());
    }

    /// What the lists say of a certificate that nothing is known of yet.
    pub(super) fn ask(&mut self, certificate: &Certificate) -> Result<Answer, Bad> {
        self.open.push(certificate.clone());
        let answer = self.consult(certificate);
        self.open.pop();
        answer
    }

    /// Every list that is about the certificate is heard, whatever the order they come in, and the worst counts.
    fn consult(&mut self, certificate: &Certificate) -> Result<Answer, Bad> {
        let mut statements = Vec::new();
        let mut why = None;
        for (list, reasons) in self.lists_about(certificate) {
            match self.signer(list)? {
                Ok((signer, circular)) => statements.push(Statement {
                    list,
                    signer,
                    circular,
                    reasons,
                    usable: list.check_usable(self.at, self.policy),
                }),
                Err(error) => why = why.or(Some(error)),
            }
        }
        // A signer of lists does not vouch for himself where somebody else speaks of him.
        let circular = statements.iter().all(|statement| statement.circular);
        let mut covered = Reasons::NONE;
        let mut clear: Option<Clear> = None;
        let mut heard: Vec<Heard<'_>> = Vec::new();
        let mut open: Vec<(&AnyCrl, Certificate)> = Vec::new();
        let mut counted: Vec<&AnyCrl> = Vec::new();
        for statement in &statements {
            if statements.iter().any(|other| other.supersedes(statement)) {
                continue;
            }
            let news = self.news(statement, certificate)?;
            counted.extend(news.counted());
            open.extend(news.open);
            heard.extend(
                news.entries
                    .into_iter()
                    .map(|(entry, delta)| statement.heard(entry, false, delta)),
            );
            if let Err(error) = &statement.usable {
                why = why.or(Some(error.clone()));
            }
            let listed = match &statement.usable {
                Ok(()) | Err(CrlError::Stale { .. }) => statement.list.entry(certificate),
                Err(_) => None,
            };
            let changed = news.applied.and_then(|delta| delta.entry(certificate));
            let lifts = news.applied.is_some_and(|delta| delta.reaches(certificate));
            // RFC 5280 §6.3.3 (a)(1)(i): a delta in its time speaks for a list that is out of date, too, where it lists the
            // certificate. Its silence is not taken for that.
            let is_current =
                statement.usable.is_ok() || changed.is_some_and(|entry| !entry.is_removal());
            let vouches = !statement.circular || circular;
            match brought_up_to_date(listed, changed, lifts) {
                // What was revoked for good stays so, however old the list that says it; only a suspension is lifted.
                Some(entry) if is_current || !entry.is_hold() => {
                    let newest = news.applied.unwrap_or(statement.list);
                    heard.push(statement.heard(entry, is_current, newest));
                    if vouches {
                        covered = covered.and(statement.reasons);
                    }
                }
                Some(_) => {}
                None if statement.usable.is_err() || !vouches => {}
                None if !statement.list.reaches(certificate) => {
                    let not_after = certificate.not_after();
                    why = why.or(Some(CrlError::Expired { not_after }));
                }
                None => {
                    covered = covered.and(statement.reasons);
                    clear = Some(oldest(clear, statement.list, news.applied));
                }
            }
        }
        let is_partial = Reasons::ALL.adds_to(covered);
        open.retain(|(delta, by)| {
            let is_over = |statement: &Statement<'_>| {
                (!statement.circular || circular) && statement.takes_place_of(delta, by)
            };
            !counted.contains(delta) && !statements.iter().any(is_over)
        });
        let is_stale = !open.is_empty()
            || heard
                .iter()
                .any(|one| !heard.iter().any(|other| other.settles(one)));
        let worst = heard.iter().map(|heard| heard.entry);
        match (worst.reduce(ListedEntry::joined), clear) {
            (Some(entry), _) => Err(Bad::Revoked {
                at: entry.at,
                reason: entry.reason,
                is_stale,
                is_partial,
                this_update: known_of(&heard, entry.at),
            }),
            (None, _) if !open.is_empty() => Err(Bad::Undetermined(Some(CrlError::DeltaHold))),
            (None, Some(clear)) if !is_partial => Ok(Answer { clear, circular }),
            _ => Err(Bad::Undetermined(why)),
        }
    }

    /// The complete lists that are about the certificate, each once, and the reasons for which they answer.
    fn lists_about(&self, certificate: &Certificate) -> Vec<(&'a AnyCrl, Reasons)> {
        let mut about: Vec<(&AnyCrl, Reasons)> = Vec::new();
        for point in points_of(certificate) {
            for list in self.known.lists.iter().filter(|list| !list.is_delta()) {
                let Some(reasons) = covers(list, &point, certificate) else {
                    continue;
                };
                match about.iter_mut().find(|(known, _)| *known == list) {
                    Some((_, known)) => *known = known.and(reasons),
                    None => about.push((list, reasons)),
                }
            }
        }
        about
    }

    /// One verification more.
    fn spend(&mut self) -> Result<(), Bad> {
        let left = self.lists_left.checked_sub(1);
        self.lists_left = left.ok_or(Bad::Budget(self.lists_max))?;
        Ok(())
    }

    /// The certificate of who signed the list: proven to the path's own anchor, not revoked (RFC 5280 §6.3.3 (f), (g)).
    fn signer(&mut self, list: &AnyCrl) -> Result<Result<(Certificate, bool), CrlError>, Bad> {
        let known = self.path.certificates().iter().chain(self.known.pool);
        let known = known
            .chain(self.known.anchors.roots())
            .chain(self.known.anchors.intermediates());
        let mut candidates: Vec<Certificate> = Vec::new();
        for candidate in known.filter(|candidate| candidate.subject_key() == list.issuer()) {
            if !candidates.contains(candidate) {
                candidates.push(candidate.clone());
            }
        }
        let wanted = list.authority_key_id();
        candidates.sort_by_key(|candidate| wanted.is_some() && candidate.ski() != wanted);
        let mut why = None;
        for candidate in candidates {
            self.spend()?;
            if let Err(error) = list.check_signer(&candidate, self.policy.waived) {
                why = why.or(Some(error));
                continue;
            }
            // An authority that expired since could date its lists back.
            if !candidate.is_in_force(self.at) && !self.policy.waived.has(Waivable::AuthorityPeriod)
            {
                why = Some(CrlError::SignerNotInForce { at: self.at });
                continue;
            }
            match self.prove(&candidate)? {
                Proof::Proven { circular } => return Ok(Ok((candidate, circular))),
                // It did sign the list: that says more than what is wrong with the others.
                Proof::Unproven => why = Some(CrlError::SignerUnproven),
            }
        }
        Ok(Err(why.unwrap_or(CrlError::WrongIssuer)))
    }

    /// Whether a signer of lists leads to the path's anchor by certificates that are not revoked.
    fn prove(&mut self, signer: &Certificate) -> Result<Proof, Bad> {
        let certificates = self.path.certificates();
        let anchor = certificates.last();
        // The path's own authorities are proven; those above the certificate that is asked about are settled.
        if Some(signer) == anchor || self.settled.contains(signer) {
            return Ok(Proof::Proven { circular: false });
        }
        let pool: Vec<_> = certificates
            .iter()
            .chain(self.known.pool)
            .cloned()
            .collect();
        let built = path::build(signer, &pool, self.known.anchors, self.at, self.limits);
        let Ok(built) = built else {
            return Ok(Proof::Unproven);
        };
        if built.certificates().last() != anchor {
            return Ok(Proof::Unproven);
        }
        let below_anchor = built.certificates().len().saturating_sub(1);
        let mut circular = false;
        for certificate in built.certificates()[..below_anchor].iter().rev() {
            if self.settled.contains(certificate) {
                continue;
            }
            if self.open.contains(certificate) {
                circular = true;
                continue;
            }
            match self.ask(certificate) {
                Ok(answer) => circular |= answer.circular,
                Err(Bad::Budget(max)) => return Err(Bad::Budget(max)),
                Err(_) => return Ok(Proof::Unproven),
            }
        }
        Ok(Proof::Proven { circular })
    }
}

impl<'a> Statement<'a> {
    fn heard(&self, entry: ListedEntry<'a>, is_current: bool, newest: &AnyCrl) -> Heard<'a> {
        Heard {
            entry,
            is_current,
            by: self.list,
            reasons: self.reasons,
            this_update: newest.this_update(),
        }
    }

    /// Whether it is in its time, and says by itself what a delta of its key and scope said (RFC 5280 §5.2.4 (d)).
    fn takes_place_of(&self, delta: &AnyCrl, by: &Certificate) -> bool {
        let is_as_new = match (self.list.number_order(), delta.number_order()) {
            (Some(ours), Some(theirs)) => ours >= theirs,
            _ => false,
        };
        is_as_new
            && self.usable.is_ok()
            && self.signer.spki_der() == by.spki_der()
            && self.list.is_about_what(delta)
    }

    /// RFC 5280 §5.2.3: the numbers of one issuer's lists of one scope rise, so that the newer takes the older's place. Of
    /// two with one number both count.
    fn supersedes(&self, other: &Self) -> bool {
        let newer = match (self.list.number_order(), other.list.number_order()) {
            (Some(ours), Some(theirs)) => ours > theirs,
            _ => false,
        };
        newer
            && self.usable.is_ok()
            && self.signer.spki_der() == other.signer.spki_der()
            && self.list.is_about_what(other.list)
    }
}

/// As of when it is known that the certificate is revoked since then: by the latest of those in their time who say that very moment,
/// or else of those who say another. What is out of date or follows nothing says nothing of the time before, and is asked only where
/// nobody else speaks. Where one in its time names a date ahead of itself, nobody knew: then it is a moment before the date, so that no
/// further word can make it knowledge.
fn known_of(heard: &[Heard<'_>], since: Moment) -> Moment {
    let current = || heard.iter().filter(|one| one.is_current);
    let latest_of_then = |all: &mut dyn Iterator<Item = &Heard<'_>>| {
        let of_then = all.filter(|one| one.entry.at == since);
        of_then.map(|one| one.this_update).max()
    };
    let ahead = current().filter(|one| one.entry.at > one.this_update);
    if let Some(earliest) = ahead.map(|one| one.this_update).min() {
        return earliest.min(since.minus(Duration::from_millis(1)));
    }
    latest_of_then(&mut current())
        .or_else(|| current().map(|one| one.this_update).max())
        .or_else(|| latest_of_then(&mut heard.iter()))
        .unwrap_or(since)
}

/// How old what is known is, with one list more.
fn oldest(known: Option<Clear>, list: &AnyCrl, delta: Option<&AnyCrl>) -> Clear {
    let newer = delta.unwrap_or(list);
    let mut clear = Clear {
        this_update: newer.this_update().max(list.this_update()),
        next_update: None,
    };
    let ends = [list.next_update(), newer.next_update()];
    clear.next_update = ends.into_iter().flatten().min();
    if let Some(known) = known {
        clear.this_update = clear.this_update.min(known.this_update);
        let ends = [clear.next_update, known.next_update];
        clear.next_update = ends.into_iter().flatten().min();
    }
    clear
}

//! What fed evidence amounts to as facts.

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{self, AnyCrl};
use qaqpa_x509::revocation::{self, Clear, RevocationError};
use qaqpa_x509::{RevocationReason, ocsp, path::Path};

use super::account_of;
use crate::border;
use crate::checks;
use crate::examination::Known;
use crate::facts::{Account, Beyond, Grounds, Said};
use crate::laboratory::Hearsay;
use crate::list::List;
use crate::need::{Evidence, Need, Received};
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::EvidenceKind;

/// A list that was fed, and for which need: what it amounts to depends on every other list, too.
#[derive(Debug)]
pub(crate) struct FedList {
    pub(crate) need: Need,
    pub(crate) received: Received,
    pub(crate) list: List,
    /// The place of its account among all accounts.
    pub(crate) account: usize,
}

/// What fed evidence is held against.
pub(crate) struct Hearing<'a> {
    pub(crate) path: &'a Path,
    /// The place at which this path begins.
    pub(crate) first: usize,
    pub(crate) known: &'a Known,
    /// Every list that was fed, this need's own too: a list's signer may be asked about in another one, and a list that was fed
    /// about another certificate may be about this one.
    pub(crate) lists: &'a [FedList],
    pub(crate) limits: &'a Limits,
    pub(crate) policy: &'a Policy,
    /// The moment that is judged.
    pub(crate) at: Moment,
}

impl Hearing<'_> {
    /// What fed evidence amounts to.
    pub(crate) fn account(&self, need: &Need, received: &Received) -> Account {
        let mut account = Account {
            attempts: received.attempts.clone(),
            ..account_of(need, Said::Nothing { why: String::new() }, received.at)
        };
        match (need, &received.evidence) {
            (_, Evidence::Unavailable(why)) => {
                account.is_nowhere = need.urls().is_empty() && received.attempts.is_empty();
                account.said = Said::Nothing { why: why.clone() };
            }
            (Need::Ocsp { nonce, .. }, Evidence::Bytes(bytes)) => {
                account.sha256 = Some(border::hex(&qaqpa_crypto::sha256(bytes)));
                hear_ocsp(&mut account, need, (bytes, nonce.as_ref()), self.policy);
            }
            (Need::Ocsp { nonce, .. }, Evidence::Answer { bytes, question }) => {
                account.sha256 = Some(border::hex(&qaqpa_crypto::sha256(bytes)));
                let asked = nonce.map(|_| question.nonce());
                hear_ocsp(&mut account, need, (bytes, asked.as_ref()), self.policy);
            }
            (_, Evidence::Answer { bytes, .. }) => {
                account.sha256 = Some(border::hex(&qaqpa_crypto::sha256(bytes)));
                account.rule = Some(Rule::CrlReadable);
                account.said = Said::Nothing {
                    why: "an answer instead of a list".to_owned(),
                };
            }
            (Need::Ocsp { .. }, Evidence::List(list)) => {
                account.sha256 = Some(list.sha256_hex());
                account.said = Said::Nothing {
                    why: "a list instead of an answer".to_owned(),
                };
            }
            (_, Evidence::List(list)) => {
                account.sha256 = Some(list.sha256_hex());
                self.hear_list(&mut account, need, list);
            }
            (_, Evidence::Bytes(bytes)) => {
                account.sha256 = Some(border::hex(&qaqpa_crypto::sha256(bytes)));
                account.rule = Some(Rule::CrlReadable);
                account.said = Said::Nothing {
                    why: List::read(bytes)
                        .map_or_else(|error| error.to_string(), |_| String::new()),
                };
            }
        }
        old_for_the_moment(&mut account, self.policy, self.at);
        account.idle = idle(need, account.received);
        account
    }

    /// RFC 5280, 6.3.3: a list counts where the certificate's distribution points, or its issuer, lead to it, where its
    /// signer is proven and not revoked himself, and while it is in its time; a delta where it follows its base.
    fn hear_list(&self, account: &mut Account, need: &Need, list: &List) {
        account.this_update = Some(list.crl().this_update());
        account.next_update = list.crl().next_update();
        let is_over = account
            .next_update
            .is_some_and(|end| account.received > end);
        // What the others say may be newer: these bytes are out of date all the same.
        let over = is_over
            .then_some(Rule::CrlFresh)
            .filter(|rule| !self.policy.tolerates(*rule));
        let mut hearsay = Hearsay::new(self.policy);
        loop {
            let policy = crl::CrlPolicy {
                ahead_max: self.policy.skew_max(),
                waived: hearsay.waived,
                ..crl::CrlPolicy::default()
            };
            let fits = self.fits(need, list, account.received, &policy);
            account.applies = fits.is_ok() && matches!(need, Need::DeltaCrl { .. });
            let answer = self.status(need, list, account.received, fits.as_ref(), &policy);
            let (rule, why, beyond, is_open) = match answer {
                Ok(clear) => {
                    account.known = Some(clear.this_update);
                    account.until = clear.next_update;
                    account.rule = over;
                    account.said = Said::Good {
                        who: checks::name(need.issuer()),
                    };
                    return;
                }
                Err(RevocationError::Revoked {
                    at,
                    reason,
                    is_stale,
                    is_partial,
                    this_update,
                    ..
                }) => {
                    // Another list may have said it, and later: whether it was known by then, that one's moment tells.
                    account.known = Some(this_update);
                    let unfit = fits.err().map(|error| crl_rule(&error));
                    let stale = is_stale.then_some(Rule::CrlFresh);
                    let partial = is_partial.then_some(Rule::CrlScope);
                    let first = |rules: [Option<Rule>; 3]| {
                        let mut rules = rules.into_iter().flatten();
                        rules.find(|rule| !self.policy.tolerates(*rule))
                    };
                    account.halt = first([unfit, stale, partial]);
                    account.rule = first([unfit, over, partial]);
                    account.said = Said::Revoked {
                        since: at,
                        cause: cause(reason),
                    };
                    return;
                }
                Err(RevocationError::Undetermined {
                    why: Some(error), ..
                }) => (
                    crl_rule(&error),
                    error.to_string(),
                    beyond_by_list(&error),
                    error == crl::CrlError::DeltaHold,
                ),
                Err(error) => (Rule::CrlScope, error.to_string(), None, false),
            };
            if !hearsay.admits(rule) {
                account.rule = Some(rule);
                account.beyond = beyond;
                account.is_open = is_open;
                account.said = Said::Nothing { why };
                return;
            }
        }
    }

    /// Whether a list is of the kind that was asked for, numbered, and about its signer's own certificates; a delta must be the
    /// issuer's own, in its time, and bring this certificate's list up to date.
    fn fits(
        &self,
        need: &Need,
        list: &List,
        received: Moment,
        policy: &crl::CrlPolicy,
    ) -> Result<(), crl::CrlError> {
        let list = list.crl();
        match need {
            Need::DeltaCrl { issuer, .. } => {
                let to = |other| list.check_delta_to(other, issuer, received, policy);
                let is_base = |fed: &&FedList| {
                    matches!(fed.need, Need::Crl { .. })
                        && fed.need.id().place() == need.id().place()
                };
                // A place has one list; without it whatever else is wrong comes first, and no delta follows itself.
                let base = self.lists.iter().find(is_base);
                to(base.map_or(list, |fed| fed.list.crl()))
            }
            _ if list.is_delta() => Err(crl::CrlError::Delta),
            // RFC 5280, 5.2.3: issuers MUST number their lists; of lists without numbers nobody knows which is the later.
            // The national authority has none, and who has none does not take one (RFC 5280, 5.2.5: they need not be supported).
            _ if list.is_indirect() => Err(crl::CrlError::Partitioned),
            _ if list.number_hex().is_none() => Err(crl::CrlError::NumberMissing),
            _ => Ok(()),
        }
    }

    /// What all lists say of the certificate that this one was fed for. A delta that brings nothing up to date is heard about what it
    /// lists, out of date only about what nothing takes back, and says nothing else.
    fn status(
        &self,
        need: &Need,
        list: &List,
        received: Moment,
        fits: Result<&(), &crl::CrlError>,
        policy: &crl::CrlPolicy,
    ) -> Result<Clear, RevocationError> {
        let position = need.id().place().saturating_sub(self.first);
        let undetermined = |error: &crl::CrlError| RevocationError::Undetermined {
            position,
            why: Some(error.clone()),
        };
        if let Err(error) = fits {
            let speaks = match (need, error) {
                (Need::DeltaCrl { .. }, crl::CrlError::DeltaUnfit) => {
                    list.crl().lists(need.certificate())
                }
                (Need::DeltaCrl { .. }, crl::CrlError::Stale { .. }) => {
                    list.crl().revokes(need.certificate())
                }
                _ => false,
            };
            if !speaks {
                return Err(undetermined(error));
            }
        }
        // A place's own delta is left out of the question about its base where it has an account of its own that counts, which can
        // then change what the base says; any other is held against who signed the base.
        let own_delta = |fed: &&FedList| {
            matches!(fed.need, Need::DeltaCrl { .. })
                && fed.need.id().place() == need.id().place()
                && self.counts_by_itself(fed, policy)
        };
        let own_delta = match need {
            Need::Crl { .. } => self.lists.iter().find(own_delta),
            Need::DeltaCrl { .. } | Need::Ocsp { .. } => None,
        };
        let is_heard = |list: &&AnyCrl| {
            !list.is_delta() || own_delta.is_none_or(|own| own.list.crl() != *list)
        };
        let lists = self.lists.iter().map(|fed| fed.list.crl());
        let lists: Vec<AnyCrl> = lists.filter(is_heard).cloned().collect();
        let known = revocation::Known {
            lists: &lists,
            pool: &self.known.pool,
            anchors: &self.known.anchors,
        };
        let answer =
            revocation::check_one(self.path, position, received, known, self.limits, policy);
        match (fits, answer) {
            (Err(error), Ok(_) | Err(RevocationError::Undetermined { .. })) => {
                Err(undetermined(error))
            }
            (_, answer) => answer,
        }
    }

    /// Whether a delta's own account says more than nothing.
    fn counts_by_itself(&self, delta: &FedList, policy: &crl::CrlPolicy) -> bool {
        let (need, list, received) = (&delta.need, &delta.list, delta.received.at);
        let fits = self.fits(need, list, received, policy);
        let answer = self.status(need, list, received, fits.as_ref(), policy);
        matches!(answer, Ok(_) | Err(RevocationError::Revoked { .. }))
    }
}

/// The checks that have nothing to look at in such evidence: an answer to a request without a nonce, and evidence of before the
/// certificate's end, which need not reach back to it.
fn idle(need: &Need, received: Moment) -> Vec<Rule> {
    let is_before_the_end = received.unix_s() <= need.certificate().not_after().unix_s();
    let (archive, is_without_nonce) = match need {
        Need::Ocsp { nonce, .. } => (Rule::OcspArchive, nonce.is_none()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => (Rule::CrlArchive, false),
    };
    let archive = is_before_the_end.then_some(archive);
    let nonce = is_without_nonce.then_some(Rule::OcspNonce);
    archive.into_iter().chain(nonce).collect()
}

/// Hears an answer, held against the nonce that it was asked for with.
fn hear_ocsp(
    account: &mut Account,
    need: &Need,
    (bytes, nonce): (&[u8], Option<&[u8; 32]>),
    policy: &Policy,
) {
    let Need::Ocsp {
        certificate,
        issuer,
        ..
    } = need
    else {
        return;
    };
    // RFC 6960, 3.2: "1. The certificate identified in a received response corresponds to the
    // certificate that was identified in the corresponding request; 2. The signature on the response is
    // valid; 3. The identity of the signer matches the intended recipient of the request; 4. The signer
    // is currently authorized to provide a response for the certificate in question; 5. The time at
    // which the status being indicated is known to be correct (thisUpdate) is sufficiently recent".
    let limits = ocsp::OcspPolicy {
        age_max: policy.ocsp_age_max(),
        ahead_max: policy.skew_max(),
    };
    let nonce = nonce.map(<[u8; 32]>::as_slice);
    let mut hearsay = Hearsay::new(policy);
    let answer = loop {
        let answer = ocsp::verify_waiving(
            bytes,
            certificate,
            issuer,
            nonce,
            account.received,
            &limits,
            hearsay.waived,
        );
        match answer {
            Err(error) if hearsay.admits(ocsp_rule(&error)) => {}
            answer => break answer,
        }
    };
    match answer {
        Ok(answer) => {
            account.this_update = Some(answer.this_update);
            account.next_update = answer.next_update;
            account.known = account.this_update;
            account.until = account.next_update;
            if answer.stale_since.is_some() && !policy.tolerates(Rule::OcspFresh) {
                account.rule = Some(Rule::OcspFresh);
                account.halt = account.rule;
            }
            account.said = match answer.status {
                ocsp::CertStatus::Good => Said::Good {
                    who: checks::name(&answer.responder),
                },
                ocsp::CertStatus::Unknown => Said::Unknown,
                ocsp::CertStatus::Revoked { at, reason } => Said::Revoked {
                    since: at,
                    cause: if answer.is_never_issued() {
                        Grounds::NeverIssued
                    } else {
                        cause(reason)
                    },
                },
            };
        }
        Err(error) => {
            account.rule = Some(ocsp_rule(&error));
            account.beyond = match &error {
                ocsp::OcspError::Expired { .. } => Some(Beyond::Certificate),
                ocsp::OcspError::IssuerNotInForce { .. } => Some(Beyond::Issuer),
                _ => None,
            };
            account.said = Said::Nothing {
                why: error.to_string(),
            }
        }
    }
}

/// The check for which an answer is no evidence.
const fn ocsp_rule(error: &ocsp::OcspError) -> Rule {
    use ocsp::OcspError as E;
    match error {
        E::BadSignature => Rule::OcspSignature,
        E::CertIdAmbiguous | E::CertIdMissing => Rule::OcspCertId,
        E::Critical { .. } => Rule::OcspCritical,
        E::NonceMissing | E::NonceWrong => Rule::OcspNonce,
        E::NotYet { .. } => Rule::OcspNotYet,
        E::ResponderUnauthorized => Rule::OcspResponder,
        E::IssuerNotInForce { .. } | E::ResponderUnusable { .. } => Rule::OcspResponderUsable,
        E::Expired { .. } => Rule::OcspArchive,
        E::Stale { .. } => Rule::OcspFresh,
        E::Unsupported { .. } | E::Weak { .. } => Rule::OcspAlgorithm,
        _ => Rule::OcspReadable,
    }
}

/// The check for which a list is no evidence.
const fn crl_rule(error: &crl::CrlError) -> Rule {
    use crl::CrlError as E;
    match error {
        E::BadSignature => Rule::CrlSignature,
        E::CrlSign | E::SignerNotInForce { .. } | E::SignerUnproven | E::WrongIssuer => {
            Rule::CrlSigner
        }
        E::Critical { .. } => Rule::CrlCritical,
        E::Expired { .. } => Rule::CrlArchive,
        E::NextUpdateMissing | E::Stale { .. } => Rule::CrlFresh,
        E::NotYet { .. } => Rule::CrlNotYet,
        E::Delta | E::DeltaHold | E::DeltaUnfit | E::NumberMissing | E::Partitioned => {
            Rule::CrlScope
        }
        E::Unsupported { .. } | E::Weak { .. } => Rule::CrlAlgorithm,
        _ => Rule::CrlReadable,
    }
}

const fn beyond_by_list(error: &crl::CrlError) -> Option<Beyond> {
    match error {
        crl::CrlError::Expired { .. } => Some(Beyond::Certificate),
        crl::CrlError::SignerNotInForce { .. } => Some(Beyond::Issuer),
        _ => None,
    }
}

fn cause(reason: Option<RevocationReason>) -> Grounds {
    match reason {
        Some(RevocationReason::CertificateHold) => Grounds::Hold,
        // removeFromCRL belongs into delta lists; elsewhere it contradicts its own entry, and the entry counts.
        Some(reason) => Grounds::Reason(reason.name().to_owned()),
        None => Grounds::Reason("no reason given".to_owned()),
    }
}

/// Where a moment after the evidence is judged, evidence that will be out of date by then is none.
fn old_for_the_moment(account: &mut Account, policy: &Policy, at: Moment) {
    // "Revoked" does not wear off.
    if !matches!(account.said, Said::Good { .. } | Said::Unknown) || at <= account.received {
        return;
    }
    let ended = account.until.is_some_and(|end| at > end);
    let too_old = account.kind == EvidenceKind::Ocsp
        && account
            .this_update
            .is_some_and(|begin| at.since(begin) > policy.ocsp_age_max());
    let rule = match account.kind {
        EvidenceKind::Ocsp => Rule::OcspFresh,
        EvidenceKind::Crl | EvidenceKind::DeltaCrl => Rule::CrlFresh,
    };
    if (ended || too_old) && !policy.tolerates(rule) {
        account.rule = Some(rule);
        account.said = Said::Nothing {
            why: format!("it is out of date at the moment judged ({at})"),
        };
    }
}

//! One examination, from its beginning to its verdict, without any input or output of its own.
//!
//! ```text
//! begin ─ structure → scope → content → value → time stamp → chain → validity → purpose   (facts at hand)
//!   └─ advance ⇄ feed: OCSP, then a CRL where OCSP gave no evidence           (facts from outside)
//!        └─ finish: revocation is judged, the verdict is drawn up
//! ```
//!
//! Nothing is asked for before the signature's value and the chain are proven and all other questions
//! are passed: an attacker's certificate cannot send us to an attacker's address.

use std::borrow::Cow;

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::{Certificate, TrustAnchors, path::Path};
use qaqpa_xml::{Document, XmlError};

use crate::checks::{self, Finding, revocation::Asked};
use crate::dossier::{Dossier, KEPT_BYTES_MAX, too_long};
use crate::facts::{Account, ByDelta, Said};
use crate::inner;
use crate::judgement;
use crate::list::List;
use crate::message::SignedMessage;
use crate::need::{Evidence, Need, NeedId, Progress, Received, STAMP_PLACE};
use crate::policy::Policy;
use crate::proven::{Passed, Proof, Proven, ProvenContent};
use crate::signature::{self, Read};
use crate::signatures::{self, Signatures};
use crate::sources::{self, Believed, FedList, Hearing};
use crate::stamps::{self, Earliest};
use crate::verdict::{CheckId, EvidenceKind, JudgedAs, ScopeView, StampView, SubjectKind, Verdict};

/// What is examined.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'d> {
    /// A business document with an enveloped signature over all of it.
    Document(&'d Document),
    /// An envelope whose Body is under a WS-Security signature.
    Transport(&'d Document),
    /// One of the signatures of a document, where a profile puts several: each has its verdict, and the worst decides.
    Signature {
        /// The document's signatures, found once.
        signatures: &'d Signatures<'d>,
        /// The place of the signature, from 0, in the order of the text.
        place: usize,
    },
    /// One of the signatures of a CMS message; the bytes need not even be one ([`SignedMessage`] says so).
    Cms {
        /// The message, taken apart once, with the content where that came beside it.
        message: &'d SignedMessage<'d>,
        /// The place of the signature, from 0, in the order of the message.
        place: usize,
    },
    /// Bytes that are no XML of the profile that is read here: there is a verdict about those, too.
    NotXml {
        /// What they should have been.
        kind: SubjectKind,
        /// They themselves: what they seem to be instead is told by them.
        bytes: &'d [u8],
        /// Why they are not.
        error: &'d XmlError,
    },
    /// A certificate alone: condition 2 as the portal asks it, before anything is signed.
    Certificate {
        /// The certificate, DER.
        certificate_der: &'d [u8],
        /// Certificates that came with it (a key file holds the chain), DER; none of them is trusted for that.
        pool_der: &'d [Vec<u8>],
    },
}

impl Subject<'_> {
    /// Which kind of subject it is.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Document(_) => SubjectKind::Document,
            Self::Transport(_) => SubjectKind::Transport,
            Self::Certificate { .. } => SubjectKind::Certificate,
            Self::NotXml { kind, .. } => *kind,
            Self::Cms { .. } => SubjectKind::Cms,
            Self::Signature { signatures, .. } => signatures.kind(),
        }
    }

    /// The envelope that is examined, if it is one.
    const fn envelope(&self) -> Option<&Document> {
        match self {
            Self::Transport(envelope) => Some(envelope),
            Self::Signature { signatures, .. } => signatures.envelope(),
            _ => None,
        }
    }
}

/// What the examiner knows beforehand.
#[derive(Clone, Debug)]
pub struct Known {
    /// The only certificates that are trusted.
    pub anchors: TrustAnchors,
    /// Certificates to build paths with and to look up by issuer and serial number: issuing
    /// authorities, registered senders. None of them is trusted for standing here.
    pub pool: Vec<Certificate>,
}

/// One examination under way.
#[derive(Debug)]
pub struct Examination<'d> {
    facts: Facts<'d>,
    policy: Policy,
    limits: Limits,
    known: Known,
    /// The lists that were fed, of every place.
    lists: Vec<FedList>,
    seed: [u8; 32],
}

/// What is known about the subject so far.
#[derive(Debug)]
pub(crate) struct Facts<'d> {
    pub(crate) kind: SubjectKind,
    pub(crate) profile: Option<JudgedAs>,
    pub(crate) at: Moment,
    /// The answers that need nothing from outside, in order.
    pub(crate) findings: Vec<Finding>,
    pub(crate) scope: Option<ScopeView>,
    /// What is covered, and the digest of the signature's value.
    pub(crate) covered: Option<(Proof<'d>, [u8; 32])>,
    /// When the signer says that it signed: nobody vouches for it.
    pub(crate) claimed: Option<Moment>,
    pub(crate) signer: Option<Certificate>,
    pub(crate) path: Option<Path>,
    /// The certificates of the path whose revocation is asked about.
    pub(crate) asked: Vec<Asked>,
    /// The certificates of the time stamp's path whose revocation is asked about.
    pub(crate) stamp_asked: Vec<Asked>,
    /// The moment as of which the signer's certificate is judged: the best signature time, or the moment judged.
    pub(crate) moment: Moment,
    pub(crate) stamp: Option<Earliest>,
    /// The tokens of time stamps that the signature carries.
    pub(crate) stamps: Vec<StampView>,
    /// What the sources said, in the order in which they were fed.
    pub(crate) accounts: Vec<Account>,
    pub(crate) dossier: Dossier,
    /// The signatures in an envelope's Body.
    pub(crate) inner_signatures: u32,
}

impl<'d> Examination<'d> {
    /// Begins: asks every question that the subject and the known certificates can answer.
    ///
    /// `at` is the moment that is judged: the signature is taken to have been made then. `seed` must be
    /// unpredictable and used once; the nonces of this examination are made of it.
    #[must_use]
    pub fn begin(
        subject: Subject<'d>,
        known: &Known,
        policy: &Policy,
        limits: &Limits,
        at: Moment,
        seed: [u8; 32],
    ) -> Self {
        let Read {
            mut findings,
            scope,
            covered,
            signer,
            companions,
            claims,
        } = signature::read(subject, known, limits, policy, at);
        let stamp_pool: Vec<_> = match claims.tokens.is_empty() {
            true => Vec::new(),
            false => companions.iter().chain(&known.pool).cloned().collect(),
        };
        let stamped = stamps::judge(&claims, &companions, known, at, limits, policy);
        let mut stamp = None;
        if let Some((finding, earliest)) = stamped {
            findings.push(finding);
            stamp = earliest;
        }
        if let Some(stamp) = &mut stamp {
            // EN 319 102-1, 5.5: best-signature-time begins as the current time, and a stamp only lowers it.
            stamp.at = stamp.at.min(at);
        }
        // EN 319 102-1, 5.5.4: the signing certificate is judged as of the best signature time. An envelope asks whether
        // this system may send now, whenever it signed.
        let moment = match (&stamp, subject.kind()) {
            (Some(stamp), kind) if kind != SubjectKind::Transport => stamp.at,
            _ => at,
        };
        let mut path = None;
        if let Some(signer) = &signer {
            let (chain, built) =
                checks::chain::judge(signer, &companions, known, moment, limits, policy);
            findings.push(chain);
            findings.push(checks::validity::judge(signer, moment).under(policy));
            findings.push(checks::purpose::judge(signer, policy));
            path = built;
        } else {
            for id in [CheckId::Chain, CheckId::Validity, CheckId::Purpose] {
                findings.push(Finding::not_asked(
                    id,
                    "no signing certificate could be read",
                ));
            }
        }
        let mut dossier = Dossier::begin(seed, path.as_ref());
        if let Some(stamp) = &stamp {
            dossier.keep_path(&stamp.path);
        }
        Self {
            facts: Facts {
                kind: subject.kind(),
                profile: signatures::judged_as(&subject),
                at,
                findings,
                scope,
                covered,
                claimed: claims.signing_time,
                signer,
                asked: asked(path.as_ref(), 0),
                stamp_asked: asked(stamp.as_ref().map(|stamp| &stamp.path), STAMP_PLACE),
                moment,
                stamp,
                stamps: claims.stamps(&stamp_pool),
                accounts: Vec::new(),
                dossier,
                inner_signatures: subject.envelope().map_or(0, inner::count),
                path,
            },
            policy: *policy,
            limits: *limits,
            known: known.clone(),
            lists: Vec::new(),
            seed,
        }
    }

    /// What is wanted now; nothing where a question was already answered with no.
    #[must_use]
    pub fn advance(&self) -> Progress {
        let wanted = self.wanted();
        if wanted.is_empty() {
            Progress::Done
        } else {
            Progress::Wants(wanted)
        }
    }

    /// Takes what was found for a need, and says whether it is evidence at all.
    ///
    /// What is not wanted (never asked for, or fed before) is left aside.
    pub fn feed(&mut self, id: NeedId, received: &Received) -> Option<Believed> {
        let need = self.wanted().into_iter().find(|need| need.id() == id)?;
        let mut received = Cow::Borrowed(received);
        let list = match (&need, &received.evidence) {
            (Need::Crl { .. } | Need::DeltaCrl { .. }, Evidence::Bytes(bytes)) => {
                List::read(bytes).ok()
            }
            _ => None,
        };
        if let Some(list) = list {
            received.to_mut().evidence = Evidence::List(list);
        } else if let Evidence::Bytes(bytes) | Evidence::Answer { bytes, .. } = &received.evidence
            && bytes.len() > KEPT_BYTES_MAX
        {
            // They are not kept, so that nothing of them may stand in the verdict but this.
            let why = too_long(bytes.len());
            received.to_mut().evidence = Evidence::Unavailable(why);
        }
        let received = received.as_ref();
        let place = self.facts.accounts.len();
        let account = match &received.evidence {
            Evidence::List(list) => {
                let account = sources::lost(&need, received.at);
                self.lists.push(FedList {
                    need,
                    received: received.clone(),
                    list: list.clone(),
                    account: place,
                });
                account
            }
            _ => self.hearing(id)?.account(&need, received),
        };
        self.facts.accounts.push(account);
        self.facts.dossier.keep(id, received);
        if let Evidence::List(_) = &received.evidence {
            self.hear_again();
        }
        let account = &self.facts.accounts[place];
        match account.said {
            Said::Nothing { .. } => None,
            _ => Some(Believed {
                next_update: account.next_update,
                this_update: account.this_update,
                is_good: matches!(account.said, Said::Good { .. }),
            }),
        }
    }

    /// What is heard for a need is held against this; nothing where its path is not proven.
    fn hearing(&self, id: NeedId) -> Option<Hearing<'_>> {
        let (path, first) = match &self.facts.stamp {
            Some(stamp) if id.place() >= STAMP_PLACE => (&stamp.path, STAMP_PLACE),
            _ => (self.facts.path.as_ref()?, 0),
        };
        Some(Hearing {
            path,
            first,
            known: &self.known,
            lists: &self.lists,
            limits: &self.limits,
            policy: &self.policy,
            // Only the signer himself is judged as of the stamp.
            at: if id.place() == 0 {
                self.facts.moment
            } else {
                self.facts.at
            },
        })
    }

    /// What each list amounts to beside all others: a list that is fed later may be about a certificate that another was asked for,
    /// or about who signed it. In whatever order they come, the same is heard.
    fn hear_again(&mut self) {
        for fed in &self.lists {
            let Some(hearing) = self.hearing(fed.need.id()) else {
                continue;
            };
            self.facts.accounts[fed.account] = hearing.account(&fed.need, &fed.received);
        }
        let deltas: Vec<(usize, ByDelta)> = self
            .facts
            .accounts
            .iter()
            .filter(|account| account.kind == EvidenceKind::DeltaCrl)
            .filter(|account| !matches!(account.said, Said::Nothing { .. }))
            .map(|account| match account.applies {
                true => (account.place, ByDelta::Updated),
                false => (account.place, ByDelta::Contradicted),
            })
            .collect();
        for (place, by_delta) in deltas {
            let bases = self
                .facts
                .accounts
                .iter_mut()
                .filter(|account| account.kind == EvidenceKind::Crl && account.place == place);
            for base in bases {
                let is_good = matches!(base.said, Said::Good { .. });
                base.by_delta = Some(by_delta).filter(|by| *by == ByDelta::Updated || is_good);
            }
        }
    }

    /// Judges. What is still wanted leaves revocation undecided, unless what was fed says "revoked".
    #[must_use]
    pub fn finish(mut self) -> (Verdict, Option<Proven<'d>>) {
        self.close();
        let (verdict, passed) = judgement::draw_up(self.facts, &self.policy);
        (verdict, passed.and_then(Passed::document))
    }

    /// Judges a CMS message, whose content is read through the proof and in no other way. A counter-signature proves nothing
    /// about the content.
    #[must_use]
    pub fn finish_content(mut self) -> (Verdict, Option<ProvenContent<'d>>) {
        self.close();
        let (verdict, passed) = judgement::draw_up(self.facts, &self.policy);
        (verdict, passed.and_then(Passed::content))
    }

    /// What is still wanted could have said anything: a list that was never fed is not one that was silent.
    fn close(&mut self) {
        let at = self.facts.at;
        let wanted = self.wanted();
        let lost = wanted.iter().map(|need| sources::lost(need, at));
        self.facts.accounts.extend(lost);
    }

    fn wanted(&self) -> Vec<Need> {
        let Some(path) = &self.facts.path else {
            return Vec::new();
        };
        // The wall against being sent anywhere: every question at hand was answered with yes.
        if !self.facts.findings.iter().all(Finding::is_pass) {
            return Vec::new();
        }
        let wanted = |path, first| {
            sources::wanted(path, first, &self.policy, &self.seed, &self.facts.accounts)
        };
        let mut needs = wanted(path, 0);
        if let Some(stamp) = &self.facts.stamp {
            needs.extend(wanted(&stamp.path, STAMP_PLACE));
        }
        needs
    }
}

fn asked(path: Option<&Path>, first: usize) -> Vec<Asked> {
    path.map(|path| sources::asked(path, first))
        .unwrap_or_default()
}

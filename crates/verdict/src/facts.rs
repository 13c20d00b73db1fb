//! What was found out about revocation, before anything is judged.

use qaqpa_model::Moment;

use crate::need::Attempt;
use crate::rules::Rule;
use crate::verdict::{EvidenceKind, EvidenceView};

/// What one source says about one certificate of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) kind: EvidenceKind,
    /// The place of the certificate in the path: 0 is the signer.
    pub(crate) place: usize,
    /// The serial number of that certificate, hexadecimal.
    pub(crate) about: String,
    pub(crate) said: Said,
    pub(crate) received: Moment,
    /// The period that the bytes themselves say they speak for.
    pub(crate) this_update: Option<Moment>,
    pub(crate) next_update: Option<Moment>,
    /// As of when it is known, and until when: of lists, what all that were fed make of it together.
    pub(crate) known: Option<Moment>,
    pub(crate) until: Option<Moment>,
    pub(crate) sha256: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
    /// The check for which these bytes are no evidence, or only of the worse.
    pub(crate) rule: Option<Rule>,
    /// Why "revoked" says nothing of the time before ([`Self::is_halting`]).
    pub(crate) halt: Option<Rule>,
    /// The checks of such evidence that had nothing to look at here.
    pub(crate) idle: Vec<Rule>,
    /// What a believed delta makes of a list: the delta's account says what both say together.
    pub(crate) by_delta: Option<ByDelta>,
    /// Of a delta: it brings its list up to date.
    pub(crate) applies: bool,
    /// There was nobody to ask: the certificate names no such source, and nobody looked elsewhere.
    pub(crate) is_nowhere: bool,
    /// Of a list: it counts but for a delta that says "suspended" and cannot be used; its own delta may still settle that.
    pub(crate) is_open: bool,
    /// Where it holds together and proves nothing all the same, because a certificate's time was over when it was made or heard.
    pub(crate) beyond: Option<Beyond>,
}

/// What a delta makes of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByDelta {
    /// It does not follow the list, or is out of date, and says "revoked" where the list does not.
    Contradicted,
    /// It brings it up to date.
    Updated,
}

/// Whose time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Beyond {
    /// The certificate's that was asked about: the source may have forgotten it since.
    Certificate,
    /// The authority's that signed: whoever has its key by now could have dated the evidence back.
    Issuer,
}

/// The statement of a source. Only a verified one is anything but `Nothing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Not revoked, by `who`.
    Good { who: String },
    /// Revoked or suspended, since `since`.
    Revoked { since: Moment, cause: Grounds },
    /// The responder does not know the certificate.
    Unknown,
    /// It was asked for, and nobody says what came of it: it could have been "revoked".
    Lost,
    /// No evidence: nothing came, or what came cannot be believed.
    Nothing { why: String },
}

/// Why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    /// certificateHold: suspended, may come back.
    Hold,
    /// The authority never issued it (RFC 6960 §2.2: certificateHold since 1970-01-01).
    NeverIssued,
    /// Any other reason, by its name.
    Reason(String),
}

impl Grounds {
    /// The reason's name (RFC 5280 §5.3.1).
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Hold | Self::NeverIssued => "certificateHold",
            Self::Reason(reason) => reason,
        }
    }
}

impl Account {
    /// Whether it says "revoked" and is out of date, or a part: nothing takes that back, but evidence in its time and about
    /// everything may say so since an earlier moment, so that this one says nothing of the time before.
    pub(crate) fn is_halting(&self) -> bool {
        self.halt.is_some() && matches!(self.said, Said::Revoked { .. })
    }

    pub(crate) fn view(&self) -> EvidenceView {
        let standing = match &self.said {
            Said::Good { .. } => "good",
            Said::Revoked {
                cause: Grounds::Hold,
                ..
            } => "suspended",
            Said::Revoked { .. } => "revoked",
            Said::Unknown => "unknown",
            Said::Lost | Said::Nothing { .. } => "no-evidence",
        };
        let (revoked_since, revocation_reason) = match &self.said {
            Said::Revoked { since, cause } => (Some(*since), Some(cause.name().to_owned())),
            _ => (None, None),
        };
        EvidenceView {
            kind: self.kind,
            about: self.about.clone(),
            standing: standing.to_owned(),
            revoked_since,
            revocation_reason,
            why: self.sentence(),
            received: self.received,
            this_update: self.this_update,
            next_update: self.next_update,
            sha256: self.sha256.clone(),
            attempts: self.attempts.clone(),
        }
    }

    /// What this source says, in words.
    pub(crate) fn sentence(&self) -> String {
        let source = match self.kind {
            EvidenceKind::Ocsp => "OCSP",
            EvidenceKind::Crl => "the CRL",
            EvidenceKind::DeltaCrl => "the CRL with its delta",
        };
        match self.by_delta {
            Some(ByDelta::Updated) => {
                return format!("{source} is brought up to date by its delta");
            }
            Some(ByDelta::Contradicted) => {
                return format!("{source} says: not revoked; its delta says more");
            }
            None => {}
        }
        let halting = match self.halt {
            Some(Rule::CrlScope) if self.applies || self.kind == EvidenceKind::Crl => {
                "; it is about some reasons only, and says nothing of the time before"
            }
            Some(Rule::CrlScope) => {
                "; it does not follow the list, and says nothing of the time before"
            }
            Some(_) if self.rule == self.halt => {
                "; it is out of date, and says nothing of the time before"
            }
            Some(_) => "; others that say so are out of date: nothing is said of the time before",
            None => "",
        };
        match &self.said {
            Said::Good { .. } if self.rule == Some(Rule::CrlFresh) => {
                format!("{source} is out of date; a newer one says: not revoked")
            }
            Said::Good { who } => format!("{source}, signed by {who}, says: not revoked"),
            Said::Revoked { since, cause } => match cause {
                Grounds::Hold => {
                    format!("{source} says: suspended (certificateHold) since {since}{halting}")
                }
                Grounds::NeverIssued => {
                    format!("{source} says: the authority never issued such a certificate")
                }
                Grounds::Reason(reason) => {
                    format!("{source} says: revoked since {since} ({reason}){halting}")
                }
            },
            Said::Unknown => format!("{source} says: unknown to the responder"),
            Said::Lost => format!("{source} was asked, and what came of it is not there"),
            Said::Nothing { why } => format!("{source} counts as no evidence: {why}"),
        }
    }
}

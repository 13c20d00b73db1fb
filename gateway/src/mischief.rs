//! Deliberate faults of the gateway: named, seeded, composable, and marked in the journal.
//!
//! Nothing is on unless asked (`--mischief FILE`, or the control port), `--calm` forbids it, and nothing outlives the
//! process. docs/GATEWAY-MISCHIEF.md lists every fault with its purpose and what becomes of the message; it is written
//! from the same table.
//!
//! - [`kind`]: the catalogue, a closed list; [`grammar`]: which messages a rule is for, and how that is written;
//!   [`routes`]: what the control port says of the catalogue;
//! - `door` does what befalls requests and answers, `road` what befalls deliveries and questions; `spoil` changes what
//!   an envelope says, and who signed it;
//! - [`page`]: writes docs/GATEWAY-MISCHIEF.md.
//!
//! Rules, the board and chance are those of all actors: [`qaqpa_mischief`].
//!
//! What the gateway stores stays honest: faults are done to what comes in before it is looked at, and to what leaves.

pub(crate) mod door;
pub mod grammar;
pub mod kind;
pub mod page;
pub(crate) mod road;
pub mod routes;
mod spoil;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use qaqpa_crypto::PrivateKey;
use qaqpa_mischief::{Catalogued, Hit};
use qaqpa_model::MessageId;
use qaqpa_store::JournalEntry;
use qaqpa_transport::StartError;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::gateway::Gateway;
use grammar::{Facts, Messages};
use kind::{Fault, Kind, Place};
pub(crate) use spoil::Spoil;

/// A rule of the gateway's.
pub type Rule = qaqpa_mischief::Rule<Messages>;

/// The gateway's rules that are on.
pub type Board = qaqpa_mischief::Board<Messages>;

/// Messages that are remembered as put back once.
const PUT_BACK_MAX: usize = 10_000;

/// The gateway's faults, and what they remember.
#[derive(Debug)]
pub(crate) struct Mischief {
    board: Arc<Board>,
    /// Which rule has put which message back.
    put_back: Mutex<VecDeque<(String, MessageId)>>,
    /// A key that nobody has a certificate for, made when it is asked for first.
    other_key: OnceCell<PrivateKey>,
}

/// The rules of the file of `--mischief FILE`, with the simulator's word on mischief.
///
/// # Errors
/// [`StartError::Config`]: the file cannot be read, is not in the grammar (with the line), or `--calm` forbids it.
pub(crate) fn begin(file: Option<&Path>, calm: bool) -> Result<Mischief, StartError> {
    Ok(Mischief {
        board: Arc::new(qaqpa_mischief::file::begin(file, calm)?),
        put_back: Mutex::default(),
        other_key: OnceCell::new(),
    })
}

/// The gateway's rules of a file.
///
/// # Errors
/// [`StartError::Config`] with the file's name, and the line where it is not in the grammar.
pub fn rules_of(path: &Path) -> Result<Vec<Rule>, StartError> {
    qaqpa_mischief::file::rules_of(path)
}

impl Mischief {
    pub(crate) const fn board(&self) -> &Arc<Board> {
        &self.board
    }

    /// Whether these rules put the message back now: each does so once.
    fn puts_back(&self, meeting: &Meeting, message: &MessageId) -> bool {
        let mut known = self.put_back.lock().unwrap_or_else(PoisonError::into_inner);
        let mut any = false;
        for hit in meeting.hits_of(Kind::Reorder) {
            let this = (hit.armed.rule.id.clone(), message.clone());
            if !known.contains(&this) {
                any = true;
                known.push_back(this);
            }
        }
        while known.len() > PUT_BACK_MAX {
            known.pop_front();
        }
        any
    }
}

/// Whether any rule is for that place: what a message is about is looked at only then.
fn is_on(gateway: &Gateway, place: Place) -> bool {
    !gateway.mischief.board.rules_at(place).is_empty()
}

/// The rules that one message has met.
#[derive(Debug)]
struct Meeting {
    place: Place,
    facts: Facts,
    hits: Vec<Hit<Messages>>,
}

impl Meeting {
    /// Asks the rules; `None` where none hits.
    fn of(gateway: &Gateway, place: Place, facts: Facts) -> Option<Self> {
        let now = gateway.clock.now();
        let rules = gateway.mischief.board.rules_at(place).into_iter();
        let fitting = rules.filter(|armed| armed.rule.whom.has(&facts));
        let hits: Vec<_> = fitting.filter_map(|armed| armed.ask(place, now)).collect();
        (!hits.is_empty()).then_some(Self { place, facts, hits })
    }

    fn faults(&self) -> impl Iterator<Item = Fault> {
        self.hits.iter().flat_map(|hit| hit.faults.iter().copied())
    }

    fn has(&self, kind: Kind) -> bool {
        self.faults().any(|fault| fault.kind == kind)
    }

    /// Each fault of that kind: the rule that has it, and its number.
    fn amounts_of(&self, kind: Kind) -> Vec<(&Hit<Messages>, u64)> {
        let mut amounts = Vec::new();
        for hit in &self.hits {
            let of_kind = hit.faults.iter().filter(|fault| fault.kind == kind);
            amounts.extend(of_kind.map(|fault| (hit, fault.amount)));
        }
        amounts
    }

    fn hits_of(&self, kind: Kind) -> impl Iterator<Item = &Hit<Messages>> {
        let has = move |hit: &&Hit<Messages>| hit.faults.iter().any(|fault| fault.kind == kind);
        self.hits.iter().filter(has)
    }

    /// The faults that change the envelope itself.
    fn changes(&self) -> Vec<Kind> {
        let changes = |kind: &Kind| {
            matches!(
                kind,
                Kind::CorruptByte
                    | Kind::OtherKey
                    | Kind::StatusLie
                    | Kind::Unsigned
                    | Kind::WrongCorrelation
                    | Kind::WrongNamespace
            )
        };
        self.kinds().into_iter().filter(changes).collect()
    }

    /// Each kind of fault once, however many rules have it, in the rules' order.
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for fault in self.faults() {
            if !kinds.contains(&fault.kind) {
                kinds.push(fault.kind);
            }
        }
        kinds
    }

    /// What is needed for the faults that change the envelope; `None` where a key cannot be had.
    async fn spoil(&self, gateway: &Gateway, is_answer: bool) -> Option<Spoil> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "mischief: the envelope leaves as it is");
        };
        let systems = gateway.keys.current().await;
        let systems = systems.inspect_err(|error| failed(error)).ok()?;
        let other = if self.has(Kind::OtherKey) {
            let make = || async {
                tokio::task::spawn_blocking(PrivateKey::generate_rsa_2048)
                    .await
                    .map_err(|error| error.to_string())?
                    .map_err(|error| error.to_string())
            };
            let key = gateway.mischief.other_key.get_or_try_init(make).await;
            Some(key.inspect_err(|error| failed(error)).ok()?.clone())
        } else {
            None
        };
        let kinds = self.changes().into_iter();
        let kinds = kinds.filter_map(|kind| Some((kind, self.hits_of(kind).next()?.dice())));
        Some(Spoil {
            kinds: kinds.collect(),
            systems,
            other,
            is_answer,
            limits: gateway.limits,
        })
    }
}

/// Marks in the journal, before it is done, what is done to which message: once for each fault of that kind of each rule
/// that hit, with that fault's own number. False where the journal could not be written: then it is not done, so that
/// no fault is without its mark.
#[must_use = "what is not marked is not done"]
async fn marked(gateway: &Gateway, meeting: &Meeting, kind: Kind, detail: Value) -> bool {
    let facts = &meeting.facts;
    for (hit, amount) in meeting.amounts_of(kind) {
        let (rule, name) = (&hit.armed.rule.id, kind.name());
        tracing::warn!(%rule, fault = name, at = %meeting.place, "mischief (TEST)");
        let mut told = json!({
            "rule": rule,
            "request": hit.request,
            "at": meeting.place.as_str(),
            "service": facts.service,
            "sender": facts.sender,
            "to": facts.to,
        });
        if kind.dial().is_some() {
            told["amount"] = json!(amount);
        }
        if let (Some(told), Some(detail)) = (told.as_object_mut(), detail.as_object()) {
            told.extend(detail.clone());
        }
        let message = facts.message.as_deref();
        let message = message.and_then(|id| MessageId::parse(id).ok());
        let entry = JournalEntry::mischief(gateway.clock.now(), message, name, told);
        if let Err(error) = gateway.store.journal().append(entry).await {
            tracing::error!(%error, fault = name, "mischief (TEST): not done, for it cannot be marked");
            return false;
        }
    }
    true
}

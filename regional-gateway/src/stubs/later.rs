//! Answers that are given later: promised with the letter, kept when the simulated clock says so.
//!
//! The promise is stored in the letter's own transaction, so that a kill loses none; the card lies open meanwhile, and a
//! person who is faster answers instead. A move of the clock makes due what is due then.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use qaqpa_store::{
    Card, CardState, Decided, Decision as Deed, OpenCard, StoreError, Task, TaskState,
};
use qaqpa_transport::Shutdown;
use qaqpa_verdict::Verdict;
use qaqpa_wire::Property;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Notify;

use super::answer::{Made, Matter, make};
use super::rule::{Asked, Stub};
use super::written::WrittenStub;
use crate::case;
use crate::steps::register::task;
use crate::trace;
use crate::work::Work;
use crate::workplace::Workplace;

/// How often is looked for promises of other processes, and how long the worker rests at most.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long until a promise that could not be kept is tried again; of the simulated clock.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Open cards that are looked through at once.
const PAGE: u32 = 1_000;

/// The name among the store's settings that says that a stub had a delay: before, no card has a promise.
const DELAYED: &str = "stubs-delayed";

/// What was promised with a letter. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    /// The stub as it was then: what becomes of it later changes no promise.
    stub: WrittenStub,
    /// When it is due: milliseconds of the simulated clock since 1970.
    due_ms: i64,
    seed: Option<u64>,
    sender: Option<String>,
    properties: Vec<(String, String)>,
}

/// The facts of a message whose answer is promised. Others have others.
#[derive(Debug, Deserialize)]
struct Facts {
    card: String,
    stub: Option<Promise>,
}

/// The promises that this process knows of.
#[derive(Debug, Default)]
pub(crate) struct Later {
    known: Mutex<Known>,
    bell: Notify,
    /// Whether a stub ever had a delay, in this process or in another one.
    delayed: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    due: BTreeSet<(i64, String)>,
    /// Up to this number cards were looked at.
    looked_to: i64,
    /// Cards that were looked at in vain: they are looked at again.
    unread: Vec<OpenCard>,
}

impl Promise {
    pub(super) fn of(stub: &Stub, asked: &Asked<'_>, seed: Option<u64>, due: Moment) -> Self {
        let properties = asked.properties.iter();
        Self {
            stub: stub.written().clone(),
            due_ms: due.unix_ms(),
            seed,
            sender: asked.sender.map(str::to_owned),
            properties: properties
                .map(|property| (property.key.clone(), property.value.clone()))
                .collect(),
        }
    }

    pub(super) const fn due_ms(&self) -> i64 {
        self.due_ms
    }
}

impl Later {
    /// A letter with a promise was taken: its card is there, unless it came before.
    pub(crate) fn promised(&self, card: String, due_ms: i64) {
        self.known().due.insert((due_ms, card));
        self.bell.notify_one();
    }

    /// Keeps what was promised, until the wish to stop.
    pub(crate) async fn run(workplace: Workplace, shutdown: Shutdown) {
        let mut clock_set = workplace.clock.subscribe();
        let later = &workplace.stubs.later;
        let mut looked = None;
        while !shutdown.is_begun() {
            if looked.is_none_or(|at: tokio::time::Instant| at.elapsed() >= LOOK_EVERY) {
                later.look(&workplace).await;
                looked = Some(tokio::time::Instant::now());
            }
            let now = workplace.clock.now();
            if let Some(card) = later.due(now) {
                later.keep(&workplace, &card, now).await;
                continue;
            }
            let rest = later.rest(now);
            tokio::select! {
                () = shutdown.begun() => {}
                () = later.bell.notified() => {}
                _ = clock_set.changed() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// From now on there are stubs with a delay: promises are looked for, in every process of the actor, and after this
    /// one's end.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not keep it.
    pub(super) async fn expect(&self, workplace: &Workplace) -> Result<(), StoreError> {
        if !self.delayed.load(Ordering::Relaxed) {
            workplace.store.settings().write(DELAYED, "yes").await?;
            self.delayed.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn is_expected(&self, workplace: &Workplace) -> Result<bool, StoreError> {
        if !self.delayed.load(Ordering::Relaxed) {
            let noted = workplace.store.settings().read(DELAYED).await?;
            self.delayed.fetch_or(noted.is_some(), Ordering::Relaxed);
        }
        Ok(self.delayed.load(Ordering::Relaxed))
    }

    /// Finds what was promised before this process was up, or by another one.
    async fn look(&self, workplace: &Workplace) {
        if let Err(error) = self.look_through(workplace).await {
            tracing::error!(%error, "the promises of stubs could not be read");
        }
    }

    async fn look_through(&self, workplace: &Workplace) -> Result<(), StoreError> {
        if !self.is_expected(workplace).await? {
            return Ok(());
        }
        let unread = std::mem::take(&mut self.known().unread);
        for card in unread {
            self.look_at(workplace, card).await;
        }
        loop {
            let after = self.known().looked_to;
            let page = workplace.store.cards().open_after(after, PAGE).await?;
            let Some(last) = page.last().map(|card| card.number) else {
                return Ok(());
            };
            for card in page {
                self.look_at(workplace, card).await;
            }
            self.known().looked_to = last;
        }
    }

    async fn look_at(&self, workplace: &Workplace, card: OpenCard) {
        match promise_of(workplace, &card.id, &card.message_id).await {
            Ok(None) => {}
            Ok(Some(promise)) => {
                self.known().due.insert((promise.due_ms, card.id));
            }
            Err(why) => {
                tracing::error!(card = card.number, why, "a promise cannot be read");
                self.known().unread.push(card);
            }
        }
    }

    /// Takes the next card that is due.
    fn due(&self, now: Moment) -> Option<String> {
        let mut known = self.known();
        let first = known.due.first()?;
        if first.0 > now.unix_ms() {
            return None;
        }
        known.due.pop_first().map(|(_, card)| card)
    }

    fn rest(&self, now: Moment) -> Duration {
        let known = self.known();
        let first = known
            .due
            .first()
            .map(|(due_ms, _)| Moment::from_unix_ms(*due_ms));
        // A millisecond more: what is due within one is due after it.
        let until = first.map(|due| due.since(now) + Duration::from_millis(1));
        until.unwrap_or(LOOK_EVERY).min(LOOK_EVERY)
    }

    async fn keep(&self, workplace: &Workplace, card: &str, now: Moment) {
        match keep(workplace, card, now).await {
            Ok(()) => {}
            Err(why) => {
                tracing::warn!(card, why, "a stub could not answer; it tries again");
                let again = now.plus(AGAIN_AFTER).unix_ms();
                self.known().due.insert((again, card.to_owned()));
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn promise_of(
    workplace: &Workplace,
    card: &str,
    message: &MessageId,
) -> Result<Option<Promise>, String> {
    let message = workplace.store.exchange().message(message).await;
    let message = message.map_err(|error| error.to_string())?;
    let facts = message.map(|message| serde_json::from_str::<Facts>(&message.facts_json));
    match facts {
        Some(Ok(facts)) if facts.card == card => Ok(facts.stub),
        Some(Err(error)) => Err(error.to_string()),
        _ => Ok(None),
    }
}

/// Answers a card as it was promised; one that a person has answered is let be.
async fn keep(workplace: &Workplace, id: &str, now: Moment) -> Result<(), String> {
    let cards = workplace.store.cards();
    let card = cards.by_id(id).await.map_err(|error| error.to_string())?;
    // The letter came before, and this card was never registered; or a person was faster.
    let Some(card) = card.filter(|card| card.state == CardState::Open) else {
        return Ok(());
    };
    let Some(promise) = promise_of(workplace, id, &card.message_id).await? else {
        return Ok(());
    };
    let stub =
        Stub::read(promise.stub, id, &workplace.catalogue).map_err(|error| error.to_string())?;
    let offer = workplace
        .offer(&card.service, &card.channel)
        .ok_or("the catalogue has lost the card's service")?;
    let document = cards
        .document(id)
        .await
        .map_err(|error| error.to_string())?;
    let document = document.ok_or("the card has no document")?;
    let verdict = cards.verdict(id).await;
    let verdict = verdict.map_err(|error| error.to_string())?;
    let verdict = verdict.ok_or("the card has no verdict")?;
    let verdict = Verdict::from_json(&verdict).map_err(|error| error.to_string())?;
    let application = case::read(workplace, &document, &verdict).await?;
    let properties: Vec<Property> = promise
        .properties
        .into_iter()
        .map(|(key, value)| Property { key, value })
        .collect();
    let matter = Matter {
        workplace,
        offer: &offer,
        asked: Asked {
            application: &application,
            properties: &properties,
            sender: promise.sender.as_deref(),
        },
        message: &card.message_id,
        service: &card.service,
        seed: promise.seed,
        at: now,
    };
    let made = make(matter, &stub)
        .await
        .map_err(|rejection| format!("{rejection:?}"))?;
    decide(workplace, &card, made, now).await
}

/// Ends the staff's actions one after the other, each in the name of whom it is for.
async fn decide(workplace: &Workplace, card: &Card, made: Made, at: Moment) -> Result<(), String> {
    let calendar = workplace.catalogue.calendar();
    let noted = Work::of(&card.work_json).map_err(|error| error.to_string())?;
    let ground = |work: &Work| {
        work.decision
            .as_ref()
            .map(|decision| decision.ground.clone())
    };
    // Nothing is decided where only the office and the head have had it in their hands.
    let agrees = noted.decision.is_none() || ground(&noted) == ground(&made.work);
    let work_json = made.work.to_json().map_err(|error| error.to_string())?;
    let (mut signed, mut outgoing) = (Some(made.signed), Some(made.outgoing));
    let signing = made.walked.signing.map(|action| action.id);
    for (action, advance) in made.walked.taken {
        let tasks = workplace.store.cards().tasks(&card.id).await;
        let tasks = tasks.map_err(|error| error.to_string())?;
        let of_this =
            |task: &&Task| task.action == action.id.as_str() && task.state == TaskState::Open;
        let Some(open) = tasks.iter().find(of_this) else {
            if agrees {
                // It was ended before a kill, or by a person before the decision.
                continue;
            }
            // A person has decided otherwise: the card goes on in people's hands.
            return Ok(());
        };
        let officers = &workplace.stubs.officers;
        let officer = officers.of(&workplace.store, None, &action).await?;
        let by = officer
            .account
            .ok_or("nobody's account is that of the action")?;
        let signs = signing.as_ref() == Some(&action.id);
        let deed = Deed {
            card: card.id.clone(),
            task: open.id,
            by,
            at,
            state: advance.state,
            label: made.label,
            work_json: Some(work_json.clone()),
            tasks: advance
                .next
                .iter()
                .map(|next| task(next, at, calendar))
                .collect(),
            document: if signs { signed.take() } else { None },
            outbox: if advance.sends { outgoing.take() } else { None },
            summary: json!({ "action": action.id.as_str(), "stub": made.summary }),
            trace: trace::entries(&card.message_id, advance.steps, at),
        };
        match workplace.store.cards().decide(deed).await {
            Ok(Decided::Done) => {}
            Ok(Decided::Already | Decided::Missing | Decided::Taken) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

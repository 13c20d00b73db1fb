//! Stubs: applications that are answered without a person, for those who test what comes before and after.
//!
//! A stub says which applications it answers ([`written`]) and with what: the document of the service, with values of
//! its own where it likes, a reasoned refusal, or nothing. The result is signed with the key of a ready-made member of
//! the staff, as the act says, and goes the way of every result: the gateway judges it, the portal judges it again.
//! What registers the application answers it: card, result and outbox entry are one transaction with the letter.
//!
//! Stubs are kept in the actor's store: they outlive the process, and every process of the actor has them. Their counts
//! are of one process, and end with it.
//!
//! - [`written`]: how a stub is written; `rule`: what holds together, and whom it answers;
//! - `template`: texts that an application fills; `officer`: who signs;
//! - `board`: which stubs there are; `answer`: what one answers, `walked` through the staff's actions; `later`: what is
//!   answered when its time has come; [`control`]: the control port's routes.

mod answer;
mod board;
pub mod control;
mod error;
mod later;
mod officer;
mod rule;
mod template;
mod walked;
pub mod written;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qaqpa_channel::{Contents, Letter, Rejection};
use qaqpa_regulations::Channel;
use qaqpa_store::{Effect, NewCard, StoreError};
use qaqpa_transport::Shutdown;
use qaqpa_wire::Application;
use qaqpa_wire::request::SENDER;
use serde_json::json;
use thiserror::Error;

use answer::{Matter, make};
use board::{Armed, Board};
pub use error::StubError;
pub(crate) use later::Later;
use later::Promise;
use officer::Officers;
use rule::{Asked, Stub};
pub use template::PLACES;
use written::{WrittenStub, WrittenStubs};

use crate::chain::Chain;
use crate::workplace::{Offer, Workplace};

/// The name of the stubs among the store's settings.
const KEPT: &str = "stubs";

/// How often a process looks whether another one has changed them.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often a change is made again, because another process was faster.
const TRIES_MAX: usize = 32;

/// What stands after `/stubs/` in other routes of the control port: no stub's name.
const NAMES_OF_ROUTES: [&str; 4] = ["answered", "misses", "places", "reset"];

/// The stubs of one regional gateway.
#[derive(Debug)]
pub(crate) struct Stubs {
    pub(crate) board: Board,
    pub(crate) later: Later,
    pub(crate) officers: Officers,
    seed: Mutex<Option<u64>>,
    /// One change after the other; what was kept last.
    changing: tokio::sync::Mutex<String>,
}

/// A stub that has answered a letter, or left it to people, as long as nobody knows whether the letter is taken.
#[derive(Debug)]
pub(crate) struct Answering {
    armed: Arc<Armed>,
    /// The card and when it is due, where the answer is promised for later.
    promised: Option<(String, i64)>,
}

/// Why the stubs were not changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum ChangeError {
    /// Those that are kept cannot be used: one more beside them would take their place.
    #[error(
        "the stubs that are kept cannot be used ({0}): mend that, or set all of them anew, `qaqpa stub remove --all`"
    )]
    Kept(String),
    /// The store could not keep them.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stub is none.
    #[error(transparent)]
    Stub(#[from] StubError),
}

impl Stubs {
    /// No stubs; [`load`](Self::load) brings those that were kept.
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            board: Board::default(),
            later: Later::default(),
            officers: Officers::new(data),
            seed: Mutex::new(None),
            changing: tokio::sync::Mutex::default(),
        }
    }

    /// What the ids of answers follow from.
    pub(crate) fn seed(&self) -> Option<u64> {
        *self.seed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the stubs that are kept, where they are others than those that are set.
    ///
    /// # Errors
    /// Why they cannot be used: the catalogue has changed since, or the store could not.
    pub(crate) async fn load(&self, workplace: &Workplace) -> Result<(), String> {
        let mut known = self.changing.lock().await;
        match self.bring(workplace, &mut known).await {
            Ok(_) => Ok(()),
            Err(ChangeError::Kept(why)) => Err(why),
            Err(error) => Err(error.to_string()),
        }
    }

    /// As [`load`](Self::load), and gives the text that is kept; `known` is the one that is set.
    async fn bring(
        &self,
        workplace: &Workplace,
        known: &mut String,
    ) -> Result<Option<String>, ChangeError> {
        let kept = workplace.store.settings().read(KEPT).await?;
        let text = kept.clone().unwrap_or_default();
        if *known == text {
            return Ok(kept);
        }
        let unusable = |error: &dyn std::fmt::Display| ChangeError::Kept(error.to_string());
        let written: WrittenStubs = if text.is_empty() {
            WrittenStubs::default()
        } else {
            serde_json::from_str(&text).map_err(|error| unusable(&error))?
        };
        let stubs = self.read_all(workplace, &written).await;
        let stubs = stubs.map_err(|error| unusable(&error))?;
        if stubs.iter().any(|stub| !stub.delay.is_zero()) {
            self.later.expect(workplace).await?;
        }
        self.board
            .replace(stubs)
            .map_err(|error| unusable(&error))?;
        self.set_seed(written.seed);
        *known = text;
        Ok(kept)
    }

    /// Looks now and then whether another process of the actor has changed the stubs.
    pub(crate) async fn follow(workplace: Workplace, shutdown: Shutdown) {
        let mut told = String::new();
        loop {
            tokio::select! {
                () = shutdown.begun() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let why = workplace.stubs.load(&workplace).await.err();
            let why = why.unwrap_or_default();
            // Each reason once, not once a second.
            if why != told && !why.is_empty() {
                tracing::warn!(why, "the stubs that are kept cannot be used");
            }
            told = why;
        }
    }

    pub(crate) async fn add(
        &self,
        workplace: &Workplace,
        written: WrittenStub,
    ) -> Result<Arc<Armed>, ChangeError> {
        not_of_a_route(&written)?;
        let mut known = self.changing.lock().await;
        for _ in 0..TRIES_MAX {
            let kept = self.bring(workplace, &mut known).await?;
            let name = self.board.next_name();
            let stub = self.read_one(workplace, written.clone(), &name).await?;
            let draft = self.board.draft();
            let armed = draft.add(stub)?;
            let change = Change::of(&draft, self.seed(), kept.as_deref())?;
            if self.keep(workplace, &mut known, change).await? {
                return Ok(armed);
            }
        }
        Err(others_are_faster())
    }

    pub(crate) async fn replace(
        &self,
        workplace: &Workplace,
        written: WrittenStubs,
    ) -> Result<(), ChangeError> {
        written.stubs.iter().try_for_each(not_of_a_route)?;
        let mut known = self.changing.lock().await;
        let stubs = self.read_all(workplace, &written).await?;
        for _ in 0..TRIES_MAX {
            // Whatever is kept, and whether or not it can be used: it is not wanted any more.
            let kept = workplace.store.settings().read(KEPT).await?;
            let draft = self.board.draft();
            draft.replace(stubs.clone())?;
            let change = Change::of(&draft, written.seed, kept.as_deref())?;
            if self.keep(workplace, &mut known, change).await? {
                return Ok(());
            }
        }
        Err(others_are_faster())
    }

    pub(crate) async fn remove(
        &self,
        workplace: &Workplace,
        id: &str,
    ) -> Result<bool, ChangeError> {
        let mut known = self.changing.lock().await;
        for _ in 0..TRIES_MAX {
            let kept = self.bring(workplace, &mut known).await?;
            let draft = self.board.draft();
            if !draft.remove(id) {
                return Ok(false);
            }
            let change = Change::of(&draft, self.seed(), kept.as_deref())?;
            if self.keep(workplace, &mut known, change).await? {
                return Ok(true);
            }
        }
        Err(others_are_faster())
    }

    /// Registers an application: with the answer of a stub, or for the staff where none answers. Gives the stub that
    /// was counted: [`settle`](Self::settle) is told whether the letter was taken.
    pub(crate) async fn register(
        &self,
        workplace: &Workplace,
        offer: &Offer<'_>,
        application: &Application,
        letter: &Letter,
        card: NewCard,
        contents: &mut Contents,
    ) -> Result<Option<Answering>, Rejection> {
        let request = letter.request();
        let asked = Asked {
            application,
            properties: &request.properties,
            sender: request.property(SENDER),
        };
        let taken = self.board.take(&asked, &request.message_id, letter.at());
        let Some(armed) = taken else {
            contents.effects.push(Effect::Card(card));
            return Ok(None);
        };
        let mut answering = Answering {
            armed: Arc::clone(&armed),
            promised: None,
        };
        if !answer::is_answer(&armed.stub.answer) {
            contents.effects.push(Effect::Card(card));
            return Ok(Some(answering));
        }
        let stub = &armed.stub;
        if !stub.delay.is_zero() {
            let due = letter.at().plus(stub.delay);
            let promise = Promise::of(stub, &asked, self.seed(), due);
            contents.facts_json = json!({ "card": card.id, "stub": promise }).to_string();
            if let Some(summary) = contents.summary.as_object_mut() {
                let promised = json!({ "id": stub.id, "due": due.to_string() });
                summary.insert("stub".to_owned(), promised);
            }
            answering.promised = Some((card.id.clone(), promise.due_ms()));
            contents.effects.push(Effect::Card(card));
            return Ok(Some(answering));
        }
        let (message, service) = (card.message_id.clone(), card.service.clone());
        let matter = Matter {
            workplace,
            offer,
            asked,
            message: &message,
            service: &service,
            seed: self.seed(),
            at: letter.at(),
        };
        let made = make(matter, stub).await;
        let put = made.and_then(|made| made.put(matter, card, contents));
        if put.is_err() {
            armed.give_back();
        }
        put.map(|()| Some(answering))
    }

    /// What a stub answered is taken with its letter; or it is not, and its answer counts as not given.
    pub(crate) fn settle(&self, answering: Answering, taken: bool) {
        if !taken {
            answering.armed.give_back();
        } else if let Some((card, due_ms)) = answering.promised {
            self.later.promised(card, due_ms);
        }
    }

    async fn read_all(
        &self,
        workplace: &Workplace,
        written: &WrittenStubs,
    ) -> Result<Vec<Stub>, StubError> {
        let mut stubs = Vec::with_capacity(written.stubs.len());
        for (number, one) in (1..).zip(&written.stubs) {
            let name = format!("stub-{number}");
            stubs.push(self.read_one(workplace, one.clone(), &name).await?);
        }
        Ok(stubs)
    }

    /// Reads a stub; where its service is known, somebody must be there to sign.
    async fn read_one(
        &self,
        workplace: &Workplace,
        written: WrittenStub,
        name: &str,
    ) -> Result<Stub, StubError> {
        let stub = Stub::read(written, name, &workplace.catalogue)?;
        if !answer::is_answer(&stub.answer) {
            return Ok(stub);
        }
        let service = stub.service.as_ref();
        let service = service.and_then(|id| workplace.catalogue.service(id));
        for channel in Channel::ALL {
            let chain = service.and_then(|service| Chain::of(service, service.flow(*channel)?));
            let Some(chain) = chain else { continue };
            let Some(action) = chain.actions().iter().find(|action| chain.signs(action)) else {
                continue;
            };
            let signer = stub.signer.as_deref();
            let officer = self.officers.of(&workplace.store, signer, action).await;
            officer.map_err(|why| StubError::Signer { why })?;
        }
        Ok(stub)
    }

    /// Keeps the stubs of the draft and then sets them: what is not kept answers nobody. False where another process was
    /// faster: nothing is changed.
    async fn keep(
        &self,
        workplace: &Workplace,
        known: &mut String,
        change: Change<'_>,
    ) -> Result<bool, ChangeError> {
        let Change {
            draft,
            seed,
            text,
            kept,
        } = change;
        // First: a promise that nobody looks for would be lost with the process.
        if draft.all().iter().any(|armed| !armed.stub.delay.is_zero()) {
            self.later.expect(workplace).await?;
        }
        let settings = workplace.store.settings();
        if !settings.replace(KEPT, kept, &text).await? {
            return Ok(false);
        }
        self.board.take_over(draft);
        self.set_seed(seed);
        *known = text;
        Ok(true)
    }

    fn set_seed(&self, seed: Option<u64>) {
        *self.seed.lock().unwrap_or_else(PoisonError::into_inner) = seed;
    }
}

/// What the stubs shall be, if those that are kept are still those that were read.
#[derive(Debug)]
struct Change<'c> {
    draft: &'c Board,
    seed: Option<u64>,
    text: String,
    kept: Option<&'c str>,
}

impl<'c> Change<'c> {
    fn of(draft: &'c Board, seed: Option<u64>, kept: Option<&'c str>) -> Result<Self, StoreError> {
        let all = draft.all();
        let stubs = all.iter().map(|armed| armed.stub.written().clone());
        let mut stubs: Vec<_> = stubs.collect();
        // As they were added: of equal priority the last one is asked first.
        stubs.reverse();
        let text = serde_json::to_string(&WrittenStubs { seed, stubs })
            .map_err(|_| StoreError::Unreadable { what: "stubs" })?;
        Ok(Self {
            draft,
            seed,
            text,
            kept,
        })
    }
}

/// One that has the name of a route could never be removed by itself.
fn not_of_a_route(written: &WrittenStub) -> Result<(), StubError> {
    match &written.id {
        Some(id) if NAMES_OF_ROUTES.contains(&id.as_str()) => {
            Err(StubError::IdOfRoute { id: id.clone() })
        }
        _ => Ok(()),
    }
}

fn others_are_faster() -> ChangeError {
    let why = "other processes change the stubs all the time".to_owned();
    StoreError::Busy { why }.into()
}

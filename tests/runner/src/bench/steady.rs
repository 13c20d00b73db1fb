//! Messages without rest: an information system that sends, fetches its results, says that it has them, and counts what
//! became of each.
//!
//! It keeps to the contract: what is not acknowledged is sent again with the same bytes, and what was fetched counts by its id,
//! however often it is handed out.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use qaqpa_model::MessageId;
use qaqpa_transport::{Clock, HttpClient};
use qaqpa_wire::Reading;
use qaqpa_wire::asynchronous::{
    DeliveryNotification, GetMessagesRequest, GetMessagesResponse, ReceiveStatus, ResendMessage,
    SendDeliveryNotificationRequest, SendDeliveryNotificationResponse,
};
use qaqpa_xml::Document;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::load::{self, Load};
use super::supply::{Signed, Supplier};

/// Results of one fetch.
const FETCHED_AT_ONCE: NonZeroU32 = NonZeroU32::new(50).expect("not nought");

/// Words about what was fetched that are on their way at once.
const WORDS_AT_ONCE: usize = 16;

/// Applications that wait for their results: who has so many sends no more until some came. What a gateway takes in without
/// ever delivering it is no rate.
const WAITING_MAX: usize = 100;

/// The pause before the same bytes are sent again, and before the next look into an empty mailbox.
const PAUSE: Duration = Duration::from_millis(100);

/// How often the same bytes are sent before that is a failure: for half a minute and more.
const TRIES_MAX: u32 = 300;

/// How long nothing may come while results are awaited.
const PATIENCE: Duration = Duration::from_secs(120);

/// Failures after which nothing more is sent: they are told, and more of them tell no more.
const FAILURES_MAX: u64 = 50;

/// When to stop sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many applications.
    Sent(usize),
    /// After so long.
    Over(Duration),
}

impl Until {
    /// Whether the application of this number is not sent any more.
    fn is_reached(self, number: usize, begun: Instant) -> bool {
        match self {
            Self::Sent(count) => number >= count,
            Self::Over(time) => begun.elapsed() >= time,
        }
    }
}

/// The system and what it knows of its messages. Clones share it.
#[derive(Clone, Debug)]
pub struct Steady(Arc<System>);

#[derive(Debug)]
struct System {
    supplier: Supplier,
    client: HttpClient,
    /// The addresses of the synchronous and the asynchronous channel of each gateway.
    doors: Vec<(String, String)>,
    /// Fetches so far: they go to each gateway in turn, as what is sent does.
    fetches: AtomicUsize,
    clock: Clock,
    ledger: Mutex<Ledger>,
}

/// What became of everything.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The acknowledgements: how many, how long each took, and what was refused or could not be sent at all.
    pub load: Load,
    /// Applications that were accepted and have exactly one result.
    pub done: usize,
    /// Applications that were accepted and have no result.
    pub unanswered: usize,
    /// Applications that have several results.
    pub doubled: usize,
    /// Results of applications that were not accepted.
    pub strange: usize,
    /// Requests that were sent again, because the other side could not work or did not answer.
    pub repeats: u64,
    /// What went wrong while results were fetched, with how often.
    pub failures: BTreeMap<String, u64>,
}

impl Tally {
    /// Whether everything that was sent was accepted, and everything that was accepted was done once.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        u64::try_from(self.done).is_ok_and(|done| done == self.load.accepted)
            && (self.unanswered, self.doubled, self.strange) == (0, 0, 0)
            && self.load.others.is_empty()
            && self.failures.is_empty()
    }
}

impl Steady {
    /// A system of this supplier, by this clock. It goes to each gateway in turn; `doors` has the addresses of the synchronous and of
    /// the asynchronous channel of each.
    #[must_use]
    pub fn new(
        supplier: Supplier,
        client: HttpClient,
        doors: Vec<(String, String)>,
        clock: Clock,
    ) -> Self {
        Self(Arc::new(System {
            supplier,
            client,
            doors,
            fetches: AtomicUsize::new(0),
            clock,
            ledger: Mutex::default(),
        }))
    }

    /// Applications that were accepted, and those of them that have a result, up to now.
    #[must_use]
    pub fn so_far(&self) -> (usize, usize) {
        let ledger = self.0.ledger();
        (ledger.accepted, ledger.answered)
    }

    /// Sends over so many connections until that is reached, fetches until every result is there or none comes any more, and tells.
    pub async fn run(&self, connections: usize, until: Until) -> Tally {
        let (begun, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
        let mut senders = JoinSet::new();
        for _ in 0..connections {
            let (system, next) = (Arc::clone(&self.0), Arc::clone(&next));
            senders.spawn(async move {
                loop {
                    system.room().await;
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if until.is_reached(number, begun) || system.has_failed() {
                        break;
                    }
                    system.send(number).await;
                }
            });
        }
        let (system, is_over) = (Arc::clone(&self.0), Arc::new(AtomicBool::new(false)));
        let hears_end = Arc::clone(&is_over);
        let fetching = tokio::spawn(async move {
            loop {
                // The last look finds nothing: what comes twice is seen, too, and every word is said.
                let is_last = hears_end.load(Ordering::Relaxed);
                if system.fetch().await == 0 && is_last {
                    break;
                }
            }
        });
        while senders.join_next().await.is_some() {}
        let lasted = begun.elapsed();
        self.0.rest().await;
        is_over.store(true, Ordering::Relaxed);
        if let Err(error) = fetching.await {
            self.0.ledger().fail(error.to_string());
        }
        let ledger = std::mem::take(&mut *self.0.ledger());
        ledger.tally(lasted)
    }
}

impl System {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gateway whose turn it is. Without any there is nobody to ask, and asking says so.
    fn door(&self, turn: usize) -> &(String, String) {
        static NOWHERE: (String, String) = (String::new(), String::new());
        let place = turn.checked_rem(self.doors.len());
        place
            .and_then(|place| self.doors.get(place))
            .unwrap_or(&NOWHERE)
    }

    fn has_failed(&self) -> bool {
        let ledger = self.ledger();
        let failures = ledger.failures.values().chain(ledger.refused.values());
        failures.sum::<u64>() >= FAILURES_MAX
    }

    /// Waits until fewer applications wait for their results than may.
    async fn room(&self) {
        loop {
            let waiting = self.ledger().waiting();
            if waiting < WAITING_MAX || self.has_failed() {
                return;
            }
            tokio::time::sleep(PAUSE / 10).await;
        }
    }

    /// Waits until every result is there, or none has come for long.
    async fn rest(&self) {
        let (mut since, mut last) = (Instant::now(), usize::MAX);
        loop {
            let waiting = self.ledger().waiting();
            if waiting == 0 || since.elapsed() >= PATIENCE || self.has_failed() {
                return;
            }
            if waiting != last {
                (since, last) = (Instant::now(), waiting);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn send(self: &Arc<Self>, number: usize) {
        let system = Arc::clone(self);
        // Signatures are work for a processor, and the other senders shall not wait for them.
        let signed =
            tokio::task::spawn_blocking(move || system.supplier.signed(number, system.clock.now()));
        let Signed { id, envelope } = match signed.await {
            Ok(Ok(signed)) => signed,
            Ok(Err(why)) => return self.ledger().refuse(why),
            Err(error) => return self.ledger().refuse(error.to_string()),
        };
        let sent = Instant::now();
        let answer = self.ask(&self.door(number).0, envelope).await;
        match answer.and_then(|envelope| load::acknowledged(&envelope)) {
            Ok(()) => self.ledger().accept(id, sent.elapsed()),
            Err(why) => self.ledger().refuse(why),
        }
    }

    /// Fetches what waits, and says of each message that it was taken; how many there were.
    async fn fetch(self: &Arc<Self>) -> usize {
        let fetched = match self.fetched().await {
            Ok(fetched) => fetched,
            Err(why) => {
                self.ledger().fail(why);
                Vec::new()
            }
        };
        let count = fetched.len();
        if count == 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let mut words = JoinSet::new();
        for (application, result) in fetched {
            self.ledger().answer(application, &result);
            if words.len() >= WORDS_AT_ONCE {
                words.join_next().await;
            }
            let system = Arc::clone(self);
            words.spawn(async move {
                if let Err(why) = system.take(result).await {
                    system.ledger().fail(why);
                }
            });
        }
        while words.join_next().await.is_some() {}
        count
    }

    /// The results that wait: of which application, and the id of each.
    async fn fetched(&self) -> Result<Vec<(MessageId, MessageId)>, String> {
        let request = GetMessagesRequest {
            message_id: None,
            correlation_id: None,
            request_date: Some(self.clock.now()),
            service_id: self.supplier.service.id.to_string(),
            sender: Some(self.supplier.named()),
            amount: Some(FETCHED_AT_ONCE),
            properties: Vec::new(),
        };
        let envelope = self.supplier.sealed(&request.write())?;
        let turn = self.fetches.fetch_add(1, Ordering::Relaxed);
        let answer = self.ask(&self.door(turn).1, envelope).await?;
        let read = GetMessagesResponse::read_with(&answer, Reading::Strict);
        let (response, _) = read.map_err(|error| error.to_string())?;
        let ids = response.messages.into_iter().map(|message| {
            let info = message.info;
            info.correlation_id.zip(info.message_id)
        });
        let ids: Option<Vec<_>> = ids.collect();
        ids.ok_or_else(|| "a result without its ids".to_owned())
    }

    /// Says that a result was taken.
    async fn take(&self, result: MessageId) -> Result<(), String> {
        let now = self.clock.now();
        let request = SendDeliveryNotificationRequest {
            notification: DeliveryNotification {
                message_id: result,
                service_id: self.supplier.service.id.to_string(),
                notification_date: now,
                receive_status: ReceiveStatus::Accepted,
                status_date: now,
                resend_message: ResendMessage::NotResend,
                error: None,
            },
            request_date: now,
            sender: Some(self.supplier.named()),
        };
        let envelope = self.supplier.sealed(&request.write())?;
        let turn = self.fetches.load(Ordering::Relaxed);
        let answer = self.ask(&self.door(turn).1, envelope).await?;
        SendDeliveryNotificationResponse::read_with(&answer, Reading::Strict)
            .map(drop)
            .map_err(|error| error.to_string())
    }

    /// The answer to an envelope, which is sent again where nobody said no to it.
    async fn ask(&self, url: &str, envelope: Bytes) -> Result<Document, String> {
        let mut tries = 1;
        loop {
            match load::ask(&self.client, url, envelope.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failed) if failed.may_pass && tries < TRIES_MAX => {
                    self.ledger().repeats += 1;
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(failed) => return Err(failed.what),
            }
        }
    }
}

/// What is known of each application.
#[derive(Debug, Default)]
struct Ledger {
    fates: HashMap<MessageId, Fate>,
    /// Applications with an acknowledgement.
    accepted: usize,
    /// Applications with a result, whether or not the acknowledgement is noted by now.
    answered: usize,
    took: Vec<Duration>,
    refused: BTreeMap<String, u64>,
    failures: BTreeMap<String, u64>,
    repeats: u64,
}

#[derive(Debug, Default)]
struct Fate {
    is_accepted: bool,
    result: Option<MessageId>,
    has_another: bool,
}

impl Ledger {
    fn waiting(&self) -> usize {
        self.accepted.saturating_sub(self.answered)
    }

    fn accept(&mut self, application: MessageId, took: Duration) {
        self.fates.entry(application).or_default().is_accepted = true;
        self.accepted += 1;
        self.took.push(took);
    }

    fn answer(&mut self, application: MessageId, result: &MessageId) {
        let fate = self.fates.entry(application).or_default();
        match &fate.result {
            None => {
                fate.result = Some(result.clone());
                self.answered += 1;
            }
            // Handed out once more, because our word about it was not heard in time.
            Some(known) if known == result => {}
            Some(_) => fate.has_another = true,
        }
    }

    fn refuse(&mut self, why: String) {
        *self.refused.entry(why).or_default() += 1;
    }

    fn fail(&mut self, why: String) {
        *self.failures.entry(why).or_default() += 1;
    }

    fn tally(mut self, lasted: Duration) -> Tally {
        let count = |is: fn(&Fate) -> bool| self.fates.values().filter(|fate| is(fate)).count();
        let done = count(|fate| fate.is_accepted && fate.result.is_some() && !fate.has_another);
        let unanswered = count(|fate| fate.is_accepted && fate.result.is_none());
        let doubled = count(|fate| fate.has_another);
        let strange = count(|fate| !fate.is_accepted);
        self.took.sort_unstable();
        Tally {
            load: Load {
                accepted: u64::try_from(self.accepted).unwrap_or(u64::MAX),
                others: self.refused,
                took: self.took,
                lasted,
            },
            done,
            unanswered,
            doubled,
            strange,
            repeats: self.repeats,
            failures: self.failures,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> MessageId {
        MessageId::parse(&format!(
            "{{00000000-0000-4000-8000-0000000000{number:02}}}"
        ))
        .unwrap()
    }

    const TOOK: Duration = Duration::from_millis(5);

    #[test]
    fn an_application_with_one_result_is_done_however_often_that_is_handed_out() {
        let mut ledger = Ledger::default();
        ledger.accept(id(1), TOOK);
        assert_eq!(ledger.waiting(), 1);
        ledger.answer(id(1), &id(11));
        ledger.answer(id(1), &id(11));
        // The result may be there before the acknowledgement is noted.
        ledger.answer(id(2), &id(12));
        ledger.accept(id(2), TOOK);
        assert_eq!(ledger.waiting(), 0);
        let tally = ledger.tally(TOOK);
        assert_eq!((tally.done, tally.load.accepted), (2, 2));
        assert!(tally.is_whole());
    }

    #[test]
    fn what_is_lost_doubled_or_nobodys_is_counted_and_the_run_is_not_whole() {
        let mut lost = Ledger::default();
        lost.accept(id(1), TOOK);
        let lost = lost.tally(TOOK);
        assert_eq!((lost.done, lost.unanswered), (0, 1));

        let mut doubled = Ledger::default();
        doubled.accept(id(1), TOOK);
        doubled.answer(id(1), &id(11));
        doubled.answer(id(1), &id(12));
        let doubled = doubled.tally(TOOK);
        assert_eq!((doubled.done, doubled.doubled), (0, 1));

        let mut strange = Ledger::default();
        strange.answer(id(1), &id(11));
        let strange = strange.tally(TOOK);
        assert_eq!((strange.done, strange.strange), (0, 1));

        let mut refused = Ledger::default();
        refused.refuse("replayed".to_owned());
        let refused = refused.tally(TOOK);
        assert_eq!(refused.load.others["replayed"], 1);
        let mut failed = Ledger::default();
        failed.fail("overloaded".to_owned());
        let failed = failed.tally(TOOK);
        for tally in [lost, doubled, strange, refused, failed] {
            assert!(!tally.is_whole(), "{tally:?}");
        }
    }

    #[test]
    fn sending_ends_by_number_or_by_time() {
        let now = Instant::now();
        assert!(!Until::Sent(2).is_reached(1, now) && Until::Sent(2).is_reached(2, now));
        assert!(Until::Over(Duration::ZERO).is_reached(0, now));
        assert!(!Until::Over(Duration::from_secs(60)).is_reached(1_000_000, now));
    }
}

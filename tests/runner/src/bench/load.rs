//! Sending: as fast as answers come, or at a rate whatever comes back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use qaqpa_transport::HttpClient;
use qaqpa_wire::{Fault, FaultCode, SendMessageResponse, StatusCode};
use qaqpa_xml::{Document, XmlLimits};
use tokio::time::Instant;

/// What came of sending.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Requests that were answered with SCSS001.
    pub accepted: u64,
    /// Others, by the label of the refusal, or by what went wrong.
    pub others: BTreeMap<String, u64>,
    /// From when a request was to leave to the last byte of its answer, shortest first.
    pub took: Vec<Duration>,
    /// From the first request to the last answer.
    pub lasted: Duration,
}

impl Load {
    /// Requests that were sent and accepted, a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate_over(Duration::ZERO)
    }

    /// The same where it took so much longer until all that comes of them was done.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a bench counts to millions")]
    pub fn rate_over(&self, more: Duration) -> f64 {
        self.accepted as f64 / (self.lasted + more).as_secs_f64().max(1e-9)
    }

    /// The time that this share of the answers stayed within.
    #[must_use]
    pub fn within(&self, share: f64) -> Duration {
        within(&self.took, share)
    }

    fn add(&mut self, answer: Result<(), String>, took: Duration) {
        match answer {
            Ok(()) => self.accepted += 1,
            Err(why) => *self.others.entry(why).or_default() += 1,
        }
        self.took.push(took);
    }
}

/// The time that this share of them stayed within, the shortest of which comes first.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list, from a share between 0 and 1"
)]
pub(super) fn within(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    let last = sorted.len().saturating_sub(1);
    let place = place.saturating_sub(1).min(last);
    sorted.get(place).copied().unwrap_or_default()
}

/// Requests that wait to be sent, for several to take from.
#[derive(Clone, Debug)]
struct Stock(Arc<Mutex<VecDeque<Bytes>>>);

impl Stock {
    fn new(requests: Vec<Bytes>) -> Self {
        Self(Arc::new(Mutex::new(requests.into())))
    }

    fn take(&self) -> Option<Bytes> {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.pop_front()
    }
}

/// So many connections, each of which sends its next request when its last is answered, until the time is over or nothing is left.
/// They are shared out among the addresses, of which there is at least one.
pub async fn closed(
    client: &HttpClient,
    urls: &[String],
    requests: Vec<Bytes>,
    connections: usize,
    time: Duration,
) -> Load {
    let stock = Stock::new(requests);
    let begun = Instant::now();
    let senders = (0..connections).zip(urls.iter().cycle()).map(|(_, url)| {
        let (client, url, stock) = (client.clone(), url.clone(), stock.clone());
        tokio::spawn(async move {
            let mut load = Load::default();
            while begun.elapsed() < time {
                let Some(request) = stock.take() else { break };
                let sent = Instant::now();
                let answer = send(&client, &url, request).await;
                load.add(answer, sent.elapsed());
            }
            load
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut loads = Vec::with_capacity(senders.len());
    for sender in senders {
        loads.extend(sender.await);
    }
    joined(loads, begun.elapsed())
}

/// A request at each tick of the rate, whether or not the others are answered: the wait of a request that could not leave in time counts.
/// They go to each address in turn.
pub async fn paced(
    client: &HttpClient,
    urls: &[String],
    requests: Vec<Bytes>,
    a_second: f64,
) -> Load {
    let begun = Instant::now();
    let turns = requests.into_iter().zip(urls.iter().cycle());
    let senders = turns.zip(0_u32..).map(|((request, url), number)| {
        let (client, url) = (client.clone(), url.clone());
        let due = begun + Duration::from_secs_f64(f64::from(number) / a_second.max(1e-3));
        tokio::spawn(async move {
            tokio::time::sleep_until(due).await;
            let mut load = Load::default();
            let answer = send(&client, &url, request).await;
            load.add(answer, due.elapsed());
            load
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut loads = Vec::with_capacity(senders.len());
    for sender in senders {
        loads.extend(sender.await);
    }
    joined(loads, begun.elapsed())
}

fn joined(loads: Vec<Load>, lasted: Duration) -> Load {
    let mut all = Load {
        lasted,
        ..Load::default()
    };
    for load in loads {
        all.accepted += load.accepted;
        all.took.extend(load.took);
        for (why, count) in load.others {
            *all.others.entry(why).or_default() += count;
        }
    }
    all.took.sort_unstable();
    all
}

/// Why there is no answer of the kind that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// The label of the refusal, or what went wrong.
    pub(super) what: String,
    /// Whether the same request may do better a moment later: nobody has said no to what it asks.
    pub(super) may_pass: bool,
}

/// Posts an envelope; the envelope of the answer, which is no fault.
pub(super) async fn ask(
    client: &HttpClient,
    url: &str,
    request: Bytes,
) -> Result<Document, Failed> {
    let answer = client
        .post(url, "text/xml; charset=utf-8", request)
        .await
        .map_err(|error| Failed {
            what: error.to_string(),
            may_pass: true,
        })?;
    let busy = answer.status.as_u16() == 503;
    let unlike = || Failed {
        what: format!("HTTP {}", answer.status.as_u16()),
        may_pass: busy,
    };
    let envelope = Document::parse(&answer.body, &XmlLimits::default()).map_err(|_| unlike())?;
    if let Some(fault) = Fault::read(&envelope).map_err(|_| unlike())? {
        let label = fault.label().map(|label| label.as_str().to_owned());
        return Err(Failed {
            may_pass: busy || fault.code == FaultCode::Server,
            what: label.unwrap_or(fault.string),
        });
    }
    Ok(envelope)
}

/// Whether the answer to `SendMessage` is an acknowledgement.
pub(super) fn acknowledged(envelope: &Document) -> Result<(), String> {
    let response = SendMessageResponse::read(envelope).map_err(|error| error.to_string())?;
    match response.status {
        StatusCode::Success => Ok(()),
        other => Err(other.as_str().to_owned()),
    }
}

/// Sends one; the label of the refusal, or what went wrong, where it was not accepted.
async fn send(client: &HttpClient, url: &str, request: Bytes) -> Result<(), String> {
    let answer = ask(client, url, request).await;
    acknowledged(&answer.map_err(|failed| failed.what)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_sorted_times_and_the_rate_is_of_what_was_accepted() {
        let ms = Duration::from_millis;
        let mut one = Load::default();
        one.add(Ok(()), ms(30));
        one.add(Err("overloaded".to_owned()), ms(10));
        let mut other = Load::default();
        other.add(Ok(()), ms(20));
        other.add(Ok(()), ms(40));
        let all = joined(vec![one, other], Duration::from_secs(2));
        assert_eq!(all.took, [ms(10), ms(20), ms(30), ms(40)]);
        assert_eq!(all.within(0.5), ms(20));
        assert_eq!(all.within(0.99), ms(40));
        assert_eq!(all.within(0.0), ms(10));
        assert!((all.rate() - 1.5).abs() < 1e-9);
        assert_eq!(all.others["overloaded"], 1);
        assert_eq!(Load::default().within(0.5), Duration::ZERO);
    }
}

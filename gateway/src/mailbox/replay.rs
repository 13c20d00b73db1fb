//! A visit counts once: whoever has got hold of its signed bytes cannot use them.
//!
//! What is remembered of a visit is the digest of its signed Body, with its sender. The same Body once more gets the
//! answer of then where it said something, and no messages where it asked for some; but for a minute, in which it is
//! an HTTP client that tries again.
//!
//! A Body that names its moment is refused a day before and after it, and need not be remembered longer. The contract
//! lets `getMessages` name none, and a client whose Body has the same Id at each visit signs the same bytes for ever:
//! it is told from whoever has got hold of them by the TLS certificate that is agreed with it, or by its address, which
//! is that of its first visit. Such a Body is remembered as long as a signed document.

use std::net::IpAddr;
use std::time::Duration;

use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{Moment, RefusalLabel, SenderId};
use qaqpa_store::Visit;

use crate::gateway::Gateway;
use crate::pipeline::Turn;

/// How far the `requestDate` of a visit may lie from now: clients write it in any time zone, or in none.
const DATE_DISTANCE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the same bytes are an HTTP client that tries again. A chosen number: clients wait for half a minute.
const RETRY_MAX: Duration = Duration::from_secs(60);

/// A visit as it is told from others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark<'a> {
    pub(super) sender: &'a SenderId,
    /// The digest of the signed Body.
    pub(super) signed: &'a [u8; 32],
    /// What it says about its moment.
    pub(super) date: Option<Moment>,
    /// Where it comes from.
    pub(super) from: IpAddr,
    /// Whether the system has shown the TLS certificate that is agreed with it: the handshake was its own.
    pub(super) has_shown_tls: bool,
}

impl Mark<'_> {
    /// Whether the visit is of today: by the simulator's clock, which may be set, or by the one that clients have.
    pub(super) fn check_date(&self, gateway: &Gateway) -> Result<(), Refused> {
        let Some(date) = self.date else {
            return Ok(());
        };
        let now = gateway.clock.now();
        let near = |now: Moment| {
            let distance = date.unix_ms().abs_diff(now.unix_ms());
            u128::from(distance) <= DATE_DISTANCE_MAX.as_millis()
        };
        if near(now) || near(real(gateway)) {
            return Ok(());
        }
        Err(Refused::new(
            RefusalLabel::Replayed,
            format!("requestDate is {date}, more than 24 hours from now, {now}"),
        ))
    }

    /// Lets a visit pass that did not come before, or came a moment ago, or names no moment and is its system's all the
    /// same.
    pub(super) async fn pass_once(&self, gateway: &Gateway) -> Result<(), Turn> {
        if self.remember(gateway, self.place()).await? {
            return Ok(());
        }
        if self.date.is_none() && self.has_shown_tls {
            return Ok(());
        }
        let exchange = gateway.store.exchange();
        let earlier = exchange.visited(self.sender, self.signed).await;
        let Some(earlier) = earlier.map_err(Rejection::faulted)? else {
            return Ok(());
        };
        let ago = real(gateway).since(earlier.at);
        if ago <= RETRY_MAX {
            return Ok(());
        }
        let seconds = ago.as_secs();
        let why = match self.date {
            None if !earlier.answer.is_empty() && earlier.answer == self.place() => return Ok(()),
            None => format!(
                "the same signed request came from another address {seconds} s ago: sign a new one, with a requestDate \
                 of now, or agree on a tls certificate"
            ),
            Some(_) => format!(
                "the same signed request came {seconds} s ago: sign a new one, with a requestDate of now"
            ),
        };
        Err(Refused::new(RefusalLabel::Replayed, why).into())
    }

    /// What is remembered of a visit that asks for messages, in the place of an answer: where one without a moment came
    /// from.
    fn place(&self) -> Vec<u8> {
        match self.date {
            None => self.from.to_string().into_bytes(),
            Some(_) => Vec::new(),
        }
    }

    /// The answer that the same visit was given before.
    pub(super) async fn answered(&self, gateway: &Gateway) -> Result<Option<Vec<u8>>, Rejection> {
        let exchange = gateway.store.exchange();
        let earlier = exchange.visited(self.sender, self.signed).await;
        Ok(earlier.map_err(Rejection::faulted)?.map(|it| it.answer))
    }

    /// The visit as it is remembered, with its answer.
    pub(super) fn visit(&self, gateway: &Gateway, answer: Vec<u8>) -> Visit {
        let at = real(gateway);
        let kept = match self.date {
            // A date that lies ahead is near for twice as long.
            Some(_) => DATE_DISTANCE_MAX * 2,
            None => gateway.config.replay_days.window(),
        };
        Visit {
            sender: self.sender.clone(),
            signed: *self.signed,
            answer,
            at,
            keep_until: at.plus(kept),
        }
    }

    /// Remembers the visit and its answer: false where it is remembered already.
    async fn remember(&self, gateway: &Gateway, answer: Vec<u8>) -> Result<bool, Rejection> {
        let exchange = gateway.store.exchange();
        let remembered = exchange.remember(self.visit(gateway, answer)).await;
        remembered.map_err(Rejection::faulted)
    }
}

/// Forgets visits whose time is over.
pub(crate) async fn forget(gateway: &Gateway) {
    let exchange = gateway.store.exchange();
    if let Err(error) = exchange.forget_visits(real(gateway)).await {
        tracing::error!(%error, "visits whose time is over are still remembered");
    }
}

/// Real time: what came is not forgotten because the simulator's clock was set.
fn real(gateway: &Gateway) -> Moment {
    let ahead = gateway.clock.offset_ms();
    Moment::from_unix_ms(gateway.clock.now().unix_ms().saturating_sub(ahead))
}

//! The register of information systems (ақпараттық жүйелер тізілімі / реестр информационных систем): who may
//! send what, and where its own endpoint is.
//!
//! - `terms` is what is agreed with one system;
//! - `file` reads the register and refuses one with a fault, each with its line; `named` is what it names beside itself;
//! - `book` keeps it and looks at the file again before each message; `portable` is the text as every machine can read
//!   it, for a database that several gateways share;
//! - `party` is one system as a message meets it: the ready-made one of the authority, changed by the register;
//! - `pace` counts what each sends, and `places` what is worked on for it at once;
//! - `control` shows the register and takes a new one.
//!
//! The systems that the authority has made ready (`DIR/identities`) are registered without a file. The file changes
//! what is agreed with them, and adds others.

mod book;
pub(crate) mod control;
mod file;
mod named;
mod pace;
mod party;
mod portable;
mod terms;

pub(crate) use book::{News, SystemsBook};
pub(crate) use pace::Pace;
pub(crate) use party::Party;
pub(crate) use terms::{Register, Registered, Terms};

use std::sync::Arc;

use qaqpa_model::SenderId;
use qaqpa_store::{Direction, JournalEntry, StoreError};
use qaqpa_transport::Shutdown;
use serde_json::json;

use crate::gateway::Gateway;
use crate::strangers::tell_untold;
use crate::written::shared;
use crate::{mailbox, routing};

/// The register of this moment. A change of the file is journalled once, and what was held for a system that has an
/// endpoint from now on is delivered to it.
pub(crate) async fn current(gateway: &Gateway) -> Arc<Register> {
    if let Some(register) = gateway.systems.unchanged() {
        return register;
    }
    // A register of tens of thousands of systems is read for a while: not on the runtime's threads.
    let book = Arc::clone(&gateway.systems);
    let read = tokio::task::spawn_blocking(move || book.current()).await;
    let (register, news) = read.unwrap_or_else(|_| gateway.systems.current());
    if let Some(news) = news {
        apply(gateway, &register, &news).await;
    }
    register
}

/// Looks at the file, those that it names and the database's document also while no message comes, and whether
/// something waits for a system that has an endpoint: it may have been registered while the gateway was down, or while a
/// message was about to be held. Tells of requests that nothing was told about.
pub(crate) async fn watch(gateway: Arc<Gateway>, shutdown: Shutdown) {
    while !shutdown.is_begun() {
        let register = looked_at(&gateway).await;
        release(&gateway, &register).await;
        routing::look(&gateway).await;
        gateway.room.look();
        mailbox::forget(&gateway).await;
        tell_untold(&gateway).await;
        tokio::select! {
            () = shutdown.begun() => {}
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
        }
    }
    tell_untold(&gateway).await;
}

/// The register after a look at all that it is made of.
async fn looked_at(gateway: &Gateway) -> Arc<Register> {
    if let Err(error) = renew(gateway).await {
        tracing::warn!(%error, "the register of systems could not be looked at; the one of before stays in force");
    }
    let book = Arc::clone(&gateway.systems);
    let read = tokio::task::spawn_blocking(move || book.current()).await;
    let (register, news) = read.unwrap_or_else(|_| gateway.systems.current());
    if let Some(news) = news {
        apply(gateway, &register, &news).await;
    }
    register
}

/// The name of the register among the database's documents.
pub(crate) const DOCUMENT: &str = "systems";

/// Takes the database's document, where it is another than before.
///
/// # Errors
/// [`StoreError`] where the database could not: the register of before stays in force.
pub(crate) async fn renew(gateway: &Gateway) -> Result<(), StoreError> {
    // One at a time: nobody takes an older document after a newer one.
    let _alone = gateway.renewing.lock().await;
    let Some(in_force) = gateway.systems.shared_version() else {
        return Ok(());
    };
    let Some(document) = shared::newer(&gateway.store, DOCUMENT, in_force).await? else {
        return Ok(());
    };
    let book = Arc::clone(&gateway.systems);
    let taken = tokio::task::spawn_blocking(move || book.take(&document)).await;
    if let Ok((register, news)) = taken {
        apply(gateway, &register, &news).await;
    }
    Ok(())
}

pub(crate) async fn apply(gateway: &Gateway, register: &Register, news: &News) {
    let at = gateway.clock.now();
    let (kind, summary) = match news {
        News::Loaded { digest } => {
            release(gateway, register).await;
            ("systems-loaded", json!({"digest": digest}))
        }
        News::Refused { why } => {
            tracing::error!(%why, "the register of systems is refused; the one of before stays in force");
            ("systems-refused", json!({"why": why}))
        }
    };
    let entry = JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary,
    };
    if let Err(error) = gateway.store.journal().append(entry).await {
        tracing::error!(%error, "the journal could not be written");
    }
}

/// What is held for systems that have an endpoint is delivered to it.
async fn release(gateway: &Gateway, register: &Register) {
    let mut systems = register.systems().iter();
    if !systems.any(|system| system.terms.push.is_some()) {
        return;
    }
    let exchange = gateway.store.exchange();
    let waiting = match exchange.waiting_for().await {
        Ok(waiting) => waiting,
        Err(error) => {
            tracing::error!(%error, "it could not be seen for whom messages are held");
            return;
        }
    };
    for destination in waiting {
        let Some(Place::Mailbox(sender)) = Place::parse(&destination) else {
            continue;
        };
        if register.terms(&sender).push.is_none() {
            continue;
        }
        match exchange.release(&destination, gateway.clock.now()).await {
            Ok(0) => {}
            Ok(_) => gateway.bell.ring(),
            Err(error) => tracing::error!(%error, "held messages could not be released"),
        }
    }
}

/// How destinations of a system's messages begin: `system/integrator-1/`.
pub(crate) fn address_of(sender: &SenderId) -> String {
    format!("system/{sender}/")
}

/// The destination of a system's messages of one service: `system/integrator-1/SERVICE@ACT`.
pub(crate) fn mailbox_of(sender: &SenderId, service: &str) -> String {
    format!("{}{service}", address_of(sender))
}

/// The destination of notifications about a system's own messages: `status/integrator-1`.
pub(crate) fn notices_of(sender: &SenderId) -> String {
    format!("status/{sender}")
}

/// A destination that is an information system, and not an actor of the simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Its messages.
    Mailbox(SenderId),
    /// Notifications about its own messages.
    Notices(SenderId),
}

impl Place {
    /// The place of a destination, if it is one.
    pub(crate) fn parse(destination: &str) -> Option<Self> {
        if let Some(sender) = destination.strip_prefix("status/") {
            return SenderId::parse(sender).ok().map(Self::Notices);
        }
        let (sender, _) = destination.strip_prefix("system/")?.split_once('/')?;
        SenderId::parse(sender).ok().map(Self::Mailbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_of_a_system_reads_back_and_an_actors_is_none() {
        let sender = SenderId::parse("integrator-1").unwrap();
        let mailbox = mailbox_of(&sender, "a@b");
        assert_eq!(mailbox, "system/integrator-1/a@b");
        assert_eq!(Place::parse(&mailbox), Some(Place::Mailbox(sender.clone())));
        let notices = notices_of(&sender);
        assert_eq!(Place::parse(&notices), Some(Place::Notices(sender)));
        for other in ["regional-gateway", "portal", "system/x", "system//a@b", ""] {
            assert_eq!(Place::parse(other), None, "{other}");
        }
    }
}

//! The running simulator's side: it stops, has its folder copied or changed, and comes up again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_transport::files::FileLock;
use qaqpa_transport::{ControlClient, ControlError, Shutdown};
use serde_json::{Value, json};

use super::change;
use super::folder::{self, Volatile};
use super::order::{self, Act, Done, Order};
use super::shelf::Manifest;
use super::still::Still;
use super::stores::can_start;
use super::{Name, SnapshotError};

/// How often is looked for an order.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The actors that have deliberate faults.
const MISCHIEVOUS: [Actor; 2] = [Actor::Nca, Actor::Gateway];

/// Carries out the orders of one data folder.
#[derive(Debug)]
pub(crate) struct Keeper {
    data: PathBuf,
    _place: FileLock,
}

impl Keeper {
    /// From now on orders are taken here.
    ///
    /// # Errors
    /// [`SnapshotError::File`].
    pub(crate) fn begin(data: &Path) -> Result<Self, SnapshotError> {
        let place = FileLock::take(&order::keeper_lock(data))?;
        // One that nobody waits for any more.
        order::take(data).ok();
        change::sweep(data);
        Ok(Self {
            data: data.to_owned(),
            _place: place,
        })
    }

    /// The next order; `None` when the simulator shall stop.
    pub(crate) async fn next(&self, shutdown: &Shutdown) -> Option<Order> {
        loop {
            match order::take(&self.data) {
                Ok(Some(order)) => return Some(order),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "an order for a snapshot cannot be read"),
            }
            tokio::select! {
                () = shutdown.begun() => return None,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// What hinders the order, before anybody stops for it.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub(crate) async fn check(&self, order: &Order) -> Result<(), SnapshotError> {
        let (data, order) = (self.data.clone(), order.clone());
        blocking(move || {
            let name = Name::parse(&order.name)?;
            Still::beside_one_simulator(&data)?;
            match order.act {
                Act::Restore => folder::may_restore(&data, &name).map(drop),
                Act::Save => folder::may_save(&data, &name),
            }
        })
        .await
    }

    /// What was set by hand, as it can be set again.
    pub(crate) async fn volatile(&self) -> Volatile {
        let mut volatile = Volatile::default();
        for actor in MISCHIEVOUS {
            if let Some(board) = self.shown(actor, "/mischief").await {
                let name = actor.name();
                volatile.mischief.insert(name.to_owned(), settable(&board));
                volatile.met.insert(name.to_owned(), met(&board));
            }
        }
        let answers = Actor::RegionalGateway;
        if let Some(stubs) = self.shown(answers, "/stubs").await {
            let counts = answered(&stubs);
            volatile.answered.insert(answers.name().to_owned(), counts);
        }
        volatile
    }

    async fn shown(&self, actor: Actor, path: &str) -> Option<Value> {
        let control = ControlClient::of(&self.data, actor).ok()?;
        control.get(path).await.ok()
    }

    /// Sets again what was set by hand, and says what could not be.
    pub(crate) async fn set_again(&self, volatile: &Volatile) -> Vec<String> {
        let mut missing = Vec::new();
        for (actor, rules) in &volatile.mischief {
            if *rules == settable(&Value::Null) {
                continue;
            }
            match self.put_rules(actor, rules, volatile.met.get(actor)).await {
                Ok(()) => {}
                Err(ControlError::Refused { label, .. }) if label == "calm" => missing.push(
                    format!("the mischief of {actor} stays off: this simulator is calm"),
                ),
                Err(error) => missing.push(format!("the mischief of {actor} is off: {error}")),
            }
        }
        for (actor, counts) in &volatile.answered {
            if counts.values().all(|count| *count == 0) {
                continue;
            }
            if let Err(error) = self.put(actor, "/stubs/answered", &json!(counts)).await {
                missing.push(format!("the counts of {actor}'s stubs begin anew: {error}"));
            }
        }
        for one in &missing {
            tracing::warn!(%one, "not as it was before the snapshot");
        }
        missing
    }

    async fn put_rules(
        &self,
        actor: &str,
        rules: &Value,
        met: Option<&Value>,
    ) -> Result<(), ControlError> {
        self.put(actor, "/mischief", rules).await?;
        match met {
            Some(met) => self.put(actor, "/mischief/counts", met).await,
            None => Ok(()),
        }
    }

    async fn put(&self, actor: &str, path: &str, body: &Value) -> Result<(), ControlError> {
        let Some(actor) = Actor::parse(actor) else {
            return Ok(());
        };
        let control = ControlClient::of(&self.data, actor)?;
        control.put::<_, Value>(path, body).await.map(drop)
    }

    /// Does what the order says; nobody works in the folder meanwhile.
    ///
    /// # Errors
    /// [`SnapshotError`]; the state is as it was.
    pub(crate) async fn carry_out(
        &self,
        order: &Order,
        volatile: Volatile,
    ) -> Result<Manifest, SnapshotError> {
        let (data, order) = (self.data.clone(), order.clone());
        blocking(move || {
            let name = Name::parse(&order.name)?;
            let still = Still::of(&data)?;
            match order.act {
                Act::Restore => folder::restore(&data, &name, can_start, &still),
                Act::Save => folder::save(&data, &name, volatile, &still),
            }
        })
        .await
    }

    /// The state of before comes back: nobody can start with the one that was brought back.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub(crate) async fn undo(&self, order: &Order) -> Result<(), SnapshotError> {
        let (data, name) = (self.data.clone(), order.name.clone());
        blocking(move || {
            let still = Still::of(&data)?;
            change::undo(&data, &name, &still)
        })
        .await
    }

    /// The actors are up: the state of before is not needed any more.
    pub(crate) async fn keep(&self) {
        let data = self.data.clone();
        if let Err(error) = blocking(move || change::keep(&data)).await {
            tracing::warn!(%error, "what was there before the snapshot still takes room");
        }
    }

    /// Says what came of it.
    pub(crate) fn conclude(
        &self,
        order: &Order,
        done: Result<Manifest, String>,
        missing: Vec<String>,
    ) {
        let (snapshot, why) = match done {
            Ok(snapshot) => (Some(snapshot), None),
            Err(why) => (None, Some(why)),
        };
        let done = Done {
            id: order.id.clone(),
            snapshot,
            why,
            missing,
        };
        if let Err(error) = order::conclude(&self.data, &done) {
            tracing::error!(%error, "nobody can be told what came of the snapshot");
        }
    }
}

/// Folders block, and so does looking into stores: not on the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SnapshotError> + Send + 'static,
) -> Result<T, SnapshotError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(SnapshotError::Io {
                path: PathBuf::new(),
                source: std::io::Error::other(error),
            })
        })
}

/// How many messages each rule has met and spoilt.
fn met(board: &Value) -> Value {
    let rules = board["rules"].as_array().into_iter().flatten();
    let counts = rules.filter_map(|shown| {
        let id = shown.get("rule").unwrap_or(shown)["id"].as_str()?;
        let counts = json!({ "asked": shown["asked"], "hits": shown["hits"] });
        Some((id.to_owned(), counts))
    });
    Value::Object(counts.collect())
}

/// How many applications each stub has answered.
fn answered(stubs: &Value) -> BTreeMap<String, u64> {
    let stubs = stubs["stubs"].as_array().into_iter().flatten();
    let count = |stub: &Value| {
        let id = stub["id"].as_str()?.to_owned();
        Some((id, stub["answered"].as_u64()?))
    };
    stubs.filter_map(count).collect()
}

/// The board's rules without what only a view shows. Each rule has its own seed.
fn settable(board: &Value) -> Value {
    let rules = board["rules"].as_array().into_iter().flatten();
    let rules = rules.map(|shown| {
        // One actor shows a rule beside its counts, another one shows the counts in it.
        let mut rule = shown.get("rule").unwrap_or(shown).clone();
        if let Some(rule) = rule.as_object_mut() {
            rule.retain(|key, _| !["asked", "hits"].contains(&key.as_str()));
        }
        rule
    });
    json!({ "rules": rules.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_set_as_they_were_without_their_counts() {
        let rule = json!({"id": "a", "faults": ["delay"], "seed": 7});
        let beside = json!({"rules": [{"rule": rule, "asked": 2, "hits": 1}]});
        let within =
            json!({"rules": [{"id": "a", "faults": ["delay"], "seed": 7, "asked": 2, "hits": 1}]});
        for board in [beside, within] {
            assert_eq!(settable(&board), json!({"rules": [rule]}));
            assert_eq!(met(&board), json!({"a": {"asked": 2, "hits": 1}}));
        }
        assert_eq!(settable(&json!({"rules": []})), json!({"rules": []}));
    }

    #[test]
    fn how_often_each_stub_answered_is_told_by_its_name() {
        let stubs = json!({"seed": null, "stubs": [
            {"id": "a", "answer": "grant", "answered": 2},
            {"id": "b", "answer": "leave", "answered": 0},
        ]});
        let told = answered(&stubs);
        assert_eq!(told, [("a".to_owned(), 2), ("b".to_owned(), 0)].into());
    }
}

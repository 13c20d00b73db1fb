//! Retention over a database: chains that nobody writes are pruned here, the others by the process that writes them.

use qaqpa_channel::stamp_judge;
use qaqpa_model::{ActorName, Moment};
use qaqpa_store::{Company, Doubted, Pruned, Store, StoreConfig, StoreError, Wish};
use qaqpa_transport::{ControlClient, paths, registry};
use serde_json::Value;

use super::{ask, cannot_be_read, now, shown, text};
use crate::exit::Failure;
use crate::running;
use crate::settings::Settings;

/// What became of each chain, by its name.
pub(super) type Chains = Vec<(String, Result<Value, Failure>)>;

/// Prunes every chain of one actor.
pub(super) async fn prune(
    settings: &Settings,
    actor: &ActorName,
    config: &StoreConfig,
    before: Moment,
    doubted: Doubted,
) -> Result<Chains, Failure> {
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let wish = Wish {
        before,
        now: now(settings)?,
        // Others may be writing to the same database.
        company: Company::Writers,
        doubted,
    };
    let judge = stamp_judge(&paths::trust_signature(&settings.data), settings.limits);
    let store = Store::open(config, actor.actor()).await.map_err(cannot)?;
    let pruned = async {
        let journal = store.journal();
        let mut free = journal.abandoned().await?;
        free.push(journal.name());
        let (mut pruned, mut written) = (Vec::new(), Vec::new());
        for chain in journal.chains().await? {
            if free.contains(&chain) {
                let done = journal.of(&chain).prune(wish, &judge).await?;
                pruned.push((shown(actor, &chain), Ok(done.to_json(&chain))));
            } else {
                written.push(chain);
            }
        }
        Ok::<_, StoreError>((pruned, written))
    };
    let pruned = pruned.await;
    store.close().await;
    let (mut pruned, written) = pruned.map_err(cannot)?;
    if pruned.is_empty() && written.is_empty() {
        let nothing = Pruned::Nothing { files: 0 };
        pruned.push((actor.to_string(), Ok(nothing.to_json(actor.actor().name()))));
    }
    if !written.is_empty() {
        pruned.extend(beside(settings, actor, written, before, doubted).await?);
    }
    Ok(pruned)
}

/// By the processes themselves that write these chains.
async fn beside(
    settings: &Settings,
    actor: &ActorName,
    mut written: Vec<String>,
    before: Moment,
    doubted: Doubted,
) -> Result<Chains, Failure> {
    let records = registry::records(&settings.data, actor).map_err(Failure::own)?;
    let mut pruned = Vec::new();
    for record in &records {
        let asked = match ControlClient::of_record(&settings.data, record) {
            Ok(control) => ask(control, before, doubted).await,
            Err(error) => Err(running::refused(error)),
        };
        // Who does not answer has a chain that is named below.
        let Ok(done) = asked else { continue };
        let chain = text(&done["writer"]).to_owned();
        written.retain(|one| *one != chain);
        pruned.push((shown(actor, &chain), Ok(done)));
    }
    for chain in written {
        let failure = Failure::no(
            "a process writes it that does not answer here: prune on its machine, or let [journal] keep-days do it",
        );
        pruned.push((shown(actor, &chain), Err(failure)));
    }
    Ok(pruned)
}

//! `qaqpa journal export`: entries out of the data folder, masked, or raw with a warning.

use std::fmt::Write as _;
use std::path::Path;

use qaqpa_channel::views::record_json;
use qaqpa_model::Actor;
use qaqpa_store::{JournalFilter, Store, StoreError};
use qaqpa_transport::files;

use super::{actors_named, cannot_be_read, entry_named, folder_of, nothing};
use crate::cli::JournalExport;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

const WARNING: &str = "WARNING: raw bytes hold personal data and the senders' passwords. \
                       Show them to nobody, and delete them when they have served.";

/// Entries read together.
const PAGE: u32 = 256;

/// Writes one entry to standard output, or all into a new folder.
pub(super) async fn run(settings: &Settings, options: &JournalExport) -> Outcome {
    if options.raw {
        output::progress(WARNING);
    }
    match (&options.id, &options.all) {
        (Some(id), _) => one(settings, id, options.raw).await,
        (None, Some(folder)) => {
            let actors = actors_named(options.actor.as_deref())?;
            all(settings, &actors, folder, options.raw).await
        }
        (None, None) => Err(Failure::usage("say which entry, or --all DIR")),
    }
}

async fn one(settings: &Settings, id: &str, raw: bool) -> Outcome {
    let (actor, number) = entry_named(id)?;
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let config = folder_of(settings, actor).ok_or_else(|| nothing(settings, &actor.to_string()))?;
    let store = Store::open_to_read(&config, actor).await.map_err(cannot)?;
    let absent = || Failure::no(format!("there is no entry {id}"));
    let record = store.journal().show(number).await.map_err(cannot)?;
    let record = record.ok_or_else(absent)?;
    if raw {
        let bytes = store.journal().raw(number).await.map_err(cannot)?;
        let none = || Failure::no(format!("entry {id} has no raw bytes"));
        output::say_bytes(&bytes.ok_or_else(none)?);
    } else {
        output::say_json(&record_json(&record))?;
    }
    store.close().await;
    Ok(Exit::Yes)
}

async fn all(settings: &Settings, actors: &[Actor], folder: &Path, raw: bool) -> Outcome {
    let taken = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(Failure::usage(format!("{} is not empty", folder.display()))
            .remedy("name a new folder"));
    }
    let mut any = false;
    for actor in actors {
        if let Some(config) = folder_of(settings, *actor) {
            let cannot = |error: StoreError| cannot_be_read(*actor, &error);
            let store = Store::open_to_read(&config, *actor).await.map_err(cannot)?;
            let (entries, raws) = journal(&store, folder, raw).await?;
            store.close().await;
            output::progress(format_args!(
                "{actor}: {entries} entries{}",
                if raw {
                    format!(", {raws} with raw bytes")
                } else {
                    String::new()
                }
            ));
            any = true;
        }
    }
    if any {
        Ok(Exit::Yes)
    } else {
        Err(nothing(settings, "any such actor"))
    }
}

/// One journal into `ACTOR.jsonl` and `ACTOR/NUMBER.raw`; gives the numbers of both.
async fn journal(store: &Store, folder: &Path, raw: bool) -> Result<(u64, u64), Failure> {
    let actor = store.actor();
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let (mut lines, mut entries, mut raws) = (String::new(), 0, 0);
    let mut filter = JournalFilter::default();
    files::create_private_dir(folder).map_err(Failure::own)?;
    let beside = folder.join(actor.name());
    loop {
        let page = store.journal().list(&filter, PAGE).await.map_err(cannot)?;
        let Some(last) = page.last() else {
            break;
        };
        filter.before = Some(last.id);
        for record in &page {
            entries += 1;
            writeln!(lines, "{}", record_json(record)).map_err(Failure::own)?;
            if raw && record.raw_digest.is_some() {
                let bytes = store.journal().raw(record.id).await.map_err(cannot)?;
                files::create_private_dir(&beside).map_err(Failure::own)?;
                let file = beside.join(format!("{}.raw", record.id));
                files::write_private(&file, &bytes.unwrap_or_default()).map_err(Failure::own)?;
                raws += 1;
            }
        }
    }
    let file = folder.join(format!("{actor}.jsonl"));
    files::write_private(&file, lines.as_bytes()).map_err(Failure::own)?;
    Ok((entries, raws))
}

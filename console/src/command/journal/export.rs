//! `qaqpa journal export`: entries out of the data folder or the database, masked, or raw with a warning.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use qaqpa_channel::views::record_json;
use qaqpa_model::ActorName;
use qaqpa_store::{Journal, JournalFilter, JournalRecord, Store, StoreConfig, StoreError};
use qaqpa_transport::files;
use serde_json::Value;

use super::entry::EntryName;
use super::{absent, actors_named, cannot_be_read, chains_of, is_gone, nothing, shown, store_of};
use crate::cli::JournalExport;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

const WARNING: &str = "WARNING: raw bytes hold personal data, and messages the senders' passwords. \
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
            let actors = actors_named(settings, options.actor.as_deref())?;
            all(settings, &actors, folder, options.raw).await
        }
        (None, None) => Err(Failure::usage("say which entry, or --all DIR")),
    }
}

/// One entry with what views do not show put back into it; the message's bytes are exported apart.
pub(super) async fn whole(settings: &Settings, id: &str) -> Outcome {
    output::progress(WARNING);
    let (entry, store) = opened(settings, id).await?;
    let cannot = |error: StoreError| cannot_be_read(&entry.actor, &error);
    let journal = store.journal().of(&entry.chain);
    let record = journal.show(entry.number).await.map_err(cannot)?;
    let record = record.ok_or_else(|| absent(id))?;
    output::say_json(&whole_json(journal, &record).await.map_err(cannot)?)?;
    store.close().await;
    Ok(Exit::Yes)
}

async fn one(settings: &Settings, id: &str, raw: bool) -> Outcome {
    let (entry, store) = opened(settings, id).await?;
    let cannot = |error: StoreError| cannot_be_read(&entry.actor, &error);
    let journal = store.journal().of(&entry.chain);
    let record = journal.show(entry.number).await.map_err(cannot)?;
    let record = record.ok_or_else(|| absent(id))?;
    if raw {
        let bytes = journal.raw(entry.number).await.map_err(cannot)?;
        let none = || {
            Failure::no(format!("entry {id} has no raw bytes"))
                .remedy(format!("`qaqpa journal show {id} --raw` shows what it has"))
        };
        output::say_bytes(&bytes.ok_or_else(none)?);
    } else {
        output::say_json(&record_json(&record))?;
    }
    store.close().await;
    Ok(Exit::Yes)
}

/// The store that holds the entry, to be read.
async fn opened(settings: &Settings, id: &str) -> Result<(EntryName, Store), Failure> {
    let entry = EntryName::parse(settings, id)?;
    let config = store_of(settings, &entry.actor)?;
    let config = config.ok_or_else(|| nothing(settings, &entry.actor.to_string()))?;
    let store = Store::open_to_read(&config, entry.actor.actor()).await;
    let store = store.map_err(|error| cannot_be_read(&entry.actor, &error))?;
    Ok((entry, store))
}

/// An entry as views show it, but with what they withhold.
async fn whole_json(journal: Journal<'_>, record: &JournalRecord) -> Result<Value, StoreError> {
    let mut shown = record_json(record);
    if let Some(summary) = journal.whole(record.id).await? {
        shown["summary"] = summary;
    }
    Ok(shown)
}

async fn all(settings: &Settings, actors: &[ActorName], folder: &Path, raw: bool) -> Outcome {
    let taken = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(Failure::usage(format!("{} is not empty", folder.display()))
            .remedy("name a new folder"));
    }
    let (mut any, mut whole) = (false, true);
    for actor in actors {
        let Some(config) = store_of(settings, actor)? else {
            if is_gone(settings, actor) {
                output::progress(format_args!("{actor}: the whole journal is gone"));
                whole = false;
            }
            continue;
        };
        any = true;
        match journals_of(&config, actor, folder, raw).await {
            Ok(exported) => whole &= exported,
            // The other journals are exported all the same.
            Err(failure) => {
                whole = false;
                output::progress(failure.message);
            }
        }
    }
    match (any, whole) {
        (false, _) => Err(nothing(settings, "any such actor")),
        (true, true) => Ok(Exit::Yes),
        (true, false) => Ok(Exit::Undecided),
    }
}

/// What was written of one journal.
#[derive(Default)]
struct Exported {
    entries: u64,
    raws: u64,
    /// Entries that cannot be read, and raw bytes that are missing or changed.
    damaged: u64,
}

/// Every chain of one actor; whether nothing was damaged.
async fn journals_of(
    config: &StoreConfig,
    actor: &ActorName,
    folder: &Path,
    raw: bool,
) -> Result<bool, Failure> {
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let store = Store::open_to_read(config, actor.actor())
        .await
        .map_err(cannot)?;
    let exported = async {
        let mut whole = true;
        for chain in chains_of(&store).await.map_err(cannot)? {
            let name = shown(actor, &chain);
            let exported = journal(store.journal().of(&chain), actor, &name, folder, raw).await?;
            whole &= exported.damaged == 0;
            tell(&name, &exported, raw);
        }
        Ok::<_, Failure>(whole)
    };
    let exported = exported.await;
    store.close().await;
    exported
}

fn tell(name: &str, exported: &Exported, raw: bool) {
    let Exported {
        entries,
        raws,
        damaged,
    } = exported;
    output::progress(format_args!(
        "{name}: {entries} entries{}{}",
        if raw {
            format!(", {raws} with raw bytes")
        } else {
            String::new()
        },
        if *damaged > 0 {
            format!("; {damaged} damaged, named above")
        } else {
            String::new()
        }
    ));
}

/// One chain into `NAME.jsonl` and `NAME/NUMBER.raw`, newest first; what is damaged is named and passed over.
async fn journal(
    journal: Journal<'_>,
    actor: &ActorName,
    name: &str,
    folder: &Path,
    raw: bool,
) -> Result<Exported, Failure> {
    let mut exported = Exported::default();
    files::create_private_dir(folder).map_err(Failure::own)?;
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join(format!("{name}.jsonl")))
        .map_err(Failure::own)?;
    let mut lines = BufWriter::new(file);
    let beside = folder.join(name);
    let mut before = None;
    loop {
        let (records, last) = page(journal, actor, name, before, &mut exported).await?;
        let Some(last) = last else {
            break;
        };
        before = Some(last);
        for record in &records {
            exported.entries += 1;
            let mut line = record_json(record);
            if raw && record.withheld_digest.is_some() {
                match whole_json(journal, record).await {
                    Ok(whole) => line = whole,
                    Err(error) => {
                        exported.damaged += 1;
                        output::progress(format_args!("{name}:{}: {error}", record.id));
                    }
                }
            }
            writeln!(lines, "{line}").map_err(Failure::own)?;
            if !raw || record.raw_digest.is_none() {
                continue;
            }
            match journal.raw(record.id).await {
                Ok(bytes) => {
                    files::create_private_dir(&beside).map_err(Failure::own)?;
                    let file = beside.join(format!("{}.raw", record.id));
                    files::write_private(&file, &bytes.unwrap_or_default())
                        .map_err(Failure::own)?;
                    exported.raws += 1;
                }
                Err(error) => {
                    exported.damaged += 1;
                    output::progress(format_args!("{name}:{}: {error}", record.id));
                }
            }
        }
    }
    lines.flush().map_err(Failure::own)?;
    Ok(exported)
}

/// The entries before that number, and the last number looked at; `None` where there are no more.
async fn page(
    journal: Journal<'_>,
    actor: &ActorName,
    name: &str,
    before: Option<i64>,
    exported: &mut Exported,
) -> Result<(Vec<JournalRecord>, Option<i64>), Failure> {
    let filter = JournalFilter {
        before,
        ..JournalFilter::default()
    };
    if let Ok(records) = journal.list(&filter, PAGE).await {
        let last = records.last().map(|record| record.id);
        return Ok((records, last));
    }
    // One of them cannot be read: each by itself.
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let numbers = journal.numbers(before, PAGE).await.map_err(cannot)?;
    let mut records = Vec::new();
    for number in &numbers {
        match journal.show(*number).await {
            Ok(record) => records.extend(record),
            Err(error) => {
                exported.damaged += 1;
                output::progress(format_args!("{name}:{number}: {error}"));
            }
        }
    }
    Ok((records, numbers.last().copied()))
}

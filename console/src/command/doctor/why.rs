//! `qaqpa doctor --for MESSAGE-ID`: what became of a message, why it was refused, and what to do.
//!
//! The journals of all actors are read, whether or not anybody runs. What decided is told: the label, the cause, the first check that was
//! not passed, the evidence that it hung on, and the remedy in each language.

use qaqpa_channel::views;
use qaqpa_model::{ActorName, Lang, MessageId, RefusalLabel};
use qaqpa_store::{ATTEMPT_FAILED, HELD, JournalFilter, Store, StoreConfig, StoreError};
use qaqpa_verdict::report::{Advice, simple};
use qaqpa_verdict::{Outcome as CheckOutcome, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::command::journal::{actors_named, store_of};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

/// The version of the shape (docs/schema/doctor-message.schema.json).
const VERSION: u16 = 1;

/// Entries of one message in one journal that are looked at.
const ENTRIES_MAX: u32 = 1000;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Became {
    /// Accepted, and delivered by whoever accepted it last.
    Delivered,
    /// Accepted; not delivered yet, or there is nothing more to deliver.
    Accepted,
    /// Accepted, and the attempts to deliver it have come to nothing so far.
    Delayed,
    /// Somebody could not work: it may be sent again.
    Faulted,
    /// Accepted, and waiting until its receiver fetches it.
    Held,
    /// Refused by a check or by the regulation.
    Refused,
    /// Accepted, and its delivery has stopped.
    Stopped,
}

/// A sentence in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Told {
    kk: String,
    ru: String,
    en: String,
}

impl Told {
    fn of(text: impl Fn(Lang) -> String) -> Self {
        Self {
            kk: text(Lang::Kk),
            ru: text(Lang::Ru),
            en: text(Lang::En),
        }
    }

    fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Kk => &self.kk,
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// The first check that was not passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Check {
    id: String,
    clause: String,
    why: String,
}

/// A piece of evidence that the verdict hung on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Evidence {
    kind: String,
    about: String,
    standing: String,
    why: String,
}

/// One entry of the story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Chapter {
    /// `ACTOR:NUMBER`, for `qaqpa journal show`.
    id: String,
    at: String,
    kind: String,
    direction: String,
    label: Option<String>,
}

/// Everything that is known of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Story {
    version: u16,
    message: String,
    became: Became,
    /// The entry that decided.
    by: String,
    label: Option<String>,
    cause: Option<String>,
    /// The journal's own words, in English.
    why: Option<String>,
    check: Option<Check>,
    evidence: Vec<Evidence>,
    reason: Option<Told>,
    remedy: Option<Told>,
    /// What happened, oldest first.
    story: Vec<Chapter>,
    /// Actors whose journals could not be read, and why.
    not_read: Vec<Value>,
}

/// Reads every journal.
pub(super) async fn run(settings: &Settings, message: &str, format: Format) -> Outcome {
    let message = MessageId::parse(message).map_err(|error| {
        Failure::usage(format!("{message:?}: {error}"))
            .remedy("`qaqpa journal list` shows the ids of messages")
    })?;
    let (entries, not_read) = gather(settings, &message).await?;
    if entries.is_empty() {
        let missing: Vec<_> = not_read
            .iter()
            .filter_map(|one| one["actor"].as_str())
            .collect();
        let failure = Failure {
            exit: if missing.is_empty() {
                Exit::No
            } else {
                Exit::Undecided
            },
            ..Failure::no(format!(
                "no journal that was read knows the message {message}"
            ))
        };
        return Err(failure.remedy(if missing.is_empty() {
            "`qaqpa journal list` shows the ids of messages; one that was no envelope has none"
                .to_owned()
        } else {
            format!(
                "not asked: {}; start them and ask again",
                missing.join(", ")
            )
        }));
    }
    let story = Story::of(&message, &entries, not_read);
    match format {
        Format::Json => output::say_json(&story)?,
        _ => story.say(settings.lang),
    }
    Ok(match story.became {
        Became::Accepted | Became::Delivered | Became::Held => Exit::Yes,
        Became::Refused | Became::Stopped => Exit::No,
        Became::Delayed | Became::Faulted => Exit::Undecided,
    })
}

/// The entries of this message in all journals, oldest first, each with its actor's name in its id. The stores are read
/// themselves, whether or not anybody runs.
async fn gather(
    settings: &Settings,
    message: &MessageId,
) -> Result<(Vec<Value>, Vec<Value>), Failure> {
    let mut stores = Vec::new();
    for name in actors_named(settings, None)? {
        if let Some(store) = store_of(settings, &name)? {
            stores.push((name, store));
        }
    }
    if stores.is_empty() {
        return Err(Failure::no(format!(
            "no actor has ever run in {}",
            settings.data.display()
        ))
        .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR"));
    }
    let (mut entries, mut not_read) = (Vec::new(), Vec::new());
    for (name, store) in stores {
        match read(&name, &store, message).await {
            Ok(found) => entries.extend(found),
            Err(error) => {
                not_read.push(json!({ "actor": name.to_string(), "why": error.to_string() }));
            }
        }
    }
    // Moments are all written alike; entries of one moment stay in the order of their chain.
    entries.sort_by(|one, other| text(one, "at").cmp(text(other, "at")));
    Ok((entries, not_read))
}

/// The entries in every chain of one store, each chain oldest first.
async fn read(
    name: &ActorName,
    config: &StoreConfig,
    message: &MessageId,
) -> Result<Vec<Value>, StoreError> {
    let store = Store::open_to_read(config, name.actor()).await?;
    let filter = JournalFilter {
        message_id: Some(message.clone()),
        ..JournalFilter::default()
    };
    let mut entries = Vec::new();
    // Each process over one database has a chain of its own.
    for chain in store.journal().chains().await? {
        let found = store
            .journal()
            .of(&chain)
            .list(&filter, ENTRIES_MAX)
            .await?;
        let found = found.iter().rev().map(views::record_json);
        entries.extend(found.map(|entry| named(name, entry)));
    }
    store.close().await;
    Ok(entries)
}

/// The entry with `ACTOR:NUMBER` for its number; where several processes share a database, with the name of its chain.
fn named(name: &ActorName, mut entry: Value) -> Value {
    let writer = entry["writer"]
        .as_str()
        .filter(|writer| *writer != name.actor().name());
    let whose = writer.map_or_else(|| name.to_string(), str::to_owned);
    entry["id"] = json!(format!("{whose}:{}", entry["id"]));
    entry
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

fn owned(value: &Value, field: &str) -> Option<String> {
    value[field].as_str().map(str::to_owned)
}

/// What one entry says of the message's fate, where it says anything.
fn fate(entry: &Value) -> Option<Became> {
    match text(entry, "kind") {
        "accepted" | "asked-again" | "resent" => Some(Became::Accepted),
        ATTEMPT_FAILED => Some(Became::Delayed),
        HELD => Some(Became::Held),
        "delivered" => Some(Became::Delivered),
        "faulted" => Some(Became::Faulted),
        "parked" => Some(Became::Stopped),
        "refused" | "refused-at-the-door" => Some(Became::Refused),
        _ if entry["label"].is_string() => Some(Became::Refused),
        _ => None,
    }
}

/// The entry that decides: the last one that says anything; but a delivery that stopped because the receiver refused is
/// the receiver's refusal, which says why.
fn decisive(entries: &[Value]) -> Option<(&Value, Became)> {
    let told = |entry| fate(entry).map(|became| (entry, became));
    let last = entries.iter().rev().find_map(told)?;
    if last.1 == Became::Accepted {
        // Who delivers and who accepts say so in the same second.
        let mut before = entries.iter().rev().filter_map(told);
        let before = before.find(|(_, became)| *became != Became::Accepted);
        return Some(
            before
                .filter(|(_, became)| *became == Became::Delivered)
                .unwrap_or(last),
        );
    }
    if last.1 != Became::Stopped {
        return Some(last);
    }
    let refused = entries
        .iter()
        .rev()
        .filter_map(told)
        .find(|(_, became)| *became == Became::Refused);
    Some(refused.unwrap_or(last))
}

/// The verdict that an entry keeps: about the document, or about the envelope. What the journal withholds of its
/// evidence is not needed to tell it.
fn verdict(summary: &Value) -> Option<Verdict> {
    ["verdict", "transport-verdict"]
        .iter()
        .filter_map(|name| {
            let mut kept = summary[*name].clone();
            kept.as_object_mut()?.insert(
                "dossier".to_owned(),
                json!({ "seed": "", "path": [], "fed": [] }),
            );
            Verdict::from_json(&kept.to_string()).ok()
        })
        .find(|verdict| !verdict.is_passed())
}

impl Story {
    fn of(message: &MessageId, entries: &[Value], not_read: Vec<Value>) -> Self {
        let (entry, became) = decisive(entries).unwrap_or((&Value::Null, Became::Accepted));
        let summary = &entry["summary"];
        let verdict = verdict(summary).filter(|_| became == Became::Refused);
        let label = owned(entry, "label");
        let parsed = label.as_deref().and_then(RefusalLabel::parse);
        let check = verdict.as_ref().and_then(failing);
        let words = |lang| match (&verdict, parsed) {
            (Some(verdict), _) => {
                let report = simple(verdict, lang);
                Some((report.reasons.join(" "), report.remedies.join(" ")))
            }
            (None, Some(label)) => {
                let advice = Advice::of(label, lang);
                Some((advice.reason.to_owned(), advice.remedy.to_owned()))
            }
            (None, None) => None,
        };
        let known = words(Lang::En).is_some();
        let (reason, remedy) = if known {
            (
                Some(Told::of(|lang| words(lang).unwrap_or_default().0)),
                Some(Told::of(|lang| words(lang).unwrap_or_default().1)),
            )
        } else {
            (None, of_fate(became))
        };
        let cause = verdict.as_ref().and_then(Verdict::cause);
        Self {
            version: VERSION,
            message: message.as_str().to_owned(),
            became,
            by: text(entry, "id").to_owned(),
            label,
            cause: cause
                .map(|cause| cause.as_str().to_owned())
                .or_else(|| owned(summary, "cause")),
            why: owned(summary, "why"),
            check,
            evidence: verdict.as_ref().map(evidence).unwrap_or_default(),
            reason,
            remedy,
            story: entries.iter().map(chapter).collect(),
            not_read,
        }
    }

    fn say(&self, lang: Lang) {
        let became = match self.became {
            Became::Delivered => "delivered",
            Became::Accepted => "accepted",
            Became::Delayed => "accepted; the attempts to deliver it have failed so far",
            Became::Held => "accepted, and waiting until its receiver fetches it",
            Became::Faulted => "not worked on: a fault, it may be sent again",
            Became::Refused => "refused",
            Became::Stopped => "accepted, and its delivery has stopped",
        };
        let row = |what: &str, text: &str| output::say(format_args!("{what:<9} {text}"));
        row("message", &self.message);
        row("became", &format!("{became} ({})", self.by));
        let optional = |what, text: Option<&str>| {
            if let Some(text) = text {
                row(what, text);
            }
        };
        optional("label", self.label.as_deref());
        optional("cause", self.cause.as_deref());
        optional("why", self.why.as_deref());
        if let Some(check) = &self.check {
            row(
                "check",
                &format!("{} [{}]: {}", check.id, check.clause, check.why),
            );
        }
        for evidence in &self.evidence {
            let text = format!(
                "{} about {}: {}: {}",
                evidence.kind, evidence.about, evidence.standing, evidence.why
            );
            row("evidence", &text);
        }
        optional(
            "reason",
            self.reason.as_ref().map(|told| told.in_lang(lang)),
        );
        optional("help", self.remedy.as_ref().map(|told| told.in_lang(lang)));
        output::say("");
        for chapter in &self.story {
            output::say(format_args!(
                "{}  {:<22} {:<4} {:<22} {}",
                chapter.at,
                chapter.id,
                chapter.direction,
                chapter.kind,
                chapter.label.as_deref().unwrap_or_default(),
            ));
        }
        for one in &self.not_read {
            output::say(format_args!(
                "not read: {}: {}",
                text(one, "actor"),
                text(one, "why")
            ));
        }
    }
}

fn chapter(entry: &Value) -> Chapter {
    Chapter {
        id: text(entry, "id").to_owned(),
        at: text(entry, "at").to_owned(),
        kind: text(entry, "kind").to_owned(),
        direction: text(entry, "direction").to_owned(),
        label: owned(entry, "label"),
    }
}

/// The first check of a verdict that was asked and not passed.
fn failing(verdict: &Verdict) -> Option<Check> {
    let amiss = |outcome| matches!(outcome, CheckOutcome::Fail | CheckOutcome::Undecided);
    let check = verdict.checks.iter().find(|check| amiss(check.outcome))?;
    Some(Check {
        id: check.id.as_str().to_owned(),
        clause: check.clause.to_string(),
        why: check.why.clone(),
    })
}

fn evidence(verdict: &Verdict) -> Vec<Evidence> {
    let of = |view: &qaqpa_verdict::EvidenceView| Evidence {
        kind: serde_json::to_value(view.kind)
            .ok()
            .and_then(|kind| kind.as_str().map(str::to_owned))
            .unwrap_or_default(),
        about: view.about.clone(),
        standing: view.standing.clone(),
        why: view.why.clone(),
    };
    verdict.evidence.iter().map(of).collect()
}

/// What to do where no check has spoken.
fn of_fate(became: Became) -> Option<Told> {
    let told = |kk: &str, ru: &str, en: &str| {
        Some(Told {
            kk: kk.to_owned(),
            ru: ru.to_owned(),
            en: en.to_owned(),
        })
    };
    match became {
        Became::Faulted => told(
            "Хабарды сол күйінде қайта жіберіңіз; `qaqpa doctor` ненің жұмыс істемейтінін көрсетеді.",
            "Отправьте сообщение ещё раз без изменений; `qaqpa doctor` покажет, что не работает.",
            "Send the same message again; `qaqpa doctor` tells what does not work.",
        ),
        Became::Stopped => told(
            "`qaqpa outbox list --stopped` себебін көрсетеді; түзеткен соң `qaqpa outbox resend` қайта жібереді.",
            "`qaqpa outbox list --stopped` покажет причину; когда она устранена, `qaqpa outbox resend` отправит снова.",
            "`qaqpa outbox list --stopped` tells why; once that is mended, `qaqpa outbox resend` sends it again.",
        ),
        Became::Delayed => told(
            "Әрекеттер қайталанады; `qaqpa doctor` қабылдаушының жұмыс істеп тұрған-тұрмағанын көрсетеді.",
            "Попытки повторяются; `qaqpa doctor` покажет, работает ли получатель.",
            "It is tried again; `qaqpa doctor` tells whether the receiver is up.",
        ),
        Became::Held => told(
            "Жүйе оны асинхронды арнаның `getMessages` әрекетімен алады.",
            "Система забирает его операцией `getMessages` асинхронного канала.",
            "The system fetches it with `getMessages` of the asynchronous channel.",
        ),
        Became::Accepted | Became::Delivered | Became::Refused => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, at: u8, kind: &str, label: Option<&str>) -> Value {
        json!({
            "id": id,
            "at": format!("2026-11-22T12:00:{at:02}+05:00"),
            "kind": kind,
            "direction": "in",
            "label": label,
            "summary": { "why": format!("{kind} it was") },
        })
    }

    fn story(entries: &[Value]) -> Story {
        let message = MessageId::parse("4bf92f35-77b3-4da6-a3ce-929d0e0e4736").unwrap();
        Story::of(&message, entries, Vec::new())
    }

    #[test]
    fn a_stop_because_of_a_refusal_is_told_as_the_refusal_with_its_remedy() {
        let story = story(&[
            entry("portal:1", 1, "accepted", None),
            entry("gateway:7", 2, "refused", Some("certificate-revoked")),
            entry("portal:2", 3, "parked", None),
        ]);
        assert_eq!(
            (story.became, story.by.as_str(), story.label.as_deref()),
            (Became::Refused, "gateway:7", Some("certificate-revoked"))
        );
        let label = RefusalLabel::parse("certificate-revoked").unwrap();
        let remedy = story.remedy.unwrap();
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            assert_eq!(remedy.in_lang(lang), Advice::of(label, lang).remedy);
        }
        assert_eq!(story.why.as_deref(), Some("refused it was"));
    }

    #[test]
    fn the_last_word_decides_and_a_fault_may_be_sent_again() {
        let became = |entries: &[Value]| story(entries).became;
        let accepted = entry("gateway:1", 2, "accepted", None);
        let faulted = entry("gateway:2", 1, "faulted", None);
        let delivered = entry("gateway:3", 3, "delivered", None);
        let stopped = entry("gateway:4", 4, "parked", None);
        let resent = entry("gateway:5", 5, "resent", None);
        let sealed = entry("gateway:6", 9, "sealed", None);
        assert_eq!(became(std::slice::from_ref(&faulted)), Became::Faulted);
        assert_eq!(became(&[faulted, accepted.clone()]), Became::Accepted);
        let registered = entry("regional-gateway:1", 3, "accepted", None);
        let told = [accepted.clone(), delivered, registered];
        assert_eq!(became(&told[..2]), Became::Delivered);
        assert_eq!(became(&told), Became::Delivered);
        let all = [accepted, stopped.clone()];
        assert_eq!(became(&all), Became::Stopped);
        assert!(story(&all).remedy.is_some());
        assert_eq!(became(&[stopped, resent, sealed]), Became::Accepted);
    }

    #[test]
    fn what_is_tried_again_and_what_waits_to_be_fetched_is_told_with_what_to_do() {
        let accepted = entry("gateway:1", 1, "accepted", None);
        let failed = entry("gateway:2", 2, "attempt-failed", None);
        let delayed = story(&[accepted.clone(), failed.clone()]);
        assert_eq!(delayed.became, Became::Delayed);
        assert_eq!(delayed.why.as_deref(), Some("attempt-failed it was"));
        let remedy = delayed.remedy.unwrap();
        assert!(remedy.in_lang(Lang::En).contains("`qaqpa doctor`"));
        // Whoever got it said so, though its answer was lost.
        let registered = entry("regional-gateway:1", 3, "accepted", None);
        let all = [accepted.clone(), failed, registered];
        assert_eq!(story(&all).became, Became::Accepted);

        let held = entry("gateway:2", 2, "held", None);
        let waiting = story(&[accepted, held]);
        assert_eq!(waiting.became, Became::Held);
        let remedy = waiting.remedy.unwrap();
        assert!(remedy.in_lang(Lang::En).contains("`getMessages`"));
    }
}

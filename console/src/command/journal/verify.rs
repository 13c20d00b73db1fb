//! `qaqpa journal verify`: the proof, from the data folder or from the running actors.

use qaqpa_channel::stamp_judge;
use qaqpa_model::ActorName;
use qaqpa_store::Store;
use qaqpa_transport::paths;
use serde_json::{Value, json};

use super::{
    actors_named, cannot_be_read, control, folder_of, is_gone, nothing, running_named, text,
};
use crate::cli::{Format, JournalVerify};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Proves the journals; exit 0 if all are proven, 1 if one is broken, 2 if one is undecided and none broken.
pub(super) async fn run(settings: &Settings, options: &JournalVerify, format: Format) -> Outcome {
    let (mut proofs, mut gone, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    let name = options.actor.as_deref();
    let actors = if options.running {
        running_named(settings, name)?
    } else {
        actors_named(settings, name)?
    };
    for actor in actors {
        let proof = if options.running {
            ask(settings, &actor).await.map(Some)
        } else {
            prove(settings, options, &actor).await
        };
        match proof {
            // The others are proven all the same.
            Err(failure) if name.is_none() => unread.push((actor, failure.message)),
            Err(failure) => return Err(failure),
            Ok(Some(mut proof)) => {
                // Stores know what kind of actor they are of, not which one.
                proof["writer"] = json!(actor.to_string());
                proofs.push(proof);
            }
            Ok(None) if is_gone(settings, &actor) => gone.push(actor),
            Ok(None) if name.is_none() => {}
            Ok(None) => return Err(nothing(settings, &actor.to_string())),
        }
    }
    if proofs.is_empty() && gone.is_empty() && unread.is_empty() {
        return Err(nothing(settings, "any actor"));
    }
    let is = |word: &str| proofs.iter().any(|proof| proof["indication"] == word);
    let (exit, indication) = if is("broken") || !gone.is_empty() {
        (Exit::No, "broken")
    } else if is("undecided") || !unread.is_empty() {
        (Exit::Undecided, "undecided")
    } else {
        (Exit::Yes, "proven")
    };
    match format {
        Format::Json => {
            let gone: Vec<_> = gone.iter().map(ActorName::to_string).collect();
            let unread: Vec<_> = unread
                .iter()
                .map(|(actor, why)| json!({ "writer": actor.to_string(), "why": why }))
                .collect();
            output::say_json(&json!({
                "indication": indication,
                "journals": proofs,
                "gone": gone,
                "unread": unread,
            }))?;
        }
        _ => {
            proofs.iter().for_each(tell);
            for actor in gone {
                output::say(format_args!(
                    "{actor}: GONE\n  {actor} has worked in {}, but there is no {actor}/store.sqlite: its whole journal is missing",
                    settings.data.display(),
                ));
            }
            for (actor, why) in unread {
                output::say(format_args!("{actor}: NOT READ\n  {why}"));
            }
        }
    }
    Ok(exit)
}

async fn ask(settings: &Settings, actor: &ActorName) -> Result<Value, Failure> {
    control(settings, actor)?
        .get("/journal/verify")
        .await
        .map_err(running::refused)
}

/// The proof from the folder: nothing in it is changed. `None` where that actor has never been.
async fn prove(
    settings: &Settings,
    options: &JournalVerify,
    actor: &ActorName,
) -> Result<Option<Value>, Failure> {
    let Some(config) = folder_of(settings, actor) else {
        return Ok(None);
    };
    let trust = options
        .trust
        .clone()
        .unwrap_or_else(|| paths::trust_signature(&settings.data));
    let cannot = |error| cannot_be_read(actor, &error);
    let store = Store::open_to_read(&config, actor.actor())
        .await
        .map_err(cannot)?;
    let proof = store
        .journal()
        .verify(&stamp_judge(&trust, settings.limits))
        .await;
    store.close().await;
    Ok(Some(proof.map_err(cannot)?.to_json()))
}

fn tell(proof: &Value) {
    let count = |name: &str| proof[name].as_u64().unwrap_or(0);
    let heading = match text(&proof["indication"]) {
        "undecided" if proof["vouched"].is_null() && count("entries") == 0 => {
            "UNDECIDED: EMPTY".to_owned()
        }
        "undecided" if proof["vouched"].is_null() => {
            "UNDECIDED: HOLDS TOGETHER, NOTHING IS VOUCHED FOR".to_owned()
        }
        indication => indication.to_uppercase(),
    };
    output::say(format_args!("{}: {heading}", text(&proof["writer"])));
    let broken = &proof["broken"];
    if broken.is_object() {
        let (entry, until) = (&broken["entry"], &broken["until"]);
        let which = if entry == until {
            format!("entry {entry}")
        } else {
            format!("entries {entry}…{until}, the first of which is named as far as it can be")
        };
        output::say(format_args!(
            "  {}: {which}, in segment {}",
            text(&broken["kind"]),
            broken["segment"]
        ));
        output::say(format_args!("  how it is known: {}", text(&broken["how"])));
        output::say(format_args!(
            "  before that: {} entries hold",
            count("entries")
        ));
    } else {
        output::say(format_args!(
            "  {} entries hold, in {} sealed segments and the open one",
            count("entries"),
            count("segments")
        ));
    }
    if count("pruned") > 0 {
        output::say(format_args!(
            "  {} entries before these were removed by retention; the checkpoint holds",
            count("pruned")
        ));
    }
    match proof["vouched"].as_object() {
        Some(vouched) => output::say(format_args!(
            "  the authority vouches for every entry up to {}, by its stamp of {}",
            vouched["entry"],
            text(&vouched["at"])
        )),
        None => output::say("  no stamp of the authority vouches for any entry"),
    }
    if count("set_back") > 0 {
        output::say(format_args!(
            "  {} entries tell that the clock was set back (it is the journal's own word): earlier moments after them are no doubt",
            count("set_back")
        ));
    }
    if let Some(lag) = proof["lag"].as_u64() {
        output::say(format_args!(
            "  the longest time from a seal to its stamp: {lag} s"
        ));
    }
    for doubt in proof["doubts"].as_array().into_iter().flatten() {
        output::say(format_args!(
            "  in doubt: {}: {}",
            text(&doubt["kind"]),
            text(&doubt["how"])
        ));
    }
    if count("waiting") > 0 {
        output::say(format_args!(
            "  {} sealed segments after that wait for a stamp{}",
            count("waiting"),
            match proof["unjudged"].as_str() {
                Some(why) => format!(", or theirs could not be judged: {why}"),
                None => String::new(),
            }
        ));
    }
    if count("unsealed") > 0 {
        output::say(format_args!(
            "  {} entries at the end are not sealed yet: whoever can write to the database could cut or rewrite them unseen",
            count("unsealed")
        ));
    }
    output::say(format_args!("  head {}", text(&proof["head"])));
}

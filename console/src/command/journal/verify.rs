//! `qaqpa journal verify`: the proof, from the data folder or from the running actors.

use http::StatusCode;
use qaqpa_channel::stamp_judge;
use qaqpa_channel::views::ChainsView;
use qaqpa_model::ActorName;
use qaqpa_store::{Store, StoreError};
use qaqpa_transport::{ControlError, paths};
use serde_json::{Value, json};

use super::{
    actors_named, cannot_be_read, chains_of, control, is_gone, nothing, running_named, shown,
    store_of, text,
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
        let found = if options.running {
            ask(settings, &actor).await.map(Some)
        } else {
            prove(settings, options, &actor).await
        };
        match found {
            // The others are proven all the same.
            Err(failure) if name.is_none() => unread.push((actor, failure.message)),
            Err(failure) => return Err(failure),
            Ok(Some(found)) => {
                proofs.extend(found.proofs);
                gone.extend(found.missing.into_iter().map(|chain| Gone {
                    how: format!(
                        "another chain tells of {chain}, and nothing of it is there: its whole journal is missing"
                    ),
                    name: chain,
                }));
            }
            Ok(None) if is_gone(settings, &actor) => gone.push(Gone {
                how: format!(
                    "{actor} has worked in {}, but there is no {actor}/store.sqlite: its whole journal is missing",
                    settings.data.display(),
                ),
                name: actor.to_string(),
            }),
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
            let gone: Vec<_> = gone.iter().map(|one| &one.name).collect();
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
            for Gone { name, how } in gone {
                output::say(format_args!("{name}: GONE\n  {how}"));
            }
            for (actor, why) in unread {
                output::say(format_args!("{actor}: NOT READ\n  {why}"));
            }
        }
    }
    Ok(exit)
}

/// A journal of which nothing is left.
struct Gone {
    name: String,
    how: String,
}

/// The journal of one actor: one chain in files; in a database one of each process, also of those that are gone.
struct Found {
    proofs: Vec<Value>,
    /// Chains that others tell of.
    missing: Vec<String>,
}

async fn ask(settings: &Settings, actor: &ActorName) -> Result<Found, Failure> {
    let control = control(settings, actor)?;
    let chains: ChainsView = match control.get("/journal/chains").await {
        // The authority has one, and takes the word for an entry's number.
        Err(ControlError::Refused {
            status: StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST,
            ..
        }) => ChainsView::default(),
        answered => answered.map_err(running::refused)?,
    };
    let mut proofs = Vec::new();
    for chain in &chains.chains {
        let path = format!("/journal/verify?chain={chain}");
        let mut proof: Value = control.get(&path).await.map_err(running::refused)?;
        proof["writer"] = json!(shown(actor, chain));
        proofs.push(proof);
    }
    if proofs.is_empty() {
        let path = "/journal/verify";
        let mut proof: Value = control.get(path).await.map_err(running::refused)?;
        proof["writer"] = json!(actor.to_string());
        proofs.push(proof);
    }
    let missing = chains.missing.iter();
    Ok(Found {
        proofs,
        missing: missing.map(|chain| shown(actor, chain)).collect(),
    })
}

/// The proofs from the folder or the database: nothing in it is changed. `None` where that actor has never been.
async fn prove(
    settings: &Settings,
    options: &JournalVerify,
    actor: &ActorName,
) -> Result<Option<Found>, Failure> {
    let Some(config) = store_of(settings, actor)? else {
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
    let judge = stamp_judge(&trust, settings.limits);
    let found = async {
        let journal = store.journal();
        let chains = chains_of(&store).await?;
        let mut proofs = Vec::new();
        for chain in &chains {
            let mut proof = journal.of(chain).verify(&judge).await?.to_json();
            proof["writer"] = json!(shown(actor, chain));
            proofs.push(proof);
        }
        let missing = journal.missing().await?;
        let missing = missing.iter().map(|chain| shown(actor, chain)).collect();
        Ok::<_, StoreError>(Found { proofs, missing })
    };
    let found = found.await;
    store.close().await;
    found.map(Some).map_err(cannot)
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

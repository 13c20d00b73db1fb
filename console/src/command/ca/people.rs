//! `qaqpa ca people`: the packs of ready-made people; issuing them.

use qaqpa_transport::{ControlClient, identities, paths};
use serde_json::{Value, json};

use super::text;
use crate::cli::{Format, People};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

pub(super) async fn run(
    settings: &Settings,
    authority: &ControlClient,
    options: &People,
    format: Format,
) -> Outcome {
    let mut packs: Vec<Value> = authority.get("/people").await.map_err(running::refused)?;
    if !options.pack.is_empty() {
        let all: Vec<String> = packs
            .iter()
            .map(|pack| text(&pack["pack"]).to_owned())
            .collect();
        let wanted = chosen(&all, &options.pack)?;
        for pack in &wanted {
            // Pack by pack: a request has a limit of time.
            output::progress(format_args!("==> issuing {pack}"));
            let path = format!("/people/{pack}");
            let _issued: Value = authority
                .post(&path, &json!({}))
                .await
                .map_err(running::refused)?;
        }
        packs = authority.get("/people").await.map_err(running::refused)?;
        packs.retain(|pack| wanted.iter().any(|name| pack["pack"] == name.as_str()));
    }
    let index = identities::read(&settings.data)
        .map_err(Failure::own)?
        .unwrap_or_default();
    let packs: Vec<Value> = packs
        .into_iter()
        .map(|pack| with_keys(settings, &index, pack))
        .collect();
    match format {
        Format::Json => output::say_json(&packs)?,
        _ => {
            packs.iter().for_each(say_pack);
            output::say(format_args!(
                "key files, passwords and relations: {}",
                paths::identities_index(&settings.data).display()
            ));
        }
    }
    Ok(Exit::Yes)
}

/// The packs that are meant, in the authority's order.
fn chosen(all: &[String], wanted: &[String]) -> Result<Vec<String>, Failure> {
    let unknown = |name: &&String| *name != "all" && !all.contains(name);
    if let Some(name) = wanted.iter().find(unknown) {
        return Err(Failure::usage(format!("{name:?} is not a pack of people"))
            .remedy(format!("one of {}, all", all.join(", "))));
    }
    let meant = |name: &&String| wanted.contains(name) || wanted.iter().any(|one| one == "all");
    Ok(all.iter().filter(meant).cloned().collect())
}

/// The pack with the paths of the key files that are there.
fn with_keys(settings: &Settings, index: &identities::Index, mut pack: Value) -> Value {
    for person in pack["people"].as_array_mut().into_iter().flatten() {
        let known = index.identity(text(&person["id"]));
        if let Some(known) = known {
            person["key"] = json!(settings.data.join(&known.key));
            person["password"] = json!(known.password);
        }
    }
    pack
}

fn say_pack(pack: &Value) {
    let name = text(&pack["pack"]);
    let state = if pack["issued"] == true {
        "issued".to_owned()
    } else {
        format!("not issued: qaqpa ca people --pack {name}")
    };
    output::say(format_args!("{name}: {} ({state})", text(&pack["about"])));
    for person in pack["people"].as_array().into_iter().flatten() {
        let verdict = match person["label"].as_str() {
            Some(label) => label,
            None => text(&person["expected"]),
        };
        output::say(format_args!(
            "  {:<20} {:<16} {:<10} {:<24} {}",
            text(&person["id"]),
            text(&person["role"]),
            text(&person["key_kind"]),
            verdict,
            text(&person["about"]),
        ));
    }
    for (what, title) in [("keyless", "without keys"), ("systems", "systems")] {
        let ids: Vec<&str> = pack[what]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !ids.is_empty() {
            output::say(format_args!("  {title}: {}", ids.join(", ")));
        }
    }
}

//! Which entry is meant: `ACTOR:NUMBER`, and over a database `ACTOR-2:NUMBER` for a second process's.

use std::fmt;

use qaqpa_model::ActorName;

use super::{shown, store_of};
use crate::exit::Failure;
use crate::settings::Settings;

/// An entry by its chain and its number in it.
pub(super) struct EntryName {
    pub(super) actor: ActorName,
    /// The chain's name in the store.
    pub(super) chain: String,
    pub(super) number: i64,
}

impl EntryName {
    /// Reads what `journal list` shows.
    pub(super) fn parse(settings: &Settings, id: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage(format!("{id:?} is not ACTOR:NUMBER"))
                .remedy("`qaqpa journal list` shows the ids")
        };
        let (name, number) = id.split_once(':').ok_or_else(wrong)?;
        let number = number.parse::<u32>().map_err(|_| wrong())?;
        let (actor, process) = process_named(settings, name).ok_or_else(wrong)?;
        Ok(Self {
            chain: format!("{}{process}", actor.actor().name()),
            actor,
            number: i64::from(number),
        })
    }

    /// Whether it is of the chain that every actor has.
    pub(super) fn is_of_the_first(&self) -> bool {
        self.chain == self.actor.actor().name()
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", shown(&self.actor, &self.chain), self.number)
    }
}

/// The actor, and what stands behind its name in that of its process's chain: `-2`, or nothing for the first.
///
/// `regional-gateway.taraz-2` may be a gateway of that name as well as the second process of `regional-gateway.taraz`:
/// whichever has a store here is meant.
fn process_named<'n>(settings: &Settings, name: &'n str) -> Option<(ActorName, &'n str)> {
    let whole = ActorName::parse(name);
    let is_here = |actor: &ActorName| matches!(store_of(settings, actor), Ok(Some(_)));
    let process = || {
        let at = name.rfind('-')?;
        let (actor, number) = name.split_at(at);
        number.get(1..)?.parse::<u8>().ok().filter(|n| *n > 1)?;
        Some((ActorName::parse(actor)?, number))
    };
    match (whole, process()) {
        (Some(whole), Some((actor, number))) if !is_here(&whole) && is_here(&actor) => {
            Some((actor, number))
        }
        (Some(whole), _) => Some((whole, "")),
        (None, process) => process,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn settings(data: &std::path::Path) -> Settings {
        let data = data.to_str().unwrap();
        let arguments = ["qaqpa", "--data", data, "services"];
        let common = crate::cli::Cli::try_parse_from(arguments).unwrap().common;
        Settings::read(&common).unwrap()
    }

    #[test]
    fn an_entry_is_of_an_actor_or_of_one_of_its_processes() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let read = |id: &str| {
            EntryName::parse(&settings, id)
                .ok()
                .map(|entry| (entry.chain.clone(), entry.number, entry.to_string()))
        };
        let is =
            |chain: &str, number, shown: &str| Some((chain.to_owned(), number, shown.to_owned()));
        assert_eq!(read("gateway:7"), is("gateway", 7, "gateway:7"));
        assert_eq!(read("gateway-2:7"), is("gateway-2", 7, "gateway-2:7"));
        assert_eq!(
            read("regional-gateway-12:1"),
            is("regional-gateway-12", 1, "regional-gateway-12:1")
        );
        let taraz = "regional-gateway.taraz-2:1";
        assert_eq!(read(taraz), is("regional-gateway", 1, taraz));
        // A store of the one, and none of a gateway with the longer name.
        let there = folder.path().join("regional-gateway.taraz");
        std::fs::create_dir(&there).unwrap();
        std::fs::write(there.join("store.sqlite"), "").unwrap();
        assert_eq!(read(taraz), is("regional-gateway-2", 1, taraz));
        for wrong in [
            "",
            "gateway",
            "gateway:",
            "gateway:x",
            "gateway-1:1",
            "gateway-:1",
            "gate:1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

//! The command lines of `deploy/` are ones that `qaqpa` takes.

use std::path::Path;

use clap::Parser as _;
use qaqpa_model::Actor;

use super::Cli;

/// Every command line in the folder that begins with an actor's name or `up`.
fn lines(folder: &Path, found: &mut Vec<(String, Vec<String>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lines(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for words in text.lines().flat_map(lists) {
            let is_ours = words.first().is_some_and(|word| {
                let commands = ["up", "doctor"];
                commands.contains(&word.as_str())
                    || Actor::ALL.iter().any(|actor| actor.name() == word)
            });
            if is_ours {
                found.push((path.display().to_string(), words));
            }
        }
    }
}

/// The words of each list of a line in YAML or JSON, without the program's name, or of a unit's ExecStart.
fn lists(line: &str) -> Vec<Vec<String>> {
    if let Some((_, arguments)) = line.split_once("=/usr/local/bin/qaqpa ") {
        let arguments = arguments.replace("%i", "gateway");
        return vec![arguments.split_whitespace().map(str::to_owned).collect()];
    }
    let lists = line.split('[').skip(1);
    let lists = lists.filter_map(|list| Some(list.split_once(']')?.0));
    lists.map(words).collect()
}

fn words(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| *word != "qaqpa")
        .map(|word| {
            let word = match word.strip_prefix('&') {
                Some(anchored) => anchored.split_once(' ').map_or("", |(_, word)| word),
                None => word,
            };
            match word {
                "*store" => "postgres://qaqpa@127.0.0.1/qaqpa".to_owned(),
                word => word.trim_matches('"').to_owned(),
            }
        })
        .collect()
}

#[test]
fn every_command_line_of_the_deployment_is_one_that_is_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    let mut found = Vec::new();
    lines(&folder, &mut found);
    for (path, words) in &found {
        let line = std::iter::once("qaqpa".to_owned()).chain(words.clone());
        let read = Cli::try_parse_from(line);
        assert!(read.is_ok(), "{path}: {words:?}: {}", read.unwrap_err());
    }
    let of = |file: &str| {
        found
            .iter()
            .filter(|(path, _)| path.ends_with(file))
            .count()
    };
    assert_eq!(of("compose.yaml"), 7);
    // Six actors, each with two probes.
    assert_eq!(of("simulator.yaml"), 18);
    assert_eq!(of("qaqpa@.service"), 1);
    assert_eq!(of("image/build"), 1);
}

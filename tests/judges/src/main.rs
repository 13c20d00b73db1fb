//! Differential testing of signatures: documents that are nearly right, judged by us and by five verifiers of other people.
//!
//!     cargo run -- [--documents N] [--seed N] [--keep] [--without JUDGE]...
//!                                                      judges N documents; --keep writes failures into `found`
//!     cargo run -- one FILE PROFILE KEY                  what everybody says about one document
//!     cargo run -- mutations                             the names of all changes
//!
//! `cargo build --workspace` first: two of the judges are the programme of `rust-peers`.
//!
//! The rule: we accept while any judge refuses, or refuse what all accept: a failure, unless `known` lists it with its cause and
//! clause. We accept a document that does not say what was signed: a failure always. An entry of `known` whose witness no longer
//! shows its difference fails the run, too.

use qaqpa_judges::{judges, keys, mutate, rule, run, template};

use std::process::ExitCode;

/// The seed of runs that name none: the same documents each time.
const SEED: u64 = 2_019_023;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["one", file, profile, key] => one(file, profile, key),
        ["mutations"] => {
            mutate::names().iter().for_each(|name| println!("{name}"));
            ExitCode::SUCCESS
        }
        _ => match options(&words) {
            Some(options) if run::run(&options) => ExitCode::SUCCESS,
            Some(_) => ExitCode::FAILURE,
            None => complain(
                "usage: [--documents N] [--seed N] [--keep] [--without JUDGE] | one FILE PROFILE KEY | mutations",
            ),
        },
    }
}

fn options(words: &[&str]) -> Option<run::Options> {
    let mut options = run::Options {
        documents: 2000,
        seed: SEED,
        keep: false,
        without: Vec::new(),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--documents" => options.documents = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--keep" => options.keep = true,
            "--without" => options.without.push((*words.next()?).to_owned()),
            _ => return None,
        }
    }
    Some(options)
}

fn one(file: &str, profile: &str, key: &str) -> ExitCode {
    let Ok(bytes) = std::fs::read(file) else {
        return complain("the file cannot be read");
    };
    let Some(profile) = template::Profile::parse(profile) else {
        return complain("no such profile");
    };
    let keys = keys::load();
    let Some(key) = keys.iter().find(|known| known.name == key) else {
        return complain("no such key");
    };
    let algorithm = key.algorithms()[0].uri();
    let question = judges::Question {
        profile,
        key: key.name,
        algorithm,
        bytes: &bytes,
    };
    let judged = rule::judge(&mut judges::all(), question, key.private.spki_der());
    println!("ours         {}", judged.ours.line());
    for (name, says) in &judged.others {
        println!("{name:<12} {}", says.line());
    }
    ExitCode::SUCCESS
}

fn complain(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}

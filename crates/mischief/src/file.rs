//! The file of `--mischief FILE`: one file for all actors, each with a table of its own.

use std::path::Path;

use qaqpa_transport::StartError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use toml::Spanned;

use crate::board::{Board, BoardError};
use crate::grammar::fresh;
use crate::rule::{Rule, Whom};

/// Whose rules of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `[[gateway]]`: the gateway's.
    Gateway,
    /// `[[rule]]`: the authority's.
    Rule,
}

/// Why a file of rules cannot be used: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct GrammarError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<R, G> {
    #[serde(default)]
    seed: u64,
    #[serde(default = "Vec::new")]
    rule: Vec<R>,
    #[serde(default = "Vec::new")]
    gateway: Vec<G>,
}

/// Reads an actor's rules of the file's text; it looks at nothing of another's but that it is TOML.
///
/// # Errors
/// [`GrammarError`] with the line: what is no TOML, an unknown key, a rule that can never hold.
pub fn read<W: Whom>(text: &str) -> Result<Vec<Rule<W>>, GrammarError> {
    let (seed, written) = match W::TABLE {
        Table::Gateway => {
            let file: File<toml::Value, Spanned<W::Written>> = parse(text)?;
            (file.seed, file.gateway)
        }
        Table::Rule => {
            let file: File<Spanned<W::Written>, toml::Value> = parse(text)?;
            (file.seed, file.rule)
        }
    };
    let mut rules = Vec::with_capacity(written.len());
    for (number, written) in (1..).zip(written) {
        let place = written.span().start;
        let rule = Rule::<W>::read(written.into_inner(), seed, &format!("rule-{number}"))
            .and_then(|rule| fresh(&rules, rule))
            .map_err(|error| GrammarError {
                line: line(text, place),
                what: error.to_string(),
            })?;
        rules.push(rule);
    }
    Ok(rules)
}

fn parse<F: DeserializeOwned>(text: &str) -> Result<F, GrammarError> {
    toml::from_str(text).map_err(|error| GrammarError {
        line: line(text, error.span().map_or(0, |span| span.start)),
        what: error.message().to_owned(),
    })
}

fn line(text: &str, place: usize) -> usize {
    let before = text.bytes().take(place);
    1 + before.filter(|byte| *byte == b'\n').count()
}

/// An actor's rules of a file.
///
/// # Errors
/// [`StartError::Config`] with the file's name, and the line where it is not in the grammar.
pub fn rules_of<W: Whom>(path: &Path) -> Result<Vec<Rule<W>>, StartError> {
    let wrong = |why: &dyn std::fmt::Display| {
        StartError::Config(format!("--mischief {}: {why}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    read(&text).map_err(|error| wrong(&error))
}

/// A board with the rules of the file, if there is one, under the simulator's word on mischief.
///
/// # Errors
/// [`StartError::Config`]: the file cannot be read, is not in the grammar (with the line), or `--calm` forbids it.
pub fn begin<W: Whom>(file: Option<&Path>, calm: bool) -> Result<Board<W>, StartError> {
    let board = Board::new(calm);
    if let Some(path) = file {
        if calm {
            let why = "--mischief and --calm contradict each other: calm forbids deliberate faults";
            return Err(StartError::Config(why.to_owned()));
        }
        let on = |error: BoardError| StartError::Config(error.to_string());
        board.replace(rules_of(path)?).map_err(on)?;
    }
    Ok(board)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Person;

    const FILE: &str = r#"seed = 7

[[rule]]
whatever = "another actor says"

[[gateway]]
id = "a"
faults = ["late"]

[[gateway]]
faults = ["lost-and-found"]
seed = 9
"#;

    #[test]
    fn a_file_is_read_beside_another_actors_rules() {
        let rules = read::<Person>(FILE).unwrap();
        let told: Vec<_> = rules
            .iter()
            .map(|rule| (rule.id.as_str(), rule.seed))
            .collect();
        assert_eq!(told, [("a", 7), ("rule-2", 9)]);
        assert_eq!(read::<Person>(""), Ok(vec![]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, told) in [
            (
                "seeds = 7".to_owned(),
                "line 1: unknown field `seeds`, expected one of `seed`, `rule`, `gateway`",
            ),
            (
                format!("{FILE}firts = 1\n"),
                "line 13: unknown field `firts`, expected one of `id`, `faults`, `side`, `for`, ",
            ),
            (
                format!("{FILE}[[gateway]]\nid = \"a\"\nfaults = [\"late\"]\n"),
                "line 13: there is a rule \"a\" already",
            ),
            (
                format!("{FILE}[[gateway]]\nfaults = ["),
                "line 14: unclosed array",
            ),
        ] {
            let why = read::<Person>(&text).unwrap_err().to_string();
            assert!(why.starts_with(told), "{why}");
        }
    }
}

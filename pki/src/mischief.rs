//! Deliberate faults of the authority, as a grammar: named, seeded, composable, at four levels.
//!
//! Nothing is on unless asked (`--mischief FILE`, or the control port), `--calm` forbids it, and nothing outlives the
//! process. docs/MISCHIEF.md lists every fault with its purpose and the verdict that a correct relying party must
//! reach; it is written from the same table, and the same table is a list of tests, all run.
//!
//! - [`fault`]: the faults, closed lists by level, each row with its documentation;
//! - [`verdict`]: what a correct relying party must reach;
//! - [`rule`]: which faults befall which request; [`grammar`]: how rules are written;
//! - [`board`]: which rules are on, and their counts; [`routes`]: the control port's;
//! - [`door`]: the layer before the public door; `forge` and `tree` change what an honest answer says and sign it
//!   again, `parcel` is the answer on its way; `dice` is chance that can be had again;
//! - [`page`]: writes docs/MISCHIEF.md.

pub mod board;
mod dice;
pub mod door;
pub mod fault;
mod forge;
pub mod grammar;
pub mod page;
mod parcel;
pub mod routes;
pub mod rule;
mod tree;
pub mod verdict;

use std::path::Path;

use qaqpa_transport::StartError;

use board::Board;
use rule::Rule;

/// The rules of the file of `--mischief FILE`, with the simulator's word on mischief.
///
/// # Errors
/// [`StartError::Config`]: the file cannot be read, is not in the grammar (with the line), or `--calm` forbids it.
pub fn begin(file: Option<&Path>, calm: bool) -> Result<Board, StartError> {
    let board = Board::new(calm);
    if let Some(path) = file {
        if calm {
            let why = "--mischief and --calm contradict each other: calm forbids deliberate faults";
            return Err(StartError::Config(why.to_owned()));
        }
        let rules = rules_of(path)?;
        let on = |error: board::BoardError| StartError::Config(error.to_string());
        board.replace(rules).map_err(on)?;
    }
    Ok(board)
}

/// The rules of a file.
///
/// # Errors
/// [`StartError::Config`] with the file's name, and the line where it is not in the grammar.
pub fn rules_of(path: &Path) -> Result<Vec<Rule>, StartError> {
    let wrong = |why: &dyn std::fmt::Display| {
        StartError::Config(format!("--mischief {}: {why}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    grammar::read_file(&text).map_err(|error| wrong(&error))
}

//! Deliberate faults of the authority, as a grammar: named, seeded, composable, at four levels.
//!
//! Nothing is on unless asked (`--mischief FILE`, or the control port), `--calm` forbids it, and nothing outlives the
//! process. docs/MISCHIEF.md lists every fault with its purpose and the verdict that a correct relying party must
//! reach; it is written from the same table, and the same table is a list of tests, all run.
//!
//! - [`fault`]: the faults, closed lists by level, each row with its documentation;
//! - [`verdict`]: what a correct relying party must reach;
//! - [`grammar`]: for whom a rule is, and how that is written; [`routes`]: what the control port says of the catalogue;
//! - [`door`]: the layer before the public door; `forge` and `tree` change what an honest answer says and sign it
//!   again, `parcel` is the answer on its way;
//! - [`page`]: writes docs/MISCHIEF.md.
//!
//! Rules, the board and chance are those of all actors: [`qaqpa_mischief`].

pub mod door;
pub mod fault;
mod forge;
pub mod grammar;
pub mod page;
mod parcel;
pub mod routes;
mod tree;
pub mod verdict;

use std::path::Path;

use qaqpa_mischief::file;
use qaqpa_transport::StartError;

use grammar::Whose;

/// A rule of the authority's.
pub type Rule = qaqpa_mischief::Rule<Whose>;

/// The authority's rules that are on.
pub type Board = qaqpa_mischief::Board<Whose>;

/// The authority's rules of a file.
///
/// # Errors
/// [`StartError::Config`] with the file's name, and the line where it is not in the grammar.
pub fn rules_of(path: &Path) -> Result<Vec<Rule>, StartError> {
    file::rules_of(path)
}

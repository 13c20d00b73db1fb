//! Deliberate faults: what is the same for every actor that has them. What a fault does is the actor's own.
//!
//! An actor brings a closed list of faults ([`Catalogued`]), the places that they befall ([`Where`]), and what its rules
//! can name ([`Whom`]); it gets the grammar, the board and the control port's routes:
//!
//! - [`catalogue`](mod@catalogue): a fault, its place and its dial, and the list that [`catalogue!`] makes; [`rule`]: which faults befall what; [`when`]: which of the requests;
//! - [`grammar`]: how rules are written, with [`written_rule!`] for an actor's own keys; [`file`](mod@file): `--mischief FILE`;
//! - [`board`]: which rules are on, and their counts; [`routes`]: `/mischief` of a control port;
//! - [`dice`]: chance that can be had again; [`way`]: an answer that comes slowly, or not whole.
//!
//! Nothing is on unless asked, `--calm` forbids it, and nothing outlives the process.

pub mod board;
pub mod catalogue;
pub mod dice;
pub mod file;
pub mod grammar;
pub mod routes;
pub mod rule;
pub mod way;
pub mod when;

#[cfg(test)]
pub mod trial;

pub use board::{Armed, Board, BoardError, Counts, Hit};
pub use catalogue::{Catalogued, Dial, Fault, Row, Where};
pub use dice::Dice;
pub use file::{GrammarError, Table};
pub use grammar::{Common, OneOrMore, Written, WrittenFault, WrittenRules};
pub use rule::{Rule, RuleError, WhereOf, Whom};
pub use way::Pieces;
pub use when::{NeverHolds, When};

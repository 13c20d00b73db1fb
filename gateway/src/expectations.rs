//! What came to the gateway, asked by those who test a sender: "exactly one REQUEST with this IIN, within a minute".
//!
//! The answer is the journal's, so that it is the same after a restart, and whichever of several processes took a
//! message. Nothing is deleted by a reset: what came before it is not counted any more.
//!
//! - `history`: the messages as they are asked about; [`pattern`]: which of them, and in what another one differs;
//! - [`wish`]: how many of them, and when; `book`: the wishes that are kept; `control`: the control port's routes.

mod book;
pub(crate) mod control;
mod history;
pub mod pattern;
pub mod wish;

pub(crate) use book::ExpectationBook;

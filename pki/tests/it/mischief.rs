//! Deliberate faults: the grammar at work, and the list of faults as a list of tests.

mod defects;
mod grammar;
mod page;
mod relying;
mod verdicts;
mod way;

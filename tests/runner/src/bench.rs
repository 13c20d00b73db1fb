//! Load: pre-signed requests, all different, against a running simulator, and what each of them cost.
//!
//! - [`Supply`] signs the requests before the clock runs, so that the load costs no more than sending.
//! - [`load`] sends them: as fast as the answers come ([`load::closed`]), or at a given rate whatever comes back ([`load::paced`]).
//! - [`cpu`] reads what the actors' processes spent; the load generator is another process and left out.
//! - [`figures`] reads the actors' own numbers (`/metrics`): how many hops, verifications and signatures there really were, and how long
//!   each stage took.
//! - [`terms`] measures the bare work in the same run: an echo over TLS, one verification, one signature.
//! - [`disk`] measures what the disk needs meanwhile: whoever acknowledges waits for it.
//! - [`Steady`] is a system that sends for as long as one likes, and counts what became of each message; [`usage`] looks at what the
//!   processes hold meanwhile.
//! - [`Measured`] puts them side by side.

pub mod cpu;
pub mod disk;
pub mod figures;
pub mod load;
pub mod measured;
pub mod steady;
pub mod supply;
pub mod terms;
pub mod usage;

pub use disk::{Disk, Probe};
pub use figures::Figures;
pub use load::Load;
pub use measured::Measured;
pub use steady::{Steady, Tally, Until};
pub use supply::{Signed, Supplier, Supply};
pub use terms::Terms;
pub use usage::{Course, Usage};

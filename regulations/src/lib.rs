//! Acts, services, channels and flows as data files, their lint, and the walker.
//!
//! An analyst changes the simulator here without opening code: `acts/<act>/act.toml` describes an
//! act, `acts/<act>/<service>.toml` one service of it, `patterns/<pattern>.toml` a flow that services
//! share, `calendar/<country>.toml` the days off. A new service is one new file.
//!
//! The tour:
//! - [`Catalogue`] reads the files, holds every rule of [`lint`] over them, and hands out
//!   [`Service`]s with their [`Flow`]s. A catalogue with one finding does not load.
//! - [`Catalogue::services`] are those that the actors play, [`Catalogue::regulated`] all of the acts,
//!   [`Catalogue::listings`] those that have no flow and why; [`Catalogue::answer`] tells them apart.
//! - [`Flow`] is a graph of [`Element`]s (processes and conditions) and a chain of [`ActionDef`]s of
//!   the provider's staff. Numbers of processes and conditions stand only there; code carries a
//!   [`Meaning`] and asks [`Flow::element_for`] and [`Flow::next`].
//! - [`walk()`] is the pure walker: event → state, trace, tasks.
//! - [`Period`] and [`Calendar`] turn "1 working day" into a [`Moment`](qaqpa_model::Moment).
//! - [`diagram`] draws a flow in the notation of the acts (BPMN), as SVG and as BPMN 2.0 XML.
//! - [`mod@conform`] holds the event log of a real system against a flow, by the same walker.
//! - [`view`] shows a flow as JSON and as text; [`map`] writes docs/REGULATION-MAP.md.
//!
//! Every statement carries a [`Mark`]: printed in the act (where), derived by us (why), or assumed
//! by the simulator. Texts are in our own words, in Kazakh, Russian and English.

pub mod act;
pub mod calendar;
pub mod catalogue;
pub mod conform;
pub mod diagram;
mod file;
pub mod flow;
pub mod form;
pub mod lint;
pub mod map;
pub mod mark;
mod parts;
pub mod period;
mod resolve;
pub mod service;
pub mod standing;
pub mod text;
pub mod view;
pub mod vocabulary;
pub mod walk;

pub use act::{Act, Unit};
pub use calendar::{Calendar, MovedDay, SpecialDay, WhySpecial};
pub use catalogue::{Catalogue, CatalogueError};
pub use flow::{
    ActionDef, Cause, Element, EmptyAction, End, Flow, Next, Numbering, Preliminary, Variant,
};
pub use form::{
    Agreement, Compared, DocumentDef, FieldDef, FieldKind, FieldOption, FieldProblem, FieldRule,
};
pub use lint::{Finding, Rule};
pub use mark::Mark;
pub use period::{Period, PeriodError, PeriodUnit};
pub use service::{
    ContentField, ContentSource, Discrepancy, GroundDef, Listing, Note, ResultDef, Service,
    Statement, Total,
};
pub use standing::Answer;
pub use text::Text;
pub use vocabulary::{
    Channel, Deed, ElementKind, Meaning, Outcome, Performer, Role, Standing, Topic,
};
pub use walk::{Event, Position, State, Step, WalkError, Walked, walk};

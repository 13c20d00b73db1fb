//! The nouns of the house: identifiers, persons, services, statuses, refusal labels, moments and limits.
//!
//! Floor 0: no I/O, no clock, no serde. Every type has one fallible constructor (parse, don't
//! validate) and says what it does *not* prove. The stored and the wired shapes of these nouns
//! belong to `store` and `wire`.

pub mod actor;
pub mod answer;
pub mod ids;
pub mod iin;
pub mod label;
pub mod lang;
pub mod limits;
pub mod moment;
pub mod status;

pub use actor::{Actor, ActorName, Branch};
pub use answer::Answer;
pub use ids::{BodyDigest, ElementId, IdentityId, MessageId, SenderId, ServiceAtAct};
pub use iin::{Bin, Iin};
pub use label::RefusalLabel;
pub use lang::Lang;
pub use limits::Limits;
pub use moment::Moment;
pub use status::RequestStatus;

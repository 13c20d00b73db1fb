//! The SOAP channels between the actors: client, server, outbox and the elimination of repeats.
//!
//! Floor 3½. What every actor of the channels shares stands here, once:
//!
//! - [`SystemKeys`]: the actor's own system key and the certificates of the other systems, read again
//!   when the authority has made them anew;
//! - [`ChannelClient`]: signs an envelope, posts it, and believes only an answer that the expected
//!   system signed; [`push`] is the same for a system's own endpoint;
//! - [`open`] and [`prove_transport`]: from bytes to an envelope, and from an envelope to the system
//!   that signed it;
//! - [`Answers`]: the one way in which acknowledgements and faults are written and signed;
//! - [`Inbox`]: the whole receiving side for an actor that only the gateway may call;
//! - [`Outbox`]: delivers what the store holds until it is acknowledged or hopeless;
//! - [`JournalKeeper`]: seals the journal and gets the authority's stamps for it;
//! - [`views`]: what control ports show of journal, trace and outbox.
//!
//! ```text
//! sender: store → Outbox → Courier → ChannelClient ──TLS──▶ receiver: open → prove_transport
//!                                                            → (judge the document) → store → Answers
//! ```

pub mod answer;
pub mod client;
pub mod envelope;
pub mod examining;
pub mod inbox;
pub mod keeping;
pub mod outbox;
pub mod push;
pub mod rejection;
pub mod systems;
pub mod tamper;
pub mod transport;
pub mod views;
pub mod watching;

pub use answer::{Answer, Answers};
pub use client::{ChannelClient, SendError, Sent};
pub use envelope::{UnverifiedEnvelope, UnverifiedRequest, open, open_asynchronous};
pub use examining::Examining;
pub use inbox::{Contents, Heading, Inbox, Letter};
pub use keeping::{JournalKeeper, stamp_judge};
pub use outbox::{Backoff, Courier, Delivery, LaneLimits, Outbox, OutboxBell};
pub use push::{AnswersOf, Endpoint};
pub use rejection::{Faulted, Refused, Rejection};
pub use systems::{KnownSystem, SystemKeys, Systems, SystemsError};
pub use tamper::Tamper;
pub use transport::{
    TransportProof, TransportSigner, judge_transport, prove_transport, signed_digest, with_change,
};

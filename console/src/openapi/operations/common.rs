//! What every actor, and every actor with an outbox, can be asked.

use super::Method::{Get, Post, Put};
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const COMMON: &[Operation] = &[
    operation(
        Get,
        "/health",
        "Who is here, of which start.",
        (200, Shape::Health),
    ),
    operation(
        Get,
        "/health/live",
        "The process answers.",
        (200, Shape::Live),
    ),
    operation(
        Get,
        "/health/ready",
        "The actor can take work; each check with its remedy.",
        (200, Shape::Ready),
    )
    .refusing(&[(503, "not ready: the same shape, with the checks that fail")]),
    operation(
        Get,
        "/metrics",
        "Numbers for Prometheus.",
        (200, Shape::Text),
    ),
    operation(
        Get,
        "/clock",
        "The simulated moment, as this actor has it.",
        (200, Shape::Clock),
    ),
    operation(
        Put,
        "/clock",
        "Set this actor's clock; the console's sets every actor's.",
        (200, Shape::Clock),
    )
    .taking(Shape::ClockSet)
    .refusing(&[(422, "clock-outside-root-life")]),
];

pub(super) const JOURNAL: &[Operation] = &[
    operation(
        Get,
        "/journal",
        "Entries of the journal, newest first, masked.",
        (200, Shape::JournalEntries),
    )
    .asking(&[
        ("message", "string", "only those about this messageId"),
        ("kind", "string", "only those of this kind"),
        (
            "before",
            "integer",
            "only those with a smaller number: the next page",
        ),
        (
            "limit",
            "integer",
            "at most so many; 100 where it is not said, 1000 at most",
        ),
    ]),
    operation(
        Get,
        "/journal/{id}",
        "One entry.",
        (200, Shape::JournalEntry),
    )
    .refusing(&[(404, "there is none of this number")]),
    operation(
        Get,
        "/journal/verify",
        "Prove that no entry was changed, cut, moved or removed.",
        (200, Shape::JournalProof),
    ),
    operation(
        Post,
        "/journal/seal",
        "Close the open segment and have what waits stamped.",
        (200, Shape::Sealed),
    )
    .taking(Shape::SealOrder)
    .refusing(&[(422, "request-malformed")]),
    operation(
        Post,
        "/journal/prune",
        "Remove old sealed segments.",
        (200, Shape::Pruned),
    )
    .taking(Shape::PruneOrder)
    .refusing(&[(422, "request-malformed")]),
];

pub(super) const STORED: &[Operation] = &[
    operation(
        Get,
        "/journal/chains",
        "The chains of the database, and those that are told of and missing.",
        (200, Shape::Chains),
    ),
    operation(
        Get,
        "/trace/{message}",
        "The steps of the flow that a message has taken.",
        (200, Shape::Trace),
    ),
    operation(
        Get,
        "/outbox",
        "What is to be delivered, newest first, without bodies.",
        (200, Shape::Outbox),
    )
    .asking(&[
        (
            "state",
            "string",
            "stopped (which is parked), pending, behind, held or done",
        ),
        (
            "destination",
            "string",
            "only what is for this destination: the whole of it",
        ),
        (
            "before",
            "integer",
            "only those with a smaller number: the next page",
        ),
        (
            "limit",
            "integer",
            "at most so many; 100 where it is not said, 1000 at most",
        ),
    ])
    .refusing(&[(422, "request-malformed")]),
    operation(
        Post,
        "/outbox/{id}/resend",
        "Put one entry that stopped back on its way.",
        (200, Shape::Resent),
    )
    .refusing(&[
        (404, "entry-unknown"),
        (409, "entry-not-stopped, entry-ended"),
        (422, "request-malformed"),
    ]),
    operation(
        Post,
        "/outbox/resend",
        "Put everything that stopped back on its way.",
        (200, Shape::Resent),
    )
    .taking(Shape::ResendOrder)
    .refusing(&[(422, "request-malformed")]),
];

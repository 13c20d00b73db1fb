//! The gateway.

use super::Method::{Delete, Get, Post, Put};
use super::mischief::MISCHIEF;
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const GATEWAY: &[Operation] = &[
    MISCHIEF[0],
    MISCHIEF[1],
    MISCHIEF[2],
    MISCHIEF[3],
    MISCHIEF[4],
    MISCHIEF[5],
    MISCHIEF[6],
    operation(
        Get,
        "/routes",
        "Where messages go, with the line of each route.",
        (200, Shape::Routes),
    ),
    operation(
        Put,
        "/routes",
        "Other routes, checked before they are in force.",
        (200, Shape::Routes),
    )
    .taking(Shape::TomlText)
    .refusing(&[(422, "routes-refused"), (503, "store-unavailable")]),
    operation(
        Delete,
        "/routes",
        "The routes that are built in.",
        (200, Shape::Routes),
    )
    .refusing(&[(503, "store-unavailable")]),
    operation(
        Get,
        "/systems",
        "The register of information systems; no passwords.",
        (200, Shape::Systems),
    ),
    operation(
        Put,
        "/systems",
        "Another register, checked before it is in force.",
        (200, Shape::Systems),
    )
    .taking(Shape::TomlText)
    .refusing(&[(422, "systems-refused"), (503, "store-unavailable")]),
    operation(
        Delete,
        "/systems",
        "The ready-made systems alone.",
        (200, Shape::Systems),
    )
    .refusing(&[(503, "store-unavailable")]),
    operation(
        Get,
        "/history",
        "The messages that came and what became of them, newest first, masked.",
        (200, Shape::History),
    )
    .asking(&[
        ("type", "string", "NOTIFICATION, REQUEST or RESPONSE"),
        (
            "outcome",
            "string",
            "accepted, any, faulted, refused or repeated; any where it is not said",
        ),
        ("sender", "string", "the system that sent them"),
        ("service", "string", "the envelope's serviceId"),
        (
            "applicant",
            "string",
            "the applicant's IIN, of accepted applications",
        ),
        ("application", "string", "the application's own id"),
        ("message", "string", "the messageId"),
        ("correlation", "string", "the correlationId"),
        ("label", "string", "the label of the refusal"),
        (
            "since",
            "string",
            "from this moment on; since the last reset where it is not said",
        ),
        ("until", "string", "until this moment"),
        (
            "limit",
            "integer",
            "at most so many; 100 where it is not said, 1000 at most",
        ),
    ])
    .refusing(&[(422, "expectation-malformed, history-long")]),
    operation(
        Post,
        "/history/reset",
        "Count messages from now on; no expectation is kept. Deletes nothing.",
        (200, Shape::Reset),
    )
    .taking(Shape::NoOrder),
    operation(
        Get,
        "/expectations",
        "The expectations that are kept, each with its standing.",
        (200, Shape::Expectations),
    ),
    operation(
        Post,
        "/expectations",
        "Keep an expectation, counted from now on.",
        (201, Shape::Expectation),
    )
    .taking(Shape::Expectation)
    .refusing(&[
        (409, "expectation-id-taken"),
        (422, "expectation-malformed"),
    ]),
    operation(Delete, "/expectations", "Keep none.", (200, Shape::Removed)),
    operation(
        Delete,
        "/expectations/{id}",
        "Keep this one no longer.",
        (200, Shape::Removed),
    )
    .refusing(&[(404, "expectation-unknown")]),
    operation(
        Post,
        "/expectations/verify",
        "Whether so many messages came; else what came nearest.",
        (200, Shape::Verified),
    )
    .taking(Shape::Expectation)
    .refusing(&[(422, "expectation-malformed, history-long")]),
];

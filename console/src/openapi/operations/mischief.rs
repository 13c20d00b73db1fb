//! Deliberate faults, of whoever has them.

use super::Method::{Delete, Get, Post, Put};
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const MISCHIEF: [Operation; 7] = [
    operation(
        Get,
        "/mischief",
        "The deliberate faults that are on, with their counts.",
        (200, Shape::Mischief),
    ),
    operation(
        Post,
        "/mischief",
        "Switch a rule on.",
        (201, Shape::MischiefRule),
    )
    .taking(Shape::MischiefRule)
    .refusing(&[
        (409, "calm, mischief-full, mischief-id-taken"),
        (422, "mischief-malformed"),
    ]),
    operation(
        Put,
        "/mischief",
        "Switch exactly these rules on.",
        (200, Shape::Mischief),
    )
    .taking(Shape::MischiefRules)
    .refusing(&[
        (409, "calm, mischief-full, mischief-id-taken"),
        (422, "mischief-malformed"),
    ]),
    operation(
        Delete,
        "/mischief",
        "Switch everything off.",
        (200, Shape::Mischief),
    ),
    operation(
        Delete,
        "/mischief/{id}",
        "Switch one rule off.",
        (200, Shape::Mischief),
    )
    .refusing(&[(404, "mischief-unknown")]),
    operation(
        Get,
        "/mischief/catalogue",
        "Every fault that there is.",
        (200, Shape::MischiefCatalogue),
    ),
    operation(
        Put,
        "/mischief/counts",
        "Say how many messages rules have met and spoilt, as it was told before: by their ids.",
        (200, Shape::Mischief),
    )
    .taking(Shape::MischiefCounts)
    .refusing(&[(422, "mischief-malformed")]),
];

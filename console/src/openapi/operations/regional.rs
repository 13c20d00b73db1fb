//! The regional gateway.

use super::Method::{Delete, Get, Post, Put};
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const REGIONAL: &[Operation] = &[
    operation(
        Get,
        "/cards",
        "The cards of the workplace.",
        (200, Shape::Cards),
    ),
    operation(
        Get,
        "/registers",
        "The registers that answer here.",
        (200, Shape::Registers),
    ),
    operation(
        Get,
        "/stubs",
        "The stubs, in the order in which they are asked.",
        (200, Shape::Stubs),
    ),
    operation(
        Post,
        "/stubs",
        "Have applications answered without a person.",
        (201, Shape::Stub),
    )
    .taking(Shape::StubToAdd)
    .refusing(&[
        (409, "stub-id-taken, stubs-unusable"),
        (422, "stub-malformed"),
    ]),
    operation(
        Put,
        "/stubs",
        "Exactly these stubs from now on.",
        (200, Shape::Stubs),
    )
    .taking(Shape::StubsToSet)
    .refusing(&[(409, "stub-id-taken"), (422, "stub-malformed")]),
    operation(
        Delete,
        "/stubs",
        "No stubs: people answer.",
        (200, Shape::Stubs),
    ),
    operation(
        Delete,
        "/stubs/{id}",
        "Remove one stub.",
        (200, Shape::Stubs),
    )
    .refusing(&[(404, "stub-unknown"), (409, "stubs-unusable")]),
    operation(
        Put,
        "/stubs/answered",
        "Say how many applications stubs have answered, as it was told before: by their names.",
        (200, Shape::Stubs),
    )
    .taking(Shape::StubCounts)
    .refusing(&[(422, "stub-malformed")]),
    operation(
        Post,
        "/stubs/reset",
        "Begin the counts anew, and forget the misses.",
        (200, Shape::Stubs),
    )
    .taking(Shape::NoOrder),
    operation(
        Get,
        "/stubs/misses",
        "The latest applications that no stub answered, and in what they missed the nearest.",
        (200, Shape::StubMisses),
    ),
    operation(
        Get,
        "/stubs/places",
        "What a text may name between double braces.",
        (200, Shape::StubPlaces),
    ),
];

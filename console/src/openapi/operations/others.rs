//! The portal and the console.

use super::Method::{Delete, Get, Post, Put};
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const PORTAL: &[Operation] = &[
    operation(
        Get,
        "/applications",
        "The applications of the ready-made people, newest first.",
        (200, Shape::Applications),
    ),
    operation(
        Put,
        "/persons",
        "Have the register of persons forget a person, or find them again.",
        (200, Shape::Person),
    )
    .taking(Shape::Person)
    .refusing(&[(422, "iin-invalid")]),
];

pub(super) const CONSOLE: &[Operation] = &[
    operation(Get, "/endpoints.json", "The way in for tests: addresses, senders, identities.", (200, Shape::Endpoints)).refusing(&[(503, "not-up")]),
    operation(Get, "/openapi/{file}", "This description: nca.json, gateway.json, regional-gateway.json, portal.json or console.json.", (200, Shape::NoOrder))
        .refusing(&[(404, "not-found")]),
    operation(Get, "/snapshots", "The snapshots that there are.", (200, Shape::Snapshots)),
    operation(Post, "/snapshots", "Keep the whole state under a name: the simulator stops for it, and comes up again.", (202, Shape::SnapshotOrder))
        .taking(Shape::NewSnapshot)
        .refusing(&[(409, "snapshot-taken, snapshot-not-served"), (422, "snapshot-malformed")]),
    operation(Post, "/snapshots/{name}/restore", "Bring a snapshot back: the simulator stops for it, and comes up again.", (202, Shape::SnapshotOrder))
        .taking(Shape::NoOrder)
        .refusing(&[(404, "snapshot-unknown"), (409, "snapshot-not-served, snapshot-damaged"), (422, "snapshot-malformed")]),
    operation(Get, "/snapshots/orders/{id}", "What came of an order.", (200, Shape::SnapshotState)),
    operation(Delete, "/snapshots/{name}", "Delete a snapshot.", (204, Shape::Nothing)).refusing(&[(404, "snapshot-unknown"), (422, "snapshot-malformed")]),
];

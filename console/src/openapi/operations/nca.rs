//! The authority.

use super::Method::{Get, Post};
use super::mischief::MISCHIEF;
use super::{Operation, operation};
use crate::openapi::shapes::Shape;

pub(super) const NCA: &[Operation] = &[
    MISCHIEF[0],
    MISCHIEF[1],
    MISCHIEF[2],
    MISCHIEF[3],
    MISCHIEF[4],
    MISCHIEF[5],
    MISCHIEF[6],
    operation(
        Get,
        "/certificates",
        "Certificates of the register, newest first.",
        (200, Shape::Certificates),
    )
    .asking(&[
        (
            "name",
            "string",
            "only those of this identity or serial number",
        ),
        (
            "before",
            "integer",
            "only those below this position: the next page",
        ),
        (
            "limit",
            "integer",
            "at most so many; 100 where it is not said, 1000 at most",
        ),
    ]),
    operation(
        Post,
        "/certificates/{name}/revoke",
        "Revoke a certificate for good.",
        (200, Shape::Certificate),
    )
    .taking(Shape::RevokeOrder)
    .refusing(&[
        (404, "certificate-unknown"),
        (409, "already-revoked, root-not-revocable"),
        (422, "reason-unknown, request-malformed"),
    ]),
    operation(
        Post,
        "/certificates/{name}/suspend",
        "Suspend a certificate.",
        (200, Shape::Certificate),
    )
    .taking(Shape::NoOrder)
    .refusing(&[
        (404, "certificate-unknown"),
        (409, "already-revoked, already-suspended, root-not-revocable"),
        (422, "request-malformed"),
    ]),
    operation(
        Post,
        "/certificates/{name}/resume",
        "End a suspension.",
        (200, Shape::Certificate),
    )
    .taking(Shape::NoOrder)
    .refusing(&[
        (404, "certificate-unknown"),
        (409, "already-revoked, not-suspended, root-not-revocable"),
        (422, "request-malformed"),
    ]),
    operation(
        Post,
        "/issue",
        "Issue a certificate, with a key or for a PKCS#10 request.",
        (200, Shape::Issued),
    )
    .taking(Shape::IssueOrder)
    .refusing(&[
        (403, "test-identities-forbidden"),
        (409, "identity-taken"),
        (
            422,
            "csr-malformed, csr-signature, key-unsupported, key-weak, name-invalid, request-malformed",
        ),
    ]),
    operation(
        Get,
        "/people",
        "The ready-made people, also those who are not issued yet.",
        (200, Shape::Packs),
    ),
    operation(
        Post,
        "/people/{pack}",
        "Issue a pack of people, or make anew what has run out.",
        (200, Shape::Packs),
    )
    .taking(Shape::PeopleOrder)
    .refusing(&[(404, "pack-unknown"), (422, "request-malformed")]),
    operation(
        Post,
        "/branches/{branch}",
        "Make the system of one of several regional gateways.",
        (200, Shape::Branch),
    )
    .taking(Shape::NoOrder)
    .refusing(&[(409, "branches-too-many"), (422, "branch-malformed")]),
    operation(
        Get,
        "/trust",
        "The authority's own certificates.",
        (200, Shape::Trust),
    ),
    operation(
        Get,
        "/mirror/ocsp/{request}",
        "OCSP as of the moment in the header Qaqpa-Moment. The lists are at /mirror/crl/ in the same way.",
        (200, Shape::Text),
    )
    .refusing(&[(422, "moment-malformed, moment-outside-root-life")]),
    operation(
        Get,
        "/mirror/ocsp/",
        "The mirror of the responder: what it is.",
        (200, Shape::Text),
    ),
    operation(
        Post,
        "/mirror/ocsp/",
        "OCSP (application/ocsp-request) as of the moment in the header Qaqpa-Moment.",
        (200, Shape::Text),
    )
    .refusing(&[(422, "moment-malformed, moment-outside-root-life")]),
    operation(
        Post,
        "/mirror/tsp/",
        "A time stamp (application/timestamp-query) as of the moment in the header Qaqpa-Moment.",
        (200, Shape::Text),
    )
    .refusing(&[(422, "moment-malformed, moment-outside-root-life")]),
];

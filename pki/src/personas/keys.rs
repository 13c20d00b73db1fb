//! Keys: one citizen with a key of every kind and purpose, as one person of the real world has several.

use qaqpa_crypto::KeyKind;
use qaqpa_x509::profile::Purpose;

use super::{Expected, Persona, citizen};
use crate::standing::Standing::InForce;
use qaqpa_model::RefusalLabel::CertificatePurpose;

pub(super) const PEOPLE: &[Persona] = &[
    signing("rsa-sign", KeyKind::Rsa, "RSA-2048 for signing"),
    logging_in(
        "rsa-auth",
        KeyKind::Rsa,
        "RSA-2048 for logging in, which must not sign",
    ),
    signing(
        "gost-2015-sign",
        KeyKind::Gost2015,
        "GOST 34.10-2015 with 512 bits for signing: what the authority issues today",
    ),
    logging_in(
        "gost-2015-auth",
        KeyKind::Gost2015,
        "GOST 34.10-2015 for logging in, which must not sign",
    ),
    signing(
        "gost-2004-sign",
        KeyKind::Gost2004,
        "GOST 34.310-2004 for signing: what older documents are signed with",
    ),
    signing(
        "ecdsa-sign",
        KeyKind::Ecdsa,
        "ECDSA P-256 for signing: for tests, the national authority issues none",
    ),
    logging_in(
        "ecdsa-auth",
        KeyKind::Ecdsa,
        "ECDSA P-256 for logging in, which must not sign",
    ),
];

const fn signing(id: &'static str, key: KeyKind, about: &'static str) -> Persona {
    Persona {
        key,
        about,
        ..citizen(
            id,
            ["ТЕСТ-КІЛТОВ", "КӨП", "СЫНАҚҰЛЫ"],
            "92031739037",
            InForce,
        )
    }
}

const fn logging_in(id: &'static str, key: KeyKind, about: &'static str) -> Persona {
    Persona {
        purpose: Purpose::Authenticate,
        expected: Expected::Refuse(CertificatePurpose),
        ..signing(id, key, about)
    }
}

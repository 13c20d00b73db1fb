//! Kinds of keys.

use std::fmt;

use crate::SignatureAlgorithm;

/// A kind of key that this simulator makes: the authority has an issuer for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// RSA of 2048 bits, exponent 65537.
    Rsa,
    /// GOST 34.10-2015 with 512 bits over TC26-512-A: the national profile of today.
    Gost2015,
    /// GOST 34.310-2004 over CryptoPro-A: the older national profile.
    Gost2004,
    /// ECDSA over P-256: for tests; the national authority has none.
    Ecdsa,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Rsa, Self::Gost2015, Self::Gost2004, Self::Ecdsa];

    /// The name on the command line, in addresses and in the register: `rsa`, `gost-2015`, `gost-2004`, `ecdsa`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Gost2015 => "gost-2015",
            Self::Gost2004 => "gost-2004",
            Self::Ecdsa => "ecdsa",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What keys of the kind sign with, where nothing else is asked for.
    #[must_use]
    pub const fn signature_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Rsa => SignatureAlgorithm::RsaSha256,
            Self::Gost2015 => SignatureAlgorithm::Gost2015,
            Self::Gost2004 => SignatureAlgorithm::Gost2004,
            Self::Ecdsa => SignatureAlgorithm::EcdsaSha256,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in KeyKind::ALL {
            assert_eq!(KeyKind::parse(kind.name()), Some(kind));
        }
        assert_eq!(KeyKind::parse("RSA"), None);
    }
}

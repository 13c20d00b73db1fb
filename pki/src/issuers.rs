//! The issuers' names, in the register and in commands.

use qaqpa_crypto::KeyKind;

use crate::vault::KINDS;

/// Which issuer signed a certificate of the register. Stored: changing the names needs a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IssuerName {
    /// The issuing authority of that kind of key.
    Issuing(KeyKind),
    /// The root of that kind of key.
    Root(KeyKind),
    /// The root that nobody trusts.
    Foreign,
}

impl IssuerName {
    /// The name in the register: `rsa-issuing`, `gost-2015-root`, `foreign`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuing(KeyKind::Rsa) => "rsa-issuing",
            Self::Issuing(KeyKind::Gost2015) => "gost-2015-issuing",
            Self::Issuing(KeyKind::Gost2004) => "gost-2004-issuing",
            Self::Issuing(KeyKind::Ecdsa) => "ecdsa-issuing",
            Self::Root(KeyKind::Rsa) => "rsa-root",
            Self::Root(KeyKind::Gost2015) => "gost-2015-root",
            Self::Root(KeyKind::Gost2004) => "gost-2004-root",
            Self::Root(KeyKind::Ecdsa) => "ecdsa-root",
            Self::Foreign => "foreign",
        }
    }

    /// The issuer of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|issuer| issuer.as_str() == name)
    }

    /// Every issuer: the issuing authorities, the roots, the foreign one.
    pub fn all() -> impl Iterator<Item = Self> {
        let issuing = KINDS.into_iter().map(Self::Issuing);
        let roots = KINDS.into_iter().map(Self::Root);
        issuing.chain(roots).chain([Self::Foreign])
    }
}

/// What the authority's own certificates are called after the kind of key: issuers and their servants.
const OWN: [&str; 5] = [
    "root",
    "issuing",
    "responder",
    "root-responder",
    "timestamper",
];

/// Whether an identity's name is the authority's own: `rsa-issuing`, `ecdsa-responder`.
#[must_use]
pub fn is_reserved(identity: &str) -> bool {
    identity == "foreign-root"
        || KeyKind::ALL.iter().any(|kind| {
            let rest = identity.strip_prefix(kind.name());
            let rest = rest.and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| OWN.contains(&rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_issuer_is_found_by_its_name_and_no_two_share_one() {
        let mut names: Vec<_> = IssuerName::all().map(IssuerName::as_str).collect();
        for issuer in IssuerName::all() {
            assert_eq!(IssuerName::parse(issuer.as_str()), Some(issuer));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 2 * KINDS.len() + 1);
        assert_eq!(IssuerName::parse("issuing"), None);
    }

    #[test]
    fn names_of_the_authority_itself_are_nobody_elses() {
        for name in [
            "rsa-issuing",
            "gost-2015-root",
            "ecdsa-responder",
            "foreign-root",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in [
            "citizen-1",
            "rsa-sign",
            "gost-2015",
            "foreign",
            "rsa-issuing-2",
        ] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}

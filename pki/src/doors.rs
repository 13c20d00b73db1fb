//! Where the authority is found: the paths of the public door, and what certificates say about them.

use qaqpa_crypto::KeyKind;
use qaqpa_x509::issue::Addresses;

use crate::authority::IssuerName;

/// OCSP, for every issuer.
pub const OCSP: &str = "/ocsp/";
/// Time stamps.
pub const TSP: &str = "/tsp/";
/// Whether the authority is up.
pub const HEALTH: &str = "/health";

/// The public door's address, and the addresses behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doors {
    base: String,
}

impl Doors {
    /// Behind that address: `http://127.0.0.1:14502`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
        }
    }

    /// A path's address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What certificates that an issuing authority signs say.
    #[must_use]
    pub fn of_issuing(&self, kind: KeyKind) -> Addresses {
        let issuer = IssuerName::Issuing(kind);
        Addresses {
            ocsp: Some(self.url(OCSP)),
            ca_issuers: Some(self.url(&certificate_path(issuer))),
            crl: Some(self.url(&list_path(issuer))),
            delta_crl: Some(self.url(&delta_path(kind))),
        }
    }

    /// What the issuing authority's own certificate says: a root has no delta list.
    #[must_use]
    pub fn of_root(&self, kind: KeyKind) -> Addresses {
        let issuer = IssuerName::Root(kind);
        Addresses {
            ocsp: Some(self.url(OCSP)),
            ca_issuers: Some(self.url(&certificate_path(issuer))),
            crl: Some(self.url(&list_path(issuer))),
            delta_crl: None,
        }
    }
}

/// Where an issuer's certificate is: `/cert/rsa-issuing.cer`.
#[must_use]
pub fn certificate_path(issuer: IssuerName) -> String {
    format!("/cert/{}.cer", issuer.as_str())
}

/// Where an issuer's complete list is: `/crl/rsa.crl` of an issuing authority, `/crl/rsa-root.crl` of a root.
#[must_use]
pub fn list_path(issuer: IssuerName) -> String {
    format!("/crl/{}.crl", list_name(issuer))
}

/// Where an issuing authority's delta list is: `/crl/rsa-delta.crl`.
#[must_use]
pub fn delta_path(kind: KeyKind) -> String {
    format!("/crl/{kind}-delta.crl")
}

/// What an issuer's complete list is called in addresses and in the register. Stored: changing it needs a migration.
#[must_use]
pub const fn list_name(issuer: IssuerName) -> &'static str {
    match issuer {
        IssuerName::Issuing(kind) => kind.name(),
        other => other.as_str(),
    }
}

//! Faults: what can be wrong with an answer of the authority, as closed lists by level.

mod bytes;
mod certificate;
mod http;
mod latency;
mod list;
mod ocsp;
mod stamp;

pub use bytes::DerFault;
pub use certificate::CertFault;
pub use http::HttpFault;
pub use latency::LatencyFault;
pub use list::ListFault;
pub use ocsp::OcspFault;
pub use qaqpa_mischief::Dial;
pub use stamp::StampFault;

use std::fmt;

use qaqpa_mischief::{Catalogued, Row, Where};

use super::verdict::Conduct;

/// How deep a fault sits. On an answer the levels act in this order, whatever the order of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// What the answer says and who signed it: well-formed, and wrong.
    Meaning,
    /// The encoding of the answer's bytes.
    Der,
    /// How the bytes travel.
    Http,
    /// When they travel.
    Latency,
}

impl Level {
    /// Every level, in the order in which they act.
    pub const ALL: [Self; 4] = [Self::Meaning, Self::Der, Self::Http, Self::Latency];

    /// The name: `der`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::Der => "der",
            Self::Http => "http",
            Self::Latency => "latency",
        }
    }
}

/// A service of the authority's public door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// The OCSP responder.
    Ocsp,
    /// Complete revocation lists.
    Crl,
    /// Delta lists.
    Delta,
    /// Time stamps.
    Tsp,
    /// Certificates of the authorities.
    Cert,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 5] = [Self::Ocsp, Self::Crl, Self::Delta, Self::Tsp, Self::Cert];

    /// The name in rules: `ocsp`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ocsp => "ocsp",
            Self::Crl => "crl",
            Self::Delta => "delta",
            Self::Tsp => "tsp",
            Self::Cert => "cert",
        }
    }

    /// The service behind a path of the public door; `None` where nothing can be wrong (the tour, `/health`).
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        if path == "/ocsp" || path.starts_with("/ocsp/") {
            Some(Self::Ocsp)
        } else if path == "/tsp" || path.starts_with("/tsp/") {
            Some(Self::Tsp)
        } else if path.starts_with("/crl/") {
            Some(if path.ends_with("-delta.crl") {
                Self::Delta
            } else {
                Self::Crl
            })
        } else if path.starts_with("/cert/") {
            Some(Self::Cert)
        } else {
            None
        }
    }
}

impl Where for Service {
    const ALL: &'static [Self] = &Service::ALL;
    const NOUN: &'static str = "service";

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the catalogue says about a fault.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The stable name: `stale-next-update`.
    pub name: &'static str,
    /// The level.
    pub level: Level,
    /// The services that it can befall.
    pub services: &'static [Service],
    /// The number that it takes, if it takes one.
    pub dial: Option<Dial>,
    /// What is done.
    pub does: &'static str,
    /// Which mistake of a relying party it finds.
    pub purpose: &'static str,
    /// What a correct relying party makes of it.
    pub conduct: Conduct,
}

impl Entry {
    const fn of(level: Level, row: Row<Service, Conduct>) -> Self {
        Self {
            name: row.name,
            level,
            services: row.places,
            dial: row.dial,
            does: row.does,
            purpose: row.purpose,
            conduct: row.said,
        }
    }
}

/// Which fault, of any level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// In what an OCSP answer says.
    Ocsp(OcspFault),
    /// In what a revocation list says.
    List(ListFault),
    /// In what an authority's certificate says.
    Cert(CertFault),
    /// In what a time stamp says.
    Stamp(StampFault),
    /// In the encoding.
    Der(DerFault),
    /// On the way.
    Http(HttpFault),
    /// In time.
    Latency(LatencyFault),
}

impl FaultKind {
    /// The whole catalogue, by level.
    pub fn all() -> impl Iterator<Item = Self> {
        let meaning = OcspFault::ALL.iter().copied().map(Self::Ocsp);
        let meaning = meaning.chain(ListFault::ALL.iter().copied().map(Self::List));
        let meaning = meaning.chain(CertFault::ALL.iter().copied().map(Self::Cert));
        let meaning = meaning.chain(StampFault::ALL.iter().copied().map(Self::Stamp));
        meaning
            .chain(DerFault::ALL.iter().copied().map(Self::Der))
            .chain(HttpFault::ALL.iter().copied().map(Self::Http))
            .chain(LatencyFault::ALL.iter().copied().map(Self::Latency))
    }

    /// What the catalogue says.
    #[must_use]
    pub const fn entry(self) -> Entry {
        match self {
            Self::Ocsp(fault) => fault.entry(),
            Self::List(fault) => fault.entry(),
            Self::Cert(fault) => fault.entry(),
            Self::Stamp(fault) => fault.entry(),
            Self::Der(fault) => fault.entry(),
            Self::Http(fault) => fault.entry(),
            Self::Latency(fault) => fault.entry(),
        }
    }
}

/// A fault as a rule has it.
pub type Fault = qaqpa_mischief::Fault<FaultKind>;

impl Catalogued for FaultKind {
    type Where = Service;

    fn every() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn name(self) -> &'static str {
        self.entry().name
    }

    fn dial(self) -> Option<Dial> {
        self.entry().dial
    }

    fn places(self) -> &'static [Service] {
        self.entry().services
    }
}

/// One closed list of faults, with the level at which all of them sit.
macro_rules! faults {
    ($(#[$doc:meta])* $enum:ident at $level:ident for $services:tt; $($rows:tt)+) => {
        ::qaqpa_mischief::catalogue! {
            $(#[$doc])*
            $enum of $crate::mischief::fault::Service, $crate::mischief::verdict::Conduct, for $services;
            $($rows)+
        }

        impl $enum {
            /// What the catalogue says.
            #[must_use]
            pub const fn entry(self) -> $crate::mischief::fault::Entry {
                $crate::mischief::fault::Entry::of($crate::mischief::fault::Level::$level, self.row())
            }
        }
    };
}
use faults;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<_> = FaultKind::all().map(|kind| kind.entry().name).collect();
        assert_eq!(names.len(), FaultKind::all().count());
        for kind in FaultKind::all() {
            assert_eq!(FaultKind::named(kind.entry().name), Some(kind));
        }
        assert_eq!(FaultKind::named("nonsense"), None);
    }

    #[test]
    fn every_row_of_the_catalogue_is_whole() {
        for entry in FaultKind::all().map(FaultKind::entry) {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(entry.name.chars().all(kebab), "{}", entry.name);
            for sentence in [entry.does, entry.purpose] {
                assert!(sentence.ends_with('.'), "{}: {sentence}", entry.name);
            }
            assert!(!entry.services.is_empty(), "{}", entry.name);
            if let Some(dial) = entry.dial {
                assert!(
                    (dial.min..=dial.max).contains(&dial.default),
                    "{}",
                    entry.name
                );
            }
        }
    }

    #[test]
    fn a_path_leads_to_its_service() {
        for (path, service) in [
            ("/ocsp/", Some(Service::Ocsp)),
            ("/ocsp", Some(Service::Ocsp)),
            ("/ocsp/MEIwQDA+", Some(Service::Ocsp)),
            ("/crl/rsa.crl", Some(Service::Crl)),
            ("/crl/gost-2015-root.crl", Some(Service::Crl)),
            ("/crl/rsa-delta.crl", Some(Service::Delta)),
            ("/cert/rsa-root.cer", Some(Service::Cert)),
            ("/tsp/", Some(Service::Tsp)),
            ("/ocspx", None),
            ("/", None),
            ("/health", None),
        ] {
            assert_eq!(Service::of_path(path), service, "{path}");
        }
    }
}

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
pub use stamp::StampFault;

use std::fmt;

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

    /// The service of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|service| service.as_str() == name)
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

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A number that a fault can be given in a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dial {
    /// Its key in a rule; it says the unit: `bytes`, `seconds`, `ms`, `status`.
    pub name: &'static str,
    /// Its value where a rule gives none.
    pub default: u64,
    /// Its least value.
    pub min: u64,
    /// Its greatest value.
    pub max: u64,
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

    /// The fault of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.entry().name == name)
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

    /// With its dial where the catalogue sets it.
    #[must_use]
    pub const fn plain(self) -> Fault {
        let amount = match self.entry().dial {
            Some(dial) => dial.default,
            None => 0,
        };
        Fault { kind: self, amount }
    }
}

/// A fault as a rule has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which one.
    pub kind: FaultKind,
    /// Its dial's value; 0 where it has none.
    pub amount: u64,
}

impl Fault {
    /// Whether it can befall that service.
    #[must_use]
    pub fn befalls(self, service: Service) -> bool {
        self.kind.entry().services.contains(&service)
    }
}

impl fmt::Display for Fault {
    /// `truncated(bytes = 1)`, `expired-responder`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.kind.entry();
        match entry.dial {
            None => f.write_str(entry.name),
            Some(dial) => write!(f, "{}({} = {})", entry.name, dial.name, self.amount),
        }
    }
}

/// One closed list of faults: the enum, and its rows of the catalogue beside it.
///
/// A row: `Variant = "name", [dial = default, min..=max]?, only [services]?; does, purpose, conduct;`
macro_rules! faults {
    (
        $(#[$doc:meta])*
        $enum:ident at $level:ident for [$($service:ident),+];
        $(
            $variant:ident = $name:literal
            $([$dial:ident = $default:literal, $min:literal..=$max:literal])?
            $(only [$($only:ident),+])?
            : $does:literal, $purpose:literal, $conduct:expr;
        )+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum { $(#[doc = $does] $variant,)+ }

        impl $enum {
            /// Every one, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// What the catalogue says.
            #[must_use]
            pub const fn entry(self) -> $crate::mischief::fault::Entry {
                use $crate::mischief::fault::{Dial, Entry, Level, Service};
                /// The services of the whole list.
                const SERVICES: &[Service] = &[$(Service::$service,)+];
                match self {
                    $(Self::$variant => {
                        #[allow(unused_mut, unused_assignments, reason = "most rows have neither")]
                        let (mut dial, mut services): (Option<Dial>, &'static [Service]) = (None, SERVICES);
                        $(dial = Some(Dial {
                            name: stringify!($dial), default: $default, min: $min, max: $max,
                        });)?
                        $(services = &[$(Service::$only,)+];)?
                        Entry {
                            name: $name,
                            level: Level::$level,
                            services,
                            dial,
                            does: $does,
                            purpose: $purpose,
                            conduct: $conduct,
                        }
                    })+
                }
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
            assert_eq!(FaultKind::parse(kind.entry().name), Some(kind));
        }
        assert_eq!(FaultKind::parse("nonsense"), None);
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

//! Where an actor listens, and what it tells the others to call: for actors that live on several machines.
//!
//! Nothing said, every door is on `127.0.0.1` and nobody beyond this machine reaches it. A control port stays there
//! whatever the other doors do, unless it is told otherwise by a word of its own; it speaks TLS then, since its token
//! must not be read on the way.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;

use crate::ports::Place;

/// The addresses of one actor's machine, as far as they concern its doors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    listen: IpAddr,
    control: IpAddr,
    advertised: Option<Advertised>,
}

/// What others are told to call: a host and, where ports are mapped on the way, the first port of the row there.
///
/// Holding one says nothing about whether that host is this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advertised {
    host: String,
    port_base: Option<u16>,
}

/// Why addresses cannot be listened at or told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MachineError {
    /// What is to be told is no host, or no host and port.
    #[error(
        "{0:?} is not a host, nor host:port; write gateway.example, 10.0.0.2, [fd00::2] or one of them with :14500"
    )]
    Host(String),
    /// Others cannot call "every address", and nothing else is said.
    #[error(
        "{0} is every address of this machine, and others must be told one of them: say advertise = \"HOST\" too"
    )]
    Nowhere(IpAddr),
}

/// Every door of an actor that nobody told anything.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Default for Machine {
    fn default() -> Self {
        Self {
            listen: HERE,
            control: HERE,
            advertised: None,
        }
    }
}

impl Machine {
    /// Doors at `listen`, the control port at `control`, and `advertised` told to the others; what is not said stays as it
    /// is on a machine that is alone.
    ///
    /// # Errors
    /// [`MachineError::Nowhere`] where a door listens at every address and no host is told.
    pub fn new(
        listen: Option<IpAddr>,
        control: Option<IpAddr>,
        advertised: Option<Advertised>,
    ) -> Result<Self, MachineError> {
        let machine = Self {
            listen: listen.unwrap_or(HERE),
            control: control.unwrap_or(HERE),
            advertised,
        };
        for address in [machine.listen, machine.control] {
            if address.is_unspecified() && machine.advertised.is_none() {
                return Err(MachineError::Nowhere(address));
            }
        }
        Ok(machine)
    }

    /// Where doors listen.
    #[must_use]
    pub const fn listen(&self) -> IpAddr {
        self.listen
    }

    /// Where the control port listens.
    #[must_use]
    pub const fn control(&self) -> IpAddr {
        self.control
    }

    /// Whether the control port may be reached from beyond this machine: it is at another address than every machine's
    /// own.
    #[must_use]
    pub fn control_is_exposed(&self) -> bool {
        self.control != HERE && self.control != IpAddr::V6(Ipv6Addr::LOCALHOST)
    }

    /// The hosts that stand in the actor's certificate beside this machine's own names.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = [self.listen, self.control]
            .into_iter()
            .filter(|address| !address.is_unspecified())
            .map(|address| address.to_string())
            .collect();
        names.extend(self.advertised.iter().map(|told| told.host.clone()));
        names.dedup();
        names
    }

    /// What is told of a door: its host and port, for an address. `bound` is where it listens; `place` is `None` where
    /// its port was chosen by the system.
    pub(crate) fn told(&self, bound: SocketAddr, place: Option<Place>) -> String {
        let Some(advertised) = &self.advertised else {
            return bound.to_string();
        };
        let mapped = place.zip(advertised.port_base);
        let port = mapped.map_or(bound.port(), |(place, base)| place.port(base));
        format!("{}:{port}", in_address(&advertised.host))
    }
}

impl Advertised {
    /// Reads `HOST` or `HOST:PORT-BASE`; an address of IPv6 stands in brackets.
    ///
    /// # Errors
    /// [`MachineError::Host`].
    pub fn parse(text: &str) -> Result<Self, MachineError> {
        let wrong = || MachineError::Host(text.to_owned());
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or_else(wrong)?;
                let address: Ipv6Addr = host.parse().map_err(|_| wrong())?;
                let port = match port {
                    "" => None,
                    port => Some(port.strip_prefix(':').ok_or_else(wrong)?),
                };
                (address.to_string(), port)
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host.to_owned(), Some(port)),
                None => (text.to_owned(), None),
            },
        };
        if !is_host(&host) {
            return Err(wrong());
        }
        // Twelve ports in a row must fit behind it.
        let last = u16::MAX - 12;
        let port_base = port
            .map(|port| port.parse().ok().filter(|port| (1..=last).contains(port)))
            .map(|port| port.ok_or_else(wrong))
            .transpose()?;
        Ok(Self { host, port_base })
    }
}

impl fmt::Display for Advertised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_address(&self.host))?;
        match self.port_base {
            None => Ok(()),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

/// An address that one can call, or a name by the rules of RFC 1123 §2.1.
fn is_host(text: &str) -> bool {
    if let Ok(address) = text.parse::<IpAddr>() {
        return !address.is_unspecified() && !address.is_multicast();
    }
    let label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // What ends in a number is an address that was mistyped: no name of the whole world does.
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(label)
        && !text.rsplit('.').next().is_some_and(is_number)
}

/// A host as it stands in an address: of IPv6 in brackets.
fn in_address(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_machine_that_was_told_nothing_keeps_everything_to_itself() {
        let alone = Machine::default();
        assert_eq!(Machine::new(None, None, None).as_ref(), Ok(&alone));
        assert_eq!((alone.listen(), alone.control()), (HERE, HERE));
        assert!(!alone.control_is_exposed());
        let here = bound("127.0.0.1:14504");
        let door = Some(Place::GatewayPublic);
        assert_eq!(alone.told(here, door), "127.0.0.1:14504");
    }

    #[test]
    fn the_control_port_stays_at_home_while_the_doors_listen_elsewhere() {
        let far: IpAddr = "10.0.0.2".parse().unwrap();
        let machine = Machine::new(Some(far), None, None).unwrap();
        assert_eq!((machine.listen(), machine.control()), (far, HERE));
        assert!(!machine.control_is_exposed());
        assert_eq!(machine.names(), ["10.0.0.2", "127.0.0.1"]);
        let both = Machine::new(Some(far), Some(far), None).unwrap();
        assert!(both.control_is_exposed());
        assert_eq!(both.names(), ["10.0.0.2"]);
    }

    #[test]
    fn others_are_told_the_advertised_host_and_the_ports_that_are_mapped_there() {
        let told = |text: &str, place| {
            let advertised = Some(Advertised::parse(text).unwrap());
            let every = Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            let machine = Machine::new(every, None, advertised).unwrap();
            machine.told(bound("0.0.0.0:14504"), place)
        };
        let door = Some(Place::GatewayPublic);
        assert_eq!(told("gateway.example", door), "gateway.example:14504");
        assert_eq!(told("gateway.example:24500", door), "gateway.example:24504");
        assert_eq!(told("[fd00::2]", door), "[fd00::2]:14504");
        // A port that the system chose is nobody's to map.
        assert_eq!(told("gateway.example:24500", None), "gateway.example:14504");
    }

    #[test]
    fn every_address_of_a_machine_is_none_that_others_can_call() {
        let every: IpAddr = "::".parse().unwrap();
        let nowhere = MachineError::Nowhere(every);
        assert_eq!(Machine::new(Some(every), None, None), Err(nowhere.clone()));
        assert_eq!(Machine::new(None, Some(every), None), Err(nowhere));
        let told = Some(Advertised::parse("gw").unwrap());
        assert!(Machine::new(Some(every), None, told).is_ok());
    }

    #[test]
    fn what_is_no_host_is_told_with_the_remedy() {
        for good in ["gw", "a-1.example", "10.0.0.2:14500", "[::1]:1"] {
            assert_eq!(Advertised::parse(good).unwrap().to_string(), good);
        }
        for wrong in [
            "",
            "https://gw",
            "gw/",
            "gw:0",
            "gw:65530",
            "gw:port",
            "0.0.0.0",
            "10.0.0",
            "10.0.0.256",
            "fd00::2",
            "[fd00::2",
            "[gw]",
            "[::]",
            "224.0.0.1",
            "-gw",
            "me@gw",
            "gw..example",
        ] {
            let refused = Advertised::parse(wrong);
            assert_eq!(
                refused,
                Err(MachineError::Host(wrong.to_owned())),
                "{wrong}"
            );
        }
    }
}

//! Which door listens at which port.

/// A door of the simulator; its port is the port base plus a fixed number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The console's control port.
    ConsoleControl,
    /// The console's pages (TLS).
    ConsolePages,
    /// The certifying authority: OCSP, CRL, certificates (plain HTTP, as in the wild).
    NcaPublic,
    /// The authority's control port.
    NcaControl,
    /// The gateway's public channel (TLS).
    GatewayPublic,
    /// The gateway's control port.
    GatewayControl,
    /// The workplace's pages (TLS).
    RegionalPages,
    /// The regional gateway's channel (mutual TLS).
    RegionalChannel,
    /// The regional gateway's control port.
    RegionalControl,
    /// The portal's pages (TLS).
    PortalPages,
    /// The portal's channel (mutual TLS).
    PortalChannel,
    /// The portal's control port.
    PortalControl,
}

impl Place {
    /// The port base that is used when none is asked for.
    pub const BASE_DEFAULT: u16 = 14_500;

    /// The door's name in numbers and traces: `gateway-public`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsoleControl => "console-control",
            Self::ConsolePages => "console-pages",
            Self::NcaPublic => "nca-public",
            Self::NcaControl => "nca-control",
            Self::GatewayPublic => "gateway-public",
            Self::GatewayControl => "gateway-control",
            Self::RegionalPages => "regional-pages",
            Self::RegionalChannel => "regional-channel",
            Self::RegionalControl => "regional-control",
            Self::PortalPages => "portal-pages",
            Self::PortalChannel => "portal-channel",
            Self::PortalControl => "portal-control",
        }
    }

    /// The port at this base; base 0 means a free port, chosen by the system.
    #[must_use]
    pub const fn port(self, base: u16) -> u16 {
        if base == 0 {
            return 0;
        }
        base.saturating_add(self as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_base_and_zero_stays_zero() {
        assert_eq!(Place::ConsoleControl.port(14_500), 14_500);
        assert_eq!(Place::GatewayPublic.port(14_500), 14_504);
        assert_eq!(Place::PortalControl.port(14_500), 14_511);
        assert_eq!(Place::PortalControl.port(0), 0);
    }
}

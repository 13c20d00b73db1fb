//! What the catalogue says of a service that somebody asks for.

use std::fmt;

use crate::service::{Listing, Service};

/// The answer to "may I have this service (through this channel)?". Its text ends with the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'c> {
    /// The act names the service and the catalogue has no flow of it; the listing says why.
    Listed(&'c Listing),
    /// The catalogue has the flow; the actors do not play it yet.
    NotPlayed(&'c Service),
    /// The act offers the service through other channels.
    OtherChannel(&'c Service),
    /// The actors play it.
    Played(&'c Service),
    /// The catalogue does not know the service.
    Unknown,
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(listing) => write!(
                f,
                "{} ({}): {}; `qaqpa services` lists what can be walked",
                listing.id, listing.standing, listing.why.en
            ),
            Self::NotPlayed(service) => write!(
                f,
                "this flow of {} is in the catalogue, the simulator does not play it yet; {}",
                service.id,
                Playable(service)
            ),
            Self::OtherChannel(service) => {
                let mut channels: Vec<&str> = Vec::new();
                for flow in &service.flows {
                    if !channels.contains(&flow.channel.as_str()) {
                        channels.push(flow.channel.as_str());
                    }
                }
                write!(
                    f,
                    "the act does not offer {} through this channel; it offers {}",
                    service.id,
                    channels.join(", ")
                )
            }
            Self::Played(service) => write!(f, "{} is played", service.id),
            Self::Unknown => {
                f.write_str("the catalogue has no such service; `qaqpa services` lists what it has")
            }
        }
    }
}

/// What of a service can be played.
struct Playable<'c>(&'c Service);

impl fmt::Display for Playable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut played = self.0.flows.iter().filter(|flow| flow.played).peekable();
        if played.peek().is_none() {
            return f.write_str("`qaqpa services` marks what can be played");
        }
        f.write_str("what can be played:")?;
        for flow in played {
            write!(f, " {}", flow.channel)?;
        }
        Ok(())
    }
}

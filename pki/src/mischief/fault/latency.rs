//! Faults in time.

use super::faults;
use crate::mischief::verdict::Conduct::{Drops, Takes};

faults! {
    /// In time.
    LatencyFault at Latency for [Ocsp, Crl, Delta, Tsp, Cert];

    Delay = "delay" [ms = 100, 1..=600_000]:
        "The answer comes so much later.",
        "Slower than usual, within the client's patience: nothing is wrong with the answer.", Takes;
    Jitter = "jitter" [ms = 100, 1..=600_000]:
        "The answer comes later by a time of chance up to this one, from the rule's seed.",
        "Answers overtake each other; each still belongs to its request.", Takes;
    Hang = "hang" [ms = 60_000, 1..=600_000]:
        "Nothing comes for so long, and then the connection is closed.",
        "A client without a time-out hangs too, and whoever waits for it.", Drops;
}

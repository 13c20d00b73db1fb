//! `qaqpa bench`.

use std::path::PathBuf;

use clap::Args;

/// Options of `bench`.
#[derive(Debug, Args)]
#[command(
    after_help = "Two parts of equal length: first as many requests as the connections carry, then half of the rate\n\
                        at which these were delivered: acknowledgements may run ahead, and that does not last.\n\
                        All requests are signed before and none is like another. Nobody answers the applications: give\n\
                        the regional gateway a stub for the service (`qaqpa stub add`), and the whole road there and back\n\
                        is measured.\n\n\
                        Processor time is that of the actors' processes, so measure a simulator that nobody else uses; the\n\
                        load generator is left out. The bare work (an echo over TLS, one verification, one signature) is\n\
                        measured in the same run.\n\n\
                        Exit codes: 0 every request accepted and everything delivered, 1 not so."
)]
pub struct Bench {
    /// How long to send, both parts together.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=86_400))]
    pub seconds: u64,
    /// How many connections send at once in the first part.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub connections: u16,
    /// At most so many requests, which bounds what is signed before.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(100..=2_000_000))]
    pub requests: u32,
    /// Also writes how long each stage took at half of the rate into this file, as a table for a page (Markdown).
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
    /// The service that is asked for.
    #[arg(
        long,
        value_name = "SERVICE@ACT",
        default_value = "guardianship-certificate@zhambyl-2019-23"
    )]
    pub service: String,
    /// The sender to be.
    #[arg(long = "as", value_name = "SENDER", default_value = "integrator-1")]
    pub sender: String,
}

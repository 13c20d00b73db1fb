//! The console: the command line of the simulator, the start of all actors, and the actor that owns the clock.
//!
//! A tour:
//! - [`cli`] is the command line; every command is the file of its name under `command/`
//!   (`qaqpa ca revoke` is `command/ca.rs`'s `revoke`).
//! - [`settings`] merges the command line over the configuration file over the defaults.
//! - [`simulator`] starts all five actors in this process; `qaqpa gateway` and the others start one.
//! - [`server`] is the console as an actor: `endpoints.json`, the one clock, its page.
//! - [`exit`] says what scripts see.

pub mod cli;
mod command;
mod endpoints;
pub mod exit;
mod free;
mod key_input;
mod laboratory;
pub mod openapi;
mod output;
mod page;
mod running;
pub mod server;
pub mod settings;
pub mod simulator;
mod snapshot;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::Cli;
use crate::exit::Exit;

/// Many small parts of messages, on several threads: the allocator of the C library takes a tenth of all processor time for them.
/// It stands here so that every program of the simulator has it, those under test, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line and gives back what the process should exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are a "yes"; clap's own 2 for a wrong command line becomes 64.
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Yes
            };
            error.print().ok();
            return exit.into();
        }
    };
    laboratory::announce();
    match command::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit.into()
        }
    }
}

/// Reads the command line; the version is that of this build.
fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command().version(laboratory::VERSION);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

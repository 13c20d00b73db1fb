//! `qaqpa`: the simulator of the e-government gateway, one binary for all of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    qaqpa::run(std::env::args_os())
}

//! The command line under test: `qaqpa` itself, built for the tests of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    qaqpa::run(std::env::args_os())
}

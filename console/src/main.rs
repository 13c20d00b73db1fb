//! `qaqpa`: the simulator of the e-government gateway, one binary for all of it.

use std::process::ExitCode;

/// Many small parts of messages, on several threads: the allocator of the C library takes a tenth of all processor time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    qaqpa::run(std::env::args_os())
}

//! The commands, one file each.

mod attack;
mod bench;
mod ca;
mod clock;
mod doctor;
mod expect;
mod journal;
mod mischief;
mod one_actor;
mod outbox;
mod sample;
mod scenario;
mod send;
mod services;
mod sign;
mod snapshot;
mod stamping;
mod stub;
mod up;
mod verify;

use std::future::Future;

use qaqpa_model::{Actor, ActorName};

use crate::cli::{CaCommand, Cli, Command, Format, ScenarioCommand, ServicesCommand};
use crate::exit::{Failure, Outcome};
use crate::settings::Settings;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Outcome {
    let settings = Settings::read(&cli.common)?;
    let format = cli.common.format;
    let is_trust = matches!(cli.command, Command::Ca(CaCommand::Trust(_)));
    if matches!(format, Format::Pem | Format::Der) && !is_trust {
        return Err(Failure::usage(
            "--format pem and der are for `qaqpa ca trust`",
        ));
    }
    let is_verify = matches!(cli.command, Command::Verify(_));
    if format == Format::Etsi && !is_verify {
        return Err(Failure::usage("--format etsi is for `qaqpa verify`"));
    }
    let is_run = matches!(cli.command, Command::Scenario(ScenarioCommand::Run { .. }));
    if format == Format::Html && !is_verify && !is_run {
        return Err(Failure::usage(
            "--format html is for `qaqpa verify` and `qaqpa scenario run`",
        ));
    }
    let is_flow = matches!(
        cli.command,
        Command::Services {
            command: Some(ServicesCommand::Show(_))
        }
    );
    if matches!(format, Format::Svg | Format::Bpmn) && !is_flow {
        return Err(Failure::usage(
            "--format svg and bpmn are for `qaqpa services show`",
        ));
    }
    match cli.command {
        Command::Up(options) => block_on(up::run(&settings, &options, format)),
        Command::Nca => block_on(one_actor::run(&settings, Actor::Nca)),
        Command::Gateway => block_on(one_actor::run(&settings, Actor::Gateway)),
        Command::RegionalGateway { name } => {
            block_on(one_actor::run(&settings, ActorName::regional(name)))
        }
        Command::Portal => block_on(one_actor::run(&settings, Actor::Portal)),
        Command::Console => block_on(one_actor::run(&settings, Actor::Console)),
        Command::Services { command } => services::run(&settings, command.as_ref(), format),
        Command::Scenario(command) => block_on(scenario::run(&settings, &command, format)),
        Command::Attack(command) => block_on(attack::run(&settings, &command, format)),
        Command::Sample(options) => sample::run(&settings, &options),
        Command::Send(options) => block_on(send::run(&settings, &options, format)),
        Command::Sign(options) => block_on(sign::run(&settings, &options)),
        Command::Verify(options) => block_on(verify::run(&settings, &options, format)),
        Command::Ca(command) => block_on(ca::run(&settings, &command, format)),
        Command::Clock(command) => block_on(clock::run(&settings, &command, format)),
        Command::Journal(command) => block_on(journal::run(&settings, &command, format)),
        Command::Doctor(options) => block_on(doctor::run(&settings, &options, format)),
        Command::Bench(options) => block_on(bench::run(&settings, &options, format)),
        Command::Outbox(command) => block_on(outbox::run(&settings, &command, format)),
        Command::Stub(command) => block_on(stub::run(&settings, &command, format)),
        Command::Mischief(command) => block_on(mischief::run(&settings, &command, format)),
        Command::Expect(options) => block_on(expect::run(&settings, &options, format)),
        Command::History(options) => block_on(expect::history(&settings, &options, format)),
        Command::Reset(options) => block_on(expect::reset(&settings, &options, format)),
        Command::Snapshot(command) => block_on(snapshot::run(&settings, &command, format)),
    }
}

fn block_on(command: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::own)?
        .block_on(command)
}

//! A build that can leave checks out of verdicts (cargo feature `laboratory`) is no product: it says so wherever it speaks, and
//! no actor runs in it.

use qaqpa_model::Actor;
use qaqpa_transport::StartError;
use qaqpa_verdict::IS_LABORATORY;

use crate::output;

/// What `--version` says.
pub(crate) const VERSION: &str = version(IS_LABORATORY);

const fn version(is_laboratory: bool) -> &'static str {
    match is_laboratory {
        true => concat!(env!("CARGO_PKG_VERSION"), " LABORATORY"),
        false => env!("CARGO_PKG_VERSION"),
    }
}

/// Says on standard error, before anything else, that this is a laboratory, where it is one.
pub(crate) fn announce() {
    if IS_LABORATORY {
        output::progress(
            "LABORATORY: this build can leave checks out of verdicts. It is no product; no actor runs in it.",
        );
    }
}

/// The name of this build in reports.
pub(crate) fn named(name: &str) -> String {
    named_in(IS_LABORATORY, name)
}

fn named_in(is_laboratory: bool, name: &str) -> String {
    match is_laboratory {
        true => format!("{name} (LABORATORY)"),
        false => name.to_owned(),
    }
}

/// Whether an actor may run in this build.
///
/// # Errors
/// [`StartError::Config`] in a laboratory: whoever relies on an actor relies on every check.
pub(crate) fn refuse(actor: Actor) -> Result<(), StartError> {
    refuse_in(is_laboratory(), actor)
}

#[cfg(not(test))]
const fn is_laboratory() -> bool {
    IS_LABORATORY
}

/// In tests also a build that plays a laboratory, so that its wall is tried without being compiled anew.
#[cfg(test)]
fn is_laboratory() -> bool {
    IS_LABORATORY || tests::PLAYED.get()
}

fn refuse_in(is_laboratory: bool, actor: Actor) -> Result<(), StartError> {
    if is_laboratory {
        return Err(StartError::Config(format!(
            "{actor} does not run in a LABORATORY build, which can leave checks out; build without the cargo feature \"laboratory\""
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// Whether what is started on this thread plays to be of a laboratory.
        pub(super) static PLAYED: Cell<bool> = const { Cell::new(false) };
    }

    #[test]
    fn a_laboratory_says_so_in_its_version_and_no_other_build_does() {
        assert_eq!(
            version(true),
            format!("{} LABORATORY", env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(version(false), env!("CARGO_PKG_VERSION"));
        for arguments in [
            &["qaqpa", "--version"][..],
            &["qaqpa", "verify", "--version"],
        ] {
            let told = crate::parse(arguments.iter().map(Into::into)).unwrap_err();
            assert_eq!(told.kind(), clap::error::ErrorKind::DisplayVersion);
            let told = told.to_string();
            assert!(told.trim_end().ends_with(VERSION), "{told}");
            assert_eq!(told.contains("LABORATORY"), IS_LABORATORY, "{told}");
        }
    }

    #[test]
    fn a_laboratory_is_named_so_in_reports() {
        assert_eq!(named_in(true, "qaqpa"), "qaqpa (LABORATORY)");
        assert_eq!(named_in(false, "qaqpa"), "qaqpa");
        assert_eq!(named("qaqpa"), named_in(IS_LABORATORY, "qaqpa"));
    }

    #[test]
    fn no_actor_runs_in_a_laboratory() {
        for actor in Actor::ALL {
            assert!(refuse_in(false, actor).is_ok());
            let refused = refuse_in(true, actor).unwrap_err();
            assert!(matches!(refused, StartError::Config(_)));
            assert!(refused.to_string().contains("LABORATORY"), "{refused}");
        }
    }

    #[test]
    fn every_command_that_starts_an_actor_is_refused_here() {
        PLAYED.set(true);
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().to_str().unwrap();
        for command in [
            &["up"][..],
            &["up", "--once"],
            &["nca"],
            &["gateway"],
            &["regional-gateway"],
            &["portal"],
            &["console"],
            &["scenario", "run", "guardianship-happy"],
        ] {
            let arguments = ["qaqpa", "--data", folder, "--port-base", "0"];
            let arguments = arguments.iter().chain(command).map(Into::into);
            let failure = crate::command::run(crate::parse(arguments).unwrap()).unwrap_err();
            assert!(
                failure.message.contains("LABORATORY"),
                "{command:?}: {failure}"
            );
        }
        PLAYED.set(false);
    }
}

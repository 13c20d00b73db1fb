//! The tools that give a second opinion: their absence is a failure, not a skip.

use std::path::Path;
use std::process::Command;

/// What a tool said on both outputs, and whether it was content.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

impl Said {
    #[track_caller]
    pub(crate) fn yes(self) -> String {
        assert!(self.ok, "{}", self.text);
        self.text
    }

    #[track_caller]
    pub(crate) fn no(self) -> String {
        assert!(!self.ok, "{}", self.text);
        self.text
    }
}

/// Runs a tool in a folder, beside the runtime's threads: the authority must be able to answer meanwhile.
pub(crate) async fn run(tool: &'static str, dir: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(tool);
    command
        .args(arguments)
        .current_dir(dir)
        .env("LC_ALL", "C.UTF-8");
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap();
    let output = output.unwrap_or_else(|error| panic!("the tests need {tool}: {error}"));
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Said {
        ok: output.status.success(),
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

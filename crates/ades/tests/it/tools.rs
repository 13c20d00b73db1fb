//! The tools that give a second opinion: their absence is a failure, not a skip.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder for one case, with files that the tools read.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    pub(crate) fn openssl(&self, arguments: &[&str]) -> Said {
        run("openssl", self.0.path(), arguments)
    }

    /// Runs a script of `tests/e2e/python` with the Python that `scripts/setup test` prepared.
    pub(crate) fn python(&self, script: &str, arguments: &[&str]) -> Said {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = top.join(".test-tools/venv/bin/python");
        assert!(
            python.exists(),
            "{} is missing: run scripts/setup test",
            python.display()
        );
        let script = top.join("tests/e2e/python").join(script);
        let arguments = [&[script.to_str().unwrap()], arguments].concat();
        run(python.to_str().unwrap(), self.0.path(), &arguments)
    }
}

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

fn run(tool: &str, dir: &Path, arguments: &[&str]) -> Said {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(dir)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("the tests need {tool}: {error}"));
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Said {
        ok: output.status.success(),
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

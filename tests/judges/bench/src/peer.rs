//! A worker that is measured: a process of its own, asked over stdin.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::measure;

/// Who is measured.
pub struct Peer {
    /// Its name in the table.
    pub name: &'static str,
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What one question cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Time on a processor, all threads, without the reading of the question.
    pub cpu_ns: u64,
    /// The most memory that the process ever had.
    pub peak_kib: u64,
}

impl Peer {
    /// Starts it.
    pub fn start(name: &'static str, program: &Path, arguments: &[String]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let stdin = child.stdin.take().expect("stdin was asked for");
        let stdout = BufReader::new(child.stdout.take().expect("stdout was asked for"));
        Self {
            name,
            child,
            stdin,
            stdout,
        }
    }

    /// Does the task to the whole batch so many times; what that cost, or why it was not done.
    pub fn does(
        &mut self,
        task: &str,
        key: &str,
        batch: &[u8],
        times: u64,
    ) -> Result<Cost, String> {
        let algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
        let asked = writeln!(
            self.stdin,
            "{} {task} {key} {algorithm} {times}",
            batch.len()
        )
        .and_then(|()| self.stdin.write_all(batch))
        .and_then(|()| self.stdin.flush());
        asked.map_err(|error| error.to_string())?;
        let ready = self.line()?;
        if ready != "ready" {
            return Err(ready);
        }
        let process = self.child.id();
        let before = measure::cpu_ns(process);
        self.stdin
            .write_all(b"\n")
            .and_then(|()| self.stdin.flush())
            .map_err(|error| error.to_string())?;
        let answer = self.line()?;
        let cost = Cost {
            cpu_ns: measure::cpu_ns(process) - before,
            peak_kib: measure::peak_kib(process),
        };
        if answer == "accept" {
            Ok(cost)
        } else {
            Err(answer)
        }
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.stdout
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        if line.is_empty() {
            Err("it died".to_owned())
        } else {
            Ok(line.trim_end().to_owned())
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

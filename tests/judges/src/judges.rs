//! Judges that other people wrote: long-lived processes that are asked over stdin and answer over stdout.
//!
//! A question is `LENGTH PROFILE KEY ALGORITHM\n` and LENGTH bytes; an answer is one line, `accept` or `refuse REASON`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::keys;
use crate::template::Profile;

/// How long a judge may take over one document; the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// What another judge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It accepts.
    Accept,
    /// It fell over, or took too long: what is known of it.
    Died(String),
    /// It refuses, with its reason.
    Refuse(String),
}

impl Says {
    /// In one line.
    pub fn line(&self) -> String {
        match self {
            Self::Accept => "accept".to_owned(),
            Self::Died(how) => format!("died {how}"),
            Self::Refuse(reason) => format!("refuse {reason}"),
        }
    }
}

/// A question: a document, where its signature is, and who may have made it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The profile.
    pub profile: Profile,
    /// The name of the key.
    pub key: &'a str,
    /// The URI of the algorithm that the key signs with.
    pub algorithm: &'a str,
    /// The document.
    pub bytes: &'a [u8],
}

/// A judge in a process of its own, started again when it dies.
pub struct Judge {
    /// Its name.
    pub name: &'static str,
    /// How often it died.
    pub deaths: usize,
    program: PathBuf,
    arguments: Vec<String>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
}

impl Judge {
    /// A judge that is not started yet.
    pub fn new(name: &'static str, program: &Path, arguments: &[&str]) -> Self {
        Self {
            name,
            deaths: 0,
            program: program.to_owned(),
            arguments: arguments
                .iter()
                .map(|argument| (*argument).to_owned())
                .collect(),
            running: None,
        }
    }

    /// The process, started if need be.
    pub fn process_id(&mut self) -> u32 {
        self.running().child.id()
    }

    fn running(&mut self) -> &mut Running {
        let (program, arguments) = (&self.program, &self.arguments);
        self.running.get_or_insert_with(|| {
            let mut child = Command::new(program)
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
            let stdin = child.stdin.take().expect("stdin was asked for");
            let stdout = child.stdout.take().expect("stdout was asked for");
            let (sender, answers) = channel();
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                    if sender
                        .send(String::from_utf8_lossy(&line).into_owned())
                        .is_err()
                    {
                        return;
                    }
                }
            });
            Running {
                child,
                stdin,
                answers,
            }
        })
    }

    /// Asks, without waiting for the answer.
    pub fn ask(&mut self, question: Question<'_>) {
        let Question {
            profile,
            key,
            algorithm,
            bytes,
        } = question;
        let header = format!("{} {} {key} {algorithm}\n", bytes.len(), profile.name());
        let stdin = &mut self.running().stdin;
        // One that died says so when the answer is awaited.
        let _ = stdin
            .write_all(header.as_bytes())
            .and_then(|()| stdin.write_all(bytes))
            .and_then(|()| stdin.flush());
    }

    /// Waits for the answer.
    pub fn answer(&mut self) -> Says {
        match self.running().answers.recv_timeout(PATIENCE) {
            Ok(line) if line == "accept" => Says::Accept,
            Ok(line) => match line.strip_prefix("refuse ") {
                Some(reason) => Says::Refuse(reason.to_owned()),
                None => self.dies(format!("said {line:?}")),
            },
            Err(_) => self.dies(String::new()),
        }
    }

    fn dies(&mut self, what: String) -> Says {
        self.deaths += 1;
        let Some(mut running) = self.running.take() else {
            return Says::Died(what);
        };
        let _ = running.child.kill();
        let status = running
            .child
            .wait()
            .map(|status| status.to_string())
            .unwrap_or_default();
        Says::Died(format!("{what} {status}"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

/// Every judge but ourselves; those in C and Java are compiled first.
pub fn all() -> Vec<Judge> {
    let keys = keys::folder();
    let keys = keys.to_str().expect("the path of this folder is text");
    let built = built();
    let peers = std::env::current_exe()
        .expect("a running programme has a path")
        .with_file_name("qaqpa-judges-peers");
    vec![
        Judge::new("xmlsec1", &built.join("xmlsec1_judge"), &[keys, "--huge"]),
        Judge::new(
            "jdk",
            Path::new("java"),
            &[
                "-Xss8m",
                "-XX:+UseSerialGC",
                "-cp",
                built.to_str().unwrap_or_default(),
                "SignatureJudge",
                keys,
            ],
        ),
        Judge::new(
            "signxml",
            &manifest().join("../../.test-tools/venv/bin/python"),
            &[
                manifest()
                    .join("peers/signxml_judge.py")
                    .to_str()
                    .unwrap_or_default(),
                keys,
                "--huge",
            ],
        ),
        Judge::new("bergshamra", &peers, &["bergshamra", keys]),
        Judge::new("xml-sec", &peers, &["xml-sec", keys]),
    ]
}

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles the judges in C and Java beside the running programme, if they are not there or older than their source.
pub fn built() -> PathBuf {
    let ourselves = std::env::current_exe().expect("a running programme has a path");
    let folder = ourselves.with_file_name("judges");
    std::fs::create_dir_all(&folder).expect("the folder of the programme can be written");
    let source = manifest().join("peers/xmlsec1_judge.c");
    let target = folder.join("xmlsec1_judge");
    if is_older(&target, &source) {
        let flags =
            output(Command::new("pkg-config").args(["--cflags", "--libs", "xmlsec1-openssl"]));
        output(
            Command::new("cc")
                .arg("-O2")
                .arg("-o")
                .arg(&target)
                .arg(&source)
                .args(flags.split_whitespace()),
        );
    }
    let source = manifest().join("peers/SignatureJudge.java");
    if is_older(&folder.join("SignatureJudge.class"), &source) {
        output(Command::new("javac").arg("-d").arg(&folder).arg(&source));
    }
    folder
}

fn is_older(target: &Path, source: &Path) -> bool {
    let changed = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok()
    };
    changed(target) < changed(source)
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; scripts/setup test installs what is missing")
    });
    assert!(
        output.status.success(),
        "{command:?}: {}; scripts/setup test installs what is missing",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

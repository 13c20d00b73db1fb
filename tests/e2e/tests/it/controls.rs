//! The controls of a simulator from the command line: stubs, expectations, history, reset, snapshots; and their description.

mod snapshots;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use qaqpa_model::{Actor, Moment};
use qaqpa_transport::ControlClient;
use serde_json::{Value, json};

use crate::clients::{python, script};
use crate::stand::{self, SERVICE};

/// What each command showed, by the name of its schema.
pub(crate) fn shown() -> &'static [(&'static str, String)] {
    static SHOWN: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    SHOWN.get_or_init(story)
}

/// `qaqpa up` as a process of its own.
struct Up {
    data: PathBuf,
    child: Child,
}

impl Up {
    fn start(name: &str) -> Self {
        let data = stand::fresh_folder(name);
        let log = std::fs::File::create(data.join("up.log")).unwrap();
        let child = Command::new(stand::program())
            .arg("--data")
            .arg(&data)
            .args(["--port-base", "0", "up"])
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        stand::wait_for_endpoints(&data);
        Self { data, child }
    }

    fn yes(&self, arguments: &[&str]) -> String {
        stand::qaqpa_yes(&self.data, arguments)
    }

    fn json(&self, arguments: &[&str]) -> String {
        self.yes(&[arguments, &["--format", "json"]].concat())
    }

    fn value(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.json(arguments)).unwrap()
    }

    fn code(&self, arguments: &[&str]) -> Option<i32> {
        stand::qaqpa(&self.data, arguments).status.code()
    }

    /// A signed application of citizen-1, as a file.
    fn application(&self, name: &str) -> String {
        let xml = self.yes(&["sample", SERVICE, "--signed-by", "citizen-1"]);
        let path = self.data.with_extension(name);
        std::fs::write(&path, xml).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn mischief(&self) -> Value {
        on_a_runtime(async {
            let nca = ControlClient::of(&self.data, Actor::Nca).unwrap();
            nca.get("/mischief").await.unwrap()
        })
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// A simulator is prepared, kept, spoilt, and brought back: then it is as it was, and judges as it did.
fn story() -> Vec<(&'static str, String)> {
    let mut shown = Vec::new();
    let up = Up::start("controls");
    let iin = stand::wait_for_endpoints(&up.data)
        .identity("citizen-1")
        .unwrap()
        .iin
        .clone();

    // >>>> An application is answered without a person, and another one is left to people.
    let purpose = "purpose=TEST {{applicant.surname}} {{today}}";
    let add = ["stub", "add", SERVICE, "--id", "all", "--set", purpose];
    shown.push(("stub", up.json(&add)));
    let first = up.application("first.xml");
    up.yes(&["send", &first]);
    let result = ["expect", "--type", "response", "--at-least", "1"];
    shown.push((
        "expect",
        up.json(&[&result[..], &["--wait", "60"]].concat()),
    ));
    let near = ["expect", "--sender", "nobody", "--exactly", "1"];
    assert_eq!(up.code(&near), Some(2));
    let request = [
        "expect",
        "--type",
        "request",
        "--applicant",
        &iin,
        "--exactly",
    ];
    assert_eq!(up.code(&[&request[..], &["1"]].concat()), Some(0));
    assert_eq!(up.code(&[&request[..], &["0"]].concat()), Some(1));
    assert_eq!(up.code(&["stub", "add", "--set", "a=b"]), Some(1));
    assert_eq!(up.code(&["expect", "--label", "none"]), Some(64));
    shown.push(("stub-list", up.json(&["stub", "list"])));
    shown.push(("stub-places", up.json(&["stub", "places"])));

    // >>>> A request is lost on purpose, once, before anybody looks at it.
    let drop = ["mischief", "add", "drop", "--at", "answer", "--id", "hand"];
    let once = [&drop[..], &["--first", "1"]].concat();
    shown.push(("mischief-add", up.json(&once)));
    assert_eq!(up.code(&["send", &first]), Some(1));
    assert_eq!(up.code(&[&request[..], &["1"]].concat()), Some(0));
    shown.push(("mischief-list", up.json(&["mischief", "list"])));
    let on = up.value(&["mischief", "list", "--actor", "gateway"]);
    let rule = &on["processes"][0]["rules"][0];
    assert_eq!((&rule["asked"], &rule["hits"]), (&json!(1), &json!(1)));
    shown.push(("mischief-catalogue", up.json(&["mischief", "catalogue"])));
    up.yes(&["mischief", "remove", "hand"]);
    assert_eq!(up.code(&["mischief", "remove", "hand"]), Some(1));
    assert_eq!(up.code(&["mischief", "add", "dorp"]), Some(64));

    // >>>> The state is kept: with a rule of mischief, and the clock in another year.
    up.yes(&["clock", "set", "2027-01-15T12:00:00+05:00"]);
    let rule = json!({"id": "kept", "faults": ["try-later"], "for": "citizen-2"});
    on_a_runtime(async {
        let nca = ControlClient::of(&up.data, Actor::Nca).unwrap();
        let _: Value = nca.post("/mischief", &rule).await.unwrap();
    });
    let verdict = up.value(&["verify", &first]);
    let history = up.value(&["history"]);
    up.yes(&["snapshot", "save", "before"]);
    assert_eq!(up.mischief()["rules"][0]["rule"]["id"], "kept");
    assert_eq!(up.code(&["snapshot", "save", "before"]), Some(1));
    assert_eq!(up.code(&["snapshot", "save", "../before"]), Some(64));
    shown.push(("snapshot-list", up.json(&["snapshot", "list"])));

    // >>>> Everything is spoilt.
    // From a Friday: nine working days are thirteen days.
    let moved = up.value(&["clock", "advance", "9wd"]);
    let moved = moved["now"].as_str().unwrap();
    assert!(moved.starts_with("2027-01-28T12:"), "{moved}");
    assert_eq!(up.code(&["clock", "advance", "9ww"]), Some(64));
    up.yes(&["ca", "revoke", "citizen-1"]);
    let second = up.application("second.xml");
    assert_eq!(up.code(&["send", &second]), Some(1));
    up.yes(&["stub", "remove", "all"]);
    up.yes(&[
        "stub",
        "add",
        "--id",
        "never",
        "--applicant",
        "061211600012",
    ]);
    shown.push(("reset", up.json(&["reset"])));
    assert_eq!(up.value(&["history"]), json!([]));
    assert_eq!(up.mischief()["rules"], json!([]));

    // >>>> It is brought back.
    let restored = up.value(&["snapshot", "restore", "before"]);
    assert_eq!(restored[0]["name"], "before");
    let now = up.value(&["clock", "show"])["now"]
        .as_str()
        .unwrap()
        .to_owned();
    let saved = Moment::parse(restored[0]["at"].as_str().unwrap()).unwrap();
    let since = Moment::parse(&now).unwrap().since(saved);
    assert!(
        now.starts_with("2027-01-15") && since.as_secs() < 300,
        "{now}"
    );
    assert_eq!(up.value(&["history"]), history);
    assert_eq!(up.mischief()["rules"][0]["rule"]["id"], "kept");
    assert_eq!(up.value(&["stub", "list"])["stubs"][0]["id"], "all");
    let again = up.value(&["verify", &first]);
    for part in ["indication", "sub_indication", "label"] {
        assert_eq!(again[part], verdict[part], "{part}");
    }
    // What was refused of a revoked certificate is accepted, and answered.
    up.yes(&["send", &second]);
    up.yes(&[
        "expect",
        "--type",
        "response",
        "--at-least",
        "2",
        "--wait",
        "60",
    ]);
    // Whether stamps of another year vouch for the entries is another question: nothing was changed, cut or removed.
    let output = stand::qaqpa(&up.data, &["journal", "verify", "--format", "json"]);
    let proof: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(proof["gone"], json!([]), "{proof}");
    for journal in proof["journals"].as_array().unwrap() {
        assert_eq!(journal["broken"], Value::Null, "{proof}");
    }

    // >>>> What no stub answers is told with what it missed.
    up.yes(&["stub", "remove", "--all"]);
    up.yes(&[
        "stub",
        "add",
        "--id",
        "never",
        "--applicant",
        "061211600012",
    ]);
    let third = up.application("third.xml");
    up.yes(&["send", &third]);
    let misses = (0..200).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let misses = up.json(&["stub", "misses"]);
        (misses.trim() != "[]").then_some(misses)
    });
    shown.push(("stub-misses", misses.unwrap()));
    shown.push(("history", up.json(&["history", "--limit", "3"])));
    up.yes(&["snapshot", "remove", "before"]);
    assert_eq!(up.value(&["snapshot", "list"]), json!([]));
    assert_eq!(up.code(&["snapshot", "restore", "before"]), Some(1));
    shown
}

#[test]
fn a_simulator_is_kept_spoilt_and_brought_back_as_it_was() {
    assert_eq!(shown().len(), 11);
}

#[test]
fn the_description_of_every_control_port_is_served_and_valid() {
    let stand = stand::shared();
    for actor in Actor::ALL {
        let served: Value = on_a_runtime(async {
            let console = ControlClient::of(&stand.data, Actor::Console).unwrap();
            console
                .get(&format!("/openapi/{actor}.json"))
                .await
                .unwrap()
        });
        assert_eq!(served, qaqpa::openapi::document(actor));
        let mut child = Command::new(python())
            .arg(script("validate_openapi.py"))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(served.to_string().as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{actor}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Each operation of the description is one that the actor knows: it answers, or refuses for another reason.
#[test]
fn every_described_operation_is_known_to_its_actor() {
    let stand = stand::shared();
    for actor in Actor::ALL {
        let document = qaqpa::openapi::document(actor);
        let paths = document["paths"].as_object().unwrap();
        for (path, operations) in paths {
            if !operations.as_object().unwrap().contains_key("get") {
                continue;
            }
            let path = path.replace("{message}", "none").replace("{id}", "1");
            let path = path
                .replace("{file}", "nca.json")
                .replace("{request}", "none");
            let known = on_a_runtime(async {
                let control = ControlClient::of(&stand.data, actor).unwrap();
                match control.bytes(&path).await {
                    Ok(_) => true,
                    Err(error) => !error.to_string().starts_with("not-found"),
                }
            });
            assert!(known, "{actor} {path}");
        }
    }
}

/// The folder of a simulator that is not up is kept and brought back by the command itself.
#[test]
fn a_folder_in_which_nobody_works_is_kept_and_brought_back() {
    let data = stand::fresh_folder("still");
    let folder: &Path = &data;
    std::fs::create_dir_all(folder.join("identities")).unwrap();
    std::fs::write(folder.join("identities/a"), "one").unwrap();
    stand::qaqpa_yes(folder, &["snapshot", "save", "a"]);
    std::fs::write(folder.join("identities/a"), "two").unwrap();
    stand::qaqpa_yes(folder, &["snapshot", "restore", "a"]);
    let text = std::fs::read_to_string(folder.join("identities/a")).unwrap();
    assert_eq!(text, "one");
}

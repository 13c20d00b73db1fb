//! What goes wrong beside a snapshot: what cannot be kept, what cannot be brought back, and signals in the midst of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use qaqpa_model::Actor;
use qaqpa_transport::ControlClient;
use serde_json::{Value, json};

use super::{Up, on_a_runtime};
use crate::clients::python;
use crate::stand::{self, SERVICE};

/// Runs statements on a store, as somebody from outside.
fn sqlite(store: &Path, statements: &str) {
    let program = "import sqlite3, sys\n\
        connection = sqlite3.connect(sys.argv[1], timeout=30)\n\
        connection.executescript(sys.argv[2])\n\
        connection.close()\n";
    let done = Command::new(python())
        .args(["-c", program])
        .arg(store)
        .arg(statements)
        .status()
        .unwrap();
    assert!(done.success());
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Up {
    fn log(&self) -> String {
        std::fs::read_to_string(self.data.join("up.log")).unwrap()
    }

    /// What a command that must say no wrote of it.
    fn no(&self, arguments: &[&str]) -> String {
        let output = stand::qaqpa(&self.data, arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        told
    }

    fn answered(&self) -> Value {
        self.value(&["stub", "list"])["stubs"][0]["answered"].clone()
    }

    /// The registrations that lie in the folder.
    fn registered(&self) -> usize {
        let actors = std::fs::read_dir(self.data.join("actors")).unwrap();
        let names = actors.flatten().map(|entry| entry.file_name());
        names
            .filter(|name| name.to_string_lossy().ends_with(".json"))
            .count()
    }
}

#[test]
fn what_cannot_be_kept_or_brought_back_changes_nothing_and_a_signal_meanwhile_ends_it_once() {
    let mut up = Up::start("snapshots");
    let regional = up.data.join("regional-gateway/store.sqlite");

    // >>>> A stub that cannot be kept is none.
    sqlite(
        &regional,
        "CREATE TRIGGER full BEFORE INSERT ON settings WHEN new.name = 'stubs'
           BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;",
    );
    up.no(&["stub", "add", SERVICE, "--id", "once"]);
    assert_eq!(up.value(&["stub", "list"])["stubs"], json!([]));
    sqlite(&regional, "DROP TRIGGER full;");
    up.yes(&["stub", "add", SERVICE, "--id", "once", "--times", "1"]);
    let application = up.application("snapshots.xml");
    up.yes(&["send", &application]);
    let one = ["expect", "--type", "response", "--at-least", "1"];
    up.yes(&[&one[..], &["--wait", "60"]].concat());

    // >>>> Whatever a snapshot is called, the next one can be ordered; and what was used up stays used up.
    let rule = json!({"id": "met", "faults": ["try-later"], "for": "citizen-2", "first": 1});
    on_a_runtime(async {
        let nca = ControlClient::of(&up.data, Actor::Nca).unwrap();
        let _: Value = nca.post("/mischief", &rule).await.unwrap();
        let met = json!({"met": {"asked": 3, "hits": 1}});
        let _: Value = nca.put("/mischief/counts", &met).await.unwrap();
    });
    up.yes(&["snapshot", "save", "order.json"]);
    let met = &up.mischief()["rules"][0];
    assert_eq!((&met["asked"], &met["hits"]), (&json!(3), &json!(1)));
    up.yes(&["snapshot", "save", "newer"]);
    assert_eq!(up.answered(), 1);

    // >>>> What a newer version wrote takes nobody's place.
    let history = up.value(&["history"]);
    let kept = |name: &str| up.data.join("snapshots").join(name).join("data");
    sqlite(
        &kept("newer").join("gateway/store.sqlite"),
        "UPDATE _sqlx_migrations SET version = 9999
           WHERE version = (SELECT MAX(version) FROM _sqlx_migrations);",
    );
    let told = up.no(&["snapshot", "restore", "newer"]);
    assert!(
        told.contains("the store of gateway is of version 9999"),
        "{told}"
    );
    assert_eq!(up.value(&["history"]), history);

    // >>>> With what no actor can start with, the state of before comes back.
    for file in std::fs::read_dir(kept("order.json").join("tls")).unwrap() {
        let file = file.unwrap().path();
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::write(&file, vec![b'x'; usize::try_from(length).unwrap()]).unwrap();
    }
    let told = up.no(&["snapshot", "restore", "order.json"]);
    assert!(told.contains("the state of before is back"), "{told}");
    assert_eq!(up.value(&["history"]), history);
    assert_eq!(up.answered(), 1);
    for left in [".coming", ".leaving", ".change.json"] {
        assert!(!up.data.join("snapshots").join(left).exists(), "{left}");
    }

    // >>>> It is told to stop while a snapshot is made.
    let before = up.log().matches("==> stopping: the snapshot").count();
    let mut saving = Command::new(stand::program())
        .arg("--data")
        .arg(&up.data)
        .args(["snapshot", "save", "last"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("the snapshot begins", || {
        up.log().matches("==> stopping: the snapshot").count() > before
    });
    let process = up.child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &process]).status();
    assert!(sent.unwrap().success());
    let mut ended = None;
    wait_for("the simulator stops", || {
        ended = up.child.try_wait().unwrap();
        ended.is_some()
    });
    let log = up.log();
    assert_eq!(ended.and_then(|ended| ended.code()), Some(0), "{log}");
    let told = log.matches("stopping: what was accepted is kept").count();
    assert_eq!(told, 1, "{log}");
    assert_eq!(up.registered(), 0);
    assert!(!up.data.join("endpoints.json").exists());
    saving.kill().ok();
    saving.wait().unwrap();
}

#[test]
fn a_change_of_state_that_was_cut_short_is_finished_by_the_next_command() {
    let data = stand::fresh_folder("cut-short");
    let write = |file: &str, text: &str| {
        let file = data.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    // One entry of the old state has left, one has not; the new one is whole.
    write("snapshots/.leaving/nca/ca.key", "old");
    write("identities/a", "old");
    write("snapshots/.coming/nca/ca.key", "new");
    write("snapshots/.coming/identities/a", "new");
    let change = json!({"snapshot": "a", "from": "coming", "step": "leaving"});
    write("snapshots/.change.json", &change.to_string());
    stand::qaqpa_yes(&data, &["snapshot", "save", "b"]);
    for kept in [data.clone(), data.join("snapshots/b/data")] {
        for file in ["nca/ca.key", "identities/a"] {
            assert_eq!(std::fs::read_to_string(kept.join(file)).unwrap(), "new");
        }
    }
    let left = std::fs::read_dir(data.join("snapshots")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["b"]);
}

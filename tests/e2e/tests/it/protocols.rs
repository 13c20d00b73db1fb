//! The protocol of a run: sealed by the authority, read by OpenSSL, and the same when it is played again.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::stand::{self, Stand};

/// Two stories of a system: they leave nothing behind.
const IDS: [&str; 2] = ["channel-iin-mismatch", "channel-content-changed"];

/// The folder with the reports of a run of these stories.
fn played(stand: &Stand, name: &str, ids: &[&str]) -> PathBuf {
    let folder = stand::fresh_folder(name);
    let out = ["--out", path(&folder)];
    stand::qaqpa_yes(&stand.data, &[&["scenario", "run"], ids, &out[..]].concat());
    folder
}

/// A run that the tests of this file share, and its protocol.
fn shared() -> (&'static Stand, &'static Path) {
    static PLAYED: OnceLock<PathBuf> = OnceLock::new();
    let stand = stand::shared();
    (
        stand,
        PLAYED.get_or_init(|| played(stand, "protocol", &IDS)),
    )
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// How `scenario replay` ended, and all that it said.
fn replay(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = stand::qaqpa(data, &[&["scenario", "replay"], arguments].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout) + &text(&output.stderr),
    )
}

/// What `scenario replay --seal-only --format json` says: for the schema.
pub(crate) fn replayed_json() -> String {
    let (stand, folder) = shared();
    let protocol = folder.join("protocol.json");
    let arguments = ["scenario", "replay", path(&protocol), "--seal-only"];
    stand::qaqpa_yes(
        &stand.data,
        &[&arguments[..], &["--format", "json"]].concat(),
    )
}

/// A protocol, for its schema.
pub(crate) fn protocol_json() -> String {
    std::fs::read_to_string(shared().1.join("protocol.json")).unwrap()
}

#[test]
fn the_seal_of_a_protocol_is_good_for_openssl() {
    let (stand, folder) = shared();
    let (data, token) = (folder.join("protocol.json"), folder.join("protocol.tsr"));
    let trust = stand.data.join("trust/signature.pem");
    let verify = |data: &Path| {
        let arguments = [
            "ts",
            "-verify",
            "-data",
            path(data),
            "-in",
            path(&token),
            "-token_in",
            "-CAfile",
            path(&trust),
        ];
        stand::judge("openssl", &arguments).status.success()
    };
    assert!(verify(&data));
    let changed = folder.join("changed.txt");
    let text = std::fs::read_to_string(&data).unwrap();
    std::fs::write(&changed, text.replacen("\"ok\": true", "\"ok\": false", 1)).unwrap();
    assert!(!verify(&changed));
}

#[test]
fn a_protocol_comes_to_the_same_bytes_and_the_same_outcome_when_it_is_played_again() {
    let (stand, folder) = shared();
    let again = played(stand, "protocol-again", &[IDS[1], IDS[0]]);
    let protocol = folder.join("protocol.json");
    assert_eq!(
        std::fs::read(&protocol).unwrap(),
        std::fs::read(again.join("protocol.json")).unwrap()
    );
    let (code, said) = replay(&stand.data, &[path(&protocol)]);
    assert!(said.contains("\n2 played again: the same\n"), "{said}");
    assert!(said.starts_with("sealed at 20"), "{said}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_protocol_that_was_changed_or_sealed_by_nobody_who_is_trusted_is_refused_before_anything_is_played()
 {
    let (stand, folder) = shared();
    let place = stand::fresh_folder("protocol-changed");
    let (protocol, token) = (place.join("protocol.json"), place.join("protocol.tsr"));
    let text = std::fs::read_to_string(folder.join("protocol.json")).unwrap();
    std::fs::copy(folder.join("protocol.tsr"), &token).unwrap();
    std::fs::write(&protocol, text.replacen("certificate", "certificata", 1)).unwrap();
    let (code, said) = replay(&stand.data, &[path(&protocol)]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("protocol.tsr: "), "{said}");

    std::fs::write(&protocol, &text).unwrap();
    let strangers = stand.data.join("trust/tls.pem");
    let (code, said) = replay(&stand.data, &[path(&protocol), "--trust", path(&strangers)]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("its authority is not trusted"), "{said}");
    assert!(
        said.contains("--trust FILE names those of the simulator that played"),
        "{said}"
    );

    std::fs::remove_file(&token).unwrap();
    let (code, said) = replay(&stand.data, &[path(&protocol)]);
    assert_eq!(code, Some(64), "{said}");
}

#[test]
fn a_story_that_is_told_otherwise_now_is_named_and_nothing_is_played() {
    let stand = stand::shared();
    let place = stand::fresh_folder("protocol-own");
    let own = place.join("own.toml");
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/channel-iin-mismatch.toml"
    );
    let text = std::fs::read_to_string(source).unwrap();
    let text = text.replacen("channel-iin-mismatch", "of-my-own", 1);
    let text = text.replacen("also = \"pattern\"\n", "", 1);
    std::fs::write(&own, &text).unwrap();
    let folder = played(stand, "protocol-own-run", &[path(&own)]);
    let protocol = folder.join("protocol.json");
    let with_own = [path(&protocol), "--scenarios", path(&own)];
    let (code, said) = replay(&stand.data, &with_own);
    assert!(said.contains("1 played again: the same"), "{said}");
    assert_eq!(code, Some(0));

    let (code, said) = replay(&stand.data, &with_own[..1]);
    assert!(
        said.contains("of-my-own: there is no such scenario here"),
        "{said}"
    );
    assert_eq!(code, Some(1));
    std::fs::write(&own, text + "# one line more\n").unwrap();
    let (code, said) = replay(&stand.data, &with_own);
    assert!(
        said.contains("of-my-own: its file is another one here (SHA-256 "),
        "{said}"
    );
    assert_eq!(code, Some(1));
}

//! The units of `deploy/systemd`, as systemd reads them: it only warns of a key that it does not know.

use std::path::Path;
use std::process::Command;

use crate::stand::program;

/// How open to attacks a unit may be, of 100: `systemd-analyze security` calls it OK up to 40.
const EXPOSURE_MAX: &str = "20";

#[test]
fn systemd_reads_the_units_without_a_word_and_finds_them_well_shut() {
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/systemd");
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&units).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // Whether the program is there is looked at, too.
        let text = text.replace("/usr/local/bin/qaqpa", &program().display().to_string());
        std::fs::write(folder.path().join(path.file_name().unwrap()), text).unwrap();
    }
    let unit = folder.path().join("qaqpa@.service");
    let actors = ["nca", "gateway", "regional-gateway", "portal", "console"];
    for actor in actors {
        let instance = folder.path().join(format!("qaqpa@{actor}.service"));
        std::fs::copy(&unit, instance).unwrap();
    }
    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .args(actors.map(|actor| folder.path().join(format!("qaqpa@{actor}.service"))))
        .arg(folder.path().join("qaqpa.target"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&verify.stderr), "");
    assert!(verify.status.success(), "{verify:?}");
    let security = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager"])
        .arg(format!("--threshold={EXPOSURE_MAX}"))
        .arg(&unit)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&security.stdout);
    assert!(security.status.success(), "{told}");
    assert!(told.contains("Overall exposure level"), "{told}");
}

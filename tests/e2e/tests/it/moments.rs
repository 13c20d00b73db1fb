//! Two simulators at different moments in one process: there is no clock but the one that is handed down.

use serde_json::Value;

use crate::stand::{self, SERVICE};
use qaqpa::simulator::Simulator;

#[tokio::test(flavor = "multi_thread")]
async fn two_simulators_at_different_moments_live_in_one_process() {
    let here = stand::shared();
    let data = stand::fresh_folder("other-moment");
    let simulator = Simulator::start(&stand::settings(&data), |_| {})
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = data.clone();
    let (then, now, verdict) = tokio::task::spawn_blocking(move || {
        stand::wait_for_endpoints(&path);
        let then = stand::qaqpa_yes(&path, &["clock", "set", "2031-05-06"]);
        let now = stand::qaqpa_yes(&here.data, &["clock", "show"]);
        // The identities were made anew, and are valid there and then.
        let signed = stand::qaqpa_yes(&path, &["sample", SERVICE, "--signed-by", "citizen-1"]);
        let file = folder.path().join("signed.xml");
        std::fs::write(&file, signed).unwrap();
        let verdict = stand::qaqpa_yes(
            &path,
            &["verify", file.to_str().unwrap(), "--format", "json"],
        );
        let sent = stand::qaqpa_yes(&path, &["send", file.to_str().unwrap()]);
        assert!(sent.starts_with("SCSS001"), "{sent}");
        (then, now, verdict)
    })
    .await
    .unwrap();
    assert!(then.starts_with("2031-05-06T00:00"), "{then}");
    assert!(!now.starts_with("2031"), "{now}");
    let verdict: Value = serde_json::from_str(&verdict).unwrap();
    assert_eq!(verdict["indication"], "TOTAL-PASSED");
    simulator.stop().await;
}

#[test]
fn a_moment_outside_the_roots_life_is_refused() {
    let stand = stand::shared();
    let output = stand::qaqpa(&stand.data, &["clock", "set", "2045-01-01T00:00:00Z"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("from 2010-01-01 to 2045-01-01"),
        "{output:?}"
    );
}

//! The authority's own journal: what is older than is kept goes, and the register stays.

use std::time::Duration;

use qaqpa_pki::Config;
use qaqpa_transport::ActorStart;
use qaqpa_x509::ocsp::CertStatus;
use serde_json::{Value, json};

use crate::stand::{Stand, up_from};

const DAY: Duration = Duration::from_secs(86_400);

/// The proof of the authority's journal, once so many of its entries were removed, or after some seconds.
async fn proof(stand: &Stand, removed: u64) -> Value {
    let mut proof = Value::Null;
    for _ in 0..100 {
        proof = stand.control().get("/journal/verify").await.unwrap();
        if proof["pruned"].as_u64() >= Some(removed) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    proof
}

/// The same folder so many days later, by a start that keeps the journal for three. Sealed and stamped before, as the
/// console has it done before it moves the clock.
async fn later(stand: Stand, days: u32) -> Stand {
    let order = json!({ "at": stand.clock.now().to_string() });
    let sealed: Value = stand.control().post("/journal/seal", &order).await.unwrap();
    assert_eq!(sealed["waiting"], false, "{sealed}");
    let Stand {
        dir,
        clock,
        running,
    } = stand;
    running.stop().await;
    clock.set(clock.now().plus(DAY * days)).unwrap();
    let start = ActorStart {
        clock: clock.clone(),
        journal_kept_for: Some(DAY * 3),
        ..ActorStart::in_folder(dir.path())
    };
    let running = up_from(start, Config::default()).await;
    Stand {
        dir,
        clock,
        running,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_entries_of_the_authoritys_journal_go_and_its_register_forgets_nobody() {
    let stand = Stand::new().await;
    stand.command("citizen-1", "revoke").await.unwrap();
    let before = proof(&stand, 0).await;
    assert_eq!(before["pruned"], 0);
    let entries = before["entries"].as_u64().unwrap();

    // Two days are not old enough for somebody who keeps three.
    let stand = later(stand, 2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(proof(&stand, 0).await["pruned"], 0);
    let stand = later(stand, 2).await;
    let after = proof(&stand, entries).await;
    assert_eq!(after["broken"], Value::Null, "{after}");
    assert_eq!(after["pruned"], entries, "{after}");
    let status = stand.status("citizen-1").await;
    assert!(matches!(status, CertStatus::Revoked { .. }), "{status:?}");
}

//! Several regional gateways: each has a system of its own, made when it asks.

use qaqpa_pki::control::BranchView;
use qaqpa_transport::ControlError;
use qaqpa_x509::ocsp::CertStatus;
use serde_json::json;

use crate::stand::Stand;

async fn order(stand: &Stand, branch: &str) -> Result<BranchView, ControlError> {
    let path = format!("/branches/{branch}");
    stand.control().post(&path, &json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_gets_a_system_once_that_stays_over_restarts_beside_the_ready_made_ones() {
    let stand = Stand::new().await;
    let before = stand.index();
    let id = "system-regional-gateway.taraz";
    assert_eq!(order(&stand, "taraz").await.unwrap().system, id);
    let index = stand.index();
    let system = index.system(id).unwrap();
    assert_eq!(system.sender_id.as_deref(), Some("regional-gateway.taraz"));
    assert!(system.sender_password.is_some());
    assert_eq!(index.systems[..before.systems.len()], before.systems);
    assert_eq!(index.identities, before.identities);
    let file = stand.key_file(id);
    let whole = stand.certificate("system-regional-gateway");
    assert_ne!(file.certificate.spki_der(), whole.spki_der());
    let name = file.certificate.subject().common_name.clone().unwrap();
    assert_eq!(name, "TEST ЭҮӨШ (REGIONAL GATEWAY) taraz");
    assert_eq!(stand.status(id).await, CertStatus::Good);

    order(&stand, "shu").await.unwrap();
    assert_eq!(order(&stand, "taraz").await.unwrap().system, id);
    assert_eq!(stand.key_file(id).certificate, file.certificate);
    let stand = stand.restarted().await;
    assert_eq!(stand.key_file(id).certificate, file.certificate);
    assert_eq!(stand.index().systems.len(), before.systems.len() + 2);
    assert_eq!(stand.index().system(id), Some(system));
    assert!(
        stand
            .index()
            .system("system-regional-gateway.shu")
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_branch_gets_nothing() {
    let stand = Stand::new().await;
    for name in ["Taraz", "-a", "a.b", "%2e%2e"] {
        let refused = order(&stand, name).await.unwrap_err();
        let ControlError::Refused { label, .. } = refused else {
            panic!("{name}: {refused}");
        };
        assert_eq!(label, "branch-malformed");
    }
}

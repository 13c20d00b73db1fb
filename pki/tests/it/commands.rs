use qaqpa_pki::control::{CertificateView, TrustView};
use qaqpa_transport::ControlError;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::CrlStatus;
use qaqpa_x509::ocsp::CertStatus;
use serde_json::{Value, json};

use crate::stand::{Stand, just_now, label};

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_so_in_ocsp_and_crl_at_once_and_for_good() {
    let stand = Stand::new().await;
    let certificate = stand.certificate("citizen-1");
    let view = stand
        .command_with("citizen-1", "revoke", json!({ "reason": "superseded" }))
        .await
        .unwrap();
    assert_eq!(view.serial, certificate.serial_hex());
    assert_eq!(
        (view.state.as_str(), view.reason.as_deref()),
        ("revoked", Some("superseded"))
    );
    let CertStatus::Revoked { at, reason } = stand.status("citizen-1").await else {
        panic!("good");
    };
    assert_eq!(reason, Some(RevocationReason::Superseded));
    assert!(just_now(at, &stand.clock));
    let (_, list) = stand.crl().await;
    assert_eq!(
        list.status(certificate.serial()),
        CrlStatus::Revoked { at, reason }
    );
    for what in ["revoke", "suspend", "resume"] {
        let refused = stand.command("citizen-1", what).await.unwrap_err();
        assert_eq!(
            label(refused),
            (409, "already-revoked".to_owned()),
            "{what}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_can_be_lifted_and_a_serial_number_names_a_certificate_too() {
    let stand = Stand::new().await;
    let serial = stand.certificate("citizen-2").serial_hex();
    let view = stand
        .command(&serial.to_uppercase(), "suspend")
        .await
        .unwrap();
    assert_eq!(
        (view.identity.as_str(), view.state.as_str()),
        ("citizen-2", "suspended")
    );
    assert!(matches!(
        stand.status("citizen-2").await,
        CertStatus::Revoked {
            reason: Some(RevocationReason::CertificateHold),
            ..
        }
    ));
    let again = stand.command("citizen-2", "suspend").await.unwrap_err();
    assert_eq!(label(again), (409, "already-suspended".to_owned()));
    let view = stand.command("citizen-2", "resume").await.unwrap();
    assert_eq!((view.state.as_str(), view.reason), ("good", None));
    assert_eq!(stand.status("citizen-2").await, CertStatus::Good);
    let again = stand.command("citizen-2", "resume").await.unwrap_err();
    assert_eq!(label(again), (409, "not-suspended".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_cannot_be_are_refused_by_name() {
    let stand = Stand::new().await;
    let revoke =
        async |name: &str, body| label(stand.command_with(name, "revoke", body).await.unwrap_err());
    assert_eq!(
        revoke("nobody", json!({})).await,
        (404, "certificate-unknown".into())
    );
    for reason in ["certificateHold", "removeFromCRL", "anger"] {
        let refused = revoke("citizen-1", json!({ "reason": reason })).await;
        assert_eq!(refused, (422, "reason-unknown".into()), "{reason}");
    }
    for body in [json!({ "raeson": "superseded" }), json!([])] {
        assert_eq!(
            revoke("citizen-1", body).await,
            (422, "request-malformed".into())
        );
    }
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_lists_everybody_and_the_trust_is_told() {
    let stand = Stand::new().await;
    let all: Vec<CertificateView> = stand.control().get("/certificates").await.unwrap();
    // People, systems, responders; and, because addresses stand in their certificates, issuing authorities and
    // timestampers: at the first start and, at other ports, at this one.
    assert_eq!(all.len(), 17 + 5 + 2 * 4 + 2 * (4 + 4));
    let one = |id: &str| all.iter().find(|view| view.identity == id).unwrap();
    assert_eq!(one("revoked").state, "revoked");
    assert_eq!(one("suspended").state, "suspended");
    assert_eq!(one("foreign").issuer, "foreign");
    assert_eq!(
        one("rsa-responder").common_name.as_deref(),
        Some("QAQPA TEST OCSP RESPONDER (RSA)")
    );
    let text = serde_json::to_string(&all).unwrap();
    for identity in stand.index().identities {
        assert!(!text.contains(&identity.iin), "{}", identity.id);
    }
    let trust: TrustView = stand.control().get("/trust").await.unwrap();
    assert_eq!(trust.issuing, stand.issuing().to_pem());
    assert_eq!(trust.root, stand.anchors().roots()[0].to_pem());
    assert!(trust.responder.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_read_by_name_and_page_by_page() {
    let stand = Stand::new().await;
    let ask = async |asked: &str| -> Vec<CertificateView> {
        let path = format!("/certificates{asked}");
        stand.control().get(&path).await.unwrap()
    };
    let all = ask("").await;
    let mut pages = Vec::new();
    let mut before = String::new();
    loop {
        let page = ask(&format!("?limit=7{before}")).await;
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        before = format!("&before={}", last.position);
        pages.extend(page);
    }
    assert_eq!(pages, all);
    let one = ask("?name=citizen-1").await;
    assert_eq!(one.len(), 1);
    let serial = one[0].serial.to_uppercase();
    assert_eq!(ask(&format!("?name={serial}")).await, one);
    assert_eq!(ask("?name=nobody").await, []);
    for wrong in ["?limit=-1", "?limit=some", "?before=x", "?page=2"] {
        let path = format!("/certificates{wrong}");
        let refused = stand.control().get::<Value>(&path).await.unwrap_err();
        assert!(
            matches!(refused, ControlError::Refused { .. }),
            "{wrong}: {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_says_what_was_issued_changed_and_set() {
    let stand = Stand::new().await;
    stand.command("citizen-1", "suspend").await.unwrap();
    stand.control().set_clock(60_000).await.unwrap();
    stand.control().set_clock(0).await.unwrap();
    let all: Vec<Value> = stand.control().get("/journal").await.unwrap();
    let kinds: Vec<_> = all
        .iter()
        .rev()
        .filter_map(|entry| entry["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "certificates-issued",
            "certificates-issued",
            "certificates-issued",
            "certificate-state",
            "certificate-state",
            "certificates-issued",
            "certificates-issued",
            "certificate-state",
            "clock-set",
            "clock-set-back",
        ]
    );
    let first = &all[all.len() - 1]["summary"]["certificates"];
    assert_eq!(first[0]["identity"], "rsa-issuing");
    let one: Value = stand.control().get("/journal/1").await.unwrap();
    assert_eq!(one, all[all.len() - 1]);
    let some: Vec<Value> = stand
        .control()
        .get("/journal?kind=clock-set")
        .await
        .unwrap();
    assert_eq!(some.len(), 1);
    let proof: Value = stand.control().get("/journal/verify").await.unwrap();
    assert_eq!(
        (&proof["entries"], &proof["broken"]),
        (&json!(10), &Value::Null)
    );
    let absent = stand
        .control()
        .get::<Value>("/journal/99")
        .await
        .unwrap_err();
    assert_eq!(label(absent), (404, "not-found".to_owned()));
}

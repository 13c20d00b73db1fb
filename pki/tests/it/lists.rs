use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::CrlStatus;

use crate::stand::Stand;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_the_revoked_and_the_suspended_and_openssl_heeds_it() {
    let stand = Stand::new().await;
    let (der, list) = stand.crl().await;
    let status = |id: &str| list.status(stand.certificate(id).serial());
    assert_eq!(list.entries().len(), 2);
    assert_eq!(status("citizen-1"), CrlStatus::NotListed);
    for (id, wanted) in [
        ("revoked", RevocationReason::KeyCompromise),
        ("suspended", RevocationReason::CertificateHold),
    ] {
        assert!(
            matches!(status(id), CrlStatus::Revoked { reason: Some(reason), .. } if reason == wanted),
            "{id}"
        );
    }
    let desk = stand.desk(&["citizen-1", "revoked", "suspended"]);
    std::fs::write(desk.path().join("list.der"), der).unwrap();
    let to_pem = [
        "crl",
        "-inform",
        "DER",
        "-in",
        "list.der",
        "-out",
        "list.pem",
        "-text",
        "-CAfile",
        "issuing.pem",
    ];
    let text = stand.openssl(&desk, &to_pem).await.yes();
    assert!(text.contains("verify OK"), "{text}");
    let text = stand
        .openssl(&desk, &["crl", "-in", "list.pem", "-noout", "-text"])
        .await
        .yes();
    assert!(text.contains("X509v3 CRL Number"), "{text}");
    assert!(
        text.contains("Key Compromise") && text.contains("Certificate Hold"),
        "{text}"
    );
    let verify = async |id: &str| {
        let file = format!("{id}.pem");
        let arguments = [
            "verify",
            "-x509_strict",
            "-crl_check",
            "-CRLfile",
            "list.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuing.pem",
            &file,
        ];
        stand.openssl(&desk, &arguments).await
    };
    assert!(
        verify("citizen-1")
            .await
            .yes()
            .contains("citizen-1.pem: OK")
    );
    for id in ["revoked", "suspended"] {
        assert!(
            verify(id).await.no().contains("certificate revoked"),
            "{id}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_list_has_the_next_number_and_is_made_only_when_something_changed() {
    let stand = Stand::new().await;
    let (first, one) = stand.crl().await;
    let (same, _) = stand.crl().await;
    assert_eq!(first, same);
    assert_eq!(one.number_hex(), "01");
    stand.command("citizen-1", "suspend").await.unwrap();
    let (_, two) = stand.crl().await;
    assert_eq!(two.number_hex(), "02");
    assert_eq!(two.entries().len(), 3);
    stand.command("citizen-1", "resume").await.unwrap();
    let (_, three) = stand.crl().await;
    assert_eq!(three.number_hex(), "03");
    assert_eq!(
        three.status(stand.certificate("citizen-1").serial()),
        CrlStatus::NotListed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_renewed_when_it_is_out_of_date() {
    let stand = Stand::new().await;
    let (_, one) = stand.crl().await;
    let a_day_later = stand.clock.offset_ms() + 25 * 60 * 60 * 1000;
    stand.control().set_clock(a_day_later).await.unwrap();
    let (_, two) = stand.crl().await;
    assert_eq!(
        (one.number_hex(), two.number_hex()),
        ("01".into(), "02".into())
    );
    assert!(two.this_update() > one.next_update());
    // Back again: the second list is of a moment that has not come yet.
    stand.control().set_clock(0).await.unwrap();
    let (_, three) = stand.crl().await;
    assert_eq!(three.number_hex(), "03");
}

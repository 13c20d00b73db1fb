use http::Request as HttpRequest;
use qaqpa_crypto::KeyKind;
use qaqpa_transport::{ClientLimits, HttpAnswer, HttpClient};
use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::{CrlStatus, ListedEntry};

use crate::kinds::JUDGED;
use crate::stand::Stand;

const HOUR_MS: i64 = 60 * 60 * 1000;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_says_what_changed_since_its_base_for_every_kind_of_key() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let held = stand.issue(kind, "held").await;
        let before = stand.issue(kind, "before").await;
        let after = stand.issue(kind, "after").await;
        let serial = |of: &qaqpa_x509::Certificate| of.serial_hex();
        let change = async |of: &qaqpa_x509::Certificate, what: &str| {
            stand.command(&serial(of), what).await.unwrap();
        };
        change(&held, "suspend").await;
        change(&before, "revoke").await;
        let base = stand.complete(kind).await;
        let first = stand.delta(kind).await;
        // The delta beside the list that opens the first period begins with the empty list.
        assert_eq!(
            (first.base_hex(), first.number_hex()),
            ("00".into(), base.number_hex())
        );
        assert_eq!(first.entries().len(), base.entries().len());

        change(&held, "resume").await;
        change(&after, "revoke").await;
        let delta = stand.delta(kind).await;
        assert_eq!(delta.base_hex(), base.number_hex());
        let complete = stand.complete(kind).await;
        assert_eq!(delta.number_hex(), complete.number_hex());
        let of = |certificate: &qaqpa_x509::Certificate| {
            let mut entries = delta.entries();
            entries
                .find(|entry| entry.serial == certificate.serial())
                .map(|entry: ListedEntry<'_>| entry.reason)
        };
        assert_eq!(delta.entries().len(), 2);
        assert_eq!(of(&held), Some(Some(RevocationReason::RemoveFromCrl)));
        assert_eq!(of(&after), Some(None));
        // The base with the delta says what the complete list of the same moment does.
        let updated = base.with(&delta).unwrap();
        for certificate in [&held, &before, &after] {
            assert_eq!(
                updated.status(certificate.serial()),
                complete.status(certificate.serial()),
                "{kind}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_and_released_within_a_period_is_on_the_delta_too() {
    let stand = Stand::new().await;
    let certificate = stand.certificate("citizen-1");
    let base = stand.complete(KeyKind::Rsa).await;
    stand.command("citizen-1", "suspend").await.unwrap();
    assert_ne!(
        stand
            .complete(KeyKind::Rsa)
            .await
            .status(certificate.serial()),
        CrlStatus::NotListed
    );
    stand.command("citizen-1", "resume").await.unwrap();
    let delta = stand.delta(KeyKind::Rsa).await;
    let entries: Vec<_> = delta
        .entries()
        .map(|entry| (entry.serial, entry.reason))
        .collect();
    let removed = Some(RevocationReason::RemoveFromCrl);
    assert_eq!(entries, [(certificate.serial(), removed)]);
    let updated = base.with(&delta).unwrap();
    assert_eq!(updated.status(certificate.serial()), CrlStatus::NotListed);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_deltas_share_one_sequence_and_a_period_has_one_base() {
    let stand = Stand::new().await;
    let numbers = async || {
        let complete = stand.complete(KeyKind::Rsa).await.number_hex();
        let delta = stand.delta(KeyKind::Rsa).await;
        [complete, delta.number_hex(), delta.base_hex()]
    };
    assert_eq!(numbers().await, ["01", "01", "00"]);
    assert_eq!(numbers().await, ["01", "01", "00"]);
    stand.command("citizen-1", "suspend").await.unwrap();
    assert_eq!(numbers().await, ["02", "02", "01"]);
    // After seven hours only the delta is out of date.
    stand.control().set_clock(7 * HOUR_MS).await.unwrap();
    assert_eq!(numbers().await, ["02", "03", "01"]);
    stand.command("citizen-1", "resume").await.unwrap();
    assert_eq!(numbers().await, ["04", "04", "01"]);
    // A day after the base, another period begins; its first delta still leads there from the one before.
    stand.control().set_clock(25 * HOUR_MS).await.unwrap();
    stand.command("citizen-1", "suspend").await.unwrap();
    assert_eq!(numbers().await, ["05", "05", "01"]);
    stand.command("citizen-1", "resume").await.unwrap();
    assert_eq!(numbers().await, ["06", "06", "05"]);
    // Other kinds of key count for themselves.
    assert_eq!(stand.complete(KeyKind::Gost2015).await.number_hex(), "01");
    assert_eq!(stand.root_list(KeyKind::Rsa).await.number_hex(), "01");
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_brings_an_older_list_up_to_date_by_the_delta() {
    let stand = Stand::new().await;
    for kind in JUDGED {
        let leaf = stand.issue(kind, "citizen-9").await;
        let other = stand.issue(kind, "citizen-8").await;
        stand.command(&other.serial_hex(), "suspend").await.unwrap();
        let desk = stand.desk(&[]);
        let put = |name: &str, text: String| std::fs::write(desk.path().join(name), text).unwrap();
        put("kind-root.pem", stand.root_of(kind).to_pem());
        put("kind-issuing.pem", stand.issuing_of(kind).to_pem());
        put("leaf.pem", leaf.to_pem());
        put("other.pem", other.to_pem());
        let pem_of = async |name: String| {
            let der = stand.list_bytes(&name).await.body;
            std::fs::write(desk.path().join("list.der"), der).unwrap();
            let to_pem = ["crl", "-inform", "DER", "-in", "list.der", "-text"];
            stand.openssl(&desk, &to_pem).await.yes()
        };
        let base = pem_of(format!("crl-{kind}")).await;
        assert!(base.contains("X509v3 Freshest CRL"), "{base}");
        stand.command(&leaf.serial_hex(), "revoke").await.unwrap();
        stand.command(&other.serial_hex(), "resume").await.unwrap();
        let delta = pem_of(format!("crl-{kind}-delta")).await;
        assert!(
            delta.contains("X509v3 Delta CRL Indicator: critical"),
            "{delta}"
        );
        assert!(delta.contains("Remove From CRL"), "{delta}");
        let verify = async |lists: String, more: &[&str], file: &str| {
            put("lists.pem", lists);
            let trust = ["-CAfile", "kind-root.pem", "-untrusted", "kind-issuing.pem"];
            let check = ["verify", "-crl_check", "-CRLfile", "lists.pem"];
            let all = [&check[..], &trust, more, &[file]].concat();
            stand.openssl(&desk, &all).await
        };
        let deltas = ["-use_deltas", "-extended_crl"];
        // By the older list alone: still good, still suspended.
        assert!(
            verify(base.clone(), &[], "leaf.pem")
                .await
                .yes()
                .contains("leaf.pem: OK")
        );
        verify(base.clone(), &[], "other.pem").await.no();
        // With the delta: revoked, and released.
        let both = base + &delta;
        let text = verify(both.clone(), &deltas, "leaf.pem").await.no();
        assert!(text.contains("certificate revoked"), "{text}");
        let text = verify(both, &deltas, "other.pem").await.yes();
        assert!(text.contains("other.pem: OK"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_last_list_is_told_so_and_gets_no_bytes() {
    let stand = Stand::new().await;
    let ask = async |tag: &str| -> HttpAnswer {
        let request = HttpRequest::get(stand.address("crl-rsa"))
            .header("if-none-match", tag)
            .body(axum::body::Bytes::new());
        let client = HttpClient::plain(ClientLimits::default());
        client.request(request.unwrap()).await.unwrap()
    };
    let first = stand.list_bytes("crl-rsa").await;
    let tag = first.header("etag").unwrap();
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert!(first.header("last-modified").unwrap().ends_with(" GMT"));
    let again = ask(tag).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag));
    stand.command("citizen-1", "revoke").await.unwrap();
    let newer = ask(tag).await;
    assert_eq!(newer.status.as_u16(), 200);
    assert_ne!(newer.header("etag"), Some(tag));
}

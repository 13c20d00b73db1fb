//! Issuing authorities: a chain for each kind of key, and their revocation by the root.

use qaqpa_crypto::KeyKind;
use qaqpa_pki::control::CertificateView;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::CrlStatus;
use qaqpa_x509::ocsp::CertStatus;
use serde_json::json;

use crate::kinds::JUDGED;
use crate::stand::{Stand, label};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_has_a_chain_that_says_where_it_is() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let (root, issuing) = (stand.root_of(kind), stand.issuing_of(kind));
        assert!(root.is_self_issued());
        assert!(root.subject().to_string().contains("TEST"));
        assert_eq!(issuing.verify_signature(root.spki_der()), Ok(()));
        assert_eq!(issuing.ocsp_urls(), [stand.address("ocsp")]);
        assert_eq!(
            issuing.crl_urls(),
            [stand.address(&format!("crl-{kind}-root"))]
        );
        assert_eq!(issuing.freshest_crl_urls(), [] as [String; 0]);
        let served = stand.get(&issuing.ca_issuer_urls()[0]).await;
        assert_eq!(served.body, root.der());
        let leaf = stand.issue(kind, "citizen-7").await;
        assert_eq!(leaf.verify_signature(issuing.spki_der()), Ok(()));
        assert_eq!(leaf.crl_urls(), [stand.address(&format!("crl-{kind}"))]);
        assert_eq!(
            leaf.freshest_crl_urls(),
            [stand.address(&format!("crl-{kind}-delta"))]
        );
        let served = stand.get(&leaf.ca_issuer_urls()[0]).await;
        assert_eq!(served.body, issuing.der());
        let path = stand.at_path(&leaf, stand.clock.now()).unwrap();
        assert_eq!(path.certificates(), [leaf, issuing, root]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_issuing_authority_is_so_in_the_roots_answers_and_list() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let (root, issuing) = (stand.root_of(kind), stand.issuing_of(kind));
        let now = stand.clock.now();
        let answer = stand.unsalted(&issuing, &root).await;
        let answer = stand.proven(&answer, &issuing, &root, now).unwrap();
        assert_eq!(answer.status, CertStatus::Good);
        assert_eq!(answer.responder.issuer_der(), root.subject_der());
        assert_eq!(stand.root_list(kind).await.entries().len(), 0);

        let order = json!({ "reason": "cACompromise" });
        let name = format!("{kind}-issuing");
        let view = stand.command_with(&name, "revoke", order).await.unwrap();
        assert_eq!(view.issuer, format!("{kind}-root"));
        assert_eq!(view.reason.as_deref(), Some("cACompromise"));
        assert_eq!(view.serial, issuing.serial_hex());

        let answer = stand.unsalted(&issuing, &root).await;
        let answer = stand.proven(&answer, &issuing, &root, stand.clock.now());
        let reason = Some(RevocationReason::CaCompromise);
        assert!(
            matches!(answer.unwrap().status, CertStatus::Revoked { reason: said, .. } if said == reason),
            "{kind}"
        );
        let list = stand.root_list(kind).await;
        assert!(
            matches!(list.status(issuing.serial()), CrlStatus::Revoked { reason: said, .. } if said == reason),
            "{kind}"
        );
        // Of the people, nothing else is said than before: who relies on them has to ask about the authority too.
        let leaf = stand.issue(kind, "citizen-8").await;
        let answer = stand.unsalted(&leaf, &issuing).await;
        let answer = stand.proven(&answer, &leaf, &issuing, stand.clock.now());
        assert_eq!(answer.unwrap().status, CertStatus::Good);
        let again = stand.command(&name, "revoke").await.unwrap_err();
        assert_eq!(label(again), (409, "already-revoked".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuing_authority_is_revoked_with_every_certificate_of_its_key_and_stays_so() {
    // The folder was started before at other ports: the authority has two certificates.
    let stand = Stand::new().await;
    let of = |views: Vec<CertificateView>| {
        let own = views.into_iter().filter(|v| v.identity == "rsa-issuing");
        own.map(|view| view.state).collect::<Vec<_>>()
    };
    let views: Vec<CertificateView> = stand.control().get("/certificates").await.unwrap();
    assert_eq!(of(views), ["good", "good"]);
    stand.command("rsa-issuing", "suspend").await.unwrap();
    let again = stand.command("rsa-issuing", "suspend").await.unwrap_err();
    assert_eq!(label(again), (409, "already-suspended".to_owned()));
    stand.command("rsa-issuing", "resume").await.unwrap();
    let views: Vec<CertificateView> = stand.control().get("/certificates").await.unwrap();
    assert_eq!(of(views), ["good", "good"]);
    stand.command("rsa-issuing", "revoke").await.unwrap();
    let before = stand.issuing();
    let stand = stand.restarted().await;
    let views: Vec<CertificateView> = stand.control().get("/certificates").await.unwrap();
    assert_eq!(of(views), ["revoked", "revoked", "revoked"]);
    let (root, issuing) = (stand.root_of(KeyKind::Rsa), stand.issuing());
    assert_ne!(before, issuing);
    for certificate in [before, issuing] {
        let answer = stand.unsalted(&certificate, &root).await;
        let answer = stand.proven(&answer, &certificate, &root, stand.clock.now());
        assert!(matches!(answer.unwrap().status, CertStatus::Revoked { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuing_authority_is_changed_whole_whatever_its_newest_certificate_is_already() {
    // The folder was started before at other ports: the authority has two certificates.
    let stand = Stand::new().await;
    let states = async || {
        let path = "/certificates?name=rsa-issuing";
        let views: Vec<CertificateView> = stand.control().get(path).await.unwrap();
        let states: Vec<_> = views.into_iter().map(|view| view.state).collect();
        states.join(" ")
    };
    let newest = stand.issuing().serial_hex();
    stand.command(&newest, "suspend").await.unwrap();
    assert_eq!(states().await, "suspended good");
    let view = stand.command("rsa-issuing", "suspend").await.unwrap();
    assert_eq!(states().await, "suspended suspended");
    assert_ne!(view.serial, newest, "the one that was changed is told of");
    stand.command(&newest, "resume").await.unwrap();
    stand.command("rsa-issuing", "resume").await.unwrap();
    assert_eq!(states().await, "good good");
    stand.command(&newest, "revoke").await.unwrap();
    assert_eq!(states().await, "revoked good");
    stand.command("rsa-issuing", "revoke").await.unwrap();
    assert_eq!(states().await, "revoked revoked");
    let again = stand.command("rsa-issuing", "revoke").await.unwrap_err();
    assert_eq!(label(again), (409, "already-revoked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_cannot_be_revoked() {
    let stand = Stand::new().await;
    let serial = stand.root_of(KeyKind::Ecdsa).serial_hex();
    for name in ["rsa-root", "gost-2015-root", "foreign-root", &serial] {
        for what in ["revoke", "suspend", "resume"] {
            let refused = stand.command(name, what).await.unwrap_err();
            assert_eq!(label(refused), (409, "root-not-revocable".to_owned()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_asks_about_the_whole_chain_and_heeds_lists_and_answers_of_both_levels() {
    let stand = Stand::new().await;
    for kind in JUDGED {
        let leaf = stand.issue(kind, "citizen-9").await;
        let (root, issuing) = (stand.root_of(kind), stand.issuing_of(kind));
        let desk = stand.desk(&[]);
        let put = |name: &str, text: String| std::fs::write(desk.path().join(name), text).unwrap();
        put("kind-root.pem", root.to_pem());
        put("kind-issuing.pem", issuing.to_pem());
        put("leaf.pem", leaf.to_pem());
        let lists = async || {
            let mut all = String::new();
            for name in [format!("crl-{kind}"), format!("crl-{kind}-root")] {
                let der = stand.list_bytes(&name).await.body;
                std::fs::write(desk.path().join("list.der"), der).unwrap();
                let to_pem = ["crl", "-inform", "DER", "-in", "list.der"];
                all += &stand.openssl(&desk, &to_pem).await.yes();
            }
            put("lists.pem", all);
        };
        let verify = [
            "verify",
            "-x509_strict",
            "-crl_check_all",
            "-CRLfile",
            "lists.pem",
            "-CAfile",
            "kind-root.pem",
            "-untrusted",
            "kind-issuing.pem",
            "leaf.pem",
        ];
        let url = stand.address("ocsp");
        let ask = [
            "ocsp",
            "-issuer",
            "kind-root.pem",
            "-cert",
            "kind-issuing.pem",
            "-url",
            &url,
            "-CAfile",
            "kind-root.pem",
        ];
        lists().await;
        assert!(
            stand
                .openssl(&desk, &verify)
                .await
                .yes()
                .contains("leaf.pem: OK")
        );
        let text = stand.openssl(&desk, &ask).await.yes();
        assert!(text.contains("Response verify OK"), "{text}");
        assert!(text.contains("kind-issuing.pem: good"), "{text}");

        let name = format!("{kind}-issuing");
        stand.command(&name, "revoke").await.unwrap();
        lists().await;
        let text = stand.openssl(&desk, &verify).await.no();
        assert!(text.contains("error 23 at 1 depth lookup"), "{text}");
        let text = stand.openssl(&desk, &ask).await.yes();
        assert!(text.contains("kind-issuing.pem: revoked"), "{text}");
    }
}

//! The officer's signature: the right key, for this one signing, and no other.

use qaqpa_x509::RevocationReason;

use crate::authority::OFFICER;
use crate::browser::{Browser, Page};
use crate::stand::{GRANT, Stand, message_id};

async fn decided(stand: &Stand) -> (Browser, String) {
    let card = stand.card(1).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    let mut officer = stand.member("officer-1", OFFICER).await;
    officer.post(&check, &check, &GRANT).await.expect(303);
    (officer, path)
}

async fn sign(officer: &mut Browser, path: &str, key: Option<&[u8]>, password: &str) -> Page {
    officer
        .upload(
            &format!("{path}/result"),
            &format!("{path}/sign"),
            &[("key_password", password)],
            key.map(|key| ("key_file", key)),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_open_is_asked_for_again() {
    let stand = Stand::start().await;
    let (mut officer, path) = decided(&stand).await;
    let key = stand.key_file("officer-1");
    for (key, password, field) in [
        (None, "key-password", "key_file"),
        (Some(&b"no key"[..]), "key-password", "key_file"),
        (Some(&key[..]), "not-this-one", "key_password"),
    ] {
        let page = sign(&mut officer, &path, key, password).await.expect(422);
        assert_eq!(page.field_errors(), [field]);
        assert_eq!(page.header("x-qaqpa-label"), None);
        assert!(!page.has("not-this-one"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_would_not_pass_the_gateway_is_not_stored() {
    let stand = Stand::start().await;
    let (mut officer, path) = decided(&stand).await;
    for (id, label) in [
        ("head-1", "iin-mismatch"),
        ("officer-expired", "certificate-expired"),
        ("officer-auth", "certificate-purpose"),
    ] {
        let key = stand.key_file(id);
        let page = sign(&mut officer, &path, Some(&key), "key-password")
            .await
            .expect(422);
        assert_eq!(page.header("x-qaqpa-label"), Some(label));
        assert_eq!(
            page.attribute("section class=\"refusal\" role=\"alert\" data-label"),
            label
        );
    }
    let key = stand.key_file("officer-1");
    stand.authority.set_down(true);
    let page = sign(&mut officer, &path, Some(&key), "key-password").await;
    let page = page.expect(422);
    assert_eq!(page.header("x-qaqpa-label"), Some("revocation-unknown"));
    stand.authority.set_down(false);
    stand
        .authority
        .revoke("officer-1", RevocationReason::CertificateHold);
    let page = sign(&mut officer, &path, Some(&key), "key-password").await;
    let page = page.expect(422);
    assert_eq!(page.header("x-qaqpa-label"), Some("certificate-suspended"));

    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);
    // The two statuses, and no result.
    assert_eq!(stand.control("/outbox").await.as_array().unwrap().len(), 2);
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["state"], "open");
}

/// Key files and passwords live in memory only.
#[tokio::test(flavor = "multi_thread")]
async fn neither_key_nor_password_is_found_in_the_actors_folder() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let (mut officer, path) = decided(&stand).await;
    let key = stand.key_file("officer-1");
    sign(&mut officer, &path, Some(&key), "key-password")
        .await
        .expect(303);
    crate::road::result_of(&stand, &gateway, "officer-1").await;
    let needle = &key[key.len() / 2..key.len() / 2 + 32];
    let mut looked = Vec::new();
    let mut folders = vec![stand.dir.path().join("regional-gateway")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for secret in [
                needle,
                b"key-password",
                crate::authority::password("officer-1").as_bytes(),
            ] {
                let found = bytes.windows(secret.len()).any(|part| part == secret);
                assert!(!found, "{}", path.display());
            }
            looked.push(path.file_name().unwrap().to_owned());
        }
    }
    for store in ["raw.key", "store.sqlite", "store.sqlite-wal"] {
        assert!(
            looked.iter().any(|name| name == store),
            "{store}: {looked:?}"
        );
    }
}

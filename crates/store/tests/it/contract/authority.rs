//! The authority's register, counters and settings.

use qaqpa_store::{CertificateState, NewCertificate, RevocationList, StoreError};

use crate::stand::{Stand, at};

fn certificate(serial: &str, identity: &str) -> NewCertificate {
    NewCertificate {
        serial: serial.to_owned(),
        issuer: "issuing".to_owned(),
        identity: identity.to_owned(),
        der: vec![1, 2, 3],
        at: at(0),
        not_after: at(1000),
    }
}

pub(crate) async fn a_serial_number_is_entered_once(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let both = vec![
        certificate("0a", "citizen-1"),
        certificate("0b", "citizen-1"),
    ];
    authority.record(both).await.unwrap();
    let twice = vec![certificate("0c", "head-1"), certificate("0a", "head-1")];
    let outcome = authority.record(twice).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
    assert_eq!(authority.by_serial("issuing", "0c").await, Ok(None));
    assert_eq!(authority.by_serial("root", "0a").await, Ok(None));
    let found = authority.by_serial("issuing", "0a").await.unwrap().unwrap();
    assert_eq!(found.state, CertificateState::Good);
    assert_eq!((found.der, found.not_after), (vec![1, 2, 3], at(1000)));
    let of_one = authority.by_identity("citizen-1").await.unwrap();
    let serials: Vec<_> = of_one.iter().map(|one| one.serial.as_str()).collect();
    assert_eq!(serials, ["0b", "0a"]);
    assert_eq!(authority.list().await, Ok(of_one));
}

pub(crate) async fn a_revocation_is_for_good_and_a_suspension_is_not(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    authority
        .record(vec![certificate("0a", "citizen-1")])
        .await
        .unwrap();
    let suspended = CertificateState::Suspended { at: at(5) };
    let revoked = CertificateState::Revoked {
        at: at(6),
        reason: 1,
    };
    let good = CertificateState::Good;
    for (state, before, after) in [
        (suspended, good, suspended),
        (good, suspended, good),
        (revoked, good, revoked),
        (good, revoked, revoked),
        (suspended, revoked, revoked),
    ] {
        let changed = authority.set_state("issuing", "0a", state, at(7)).await;
        assert_eq!(changed, Ok(Some(before)));
        let found = authority.by_serial("issuing", "0a").await.unwrap().unwrap();
        assert_eq!(found.state, after);
    }
    let unknown = authority.set_state("issuing", "0f", revoked, at(7)).await;
    assert_eq!(unknown, Ok(None));
    let list = authority.revoked("issuing").await.unwrap();
    assert_eq!((list.len(), list[0].state), (1, revoked));
    assert_eq!(authority.revoked("root").await, Ok(vec![]));
}

pub(crate) async fn numbers_never_repeat_not_even_after_closing(stand: &impl Stand) {
    let store = stand.open().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.counters().next("crl").await.unwrap() })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    assert_eq!(store.counters().next("other").await, Ok(1));
    store.close().await;
    assert_eq!(store.counters().next("crl").await, Err(StoreError::Closed));
    assert_eq!(stand.open().await.counters().next("crl").await, Ok(21));
}

pub(crate) async fn the_latest_list_has_the_highest_number(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let list = |number| RevocationList {
        name: "rsa".to_owned(),
        number,
        der: vec![u8::try_from(number).unwrap()],
        at: at(0),
        next_update: at(100),
    };
    for number in [1, 10, 9] {
        authority.save_list(list(number)).await.unwrap();
    }
    assert_eq!(authority.latest_list("rsa").await, Ok(Some(list(10))));
    assert_eq!(authority.latest_list("gost").await, Ok(None));
    let again = authority.save_list(list(10)).await;
    assert!(matches!(again, Err(StoreError::Database { .. })));
}

pub(crate) async fn a_setting_is_read_back_after_closing(stand: &impl Stand) {
    let store = stand.open().await;
    assert_eq!(store.settings().read("name").await, Ok(None));
    store.settings().write("name", "one").await.unwrap();
    store.settings().write("name", "two").await.unwrap();
    store.close().await;
    let read = stand.open().await.settings().read("name").await;
    assert_eq!(read, Ok(Some("two".to_owned())));
}

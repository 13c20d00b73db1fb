//! The authority's register, counters and settings.

use qaqpa_store::{
    CertificateChange, CertificateFilter, CertificateState, Direction, JournalEntry, JournalFilter,
    NewCertificate, RevocationList, StoreError,
};

use crate::stand::{Stand, at};

fn certificate(serial: &str, identity: &str) -> NewCertificate {
    NewCertificate {
        serial: serial.to_owned(),
        issuer: "rsa-issuing".to_owned(),
        identity: identity.to_owned(),
        der: vec![1, 2, 3],
        at: at(0),
        not_after: at(1000),
        state: CertificateState::Good,
    }
}

pub(crate) async fn a_serial_number_is_entered_once(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let both = vec![
        certificate("0a", "citizen-1"),
        certificate("0b", "citizen-1"),
    ];
    assert_eq!(authority.record(both, vec![]).await, Ok(vec![]));
    let twice = vec![certificate("0c", "head-1"), certificate("0a", "head-1")];
    let outcome = authority.record(twice, vec![]).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
    assert_eq!(authority.by_serial("rsa-issuing", "0c").await, Ok(None));
    assert_eq!(authority.by_serial("rsa-root", "0a").await, Ok(None));
    let found = authority
        .by_serial("rsa-issuing", "0a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.state, CertificateState::Good);
    assert_eq!((found.der, found.not_after), (vec![1, 2, 3], at(1000)));
    let of_one = authority.by_identity("citizen-1").await.unwrap();
    let serials: Vec<_> = of_one.iter().map(|one| one.serial.as_str()).collect();
    assert_eq!(serials, ["0b", "0a"]);
    let all = CertificateFilter::default();
    assert_eq!(authority.certificates(&all, 10).await, Ok(of_one));
}

pub(crate) async fn certificates_are_listed_by_name_and_page_by_page(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let new = |number: u8| {
        let identity = if number.is_multiple_of(2) {
            "even-1"
        } else {
            "odd-1"
        };
        certificate(&format!("{number:02x}"), identity)
    };
    let new = (1..=12).map(new).collect();
    assert_eq!(authority.record(new, vec![]).await, Ok(vec![]));
    for (name, before, limit, expected) in [
        (None, None, 3, &[12, 11, 10][..]),
        (None, Some(10), 3, &[9, 8, 7]),
        (None, Some(2), 3, &[1]),
        (None, Some(1), 3, &[]),
        (None, None, 0, &[]),
        (None, Some(u64::MAX), 1, &[12]),
        (Some("odd-1"), None, 2, &[11, 9]),
        (Some("odd-1"), Some(9), 9, &[7, 5, 3, 1]),
        (Some("0C"), None, 9, &[12]),
        (Some("0c"), Some(12), 9, &[]),
        (Some("0"), None, 9, &[]),
        (Some("nobody"), None, 9, &[]),
    ] {
        let filter = CertificateFilter {
            name: name.map(str::to_owned),
            before,
        };
        let found = authority.certificates(&filter, limit).await.unwrap();
        let positions: Vec<_> = found.iter().map(|one| one.position).collect();
        assert_eq!(positions, expected, "{filter:?}, {limit}");
    }
}

pub(crate) async fn what_is_entered_and_what_the_journal_says_of_it_are_one(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let entry = |kind: &str| JournalEntry {
        at: at(0),
        kind: kind.to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary: serde_json::json!({ "serial": "0a" }),
    };
    let entries = vec![entry("certificates-issued"), entry("notice")];
    let one = vec![certificate("0a", "citizen-1")];
    assert_eq!(authority.record(one.clone(), entries).await, Ok(vec![]));
    // A serial number that exists: neither the certificate nor the word about it is there.
    let both = vec![certificate("0b", "citizen-2"), certificate("0a", "head-1")];
    let outcome = authority.record(both, vec![entry("never")]).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
    let kinds = store.journal().list(&JournalFilter::default(), 10).await;
    let kinds: Vec<_> = kinds.unwrap().into_iter().map(|said| said.kind).collect();
    assert_eq!(kinds, ["notice", "certificates-issued"]);
    let all = CertificateFilter::default();
    let all = authority.certificates(&all, 10).await;
    assert_eq!(all.unwrap().len(), 1);
    let proof = store
        .journal()
        .verify(&qaqpa_store::no_judge)
        .await
        .unwrap();
    assert_eq!(proof.finding, None);
}

pub(crate) async fn a_revocation_is_for_good_and_a_suspension_is_not(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    authority
        .record(vec![certificate("0a", "citizen-1")], vec![])
        .await
        .unwrap();
    let suspended = CertificateState::Suspended { at: at(5) };
    let revoked = CertificateState::Revoked {
        at: at(6),
        reason: 1,
    };
    let good = CertificateState::Good;
    let change = |position, state, since| CertificateChange {
        position,
        issuer: "rsa-issuing".to_owned(),
        serial: "0a".to_owned(),
        state,
        since,
    };
    let changes = [
        change(1, suspended, at(5)),
        change(2, good, at(7)),
        change(3, revoked, at(6)),
    ];
    for (state, changed, after) in [
        (suspended, Some(&changes[0]), suspended),
        (good, Some(&changes[1]), good),
        (revoked, Some(&changes[2]), revoked),
        (good, None, revoked),
        (suspended, None, revoked),
    ] {
        let outcome = authority.set_state("rsa-issuing", "0a", state, at(7)).await;
        assert_eq!(outcome, Ok(changed.cloned()));
        let found = authority
            .by_serial("rsa-issuing", "0a")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.state, after);
    }
    let unknown = authority
        .set_state("rsa-issuing", "0f", revoked, at(7))
        .await;
    assert_eq!(unknown, Ok(None));
    let mut kept = Vec::new();
    let each = authority.each_change(|change| kept.push(change));
    assert_eq!(each.await, Ok(()));
    assert_eq!(kept, changes);
    let mut serials = Vec::new();
    let each = authority.each_serial(|issuer, serial| serials.push(format!("{issuer} {serial}")));
    assert_eq!(each.await, Ok(()));
    assert_eq!(serials, ["rsa-issuing 0a"]);
}

pub(crate) async fn a_certificate_can_be_revoked_from_the_beginning(stand: &impl Stand) {
    let store = stand.open().await;
    let authority = store.authority();
    let state = CertificateState::Revoked {
        at: at(-5),
        reason: 1,
    };
    let revoked = NewCertificate {
        state,
        ..certificate("0b", "revoked")
    };
    let both = vec![certificate("0a", "citizen-1"), revoked];
    let change = CertificateChange {
        position: 1,
        issuer: "rsa-issuing".to_owned(),
        serial: "0b".to_owned(),
        state,
        since: at(-5),
    };
    assert_eq!(authority.record(both, vec![]).await, Ok(vec![change]));
    let found = authority.by_identity("revoked").await.unwrap();
    assert_eq!(found[0].state, state);
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
    let list = |name: &str, number: u8| RevocationList {
        name: name.to_owned(),
        number: number.into(),
        der: vec![number],
        at: at(number.into()),
        next_update: at(100),
        changes: 7,
        base: 1,
    };
    for number in [1, 9, 10] {
        let pair = vec![list("rsa", number), list("rsa-delta", number)];
        authority.save_lists(pair).await.unwrap();
    }
    assert_eq!(
        authority.latest_list("rsa").await,
        Ok(Some(list("rsa", 10)))
    );
    assert_eq!(authority.latest_list("gost").await, Ok(None));
    // Of the lists before, only the bytes are gone.
    let without = RevocationList {
        der: Vec::new(),
        ..list("rsa", 9)
    };
    assert_eq!(
        authority.numbered_list("rsa", 9).await,
        Ok(Some(without.clone()))
    );
    assert_eq!(authority.list_at("rsa", at(9)).await, Ok(Some(without)));
    assert_eq!(authority.list_at("rsa", at(0)).await, Ok(None));
    // Both or none.
    let again = vec![list("rsa", 11), list("rsa-delta", 10)];
    let refused = authority.save_lists(again).await;
    assert!(matches!(refused, Err(StoreError::Database { .. })));
    assert_eq!(
        authority.latest_list("rsa").await,
        Ok(Some(list("rsa", 10)))
    );
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

pub(crate) async fn a_setting_is_replaced_only_by_who_has_read_what_is_there(stand: &impl Stand) {
    let store = stand.open().await;
    let settings = store.settings();
    assert_eq!(settings.replace("name", Some(""), "none").await, Ok(false));
    assert_eq!(settings.replace("name", None, "one").await, Ok(true));
    assert_eq!(settings.replace("name", None, "two").await, Ok(false));
    assert_eq!(
        settings.replace("name", Some("zero"), "two").await,
        Ok(false)
    );
    assert_eq!(settings.read("name").await, Ok(Some("one".to_owned())));
    assert_eq!(settings.replace("name", Some("one"), "two").await, Ok(true));
    assert_eq!(settings.read("name").await, Ok(Some("two".to_owned())));
    // Of many who have read the same, one is the first.
    let others: Vec<_> = (0..8).map(|n| format!("of {n}")).collect();
    let all = others
        .iter()
        .map(|value| settings.replace("name", Some("two"), value));
    let done = futures::future::join_all(all).await;
    assert_eq!(done.iter().filter(|done| **done == Ok(true)).count(), 1);
}

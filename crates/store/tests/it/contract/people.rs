//! Accounts and sessions.

use qaqpa_store::NewSession;

use crate::stand::{Stand, account, at, iin, other_iin};

pub(crate) async fn an_account_is_created_once_and_seeding_replaces_it(stand: &impl Stand) {
    let store = stand.open().await;
    let accounts = store.accounts();
    let created = accounts.create(account(iin())).await.unwrap().unwrap();
    let mut other = account(iin());
    other.password_hash = "$argon2id$other".to_owned();
    other.roles = vec!["head".to_owned(), "officer".to_owned()];
    assert_eq!(accounts.create(other.clone()).await, Ok(None));
    let found = accounts.find_by_iin(&iin()).await.unwrap().unwrap();
    assert_eq!(found, created);
    let seeded = accounts.seed(other).await.unwrap();
    assert_eq!(seeded.id, created.id);
    assert_eq!(seeded.password_hash, "$argon2id$other");
    assert_eq!(seeded.roles, ["head", "officer"]);
    assert_eq!(accounts.by_id(seeded.id).await, Ok(Some(seeded)));
    assert_eq!(accounts.find_by_iin(&other_iin()).await, Ok(None));
}

pub(crate) async fn a_session_ends_at_its_moment_and_is_rotated_at_login(stand: &impl Stand) {
    let store = stand.open().await;
    let owner = store.accounts().seed(account(iin())).await.unwrap();
    let sessions = store.sessions();
    let session = |token: &str, account| NewSession {
        token: token.to_owned(),
        csrf: format!("csrf of {token}"),
        account,
        data_json: "{}".to_owned(),
        at: at(0),
        expires: at(100),
    };
    sessions.create(session("a", None)).await.unwrap();
    let found = sessions.find("a", at(99)).await.unwrap().unwrap();
    assert_eq!((found.csrf.as_str(), found.account), ("csrf of a", None));
    assert_eq!(sessions.find("a", at(100)).await, Ok(None));
    sessions
        .rotate("a", session("b", Some(owner.id)))
        .await
        .unwrap();
    assert_eq!(sessions.find("a", at(1)).await, Ok(None));
    assert_eq!(
        sessions.find("b", at(1)).await.unwrap().unwrap().account,
        Some(owner.id)
    );
    assert_eq!(sessions.update("b", at(200), Some("[1]")).await, Ok(true));
    assert_eq!(sessions.update("b", at(201), None).await, Ok(true));
    assert_eq!(sessions.update("a", at(200), None).await, Ok(false));
    let moved = sessions.find("b", at(200)).await.unwrap().unwrap();
    assert_eq!((moved.data_json.as_str(), moved.expires), ("[1]", at(201)));
    sessions.create(session("c", None)).await.unwrap();
    assert_eq!(sessions.expire(at(100)).await, Ok(1));
    sessions.delete("b").await.unwrap();
    assert_eq!(sessions.find("b", at(1)).await, Ok(None));
}

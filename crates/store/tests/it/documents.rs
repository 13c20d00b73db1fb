//! Texts that all processes over one database go by.

use qaqpa_model::Actor;
use qaqpa_store::{Backend, Document, PostgresAddress, Store, StoreConfig, StoreError};

use crate::server::server;

async fn store(schema: &str, dir: &std::path::Path) -> Store {
    let config = StoreConfig {
        backend: Backend::Postgres(PostgresAddress::new(&server().url(), schema).unwrap()),
        ..StoreConfig::in_folder(dir)
    };
    Store::open(&config, Actor::Gateway).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_puts_is_in_force_for_the_other_and_each_change_has_its_version() {
    let schema = server().schema();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = store(&schema, folders[0].path()).await;
    std::fs::copy(
        folders[0].path().join("raw.key"),
        folders[1].path().join("raw.key"),
    )
    .unwrap();
    let other = store(&schema, folders[1].path()).await;
    let (one, other) = (one.documents(), other.documents());
    assert!(one.are_shared() && other.are_shared());
    assert_eq!(other.version("systems").await, Ok(None));
    assert_eq!(other.read("systems").await, Ok(None));

    let of = |version, text: Option<&str>| Document {
        version,
        text: text.map(str::to_owned),
    };
    // Two bring in a file of their own: the first one's is in force for both.
    assert_eq!(one.begin("systems", "a").await, Ok(of(1, Some("a"))));
    assert_eq!(other.begin("systems", "b").await, Ok(of(1, Some("a"))));
    assert_eq!(other.put("systems", Some("c")).await, Ok(of(2, Some("c"))));
    assert_eq!(one.version("systems").await, Ok(Some(2)));
    assert_eq!(one.put("systems", None).await, Ok(of(3, None)));
    // What was taken away is not brought in again.
    assert_eq!(other.begin("systems", "b").await, Ok(of(3, None)));
    assert_eq!(other.read("systems").await, Ok(Some(of(3, None))));
    assert_eq!(other.read("routes").await, Ok(None));
    // Of many that change it at once none is lost from the count.
    let put = |n: u32| async move { one.put("routes", Some(&n.to_string())).await };
    futures::future::try_join_all((0..8).map(put))
        .await
        .unwrap();
    assert_eq!(other.version("routes").await, Ok(Some(8)));
}

#[tokio::test]
async fn over_a_file_nothing_is_shared() {
    let dir = tempfile::tempdir().unwrap();
    let config = StoreConfig::in_folder(dir.path());
    let store = Store::open(&config, Actor::Gateway).await.unwrap();
    assert!(!store.documents().are_shared());
    let refused = store.documents().put("systems", Some("a")).await;
    assert_eq!(refused, Err(StoreError::Unreadable { what: "document" }));
}

//! Whether this program's actors could start with the stores of a state.

use std::path::Path;

use qaqpa_model::ActorName;
use qaqpa_store::{Store, StoreConfig, StoreError};

use super::folder::entries;

/// Opens every store of the state, to read it only. Not for a thread that runs futures: it waits.
///
/// # Errors
/// The first one that cannot be opened, with the reason. One of an earlier version is brought up to date by its actor.
pub(crate) fn can_start(state: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Handle::current();
    for folder in entries(state).map_err(|error| error.to_string())? {
        let name = folder.file_name().and_then(|name| name.to_str());
        let Some(name) = name.and_then(ActorName::parse) else {
            continue;
        };
        if !folder.join("store.sqlite").exists() {
            continue;
        }
        let config = StoreConfig::in_folder(folder);
        let opened = runtime.block_on(async {
            let store = Store::open_to_read(&config, name.actor()).await?;
            store.close().await;
            Ok::<_, StoreError>(())
        });
        match opened {
            Ok(()) => {}
            Err(StoreError::Version { found, wanted }) if found < wanted => {}
            Err(StoreError::Version { found, wanted }) => {
                return Err(format!(
                    "the store of {name} is of version {found}, and this program knows {wanted}"
                ));
            }
            Err(error) => return Err(format!("the store of {name}: {error}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use qaqpa_model::Actor;

    use super::*;

    #[tokio::test]
    async fn a_store_that_is_none_is_named_and_one_of_this_version_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().to_owned();
        let gateway = StoreConfig::in_folder(state.join("gateway"));
        let store = Store::open(&gateway, Actor::Gateway).await.unwrap();
        store.close().await;
        let looked = async |state: std::path::PathBuf| {
            let look = tokio::task::spawn_blocking(move || can_start(&state));
            look.await.unwrap()
        };
        assert_eq!(looked(state.clone()).await, Ok(()));
        std::fs::create_dir(state.join("regional-gateway.taraz")).unwrap();
        let store = state.join("regional-gateway.taraz/store.sqlite");
        std::fs::write(store, vec![7; 4096]).unwrap();
        let refused = looked(state).await.unwrap_err();
        let begins = "the store of regional-gateway.taraz: ";
        assert!(refused.starts_with(begins), "{refused}");
    }
}

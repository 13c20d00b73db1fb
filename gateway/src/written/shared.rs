//! One text for several gateways: a document of their database.
//!
//! A file of one machine brings the first one in. From then on the database has it, whatever the files say: they are not
//! looked at, and whoever asks is told that one lies aside.

use std::path::Path;

use qaqpa_store::{Document, Store, StoreError};
use qaqpa_transport::StartError;

/// The document that this gateway goes by; `None` where each gateway has a file of its own.
///
/// Where the database has none, this machine's file is brought in as `portable` makes it: whole, without what only this
/// machine has.
///
/// # Errors
/// [`StartError`] where the database could not, or the file that would be brought in has a fault.
pub(crate) async fn begin(
    store: &Store,
    name: &str,
    path: &Path,
    portable: impl FnOnce() -> Result<Option<String>, String>,
) -> Result<Option<Document>, StartError> {
    let documents = store.documents();
    if !documents.are_shared() {
        return Ok(None);
    }
    let failed = StartError::part("store");
    if let Some(document) = documents.read(name).await.map_err(failed)? {
        if path.exists() {
            let (file, version) = (path.display(), document.version);
            tracing::warn!(%file, version, "the file is not looked at: the database has the {name}");
        }
        return Ok(Some(document));
    }
    let Some(text) = portable().map_err(StartError::Config)? else {
        return Ok(Some(Document::default()));
    };
    let begun = documents.begin(name, &text).await;
    begun.map(Some).map_err(StartError::part("store"))
}

/// The document, where its version is another than the one in force.
///
/// # Errors
/// [`StoreError`] where the database could not.
pub(crate) async fn newer(
    store: &Store,
    name: &str,
    in_force: u64,
) -> Result<Option<Document>, StoreError> {
    let documents = store.documents();
    if documents.version(name).await?.unwrap_or(0) == in_force {
        return Ok(None);
    }
    Ok(Some(documents.read(name).await?.unwrap_or_default()))
}

//! The verdict of an accepted message: kept with the message, and held by the chain, because the entry names its digest.

use serde_json::{Value, json};

use crate::StoreError;
use crate::blobs::digest_of;
use crate::database::{Columns, Connection, query};

/// The kind of the entries that tell of an accepted message.
pub(crate) const ACCEPTED: &str = "accepted";

/// The summary of an accepted message with its verdict, named as what is withheld is.
pub(crate) fn with_verdict(mut summary: Value, verdict_json: &str) -> Value {
    if let Value::Object(fields) = &mut summary
        && verdict_json != "null"
    {
        fields.entry("verdict").or_insert_with(
            || json!({ "bytes": verdict_json.len(), "sha256": digest_of(verdict_json.as_bytes()) }),
        );
    }
    summary
}

/// The digest of the verdict that an entry of that kind names. None where it names none: no verdict was kept, or an
/// earlier version wrote it.
pub(super) fn digest_named(kind: &str, summary: &Value) -> Option<String> {
    (kind == ACCEPTED)
        .then(|| summary["verdict"]["sha256"].as_str())
        .flatten()
        .map(str::to_owned)
}

/// The verdict that is kept with a message; whether it is the one that the entry names is said by [`is_of`].
pub(super) async fn verdict_of(
    connection: &mut Connection,
    message_id: &str,
) -> Result<Option<String>, StoreError> {
    let row = query("SELECT verdict_json FROM messages WHERE message_id = $1")
        .bind(message_id)
        .fetch_optional(connection)
        .await?;
    // What is there and is no text was not written by a store: another thing than a database that could not.
    let changed = |_| StoreError::Unreadable { what: "verdict" };
    row.map(|row| Columns(&row).text("verdict_json").map_err(changed))
        .transpose()
}

/// Whether a verdict has that digest.
pub(super) fn is_of(verdict_json: &str, digest: &str) -> bool {
    digest_of(verdict_json.as_bytes()) == digest
}

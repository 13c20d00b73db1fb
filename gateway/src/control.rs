//! The control port's own part: journal, trace, outbox; and what happens when the clock moves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use qaqpa_channel::{SystemKeys, views};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_transport::control::{ClockHook, clock_hook};
use qaqpa_transport::{files, paths};
use serde_json::json;

use crate::gateway::Gateway;

/// `/journal`, `/journal/{id}`, `/journal/verify`, `/trace/{messageId}`, `/outbox`, `/routes`, `/systems`, `/history`, `/expectations`.
pub(crate) fn routes(data: &Path, gateway: &Arc<Gateway>) -> Router {
    views::routes(gateway.store.clone(), data)
        .merge(crate::routing::control::routes(Arc::clone(gateway)))
        .merge(crate::systems::control::routes(Arc::clone(gateway)))
        .merge(crate::expectations::control::routes(Arc::clone(gateway)))
        .merge(crate::mischief::routes::routes(gateway))
}

/// Before a move of the clock is acknowledged: old evidence is forgotten, new keys are read, and the
/// journal says that the clock was set, and whether it was set back.
pub(crate) fn on_clock(dir: &Path, gateway: &Arc<Gateway>) -> ClockHook {
    let dir = dir.to_owned();
    let gateway = Arc::clone(gateway);
    let offset = Arc::new(AtomicI64::new(gateway.clock.offset_ms()));
    clock_hook(move |moment| {
        let (dir, gateway, offset) = (dir.clone(), Arc::clone(&gateway), Arc::clone(&offset));
        async move {
            let now = gateway.clock.offset_ms();
            let before = offset.swap(now, Ordering::SeqCst);
            gateway.examining.forget();
            let kind = if now < before {
                "clock-set-back"
            } else {
                "clock-set"
            };
            let entry = JournalEntry {
                at: moment,
                kind: kind.to_owned(),
                message_id: None,
                direction: Direction::Own,
                label: None,
                raw: None,
                summary: json!({"offset_ms": now, "offset_ms_before": before}),
            };
            gateway
                .store
                .journal()
                .append(entry)
                .await
                .map_err(|error| error.to_string())?;
            publish_certificate(&dir, &gateway.keys).await
        }
    })
}

/// Writes `DIR/trust/gateway.pem`: what the gateway signs its answers with.
pub(crate) async fn publish_certificate(dir: &Path, keys: &SystemKeys) -> Result<(), String> {
    let systems = keys.current().await.map_err(|error| error.to_string())?;
    let pem = systems.own.certificate.to_pem();
    let path: PathBuf = paths::trust_gateway(dir);
    tokio::task::spawn_blocking(move || {
        if std::fs::read(&path).is_ok_and(|there| there == pem.as_bytes()) {
            return Ok(());
        }
        files::write_private(&path, pem.as_bytes()).map_err(|error| error.to_string())
    })
    .await
    .map_err(|error| error.to_string())?
}

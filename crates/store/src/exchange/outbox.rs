//! The outbox.
use std::time::Duration;

use qaqpa_model::Moment;

use super::{Claimed, Conclusion, OutboxEntry, OutgoingMessage, Ticket};
use crate::trace::TraceEntry;
use crate::{Store, StoreError};

pub(super) async fn enqueue(
    _: &Store,
    _: OutgoingMessage,
    _: Vec<TraceEntry>,
    _: Moment,
) -> Result<(), StoreError> {
    todo!()
}
pub(super) async fn claim(
    _: &Store,
    _: Moment,
    _: u32,
    _: Duration,
) -> Result<Vec<Claimed>, StoreError> {
    todo!()
}
pub(super) async fn complete(_: &Store, _: Ticket, _: Conclusion) -> Result<bool, StoreError> {
    todo!()
}
pub(super) async fn retry_at(_: &Store, _: Ticket, _: Moment, _: &str) -> Result<bool, StoreError> {
    todo!()
}
pub(super) async fn park(_: &Store, _: Ticket, _: &str, _: Conclusion) -> Result<bool, StoreError> {
    todo!()
}
pub(super) async fn wake(_: &Store, _: Moment) -> Result<u64, StoreError> {
    todo!()
}
pub(super) async fn list(_: &Store, _: u32) -> Result<Vec<OutboxEntry>, StoreError> {
    todo!()
}
pub(super) async fn next_due(_: &Store) -> Result<Option<Moment>, StoreError> {
    todo!()
}

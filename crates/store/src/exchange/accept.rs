//! Accepting a message, once.
use qaqpa_model::{BodyDigest, MessageId, SenderId};

use super::{Acceptance, AcceptedMessage, Incoming, Seen};
use crate::{Store, StoreError};

pub(super) async fn accept(_: &Store, _: Incoming) -> Result<Acceptance, StoreError> {
    todo!()
}
pub(super) async fn lookup(
    _: &Store,
    _: &SenderId,
    _: &MessageId,
    _: &BodyDigest,
) -> Result<Option<Seen>, StoreError> {
    todo!()
}
pub(super) async fn message(
    _: &Store,
    _: &MessageId,
) -> Result<Option<AcceptedMessage>, StoreError> {
    todo!()
}

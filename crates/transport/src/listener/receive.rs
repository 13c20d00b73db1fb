//! Receiving a body whole: within its time, its bytes, and a budget that all bodies share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroize;

use super::ListenLimits;
use super::refuse::DoorRefusal;

/// One permit of the budget stands for so many bytes.
const UNIT_BYTES: usize = 4096;

/// Permits for so many bytes.
pub(super) fn budget(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES).min(Semaphore::MAX_PERMITS)
}

/// Receives the body. Its memory is wiped when the last handle to it is dropped, since forms carry
/// key files and passwords; copies in the buffers of hyper and rustls are out of our reach.
pub(super) async fn receive(
    body: Incoming,
    limits: &ListenLimits,
    bodies: &Arc<Semaphore>,
) -> Result<Bytes, DoorRefusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let bytes_max = limits.body_bytes_max;
    let announced = body.size_hint().exact();
    if announced.is_some_and(|bytes| usize::try_from(bytes).map_or(true, |n| n > bytes_max)) {
        return Err(DoorRefusal::BodyTooLarge { bytes_max });
    }
    // No more is taken for it than it says to have.
    let room_max = announced.and_then(|bytes| usize::try_from(bytes).ok());
    let room_max = room_max.unwrap_or(bytes_max);
    let collected = collect(body, bytes_max, room_max, bodies);
    tokio::time::timeout(limits.body_time_max, collected)
        .await
        .unwrap_or(Err(DoorRefusal::RequestTimeout {
            seconds: whole_seconds(limits.body_time_max),
        }))
}

/// Seconds as people are told them: rounded up.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

async fn collect(
    mut body: Incoming,
    bytes_max: usize,
    room_max: usize,
    bodies: &Arc<Semaphore>,
) -> Result<Bytes, DoorRefusal> {
    let mut received = Received {
        bytes: Vec::new(),
        permits: None,
    };
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| DoorRefusal::Cut)?;
        let Ok(data) = frame.into_data() else {
            continue; // trailers: nobody here reads them
        };
        if received.bytes.len() + data.len() > bytes_max {
            return Err(DoorRefusal::BodyTooLarge { bytes_max });
        }
        received.append(&data, room_max, bodies)?;
    }
    Ok(Bytes::from_owner(received))
}

struct Received {
    bytes: Vec<u8>,
    permits: Option<OwnedSemaphorePermit>,
}

impl Received {
    fn append(
        &mut self,
        data: &[u8],
        room_max: usize,
        bodies: &Arc<Semaphore>,
    ) -> Result<(), DoorRefusal> {
        let needed = self.bytes.len() + data.len();
        if needed > self.bytes.capacity() {
            // Growing by ourselves, so that what is left behind can be wiped, and paid for before it is taken.
            let capacity = needed
                .max(self.bytes.capacity() * 2)
                .min(room_max.max(needed));
            let more = budget(capacity) - self.permits.as_ref().map_or(0, |p| p.num_permits());
            let more = u32::try_from(more).map_err(|_| DoorRefusal::Busy)?;
            let paid = Arc::clone(bodies)
                .try_acquire_many_owned(more)
                .map_err(|_| DoorRefusal::Busy)?;
            match &mut self.permits {
                Some(permits) => permits.merge(paid),
                none => *none = Some(paid),
            }
            let mut grown = Vec::with_capacity(capacity);
            grown.extend_from_slice(&self.bytes);
            self.bytes.zeroize();
            self.bytes = grown;
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }
}

impl AsRef<[u8]> for Received {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_paid_while_a_body_lives_and_given_back_after() {
        let bodies = Arc::new(Semaphore::new(budget(3 * UNIT_BYTES)));
        let mut received = Received {
            bytes: Vec::new(),
            permits: None,
        };
        received.append(&[1; 100], 1 << 20, &bodies).unwrap();
        received.append(&[2; 5000], 1 << 20, &bodies).unwrap();
        assert_eq!(received.bytes.len(), 5100);
        assert_eq!(bodies.available_permits(), 1);
        assert_eq!(
            received.append(&[3; 9000], 1 << 20, &bodies),
            Err(DoorRefusal::Busy)
        );
        drop(Bytes::from_owner(received));
        assert_eq!(bodies.available_permits(), 3);
        // Room is doubled, but not beyond what the body says to have.
        let mut received = Received {
            bytes: Vec::new(),
            permits: None,
        };
        received.append(&[1; 4000], 5000, &bodies).unwrap();
        received.append(&[2; 900], 5000, &bodies).unwrap();
        assert_eq!(received.bytes.capacity(), 5000);
        assert_eq!(bodies.available_permits(), 1);
    }
}

//! One connection's bytes, held by hyper and by us: so that a last word can be said when hyper gives up.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What a TCP and a TLS stream have in common.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A stream with two owners, that also notices a peer who takes nothing of our answer.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

struct State {
    stream: Box<dyn Stream>,
    /// Whether bytes came in that no request has accounted for: the beginning of a head.
    begun: bool,
    stall_max: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Shared {
    pub(super) fn new(stream: Box<dyn Stream>, stall_max: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            stream,
            begun: false,
            stall_max,
            stalled: None,
        })))
    }

    /// Whether a head began and was not finished.
    pub(super) fn has_begun(&self) -> bool {
        self.state().begun
    }

    /// What came in so far belongs to a request that was received.
    pub(super) fn settle(&self) {
        self.state().begun = false;
    }

    // The lock is held for one poll and never across an await, so a poisoned one is still whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.stalled = None;
            return poll;
        }
        let stall_max = self.stall_max;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(stall_max)));
        match stalled.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Shared {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state();
        let before = buf.filled().len();
        let poll = Pin::new(&mut *state.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            state.begun = true;
        }
        poll
    }
}

impl AsyncWrite for Shared {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        let poll = Pin::new(&mut *state.stream).poll_write(cx, bytes);
        state.watch(cx, poll)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        let poll = Pin::new(&mut *state.stream).poll_flush(cx);
        state.watch(cx, poll)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        let poll = Pin::new(&mut *state.stream).poll_shutdown(cx);
        state.watch(cx, poll)
    }
}

//! What a door can do on purpose and no handler can: give no answer. Which requests it befalls is for those who switch it
//! on.

use axum::body::Body;
use axum::response::Response;
use thiserror::Error;

/// An answer that is none: the door closes the connection before one byte of it has left, as a process that falls over
/// does. No number of answered requests counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the connection is closed without an answer, on purpose (TEST)")]
pub struct Silence;

impl Silence {
    /// What a handler gives back in the place of an answer. Only a listener understands it: to a router that is called
    /// by itself it is an empty 200.
    #[must_use]
    pub fn response() -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Self);
        response
    }

    /// Whether that is what a handler has given back.
    pub(crate) fn of(response: &Response) -> Option<Self> {
        response.extensions().get().copied()
    }
}

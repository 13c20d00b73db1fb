//! The synchronous channel, `ISyncChannel`: one operation, `SendMessage`.

pub mod request;
pub mod response;

pub use request::SendMessageRequest;
pub use response::SendMessageResponse;

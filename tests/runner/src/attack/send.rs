//! How a message is sent to a running simulator.

use serde::Deserialize;

use crate::forge::knobs::Edit;

/// A message on the synchronous channel that is valid but for what is said here.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Send {
    /// Edits of the application before it is signed.
    pub application: Vec<Edit>,
    /// The identity that signs the application; the citizen where nothing is said.
    pub signed_by: Option<String>,
    /// Edits of the request before the envelope is signed.
    pub request: Vec<Edit>,
    /// Edits of the signed envelope.
    pub envelope: Vec<Edit>,
    /// HTTP headers instead of the usual ones: names and values.
    pub headers: Vec<[String; 2]>,
    /// A message that is sent before, which must be accepted: `same-bytes`, `same-id`, `same-signature`.
    pub after: Option<Repeat>,
    /// How the transport signature is made; none at all: `none`.
    pub unsigned: bool,
    /// The registered sender that the request names, with its password; `integrator-1` where nothing is said.
    pub sender: Option<String>,
    /// An identity whose key signs the envelope, or (`sender:…`) another registered sender.
    pub envelope_by: Option<String>,
}

/// What a message repeats of one that was accepted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Every byte.
    SameBytes,
    /// The messageId, with another document.
    SameId,
    /// The document with its signature, under another messageId.
    SameSignature,
}

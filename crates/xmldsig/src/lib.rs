//! XML signatures and WS-Security: sign, verify, and the part that is proven to be covered.
//!
//! Floor 1. Verifying goes in three steps, each a value that the next one needs:
//!
//! 1. [`find_enveloped`], [`find_by_id`], [`find_detached`] or [`find_wsse`] finds the one signature at the place
//!    where its profile puts it, [`find_all`] all of them, and reads it strictly (`read`): structure, algorithms,
//!    references, transforms. Nothing that this step gives is proven.
//! 2. [`FoundSignature::cover`] asks the three questions, each a file: `scope` (is it about what the
//!    recipient reads?), `digests` (is the content the signed one?), `value` (did this key sign it?).
//! 3. [`Covered`] is the proof, and the only way to read what was signed. It walks the same tree that
//!    was digested, and cannot step outside or into what a transform left out.
//!
//! Where a digest differs, [`FoundSignature::mismatch`] tells which and over what, and [`FoundSignature::diagnose`] looks for the
//! usual causes by undoing each on a copy. What a consumer reads of the proof is noted in a [`Ledger`], if it keeps one.
//!
//! Whose key it is, is not asked here: certificates are bytes, and `verdict` judges them.
//!
//! Source: XML Signature Syntax and Processing 1.1 (W3C, 2013); Web Services Security: SOAP Message
//! Security 1.1.1 and X.509 Certificate Token Profile 1.1.1 (OASIS, 2012).

mod base64;
mod bounds;
mod covered;
mod diagnose;
mod digests;
mod error;
mod find;
mod ids;
#[cfg(feature = "laboratory")]
mod laboratory;
mod names;
mod read;
mod scope;
mod sign;
mod signature;
mod value;

pub use bounds::Bounds;
pub use covered::{
    ConsumedElement, Covered, CoveredElement, CoveredPart, Ledger, PartKind, places,
};
pub use diagnose::{Cause, Diagnosis, Mismatch, Reencoding, Work};
pub use error::{SignError, SignatureError, SignatureLimit};
pub use find::{
    Profile, find_all, find_all_nested, find_by_id, find_detached, find_enveloped, find_wsse,
};
#[cfg(feature = "laboratory")]
pub use laboratory::Question;
pub use read::key_info::Thumbprint;
pub use scope::Extent;
pub use sign::{
    Options, PropertiesToSign, Signer, WsseKeyInfo, counter_sign, sign_by_id, sign_by_id_with,
    sign_detached, sign_enveloped, sign_enveloped_with, sign_wsse,
};
pub use signature::{FoundSignature, Role, SignedReference};

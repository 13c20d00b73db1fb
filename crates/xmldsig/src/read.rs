//! Reading a `ds:Signature` strictly: what is not expected is refused, never skipped.

pub(crate) mod filter2;
pub(crate) mod key_info;
pub(crate) mod method;
pub(crate) mod object;
pub(crate) mod parts;
pub(crate) mod reference;
pub(crate) mod signed_info;
pub(crate) mod transforms;

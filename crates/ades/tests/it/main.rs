//! Advanced signatures, whole.

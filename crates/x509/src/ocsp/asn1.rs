//! The ASN.1 of RFC 6960 §4.

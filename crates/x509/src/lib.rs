//! Certificates of the national profile, paths, CRL and OCSP as data, and their encoding.
//!
//! Floor 1: pure. Moments, keys and limits are arguments; nothing here opens a socket, a file or a
//! clock. Reading and judging come first ([`Certificate`], [`path`], [`profile`], [`ocsp::verify`],
//! [`crl::verify`], [`revocation`]); making them ([`issue`], [`ocsp::respond`], [`crl::issue`]) is for the authority
//! and for tests; [`pkcs12`] reads and writes key files.
//!
//! Reading is strict DER. A value that was read proves nothing: `Certificate` is "bytes that have the
//! shape of a certificate" until [`path::build`] has tied it to an anchor.

pub mod anchors;
mod asn1;
pub mod ber;
pub mod certificate;
pub mod cms;
pub mod crl;
mod extensions;
pub mod issue;
mod matching;
mod memo;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod pkcs10;
pub mod pkcs12;
pub mod profile;
pub mod reason;
pub mod revocation;
mod time;
pub mod tsp;
pub mod usage;
pub mod waived;

pub use anchors::TrustAnchors;
pub use certificate::{Certificate, CertificateError};
pub use der::oid::ObjectIdentifier;
pub use name::{IinError, SubjectName};
pub use reason::RevocationReason;
pub use usage::KeyUsage;
pub use waived::{Waivable, Waived};

//! Certificates, paths, OCSP, CRL and key files: exact refusals, and OpenSSL and keytool as second opinions.
//!
//! The keys in `tests/keys` were made for these tests and sign nothing else.

mod arbitrary;
mod certificates;
mod crls;
mod key_files;
mod ocsps;
mod paths;
mod stand;
mod tools;

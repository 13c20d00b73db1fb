//! Certificates, paths, OCSP, CRL and key files: exact refusals, and OpenSSL and keytool as second opinions.
//!
//! The keys in `tests/keys` were made for these tests and sign nothing else.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod algorithms;
mod arbitrary;
mod certificates;
mod constraints;
mod crls;
mod deltas;
mod for_good;
mod key_files;
mod key_files_old;
mod long_lists;
mod ocsps;
mod paths;
mod pkits;
mod profiles;
mod reach;
mod rekeyed;
mod requests;
mod revocations;
mod stand;
mod structures;
mod tools;
mod tsps;

//! Fetches and keeps OCSP answers and CRLs for an examination.

//! Advanced electronic signatures: CMS (RFC 5652) and XAdES (ETSI EN 319 132-1), with signature time stamps.
//!
//! Floor 2. A reading of a signature proves nothing about certificates: `verdict` judges those.

pub mod cms;
pub mod xades;

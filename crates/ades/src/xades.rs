//! XAdES: XML signatures with qualifying properties, at the levels B-B and B-T.
//!
//! A signature of level B-B says in its signed properties when it was made, by which certificate, and of what format the
//! signed data are ([`sign_b_b`]). Level B-T adds a time stamp over the signature's value in the unsigned properties
//! ([`stamped_octets`], [`add_timestamp`]): proof that the signature existed then.
//!
//! [`read`] reads the properties strictly. What it gives is a claim: [`Claimed::confirm`] makes [`Properties`] of it where
//! the signature's own proof covers them, and where they name the certificate whose key was asked. Time stamps stand
//! in the unsigned part: they prove themselves, or nothing ([`qaqpa_x509::tsp::verify`]).
//!
//! Source: ETSI EN 319 132-1 V1.2.1 (2022-02), called "clause" below.

mod certificate;
mod error;
mod names;
mod parts;
mod properties;
mod sign;
mod stamp;
mod unsigned;

pub use certificate::CertificateReference;
pub use error::XadesError;
pub use properties::{Claimed, DataFormat, Properties, read};
pub use sign::{Content, Settings, sign_b_b};
pub use stamp::{add_timestamp, stamped_octets};
pub use unsigned::SignatureTimeStamp;

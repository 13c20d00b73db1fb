//! CMS SignedData (RFC 5652 §5), as national software writes it: attached and detached, several signers, counter-signatures,
//! signature time stamps.
//!
//! [`read`] finds the parts and proves nothing. [`Signer::cover`] proves one signer's signature by a certificate, and is the
//! only way to the content: [`CoveredContent`]. Whether that certificate is anybody's is for `verdict`.
//!
//! What is read may be BER; its lengths become definite first. Signatures without signed attributes are refused: the
//! octets of such a message could be a set of attributes that somebody signed elsewhere.

mod error;
mod info;
#[cfg(feature = "laboratory")]
mod laboratory;
mod message;
mod signer;
mod signing;

pub use error::CmsError;
pub use info::SaidAttributes;
#[cfg(feature = "laboratory")]
pub use laboratory::Question;
pub use qaqpa_x509::cms::signer::SigningCertificate;
pub use signer::{CounterSigner, CoveredContent, CoveredValue, Signer};
pub use signing::{NewSigner, Place, SignError, add_timestamp, co_sign, counter_sign, sign};

use std::borrow::Cow;
use std::sync::OnceLock;

use message::Message;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_x509::cms::signer::is_meant;
use qaqpa_x509::{Certificate, ObjectIdentifier};

/// How much of a message is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the message, its content included.
    pub bytes_max: usize,
    /// Certificates, and revocation lists, in the message.
    pub certificates_max: usize,
    /// Signers, and counter-signers of each.
    pub signers_max: usize,
    /// Time stamps of one signer.
    pub stamps_max: usize,
}

impl Default for Bounds {
    /// A content of 24 MB (what one request holds) in a message; chains of a few certificates for each of a few signers.
    fn default() -> Self {
        Self {
            bytes_max: 25 * 1024 * 1024,
            certificates_max: 64,
            signers_max: 16,
            stamps_max: 8,
        }
    }
}

/// Certificates of one name or key identifier that are tried for one signer: a key that was certified anew, and a few besides.
const NAMESAKES_MAX: usize = 8;

/// A message that was taken apart; nothing is proven of it.
#[derive(Clone, Debug)]
pub struct Found<'d> {
    message: Message,
    detached: Option<&'d [u8]>,
    certificates: Vec<Certificate>,
    bounds: Bounds,
    digests: Digests,
}

/// The content's digests, each computed where it is first asked for.
type Digests = [OnceLock<Vec<u8>>; DigestAlgorithm::ALL.len()];

/// Reads a message; `detached` is the content where the message does not hold it.
///
/// # Errors
/// [`CmsError`]: of the structure, of limits, and where the content is missing or there are two. What is wrong with one
/// signer's attributes is said by [`Signer::cover`].
pub fn read<'d>(
    bytes: &[u8],
    detached: Option<&'d [u8]>,
    bounds: &Bounds,
) -> Result<Found<'d>, CmsError> {
    let message = Message::read(bytes, bounds)?;
    match (message.content(), detached) {
        (None, None) => return Err(CmsError::ContentMissing),
        (Some(_), Some(_)) => return Err(CmsError::ContentBoth),
        _ => {}
    }
    Ok(Found {
        // Other formats of certificates, and those that do not read here, cannot be a signer's.
        certificates: message
            .certificates()
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect(),
        message,
        detached,
        bounds: *bounds,
        digests: Digests::default(),
    })
}

impl Found<'_> {
    /// The signers, in the order in which they stand in the message.
    pub fn signers(&self) -> impl ExactSizeIterator<Item = Signer<'_>> {
        self.message
            .signers()
            .iter()
            .map(|der| Signer::new(self, der))
    }

    /// The certificates in the message that are read here; none of them is trusted for standing there.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificates that a SignerIdentifier means, each once, those in the message first; no more than
    /// [`NAMESAKES_MAX`], since each is tried.
    fn meant<'c>(&'c self, sid: &[u8], candidates: &'c [Certificate]) -> Vec<&'c Certificate> {
        let mut meant: Vec<&Certificate> = Vec::new();
        for certificate in self.certificates.iter().chain(candidates) {
            if meant.len() == NAMESAKES_MAX {
                break;
            }
            if is_meant(sid, certificate) && !meant.contains(&certificate) {
                meant.push(certificate);
            }
        }
        meant
    }

    /// The content's digest, computed once for each algorithm: a message may name many signers.
    fn content_digest(&self, algorithm: DigestAlgorithm) -> Cow<'_, [u8]> {
        let compute = || algorithm.digest(self.unproven_content());
        let mut all = DigestAlgorithm::ALL.iter().zip(&self.digests);
        match all.find(|(known, _)| **known == algorithm) {
            Some((_, kept)) => Cow::Borrowed(kept.get_or_init(compute)),
            None => Cow::Owned(compute()),
        }
    }

    /// The revocation lists in the message (DER).
    #[must_use]
    pub fn revocation_lists(&self) -> &[Vec<u8>] {
        self.message.lists()
    }

    /// What the content is said to be.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.message.content_type()
    }

    /// Whether the content came beside the message.
    #[must_use]
    pub const fn is_detached(&self) -> bool {
        self.detached.is_some()
    }

    /// The bytes of the content, which nobody is known to have signed: for digests and for showing what was refused.
    #[must_use]
    pub fn unproven_content(&self) -> &[u8] {
        self.message.content().or(self.detached).unwrap_or_default()
    }
}

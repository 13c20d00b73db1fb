//! What an examination asks for, and what it is fed: it never fetches anything itself.

use qaqpa_model::Moment;
use qaqpa_x509::Certificate;

use crate::list::List;

/// The number of a need within one examination: stable, so that stored evidence can be fed again.
///
/// Of the certificate at place `n` of the path, `2 n` asks OCSP, `2 n + 1` for a CRL, and `0x8000 + 2 n + 1` for a delta list.
/// The places of a time stamp's path begin at 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NeedId(pub u16);

/// The places of a time stamp's authority and those above it begin here: a signer's path is shorter.
pub(crate) const STAMP_PLACE: usize = 0x100;

/// The bit of a delta list's number.
pub(crate) const DELTA: u16 = 0x8000;

impl NeedId {
    /// The place in the path of the certificate that is asked about: 0 is the signer's.
    #[must_use]
    pub const fn place(self) -> usize {
        ((self.0 & !DELTA) / 2) as usize
    }
}

/// One piece of evidence that the examination cannot go on without.
#[derive(Clone, Debug)]
pub enum Need {
    /// An OCSP answer (RFC 6960) about one certificate.
    Ocsp {
        /// The number to feed the evidence under.
        id: NeedId,
        /// The certificate that is asked about.
        certificate: Certificate,
        /// Its issuer, proven by the path.
        issuer: Certificate,
        /// The OCSP addresses that the certificate names, in its order.
        urls: Vec<String>,
        /// The nonce inside the request; `None` where the policy does without, or an authority above the signer or above a time
        /// stamp's is asked about: the answer may be kept.
        nonce: Option<[u8; 32]>,
        /// The encoded request, ready for POST as `application/ocsp-request`.
        request_der: Vec<u8>,
    },
    /// The certificate revocation list (RFC 5280 §5) of one issuer.
    Crl {
        /// The number to feed the evidence under.
        id: NeedId,
        /// The certificate that is asked about.
        certificate: Certificate,
        /// The issuer of the list, proven by the path.
        issuer: Certificate,
        /// The distribution points that the certificate names, in its order.
        urls: Vec<String>,
    },
    /// The delta list (RFC 5280 §5.2.4) that brings the issuer's list up to date: asked for where the certificate names one
    /// (freshestCRL) and the list was believed. Without it the list counts as it is; one that does not follow the list, or is out of
    /// date, is heard about what it says is revoked for good; where it says that the certificate is suspended, nothing is known.
    DeltaCrl {
        /// The number to feed the evidence under.
        id: NeedId,
        /// The certificate that is asked about.
        certificate: Certificate,
        /// The issuer of the list, proven by the path.
        issuer: Certificate,
        /// The addresses that the certificate names, in its order.
        urls: Vec<String>,
    },
}

impl Need {
    /// The number to feed the evidence under.
    #[must_use]
    pub const fn id(&self) -> NeedId {
        match self {
            Self::Ocsp { id, .. } | Self::Crl { id, .. } | Self::DeltaCrl { id, .. } => *id,
        }
    }

    /// The addresses that the certificate names.
    #[must_use]
    pub fn urls(&self) -> &[String] {
        match self {
            Self::Ocsp { urls, .. } | Self::Crl { urls, .. } | Self::DeltaCrl { urls, .. } => urls,
        }
    }

    /// The certificate that is asked about.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        match self {
            Self::Ocsp { certificate, .. }
            | Self::Crl { certificate, .. }
            | Self::DeltaCrl { certificate, .. } => certificate,
        }
    }

    /// Its issuer, proven by the path.
    #[must_use]
    pub const fn issuer(&self) -> &Certificate {
        match self {
            Self::Ocsp { issuer, .. }
            | Self::Crl { issuer, .. }
            | Self::DeltaCrl { issuer, .. } => issuer,
        }
    }
}

/// An OCSP question of an examination: its nonce follows from it, and cannot be chosen.
///
/// Whoever names the question of an answer names what was drawn before the answer was made; from the nonce of an answer that is
/// there already, no question can be found (the nonce is a digest of the question).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The seed of the examination that asked, 32 octets.
    pub seed: [u8; 32],
    /// The number of its need.
    pub need: NeedId,
}

impl Question {
    /// A nonce of its own for each need; unpredictable where the seed is (RFC 9654 asks for 32 octets).
    #[must_use]
    pub fn nonce(&self) -> [u8; 32] {
        let mut input = self.seed.to_vec();
        input.extend_from_slice(&self.need.0.to_be_bytes());
        qaqpa_crypto::sha256(&input)
    }
}

/// What was found where a need pointed to. Holding bytes says nothing about whether they are evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The bytes as they came, not yet looked at.
    Bytes(Vec<u8>),
    /// An OCSP answer to a request of before, by the same asker about the same certificate: it is held against the nonce of that
    /// request, and against the clock of now.
    Answer {
        /// The bytes, as they came.
        bytes: Vec<u8>,
        /// What was asked then.
        question: Question,
    },
    /// A revocation list that was read already; whose it is, is not known yet.
    List(List),
    /// Nothing came, for this reason.
    Unavailable(String),
}

/// One try to fetch evidence, for the report.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attempt {
    /// The address that was asked, or `cache`.
    pub from: String,
    /// What came of it: `200, 1 234 bytes`, `status 503`, `timed out after 5 s`.
    pub outcome: String,
}

/// Evidence with its story: when it was received, and what was tried to get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What came.
    pub evidence: Evidence,
    /// When it came, on the simulated clock: its freshness is measured here.
    pub at: Moment,
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
}

impl Received {
    /// Bytes that came at this moment, without a story.
    #[must_use]
    pub const fn bytes(bytes: Vec<u8>, at: Moment) -> Self {
        Self {
            evidence: Evidence::Bytes(bytes),
            at,
            attempts: Vec::new(),
        }
    }

    /// Nothing came, for this reason.
    #[must_use]
    pub fn unavailable(why: impl Into<String>, at: Moment) -> Self {
        Self {
            evidence: Evidence::Unavailable(why.into()),
            at,
            attempts: Vec::new(),
        }
    }
}

/// Whether the examination needs something, or is ready for its verdict.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Feed these, each once, in any order; then advance again.
    Wants(Vec<Need>),
    /// Ask for the verdict.
    Done,
}

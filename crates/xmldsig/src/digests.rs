//! Is the content the one that was signed?

use qaqpa_crypto::{Hasher, constant_time_eq};
use qaqpa_xml::c14n::{C14nError, Sink, canonicalize, canonicalize_into};

use crate::error::SignatureError;
use crate::read::reference::Reference;

/// Compares the digest of every reference (XMLDSig 1.1, §3.2.1); one that differs is enough to refuse.
pub(crate) fn check(references: &[Reference<'_>]) -> Result<(), SignatureError> {
    references.iter().try_for_each(check_one)
}

fn check_one(reference: &Reference<'_>) -> Result<(), SignatureError> {
    // Octets that agree are never all in memory: a document of 10 MB stays one.
    let mut hash = Hash(reference.digest.hasher());
    write(reference, &mut hash)?;
    let actual = hash.0.finish();
    if constant_time_eq(&actual, &reference.digest_value) {
        return Ok(());
    }
    let mut beginning = Beginning::default();
    write(reference, &mut beginning)?;
    Err(SignatureError::DigestMismatch {
        uri: reference.uri.clone(),
        expected: reference.digest_value.clone(),
        actual,
        canonical: beginning.0,
    })
}

fn write(reference: &Reference<'_>, sink: &mut impl Sink) -> Result<(), SignatureError> {
    canonicalize_into(&reference.subtree(), &reference.transforms.method, sink).map_err(|error| {
        match error {
            C14nError::Nothing => refused(reference, "nothing is left to digest"),
            C14nError::TooLong { .. } => refused(reference, "its canonical form is too long"),
            _ => refused(reference, "it cannot be made canonical"),
        }
    })
}

/// Canonical octets on their way into a digest.
pub(crate) struct Hash(pub(crate) Hasher);

impl Sink for Hash {
    fn write(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }
}

/// As many canonical octets as are shown of a digest that differs.
#[derive(Default)]
struct Beginning(Vec<u8>);

impl Sink for Beginning {
    fn write(&mut self, octets: &[u8]) {
        let room = SignatureError::CANONICAL_SHOWN_BYTES_MAX - self.0.len();
        self.0.extend_from_slice(&octets[..octets.len().min(room)]);
    }
}

/// What digesting one reference tells.
pub(crate) struct Told {
    pub(crate) digest: Vec<u8>,
    /// How many octets were digested.
    pub(crate) octets: usize,
    /// As many of them as are shown.
    pub(crate) beginning: Vec<u8>,
}

/// The digest of a reference, and what it is over.
pub(crate) fn told(reference: &Reference<'_>) -> Result<Told, SignatureError> {
    let mut sink = Telling {
        hash: Hash(reference.digest.hasher()),
        octets: 0,
        beginning: Beginning::default(),
    };
    write(reference, &mut sink)?;
    Ok(Told {
        digest: sink.hash.0.finish(),
        octets: sink.octets,
        beginning: sink.beginning.0,
    })
}

struct Telling {
    hash: Hash,
    octets: usize,
    beginning: Beginning,
}

impl Sink for Telling {
    fn write(&mut self, octets: &[u8]) {
        self.hash.write(octets);
        self.octets += octets.len();
        self.beginning.write(octets);
    }
}

/// What the reference is about as octets, where these are not more than `max`.
pub(crate) fn octets_at_most(
    reference: &Reference<'_>,
    max: usize,
) -> Result<Option<Vec<u8>>, SignatureError> {
    struct AtMost {
        octets: Vec<u8>,
        max: usize,
        is_over: bool,
    }
    impl Sink for AtMost {
        fn write(&mut self, octets: &[u8]) {
            self.is_over |= self.octets.len() + octets.len() > self.max;
            if !self.is_over {
                self.octets.extend_from_slice(octets);
            }
        }
    }
    let mut sink = AtMost {
        octets: Vec::new(),
        max,
        is_over: false,
    };
    write(reference, &mut sink)?;
    Ok((!sink.is_over).then_some(sink.octets))
}

/// What the reference is about, less the signatures where a transform says so, as octets.
pub(crate) fn octets(reference: &Reference<'_>) -> Result<Vec<u8>, C14nError> {
    canonicalize(&reference.subtree(), &reference.transforms.method)
}

/// The same with the comments that its method names and a same-document reference does not select.
pub(crate) fn octets_with_comments(reference: &Reference<'_>) -> Option<Vec<u8>> {
    let method = reference.transforms.commented.as_ref()?;
    canonicalize(&reference.subtree(), method).ok()
}

fn refused(reference: &Reference<'_>, why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: reference.uri.clone(),
        why,
    }
}

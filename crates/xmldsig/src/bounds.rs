//! How much one signature may ask for.

/// The limits of one signature; plain numbers, so that every caller brings its own.
///
/// Verifying takes time in proportion to the document's bytes, once for each reference (twice, if its digest differs):
/// with the numbers of [`Bounds::default`], eight times at most for one signature, and the canonical octets of each are no
/// more than [`octets_max`](qaqpa_xml::c14n::octets_max). What else a signature holds is looked at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// References of one signature: the profiles have one.
    pub references_max: usize,
    /// Transforms of one reference: the profiles have at most two.
    pub transforms_max: usize,
}

impl Bounds {
    /// Prefixes of one `InclusiveNamespaces`; SOAP stacks write fewer than ten.
    pub(crate) const PREFIXES_MAX: usize = 64;
    /// Certificates of one `KeyInfo`; chains have three.
    pub(crate) const CERTIFICATES_MAX: usize = 16;
    /// Characters of one certificate in base64, white space included; people's have 2 500. Sixteen signatures may name one
    /// token, and each keeps what it decoded.
    pub(crate) const CERTIFICATE_CHARACTERS_MAX: usize = 128 * 1024;
    /// Canonical octets of `SignedInfo`, which are in memory at once; those of the profiles have about 1 000.
    pub(crate) const SIGNED_INFO_OCTETS_MAX: usize = 1024 * 1024;
    /// Signatures of one document: an applicant, officers, heads, a seal, and counter-signatures.
    pub const SIGNATURES_MAX: usize = 16;
}

impl Default for Bounds {
    /// The numbers of the simulator's own limits: 8 references, 4 transforms each.
    fn default() -> Self {
        Self {
            references_max: 8,
            transforms_max: 4,
        }
    }
}

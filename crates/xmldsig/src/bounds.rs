//! How much one signature may ask for.

/// The limits of one signature; plain numbers, so that every caller brings its own.
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

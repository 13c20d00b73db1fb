//! Why a digest differs: the usual accidents, each undone on a copy until the signed digest matches.
//!
//! A cause that is named is proven: some canonical octets have exactly the digest that was signed, and differ from those
//! of the document by that accident only. Where none fits, nothing is said: the content may be another. A diagnosis never
//! makes a signature good.
//!
//! What canonicalization levels out cannot be a cause, and is not looked for: quotes and order of attributes,
//! character references, CDATA sections, `<a/>`, CRLF on the wire.

mod base64_lines;
mod encodings;
mod layout;
mod namespaces;

use std::fmt;

use qaqpa_crypto::{DigestAlgorithm, constant_time_eq};
use qaqpa_xml::{Document, XmlLimits};

use crate::digests;
use crate::read::reference::Reference;
use crate::signature::FoundSignature;

/// What was done to a document after it was signed (or, where it says so, by its signer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The lines of base64 inside an element were broken elsewhere, or joined.
    Base64Rewrapped,
    /// The signer digested comments, which a same-document reference does not select (XMLDSig 1.1, §4.4.3.3).
    CommentsSigned,
    /// Carriage returns were added to line ends within texts, or taken away: as `&#13;` they are content.
    LineEnds,
    /// Namespace declarations came in from around the signed part, were moved up or down, added or dropped.
    NamespaceMoved,
    /// The characters were decoded by one encoding and written in another.
    Reencoded(Reencoding),
    /// White space between elements was changed: pretty-printed, or joined to one line.
    Reindented,
    /// White space was added at the beginning or the end of texts, or around the signature.
    WhiteSpaceAround,
}

/// How characters were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reencoding {
    /// Letters such as й and ё were composed (NFC) or decomposed (NFD).
    Composition,
    /// UTF-8 was read as windows-1251, by whoever came after the signer or by the signer.
    Windows1251,
    /// UTF-8 was read as windows-1252 or ISO 8859-1, by whoever came after the signer or by the signer.
    Windows1252,
}

/// Why the digest of a reference differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The reference's URI.
    pub uri: String,
    /// What was done, in the order of undoing: one accident or two.
    pub causes: Vec<Cause>,
    /// The canonical octets of the document. They hold people's data: for the sender to see, never for a log.
    pub found: Vec<u8>,
    /// The canonical octets that were signed: their digest is the signed one.
    pub signed: Vec<u8>,
}

impl Diagnosis {
    /// Where the octets begin to differ.
    #[must_use]
    pub fn first_difference(&self) -> usize {
        let same = self.found.iter().zip(&self.signed);
        same.take_while(|(found, signed)| found == signed).count()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64Rewrapped => "the lines of base64 were broken elsewhere after signing",
            Self::CommentsSigned => {
                "the signer digested comments, which a reference within the document does not select"
            }
            Self::LineEnds => "carriage returns were added to texts, or taken away, after signing",
            Self::NamespaceMoved => {
                "namespace declarations were moved, added or dropped after signing"
            }
            Self::Reencoded(Reencoding::Composition) => {
                "letters were composed or decomposed (NFC, NFD) after signing"
            }
            Self::Reencoded(Reencoding::Windows1251) => "UTF-8 was read as windows-1251",
            Self::Reencoded(Reencoding::Windows1252) => {
                "UTF-8 was read as windows-1252 or ISO 8859-1"
            }
            Self::Reindented => {
                "white space between elements was changed after signing (indented, or joined)"
            }
            Self::WhiteSpaceAround => {
                "white space was added around texts or around the signature after signing"
            }
        })
    }
}

/// A reference whose content is not the one that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The place of the reference, from 0.
    pub reference: usize,
    /// The reference's URI.
    pub uri: String,
    /// The digest algorithm.
    pub digest: DigestAlgorithm,
    /// The digest that was signed.
    pub claimed: Vec<u8>,
    /// The digest of what the document holds.
    pub computed: Vec<u8>,
    /// How many canonical octets gave it.
    pub octets: usize,
    /// These octets from their beginning, at most
    /// [`SignatureError::CANONICAL_SHOWN_BYTES_MAX`](crate::SignatureError::CANONICAL_SHOWN_BYTES_MAX). They hold people's data: for the
    /// sender to see, never for a log.
    pub canonical: Vec<u8>,
}

impl FoundSignature<'_> {
    /// The first reference whose digest differs, as [`Self::verify_digests`] finds it; `None` if all are right, or if one cannot be
    /// made canonical.
    #[must_use]
    pub fn mismatch(&self) -> Option<Mismatch> {
        let mut references = self.references().iter().enumerate();
        references.find_map(|(place, reference)| {
            let told = digests::told(reference).ok()?;
            (!constant_time_eq(&told.digest, &reference.digest_value)).then(|| Mismatch {
                reference: place,
                uri: reference.uri.clone(),
                digest: reference.digest,
                claimed: reference.digest_value.clone(),
                computed: told.digest,
                octets: told.octets,
                canonical: told.beginning,
            })
        })
    }

    /// All canonical octets of the reference at this place (from 0): the very ones that are digested.
    #[must_use]
    pub fn canonical_octets(&self, place: usize) -> Option<Vec<u8>> {
        digests::octets(self.references().get(place)?).ok()
    }

    /// Looks for the accident behind the first digest that differs and can be explained; `None` if all are right, or if no usual
    /// accident explains one.
    ///
    /// Bounded, all references together: canonical octets up to [`Diagnosis::OCTETS_MAX`] each, and about
    /// [`Diagnosis::WORK_OCTETS_MAX`] octets written and digested in all.
    #[must_use]
    pub fn diagnose(&self) -> Option<Diagnosis> {
        self.diagnose_within(&mut Work::default())
    }

    /// The same within what is left of the work that one document may make: of its other signatures, something may be spent.
    #[must_use]
    pub fn diagnose_within(&self, work: &mut Work) -> Option<Diagnosis> {
        self.references().iter().find_map(|reference| {
            if work.octets_left == 0 {
                return None;
            }
            let found = digests::octets_at_most(reference, Diagnosis::OCTETS_MAX).ok()?;
            let Some(found) = found else {
                // It was written for nothing, as far as it was kept.
                work.spend(Diagnosis::OCTETS_MAX);
                return None;
            };
            let mut attempt = Attempt {
                digest: reference.digest,
                expected: &reference.digest_value,
                work,
            };
            if attempt.matches(&found) {
                return None;
            }
            let (causes, signed) = search(reference, &found, &mut attempt)?;
            Some(Diagnosis {
                uri: reference.uri.clone(),
                causes,
                found,
                signed,
            })
        })
    }
}

impl Diagnosis {
    /// Canonical octets of one reference that are looked at.
    pub const OCTETS_MAX: usize = 4 * 1024 * 1024;
    /// Octets that the diagnoses of one document write and digest in all: sixteen of the largest, and every candidate of a document
    /// of 400 KB.
    pub const WORK_OCTETS_MAX: usize = 64 * 1024 * 1024;
    /// Depth of elements that are looked into.
    const DEPTH_MAX: usize = 256;
}

/// What the diagnoses of one document may still write and digest: one measure for all its signatures and references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    octets_left: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            octets_left: Diagnosis::WORK_OCTETS_MAX,
        }
    }
}

impl Work {
    /// Another measure than the default, in octets: for who has less time.
    #[must_use]
    pub const fn of(octets: usize) -> Self {
        Self {
            octets_left: octets,
        }
    }

    /// What is left, in octets; at 0 nothing more is looked for.
    #[must_use]
    pub const fn octets_left(&self) -> usize {
        self.octets_left
    }

    /// Writing a candidate costs about as much as digesting it; a candidate of nothing costs something as well.
    fn spend(&mut self, octets: usize) -> bool {
        self.octets_left = self.octets_left.saturating_sub(octets + 64);
        self.octets_left > 0
    }
}

/// Octets that may have been signed.
type Candidate = String;

/// Compares candidates with the signed digest, as many as the work allows.
struct Attempt<'r> {
    digest: DigestAlgorithm,
    expected: &'r [u8],
    work: &'r mut Work,
}

impl Attempt<'_> {
    fn matches(&mut self, octets: &[u8]) -> bool {
        self.work.spend(octets.len())
            && constant_time_eq(&self.digest.digest(octets), self.expected)
    }

    /// The first candidate that was signed.
    fn first(&mut self, candidates: impl Iterator<Item = Candidate>) -> Option<Vec<u8>> {
        for candidate in candidates {
            if self.work.octets_left == 0 {
                return None;
            }
            if self.matches(candidate.as_bytes()) {
                return Some(candidate.into_bytes());
            }
        }
        None
    }
}

/// The accidents by themselves, the cheap ones first; then two together, of which one is of the layout.
fn search(
    reference: &Reference<'_>,
    found: &[u8],
    attempt: &mut Attempt<'_>,
) -> Option<(Vec<Cause>, Vec<u8>)> {
    if let Some(commented) = digests::octets_with_comments(reference)
        && attempt.matches(&commented)
    {
        return Some((vec![Cause::CommentsSigned], commented));
    }
    let text = std::str::from_utf8(found).ok()?;
    if let Some((cause, signed)) = of_text(text, reference, attempt) {
        return Some((vec![cause], signed));
    }
    for (cause, step) in first_steps(text, reference) {
        if let Some((second, signed)) = of_text(&step, reference, attempt) {
            return Some((vec![cause, second], signed));
        }
    }
    None
}

/// One accident, undone in every way that is known.
fn of_text(
    text: &str,
    reference: &Reference<'_>,
    attempt: &mut Attempt<'_>,
) -> Option<(Cause, Vec<u8>)> {
    if attempt.work.octets_left == 0 {
        return None;
    }
    let document = parse(text)?;
    let root = document.root();
    if let Some(signed) = attempt.first(layout::line_ends(text)) {
        return Some((Cause::LineEnds, signed));
    }
    for how in [
        Reencoding::Composition,
        Reencoding::Windows1251,
        Reencoding::Windows1252,
    ] {
        if let Some(signed) = attempt.first(encodings::undone(text, how)) {
            return Some((Cause::Reencoded(how), signed));
        }
    }
    if let Some(signed) = attempt.first(layout::around(root)) {
        return Some((Cause::WhiteSpaceAround, signed));
    }
    if let Some(signed) = attempt.first(layout::indented(root)) {
        return Some((Cause::Reindented, signed));
    }
    if let Some(signed) = attempt.first(base64_lines::rewrapped(root)) {
        return Some((Cause::Base64Rewrapped, signed));
    }
    if !namespaces::are_few(root) {
        return None;
    }
    let signed = attempt.first(namespaces::moved(&document, reference))?;
    Some((Cause::NamespaceMoved, signed))
}

/// What may have happened after something else: the first thing to undo.
fn first_steps(text: &str, reference: &Reference<'_>) -> Vec<(Cause, Candidate)> {
    let Some(document) = parse(text) else {
        return Vec::new();
    };
    let root = document.root();
    let mut steps: Vec<(Cause, Candidate)> = layout::joined(root)
        .map(|step| (Cause::Reindented, step))
        .collect();
    if namespaces::are_few(root) {
        steps.extend(
            namespaces::inherited_dropped(&document, reference)
                .map(|step| (Cause::NamespaceMoved, step)),
        );
    }
    steps.retain(|(_, step)| step != text);
    steps
}

/// Canonical octets are a document of their own.
fn parse(text: &str) -> Option<Document> {
    let limits = XmlLimits {
        bytes_max: text.len(),
        depth_max: Diagnosis::DEPTH_MAX,
        elements_max: text.len(),
        attributes_max: text.len(),
    };
    Document::parse(text.as_bytes(), &limits).ok()
}

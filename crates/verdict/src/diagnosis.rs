//! Why a digest differs: which reference, over which octets, and which of the usual accidents explains it.
//!
//! Looked for on request, not within an examination: the search writes and digests up to
//! [`Diagnosis::WORK_OCTETS_MAX`] octets, which a gateway under load has better uses for.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xmldsig::{Cause, Diagnosis, FoundSignature, Mismatch, Reencoding, Work};
use serde::{Deserialize, Serialize};

use crate::border;
use crate::checks::masked;

/// Octets of the excerpts before and after the place where they begin to differ.
const EXCERPT_OCTETS: usize = 160;

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// One of the usual accidents behind a digest that differs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DigestCause { $($(#[$doc])* #[serde(rename = $name)] $variant,)+ }

        impl DigestCause {
            /// Every cause, by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in reports: `reindented`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

causes! {
    /// The lines of base64 were broken elsewhere.
    Base64Rewrapped = "base64-rewrapped",
    /// The signer digested comments.
    CommentsSigned = "comments-signed",
    /// Letters were composed or decomposed.
    LettersRecomposed = "letters-recomposed",
    /// Carriage returns were added or taken away.
    LineEnds = "line-ends",
    /// Namespace declarations were moved, added or dropped.
    NamespaceMoved = "namespace-moved",
    /// UTF-8 was read as windows-1251.
    ReadAsWindows1251 = "read-as-windows-1251",
    /// UTF-8 was read as windows-1252 or ISO 8859-1.
    ReadAsWindows1252 = "read-as-windows-1252",
    /// White space between elements was changed.
    Reindented = "reindented",
    /// White space was added around texts or around the signature.
    WhiteSpaceAround = "white-space-around",
}

impl DigestCause {
    const fn of(cause: Cause) -> Option<Self> {
        Some(match cause {
            Cause::Base64Rewrapped => Self::Base64Rewrapped,
            Cause::CommentsSigned => Self::CommentsSigned,
            Cause::LineEnds => Self::LineEnds,
            Cause::NamespaceMoved => Self::NamespaceMoved,
            Cause::Reencoded(Reencoding::Composition) => Self::LettersRecomposed,
            Cause::Reencoded(Reencoding::Windows1251) => Self::ReadAsWindows1251,
            Cause::Reencoded(Reencoding::Windows1252) => Self::ReadAsWindows1252,
            Cause::Reindented => Self::Reindented,
            Cause::WhiteSpaceAround => Self::WhiteSpaceAround,
            _ => return None,
        })
    }
}

/// What was found out about the first digest that differs.
///
/// The excerpts hold people's data: personal numbers are masked in them, names are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosisView {
    /// The number of the reference, from 1.
    pub reference: usize,
    /// Its URI.
    pub uri: String,
    /// The digest's algorithm, as its URI.
    pub algorithm: String,
    /// The digest that was signed, hexadecimal.
    pub claimed: String,
    /// The digest of what the document holds, hexadecimal.
    pub computed: String,
    /// How many canonical octets gave it.
    pub octets: usize,
    /// The accidents that explain it, in the order of undoing; empty where none of the usual ones does.
    pub causes: Vec<DigestCause>,
    /// Where the octets begin to differ from those that were signed, from 0; absent where the latter are not known.
    pub first_difference: Option<usize>,
    /// The canonical octets that were digested, around that place (from their beginning, where it is not known).
    pub canonical: String,
    /// The octets that were signed, around that place; absent where they are not known.
    pub signed: Option<String>,
}

/// Finds out about the first digest of a signature that differs; `None` where all are right.
///
/// `work` is what the diagnoses of one document may write and digest in all: hand the same one down for each of its signatures.
#[must_use]
pub fn diagnose(found: &FoundSignature<'_>, work: &mut Work) -> Option<DiagnosisView> {
    let mismatch = found.mismatch()?;
    let diagnosis = found
        .diagnose_within(work)
        .filter(|diagnosis| diagnosis.uri == mismatch.uri);
    Some(view(&mismatch, diagnosis.as_ref()))
}

fn view(mismatch: &Mismatch, diagnosis: Option<&Diagnosis>) -> DiagnosisView {
    let place = diagnosis.map(Diagnosis::first_difference);
    let around = |octets: &[u8]| excerpt(octets, place.unwrap_or_default());
    DiagnosisView {
        reference: mismatch.reference + 1,
        uri: mismatch.uri.clone(),
        algorithm: mismatch.digest.uri().to_owned(),
        claimed: border::hex(&mismatch.claimed),
        computed: border::hex(&mismatch.computed),
        octets: mismatch.octets,
        causes: diagnosis
            .map(|diagnosis| diagnosis.causes.iter().copied())
            .into_iter()
            .flatten()
            .filter_map(DigestCause::of)
            .collect(),
        first_difference: place,
        canonical: match diagnosis {
            Some(diagnosis) => around(&diagnosis.found),
            None => around(&mismatch.canonical),
        },
        signed: diagnosis.map(|diagnosis| around(&diagnosis.signed)),
    }
}

/// Finds out about a content whose digest is not the one that was signed: whether its line ends were changed on the way, as mail and
/// editors do.
pub(crate) fn of_content(
    content: &[u8],
    claimed: &[u8],
    algorithm: DigestAlgorithm,
) -> DiagnosisView {
    let bare = with_line_ends(content, b"\n");
    let signed = [with_line_ends(&bare, b"\r\n"), bare]
        .into_iter()
        .find(|octets| algorithm.digest(octets) == claimed);
    let place = signed.as_ref().map(|signed| {
        let pairs = content.iter().zip(signed);
        pairs.take_while(|(a, b)| a == b).count()
    });
    DiagnosisView {
        reference: 1,
        uri: String::new(),
        algorithm: format!("urn:oid:{}", algorithm.oid()),
        claimed: border::hex(claimed),
        computed: border::hex(&algorithm.digest(content)),
        octets: content.len(),
        causes: signed.iter().map(|_| DigestCause::LineEnds).collect(),
        first_difference: place,
        canonical: excerpt(content, place.unwrap_or_default()),
        signed: signed.map(|signed| excerpt(&signed, place.unwrap_or_default())),
    }
}

/// The octets with every line end, be it CR LF or LF, written as this.
fn with_line_ends(octets: &[u8], end: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(octets.len());
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                written.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                written.extend_from_slice(end);
            }
            None => written.extend_from_slice(line),
        }
    }
    written
}

/// The octets around a place, as text, with personal numbers masked and `…` where something was cut off.
fn excerpt(octets: &[u8], place: usize) -> String {
    // A number that the cut goes through is masked as well: it is looked at with some octets more around it.
    const MARGIN: usize = 16;
    let from = place.saturating_sub(EXCERPT_OCTETS).min(octets.len());
    let to = place.saturating_add(EXCERPT_OCTETS).min(octets.len());
    let wide = from.saturating_sub(MARGIN)..to.saturating_add(MARGIN).min(octets.len());
    let text = String::from_utf8_lossy(&octets[wide.clone()]).into_owned();
    let hidden = masked(&text);
    let head = String::from_utf8_lossy(&octets[wide.start..from])
        .chars()
        .count();
    let tail = String::from_utf8_lossy(&octets[to..wide.end])
        .chars()
        .count();
    let kept = hidden.chars().count().saturating_sub(head + tail);
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    shown.extend(hidden.chars().skip(head).take(kept));
    if to < octets.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_says_where_it_was_cut_and_masks_numbers_that_the_cut_goes_through() {
        let number = "931002451325";
        let octets = format!("{}{number}{}", "а".repeat(200), "б".repeat(200));
        for place in 0..octets.len() {
            let shown = excerpt(octets.as_bytes(), place);
            assert!(
                shown.chars().count() <= 2 * EXCERPT_OCTETS + 2,
                "{place}: {shown}"
            );
            for part in [&number[2..8], &number[4..10], &number[..6], &number[6..]] {
                assert!(!shown.contains(part), "{place}: {shown}");
            }
            assert_eq!(shown.starts_with('…'), place > EXCERPT_OCTETS, "{place}");
        }
        assert_eq!(excerpt(b"<a>x</a>", 3), "<a>x</a>");
        assert_eq!(excerpt(b"", 0), "");
    }

    #[test]
    fn causes_stand_by_name_and_read_back() {
        assert!(DigestCause::ALL.is_sorted_by_key(|cause| cause.as_str()));
        for cause in DigestCause::ALL {
            let json = serde_json::to_string(cause).unwrap();
            assert_eq!(json, format!("\"{}\"", cause.as_str()));
        }
    }
}

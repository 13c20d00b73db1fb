//! How much XML one document may be.

use std::fmt;

/// The limits of one parse; plain numbers, so that every caller brings its own.
///
/// # What they bound
///
/// Time: reading and canonicalizing take time in proportion to the bytes of the document, whatever stands in them: depth,
/// elements, attributes, namespaces, references. Three things take a logarithm more: the attributes of one element, which are
/// sorted (at most `attributes_max` of them), the names of all namespaces, once, and
/// [`Document::attributes_called_id`](crate::Document::attributes_called_id). Canonical octets are at most
/// [`c14n::octets_max`](crate::c14n::octets_max). A position for people is found in 4 KiB of the text.
///
/// Memory, above the document's own bytes, of which [`Document::parse_owned`](crate::Document::parse_owned) makes no copy
/// and [`Document::parse`](crate::Document::parse) one:
///
/// | for each | bytes | at most |
/// |---|---|---|
/// | element, text, comment | 32 | 2 · `elements_max` elements and comments, and one text more than both |
/// | element besides | 28 | `elements_max` |
/// | attribute | 32, and 8 if it is called `id` | 4 · `elements_max`, declarations included |
/// | namespace name and prefix | 160, while it is read | as many as there are declarations |
/// | byte that is not as it stands in the text (references, line ends) | 1 | the document's bytes |
///
/// twice that while a list grows, 8 bytes for each 4 KiB once a position is asked for, and 4 for each namespace name once
/// attributes of several are sorted. The canonical form is handed on in pieces of 4 KiB or of the source itself; it takes
/// 32 bytes for each open element, 12 for each prefix and 8 for each attribute of the one element that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlLimits {
    /// Bytes of the document.
    pub bytes_max: usize,
    /// Depth of nested elements; the root is at depth 1.
    pub depth_max: usize,
    /// Elements of the document.
    pub elements_max: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes_max: usize,
}

impl XmlLimits {
    /// Attributes of the whole document: four times the elements, so that a body of nothing but
    /// attributes cannot take many times its own size in memory.
    pub(crate) const fn attributes_in_all_max(&self) -> usize {
        self.elements_max.saturating_mul(4)
    }
}

impl Default for XmlLimits {
    /// The numbers of the simulator's own limits: bodies of 24 MiB, depth 64, 100 000 elements, 64 attributes.
    fn default() -> Self {
        Self {
            bytes_max: 24 * 1024 * 1024,
            depth_max: 64,
            elements_max: 100_000,
            attributes_max: 64,
        }
    }
}

/// Which limit a document exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum XmlLimit {
    /// [`XmlLimits::attributes_max`].
    Attributes,
    /// Four times [`XmlLimits::elements_max`], for the attributes of the whole document.
    AttributesInAll,
    /// [`XmlLimits::bytes_max`].
    Bytes,
    /// [`XmlLimits::elements_max`], for comments.
    Comments,
    /// [`XmlLimits::depth_max`].
    Depth,
    /// [`XmlLimits::elements_max`].
    Elements,
}

impl fmt::Display for XmlLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attributes => "attributes of one element",
            Self::AttributesInAll => "attributes in all",
            Self::Comments => "comments",
            Self::Bytes => "bytes",
            Self::Depth => "depth of nested elements",
            Self::Elements => "elements",
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::{AttributeData, DeclarationData, ElementData, IdData, NodeData};

    #[test]
    fn what_is_kept_takes_the_bytes_that_the_limits_state() {
        assert_eq!(size_of::<NodeData>(), 32);
        assert_eq!(size_of::<ElementData>(), 28);
        assert_eq!(size_of::<AttributeData>(), 32);
        assert_eq!(size_of::<DeclarationData>(), 8);
        assert_eq!(size_of::<IdData>(), 8);
    }
}

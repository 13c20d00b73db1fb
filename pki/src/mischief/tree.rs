//! DER as a tree that can be changed and written again: enough of X.690 for what the authority itself wrote.

/// A value of DER: its content as it is, or the values within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A primitive value.
    Leaf {
        /// The identifier octet.
        tag: u8,
        /// The content.
        bytes: Vec<u8>,
    },
    /// A constructed value.
    Branch {
        /// The identifier octet.
        tag: u8,
        /// The values within.
        children: Vec<Node>,
    },
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const SEQUENCE: u8 = 0x30;

const CONSTRUCTED: u8 = 0x20;

impl Node {
    /// The value that these bytes are, whole; `None` where they are not one.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (node, rest) = Self::first(der)?;
        rest.is_empty().then_some(node)
    }

    fn first(der: &[u8]) -> Option<(Self, &[u8])> {
        let (&tag, after) = der.split_first()?;
        let (&length, after) = after.split_first()?;
        let (length, after) = match length {
            0..=0x7f => (usize::from(length), after),
            0x81..=0x84 => {
                let (digits, after) = after.split_at_checked(usize::from(length & 0x7f))?;
                let number = digits
                    .iter()
                    .fold(0_usize, |number, digit| number << 8 | usize::from(*digit));
                (number, after)
            }
            _ => return None,
        };
        let (content, rest) = after.split_at_checked(length)?;
        if tag & CONSTRUCTED == 0 {
            return Some((leaf(tag, content), rest));
        }
        let mut children = Vec::new();
        let mut inner = content;
        while !inner.is_empty() {
            let (child, more) = Self::first(inner)?;
            children.push(child);
            inner = more;
        }
        Some((Self::Branch { tag, children }, rest))
    }

    /// The value as DER.
    pub(super) fn write(&self) -> Vec<u8> {
        match self {
            Self::Leaf { tag, bytes } => tlv(*tag, bytes),
            Self::Branch { tag, children } => {
                let content: Vec<u8> = children.iter().flat_map(Self::write).collect();
                tlv(*tag, &content)
            }
        }
    }

    /// The identifier octet.
    pub(super) const fn tag(&self) -> u8 {
        match self {
            Self::Leaf { tag, .. } | Self::Branch { tag, .. } => *tag,
        }
    }

    /// The content of a primitive value; nothing for others.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Leaf { bytes, .. } => bytes,
            Self::Branch { .. } => &[],
        }
    }

    /// The values within; none for a primitive one.
    pub(super) fn children(&self) -> &[Self] {
        match self {
            Self::Leaf { .. } => &[],
            Self::Branch { children, .. } => children,
        }
    }

    /// The values within, to be changed; `None` for a primitive one.
    pub(super) const fn children_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::Leaf { .. } => None,
            Self::Branch { children, .. } => Some(children),
        }
    }

    /// The value at that place within.
    pub(super) fn at(&self, place: usize) -> Option<&Self> {
        self.children().get(place)
    }

    /// The value at that place within, to be changed.
    pub(super) fn at_mut(&mut self, place: usize) -> Option<&mut Self> {
        self.children_mut()?.get_mut(place)
    }

    /// Whether this is that object identifier (its content octets).
    pub(super) fn is_oid(&self, oid: &[u8]) -> bool {
        self.tag() == OID && self.bytes() == oid
    }
}

/// A primitive value.
pub(super) fn leaf(tag: u8, bytes: impl Into<Vec<u8>>) -> Node {
    let bytes = bytes.into();
    Node::Leaf { tag, bytes }
}

/// A constructed value.
pub(super) fn branch(tag: u8, children: impl Into<Vec<Node>>) -> Node {
    let children = children.into();
    Node::Branch { tag, children }
}

/// A SEQUENCE.
pub(super) fn sequence(children: impl Into<Vec<Node>>) -> Node {
    branch(SEQUENCE, children)
}

/// A BIT STRING of whole bytes.
pub(super) fn bit_string(bytes: &[u8]) -> Node {
    leaf(BIT_STRING, [&[0], bytes].concat())
}

/// Identifier, length and content octets.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = head(tag, content.len());
    out.extend_from_slice(content);
    out
}

/// Identifier and length octets.
pub(super) fn head(tag: u8, length: usize) -> Vec<u8> {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        return vec![tag, short];
    }
    let digits = length.to_be_bytes();
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    let digits = &digits[zeros..];
    // At most eight digits: the address space of this machine.
    let count = u8::try_from(digits.len()).unwrap_or(0x7f);
    [&[tag, 0x80 | count], digits].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_written_byte_by_byte_as_it_came() {
        let long = leaf(OCTET_STRING, vec![7; 300]);
        let tree = sequence([
            leaf(INTEGER, [1]),
            branch(0xa0, [sequence([]), long]),
            leaf(NULL, []),
        ]);
        let der = tree.write();
        assert_eq!(Node::read(&der), Some(tree));
        assert_eq!(Node::read(&der[..der.len() - 1]), None);
        assert_eq!(Node::read(&[&der[..], &[0]].concat()), None);
        for bad in [&[][..], &[0x30], &[0x30, 0x80, 0, 0], &[0x30, 2, 2, 5]] {
            assert_eq!(Node::read(bad), None, "{bad:?}");
        }
    }
}

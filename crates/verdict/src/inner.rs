//! Signatures inside an envelope's Body: the signature of the envelope is about them, and does not say whose they are.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use qaqpa_xml::{Document, Element, Node};

use crate::signatures::is_signature;

/// How many stand in the Body, as elements or written out as text, in base64, too. Text is not read: one that seems to hold some counts
/// as one.
pub(crate) fn count(envelope: &Document) -> u32 {
    let bodies = envelope.root().children();
    let mut bodies = bodies.filter(|child| child.name() == "Body");
    let Some(body) = bodies.next() else {
        return 0;
    };
    let inside = body.descendants().chain([body]);
    let count = inside
        .filter(|element| is_signature(*element) || seems_to_hold_one(*element))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn seems_to_hold_one(element: Element<'_>) -> bool {
    let mut nodes = element.nodes();
    nodes.any(|node| matches!(node, Node::Text(text) if is_signed(text)))
}

/// What every XML signature has.
const VALUE: &str = "SignatureValue";
/// What every signed message begins with: id-signedData (RFC 5652 §5.1), DER.
const SIGNED_DATA: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

fn is_signed(text: &str) -> bool {
    static IN_BASE64: OnceLock<Vec<String>> = OnceLock::new();
    let words = IN_BASE64.get_or_init(|| {
        let words = [VALUE.as_bytes(), &SIGNED_DATA];
        words.into_iter().flat_map(in_base64).collect()
    });
    let holds = |text: &str| words.iter().any(|word| text.contains(word.as_str()));
    let is_broken = |c: char| c.is_ascii_whitespace();
    text.contains(VALUE)
        || match text.contains(is_broken) {
            true => holds(&text.replace(is_broken, "")),
            false => holds(text),
        }
}

/// How bytes stand in base64, by where in a group of three octets they begin: what the octets around them change is left out.
fn in_base64(word: &[u8]) -> Vec<String> {
    let at = |before: usize| {
        let mut octets = vec![0; before];
        octets.extend(word);
        let text = STANDARD_NO_PAD.encode(&octets);
        let begin = (before * 8).div_ceil(6);
        let end = octets.len() * 8 / 6;
        text[begin..end].to_owned()
    };
    (0..3).map(at).collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_signature_is_found_wherever_it_begins_in_base64() {
        for before in 0..6 {
            for after in 0..3 {
                let text = |word: &[u8]| {
                    let (before, after) = (vec![b'<'; before], vec![b'>'; after]);
                    STANDARD.encode([&before[..], word, &after].concat())
                };
                for word in [VALUE.as_bytes(), &SIGNED_DATA] {
                    let text = text(word);
                    assert!(is_signed(&text), "{before} {after}");
                    let (head, tail) = text.split_at(9);
                    assert!(is_signed(&format!(" {head}\r\n{tail}")), "{before} {after}");
                }
                assert!(!is_signed(&text(b"SignaturValues")), "{before} {after}");
            }
        }
    }
}

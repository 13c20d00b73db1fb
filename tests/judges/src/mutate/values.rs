//! The base64 of digests, values and certificates: laid out otherwise, broken, of other octets.

use super::{place_of, some_character};
use crate::rng::Rng;
use crate::tree::{Node, Tree};

fn change_base64(tree: &mut Tree, rng: &mut Rng, change: fn(&mut String, &mut Rng)) -> bool {
    let places = [
        "DigestValue",
        "SignatureValue",
        "SignatureValue",
        "X509Certificate",
    ];
    let Some(path) = place_of(tree, rng, &places) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let text = element.children.iter_mut().find_map(|child| match child {
        Node::Text(text) if !text.is_empty() && !text.contains('@') => Some(text),
        _ => None,
    });
    text.is_some_and(|text| {
        change(text, rng);
        true
    })
}

pub(super) fn base64_layout(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_base64(tree, rng, |text, rng| {
        let space = rng.pick(&[
            "\n",
            " ",
            "\t",
            "\r\n",
            "&#13;\n",
            "&#xA;",
            "\u{a0}",
            "\u{200b}",
            "&#10;&#10;",
            "\u{b}",
        ]);
        let at = some_character(text, rng);
        if !text[..at].ends_with('&') {
            text.insert_str(at, space);
        }
    })
}

pub(super) fn base64_broken(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_base64(tree, rng, |text, rng| match rng.below(8) {
        0 => *text = text.replace('=', ""),
        1 => text.push('='),
        2 => *text = text.replace('+', "-").replace('/', "_"),
        3 => text.push_str("AAAA"),
        4 => text.push_str("!"),
        5 => {
            let at = some_character(text, rng);
            text.insert(at, rng.pick(&['=', '*', '.', '\u{4d9}', '\u{0661}']));
        }
        6 => {
            text.pop();
        }
        // The bits that no octet takes: another spelling of the same octets.
        _ => respell_last(text),
    })
}

/// Sets the last bit of the last character; what is no letter of base64, an earlier change among them, stays.
fn respell_last(text: &mut String) {
    let last = text.trim_end().trim_end_matches('=').char_indices().last();
    if let Some((at, c)) = last
        && let Some(next) = char::from_u32(u32::from(c) + 1).filter(char::is_ascii_alphanumeric)
    {
        text.replace_range(at..at + c.len_utf8(), &next.to_string());
    }
}

pub(super) fn base64_changed(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_base64(tree, rng, |text, rng| {
        let at = some_character(text, rng);
        if let Some(c) = text[at..]
            .chars()
            .next()
            .filter(char::is_ascii_alphanumeric)
        {
            let new = if c == 'A' { 'B' } else { 'A' };
            text.replace_range(at..at + c.len_utf8(), &new.to_string());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_letter_is_spelt_otherwise_and_what_an_earlier_change_left_there_stays() {
        for (before, after) in [
            ("QUI=", "QUJ="),
            ("QQ==\n", "QR==\n"),
            ("QUJ\u{661}==", "QUJ\u{661}=="),
            ("QUJ\u{fffd}", "QUJ\u{fffd}"),
            ("", ""),
        ] {
            let mut text = before.to_owned();
            respell_last(&mut text);
            assert_eq!(text, after);
        }
    }
}

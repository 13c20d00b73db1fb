//! Characters that were decoded by one encoding and written in another.

use super::Reencoding;

/// The text as it was before (or as its signer saw it).
///
/// Only runs beyond ASCII are looked at: markup and everything else is the same in all of these encodings.
pub(super) fn undone(text: &str, how: Reencoding) -> impl Iterator<Item = String> + '_ {
    let ways: [fn(&str) -> Option<String>; 2] = match how {
        Reencoding::Composition => [compose, decompose],
        Reencoding::Windows1251 => [
            |run| utf8_behind(run, byte_of_1251),
            |run| Some(run.bytes().map(char_of_1251).collect()),
        ],
        Reencoding::Windows1252 => [
            |run| utf8_behind(run, byte_of_1252),
            |run| Some(run.bytes().map(char_of_1252).collect()),
        ],
    };
    ways.into_iter()
        .map(move |way| by_runs(text, how == Reencoding::Composition, way))
        .filter(move |candidate| candidate != text)
}

/// Changes each run of characters beyond ASCII that can be changed; whole, if a change may need the letter before.
fn by_runs(text: &str, whole: bool, way: fn(&str) -> Option<String>) -> String {
    if whole {
        return way(text).unwrap_or_default();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c: char| c.is_ascii()).unwrap_or(run.len());
        match way(&run[..end]) {
            Some(changed) => out.push_str(&changed),
            None => out.push_str(&run[..end]),
        }
        rest = &run[end..];
    }
    out.push_str(rest);
    out
}

/// The characters whose UTF-8 was read byte by byte.
fn utf8_behind(run: &str, byte_of: fn(char) -> Option<u8>) -> Option<String> {
    let bytes: Vec<u8> = run.chars().map(byte_of).collect::<Option<_>>()?;
    String::from_utf8(bytes).ok()
}

/// The letters of Cyrillic that have a decomposition, which are all that Kazakh and Russian text can have.
///
/// Source: Unicode Character Database 15, UnicodeData.txt, field 5.
const COMPOSED: [(char, &str); 16] = [
    ('\u{400}', "\u{415}\u{300}"),
    ('\u{401}', "\u{415}\u{308}"),
    ('\u{403}', "\u{413}\u{301}"),
    ('\u{407}', "\u{406}\u{308}"),
    ('\u{40C}', "\u{41A}\u{301}"),
    ('\u{40D}', "\u{418}\u{300}"),
    ('\u{40E}', "\u{423}\u{306}"),
    ('\u{419}', "\u{418}\u{306}"),
    ('\u{439}', "\u{438}\u{306}"),
    ('\u{450}', "\u{435}\u{300}"),
    ('\u{451}', "\u{435}\u{308}"),
    ('\u{453}', "\u{433}\u{301}"),
    ('\u{457}', "\u{456}\u{308}"),
    ('\u{45C}', "\u{43A}\u{301}"),
    ('\u{45D}', "\u{438}\u{300}"),
    ('\u{45E}', "\u{443}\u{306}"),
];

fn compose(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let composed = rest.peek().and_then(|mark| {
            COMPOSED
                .iter()
                .find(|(_, pair)| pair.chars().eq([c, *mark]))
        });
        match composed {
            Some((one, _)) => {
                out.push(*one);
                rest.next();
            }
            None => out.push(c),
        }
    }
    Some(out)
}

fn decompose(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match COMPOSED.iter().find(|(one, _)| *one == c) {
            Some((_, pair)) => out.push_str(pair),
            None => out.push(c),
        }
    }
    Some(out)
}

/// Characters of 0x80 to 0xBF in windows-1251; from 0xC0 on it is the alphabet. 0x98, which has none, is U+0098.
///
/// Source: WHATWG Encoding, index-windows-1251.txt.
const WINDOWS_1251: [char; 64] = [
    'Ђ', 'Ѓ', '‚', 'ѓ', '„', '…', '†', '‡', '€', '‰', 'Љ', '‹', 'Њ', 'Ќ', 'Ћ', 'Џ', 'ђ', '‘', '’',
    '“', '”', '•', '–', '—', '\u{98}', '™', 'љ', '›', 'њ', 'ќ', 'ћ', 'џ', '\u{A0}', 'Ў', 'ў', 'Ј',
    '¤', 'Ґ', '¦', '§', 'Ё', '©', 'Є', '«', '¬', '\u{AD}', '®', 'Ї', '°', '±', 'І', 'і', 'ґ', 'µ',
    '¶', '·', 'ё', '№', 'є', '»', 'ј', 'Ѕ', 'ѕ', 'ї',
];

/// Characters of 0x80 to 0x9F in windows-1252; from 0xA0 on it is ISO 8859-1.
///
/// Source: WHATWG Encoding, index-windows-1252.txt.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn char_of_1251(byte: u8) -> char {
    match byte {
        0..=0x7F => char::from(byte),
        0x80..=0xBF => WINDOWS_1251[usize::from(byte - 0x80)],
        // А to я: the same order, so that the sum stays within Cyrillic.
        0xC0..=0xFF => char::from_u32(0x410 + u32::from(byte - 0xC0)).unwrap_or('\u{FFFD}'),
    }
}

fn byte_of_1251(c: char) -> Option<u8> {
    (0x80..=0xFF).find(|byte| char_of_1251(*byte) == c)
}

fn char_of_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// ISO 8859-1 has controls where windows-1252 has characters: both are taken back.
fn byte_of_1252(c: char) -> Option<u8> {
    (0x80..=0xFF)
        .find(|byte| char_of_1252(*byte) == c)
        .or_else(|| u8::try_from(u32::from(c)).ok().filter(|byte| *byte >= 0x80))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_that_was_read_as_another_encoding_is_found_behind() {
        for text in ["Әлиева Гүлнәр", "Ёлкин, Қазақстан", "ИІЇ ҒҢӨҰҮҺ"]
        {
            for (how, char_of) in [
                (Reencoding::Windows1251, char_of_1251 as fn(u8) -> char),
                (Reencoding::Windows1252, char_of_1252),
            ] {
                let garbled: String = text.bytes().map(char_of).collect();
                assert_ne!(garbled, text);
                assert!(
                    undone(&garbled, how).any(|undone| undone == text),
                    "{garbled}"
                );
                assert!(undone(text, how).any(|undone| undone == garbled), "{text}");
            }
        }
    }

    #[test]
    fn letters_are_composed_and_decomposed() {
        let (composed, decomposed) = ("Ёй, ї", "Е\u{308}и\u{306}, і\u{308}");
        let all = |text| undone(text, Reencoding::Composition).collect::<Vec<_>>();
        assert_eq!(all(decomposed), [composed]);
        assert_eq!(all(composed), [decomposed]);
        assert_eq!(all("plain"), Vec::<String>::new());
    }

    #[test]
    fn every_byte_has_one_character_in_each_encoding() {
        for byte in 0x80..=0xFF_u8 {
            assert_eq!(byte_of_1251(char_of_1251(byte)), Some(byte));
            assert_eq!(byte_of_1252(char_of_1252(byte)), Some(byte));
        }
    }
}

//! Mutations that are always the same: of a seed file, the n-th is what it was yesterday, on every machine.

use crate::Language;

/// Numbers that follow from a seed (SplitMix64, Steele, Lea and Flood 2014, figure 17).
#[derive(Clone, Copy, Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn one_of<'t>(&mut self, words: &[&'t [u8]]) -> &'t [u8] {
        words.get(self.below(words.len())).copied().unwrap_or(b"")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }
}

/// The mutation of that number of one of the seeds: one to four changes.
///
/// `seeds` are in an order that is always the same.
#[must_use]
pub fn mutation(seeds: &[Vec<u8>], number: u32, language: Language) -> Vec<u8> {
    let mut dice = Dice(u64::from(number));
    let Some(seed) = seeds.get(dice.below(seeds.len())) else {
        return Vec::new();
    };
    let mut bytes = seed.clone();
    for _ in 0..=dice.below(4) {
        change(&mut bytes, seeds, &mut dice, language);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice, language: Language) {
    let (length, at) = (bytes.len(), dice.below(bytes.len()));
    let end = at + dice.below(length.saturating_sub(at).min(64));
    match dice.below(10) {
        // One bit.
        0 | 1 if length > 0 => bytes[at] ^= 1 << dice.below(8),
        // A byte, often a neighbour: lengths and tags differ by one.
        2 if length > 0 => {
            let near = [
                bytes[at].wrapping_add(1),
                bytes[at].wrapping_sub(1),
                0,
                0xff,
            ];
            bytes[at] = match dice.below(5) {
                4 => dice.byte(),
                which => near[which],
            };
        }
        // A part is lost, doubled, put elsewhere.
        3 => drop(bytes.drain(at..end)),
        4 => {
            let part = bytes[at..end].to_vec();
            let to = dice.below(length + 1);
            bytes.splice(to..to, part);
        }
        5 => {
            let part: Vec<u8> = bytes.drain(at..end).collect();
            let to = dice.below(bytes.len() + 1);
            bytes.splice(to..to, part);
        }
        // The end is missing.
        6 => bytes.truncate(at),
        // A part of another seed.
        7 => {
            let other = seeds
                .get(dice.below(seeds.len()))
                .map_or(&[][..], Vec::as_slice);
            let from = dice.below(other.len());
            let to = from + dice.below(other.len().saturating_sub(from).min(256));
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        // A word of the language, inserted or in the place of something.
        _ => {
            let word = dice.one_of(words(language));
            let end = if dice.below(2) == 0 { at } else { end };
            bytes.splice(at..end, word.iter().copied());
        }
    }
}

/// What means something in a language.
const fn words(language: Language) -> &'static [&'static [u8]] {
    match language {
        Language::Der => &[
            b"\x30\x80",
            b"\x30\x00",
            b"\x31\x00",
            b"\x00\x00",
            b"\x05\x00",
            b"\x01\x01\x00",
            b"\x01\x01\xff",
            b"\x02\x00",
            b"\x02\x01\x00",
            b"\x02\x01\xff",
            b"\x02\x02\x00\x01",
            b"\x03\x01\x08",
            b"\x04\x00",
            b"\x24\x80",
            b"\x0a\x01\x06",
            b"\x06\x03\x80\x01\x00",
            b"\x0c\x02\xc0\x80",
            b"\x17\x0d500101000000Z",
            b"\x18\x0f99991231235959Z",
            b"\x18\x0f20260231000000Z",
            b"\xa0\x00",
            b"\xa0\x80",
            b"\x80\x84\xff\xff\xff\xff",
            b"\x84\x7f\xff\xff\xff",
            b"\x81\x01",
            b"\x1f\xff\xff\x7f",
        ],
        Language::Plain => &[
            &[0; 32],
            &[0xff; 32],
            &[0; 64],
            &[0xff; 64],
            b"\x01",
            b"\x00",
        ],
        Language::Xml => &[
            b"<a>",
            b"</a>",
            b"/>",
            b"<!-- c -->",
            b"<!--",
            b"-->",
            b"<![CDATA[",
            b"]]>",
            b"<!DOCTYPE a [<!ENTITY e \"e\">]>",
            b"<?xml version=\"1.0\"?>",
            b"<?p i?>",
            b"&amp;",
            b"&e;",
            b"&#13;",
            b"&#x0;",
            b"&#xD800;",
            b" xmlns=\"\"",
            b" xmlns:p=\"urn:p\"",
            b" xmlns:ds=\"urn:other\"",
            b"p:",
            b" xml:base=\"../b\"",
            b" xml:lang=\"kk\"",
            b" Id=\"app\"",
            b" xml:id=\"app\"",
            b" URI=\"\"",
            b" URI=\"#app\"",
            b" URI=\"#p1\"",
            b"<ds:Object>",
            b"<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>",
            b"http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            b"http://www.w3.org/2006/12/xml-c14n11",
            b"\r\n",
            b"\r",
            b"\t",
            b"\xef\xbb\xbf",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\0",
            b"\xd0\x86",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_always_the_same_and_most_are_others() {
        let seeds = [b"one seed".to_vec(), b"another seed".to_vec()];
        for language in [Language::Der, Language::Plain, Language::Xml] {
            let all = |_| (0..500).map(|number| mutation(&seeds, number, language));
            let (first, again): (Vec<_>, Vec<_>) = (all(0).collect(), all(1).collect());
            assert_eq!(first, again);
            let mut different = first;
            different.sort();
            different.dedup();
            assert!(different.len() > 400, "{}", different.len());
        }
        for number in 0..100 {
            let _ = mutation(&[], number, Language::Der);
            let _ = mutation(&[Vec::new()], number, Language::Xml);
        }
    }
}

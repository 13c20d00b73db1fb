//! Faults of the encoding: the bytes are not the DER of what they should be.

use qaqpa_mischief::Dice;

use super::faults;
use crate::mischief::tree::{SEQUENCE, head};
use crate::mischief::verdict::Conduct::Drops;

faults! {
    /// In the encoding.
    DerFault at Der for [Ocsp, Crl, Delta, Tsp, Cert];
    Truncated = "truncated" [bytes = 1, 1..=1_000_000]:
        "The last bytes are missing, and nothing else says so.",
        "A reader that trusts the outermost length reads past the end.", Drops;
    Stub = "stub" [bytes = 16, 1..=1_000_000]:
        "Only the first bytes are there.",
        "A reader that decides by the first fields forgets to ask whether there is a signature.", Drops;
    TrailingBytes = "trailing-bytes" [bytes = 1, 1..=1_000_000]:
        "Zero bytes follow the outermost value.",
        "A reader that ignores the rest shares a cache with one that does not; DER ends where it ends.", Drops;
    WrongTag = "wrong-tag" [tag = 0x31, 0..=255]:
        "The outermost tag is another one (SET where a SEQUENCE is due).",
        "A reader that skips the tag accepts structures of another kind.", Drops;
    EmptySequence = "empty-sequence":
        "An empty SEQUENCE and nothing else.",
        "Optional fields read by a lenient reader make an answer out of nothing.", Drops;
    IndefiniteLength = "indefinite-length":
        "The outermost value has BER's indefinite length.",
        "Two readers of BER may see two different ends; signed evidence is DER.", Drops;
    LongLength = "long-length":
        "The outermost length is right and written with a byte too many.",
        "What has two encodings has two digests: DER knows the shortest length only.", Drops;
    OversizedLength = "oversized-length" [bytes = 2_147_483_647, 65_536..=4_294_967_295]:
        "The outermost length claims bytes that never come.",
        "A reader that reserves what is claimed runs out of memory.", Drops;
    Nested = "nested" [levels = 1_000, 2..=100_000]:
        "SEQUENCE within SEQUENCE, a thousand deep.",
        "A recursive reader runs out of stack.", Drops;
    Garbage = "garbage" [bytes = 512, 1..=1_000_000]:
        "Bytes of chance, from the rule's seed.",
        "No reader may fall over bytes of chance.", Drops;
    FlippedBit = "flipped-bit" only [Ocsp, Crl, Delta, Tsp]:
        "One bit, chosen by the rule's seed, is the other way.",
        "No bit of evidence is free: one that may be changed unnoticed is not covered.", Drops;
    Pem = "pem":
        "The same bytes as PEM text.",
        "Lists in PEM exist in the wild; the standard says DER, and a lenient reader hides the misconfiguration.", Drops;
}

impl DerFault {
    /// The bytes with the fault.
    pub(in crate::mischief) fn spoil(self, bytes: &[u8], amount: u64, dice: &mut Dice) -> Vec<u8> {
        let amount = usize::try_from(amount).unwrap_or(usize::MAX);
        match self {
            Self::Truncated => bytes[..bytes.len().saturating_sub(amount)].to_vec(),
            Self::Stub => bytes[..bytes.len().min(amount)].to_vec(),
            Self::TrailingBytes => [bytes, &vec![0; amount]].concat(),
            Self::WrongTag => {
                let tag = u8::try_from(amount).unwrap_or(u8::MAX);
                with_head(&[tag], bytes.get(1..).unwrap_or_default())
            }
            Self::EmptySequence => vec![SEQUENCE, 0],
            Self::IndefiniteLength => {
                let body = [content(bytes), &[0, 0]].concat();
                with_head(&[SEQUENCE, 0x80], &body)
            }
            Self::LongLength => {
                let content = content(bytes);
                let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
                // Four bytes say what at most three would, up to 16 MiB; five beyond.
                let head: Vec<u8> = if length < 1 << 24 {
                    [&[SEQUENCE, 0x84][..], &length.to_be_bytes()].concat()
                } else {
                    [&[SEQUENCE, 0x85, 0][..], &length.to_be_bytes()].concat()
                };
                with_head(&head, content)
            }
            Self::OversizedLength => {
                let length = u32::try_from(amount).unwrap_or(u32::MAX).to_be_bytes();
                with_head(&[&[SEQUENCE, 0x84][..], &length].concat(), content(bytes))
            }
            Self::Nested => nested(amount),
            Self::Garbage => dice.bytes(amount),
            Self::FlippedBit => {
                let mut bytes = bytes.to_vec();
                if !bytes.is_empty() {
                    let at = dice.below(bytes.len() as u64 * 8);
                    let place = usize::try_from(at / 8).unwrap_or_default();
                    bytes[place] ^= 1 << (at % 8);
                }
                bytes
            }
            Self::Pem => pem(bytes).into_bytes(),
        }
    }
}

fn with_head(head: &[u8], rest: &[u8]) -> Vec<u8> {
    [head, rest].concat()
}

/// SEQUENCE within SEQUENCE; written from the inside out.
fn nested(levels: usize) -> Vec<u8> {
    let mut heads = Vec::with_capacity(levels);
    let mut length = 0;
    for _ in 0..levels {
        let head = head(SEQUENCE, length);
        length += head.len();
        heads.push(head);
    }
    heads.into_iter().rev().flatten().collect()
}

/// The content of the outermost value; nothing where there is no value.
fn content(bytes: &[u8]) -> &[u8] {
    let head = match bytes.get(1) {
        None => return &[],
        Some(0..=0x7f) => 2,
        Some(long) => 2 + usize::from(long & 0x7f),
    };
    bytes.get(head..).unwrap_or_default()
}

fn pem(bytes: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut lines = vec!["-----BEGIN TEST-----"];
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = more;
    }
    lines.push("-----END TEST-----\n");
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [u8; 5] = [0x30, 3, 2, 1, 7];

    fn spoilt(fault: DerFault, amount: u64) -> Vec<u8> {
        fault.spoil(&WHOLE, amount, &mut Dice::new(1, "test", 1))
    }

    #[test]
    fn each_fault_of_the_encoding_changes_what_it_says() {
        use DerFault as D;
        for (fault, amount, expected) in [
            (D::Truncated, 1, &[0x30, 3, 2, 1][..]),
            (D::Truncated, 99, &[]),
            (D::Stub, 2, &[0x30, 3]),
            (D::TrailingBytes, 2, &[0x30, 3, 2, 1, 7, 0, 0]),
            (D::WrongTag, 0x31, &[0x31, 3, 2, 1, 7]),
            (D::EmptySequence, 0, &[0x30, 0]),
            (D::IndefiniteLength, 0, &[0x30, 0x80, 2, 1, 7, 0, 0]),
            (D::LongLength, 0, &[0x30, 0x84, 0, 0, 0, 3, 2, 1, 7]),
            (
                D::OversizedLength,
                0x7fff_ffff,
                &[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 7],
            ),
            (D::Nested, 3, &[0x30, 4, 0x30, 2, 0x30, 0]),
            (
                D::Pem,
                0,
                b"-----BEGIN TEST-----\nMAMCAQc=\n-----END TEST-----\n",
            ),
        ] {
            assert_eq!(spoilt(fault, amount), expected, "{fault:?}");
        }
    }

    #[test]
    fn one_seed_gives_one_chance() {
        for fault in [DerFault::Garbage, DerFault::FlippedBit] {
            assert_eq!(spoilt(fault, 40), spoilt(fault, 40));
            let other = fault.spoil(&WHOLE, 40, &mut Dice::new(2, "test", 1));
            assert_ne!(spoilt(fault, 40), other);
        }
        let flipped = spoilt(DerFault::FlippedBit, 0);
        let bits: u32 = std::iter::zip(WHOLE, flipped)
            .map(|(left, right)| (left ^ right).count_ones())
            .sum();
        assert_eq!(bits, 1);
    }

    #[test]
    fn no_fault_falls_over_an_empty_answer() {
        for fault in DerFault::ALL {
            let amount = fault.entry().dial.map_or(0, |dial| dial.default);
            fault.spoil(&[], amount, &mut Dice::new(1, "test", 1));
        }
    }
}

//! What no log line and no trace may show: the numbers of persons, and what is named like a secret.

/// What stands in place of a secret.
pub(crate) const SECRET: &str = "***";

/// Masks every run of exactly twelve ASCII digits (an IIN or a BIN): the first two and the last two stay.
///
/// Digits within a digest or an id are left: runs of lower-case hexadecimal of sixteen and more with a letter in them,
/// and the last group of a UUID. A record would lose what joins it to others, and nobody's number stands there.
#[must_use]
pub fn personal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    let mut copied = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let begin = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at - begin != 12 || is_of_an_id(bytes, begin, at) {
            continue;
        }
        shown.push_str(&text[copied..begin + 2]);
        shown.push_str("********");
        copied = at - 2;
    }
    shown.push_str(&text[copied..]);
    shown
}

/// Whether a field of this name holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "password",
        "passwd",
        "secret",
        "token",
        "authorization",
        "private_key",
        "pin",
    ]
    .iter()
    .any(|word| {
        name == *word
            || name.ends_with(&format!("_{word}"))
            || name.starts_with(&format!("{word}_"))
    })
}

fn is_of_an_id(bytes: &[u8], begin: usize, end: usize) -> bool {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = bytes[..begin]
        .iter()
        .rev()
        .take_while(|byte| is_hex(byte))
        .count();
    let after = bytes[end..].iter().take_while(|byte| is_hex(byte)).count();
    let whole = &bytes[begin - before..end + after];
    let is_digest = whole.len() >= 16 && whole.iter().any(u8::is_ascii_lowercase);
    is_digest || (after == 0 && before == 0 && ends_a_uuid(&bytes[..begin]))
}

/// Whether this ends with the first four groups of a UUID and their dashes.
fn ends_a_uuid(before: &[u8]) -> bool {
    let Some(groups) = before
        .len()
        .checked_sub(24)
        .and_then(|from| before.get(from..))
    else {
        return false;
    };
    groups.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_masked_wherever_they_stand() {
        for (text, shown) in [
            ("931002451325", "93********25"),
            ("IIN931002451325, 12", "IIN93********25, 12"),
            ("ЖСН:931002451325.", "ЖСН:93********25."),
            ("931002451325 031002551326", "93********25 03********26"),
            (
                "/person/931002451325/x?iin=931002451325",
                "/person/93********25/x?iin=93********25",
            ),
            ("a931002451325b", "a93********25b"),
            ("93100245132", "93100245132"),
            ("9310024513250", "9310024513250"),
            ("93********25", "93********25"),
        ] {
            assert_eq!(personal(text), shown, "{text}");
        }
    }

    #[test]
    fn a_digest_and_an_id_stay_whole() {
        for text in [
            "00-4bf92f931002451325aace929d0e0e47-00f067aa0ba902b7-01",
            "4bf92f35-77b3-4da6-a3ce-931002451325",
        ] {
            assert_eq!(personal(text), text);
        }
        // Four groups that are none, and a run of digits that is one.
        for (text, shown) in [
            (
                "zzzzzzzz-77b3-4da6-a3ce-931002451325",
                "zzzzzzzz-77b3-4da6-a3ce-93********25",
            ),
            ("--931002451325", "--93********25"),
        ] {
            assert_eq!(personal(text), shown);
        }
    }

    #[test]
    fn fields_are_secret_by_their_names() {
        for name in [
            "password",
            "key_password",
            "token",
            "Authorization",
            "token_file_text",
            "pin",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["label", "pinned", "operation", "spin"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}

//! How the model's nouns are written in JSON: the model itself knows no serde.

/// A moment as RFC 3339 in Kazakhstan's time, with milliseconds where they are not zero.
pub(crate) mod moment {
    use qaqpa_model::Moment;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(moment: &Moment, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&text(*moment))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(from)?;
        Moment::parse(&text).map_err(D::Error::custom)
    }

    /// The text of the border.
    pub(crate) fn text(moment: Moment) -> String {
        moment
            .in_almaty()
            .strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
            .to_string()
    }
}

/// A moment or null.
pub(crate) mod moment_option {
    use qaqpa_model::Moment;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        moment: &Option<Moment>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => to.serialize_some(&super::moment::text(*moment)),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Moment>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|text| Moment::parse(&text).map_err(D::Error::custom))
            .transpose()
    }
}

/// A refusal label by its text, or null.
pub(crate) mod label {
    use qaqpa_model::RefusalLabel;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        label: &Option<RefusalLabel>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match label {
            Some(label) => to.serialize_some(label.as_str()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<RefusalLabel>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|text| {
                RefusalLabel::parse(&text)
                    .ok_or_else(|| D::Error::custom(format!("no such refusal label: {text:?}")))
            })
            .transpose()
    }
}

/// Each byte's two digits.
const PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    // Verdicts hold kilobytes of it: a formatter for each byte, or a character's encoding, would cost more than their signatures.
    let mut text = vec![0; bytes.len() * 2];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&PAIRS[usize::from(*byte)]);
    }
    String::from_utf8(text).unwrap_or_default()
}

/// The bytes of a hexadecimal text.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qaqpa_model::Moment;

    proptest! {
        #[test]
        fn hexadecimal_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(super::unhex(&super::hex(&bytes)), Some(bytes));
        }

        #[test]
        fn what_is_not_hexadecimal_is_refused_and_never_panics(text in ".{0,40}") {
            let bytes = super::unhex(&text);
            let is_hex = text.len() % 2 == 0 && text.bytes().all(|b| b.is_ascii_hexdigit());
            prop_assert_eq!(bytes.is_some(), is_hex);
        }
    }

    #[test]
    fn a_moment_keeps_its_milliseconds_and_shows_them_only_where_there_are_some() {
        let whole = Moment::parse("2026-11-22T10:00:00+05:00").unwrap();
        assert_eq!(super::moment::text(whole), "2026-11-22T10:00:00+05:00");
        let fine = Moment::from_unix_ms(whole.unix_ms() + 7);
        assert_eq!(super::moment::text(fine), "2026-11-22T10:00:00.007+05:00");
        assert_eq!(Moment::parse(&super::moment::text(fine)), Ok(fine));
    }
}

//! Surgery on text: placeholders, edits, and a layout made of the parts of a signed document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_xml::{Document, Element, XmlLimits};

use super::certificates::Certificates;
use super::knobs::{BytesKnob, Edit};
use super::names::{DS, uri};
use super::{ForgeError, IIN, OTHER_IIN};

/// What placeholders stand for.
pub(super) struct Words<'c, 'w> {
    pub(super) certificates: &'c Certificates<'w>,
    /// The parts of a signed document, where there is one.
    pub(super) parts: Vec<(&'static str, String)>,
    /// The IIN of the person who signs.
    pub(super) iin: String,
    pub(super) created_at: String,
}

impl Words<'_, '_> {
    /// The text with every `{word}` replaced; an unknown word is an error, so that no case is a case of nothing.
    pub(super) fn expand(&self, text: &str) -> Result<String, ForgeError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let word = after.split_once('}').map(|(word, _)| word);
            match word.filter(|word| is_word(word)) {
                Some(word) => {
                    out.push_str(&self.word(word)?);
                    rest = &after[word.len() + 1..];
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn word(&self, word: &str) -> Result<String, ForgeError> {
        if let Some((_, text)) = self.parts.iter().find(|(name, _)| *name == word) {
            return Ok(text.clone());
        }
        let (word, of) = word.split_once(':').unwrap_or((word, ""));
        Ok(match word {
            "iin" => self.iin.clone(),
            "other-iin" => OTHER_IIN.to_owned(),
            "created-at" => self.created_at.clone(),
            "uri" => uri(of).to_owned(),
            "cert" => STANDARD.encode(self.certificates.der(of)?),
            "key-value" => key_value(&self.certificates.key_named(of)?.spki_der()),
            "issuer-serial" => {
                let certificate = self.certificates.certificate(of)?;
                issuer_serial(&certificate.issuer_name(), &certificate.serial_decimal())
            }
            _ => return Err(ForgeError::new(format!("no part is called {word:?}"))),
        })
    }

    /// Makes edits, each of which must find its place.
    pub(super) fn edit(&self, text: String, edits: &[Edit]) -> Result<String, ForgeError> {
        let mut text = text;
        for edit in edits {
            let find = self.expand(&edit.find)?;
            if find.is_empty() || !text.contains(&find) {
                let shown: String = find.chars().take(60).collect();
                return Err(ForgeError::nothing_found(&shown));
            }
            let put = self
                .expand(&edit.put.replace("{found}", &find))?
                .repeat(edit.times);
            text = if edit.all {
                text.replace(&find, &put)
            } else if edit.last {
                let at = text.rfind(&find).unwrap_or_default();
                format!("{}{put}{}", &text[..at], &text[at + find.len()..])
            } else {
                text.replacen(&find, &put, 1)
            };
        }
        Ok(text)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | ':'))
}

/// The parts of a signed document that layouts are made of.
pub(super) fn parts(signed: &str) -> Vec<(&'static str, String)> {
    let Ok(document) = Document::parse(signed.as_bytes(), &XmlLimits::default()) else {
        return Vec::new();
    };
    let root = document.root();
    let text = |element: Element<'_>| document.source()[element.span()].to_owned();
    let mut parts = vec![("signed", text(root))];
    let signature = root
        .descendants()
        .find(|element| element.is(DS, "Signature"));
    let whole = text(root);
    let original = match signature {
        Some(signature) => whole.replacen(&text(signature), "", 1),
        None => whole,
    };
    let evil = original
        .replace(IIN, OTHER_IIN)
        .replace("Id=\"app\"", "Id=\"evil\"")
        .replace("Сынақ көшесі", "Басқа көше");
    for (names, text) in [
        (
            [
                "original",
                "original-open",
                "original-inside",
                "original-close",
            ],
            original,
        ),
        (["evil", "evil-open", "evil-inside", "evil-close"], evil),
    ] {
        let (open, inside, close) = cut(&text);
        let [whole_name, open_name, inside_name, close_name] = names;
        parts.extend([
            (open_name, open),
            (inside_name, inside),
            (close_name, close),
        ]);
        parts.push((whole_name, text));
    }
    if let Some(signature) = signature {
        let (open, inside, close) = cut(&text(signature));
        parts.extend([
            ("signature", text(signature)),
            ("signature-open", open),
            ("signature-inside", inside),
            ("signature-close", close),
        ]);
        for (name, local) in [
            ("signed-info", "SignedInfo"),
            ("signature-value", "SignatureValue"),
            ("key-info", "KeyInfo"),
        ] {
            if let Some(element) = signature.child(Some(DS), local) {
                parts.push((name, text(element)));
            }
        }
        for (name, local) in [
            ("reference", "Reference"),
            ("transforms", "Transforms"),
            ("digest-value", "DigestValue"),
            ("certificate", "X509Certificate"),
        ] {
            if let Some(element) = signature.descendants().find(|one| one.is(DS, local)) {
                parts.push((name, text(element)));
            }
        }
    }
    for (name, local) in [
        ("header", "Header"),
        ("body", "Body"),
        ("security", "Security"),
        ("message", "SendMessage"),
    ] {
        if let Some(element) = root.descendants().find(|one| one.name() == local) {
            parts.push((name, text(element)));
        }
    }
    parts
}

/// Start tag, inside, end tag of an element's text.
fn cut(element: &str) -> (String, String, String) {
    let open = element.find('>').map_or(0, |at| at + 1);
    let close = element.rfind("</").unwrap_or(element.len()).max(open);
    (
        element[..open].to_owned(),
        element[open..close].to_owned(),
        element[close..].to_owned(),
    )
}

/// `ds:KeyValue` of an RSA key, read out of its SubjectPublicKeyInfo: two INTEGERs at its end.
fn key_value(spki: &[u8]) -> String {
    let exponent = spki.len() - 3;
    // 2048 bits with a zero in front, before the exponent's tag and length.
    let modulus = exponent - 2 - 256;
    format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
        STANDARD.encode(&spki[modulus..modulus + 256]),
        STANDARD.encode(&spki[exponent..])
    )
}

fn issuer_serial(issuer: &str, serial: &str) -> String {
    let escaped = issuer.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<ds:X509IssuerSerial><ds:X509IssuerName>{escaped}</ds:X509IssuerName><ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial>"
    )
}

/// What is done to the bytes at the very end.
pub(super) fn bytes(text: String, knob: Option<BytesKnob>) -> Vec<u8> {
    let Some(knob) = knob else {
        return text.into_bytes();
    };
    let utf16 = |mark: bool, big: bool| {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let in_text = |odd: &[u8]| {
        let at = text.find("</").unwrap_or_default();
        [&text.as_bytes()[..at], odd, &text.as_bytes()[at..]].concat()
    };
    match knob {
        BytesKnob::Bom => [&[0xef, 0xbb, 0xbf][..], text.as_bytes()].concat(),
        BytesKnob::Crlf => text.replace('\n', "\r\n").into_bytes(),
        BytesKnob::FirstByte => text.as_bytes()[..1].to_vec(),
        BytesKnob::Empty => Vec::new(),
        BytesKnob::Half => text.as_bytes()[..text.len() / 2].to_vec(),
        BytesKnob::Overlong => in_text(&[0xc0, 0xaf]),
        BytesKnob::Surrogate => in_text(&[0xed, 0xa0, 0x80]),
        BytesKnob::Utf16 => utf16(true, true),
        BytesKnob::Utf16Unmarked => utf16(false, false),
    }
}

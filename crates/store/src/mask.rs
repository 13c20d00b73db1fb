//! Masking: what views and logs may show of personal data.
//!
//! An IIN or a BIN is masked wherever it stands in a text. What is encoded (DER in hexadecimal, base64) holds them in
//! a form that no digit shows: a digest stays as it is, longer ones are *withheld*: their length and SHA-256 are shown
//! in their place, and the whole text goes to a locked file beside the raw bytes.

mod encoded;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// What stands in place of a secret.
const SECRET: &str = "***";

/// A summary as views show it, and what they do not show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Masked {
    /// For views.
    pub(crate) shown: Value,
    /// The texts that were withheld, each under its place in `shown` (a JSON pointer, RFC 6901).
    pub(crate) withheld: Map<String, Value>,
}

impl Masked {
    /// Masks a summary.
    pub(crate) fn of(value: &Value) -> Self {
        let mut masking = Masking::default();
        let shown = masking.value(value, "");
        Self {
            shown,
            withheld: masking.withheld,
        }
    }

    /// What is withheld, as it is kept. `None` where nothing is.
    pub(crate) fn withheld_bytes(&self) -> Option<Vec<u8>> {
        (!self.withheld.is_empty()).then(|| {
            Value::Object(self.withheld.clone())
                .to_string()
                .into_bytes()
        })
    }
}

/// Masks every run of exactly twelve ASCII digits (an IIN or a BIN, whether or not its check digit is
/// right): the first two and the last two digits stay. A digest in hexadecimal stays as it is; what is encoded and
/// longer is shown by its length and its SHA-256.
///
/// ```
/// assert_eq!(qaqpa_store::mask::numbers("IIN931002451325, 12"), "IIN93********25, 12");
/// ```
#[must_use]
pub fn numbers(text: &str) -> String {
    encoded::shown(text).0
}

/// Masks the numbers in every text of a JSON value, replaces the value of every field that is named like a secret
/// (`password`, `token`, `secret`, `key_password`, …), and withholds what is encoded.
///
/// What is masked already stays as it is.
#[must_use]
pub fn summary(value: &Value) -> Value {
    Masked::of(value).shown
}

/// Puts back what was withheld from this summary, as [`Masked::withheld_bytes`] gave it. `None` where it is not that.
pub(crate) fn restored(mut shown: Value, withheld: &[u8]) -> Option<Value> {
    let withheld: Map<String, Value> = serde_json::from_slice(withheld).ok()?;
    for (pointer, text) in withheld {
        *shown.pointer_mut(&pointer)? = text;
    }
    Some(shown)
}

/// Masking on its way through a value.
#[derive(Default)]
struct Masking {
    /// Where in the value as it will be shown.
    pointer: String,
    /// Inside a field that keeps the evidence of a verdict.
    in_dossier: bool,
    withheld: Map<String, Value>,
}

impl Masking {
    /// `name` is the nearest field's.
    fn value(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::String(text) => self.text(text, name),
            // A span of time is no number of a person.
            Value::Number(_) if name.ends_with("_ms") => value.clone(),
            Value::Number(number) => {
                let text = number.to_string();
                let masked = numbers(&text);
                if masked == text {
                    value.clone()
                } else {
                    Value::String(masked)
                }
            }
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(at, item)| self.within(&at.to_string(), |masking| masking.value(item, name)))
                .collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| self.field(name, value))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    fn field(&mut self, name: &str, value: &Value) -> (String, Value) {
        let shown_name = numbers(name);
        if is_secret(name) {
            return (shown_name, SECRET.into());
        }
        let outside = self.in_dossier;
        self.in_dossier |= name == "dossier";
        let shown = self.within(&shown_name, |masking| masking.value(value, name));
        self.in_dossier = outside;
        (shown_name, shown)
    }

    fn within(&mut self, name: &str, work: impl FnOnce(&mut Self) -> Value) -> Value {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer
            .push_str(&name.replace('~', "~0").replace('/', "~1"));
        let shown = work(self);
        self.pointer.truncate(length);
        shown
    }

    fn text(&mut self, text: &str, name: &str) -> Value {
        // Evidence is personal data at any length.
        let evidence = self.in_dossier && (name == "bytes" || name == "path");
        if let Some(bytes) = encoded::hex_bytes(text) {
            if evidence || text.len() > encoded::DIGEST_DIGITS_MAX {
                self.withhold(text);
                return json!({ "bytes": bytes.len(), "sha256": hex::encode(Sha256::digest(bytes)) });
            }
            if is_number_of_a_thing(name) && text.bytes().any(|b| b.is_ascii_alphabetic()) {
                return text.into();
            }
        }
        let (shown, any_withheld) = encoded::shown(text);
        if any_withheld {
            self.withhold(text);
        }
        shown.into()
    }

    fn withhold(&mut self, text: &str) {
        self.withheld.insert(self.pointer.clone(), text.into());
    }
}

/// Numbers in hexadecimal that may be shorter than digests, and in which twelve decimal digits may follow each other.
fn is_number_of_a_thing(name: &str) -> bool {
    ["serial", "nonce", "digest", "sha256"].contains(&name)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "token", "csrf", "cookie"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_wherever_they_stand_and_secrets_are_dropped() {
        let shown = summary(&json!({
            "iin": "931002451325",
            "number": 931_002_451_325_u64,
            "moved_ms": 931_002_451_325_u64,
            "list": ["IIN931002451326", "1234567890123", {"Key_Password": "Qwerty12"}],
            "931002451325": true,
        }));
        assert_eq!(
            shown,
            json!({
                "iin": "93********25",
                "number": "93********25",
                "moved_ms": 931_002_451_325_u64,
                "list": ["IIN93********26", "1234567890123", {"Key_Password": "***"}],
                "93********25": true,
            })
        );
    }

    /// `IIN931002451325` in UTF-8, in hexadecimal, within some DER.
    const SUBJECT: &str = "300f0c0d49494e393331303032343531333235ab931002451325cd";

    #[test]
    fn evidence_in_hexadecimal_is_withheld_whole_and_put_back_whole() {
        let summary = json!({
            "verdict": { "dossier": {
                "seed": format!("ab931002451325cd{}", "0".repeat(48)),
                "path": [SUBJECT],
                "fed": [{ "need": 1, "bytes": SUBJECT }, { "bytes": null }],
            }},
            "a/b": SUBJECT.repeat(3),
        });
        let masked = Masked::of(&summary);
        let bytes = hex::decode(SUBJECT).unwrap();
        let one = json!({ "bytes": bytes.len(), "sha256": hex::encode(Sha256::digest(&bytes)) });
        let dossier = &masked.shown["verdict"]["dossier"];
        assert_eq!(dossier["path"][0], one);
        assert_eq!(
            dossier["fed"],
            json!([{ "need": 1, "bytes": one }, { "bytes": null }])
        );
        assert_eq!(dossier["seed"], summary["verdict"]["dossier"]["seed"]);
        assert_eq!(masked.shown["a/b"]["bytes"], 3 * bytes.len());
        assert!(!masked.shown.to_string().contains("49494e39"));
        assert_eq!(masked.withheld.len(), 3);
        let kept = masked.withheld_bytes().unwrap();
        assert_eq!(restored(masked.shown.clone(), &kept), Some(summary));
        assert_eq!(restored(json!({}), &kept), None);
        // Masking again changes nothing.
        let again = Masked::of(&masked.shown);
        assert_eq!((&again.shown, again.withheld.len()), (&masked.shown, 0));
    }

    #[test]
    fn a_digest_or_a_serial_number_is_not_masked_for_the_decimal_digits_in_it() {
        let digest = format!("ab931002451325cd{}", "e1".repeat(24));
        let summary_of = json!({
            "body": digest,
            "why": format!("its digest {digest} is another"),
            "serial": "4c0e2b931002451325a4",
        });
        assert_eq!(summary(&summary_of), summary_of);
        // Twelve digits alone are a number of a person, whatever the field is called.
        let shown = summary(&json!({ "serial": "931002451325", "id": "ab931002451325cd" }));
        assert_eq!(
            shown,
            json!({ "serial": "93********25", "id": "ab93********25cd" })
        );
    }

    #[test]
    fn a_long_path_of_names_is_shown() {
        let path = "/application/documents/attachment".repeat(5);
        assert_eq!(summary(&json!(path)), json!(path));
    }

    #[test]
    fn a_text_with_something_long_in_base64_is_withheld_and_shown_without_it() {
        let base64 = "TUlJRDkzMTAwMjQ1MTMyNQ".repeat(6);
        let lines = format!("{}\n{}\n", &base64[..76], &base64[76..]);
        for inside in [base64.clone(), lines] {
            let text =
                format!("<iin>931002451325</iin><X509Certificate>{inside}</X509Certificate>");
            let masked = Masked::of(&json!({ "canonical": text }));
            let shown = masked.shown["canonical"].as_str().unwrap();
            assert!(
                shown.starts_with(
                    "<iin>93********25</iin><X509Certificate>[132 characters, SHA-256 "
                ) && shown.trim_end().ends_with("</X509Certificate>"),
                "{shown}"
            );
            assert_eq!(masked.withheld["/canonical"], text);
        }
    }
}

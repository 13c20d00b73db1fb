//! Masking: what views and logs may show of personal data.

use serde_json::Value;

/// Masks every run of exactly twelve ASCII digits (an IIN or a BIN, whether or not its check digit is
/// right): the first two and the last two digits stay.
///
/// ```
/// assert_eq!(qaqpa_store::mask::numbers("IIN931002451325, 12"), "IIN93********25, 12");
/// ```
#[must_use]
pub fn numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
        } else {
            flush(&mut run, &mut masked);
            masked.push(c);
        }
    }
    flush(&mut run, &mut masked);
    masked
}

/// Masks the numbers in every text of a JSON value, and replaces the value of every field that is
/// named like a secret (`password`, `token`, `secret`, `key_password`, …).
#[must_use]
pub fn summary(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(numbers(text)),
        Value::Number(number) => {
            let text = number.to_string();
            let masked = numbers(&text);
            if masked == text {
                Value::Number(number.clone())
            } else {
                Value::String(masked)
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(summary).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| {
                    let shown = if is_secret(name) {
                        Value::String("***".to_owned())
                    } else {
                        summary(value)
                    };
                    (numbers(name), shown)
                })
                .collect(),
        ),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

fn flush(run: &mut String, masked: &mut String) {
    if run.len() == 12 {
        masked.push_str(&run[..2]);
        masked.push_str("********");
        masked.push_str(&run[10..]);
    } else {
        masked.push_str(run);
    }
    run.clear();
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "token", "csrf", "cookie"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_masked_wherever_they_stand_and_secrets_are_dropped() {
        let shown = summary(&json!({
            "iin": "931002451325",
            "number": 931_002_451_325_u64,
            "list": ["IIN931002451326", "1234567890123", {"Key_Password": "Qwerty12"}],
            "931002451325": true,
        }));
        assert_eq!(
            shown,
            json!({
                "iin": "93********25",
                "number": "93********25",
                "list": ["IIN93********26", "1234567890123", {"Key_Password": "***"}],
                "93********25": true,
            })
        );
    }
}

//! The XML declaration (XML 1.0, production 23).

use crate::chars::is_space;
use crate::error::{Position, XmlError};

/// Checks `<?xml version="1.0" encoding="UTF-8" standalone="…"?>`, which stands at the very beginning.
pub(crate) fn check(source: &str, text: &str) -> Result<(), XmlError> {
    let ill_formed = || XmlError::NotWellFormed {
        at: Position::of(source, 0),
        why: "an XML declaration with other parts than version, encoding and standalone",
    };
    let inner = text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.strip_suffix("?>"))
        .ok_or_else(ill_formed)?;
    let mut rest = inner;
    let version = pseudo_attribute(&mut rest, "version").ok_or_else(ill_formed)?;
    if version != "1.0" {
        return Err(XmlError::NotWellFormed {
            at: Position::of(source, 0),
            why: "only XML version 1.0 is read",
        });
    }
    if let Some(encoding) = pseudo_attribute(&mut rest, "encoding")
        && !encoding.eq_ignore_ascii_case("UTF-8")
    {
        return Err(XmlError::Encoding {
            found: format!("the declaration says {:?}", shortened(encoding)),
        });
    }
    if let Some(standalone) = pseudo_attribute(&mut rest, "standalone")
        && !matches!(standalone, "yes" | "no")
    {
        return Err(ill_formed());
    }
    if rest.chars().all(is_space) {
        Ok(())
    } else {
        Err(ill_formed())
    }
}

/// Takes `S name Eq quoted` from the front, if it is there.
fn pseudo_attribute<'s>(rest: &mut &'s str, name: &str) -> Option<&'s str> {
    let after_space = rest.trim_start_matches(is_space);
    if after_space.len() == rest.len() {
        return None;
    }
    let after_eq = after_space
        .strip_prefix(name)?
        .trim_start_matches(is_space)
        .strip_prefix('=')?
        .trim_start_matches(is_space);
    let quote = after_eq
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = after_eq[1..].split_once(quote)?;
    *rest = after;
    Some(value)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_in_any_case_and_either_quote_is_read() {
        for text in [
            r#"<?xml version="1.0"?>"#,
            r#"<?xml version='1.0' encoding='utf-8'?>"#,
            "<?xml version = \"1.0\"\r\n encoding=\"UTF-8\" standalone='no' ?>",
        ] {
            assert_eq!(check(text, text), Ok(()), "{text}");
        }
    }

    #[test]
    fn other_encodings_versions_and_parts_are_refused() {
        for encoding in ["UTF-16", "UTF-7", "windows-1251", "utf8", ""] {
            let text = format!(r#"<?xml version="1.0" encoding="{encoding}"?>"#);
            assert_eq!(
                check(&text, &text),
                Err(XmlError::Encoding {
                    found: format!("the declaration says {encoding:?}")
                })
            );
        }
        for text in [
            "<?xml?>",
            r#"<?xml version="1.1"?>"#,
            r#"<?xml encoding="UTF-8" version="1.0"?>"#,
            r#"<?xml version="1.0"encoding="UTF-8"?>"#,
            r#"<?xml version="1.0" standalone="maybe"?>"#,
            r#"<?xml version="1.0" more="x"?>"#,
            r#"<?xml version="1.0?>"#,
        ] {
            assert!(
                matches!(check(text, text), Err(XmlError::NotWellFormed { .. })),
                "{text}"
            );
        }
    }
}

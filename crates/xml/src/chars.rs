//! The character classes of XML 1.0 (fifth edition).

/// Whether the character may stand in XML at all (production 2, `Char`).
pub(crate) const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Whether the character is white space (production 3, `S`).
pub(crate) const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether the text is an `NCName` (Namespaces in XML 1.0, production 4): a name without a colon.
#[must_use]
pub fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// Production 4, `NameStartChar`, less the colon.
const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production 4a, `NameChar`, less the colon.
const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_language_are_names_and_digits_do_not_begin_one() {
        for name in ["a", "_x", "өтініш", "a-1.b", "\u{10000}"] {
            assert!(is_ncname(name), "{name}");
        }
        for text in ["", "1a", "-a", "a:b", "a b", "\u{B7}", "a\u{2000}"] {
            assert!(!is_ncname(text), "{text}");
        }
    }

    #[test]
    fn control_characters_and_noncharacters_are_forbidden() {
        assert!(!is_char('\u{1}'));
        assert!(!is_char('\u{FFFE}'));
        assert!("\t\r\n ә\u{10FFFF}".chars().all(is_char));
    }
}

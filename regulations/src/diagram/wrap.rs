//! Texts broken into lines by an estimate of how wide letters are: a picture is drawn without its font.

/// A text in lines, each no wider than `width` pixels at this size of letters; a word that is wider has a line of its own.
pub(super) fn lines(text: &str, width: i32, size: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if width_of(&longer, size) <= width {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

/// How wide a text is, about: never less than in the usual fonts without serifs.
pub(super) fn width_of(text: &str, size: i32) -> i32 {
    let hundredths: i32 = text.chars().map(hundredths_of).sum();
    (hundredths * size + 99) / 100
}

/// Hundredths of the size of the letters.
fn hundredths_of(letter: char) -> i32 {
    match letter {
        'i' | 'j' | 'l' | 'I' | 'і' | 'І' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' | ' '
        | '(' | ')' => 36,
        'm' | 'w' | 'M' | 'W' | 'ж' | 'ш' | 'щ' | 'ю' | 'ы' | 'ф' | 'м' => 86,
        'Ж' | 'Ш' | 'Щ' | 'Ю' | 'Ы' | 'Ф' | 'М' | '—' => 100,
        _ if letter.is_uppercase() => 74,
        _ => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_but_for_a_single_word_and_no_word_is_lost() {
        let text = "Қызметті таңдау, нысанды толтыру, құжаттар мен куәлік";
        let broken = lines(text, 140, 11);
        assert!(broken.len() > 1);
        assert!(broken.iter().all(|line| width_of(line, 11) <= 140));
        assert_eq!(broken.join(" "), text);
        assert_eq!(lines("непроизносимость", 10, 11), ["непроизносимость"]);
        assert_eq!(lines("  ", 10, 11), Vec::<String>::new());
    }
}

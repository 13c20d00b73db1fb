//! What every actor's tests ask of its texts and templates.

use std::collections::{BTreeMap, BTreeSet};

use qaqpa_model::Lang;

use crate::texts::{OWN, Texts};

/// Panics, naming each, if a key or a value in braces is missing in one language and there in another.
///
/// Also where a source is not Fluent, a key stands twice, a text is empty, or a key is one of this crate's.
///
/// # Panics
/// As said: this is a test.
pub fn assert_no_missing_keys(sources: &[(Lang, &str)]) {
    if let Err(error) = Texts::new(sources) {
        panic!("{error}");
    }
    let faults = missing_keys(sources);
    assert!(faults.is_empty(), "texts:\n{}", faults.join("\n"));
}

/// Panics, naming each, if a template asks (`.t("key")`, `.with("key"`, `.with_text("key"`) for a text that is not there.
///
/// Rust sources may be given as well, so that keys asked for in code are held, too.
///
/// # Panics
/// As said: this is a test.
pub fn assert_templates_have_texts(sources: &[(Lang, &str)], templates: &[(&str, &str)]) {
    let texts = match Texts::new(sources) {
        Ok(texts) => texts,
        Err(error) => panic!("{error}"),
    };
    let mut faults = Vec::new();
    for (name, template) in templates {
        for key in asked_keys(template) {
            for lang in Lang::ALL {
                if !texts.words(lang).has(key) {
                    faults.push(format!("{name}: {lang} has no {key:?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "texts:\n{}", faults.join("\n"));
}

/// Every key that a template or a source asks for with a literal.
#[must_use]
pub fn asked_keys(source: &str) -> BTreeSet<&str> {
    let mut keys = BTreeSet::new();
    for call in [".t(\"", ".with(\"", ".with_text(\""] {
        for (at, _) in source.match_indices(call) {
            let rest = &source[at + call.len()..];
            if let Some(end) = rest.find('"') {
                keys.insert(&rest[..end]);
            }
        }
    }
    keys
}

fn missing_keys(sources: &[(Lang, &str)]) -> Vec<String> {
    let own: BTreeSet<String> = values_of(OWN, Lang::En).into_keys().collect();
    let of = |lang| values_of(sources, lang);
    let by_lang: Vec<_> = Lang::ALL.into_iter().map(|lang| (lang, of(lang))).collect();
    let all: BTreeSet<&String> = by_lang.iter().flat_map(|(_, keys)| keys.keys()).collect();
    let mut faults = Vec::new();
    for key in all {
        if own.contains(key) && sources != OWN {
            faults.push(format!("{key}: is a text of the layout's"));
        }
        let widest: BTreeSet<&String> = by_lang
            .iter()
            .filter_map(|(_, keys)| keys.get(key))
            .flatten()
            .collect();
        for (lang, keys) in &by_lang {
            match keys.get(key) {
                None => faults.push(format!("{key}: missing in {lang}")),
                Some(values) => {
                    for value in &widest {
                        if !values.contains(*value) {
                            faults.push(format!("{key}: {lang} does not use ${value}"));
                        }
                    }
                }
            }
        }
    }
    faults
}

/// Every key of a language with the values that its text uses. Fluent's layout is enough to find both:
/// a message begins in the first column, and what belongs to it is indented.
fn values_of(sources: &[(Lang, &str)], lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, source) in sources.iter().filter(|(of, _)| *of == lang) {
        let mut here: Option<String> = None;
        for line in source.lines() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                here = line.split_once('=').map(|(key, _)| key.trim().to_owned());
                if let Some(key) = &here {
                    keys.entry(key.clone()).or_default();
                }
            } else if line.starts_with(['#', '-']) {
                here = None;
            }
            let Some(values) = here.as_ref().and_then(|key| keys.get_mut(key)) else {
                continue;
            };
            for part in line.split('$').skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                    .collect();
                values.insert(name);
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_crates_own_texts_are_whole() {
        assert_eq!(missing_keys(OWN), Vec::<String>::new());
        Texts::new(&[]).unwrap();
    }

    #[test]
    fn every_gap_is_named() {
        let sources = [
            (Lang::Kk, "a = А { $name }\nb = Б"),
            (Lang::Ru, "a = А"),
            (Lang::En, "a = A { $name }\nb =\n    B\n"),
        ];
        assert_eq!(
            missing_keys(&sources),
            ["a: ru does not use $name", "b: missing in ru"]
        );
    }

    #[test]
    fn keys_in_templates_are_found() {
        let template =
            r#"{{ w.t("one") }} {{ w.with_text("two", "name", n) }} {{ w.with("three", x) }}"#;
        assert_eq!(
            asked_keys(template).into_iter().collect::<Vec<_>>(),
            ["one", "three", "two"]
        );
    }

    #[test]
    fn this_crates_templates_have_their_texts() {
        assert_templates_have_texts(
            &[],
            &[
                ("layout.html", include_str!("../templates/layout.html")),
                ("problem.html", include_str!("../templates/problem.html")),
                ("field.html", include_str!("../templates/field.html")),
                ("stepper.html", include_str!("../templates/stepper.html")),
            ],
        );
    }
}

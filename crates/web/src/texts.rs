//! Every text that people read, by key, in three languages.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use qaqpa_model::Lang;
use thiserror::Error;
use unic_langid::LanguageIdentifier;

/// The texts that every site has: layout and error pages.
pub const OWN: &[(Lang, &str)] = &[
    (Lang::Kk, include_str!("../texts/kk.ftl")),
    (Lang::Ru, include_str!("../texts/ru.ftl")),
    (Lang::En, include_str!("../texts/en.ftl")),
];

/// The texts of one site in every language: its own and those of this crate.
#[derive(Clone)]
pub struct Texts {
    words: [Words; 3],
}

/// Why texts were not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextsError {
    /// A key stands twice in one language.
    #[error("{lang}: {what}")]
    Doubled {
        /// The language.
        lang: Lang,
        /// Which key.
        what: String,
    },
    /// A source is not Fluent.
    #[error("{lang}: {what}")]
    Malformed {
        /// The language.
        lang: Lang,
        /// What the reader said.
        what: String,
    },
}

impl Texts {
    /// Reads Fluent sources; a language may have several. This crate's own texts come with them.
    ///
    /// # Errors
    /// [`TextsError`] where a source is not Fluent, or a key stands twice.
    pub fn new(sources: &[(Lang, &str)]) -> Result<Self, TextsError> {
        let of = |lang| Words::read(lang, OWN.iter().chain(sources));
        Ok(Self {
            words: [of(Lang::Kk)?, of(Lang::Ru)?, of(Lang::En)?],
        })
    }

    /// The texts of one language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &Words {
        match lang {
            Lang::Kk => &self.words[0],
            Lang::Ru => &self.words[1],
            Lang::En => &self.words[2],
        }
    }
}

/// The texts of one language. Cheap to clone, so that templates can own it.
#[derive(Clone)]
pub struct Words {
    lang: Lang,
    bundle: Arc<FluentBundle<FluentResource>>,
}

impl Words {
    fn read<'s>(
        lang: Lang,
        sources: impl Iterator<Item = &'s (Lang, &'s str)>,
    ) -> Result<Self, TextsError> {
        let mut bundle = FluentBundle::new_concurrent(vec![identifier(lang)]);
        // Isolation marks around values are invisible, and break copied numbers and tests.
        bundle.set_use_isolating(false);
        for (_, source) in sources.filter(|(of, _)| *of == lang) {
            let resource =
                FluentResource::try_new((*source).to_owned()).map_err(|(_, errors)| {
                    TextsError::Malformed {
                        lang,
                        what: format!("{errors:?}"),
                    }
                })?;
            bundle
                .add_resource(resource)
                .map_err(|errors| TextsError::Doubled {
                    lang,
                    what: format!("{errors:?}"),
                })?;
        }
        Ok(Self {
            lang,
            bundle: Arc::new(bundle),
        })
    }

    /// Which language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there is such a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }

    /// The text of this key. A missing one shows as `[key]`, and is logged.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text of this key with values put in: `with("hello", &[("name", "Aigul".into())])`.
    ///
    /// Numbers choose plural forms: `("count", 5.into())`.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let args: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
            .collect();
        self.format(key, Some(&args))
    }

    /// The text of this key with one value put in: short for templates.
    #[must_use]
    pub fn with_text(&self, key: &str, name: &str, value: &str) -> String {
        self.with(key, &[(name, value.into())])
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let message = self.bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            tracing::error!(key, lang = %self.lang, "a text is missing");
            return format!("[{key}]");
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, lang = %self.lang, ?errors, "a text has faults");
        }
        text.into_owned()
    }
}

fn identifier(lang: Lang) -> LanguageIdentifier {
    lang.code()
        .parse()
        .expect("kk, ru and en are language codes")
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: &[(Lang, &str)] = &[
        (Lang::Kk, "days = { $count } күн"),
        (
            Lang::Ru,
            "days = { $count ->\n    [one] { $count } день\n    [few] { $count } дня\n   *[many] { $count } дней\n }",
        ),
        (
            Lang::En,
            "days = { $count ->\n    [one] { $count } day\n   *[other] { $count } days\n }",
        ),
    ];

    #[test]
    fn numbers_choose_the_form_of_each_language_and_no_marks_are_added() {
        let texts = Texts::new(DAYS).unwrap();
        let days = |lang, count: i32| texts.words(lang).with("days", &[("count", count.into())]);
        assert_eq!(days(Lang::Ru, 1), "1 день");
        assert_eq!(days(Lang::Ru, 3), "3 дня");
        assert_eq!(days(Lang::Ru, 11), "11 дней");
        assert_eq!(days(Lang::En, 1), "1 day");
        assert_eq!(days(Lang::Kk, 5), "5 күн");
    }

    #[test]
    fn a_missing_text_shows_its_key() {
        let texts = Texts::new(&[]).unwrap();
        assert_eq!(texts.words(Lang::Kk).t("no-such-key"), "[no-such-key]");
        assert!(!texts.words(Lang::Kk).has("no-such-key"));
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error() {
        let doubled = Texts::new(&[(Lang::En, "a = 1"), (Lang::En, "a = 2")]);
        assert!(matches!(
            doubled,
            Err(TextsError::Doubled { lang: Lang::En, .. })
        ));
        assert!(matches!(
            Texts::new(&[(Lang::Ru, "= nothing")]),
            Err(TextsError::Malformed { .. })
        ));
    }
}

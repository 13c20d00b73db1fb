//! A text of the catalogue in the three languages.

use qaqpa_model::Lang;

/// A text in Kazakh, Russian and English; the lint has seen that none is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Kazakh (қазақша).
    pub kk: String,
    /// Russian (по-русски).
    pub ru: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in that language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Kk => &self.kk,
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

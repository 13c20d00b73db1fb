//! The words of the reports in Kazakh, Russian and English.

pub(super) mod causes;
pub(super) mod labels;
pub(super) mod phrases;
pub(super) mod refusals;
pub(super) mod terms;

use qaqpa_model::Lang;

/// One text in three languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) kk: &'static str,
    pub(super) ru: &'static str,
    pub(super) en: &'static str,
}

impl Text {
    pub(super) const fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Kk => self.kk,
            Lang::Ru => self.ru,
            Lang::En => self.en,
        }
    }
}

/// Why, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) reason: Text,
    pub(super) remedy: Text,
}

//! Every text of the workplace that people read, by key, in three languages.

use qaqpa_model::Lang;

/// The workplace's own texts.
pub const ALL: &[(Lang, &str)] = &[
    (Lang::Kk, include_str!("../texts/kk.ftl")),
    (Lang::Ru, include_str!("../texts/ru.ftl")),
    (Lang::En, include_str!("../texts/en.ftl")),
];

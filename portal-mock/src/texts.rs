//! Every text of the portal that people read, by key, in three languages.

use qaqpa_model::Lang;

/// The portal's own texts and its words for refusals.
pub const ALL: &[(Lang, &str)] = &[
    (Lang::Kk, include_str!("../texts/kk.ftl")),
    (Lang::Kk, include_str!("../texts/refusals.kk.ftl")),
    (Lang::Ru, include_str!("../texts/ru.ftl")),
    (Lang::Ru, include_str!("../texts/refusals.ru.ftl")),
    (Lang::En, include_str!("../texts/en.ftl")),
    (Lang::En, include_str!("../texts/refusals.en.ftl")),
];

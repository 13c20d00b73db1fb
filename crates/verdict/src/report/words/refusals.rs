//! What a check found, in a person's words, and what to do about it.
//!
//! By the cause and not by the label alone: what helps against a signature without its certificate does not help against a time stamp that
//! is not to be believed, and both are `signature-malformed`. A cause that its label stands for alone has that label's words.

macro_rules! words {
    ($($cause:ident:
        kk $kk:literal / $kk_remedy:literal,
        ru $ru:literal / $ru_remedy:literal,
        en $en:literal / $en_remedy:literal;)+) => {
        /// The words of a cause, where they are of this part.
        pub(super) const fn of(cause: Cause) -> Option<Words> {
            Some(match cause {
                $(Cause::$cause => Words {
                    reason: Text { kk: $kk, ru: $ru, en: $en },
                    remedy: Text { kk: $kk_remedy, ru: $ru_remedy, en: $en_remedy },
                },)+
                _ => return None,
            })
        }
    };
}

mod form;
mod trust;

use super::{Text, Words, labels};
use crate::cause::Cause;
use crate::verdict::{CheckReport, SubjectKind, Verdict};

/// Why the verdict is not TOTAL-PASSED, and what to do; nothing where it is.
pub(crate) fn of_verdict(verdict: &Verdict) -> Option<Words> {
    let label = verdict.label?;
    // Verdicts of before tell no cause.
    let cause = verdict.cause();
    let told = |cause| of(cause, &Circumstances::of(verdict));
    Some(cause.map_or_else(|| labels::of(label), told))
}

/// Why one check was not passed, and what to do; nothing where it was, or was not asked.
pub(crate) fn of_check(verdict: &Verdict, check: &CheckReport) -> Option<Words> {
    let label = check.label?;
    let told = |cause| of(cause, &Circumstances::of(verdict));
    Some(check.cause.map_or_else(|| labels::of(label), told))
}

/// What the words of a cause depend on besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Circumstances {
    /// A time stamp proves when the signature was there at the latest, and the certificate is judged as of then.
    pub(crate) is_proven: bool,
    /// A certificate alone was judged: nobody signed anything.
    pub(crate) is_certificate: bool,
}

impl Circumstances {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        Self {
            is_proven: verdict.best_signature_time.is_some(),
            is_certificate: verdict.subject == SubjectKind::Certificate,
        }
    }
}

/// The words of a cause.
pub(crate) fn of(cause: Cause, circumstances: &Circumstances) -> Words {
    let label = || labels::of(cause.label());
    match (cause, circumstances) {
        (
            Cause::CertificateExpired,
            Circumstances {
                is_certificate: true,
                ..
            },
        ) => EXPIRED_ALONE,
        (
            Cause::CertificateExpired,
            Circumstances {
                is_proven: true, ..
            },
        ) => EXPIRED_STAMPED,
        (
            Cause::CertificateNotYetValid,
            Circumstances {
                is_certificate: true,
                ..
            },
        ) => NOT_YET_ALONE,
        (
            Cause::CertificateNotYetValid,
            Circumstances {
                is_proven: true, ..
            },
        ) => NOT_YET_STAMPED,
        _ => form::of(cause)
            .or_else(|| trust::of(cause))
            .unwrap_or_else(label),
    }
}

const EXPIRED_STAMPED: Words = Words {
    reason: Text {
        kk: "Уақыт белгісі дәлелдейтін сәтте куәліктің қолданылу мерзімі өтіп кеткен.",
        ru: "К моменту, который доказывает метка времени, срок действия сертификата уже истёк.",
        en: "The certificate had expired at the moment that the time stamp proves.",
    },
    remedy: Text {
        kk: "ҰКО-дан жаңа куәлік алып, құжатқа қайта қол қойыңыз және уақыт белгісін бірден алыңыз.",
        ru: "Получите в НУЦ новый сертификат, подпишите документ заново и сразу поставьте метку времени.",
        en: "Obtain a new certificate, sign the document again and have it stamped at once.",
    },
};

const NOT_YET_STAMPED: Words = Words {
    reason: Text {
        kk: "Уақыт белгісі дәлелдейтін сәтте куәліктің қолданылу мерзімі әлі басталмаған.",
        ru: "На момент, который доказывает метка времени, срок действия сертификата ещё не начался.",
        en: "The certificate was not valid yet at the moment that the time stamp proves.",
    },
    remedy: Text {
        kk: "Куәліктің мерзімі басталғаннан кейін құжатқа қайта қол қойып, уақыт белгісін алыңыз.",
        ru: "Подпишите документ заново, когда срок сертификата начнётся, и поставьте метку времени.",
        en: "Sign again once the certificate's period has begun, and have it stamped then.",
    },
};

const EXPIRED_ALONE: Words = Words {
    reason: Text {
        kk: "Тексерілген сәтке қарай куәліктің қолданылу мерзімі өткен.",
        ru: "К моменту, по состоянию на который проверялось, срок действия сертификата истёк.",
        en: "The certificate had expired at the moment judged.",
    },
    remedy: Text {
        kk: "ҰКО-дан жаңа куәлік алыңыз.",
        ru: "Получите в НУЦ новый сертификат.",
        en: "Obtain a new certificate.",
    },
};

const NOT_YET_ALONE: Words = Words {
    reason: Text {
        kk: "Тексерілген сәтте куәліктің қолданылу мерзімі әлі басталмаған.",
        ru: "На момент, по состоянию на который проверялось, срок действия сертификата ещё не начался.",
        en: "The certificate was not valid yet at the moment judged.",
    },
    remedy: Text {
        kk: "Мерзімі басталғанша күтіңіз немесе басқа қолданыстағы куәлікті таңдаңыз.",
        ru: "Дождитесь начала срока или выберите другой действующий сертификат.",
        en: "Wait until its period has begun, or choose another one in force.",
    },
};

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use qaqpa_model::Lang;

    use super::*;

    /// Every way of telling a cause.
    fn told() -> Vec<(String, Words)> {
        let mut all: Vec<_> = Cause::ALL
            .iter()
            .map(|cause| (cause.to_string(), of(*cause, &Circumstances::default())))
            .collect();
        for (name, words) in [
            ("expired, stamped", EXPIRED_STAMPED),
            ("not yet, stamped", NOT_YET_STAMPED),
            ("expired, alone", EXPIRED_ALONE),
            ("not yet, alone", NOT_YET_ALONE),
        ] {
            all.push((name.to_owned(), words));
        }
        all
    }

    #[test]
    fn every_cause_has_a_reason_of_its_own_and_a_remedy_in_each_language() {
        let mut seen = BTreeSet::new();
        for (name, words) in told() {
            for lang in Lang::ALL {
                for text in [words.reason.of(lang), words.remedy.of(lang)] {
                    assert!(text.ends_with('.'), "{name} {lang}: {text}");
                    assert!(text.chars().count() <= 300, "{name} {lang}: {text}");
                    let is_cyrillic = text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
                    assert_eq!(is_cyrillic, lang != Lang::En, "{name} {lang}: {text}");
                }
                assert!(seen.insert(words.reason.of(lang)), "{name} {lang}");
            }
        }
    }

    /// A label that stands for several findings gives its words to none of them but one.
    #[test]
    fn no_two_causes_share_the_words_of_a_label() {
        let mut of_labels: BTreeMap<&str, Vec<Cause>> = BTreeMap::new();
        for cause in Cause::ALL {
            if form::of(*cause).is_none() && trust::of(*cause).is_none() {
                of_labels
                    .entry(cause.label().as_str())
                    .or_default()
                    .push(*cause);
            }
        }
        for (label, causes) in of_labels {
            assert_eq!(causes.len(), 1, "{label}: {causes:?}");
        }
    }

    #[test]
    fn a_certificate_that_had_expired_is_told_by_what_proves_the_moment() {
        let expired = |is_proven, is_certificate| {
            let circumstances = Circumstances {
                is_proven,
                is_certificate,
            };
            of(Cause::CertificateExpired, &circumstances).reason.en
        };
        assert_eq!(
            expired(false, false),
            "The certificate had expired at the moment judged; when the signature was made is not proven."
        );
        assert_eq!(expired(true, false), EXPIRED_STAMPED.reason.en);
        assert_eq!(
            expired(false, true),
            "The certificate had expired at the moment judged."
        );
    }
}

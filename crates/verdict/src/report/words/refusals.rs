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

mod alone;
mod envelope;
mod form;
mod stamped;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Circumstances {
    /// What was judged: a certificate alone is no signature, and an envelope no document.
    pub(crate) subject: SubjectKind,
    /// A time stamp proves when the signature was there at the latest, and the certificate is judged as of then.
    pub(crate) is_proven: bool,
    /// The signer's certificate is known to be revoked since a moment after the one that counts.
    pub(crate) is_revoked_later: bool,
}

impl Circumstances {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        let moment = verdict.best_signature_time.unwrap_or(verdict.at);
        let signer = verdict.signer.as_ref().map(|signer| &signer.serial);
        let is_revoked_later = verdict.evidence.iter().any(|evidence| {
            Some(&evidence.about) == signer
                && evidence.standing == "revoked"
                && evidence.revoked_since.is_some_and(|since| since > moment)
        });
        Self {
            subject: verdict.subject,
            is_proven: verdict.best_signature_time.is_some(),
            is_revoked_later,
        }
    }
}

/// The words of a cause.
pub(crate) fn of(cause: Cause, circumstances: &Circumstances) -> Words {
    if cause == Cause::RevocationUnknown && circumstances.is_revoked_later {
        return REVOKED_LATER;
    }
    let own = match (circumstances.subject, circumstances.is_proven) {
        (SubjectKind::Certificate, _) => alone::of(cause),
        (SubjectKind::Transport, _) => envelope::of(cause),
        (_, true) => stamped::of(cause),
        (_, false) => None,
    };
    own.or_else(|| form::of(cause))
        .or_else(|| trust::of(cause))
        .unwrap_or_else(|| labels::of(cause.label()))
}

const REVOKED_LATER: Words = Words {
    reason: Text {
        kk: "Белгілі мәліметтер бойынша куәлік кейінірек қайтарып алынған; шешуші сәтте оның қайтарып алынған-алынбағанын анықтау мүмкін болмады, сондықтан шешім қабылданған жоқ.",
        ru: "По имеющимся сведениям сертификат отозван позже; был ли он отозван уже к тому моменту, который решает, установить не удалось, поэтому решение не принято.",
        en: "By what is known the certificate was revoked later; whether it was revoked already at the moment that counts could not be found out, so nothing is decided.",
    },
    remedy: Text {
        kk: "Кейінірек қайта тексеріңіз: куәландырушы орталықтың OCSP қызметі немесе барлық себептерді қамтитын CRL тізімі жауап беруі тиіс.",
        ru: "Повторите проверку позже: нужен ответ службы OCSP удостоверяющего центра или список CRL, охватывающий все причины отзыва.",
        en: "Judge it again later: an answer of the authority's OCSP is needed, or a CRL that speaks of every reason for revocation.",
    },
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use qaqpa_model::Lang;

    use super::*;

    const fn circumstances(subject: SubjectKind, is_proven: bool) -> Circumstances {
        Circumstances {
            subject,
            is_proven,
            is_revoked_later: false,
        }
    }

    /// Every way of telling a cause.
    fn told() -> Vec<(Cause, Words)> {
        let mut all = vec![(Cause::RevocationUnknown, REVOKED_LATER)];
        for cause in Cause::ALL {
            for (subject, is_proven) in [
                (SubjectKind::Document, false),
                (SubjectKind::Document, true),
                (SubjectKind::Certificate, false),
                (SubjectKind::Transport, false),
            ] {
                all.push((*cause, of(*cause, &circumstances(subject, is_proven))));
            }
        }
        all
    }

    #[test]
    fn every_cause_has_a_reason_of_its_own_and_a_remedy_in_each_language() {
        let mut seen = BTreeMap::new();
        for (cause, words) in told() {
            for lang in Lang::ALL {
                for text in [words.reason.of(lang), words.remedy.of(lang)] {
                    assert!(text.ends_with('.'), "{cause} {lang}: {text}");
                    assert!(text.chars().count() <= 300, "{cause} {lang}: {text}");
                    let is_cyrillic = text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
                    assert_eq!(is_cyrillic, lang != Lang::En, "{cause} {lang}: {text}");
                }
                let before = seen.insert(words.reason.of(lang), cause);
                assert!(
                    before.is_none_or(|before| before == cause),
                    "{cause} {lang}"
                );
            }
        }
    }

    /// Nobody signed with a certificate that is judged alone, and no envelope is helped by a time stamp.
    #[test]
    fn a_remedy_is_of_what_was_judged() {
        for cause in Cause::ALL
            .iter()
            .filter(|cause| alone::of(**cause).is_some())
        {
            let words = of(*cause, &circumstances(SubjectKind::Certificate, false));
            for (lang, signing) in [
                (Lang::Kk, "қол қойыңыз"),
                (Lang::Ru, "одпишите"),
                (Lang::En, "ign again"),
            ] {
                assert!(!words.remedy.of(lang).contains(signing), "{cause} {lang}");
            }
        }
        let envelope = of(
            Cause::CertificateExpired,
            &circumstances(SubjectKind::Transport, false),
        );
        assert!(!envelope.remedy.en.contains("stamp"));
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
        let expired = |subject, is_proven| {
            let circumstances = circumstances(subject, is_proven);
            of(Cause::CertificateExpired, &circumstances).reason.en
        };
        assert_eq!(
            expired(SubjectKind::Document, false),
            "The certificate had expired at the moment judged; when the signature was made is not proven."
        );
        assert_eq!(
            expired(SubjectKind::Cms, true),
            "The certificate had expired at the moment that the time stamp proves."
        );
        assert_eq!(
            expired(SubjectKind::Certificate, false),
            "The certificate had expired at the moment judged."
        );
    }
}

//! Finite words that stand in a verdict in English: evidence and what became of it, and what references lead to.
//!
//! What is not of these lists is shown as it stands: an answer of the network, a name.

use qaqpa_model::Lang;

use super::Text;
use crate::need::Attempt;

macro_rules! terms {
    ($($english:literal: $kk:literal, $ru:literal, $en:literal;)+) => {
        fn term(english: &str) -> Option<Text> {
            Some(match english {
                $($english => Text { kk: $kk, ru: $ru, en: $en },)+
                _ => return None,
            })
        }

        /// What is known here, for the tests.
        #[cfg(test)]
        const ALL: &[&str] = &[$($english),+];
    };
}

terms! {
    "good": "жарамды", "действует", "good";
    "revoked": "қайтарып алынған", "отозван", "revoked";
    "suspended": "тоқтатыла тұрған", "приостановлен", "suspended";
    "unknown": "белгісіз", "неизвестен", "unknown";
    "no-evidence": "дәлел жоқ", "доказательства нет", "no evidence";
    "cache": "сақталған", "сохранённое", "kept";
    "kept from an earlier examination": "алдыңғы тексеруден қалған", "осталось от прежней проверки", "kept from an earlier examination";
    "an empty answer": "бос жауап", "пустой ответ", "an empty answer";
    "the responder says: tryLater": "қызмет «кейінірек қайталаңыз» деді (tryLater)", "служба ответила «повторите позже» (tryLater)", "the responder says: tryLater";
    "not an http:// address": "http:// мекенжайы емес", "это не адрес http://", "not an http:// address";
    "a compressed answer: that was not asked for": "сығылған жауап: ол сұралмаған", "сжатый ответ: такого не запрашивали", "a compressed answer: that was not asked for";
}

/// What a piece of evidence says: `good`.
pub(crate) fn standing(standing: &str, lang: Lang) -> String {
    term(standing).map_or_else(|| standing.to_owned(), |text| text.of(lang).to_owned())
}

/// One try to get evidence: who was asked, and what came of it.
pub(crate) fn attempt(attempt: &Attempt, lang: Lang) -> String {
    let from = standing(&attempt.from, lang);
    format!("{from} — {}", outcome(&attempt.outcome, lang))
}

fn outcome(outcome: &str, lang: Lang) -> String {
    if let Some(text) = term(outcome) {
        return text.of(lang).to_owned();
    }
    if let Some(octets) = outcome.strip_suffix(" bytes").filter(|n| is_number(n)) {
        return bytes(octets, lang);
    }
    let Some(rest) = outcome.strip_prefix("status ") else {
        return outcome.to_owned();
    };
    match rest.strip_suffix(": redirects are not followed") {
        Some(status) => match lang {
            Lang::Kk => format!("{status} күйі: басқа мекенжайға ауыспаймыз"),
            Lang::Ru => format!("статус {status}: по перенаправлениям не переходим"),
            Lang::En => outcome.to_owned(),
        },
        None => match lang {
            Lang::Kk => format!("{rest} күйі"),
            Lang::Ru => format!("статус {rest}"),
            Lang::En => outcome.to_owned(),
        },
    }
}

/// So many octets.
fn bytes(number: &str, lang: Lang) -> String {
    match lang {
        Lang::Kk | Lang::Ru => format!("{number} байт"),
        Lang::En => format!("{number} bytes"),
    }
}

/// What a reference leads to: an element and its place, the content of a message, or the value of another signature.
pub(crate) fn target(target: &str, lang: Lang) -> String {
    let told = match lang {
        Lang::En => None,
        _ => element(target, lang)
            .or_else(|| content(target, lang))
            .or_else(|| value(target, lang)),
    };
    told.unwrap_or_else(|| target.to_owned())
}

/// `application at line 1, column 39`.
fn element(target: &str, lang: Lang) -> Option<String> {
    let (name, place) = target.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(", column ")?;
    if !is_number(line) || !is_number(column) {
        return None;
    }
    Some(match lang {
        Lang::Kk => format!("{name}, {line}-жол, {column}-баған"),
        Lang::Ru => format!("{name}, строка {line}, столбец {column}"),
        Lang::En => target.to_owned(),
    })
}

/// `the content, 2789 bytes of type 1.2.840.113549.1.7.1`.
fn content(target: &str, lang: Lang) -> Option<String> {
    let rest = target.strip_prefix("the content, ")?;
    let (octets, kind) = rest.split_once(" bytes of type ")?;
    if !is_number(octets) {
        return None;
    }
    let octets = bytes(octets, lang);
    Some(match lang {
        Lang::Kk => format!("мазмұн, {octets}, түрі {kind}"),
        Lang::Ru => format!("содержание, {octets}, тип {kind}"),
        Lang::En => target.to_owned(),
    })
}

/// `the value of signature 1`.
fn value(target: &str, lang: Lang) -> Option<String> {
    let place = target.strip_prefix("the value of signature ")?;
    if !is_number(place) {
        return None;
    }
    Some(match lang {
        Lang::Kk => format!("{place}-қолтаңбаның мәні"),
        Lang::Ru => format!("значение подписи {place}"),
        Lang::En => target.to_owned(),
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_said_in_each_language() {
        for english in ALL {
            let text = term(english).unwrap();
            for word in [text.kk, text.ru] {
                let is_cyrillic = word.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
                assert!(is_cyrillic, "{english}: {word}");
            }
        }
    }

    #[test]
    fn what_a_reference_leads_to_is_told_in_the_language_of_the_report() {
        #[rustfmt::skip]
        let table = [
            ("application at line 1, column 39", "application, 1-жол, 39-баған", "application, строка 1, столбец 39"),
            ("the content, 2789 bytes of type 1.2.3", "мазмұн, 2789 байт, түрі 1.2.3", "содержание, 2789 байт, тип 1.2.3"),
            ("the value of signature 2", "2-қолтаңбаның мәні", "значение подписи 2"),
            ("a at line x, column 1", "a at line x, column 1", "a at line x, column 1"),
        ];
        for (english, kk, ru) in table {
            assert_eq!(target(english, Lang::Kk), kk);
            assert_eq!(target(english, Lang::Ru), ru);
            assert_eq!(target(english, Lang::En), english);
        }
    }

    #[test]
    fn what_came_of_asking_is_told_in_the_language_of_the_report() {
        let told = |from: &str, outcome: &str, lang| {
            let (from, outcome) = (from.to_owned(), outcome.to_owned());
            attempt(&Attempt { from, outcome }, lang)
        };
        let kept = "kept from an earlier examination";
        assert_eq!(
            told("cache", kept, Lang::Ru),
            "сохранённое — осталось от прежней проверки"
        );
        assert_eq!(
            told("http://a/", "1611 bytes", Lang::Kk),
            "http://a/ — 1611 байт"
        );
        assert_eq!(
            told("http://a/", "status 503", Lang::Ru),
            "http://a/ — статус 503"
        );
        assert_eq!(
            told("http://a/", "status 503", Lang::En),
            "http://a/ — status 503"
        );
        let other = "connection refused (os error 111)";
        assert_eq!(
            told("http://a/", other, Lang::Kk),
            format!("http://a/ — {other}")
        );
    }
}

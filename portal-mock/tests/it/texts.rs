//! No text is missing in any language, and every template finds its own.

use qaqpa_model::RefusalLabel;
use qaqpa_portal_mock::refusal::{cause_key, remedy_key};
use qaqpa_portal_mock::texts::ALL;
use qaqpa_web::{Texts, assert_no_missing_keys, assert_templates_have_texts};

macro_rules! sources {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),+]
    };
}

#[test]
fn every_key_is_in_every_language() {
    assert_no_missing_keys(ALL);
}

#[test]
fn templates_and_pages_ask_only_for_texts_that_are_there() {
    assert_templates_have_texts(
        ALL,
        sources![
            "templates/cabinet.html",
            "templates/centre.html",
            "templates/certificate.html",
            "templates/crumbs.html",
            "templates/document.html",
            "templates/form.html",
            "templates/history.html",
            "templates/history_table.html",
            "templates/home.html",
            "templates/login.html",
            "templates/notifications.html",
            "templates/notifications_list.html",
            "templates/refusal.html",
            "templates/register.html",
            "templates/service.html",
            "templates/services.html",
            "templates/services_list.html",
            "templates/sign.html",
            "templates/status.html",
            "templates/stepper.html",
            "templates/verdict.html",
            "src/case.rs",
            "src/pages/cabinet.rs",
            "src/pages/certificate.rs",
            "src/pages/document.rs",
            "src/pages/form.rs",
            "src/pages/home.rs",
            "src/pages/login.rs",
            "src/pages/register.rs",
            "src/pages/services.rs",
            "src/pages/sign.rs",
            "src/pages/status.rs",
            "src/server.rs",
            "src/show.rs",
        ],
    );
}

#[test]
fn every_label_has_a_cause_and_a_remedy_in_every_language() {
    let texts = Texts::new(ALL).unwrap();
    for lang in qaqpa_model::Lang::ALL {
        let words = texts.words(lang);
        for label in RefusalLabel::ALL {
            assert!(words.has(&cause_key(label.as_str())), "{lang} {label}");
            assert!(words.has(remedy_key(*label)), "{lang} {label}");
        }
    }
}

#[test]
fn keys_that_are_made_of_names_are_there() {
    let texts = Texts::new(ALL).unwrap();
    let checks = [
        "structure",
        "scope",
        "content",
        "value",
        "timestamp",
        "chain",
        "validity",
        "purpose",
        "revocation",
        "iin",
    ];
    let keys = checks.iter().map(|check| format!("check-{check}")).chain(
        [
            "field-problem-characters",
            "field-problem-date",
            "field-problem-iin",
            "field-problem-long",
            "field-problem-missing",
            "field-problem-option",
            "field-problem-phone",
            "field-problem-short",
            "error-document-empty",
            "error-document-missing",
            "error-document-name",
            "error-document-size",
            "error-document-total",
            "error-document-type",
            "error-iin-check",
            "error-iin-date",
            "error-iin-kind",
            "error-iin-shape",
            "error-key-other",
            "error-key-password",
            "error-key-unreadable",
            "error-certificate-unreadable",
            "error-file-missing",
            "error-signed-other",
            "error-signed-unreadable",
            "error-too-many",
            "notification-granted",
            "notification-refused",
            "notification-result-refused",
            "notification-sent",
            "period-minutes",
            "period-working-days",
        ]
        .map(str::to_owned),
    );
    for key in keys {
        for lang in qaqpa_model::Lang::ALL {
            assert!(texts.words(lang).has(&key), "{lang} {key}");
        }
    }
}

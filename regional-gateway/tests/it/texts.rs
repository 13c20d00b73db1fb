//! Every text in every language.

use qaqpa_model::Lang;
use qaqpa_regional_gateway::texts;
use qaqpa_verdict::CheckId;
use qaqpa_web::{Texts, assert_no_missing_keys, assert_templates_have_texts};

macro_rules! sources {
    ($($path:literal,)+) => { &[$(($path, include_str!(concat!("../../", $path))),)+] };
}

#[test]
fn no_text_is_missing_in_any_language() {
    assert_no_missing_keys(texts::ALL);
    assert_templates_have_texts(
        texts::ALL,
        sources![
            "templates/home.html",
            "templates/login.html",
            "templates/queue.html",
            "templates/cards.html",
            "templates/head.html",
            "templates/card.html",
            "templates/check.html",
            "templates/result.html",
            "templates/verdict.html",
            "src/show.rs",
            "src/pages/home.rs",
            "src/pages/login.rs",
            "src/pages/queue.rs",
            "src/pages/card.rs",
            "src/pages/check.rs",
            "src/pages/result.rs",
        ],
    );
}

/// Keys that are put together in code.
#[test]
fn no_composed_key_is_missing() {
    let all = Texts::new(texts::ALL).unwrap();
    let checks = [
        CheckId::Structure,
        CheckId::Scope,
        CheckId::Content,
        CheckId::Value,
        CheckId::Timestamp,
        CheckId::Chain,
        CheckId::Validity,
        CheckId::Purpose,
        CheckId::Revocation,
        CheckId::Iin,
    ];
    let mut keys: Vec<String> = checks
        .iter()
        .map(|check| format!("check-{}", check.as_str()))
        .collect();
    for key in [
        "delivery-pending",
        "delivery-done",
        "delivery-parked",
        "sign-error-missing",
        "sign-error-file",
        "sign-error-password",
        "check-error-unanswered",
        "check-error-not-attached",
        "check-error-attached",
        "check-error-required",
        "check-error-ground",
        "check-error-decision",
        "check-error-comment-long",
        "check-error-comment-characters",
        "flash-taken",
        "flash-done",
        "flash-sent",
        "workplace-name",
        "workplace-tagline",
        "nav-queue",
        "nav-cards",
        "nav-login",
    ] {
        keys.push(key.to_owned());
    }
    for problem in [
        "card-decided",
        "task-taken",
        "task-of-others",
        "not-decided",
        "to-be-signed",
        "not-to-be-signed",
    ] {
        for part in ["", "-meaning", "-remedy"] {
            keys.push(format!("problem-{problem}{part}"));
        }
    }
    for lang in Lang::ALL {
        for key in &keys {
            assert!(all.words(lang).has(key), "{lang}: {key}");
        }
    }
}

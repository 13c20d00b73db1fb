//! Policies as data: every line there, no other, none weaker than the default.

use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{
    CheckId, Held, IS_LABORATORY, Level, Nonce, Policy, PolicyError, Rule, RuleOutcome, Sources,
    SubIndication as S, Subject, SubjectKind, checks_table,
};
use qaqpa_xml::{Document, XmlLimits};

use crate::stand::{Judged, Stand, application, examine, judged, noon, run, seconds};

fn refused(text: &str) -> (usize, String) {
    match Policy::parse(text).unwrap_err() {
        PolicyError::Text { line, why } => (line, why),
        other => panic!("{other}"),
    }
}

/// The line of the default that begins like this, from 1.
fn line_of(begin: &str) -> usize {
    let lines = Policy::DEFAULT_TOML.lines();
    let index = lines.clone().position(|line| line.starts_with(begin));
    index.unwrap() + 1
}

#[test]
fn the_embedded_text_is_the_default() {
    assert_eq!(Policy::parse(Policy::DEFAULT_TOML), Ok(Policy::default()));
    assert_eq!(
        Policy::parse(&Policy::default().to_toml()),
        Ok(Policy::default())
    );
    for rule in Rule::ALL {
        assert_eq!(Policy::default().level(*rule), rule.default_level());
    }
}

#[test]
fn a_stricter_policy_reads_back_as_itself() {
    let strict = Policy::default()
        .with_sources(Sources::OcspAndCrl)
        .with_nonce(Nonce::Omitted)
        .with_ocsp_age_max(seconds(60))
        .and_then(|policy| policy.with_skew_max(seconds(0)))
        .and_then(|policy| policy.with_level(Rule::CommentsAbsent, Level::Fail))
        .unwrap();
    assert_eq!(Policy::parse(&strict.to_toml()), Ok(strict));
}

#[test]
fn a_missing_line_is_refused_with_its_table() {
    for rule in Rule::ALL {
        let line = format!("{} = \"{}\"\n", rule.id(), rule.default_level().as_str());
        let without = Policy::DEFAULT_TOML.replacen(&format!("\n{line}"), "\n", 1);
        assert_ne!(without, Policy::DEFAULT_TOML, "{rule}");
        assert_eq!(
            refused(&without),
            (
                line_of("[checks]"),
                format!("[checks] has no line for {:?}", rule.id())
            )
        );
    }
    for begin in ["sources", "nonce", "ocsp_age_max_s", "skew_max_s"] {
        let line = Policy::DEFAULT_TOML
            .lines()
            .nth(line_of(begin) - 1)
            .unwrap();
        let (at, why) = refused(&Policy::DEFAULT_TOML.replacen(line, "", 1));
        assert_eq!(at, line_of("[evidence]"), "{why}");
        assert!(why.contains(begin), "{why}");
    }
}

#[test]
fn an_unknown_line_is_refused_with_its_line() {
    let more = Policy::DEFAULT_TOML.replacen("digest =", "digests = \"fail\"\ndigest =", 1);
    assert_eq!(
        refused(&more),
        (
            line_of("digest"),
            "there is no check \"digests\"".to_owned()
        )
    );
    let more = Policy::DEFAULT_TOML.replacen("nonce =", "patience = 3\nnonce =", 1);
    assert_eq!(refused(&more).0, line_of("nonce"));
    let twice = Policy::DEFAULT_TOML.replacen("digest =", "digest = \"fail\"\ndigest =", 1);
    assert_eq!(refused(&twice).0, line_of("digest") + 1);
    let word = Policy::DEFAULT_TOML.replacen("digest = \"fail\"", "digest = \"strict\"", 1);
    assert_eq!(
        refused(&word),
        (
            line_of("digest"),
            "\"strict\" is not one of fail, warn, inform, ignore".to_owned()
        )
    );
}

#[test]
fn a_setting_that_is_weaker_than_the_default_is_refused_with_its_line() {
    let old = Policy::DEFAULT_TOML.replacen("ocsp_age_max_s = 3600", "ocsp_age_max_s = 3601", 1);
    assert_eq!(
        refused(&old),
        (
            line_of("ocsp_age_max_s"),
            "may not be more than 3600 s".to_owned()
        )
    );
}

#[test]
fn a_level_that_is_weaker_than_the_default_is_refused_but_in_a_laboratory() {
    for rule in Rule::ALL {
        for level in [Level::Ignore, Level::Inform, Level::Warn, Level::Fail] {
            let line = |level: Level| format!("\n{} = \"{}\"", rule.id(), level.as_str());
            let text = Policy::DEFAULT_TOML.replacen(&line(rule.default_level()), &line(level), 1);
            let is_taken = match rule.held() {
                Held::Types(_) => level == rule.default_level(),
                Held::Policy => level >= rule.default_level() || IS_LABORATORY,
            };
            match Policy::parse(&text) {
                Ok(policy) => assert!(is_taken && policy.level(*rule) == level, "{rule} {level:?}"),
                Err(PolicyError::Text { line, .. }) => {
                    assert!(!is_taken, "{rule} {level:?}");
                    assert_eq!(line, line_of(&format!("{} =", rule.id())));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn comments_in_what_was_signed_are_a_remark_and_a_stricter_policy_refuses_them() {
    let stand = Stand::new();
    let signed = stand
        .signed(&application())
        .replacen("Тараз", "Тар<!-- -->аз", 1);
    let (verdict, _) = examine(&stand, &signed);
    assert_eq!(judged(&verdict), Judged::Passed);
    let outcome = |verdict: &qaqpa_verdict::Verdict| {
        let rules = &verdict.check(CheckId::Structure).unwrap().rules;
        let comments = rules.iter().find(|rule| rule.id == Rule::CommentsAbsent);
        comments.unwrap().outcome
    };
    assert_eq!(outcome(&verdict), RuleOutcome::Informed);
    assert!(verdict.to_text().contains("remark: comments-absent"));
    let (plain, _) = examine(&stand, &stand.signed(&application()));
    assert_eq!(outcome(&plain), RuleOutcome::Passed);

    let strict = Policy::default()
        .with_level(Rule::CommentsAbsent, Level::Fail)
        .unwrap();
    let document = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
    let subject = Subject::Document(&document);
    let (verdict, proven, _) = run(subject, &stand.known(), &strict, noon(), |need| {
        stand.all_good(need)
    });
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::SignatureScope, S::SigConstraintsFailure)
    );
    assert!(proven.is_none());
    assert_eq!(outcome(&verdict), RuleOutcome::Failed);
}

#[test]
fn a_verdict_tells_every_check_of_every_question_that_was_asked() {
    let stand = Stand::new();
    let (verdict, _) = examine(&stand, &stand.signed(&application()));
    let told: Vec<_> = verdict
        .checks
        .iter()
        .flat_map(|check| check.rules.iter().map(|rule| rule.id))
        .collect();
    let asked: Vec<_> = Rule::ALL
        .iter()
        .copied()
        .filter(|rule| rule.is_asked_of(SubjectKind::Document))
        .filter(|rule| {
            let id = rule.question();
            !matches!(id, CheckId::Iin | CheckId::Bin | CheckId::Timestamp)
        })
        .collect();
    assert_eq!(told, asked);
    // No list was asked for; no authority says anything of names and policies; the certificate is in force; and nothing of XAdES
    // stands in the signature.
    let idle = [
        Rule::CertificatePolicies,
        Rule::NameConstraints,
        Rule::OcspArchive,
        Rule::PropertiesForm,
        Rule::SigningCertificateNamed,
    ];
    for check in &verdict.checks {
        for rule in &check.rules {
            let is_idle = idle.contains(&rule.id) || rule.id.id().starts_with("crl-");
            let expected = match is_idle {
                true => RuleOutcome::NotAsked,
                false => RuleOutcome::Passed,
            };
            assert_eq!(rule.outcome, expected, "{}", rule.id);
        }
    }
}

#[test]
fn the_page_of_checks_is_written_from_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CHECKS.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    if page != checks_table() && std::env::var_os("QAQPA_WRITE_DOCS").is_some() {
        std::fs::write(path, checks_table()).unwrap();
        return;
    }
    assert_eq!(
        page,
        checks_table(),
        "write it anew: QAQPA_WRITE_DOCS=1 cargo test -p qaqpa-verdict the_page_of_checks"
    );
}

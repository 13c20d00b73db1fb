//! Three reports from one verdict, in three languages; the ETSI report; the drawing of the signed scope; the page.

use std::collections::BTreeSet;

use qaqpa_model::{Lang, RefusalLabel};
use qaqpa_verdict::report::{self, Kind, Overlay};
use qaqpa_verdict::{
    Capsule, DigestCause, Matter, Outcome, Policy, Received, RuleOutcome, Subject, SubjectKind,
    Verdict, diagnose,
};
use qaqpa_xml::{Document, XmlError, XmlLimits};
use qaqpa_xmldsig::{Bounds, Ledger, Signer, Work, find_enveloped, sign_by_id};

use crate::stand::{IIN, SEED, Stand, application, examine, in_force_by, keys, noon, run};

fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap()
}

fn passed() -> Verdict {
    let stand = Stand::new();
    examine(&stand, &stand.signed(&application())).0
}

/// The content was re-indented on its way.
fn reindented(stand: &Stand) -> String {
    stand
        .signed(&application())
        .replace("<channel>", "\n  <channel>")
}

fn diagnosed(xml: &str) -> Verdict {
    let stand = Stand::new();
    let (verdict, _) = examine(&stand, xml);
    let document = parse(xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    verdict.with_diagnosis(diagnose(&found, &mut Work::default()))
}

fn undecided() -> Verdict {
    let stand = Stand::new();
    let document = parse(&stand.signed(&application()));
    let (verdict, ..) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |_| Received::unavailable("status 503", noon()),
    );
    verdict
}

pub(crate) fn not_xml() -> Verdict {
    let error = Document::parse(b"<a>", &XmlLimits::default()).unwrap_err();
    of_error(&error)
}

fn of_error(error: &XmlError) -> Verdict {
    let kind = SubjectKind::Document;
    let subject = Subject::NotXml {
        kind,
        bytes: b"<a>",
        error,
    };
    run(
        subject,
        &Stand::new().known(),
        &Policy::default(),
        noon(),
        |_| unreachable!("nothing is asked about bytes"),
    )
    .0
}

/// One of each kind.
pub(crate) fn verdicts() -> Vec<(&'static str, Verdict)> {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    vec![
        ("passed", passed()),
        ("missing", examine(&stand, &application()).0),
        ("changed", diagnosed(&signed.replace("Тараз", "Шу"))),
        ("reindented", diagnosed(&reindented(&stand))),
        ("undecided", undecided()),
        ("not-xml", not_xml()),
        ("consumed", consumed(&signed)),
    ]
}

/// A verdict with what a reader of the address alone read.
fn consumed(xml: &str) -> Verdict {
    let stand = Stand::new();
    let document = parse(xml);
    let (verdict, proven, _) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| stand.all_good(need),
    );
    let ledger = Ledger::default();
    let covered = proven.unwrap().covered.noted_in(&ledger);
    let form = covered.root().children().find(|e| e.name() == "form");
    let field = form.unwrap().children().next().unwrap();
    assert_eq!(field.attribute(None, "name"), Some("address"));
    verdict.with_consumed(&covered)
}

#[test]
fn the_simple_report_says_who_when_why_and_what_to_do_in_three_languages() {
    let passed = report::simple(&passed(), Lang::Kk);
    assert_eq!(passed.verdict, "Қолтаңба жарамды");
    let signer = passed.signer.unwrap();
    assert_eq!((signer.name.as_str(), signer.proven), ("ТЕСТОВ ТЕСТ", true));
    assert_eq!(signer.iin.as_deref(), Some("93********25"));
    assert_eq!(passed.judged_at, noon());
    assert_eq!((passed.reasons.len(), passed.remedies.len()), (0, 0));
    let changed = diagnosed(&reindented(&Stand::new()));
    for (lang, verdict, reason, remedy) in [
        (
            Lang::Kk,
            "Қолтаңба жарамсыз",
            "Құжаттың мазмұны қол қойылғаннан кейін өзгертілген.",
            "Қол қойылған XML-ді әдемілеп пішімдемеңіз: pretty-print баптауын өшіріңіз.",
        ),
        (
            Lang::Ru,
            "Подпись недействительна",
            "Содержание документа изменено после подписания.",
            "Не форматируйте подписанный XML: отключите pretty-print.",
        ),
        (
            Lang::En,
            "The signature is not valid",
            "The content was changed after it was signed.",
            "Do not format the signed XML: switch pretty-printing off.",
        ),
    ] {
        let simple = report::simple(&changed, lang);
        assert_eq!(simple.verdict, verdict);
        assert_eq!(simple.reasons[0], reason);
        assert_eq!(simple.reasons.len(), 2, "the label's reason and the cause");
        assert_eq!(simple.remedies, [remedy]);
        assert!(!simple.signer.unwrap().proven);
        let text = report::text(Kind::Simple, std::slice::from_ref(&changed), lang);
        assert!(text.contains(verdict), "{text}");
        assert!(text.contains("[content-changed]"), "{text}");
        assert!(text.contains("TOTAL-FAILED / HASH_FAILURE"), "{text}");
    }
    // Nothing is known about the signer of bytes that are no document.
    let simple = report::simple(&not_xml(), Lang::En);
    assert_eq!(simple.signer, None);
    assert_eq!(simple.reasons, ["The document is not well-formed XML 1.0."]);
}

#[test]
fn the_detailed_report_has_every_check_with_its_clause_its_evidence_and_its_rules() {
    let verdict = passed();
    let detailed = report::detailed(&verdict, Lang::Ru);
    let ids: Vec<_> = detailed.checks.iter().map(|check| check.id).collect();
    let asked: Vec<_> = verdict.checks.iter().map(|check| check.id).collect();
    assert_eq!(ids, asked);
    for check in &detailed.checks {
        assert_eq!(
            (check.outcome, check.answer.as_str()),
            (Outcome::Pass, "да")
        );
        assert!(check.question.ends_with('?') && !check.clause.is_empty());
        assert!(!check.evidence.is_empty(), "{:?}", check.id);
        assert!(!check.rules.is_empty(), "{:?}", check.id);
        assert!(check.rules.iter().all(|rule| !rule.clause.is_empty()));
    }
    let evidence = |id: &str| {
        let mut checks = detailed.checks.iter();
        let check = checks.find(|check| check.id.as_str() == id).unwrap();
        check
            .evidence
            .iter()
            .map(|note| note.digest.clone())
            .collect::<Vec<_>>()
    };
    let scope = verdict.scope.as_ref().unwrap();
    assert_eq!(
        evidence("content"),
        [scope.references[0].digest_value.clone()]
    );
    assert_eq!(evidence("value"), [Some(scope.value_sha256.clone())]);
    let path: Vec<_> = verdict
        .path
        .iter()
        .map(|c| Some(c.sha256.clone()))
        .collect();
    assert_eq!(evidence("chain"), path);
    let fed: Vec<_> = verdict
        .evidence
        .iter()
        .map(|item| item.sha256.clone())
        .collect();
    assert_eq!(evidence("revocation"), fed);
    // What was not asked has no evidence, and says so.
    let missing = report::detailed(&verdicts()[1].1, Lang::Kk);
    let scope = &missing.checks[1];
    assert_eq!(
        (scope.outcome, scope.answer.as_str()),
        (Outcome::NotAsked, "сұралмады")
    );
    assert_eq!(scope.evidence, []);
}

/// The facts say what was found; whoever judges by other rules may come to another verdict by them.
#[test]
fn the_facts_are_the_same_whatever_the_verdict() {
    let stand = Stand::new();
    let document = parse(&stand.signed(&application()));
    let good = report::facts(&passed());
    let signature = good.signature.as_ref().unwrap();
    assert_eq!(signature.references.len(), 1);
    assert!(signature.signed_octets_sha256.is_some());
    assert_eq!(good.certificates.len(), 3);
    assert_eq!(good.evidence.len(), 2);
    // Judged after the certificate's end: another verdict, the same facts about the document.
    let late = noon().plus(crate::stand::days(300));
    let (expired, ..) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        late,
        |need| stand.all_good(need),
    );
    assert!(!expired.is_passed());
    let found = report::facts(&expired);
    assert_eq!(found.signature, good.signature);
    assert_eq!(found.signer, good.signer);
    assert_eq!(found.at, late);
    let json = report::json(Kind::Facts, &[expired], Lang::En);
    for word in ["TOTAL-", "INDETERMINATE", "outcome", "label", "standing"] {
        assert!(!json.contains(word), "{word}");
    }
}

#[test]
fn several_signatures_have_an_entry_each_and_the_worst_decides() {
    let both = [passed(), undecided()];
    let json: serde_json::Value =
        serde_json::from_str(&report::json(Kind::Simple, &both, Lang::En)).unwrap();
    assert_eq!(json["indication"], "INDETERMINATE");
    assert_eq!(json["signatures"][0]["indication"], "TOTAL-PASSED");
    assert_eq!(json["signatures"][1]["label"], "revocation-unknown");
    let text = report::text(Kind::Simple, &both, Lang::Ru);
    assert!(text.starts_with("Подпись 1 / 2\n"), "{text}");
    assert!(text.contains("\nПодпись 2 / 2\n"), "{text}");
}

#[test]
fn the_cause_of_a_digest_that_differs_is_told_with_the_octets() {
    let verdict = diagnosed(&reindented(&Stand::new()));
    let diagnosis = verdict.diagnosis.as_ref().unwrap();
    assert_eq!(diagnosis.causes, [DigestCause::Reindented]);
    assert_eq!((diagnosis.reference, diagnosis.uri.as_str()), (1, ""));
    assert_ne!(diagnosis.claimed, diagnosis.computed);
    let place = diagnosis.first_difference.unwrap();
    assert!(place < diagnosis.octets);
    assert!(diagnosis.canonical.contains("\n  <channel>"));
    assert!(
        diagnosis
            .signed
            .as_ref()
            .unwrap()
            .contains("</service><channel>")
    );
    let text = report::text(Kind::Detailed, std::slice::from_ref(&verdict), Lang::En);
    assert!(
        text.contains("reindented: White space between elements"),
        "{text}"
    );
    assert!(text.contains(&diagnosis.computed), "{text}");
    // Other content has no cause; the octets are told all the same, and no personal number is in them.
    let other = diagnosed(&Stand::new().signed(&application()).replace("Тараз", "Шу"));
    let diagnosis = other.diagnosis.as_ref().unwrap();
    assert_eq!(
        (diagnosis.causes.as_slice(), diagnosis.first_difference),
        (&[][..], None)
    );
    assert_eq!(diagnosis.signed, None);
    assert!(diagnosis.canonical.starts_with("<application"));
    assert_eq!(passed().diagnosis, None);
    // It is stored with the verdict.
    assert_eq!(
        Verdict::from_json(&other.to_json()).unwrap().diagnosis,
        other.diagnosis
    );
}

#[test]
fn what_the_consumer_read_stands_in_the_verdict_with_its_reference_and_in_the_drawing() {
    let xml = Stand::new().signed(&application());
    let verdict = consumed(&xml);
    let read: Vec<_> = verdict
        .consumed
        .iter()
        .map(|e| (e.path.as_str(), e.reference))
        .collect();
    assert_eq!(read, [("/application/form/field", 1)]);
    assert_eq!(
        Verdict::from_json(&verdict.to_json()).unwrap().consumed,
        verdict.consumed
    );
    let text = overlay(&xml, &verdict).text(Lang::En);
    let lines: Vec<_> = text.lines().skip(2).map(str::trim_end).collect();
    assert_eq!(
        lines[..9],
        [
            "1  application version=\"1\"",
            "1    applicationId: a-1",
            "1    service: guardianship-certificate@zhambyl-2019-23",
            "1    channel: portal",
            "1    submitter",
            "1      iin: 93********25",
            "1    form",
            "1=     field name=\"address\": Тараз қ., Төле би к-сі, 1",
            "s    ds:Signature",
        ],
        "{text}"
    );
    assert!(text.contains("Elements read: 1"), "{text}");
    assert!(text.contains("Elements not covered: 0"), "{text}");
}

fn overlay(xml: &str, verdict: &Verdict) -> Overlay {
    let document = parse(xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    Overlay::draw(&document, &[(&found, verdict)])
}

#[test]
fn what_a_signature_refers_to_and_does_not_prove_is_drawn_as_that() {
    let xml = Stand::new().signed(&application()).replace("Тараз", "Шу");
    let (verdict, _) = examine(&Stand::new(), &xml);
    let drawn = overlay(&xml, &verdict);
    assert_eq!((drawn.covered, drawn.consumed), (0, 0));
    let text = drawn.text(Lang::Ru);
    assert!(
        text.contains("(1)      field name=\"address\": Шу қ."),
        "{text}"
    );
    assert!(
        text.contains("  (1) ссылка указывает, но не доказано"),
        "{text}"
    );
}

/// What no reference covers can be read by nobody: the request fails, nothing is consumed, and the drawing shows it bare.
#[test]
fn an_element_that_nothing_covers_fails_the_request_and_is_drawn_as_that() {
    let stand = Stand::new();
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let part = "<batch><part Id=\"p1\"><iin>061211600012</iin></part></batch>";
    let limits = XmlLimits::default();
    let signed = sign_by_id(part.as_bytes(), "p1", &signer, &limits).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let evil = format!("<batch><part><iin>{IIN}</iin></part>");
    let document = parse(&signed.replacen("<batch>", &evil, 1));
    let (verdict, proven, _) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |_| unreachable!("nothing is asked about a signature that covers something else"),
    );
    assert_eq!(verdict.label, Some(RefusalLabel::SignatureScope));
    assert!(proven.is_none());
    assert_eq!(verdict.consumed, []);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let drawn = Overlay::draw(&document, &[(&found, &verdict)]);
    assert_eq!((drawn.covered, drawn.unproven, drawn.uncovered), (0, 2, 3));
    assert_eq!(drawn.consumed, 0);
    let text = drawn.text(Lang::En);
    let lines: Vec<_> = text.lines().skip(2).take(5).collect();
    assert_eq!(
        lines,
        [
            "  \u{b7}  batch",
            "  \u{b7}    part",
            "  \u{b7}      iin: 93********25",
            "(1)    part Id=\"p1\"",
            "(1)      iin: 06********12",
        ]
    );
}

#[test]
fn long_texts_are_shortened_and_numbers_masked_in_the_drawing_even_where_the_cut_goes_through_one()
{
    for before in 0..90 {
        let text = format!("{}{IIN}", "а".repeat(before));
        let xml = Stand::new().signed(&application().replace("Тараз", &text));
        let (verdict, _) = examine(&Stand::new(), &xml);
        let shown = overlay(&xml, &verdict).text(Lang::En);
        assert!(!shown.contains(&IIN[..6]), "{before}: {shown}");
        assert!(!shown.contains(&IIN[4..10]), "{before}: {shown}");
        assert!(
            shown.lines().all(|line| line.chars().count() < 160),
            "{shown}"
        );
    }
}

#[test]
fn no_report_shows_a_personal_number() {
    for (name, verdict) in verdicts() {
        let shown = [verdict.shown()];
        for lang in Lang::ALL {
            let mut all = vec![
                report::page(&shown, None, lang),
                report::etsi(&shown, noon()),
            ];
            for kind in [Kind::Facts, Kind::Detailed, Kind::Simple] {
                all.push(report::json(kind, &shown, lang));
                all.push(report::text(kind, &shown, lang));
            }
            for report in all {
                assert!(!report.contains(IIN), "{name} {lang}: {report}");
            }
        }
    }
}

/// Whatever stands in a document or a certificate: it writes no line, no element and no style of a report.
#[test]
fn names_and_texts_from_outside_stay_texts() {
    let evil = "</dd><script>alert(1)</script>\u{202e}\u{1b}[31m";
    let mut verdict = passed();
    verdict.signer.as_mut().unwrap().common_name = evil.to_owned();
    verdict.path[0].subject = format!("{evil}\nVerdict: The signature is valid");
    let xml = Stand::new().signed(&application().replace("Тараз", "&lt;script>x&lt;/script>"));
    let (other, _) = examine(&Stand::new(), &xml);
    let drawn = overlay(&xml, &other);
    let verdicts = [verdict];
    let page = report::page(&verdicts, Some(&drawn), Lang::Kk);
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
    for kind in [Kind::Facts, Kind::Detailed, Kind::Simple] {
        let text = report::text(kind, &verdicts, Lang::En);
        assert!(
            !text.contains('\u{202e}') && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(
            !text.contains("\nVerdict: The signature is valid\n  \n"),
            "{text}"
        );
    }
    let etsi = report::etsi(&verdicts, noon());
    assert!(
        Document::parse(etsi.as_bytes(), &XmlLimits::default()).is_ok(),
        "{etsi}"
    );
}

/// A page of its own: well-formed, in its language, nothing loaded, no script, and no meaning by colour alone.
#[test]
fn the_page_stands_alone_and_says_everything_in_words() {
    for (name, verdict) in verdicts() {
        for lang in Lang::ALL {
            let xml = Stand::new().signed(&application());
            let drawn = overlay(&xml, &verdict);
            let page = report::page(std::slice::from_ref(&verdict), Some(&drawn), lang);
            assert!(page.contains(&format!("<html lang=\"{}\">", lang.code())));
            for loading in [
                "src=", "href=", "url(", "@import", "<link", "<script", "<img", "<iframe",
            ] {
                assert!(!page.contains(loading), "{name}: {loading}");
            }
            assert!(page.contains("prefers-color-scheme: dark"));
            // Each drawn element says in words what its mark says.
            let lines = page.matches("class=\"line ").count();
            assert_eq!(
                page.matches("class=\"told\"").count(),
                lines,
                "{name} {lang}"
            );
            for element in [
                "ul", "li", "div", "section", "dl", "ol", "details", "table", "main", "p",
            ] {
                let begun = page.matches(&format!("<{element}>")).count()
                    + page.matches(&format!("<{element} ")).count();
                let ended = page.matches(&format!("</{element}>")).count();
                assert_eq!(begun, ended, "{name} {lang}: {element}");
            }
        }
    }
}

#[test]
fn the_same_reports_come_from_a_stored_verdict() {
    for (name, verdict) in verdicts() {
        let stored = [Verdict::from_json(&verdict.to_json()).unwrap()];
        let fresh = [verdict];
        for lang in Lang::ALL {
            for kind in [Kind::Facts, Kind::Detailed, Kind::Simple] {
                assert_eq!(
                    report::json(kind, &stored, lang),
                    report::json(kind, &fresh, lang),
                    "{name}"
                );
                assert_eq!(
                    report::text(kind, &stored, lang),
                    report::text(kind, &fresh, lang),
                    "{name}"
                );
            }
        }
        assert_eq!(
            report::etsi(&stored, noon()),
            report::etsi(&fresh, noon()),
            "{name}"
        );
    }
}

#[test]
fn a_warning_of_a_rule_and_the_trust_of_a_capsule_are_remarked() {
    let stand = Stand::new();
    let xml = stand.signed(&application()).into_bytes();
    let capsule = Capsule::new(Matter::Document(xml), stand.known(), noon(), SEED)
        .fed_by(|need| in_force_by(&stand, need));
    let simple = report::simple(&capsule.judge(), Lang::En);
    assert!(
        simple
            .remarks
            .iter()
            .any(|remark| remark.contains("capsule")),
        "{simple:?}"
    );
    let trusted = report::simple(&capsule.judge_trusting(&stand.known().anchors), Lang::En);
    assert_eq!(trusted.remarks, Vec::<String>::new());
    let mut warned = passed();
    warned.checks[0].rules[0].outcome = RuleOutcome::Warned;
    warned.checks[0].rules[0].why = Some("something".to_owned());
    let simple = report::simple(&warned, Lang::En);
    assert_eq!(simple.remarks.len(), 1);
    assert!(simple.remarks[0].starts_with("warning: "), "{simple:?}");
}

#[test]
fn every_question_is_asked_in_its_own_words() {
    let verdict = passed();
    for lang in Lang::ALL {
        let detailed = report::detailed(&verdict, lang);
        let questions: BTreeSet<_> = detailed.checks.iter().map(|c| &c.question).collect();
        assert_eq!(questions.len(), detailed.checks.len());
    }
}

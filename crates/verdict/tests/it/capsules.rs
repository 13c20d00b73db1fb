//! A capsule is judged again anywhere, to the same byte, and says whom it believed.

use qaqpa_model::{Bin, Limits, RefusalLabel as L};
use qaqpa_verdict::{
    Capsule, CapsuleError, CapsuleGap, CheckId, Matter, NoShelf, Nonce, Policy, Received,
    SubIndication as S, Subject, TrustSource, Verdict,
};
use qaqpa_x509::TrustAnchors;
use qaqpa_xml::{Document, XmlLimits};

use crate::stand::{
    Answer, IIN, Judged, OTHER_IIN, SEED, Stand, application, examine, iin, in_force_by, judged,
    noon, run, seconds,
};

fn capsule_of(stand: &Stand, matter: Matter) -> Capsule {
    Capsule::new(matter, stand.known(), noon(), SEED).fed_by(|need| in_force_by(stand, need))
}

fn signed(stand: &Stand) -> Matter {
    Matter::Document(stand.signed(&application()).into_bytes())
}

#[test]
fn a_capsule_gives_the_report_of_the_examination_byte_for_byte() {
    let stand = Stand::new();
    let xml = stand.signed(&application());
    let (verdict, _) = examine(&stand, &xml);
    let recorded = Capsule::record(
        Matter::Document(xml.into_bytes()),
        &stand.known(),
        &Policy::default(),
        &Limits::default(),
        &verdict,
        &NoShelf,
    )
    .unwrap();
    let read = Capsule::parse(recorded.to_json().as_bytes()).unwrap();
    assert_eq!(read.to_json(), recorded.to_json());
    let again = read.judge_trusting(&stand.known().anchors);
    assert_eq!(again.to_json(), verdict.to_json());
    assert_eq!(again.to_text(), verdict.to_text());
    assert_eq!(judged(&again), Judged::Passed);
}

/// Whoever reads the document on reads it within the recorder's limits, and comes to the same.
#[test]
fn a_capsule_carries_every_limit_that_reading_its_document_hangs_on() {
    let stand = Stand::new();
    let xml = stand.signed(&application());
    let (verdict, _) = examine(&stand, &xml);
    let limits = Limits {
        attachment_bytes_max: 40 * 1024 * 1024,
        attachments_max: 3,
        ..Limits::default()
    };
    let matter = Matter::Document(xml.into_bytes());
    let (known, policy) = (stand.known(), Policy::default());
    let recorded = Capsule::record(matter, &known, &policy, &limits, &verdict, &NoShelf).unwrap();
    let json = recorded.to_json();
    assert_eq!(Capsule::parse(json.as_bytes()).unwrap().limits(), &limits);
    let of_before = json
        .replacen(",\n    \"attachment_bytes_max\": 41943040", "", 1)
        .replacen(",\n    \"attachments_max\": 3", "", 1);
    assert!(!of_before.contains("attachment"), "{of_before}");
    let read = Capsule::parse(of_before.as_bytes()).unwrap();
    assert_eq!(read.limits(), &Limits::default());
}

#[test]
fn a_verdict_by_the_capsules_own_anchors_says_so() {
    let stand = Stand::new();
    let verdict = capsule_of(&stand, signed(&stand)).judge();
    assert_eq!(judged(&verdict), Judged::Passed);
    assert_eq!(verdict.trust, TrustSource::Capsule);
    assert!(
        verdict
            .to_text()
            .contains("trust: the capsule's own anchors"),
        "{}",
        verdict.to_text()
    );
    assert!(verdict.to_json().contains("\"trust\": \"capsule\""));
}

#[test]
fn a_readers_own_anchors_overrule_those_of_the_capsule() {
    let stand = Stand::new();
    let capsule = capsule_of(&stand, signed(&stand));
    let verdict = capsule.judge_trusting(&TrustAnchors::default());
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::IssuerUntrusted, S::NoCertificateChainFound)
    );
    assert_eq!(verdict.trust, TrustSource::Examiner);
}

#[test]
fn bytes_that_are_no_xml_have_a_verdict_too() {
    let stand = Stand::new();
    for (bytes, label) in [
        (&b""[..], L::XmlMalformed),
        (b"{}", L::XmlMalformed),
        (b"\xff\xfe<\x00a\x00", L::XmlMalformed),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", L::DtdRefused),
    ] {
        for matter in [
            Matter::Document(bytes.to_vec()),
            Matter::Transport(bytes.to_vec()),
        ] {
            let verdict = capsule_of(&stand, matter).judge();
            assert_eq!(
                judged(&verdict),
                Judged::Refused(label, S::FormatFailure),
                "{}",
                verdict.to_text()
            );
        }
    }
}

#[test]
fn the_submitter_the_policy_and_a_certificate_alone_are_kept() {
    let stand = Stand::new();
    let alone = Matter::Certificate {
        certificate_der: stand.citizen.der().to_vec(),
        pool_der: vec![stand.issuing.der().to_vec()],
    };
    let policy = Policy::default()
        .with_nonce(Nonce::Omitted)
        .with_ocsp_age_max(seconds(60))
        .unwrap();
    for (submitter, expected) in [
        (IIN, Judged::Passed),
        (OTHER_IIN, Judged::Refused(L::IinMismatch, S::IinMismatch)),
    ] {
        let capsule = Capsule::new(alone.clone(), stand.known(), noon(), SEED)
            .with_policy(policy)
            .with_submitter(iin(submitter))
            .fed_by(|need| in_force_by(&stand, need));
        let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
        assert_eq!(judged(&read.judge()), expected);
        assert_eq!(read.judge().to_json(), capsule.judge().to_json());
    }
}

/// Recorded without its last question, a capsule would say yes where its verdict said no.
#[test]
fn a_recorded_capsule_asks_the_questions_of_its_verdict() {
    let stand = Stand::new();
    let xml = stand.signed(&application());
    let (verdict, _) = examine(&stand, &xml);
    let recorded = |verdict: &Verdict| {
        let matter = Matter::Document(xml.clone().into_bytes());
        let (policy, limits) = (Policy::default(), Limits::default());
        Capsule::record(matter, &stand.known(), &policy, &limits, verdict, &NoShelf)
    };
    let recorded_again = |verdict: &Verdict| {
        let capsule = recorded(verdict).unwrap();
        let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
        read.judge_trusting(&stand.known().anchors)
    };
    let organisation = Bin::parse("990140000017").unwrap();
    let same = verdict.clone().with_submitter(&iin(IIN));
    let other = verdict.clone().with_submitter(&iin(OTHER_IIN));
    let nobody = verdict.clone().with_organisation(&organisation);
    let both = verdict
        .with_submitter(&iin(IIN))
        .with_organisation(&organisation);
    let (iin_question, bin_question) = (CheckId::Iin, CheckId::Bin);
    for (verdict, expected, question) in [
        (&same, Judged::Passed, iin_question),
        (
            &other,
            Judged::Refused(L::IinMismatch, S::IinMismatch),
            iin_question,
        ),
        (
            &nobody,
            Judged::Refused(L::BinMismatch, S::BinMismatch),
            bin_question,
        ),
        (
            &both,
            Judged::Refused(L::BinMismatch, S::BinMismatch),
            iin_question,
        ),
    ] {
        assert_eq!(judged(verdict), expected);
        assert_eq!(recorded_again(verdict).to_json(), verdict.to_json());
        // In storage, whom the question was about is masked.
        let stored = Verdict::from_json(&verdict.to_json()).unwrap();
        let gap = recorded(&stored).unwrap_err();
        assert_eq!(gap, CapsuleGap::Forgotten { question });
    }
    // Of two submitters, the one that decided.
    let first = same.with_submitter(&iin(OTHER_IIN));
    let second = other.with_submitter(&iin(IIN));
    for verdict in [&first, &second] {
        assert_eq!(
            judged(&recorded_again(verdict)),
            Judged::Refused(L::IinMismatch, S::IinMismatch)
        );
    }
}

/// What was not asked need not be asked again: the capsule of a stored "revoked" says "revoked".
#[test]
fn a_question_that_was_not_reached_leaves_no_gap_in_a_stored_verdicts_capsule() {
    let stand = Stand::new();
    let xml = stand.signed(&application());
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let (policy, limits) = (Policy::default(), Limits::default());
    let (verdict, ..) = run(
        Subject::Document(&document),
        &stand.known(),
        &policy,
        noon(),
        |need| {
            let revoked = Answer::revoked(noon().minus(seconds(60)), None);
            Received::bytes(stand.ocsp(need, &revoked), noon())
        },
    );
    let asked = verdict.with_submitter(&iin(OTHER_IIN));
    let revoked = Judged::Refused(L::CertificateRevoked, S::Revoked);
    assert_eq!(judged(&asked), revoked);
    let stored = Verdict::from_json(&asked.to_json()).unwrap();
    let matter = Matter::Document(xml.into_bytes());
    let capsule = Capsule::record(matter, &stand.known(), &policy, &limits, &stored, &NoShelf);
    let again = capsule.unwrap().judge_trusting(&stand.known().anchors);
    assert_eq!(judged(&again), revoked);
}

/// Three-valued answers never become yes by accident.
#[test]
fn a_question_about_a_stored_verdict_is_undecided_and_no_pass() {
    let stand = Stand::new();
    let (verdict, _) = examine(&stand, &stand.signed(&application()));
    let stored = || Verdict::from_json(&verdict.to_json()).unwrap();
    let organisation = Bin::parse("990140000017").unwrap();
    assert_eq!(judged(&stored()), Judged::Passed);
    assert_eq!(
        judged(&stored().with_submitter(&iin(IIN))),
        Judged::Refused(L::IinMismatch, S::TryLater)
    );
    for asked in [
        stored().with_organisation(&organisation),
        stored().with_no_organisation(),
        stored().with_role("head"),
    ] {
        assert_eq!(judged(&asked), Judged::Refused(L::BinMismatch, S::TryLater));
    }
    assert_eq!(judged(&stored().with_unasked()), Judged::Passed);
}

#[test]
fn evidence_that_was_not_fed_could_not_be_had() {
    let stand = Stand::new();
    let capsule = Capsule::new(signed(&stand), stand.known(), noon(), SEED);
    let undecided = Judged::Refused(L::RevocationUnknown, S::TryLater);
    assert_eq!(judged(&capsule.judge()), undecided);
    let down = capsule.fed_by(|_| Received::unavailable("status 503", noon()));
    assert_eq!(judged(&down.judge()), undecided);
    assert!(down.judge().to_text().contains("status 503"));
}

#[test]
fn what_is_no_capsule_is_refused_with_the_field() {
    let stand = Stand::new();
    let json = capsule_of(&stand, signed(&stand)).to_json();
    let table = [
        ("\"qaqpa-capsule/1\"", "\"qaqpa-capsule/2\"", "format"),
        ("\"content\": \"", "\"content\": \"!", "subject.content"),
        (
            "\"trust\": [\n    \"",
            "\"trust\": [\n    \"AAAA",
            "trust[0]",
        ),
        ("\"seed\": \"07", "\"seed\": \"", "seed"),
        ("\"policy\": null", "\"policy\": \"version = 2\"", "policy"),
        (
            "\"references_max\": 8",
            "\"references_max\": 129",
            "limits.references_max",
        ),
        (
            "\"attachments_max\": 16",
            "\"attachments_max\": 257",
            "limits.attachments_max",
        ),
        (
            "\"submitter\": null",
            "\"submitter\": \"931002451326\"",
            "submitter",
        ),
        ("\"bytes\": \"", "\"bytes\": \"=", "evidence[0].bytes"),
    ];
    for (from, to, name) in table {
        let bent = json.replacen(from, to, 1);
        assert_ne!(bent, json, "{from}");
        let error = Capsule::parse(bent.as_bytes()).unwrap_err();
        let CapsuleError::Field { field: at, .. } = &error else {
            panic!("{from}: {error}");
        };
        assert_eq!(*at, *name, "{error}");
    }
    for bent in [
        json.replacen("\"evidence\"", "\"evidences\"", 1),
        json.replacen("\"submitter\": null,", "", 1),
        json.replacen("\"document\"", "\"letter\"", 1),
        String::new(),
    ] {
        assert!(
            matches!(
                Capsule::parse(bent.as_bytes()),
                Err(CapsuleError::Shape { .. })
            ),
            "{bent}"
        );
    }
}

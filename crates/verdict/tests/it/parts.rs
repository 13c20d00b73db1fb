//! A signature about a part of a file: what it does not cover is nobody's word, and every report says so.

use qaqpa_model::{Lang, Limits, Moment, RefusalLabel as L};
use qaqpa_verdict::report::{self, Kind, Overlay};
use qaqpa_verdict::{
    Capsule, Indication, JudgedAs, Matter, Signatures, SubIndication as S, SubjectKind,
    TrustSource, Verdict,
};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, Options, Profile, Signer, WsseKeyInfo, find_all, sign_by_id_with, sign_detached,
    sign_enveloped_with, sign_wsse,
};

use crate::stamped;
use crate::stand::{Judged, SEED, Stand, days, in_force_by, judged, keys, noon};

const ONE: &str = "<m><a Id=\"a1\">one</a></m>";
const TWO: &str = "<m><a Id=\"a1\">one</a><b Id=\"b1\">two</b></m>";

fn signer(stand: &Stand) -> Signer<'_> {
    Signer::of(&keys().citizen, stand.citizen.der())
}

fn by_id(stand: &Stand) -> String {
    let limits = XmlLimits::default();
    let options = Options::default();
    let signed = sign_by_id_with(ONE.as_bytes(), "a1", &signer(stand), &options, &limits);
    String::from_utf8(signed.unwrap()).unwrap()
}

fn detached(stand: &Stand) -> String {
    let limits = XmlLimits::default();
    let signed = sign_detached(TWO.as_bytes(), &signer(stand), &Options::default(), &limits);
    String::from_utf8(signed.unwrap()).unwrap()
}

fn file(bytes: impl Into<Vec<u8>>) -> Matter {
    Matter::of_file(bytes.into(), None, &Limits::default())
}

fn capsule(stand: &Stand, matter: Matter) -> Capsule {
    Capsule::new(matter, stand.known(), noon(), SEED).fed_by(|need| in_force_by(stand, need))
}

/// By the examiner's own anchors.
fn verdicts(stand: &Stand, matter: Matter) -> Vec<Verdict> {
    capsule(stand, matter).judge_each_trusting(&stand.known().anchors)
}

fn told(stand: &Stand, matter: Matter) -> Vec<Judged> {
    verdicts(stand, matter).iter().map(judged).collect()
}

#[test]
fn a_root_that_says_something_itself_is_not_passed_over_unless_only_the_part_is_asked_for() {
    let stand = Stand::new();
    let scope = || vec![Judged::Refused(L::SignatureScope, S::SignedScopeMismatch)];
    for (signed, profile) in [
        (by_id(&stand), Profile::ById),
        (detached(&stand), Profile::Detached),
    ] {
        assert_eq!(told(&stand, file(signed.clone())), [Judged::Passed]);
        for (mark, dressed) in [
            ("<m>", "<m status=\"granted\">"),
            ("<m>", "<m Id=\"m1\" state=\"1\">"),
            ("<m>", "<m>unsigned text"),
            ("</m>", "<![CDATA[granted]]></m>"),
        ] {
            let dressed = signed.replace(mark, dressed);
            assert_eq!(told(&stand, file(dressed.clone())), scope(), "{dressed}");
            let asked = Matter::Signatures {
                document: dressed.into_bytes(),
                profile,
            };
            assert_eq!(told(&stand, asked), [Judged::Passed]);
        }
        // What says nothing is no reason: white space, comments and Ids.
        let mute = signed.replace("<m>", "<m Id=\"m1\">\n  <!-- mute -->");
        assert_eq!(told(&stand, file(mute)), [Judged::Passed]);
    }
    let beside = by_id(&stand).replace("</m>", "<evil/></m>");
    assert_eq!(told(&stand, file(beside)), scope());
}

#[test]
fn two_signatures_in_a_header_are_refused_as_whoever_reads_the_envelope_refuses_them() {
    let stand = Stand::new();
    let envelope = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><a/></soap:Body></soap:Envelope>";
    let limits = XmlLimits::default();
    let form = WsseKeyInfo::KeyIdentifier;
    let signed = sign_wsse(envelope.as_bytes(), &signer(&stand), form, "1", &limits);
    let signed = String::from_utf8(signed.unwrap()).unwrap();
    let from = signed.find("<ds:Signature ").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let one = signed[from..end].to_owned();
    let two = signed.replace(&one, &format!("{one}{one}"));
    assert_eq!(file(two.clone()).kind(), SubjectKind::Transport);
    let refused = Judged::Refused(L::TransportSignatureInvalid, S::SigConstraintsFailure);
    assert_eq!(told(&stand, file(two)), [refused]);
    let [verdict] = &verdicts(&stand, file(signed))[..] else {
        panic!("one signature, one verdict");
    };
    assert!(verdict.is_passed());
    assert_eq!(verdict.profile, Some(JudgedAs::Wsse));
    assert_eq!(verdict.uncovered(), ["/Envelope", "/Envelope/Header"]);
}

#[test]
fn every_report_says_by_which_profile_by_whose_anchors_and_what_is_nobodys_word() {
    let stand = Stand::new();
    let dressed = by_id(&stand).replace("<m>", "<m status=\"granted\">text");
    let matter = Matter::Signatures {
        document: dressed.into_bytes(),
        profile: Profile::ById,
    };
    let capsule = capsule(&stand, matter);
    for (verdict, trust, words) in [
        (
            capsule.judge_trusting(&stand.known().anchors),
            TrustSource::Examiner,
            "the examiner's own",
        ),
        (capsule.judge(), TrustSource::Capsule, "the capsule's own"),
    ] {
        assert!(verdict.is_passed());
        assert_eq!(verdict.profile, Some(JudgedAs::ById));
        assert_eq!(verdict.trust, trust);
        let ways = ["/m", "/m/@status", "/m/text()"];
        assert_eq!(verdict.uncovered(), ways);
        let stored = Verdict::from_json(&verdict.to_json()).unwrap();
        assert_eq!(stored.uncovered(), ways);
        assert_eq!(stored.profile, verdict.profile);
        let all = [verdict];
        let mut texts = vec![all[0].to_text(), report::page(&all, None, Lang::En)];
        for kind in [Kind::Simple, Kind::Detailed, Kind::Facts] {
            texts.push(report::text(kind, &all, Lang::En));
            let json = report::json(kind, &all, Lang::En);
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            let told = &json["signatures"][0];
            assert_eq!(told["profile"], "by-id", "{kind:?}");
            assert_eq!(told["trust"], trust.as_str(), "{kind:?}");
            assert_eq!(told["uncovered"], serde_json::json!(ways), "{kind:?}");
        }
        for text in texts {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(line.contains("by-id"), "{text}");
            assert!(line.contains(words), "{text}");
            assert!(line.contains("/m, /m/@status, /m/text()"), "{text}");
            assert!(
                line.contains("nobody's word") || line.contains("nobody&#39;s word"),
                "{text}"
            );
        }
        let etsi = report::etsi(&all, noon());
        for (kind, value) in [
            ("profile", "by-id"),
            ("trust", trust.as_str()),
            ("uncovered", "/m/@status"),
        ] {
            let data = format!("report-data/{kind}</Type><Value>{value}</Value>");
            assert!(etsi.contains(&data), "{data}: {etsi}");
        }
    }
}

#[test]
fn a_whole_document_leaves_nothing_to_nobody() {
    let stand = Stand::new();
    let limits = XmlLimits::default();
    let options = Options::default();
    let signed = sign_enveloped_with(TWO.as_bytes(), &signer(&stand), &options, &limits);
    let verdicts = verdicts(&stand, file(signed.unwrap()));
    assert_eq!(verdicts[0].profile, Some(JudgedAs::Enveloped));
    assert_eq!(verdicts[0].uncovered(), Vec::<String>::new().as_slice());
}

#[test]
fn what_is_nobodys_word_is_told_within_bounds() {
    let stand = Stand::new();
    let attributes: String = (0..30).map(|n| format!(" a{n}=\"\"")).collect();
    let name = "n".repeat(100_000);
    let dressed = by_id(&stand)
        .replace("<m>", &format!("<{name}{attributes}>"))
        .replace("</m>", &format!("</{name}>"));
    let matter = Matter::Signatures {
        document: dressed.into_bytes(),
        profile: Profile::ById,
    };
    let verdicts = verdicts(&stand, matter);
    let ways = verdicts[0].uncovered();
    assert_eq!(ways.len(), 17);
    assert_eq!(ways.last().unwrap(), "\u{2026}");
    assert!(ways.iter().all(|way| way.chars().count() < 80));
}

#[test]
fn a_certificate_is_one_certificate_and_nothing_else() {
    let stand = Stand::new();
    let pem = stand.citizen.to_pem();
    let passes = [
        pem.clone(),
        format!("\n{pem}\r\n \t\n"),
        pem.replace('\n', "\r\n"),
    ];
    for text in passes {
        assert_eq!(told(&stand, file(text)), [Judged::Passed]);
    }
    let malformed = |label| vec![Judged::Refused(label, S::FormatFailure)];
    for text in [
        format!("{pem}<application>granted</application>"),
        format!("{pem}{pem}"),
        format!("{pem}{}", stand.issuing.to_pem()),
        format!("granted\n{pem}"),
        pem.replace("-----END CERTIFICATE-----", "-----END CMS-----"),
        pem.replace("END CERTIFICATE", "END CERTIFICATES"),
    ] {
        assert_eq!(
            told(&stand, file(text.clone())),
            malformed(L::XmlMalformed),
            "{text}"
        );
    }
    // The label says what it is: a certificate is no message, whoever calls it one.
    let called = pem.replace("CERTIFICATE-----", "CMS-----");
    let matter = file(called);
    assert_eq!(matter.kind(), SubjectKind::Cms);
    assert_eq!(told(&stand, matter), malformed(L::SignatureMalformed));
    // DER, and more after it.
    let mut der = stand.citizen.der().to_vec();
    der.extend_from_slice(b"granted");
    assert_eq!(told(&stand, file(der)), malformed(L::SignatureMalformed));
}

/// The way to each child was copied for each: 60 000 of 200 000 characters, 12 GB.
#[test]
fn a_drawing_takes_no_more_than_its_document() {
    let stand = Stand::new();
    let name = "n".repeat(200_000);
    let children = "<b/>".repeat(60_000);
    let xml = by_id(&stand)
        .replace("<m>", &format!("<{name}>{children}"))
        .replace("</m>", &format!("</{name}>"));
    let limits = XmlLimits {
        elements_max: 100_000,
        ..XmlLimits::default()
    };
    let document = Document::parse(xml.as_bytes(), &limits).unwrap();
    let found = find_all(&document, Profile::Detached, &Bounds::default()).unwrap();
    let matter = file(by_id(&stand));
    let verdict = &verdicts(&stand, matter)[0];
    let drawn = Overlay::draw(&document, &[(&found[0], verdict)]);
    // The root and the 60 000; what is signed apart.
    assert_eq!((drawn.covered, drawn.uncovered), (1, 60_001));
    let text = drawn.text(Lang::En);
    assert!(text.len() < 200_000, "{}", text.len());
    let page = report::page(std::slice::from_ref(verdict), Some(&drawn), Lang::En);
    assert!(page.len() < 3_000_000, "{}", page.len());
    let signatures = Signatures::find(&document, Profile::Detached, &Limits::default());
    assert_eq!(signatures.subjects().len(), 1);
}

/// The proven moments of an ETSI report, of its signature first.
fn proofs(verdict: &Verdict, now: Moment) -> Vec<String> {
    let report = report::etsi(std::slice::from_ref(verdict), now);
    let document = Document::parse(report.as_bytes(), &XmlLimits::default()).unwrap();
    let all = document.root().descendants();
    all.filter(|element| element.name() == "POETime")
        .map(|element| element.text().into_owned())
        .collect()
}

#[test]
fn a_moment_that_was_asked_for_proves_no_existence_and_a_stamp_does() {
    let stand = Stand::new();
    let now = noon().plus(days(10));
    let verdict = &verdicts(&stand, file(by_id(&stand)))[0];
    assert_eq!(verdict.at, noon());
    let run = now.to_utc_string();
    let told = proofs(verdict, now);
    assert!(told.len() > 1);
    assert!(told.iter().all(|at| *at == run), "{told:?}");
    let stamped = stamped::passed();
    assert_eq!(stamped.indication, Indication::TotalPassed);
    let best = stamped.best_signature_time.unwrap();
    assert!(best < stamped.at);
    let told = proofs(&stamped, now);
    assert_eq!(told[0], best.to_utc_string());
    assert!(told[1..].iter().all(|at| *at == run), "{told:?}");
    // A moment before the stamp is nobody's proof either.
    let mut assumed = stamped.clone();
    assumed.at = best;
    assert!(proofs(&assumed, now).iter().all(|at| *at == run));
}

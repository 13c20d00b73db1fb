//! What a check found is told as one of a closed list; and a check that had nothing to look at is not told as passed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_ades::cms::{self, NewSigner, Place};
use qaqpa_model::{Lang, Limits, RefusalLabel};
use qaqpa_verdict::report::{self, Kind};
use qaqpa_verdict::{
    Capsule, Cause, CheckId, DigestCause, Indication, Matter, Outcome, Rule, RuleOutcome,
    SignedMessage, SubIndication, SubjectKind, Verdict,
};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Profile, Signer, WsseKeyInfo, sign_wsse};

use crate::stand::{IIN, OTHER_IIN, SEED, Stand, iin, in_force_by, keys, noon};

const ENVELOPE: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><a/></soap:Body></soap:Envelope>";

/// A message, what is given beside it, and what decides.
type Given<'a> = (&'a [u8], Option<&'a [u8]>, Option<Cause>);

fn judge(stand: &Stand, matter: Matter) -> Verdict {
    Capsule::new(matter, stand.known(), noon(), SEED)
        .fed_by(|need| in_force_by(stand, need))
        .judge()
}

fn cause(stand: &Stand, bytes: &[u8], content: Option<&[u8]>) -> Option<Cause> {
    let content = content.map(<[u8]>::to_vec);
    let matter = Matter::of_file(bytes.to_vec(), content, &Limits::default());
    let verdict = judge(stand, matter);
    let cause = verdict.cause();
    assert_eq!(verdict.label, cause.map(Cause::label));
    assert_eq!(verdict.sub_indication, cause.map(Cause::sub_indication));
    cause
}

#[test]
fn what_a_file_is_instead_of_a_signed_one_is_told() {
    let stand = Stand::new();
    let two = format!("{}{}", stand.citizen.to_pem(), stand.issuing.to_pem());
    #[rustfmt::skip]
    let table: [(&[u8], Cause); 16] = [
        (b"",                                                      Cause::FileEmpty),
        (b" \n",                                                   Cause::FileEmpty),
        (b"%PDF-1.7",                                              Cause::FileOther),
        (b"{\"a\": 1}",                                            Cause::FileOther),
        (b"Dear Sirs",                                             Cause::FileOther),
        (two.as_bytes(),                                           Cause::FilePem),
        (b"<!DOCTYPE a><a/>",                                      Cause::XmlDtd),
        (b"\xFF\xFE<\0a\0/\0>\0",                                  Cause::XmlEncoding),
        (b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a/>", Cause::XmlEncoding),
        (b"<?xml-stylesheet href=\"a\"?><a/>",                     Cause::XmlInstruction),
        (b"<a>",                                                   Cause::XmlBroken),
        (b"<a/>",                                                  Cause::SignatureMissing),
        (b"0\x07\x02\x01\x03\x30\x02\x05\x00",                     Cause::MessageIsKey),
        (b"0\x82\0\x07\x02\x01\x00\x30\x02\x05\x00",               Cause::MessageIsKey),
        (b"0\x03\x06\x01\x2a",                                     Cause::MessageBroken),
        (b"0\x80",                                                 Cause::MessageBroken),
    ];
    for (bytes, expected) in table {
        let told = cause(&stand, bytes, None);
        assert_eq!(told, Some(expected), "{}", bytes.escape_ascii());
    }
}

#[test]
fn one_label_tells_what_is_missing_by_its_cause() {
    let stand = Stand::new();
    let person = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    let message = |place| cms::sign(b"scan", place, &[person], &[]).unwrap();
    let (held, detached) = (message(Place::Attached), message(Place::Detached));
    let by_number = sign_wsse(
        ENVELOPE.as_bytes(),
        &Signer::of(&keys().citizen, stand.citizen.der()),
        WsseKeyInfo::IssuerSerial {
            issuer_name: stand.citizen.issuer_name(),
            serial_decimal: stand.citizen.serial_decimal(),
        },
        "1",
        &XmlLimits::default(),
    )
    .unwrap();
    #[rustfmt::skip]
    let table: [Given; 4] = [
        (&held,      None,            None),
        (&detached,  None,            Some(Cause::ContentMissing)),
        (&held,      Some(b"scan"),   Some(Cause::ContentTwice)),
        (&detached,  Some(b"scan\n"), Some(Cause::ContentOther)),
    ];
    for (bytes, content, expected) in table {
        assert_eq!(cause(&stand, bytes, content), expected);
    }
    // The label of an envelope is the sender's own; the cause is the same.
    let verdict = judge(&stand, Matter::Transport(by_number));
    assert_eq!(verdict.cause(), Some(Cause::CertificateNotAtHand));
}

/// Whoever has the file can tell whether it is the one that was judged.
#[test]
fn a_message_tells_the_digest_of_its_content_and_both_where_they_differ() {
    let stand = Stand::new();
    let person = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    let message = cms::sign(b"scan", Place::Detached, &[person], &[]).unwrap();
    let given = |content: &[u8]| {
        judge(
            &stand,
            Matter::Cms {
                message: message.clone(),
                content: Some(content.to_vec()),
            },
        )
    };
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let of = |content: &[u8]| hex(&qaqpa_crypto::sha256(content));
    let good = given(b"scan");
    let scope = good.scope.as_ref().unwrap();
    let [reference] = &scope.references[..] else {
        panic!("one reference")
    };
    assert_eq!(reference.digest_value, Some(of(b"scan")));
    // RFC 5754, 2.2 and 3.2: a message names its algorithms by object identifiers.
    assert_eq!(reference.digest, "urn:oid:2.16.840.1.101.3.4.2.1");
    assert_eq!(scope.algorithm, "urn:oid:1.2.840.113549.1.1.11");
    assert!(scope.signed_octets_sha256.is_some());
    let other = given(b"scam");
    let expected = format!(
        "the signed digest is not that of the content: signed {}, found {}",
        of(b"scan"),
        of(b"scam")
    );
    assert_eq!(other.why(), expected);
}

/// What was signed, what was given, why they differ, and where first.
type Differing<'a> = (&'a [u8], &'a [u8], &'a [DigestCause], Option<usize>);

/// Mail and editors change line ends, and nobody sees it.
#[test]
fn a_content_whose_line_ends_were_changed_is_told_as_that() {
    let stand = Stand::new();
    let person = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    let limits = Limits::default();
    #[rustfmt::skip]
    let table: [Differing<'_>; 4] = [
        (b"one\ntwo\n",     b"one\r\ntwo\r\n", &[DigestCause::LineEnds], Some(3)),
        (b"one\r\ntwo\r\n", b"one\ntwo\n",     &[DigestCause::LineEnds], Some(3)),
        (b"one\r\ntwo\r\n", b"one\r\ntwo\n",   &[DigestCause::LineEnds], Some(8)),
        (b"one\ntwo\n",     b"one\ntow\n",     &[],                      None),
    ];
    for (signed, given, causes, place) in table {
        let message = cms::sign(signed, Place::Detached, &[person], &[]).unwrap();
        let told = SignedMessage::read(&message, Some(given), &limits)
            .diagnose(0)
            .unwrap();
        assert_eq!(told.causes, causes, "{}", given.escape_ascii());
        assert_eq!(told.first_difference, place, "{}", given.escape_ascii());
        let right = SignedMessage::read(&message, Some(signed), &limits);
        assert_eq!(right.diagnose(0), None);
    }
}

/// The outcome of a rule, of the question that it belongs to.
fn outcome(verdict: &Verdict, rule: Rule) -> RuleOutcome {
    let check = verdict.check(rule.question()).unwrap();
    let mut rules = check.rules.iter();
    rules.find(|report| report.id == rule).unwrap().outcome
}

#[test]
fn a_check_with_nothing_to_look_at_is_not_asked() {
    let stand = Stand::new();
    let signed = stand.signed("<m>one</m>").into_bytes();
    let verdict = judge(&stand, Matter::Document(signed));
    assert!(verdict.is_passed(), "{}", verdict.to_text());
    for rule in [
        Rule::CertificatePolicies,
        Rule::NameConstraints,
        Rule::OcspArchive,
        Rule::PropertiesForm,
        Rule::SigningCertificateNamed,
    ] {
        assert_eq!(outcome(&verdict, rule), RuleOutcome::NotAsked, "{rule}");
    }
    for rule in [
        Rule::AuthorityNotRevoked,
        Rule::BasicConstraints,
        Rule::CommentsAbsent,
        Rule::OcspNonce,
        Rule::SignatureSingle,
        Rule::SignerNotRevoked,
        Rule::TransformAllowed,
    ] {
        assert_eq!(outcome(&verdict, rule), RuleOutcome::Passed, "{rule}");
    }
}

#[test]
fn of_whom_nothing_is_known_is_not_told_to_be_in_force() {
    let stand = Stand::new();
    let signed = stand.signed("<m>one</m>").into_bytes();
    let verdict = Capsule::new(Matter::Document(signed), stand.known(), noon(), SEED)
        .fed_by(|_| qaqpa_verdict::Received::unavailable("status 503", noon()))
        .judge();
    assert_eq!(verdict.cause(), Some(Cause::RevocationUnknown));
    assert_eq!(
        outcome(&verdict, Rule::RevocationKnown),
        RuleOutcome::Failed
    );
    for rule in [
        Rule::AuthorityNotRevoked,
        Rule::OcspNonce,
        Rule::SignerNotRevoked,
        Rule::SignerNotSuspended,
    ] {
        assert_eq!(outcome(&verdict, rule), RuleOutcome::NotAsked, "{rule}");
    }
}

#[test]
fn a_message_is_told_the_clauses_of_messages() {
    let stand = Stand::new();
    let person = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    let message = cms::sign(b"scan", Place::Attached, &[person], &[]).unwrap();
    let content = None;
    let verdict = judge(&stand, Matter::Cms { message, content });
    let about_xml = |clause: &str| clause.contains("XML Signature") || clause.contains("132-1");
    for check in &verdict.checks {
        assert!(!about_xml(&check.clause), "{:?} {}", check.id, check.clause);
        for rule in &check.rules {
            let clause = rule.id.clause_of(SubjectKind::Cms);
            assert!(!about_xml(clause), "{} {clause}", rule.id);
        }
    }
    assert_eq!(
        outcome(&verdict, Rule::AlgorithmProtection),
        RuleOutcome::NotAsked
    );
}

/// A reader that failed is no yes: nobody takes in a document that should name its submitter and does not read.
#[test]
fn a_document_whose_fields_were_not_read_is_undecided_whoever_names_the_submitter() {
    let stand = Stand::new();
    let signed = stand.signed("<m>one</m>").into_bytes();
    let passed = || judge(&stand, Matter::Document(signed.clone()));
    let of = |verdict: &Verdict, id| verdict.check(id).map(|check| check.outcome);
    let malformed = RefusalLabel::ApplicationMalformed;
    for (label, cause) in [
        (malformed, Cause::FieldsUnread),
        (RefusalLabel::IinInvalid, Cause::FieldsIin),
        (RefusalLabel::LimitExceeded, Cause::FieldsLimit),
    ] {
        let unread = passed().with_fields_unread(label, "<role> is none");
        assert_eq!(unread.cause(), Some(cause));
        assert_eq!(unread.indication, Indication::Indeterminate);
        assert_eq!(unread.sub_indication, Some(SubIndication::DocumentUnread));
        assert_eq!(unread.label, Some(label));
        assert_eq!(of(&unread, CheckId::Iin), Some(Outcome::Undecided));
        assert_eq!(of(&unread, CheckId::Bin), Some(Outcome::NotAsked));
        let why = "the document does not read: <role> is none; whom it names was not compared with the signer";
        assert_eq!(unread.why(), why);
        assert!(unread.proven_signer().is_none());
        assert_eq!(unread.clone().with_unasked(), unread);
    }
    let other = passed().with_submitter(&iin(OTHER_IIN));
    let refused = other
        .clone()
        .with_fields_unread(malformed, "<role> is none");
    assert_eq!(refused, other, "what was refused stays so");
    // What somebody asked is answered, and nothing of it is an answer about whom the document names.
    let own = passed().proven_signer().unwrap().iin.unwrap();
    let named = passed()
        .with_submitter(&own)
        .with_no_organisation()
        .with_fields_unread(malformed, "no role");
    assert_eq!(named.cause(), Some(Cause::FieldsUnread));
    assert_eq!(named.indication, Indication::Indeterminate);
    assert!(named.proven_signer().is_none());
    let outcomes = |id| {
        let checks = named.checks.iter().filter(move |check| check.id == id);
        checks.map(|check| check.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(CheckId::Iin), [Outcome::Pass, Outcome::Undecided]);
    assert_eq!(outcomes(CheckId::Bin), [Outcome::Pass]);
}

/// Who sent an envelope did not sign what is in it, and nobody's question about him makes that unsaid.
#[test]
fn signatures_in_the_body_of_an_envelope_that_nobody_looked_at_are_told() {
    let stand = Stand::new();
    let sealed = |content: &str| {
        let envelope = ENVELOPE.replace("<a/>", content);
        let signer = Signer::of(&keys().citizen, stand.citizen.der());
        let limits = XmlLimits::default();
        let form = WsseKeyInfo::BinarySecurityToken;
        sign_wsse(envelope.as_bytes(), &signer, form, "1", &limits).unwrap()
    };
    let signed = stand.signed("<m>one</m>");
    let signed = &signed[signed.find("<m").unwrap()..];
    let as_text = format!("<data>{}</data>", signed.replace('<', "&lt;"));
    let coded = STANDARD.encode(signed);
    let lines: Vec<_> = coded.as_bytes().chunks(64).collect();
    let lines = String::from_utf8(lines.join(&b'\n')).unwrap();
    let (coded, lines) = (
        format!("<data>{coded}</data>"),
        format!("<data>{lines}</data>"),
    );
    let unsigned = format!("<data>{}</data>", STANDARD.encode("<m>one</m>"));
    let iin = iin(IIN);
    for (content, count) in [
        ("<a/>", 0),
        (&unsigned, 0),
        (signed, 1),
        (&as_text, 1),
        (&coded, 1),
        (&lines, 1),
        (&format!("<two>{signed}{coded}</two>"), 2),
    ] {
        let bytes = sealed(content);
        let found = Matter::Signatures {
            document: bytes.clone(),
            profile: Profile::Wsse,
        };
        for matter in [Matter::Transport(bytes), found] {
            let asked = judge(&stand, matter.clone()).with_submitter(&iin);
            for verdict in [judge(&stand, matter), asked] {
                assert!(verdict.is_passed(), "{}", verdict.to_text());
                assert_eq!(verdict.inner_signatures, count, "{content}");
                let said = match count {
                    0 => "every check passed",
                    _ => {
                        "every check of the envelope passed; the signatures in its Body were not looked at"
                    }
                };
                assert_eq!(verdict.why(), said);
                assert_eq!(verdict.to_text().contains("not looked at"), count > 0);
                let json = verdict.to_json();
                assert_eq!(json.contains("\"inner_signatures\""), count > 0);
                assert_eq!(Verdict::from_json(&json).unwrap().inner_signatures, count);
                for (lang, words) in [
                    (Lang::Kk, "Конверттің ішіндегі қолтаңбалар тексерілген жоқ"),
                    (Lang::Ru, "Подписи внутри конверта не проверялись"),
                    (
                        Lang::En,
                        "Signatures inside the envelope were not looked at",
                    ),
                ] {
                    let remarks = report::simple(&verdict, lang).remarks;
                    let told = remarks.iter().filter(|remark| remark.starts_with(words));
                    assert_eq!(told.count(), usize::from(count > 0), "{remarks:?}");
                    let detailed =
                        report::text(Kind::Detailed, std::slice::from_ref(&verdict), lang);
                    let detailed: Vec<_> = detailed.split_whitespace().collect();
                    let detailed = detailed.join(" ");
                    assert_eq!(detailed.contains(words), count > 0, "{detailed}");
                }
            }
        }
    }
}

#[test]
fn questions_about_the_signer_that_nobody_asked_stand_in_the_list() {
    let stand = Stand::new();
    let signed = stand.signed("<m>one</m>").into_bytes();
    let verdict = judge(&stand, Matter::Document(signed));
    let of = |verdict: &Verdict, id| verdict.check(id).map(|check| check.outcome);
    assert_eq!(of(&verdict, CheckId::Iin), None);
    let unasked = verdict.clone().with_unasked();
    assert!(unasked.is_passed());
    assert_eq!(unasked.why(), "every check that was asked passed");
    for id in [CheckId::Iin, CheckId::Bin] {
        assert_eq!(of(&unasked, id), Some(Outcome::NotAsked));
    }
    let asked = verdict.clone().with_no_organisation().with_unasked();
    assert_eq!(of(&asked, CheckId::Bin), Some(Outcome::Pass));
    // Asked twice is asked once.
    let other = iin(OTHER_IIN);
    let refused = verdict.with_submitter(&other);
    assert_eq!(refused.cause(), Some(Cause::IinOther));
    assert_eq!(refused.clone().with_submitter(&other), refused);
}

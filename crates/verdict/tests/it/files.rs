//! A file is told by its bytes alone: what it seems to be is what it is judged as.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_ades::cms::{self, NewSigner, Place};
use qaqpa_model::{Limits, RefusalLabel as L};
use qaqpa_verdict::{Capsule, Matter, SubIndication as S, SubjectKind, worst};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Options, Profile, Signer, WsseKeyInfo, counter_sign, sign_by_id_with, sign_detached,
    sign_enveloped_with, sign_wsse,
};

use crate::stand::{Judged, SEED, Stand, in_force_by, judged, keys, noon};

const ROOT: &str = "<m Id=\"m1\"><a Id=\"a1\">one</a></m>";
const TWO: &str = "<m><a Id=\"a1\">one</a><b Id=\"b1\">two</b></m>";
const ENVELOPE: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><a/></soap:Body></soap:Envelope>";

/// A case, its bytes, what it is told as, and how many signatures it has.
type Signed = (&'static str, Vec<u8>, SubjectKind, Option<Profile>, usize);

fn matter(bytes: impl Into<Vec<u8>>) -> Matter {
    Matter::of_file(bytes.into(), None, &Limits::default())
}

/// What a file is judged as: its kind, the profile where each of its signatures is judged, and what became of each.
fn told(stand: &Stand, matter: Matter) -> (SubjectKind, Option<Profile>, Vec<Judged>) {
    let profile = match &matter {
        Matter::Signatures { profile, .. } => Some(*profile),
        _ => None,
    };
    let kind = matter.kind();
    let capsule =
        Capsule::new(matter, stand.known(), noon(), SEED).fed_by(|need| in_force_by(stand, need));
    // The capsule's bytes are enough for the same reports.
    let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
    let verdicts = read.judge_each();
    assert_eq!(verdicts, capsule.judge_each());
    assert_eq!(Some(&read.judge()), worst(&verdicts));
    (kind, profile, verdicts.iter().map(judged).collect())
}

#[test]
fn whatever_profile_signed_a_file_is_the_one_that_it_is_judged_by() {
    let stand = Stand::new();
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let limits = XmlLimits::default();
    let plain = Options::default();
    let parallel = |id: &str| Options {
        parallel: true,
        ..Options::with_id(id)
    };
    let by_id = |xml: &str, id: &str| {
        sign_by_id_with(xml.as_bytes(), id, &signer, &plain, &limits).unwrap()
    };
    let co =
        |xml: &[u8], id: &str| sign_enveloped_with(xml, &signer, &parallel(id), &limits).unwrap();
    let enveloped = sign_enveloped_with(TWO.as_bytes(), &signer, &plain, &limits).unwrap();
    let detached = sign_detached(TWO.as_bytes(), &signer, &plain, &limits).unwrap();
    let envelope = sign_wsse(
        ENVELOPE.as_bytes(),
        &signer,
        WsseKeyInfo::KeyIdentifier,
        "1",
        &limits,
    );
    let both = co(&co(TWO.as_bytes(), "s1"), "s2");
    let countered = {
        let value = Options::value_id("s1");
        let first = co(TWO.as_bytes(), "s1");
        counter_sign(&first, &value, &signer, &Options::with_id("s2"), &limits).unwrap()
    };
    let (document, transport) = (SubjectKind::Document, SubjectKind::Transport);
    #[rustfmt::skip]
    let table: Vec<Signed> = vec![
        ("enveloped", enveloped, document, None, 1),
        ("by the root's Id", by_id(ROOT, "m1"), document, None, 1),
        ("by an Id", by_id(ROOT, "a1"), document, Some(Profile::ById), 1),
        ("detached", detached, document, Some(Profile::Detached), 1),
        ("an envelope", envelope.unwrap(), transport, None, 1),
        ("two who sign alike", both, document, Some(Profile::Enveloped), 2),
        ("a counter-signature", countered, document, Some(Profile::Enveloped), 2),
    ];
    for (case, bytes, kind, profile, count) in table {
        let passed: Vec<_> = (0..count).map(|_| Judged::Passed).collect();
        assert_eq!(
            told(&stand, matter(bytes)),
            (kind, profile, passed),
            "{case}"
        );
    }
}

#[test]
fn an_element_that_a_signature_leaves_out_is_not_passed_over() {
    let stand = Stand::new();
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let limits = XmlLimits::default();
    let of_one = sign_by_id_with(ROOT.as_bytes(), "a1", &signer, &Options::default(), &limits);
    let of_one = String::from_utf8(of_one.unwrap()).unwrap();
    let scope = || Judged::Refused(L::SignatureScope, S::SignedScopeMismatch);
    // The reader of two elements reads one that nobody signed.
    let beside = of_one.replace("<a Id", "<evil/><a Id");
    let detached = (
        SubjectKind::Document,
        Some(Profile::Detached),
        vec![scope()],
    );
    assert_eq!(told(&stand, matter(beside)), detached);
    // One more signature, about another document's element, makes the whole file refused.
    let signed = |xml: &str, id: &str| {
        let options = Options {
            parallel: true,
            ..Options::with_id(id)
        };
        let bytes = sign_enveloped_with(xml.as_bytes(), &signer, &options, &limits);
        String::from_utf8(bytes.unwrap()).unwrap()
    };
    let own = signed(TWO, "s1");
    let stranger = signed(&TWO.replace("one", "three"), "s2");
    let at = stranger.find("<ds:Signature").unwrap();
    let end = stranger.rfind("</m>").unwrap();
    let mixed = own.replace("</m>", &format!("{}</m>", &stranger[at..end]));
    let (_, profile, verdicts) = told(&stand, matter(mixed));
    assert_eq!(profile, Some(Profile::Enveloped));
    let changed = Judged::Refused(L::ContentChanged, S::HashFailure);
    assert_eq!(verdicts, [Judged::Passed, changed]);
}

#[test]
fn a_message_is_known_as_der_as_pem_and_as_base64() {
    let stand = Stand::new();
    let signer = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    let der = cms::sign(b"scan", Place::Attached, &[signer], &[]).unwrap();
    let text = STANDARD.encode(&der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let lines = lines.join("\r\n");
    let pem = |label: &str| {
        format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n").into_bytes()
    };
    for bytes in [
        der.clone(),
        text.clone().into_bytes(),
        format!("\n{lines}\n").into_bytes(),
        pem("CMS"),
        pem("PKCS7"),
        pem("PKCS #7 SIGNED DATA"),
    ] {
        let passed = (SubjectKind::Cms, None, vec![Judged::Passed]);
        assert_eq!(told(&stand, matter(bytes)), passed);
    }
    let detached = cms::sign(b"scan", Place::Detached, &[signer], &[]).unwrap();
    let limits = Limits::default();
    let beside = Matter::of_file(detached.clone(), Some(b"scan".to_vec()), &limits);
    assert_eq!(told(&stand, beside).2, [Judged::Passed]);
    let missing = Judged::Refused(L::ReferenceRefused, S::SignedDataNotFound);
    assert_eq!(told(&stand, matter(detached)).2, [missing]);
}

/// `openssl pkcs12 -nokeys` and `openssl x509 -text` write lines before the block, names in whatever encoding they came in
/// (RFC 7468, 2). What anybody else wrote there is no certificate's.
#[test]
fn before_a_certificate_may_stand_what_openssl_writes_and_nothing_else() {
    let stand = Stand::new();
    let pem = stand.citizen.to_pem();
    let with = |before: &[u8], after: &[u8]| [before, pem.as_bytes(), after].concat();
    let passed = (SubjectKind::Certificate, None, vec![Judged::Passed]);
    for before in [
        &b"Bag Attributes\n    friendlyName: \xd2\xc5\xd1\xd2\nsubject=CN=TEST\nissuer=CN=TEST\n"[..],
        b"Certificate:\r\n    Data:\r\n        Version: 3 (0x2)\r\n",
        b"\n",
    ] {
        assert_eq!(told(&stand, matter(with(before, b"\n"))), passed);
    }
    let refused = Judged::Refused(L::XmlMalformed, S::FormatFailure);
    let refused = (SubjectKind::Document, None, vec![refused]);
    for (before, after) in [
        (&b"The tenant pays 100 000.\n"[..], &b""[..]),
        (b"  <application>granted</application>\n", b""),
        (b"Bag Attributes\n", b"The tenant pays 100 000.\n"),
        (pem.as_bytes(), b""),
    ] {
        let bytes = with(before, after);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(told(&stand, matter(bytes)), refused, "{text}");
    }
}

#[test]
fn a_certificate_is_judged_alone_and_anything_else_is_no_document() {
    let stand = Stand::new();
    for bytes in [
        stand.citizen.der().to_vec(),
        stand.citizen.to_pem().into_bytes(),
    ] {
        let passed = (SubjectKind::Certificate, None, vec![Judged::Passed]);
        assert_eq!(told(&stand, matter(bytes)), passed);
    }
    let malformed = |label| Judged::Refused(label, S::FormatFailure);
    #[rustfmt::skip]
    let table: Vec<(&[u8], SubjectKind, L)> = vec![
        (b"", SubjectKind::Document, L::XmlMalformed),
        (b"%PDF-1.7", SubjectKind::Document, L::XmlMalformed),
        (b"AAAA", SubjectKind::Document, L::XmlMalformed),
        (b"-----BEGIN CMS-----\nMIIB", SubjectKind::Document, L::XmlMalformed),
        (b"-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n", SubjectKind::Document, L::XmlMalformed),
        (b"<m/>", SubjectKind::Document, L::SignatureMissing),
        (b"0\x80", SubjectKind::Cms, L::SignatureMalformed),
        (b"MAMCAQA=", SubjectKind::Cms, L::SignatureMalformed),
    ];
    for (bytes, kind, label) in table {
        let refused = (kind, None, vec![malformed(label)]);
        assert_eq!(told(&stand, matter(bytes)), refused, "{bytes:?}");
    }
}

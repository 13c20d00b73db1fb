//! The accident behind a digest that differs is named where undoing it gives the signed digest, and only there.

use qaqpa_crypto::sha256;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, Cause, Diagnosis, Options, Profile, Reencoding, SignatureError, Work, WsseKeyInfo,
    find_all, find_by_id, find_detached, find_wsse, sign_by_id, sign_detached,
};

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature};
use crate::people::{APPLICATION, applicant, enveloped, parse, text, transported};

fn sign(xml: &str) -> String {
    enveloped(xml)
}

/// What is said of a document whose digest differs; the octets must be proven.
fn diagnosed(xml: &str) -> Option<Diagnosis> {
    let document = parse(xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let found = &all[0];
    let Err(SignatureError::DigestMismatch {
        expected,
        actual,
        canonical,
        ..
    }) = found.verify_digests()
    else {
        panic!("the digest does not differ: {xml}");
    };
    let diagnosis = found.diagnose()?;
    assert_eq!(diagnosis.found, canonical);
    assert_eq!(sha256(&diagnosis.found).to_vec(), actual);
    assert_eq!(sha256(&diagnosis.signed).to_vec(), expected);
    assert!(diagnosis.first_difference() < diagnosis.found.len().max(diagnosis.signed.len()));
    Some(diagnosis)
}

fn causes(xml: &str) -> Vec<Cause> {
    diagnosed(xml).map(|d| d.causes).unwrap_or_default()
}

const JOINED: &str = "<a><b>one</b><c><d x=\"1\">two</d><e/></c></a>";

#[test]
fn indentation_after_signing_is_named() {
    let signed = sign(JOINED);
    for unit in ["  ", "    ", "\t"] {
        let xml = signed
            .replace("<b>", &format!("\n{unit}<b>"))
            .replace("<c>", &format!("\n{unit}<c>"))
            .replace("<d ", &format!("\n{unit}{unit}<d "))
            .replace("<ds:Signature", &format!("\n{unit}<ds:Signature"))
            .replace("</a>", "\n</a>");
        let diagnosis = diagnosed(&xml).unwrap();
        assert_eq!(diagnosis.causes, [Cause::Reindented]);
        assert_eq!(diagnosis.uri, "");
        assert_eq!(
            diagnosis.signed,
            JOINED.replace("<e/>", "<e></e>").as_bytes()
        );
        assert_eq!(diagnosis.first_difference(), 3);
    }
}

#[test]
fn an_indented_document_that_was_joined_or_indented_otherwise_is_named() {
    for unit in ["  ", "    ", "\t", " "] {
        let pretty =
            format!("<a>\n{unit}<b>one</b>\n{unit}<c>\n{unit}{unit}<d>two</d>\n{unit}</c>\n</a>");
        let signed = sign(&pretty);
        let (content, rest) = signed.split_at(signed.find("<ds:Signature").unwrap());
        let joined: String = content.split('\n').map(str::trim).collect();
        assert_eq!(
            causes(&format!("{joined}{rest}")),
            [Cause::Reindented],
            "{unit:?}"
        );
        let other = content.replace(&format!("\n{unit}"), &format!("\n{unit}{unit}{unit}"));
        assert_eq!(
            causes(&format!("{other}{rest}")),
            [Cause::Reindented],
            "{unit:?}"
        );
    }
}

#[test]
fn white_space_around_texts_and_around_the_signature_is_named() {
    let signed = sign(JOINED);
    for (from, to) in [
        (">one<", ">\n  one\n<"),
        (">two<", "> two <"),
        ("<ds:Signature", "\n<ds:Signature"),
        ("</ds:Signature>", "</ds:Signature>\n"),
    ] {
        assert_eq!(
            causes(&signed.replace(from, to)),
            [Cause::WhiteSpaceAround],
            "{to:?}"
        );
    }
}

#[test]
fn carriage_returns_in_texts_are_named_whether_added_or_taken_away() {
    let signed = sign("<a><b>one\ntwo\nthree</b></a>");
    for with in ["&#13;\n", "&#xD;\n", "&#13;"] {
        assert_eq!(
            causes(&signed.replace("one\ntwo\n", &format!("one{with}two{with}"))),
            [Cause::LineEnds],
            "{with}"
        );
    }
    let signed = sign("<a><b>one&#13;\ntwo&#13;\nthree</b></a>");
    assert_eq!(causes(&signed.replace("&#13;", "")), [Cause::LineEnds]);
}

#[test]
fn letters_that_were_decoded_by_another_encoding_are_named() {
    let signed = sign(APPLICATION);
    // UTF-8 read as windows-1251, as ISO 8859-1 and as windows-1252.
    for (garbled, how) in [
        ("У\u{98}Р»РёРµРІР°", Reencoding::Windows1251),
        (
            "\u{D3}\u{98}\u{D0}\u{BB}\u{D0}\u{B8}\u{D0}\u{B5}\u{D0}\u{B2}\u{D0}\u{B0}",
            Reencoding::Windows1252,
        ),
        ("Ó˜Ð»Ð¸ÐµÐ²Ð°", Reencoding::Windows1252),
    ] {
        let diagnosis = diagnosed(&signed.replace("Әлиева", garbled)).unwrap();
        assert_eq!(diagnosis.causes, [Cause::Reencoded(how)]);
    }
    // The signer did it, and the document is right.
    let signed = sign(&APPLICATION.replace("Әлиева", "У\u{98}Р»РёРµРІР°"));
    assert_eq!(
        causes(&signed.replace("У\u{98}Р»РёРµРІР°", "Әлиева")),
        [Cause::Reencoded(Reencoding::Windows1251)]
    );
}

#[test]
fn composed_and_decomposed_letters_are_named() {
    for (signed, sent) in [
        ("Ёлкий", "Е\u{308}лкии\u{306}"),
        ("Е\u{308}лкии\u{306}", "Ёлкий"),
    ] {
        let xml = sign(&format!("<a><b>{signed}</b></a>"));
        assert_eq!(
            causes(&xml.replace(signed, sent)),
            [Cause::Reencoded(Reencoding::Composition)]
        );
    }
}

#[test]
fn base64_in_other_lines_is_named() {
    let base64 = "QUJD".repeat(50);
    let lines = |width: usize, end: &str| {
        let lines: Vec<_> = base64
            .as_bytes()
            .chunks(width)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        lines.join(end)
    };
    let forms = [
        base64.clone(),
        lines(76, "\n"),
        lines(64, "\n"),
        lines(76, "&#13;\n"),
        format!("\n{}\n", lines(76, "\n")),
    ];
    for signed in &forms {
        let xml = sign(&format!("<a><file>{signed}</file><b>x y</b></a>"));
        for sent in &forms {
            if signed == sent {
                continue;
            }
            let sent = xml.replace(signed.as_str(), sent);
            let [cause] = causes(&sent)[..] else {
                panic!("one cause for {signed} sent as {sent}");
            };
            // Where only carriage returns or the outermost line ends differ, that is said.
            assert!(
                matches!(
                    cause,
                    Cause::Base64Rewrapped | Cause::LineEnds | Cause::WhiteSpaceAround
                ),
                "{cause:?}"
            );
        }
    }
    let xml = sign(&format!("<a><file>{}</file></a>", forms[1]));
    assert_eq!(
        causes(&xml.replace(forms[1].as_str(), &forms[2])),
        [Cause::Base64Rewrapped]
    );
}

/// Comments are not selected by a reference within the document, whatever its method says; some signers digest them.
#[test]
fn comments_that_the_signer_digested_are_named() {
    let template = format!(
        "<a><!-- x --><b>one</b>{}</a>",
        signature(
            EXCLUSIVE,
            &reference(0, "", &[ENVELOPED, &format!("{INCLUSIVE}#WithComments")])
        )
    );
    let right = forge(&template, applicant());
    let with_comments = sha256(b"<a><!-- x --><b>one</b></a>");
    let start = right.find("<ds:DigestValue>").unwrap() + 16;
    let end = right.find("</ds:DigestValue>").unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, with_comments);
    let wrong = format!("{}{base64}{}", &right[..start], &right[end..]);
    assert_eq!(causes(&wrong), [Cause::CommentsSigned]);
}

#[test]
fn namespaces_that_came_in_or_moved_are_named() {
    let limits = XmlLimits::default();
    // A part that was signed alone, carried in an envelope that declares more.
    let signed = text(
        sign_by_id(
            b"<m><p Id=\"p1\"><b>x</b></p></m>",
            "p1",
            &applicant().signer(),
            &limits,
        )
        .unwrap(),
    );
    let carried = signed.replace(
        "<m>",
        "<m xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:s=\"urn:s\">",
    );
    let by_id = |xml: &str| {
        let document = parse(xml);
        let found = find_by_id(&document, &Bounds::default()).unwrap();
        found.verify_digests().unwrap_err();
        found.diagnose().map(|d| d.causes).unwrap_or_default()
    };
    assert_eq!(by_id(&carried), [Cause::NamespaceMoved]);
    // A part that was signed in an envelope, carried without it.
    let signed = text(
        sign_by_id(
            b"<m xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><p Id=\"p1\"><b>x</b></p></m>",
            "p1",
            &applicant().signer(),
            &limits,
        )
        .unwrap(),
    );
    assert_eq!(
        by_id(&signed.replace(
            " xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"",
            ""
        )),
        [Cause::NamespaceMoved]
    );
    // Declarations that were moved down to their use, and up to the root.
    let up = sign("<a xmlns:q=\"urn:q\"><q:b>one</q:b><q:c>two</q:c></a>");
    let down = up
        .replace("<a xmlns:q=\"urn:q\">", "<a>")
        .replace("<q:b>", "<q:b xmlns:q=\"urn:q\">")
        .replace("<q:c>", "<q:c xmlns:q=\"urn:q\">");
    assert_eq!(causes(&down), [Cause::NamespaceMoved]);
    let down = sign("<a><q:b xmlns:q=\"urn:q\">one</q:b><q:c xmlns:q=\"urn:q\">two</q:c></a>");
    let up = down
        .replace(" xmlns:q=\"urn:q\"", "")
        .replace("<a>", "<a xmlns:q=\"urn:q\">");
    assert_eq!(causes(&up), [Cause::NamespaceMoved]);
    // One that nobody uses, added somewhere.
    let signed = sign(JOINED);
    assert_eq!(
        causes(&signed.replace("<c>", "<c xmlns:unused=\"urn:u\">")),
        [Cause::NamespaceMoved]
    );
}

#[test]
fn two_accidents_are_told_in_the_order_of_their_undoing() {
    let signed = text(
        sign_by_id(
            b"<m><p Id=\"p1\"><b>x</b><c>y</c></p></m>",
            "p1",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    let xml = signed
        .replace("<m>", "<m xmlns:s=\"urn:s\">")
        .replace("<b>", "\n  <b>")
        .replace("<c>", "\n  <c>")
        .replace("</p>", "\n</p>");
    let document = parse(&xml);
    let found = find_by_id(&document, &Bounds::default()).unwrap();
    assert_eq!(
        found.diagnose().unwrap().causes,
        [Cause::Reindented, Cause::NamespaceMoved]
    );
}

#[test]
fn an_indented_body_is_named() {
    let signed = transported(WsseKeyInfo::KeyIdentifier, "1");
    let xml = signed
        .replace("<m:SendMessage", "\n  <m:SendMessage")
        .replace("</soap:Body>", "\n</soap:Body>");
    let document = parse(&xml);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    let diagnosis = found.diagnose().unwrap();
    assert_eq!(
        (diagnosis.uri.as_str(), diagnosis.causes),
        ("#id-1", vec![Cause::Reindented])
    );
}

#[test]
fn other_content_has_no_cause_and_a_good_signature_needs_none() {
    let signed = sign(APPLICATION);
    for (from, to) in [
        ("931002451325", "931002451326"),
        ("<field ", "<field x=\"1\" "),
        ("<applicant>", "<applicant><b/>"),
        ("Әлиева", "Алиева"),
    ] {
        assert_eq!(diagnosed(&signed.replace(from, to)), None, "{to}");
    }
    let document = parse(&signed);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    assert_eq!(all[0].diagnose(), None);
}

/// A document beyond the bound is not searched; one of many declarations costs no more than its size.
#[test]
fn the_search_is_bounded() {
    let signed = sign("<a><b>x</b></a>");
    let with_text = |octets: usize| signed.replace(">x<", &format!(">{}<", "x".repeat(octets)));
    // At the bound, the octets are looked at; one more, and they are not.
    let around = "<a><b></b></a>".len();
    let at_most = Diagnosis::OCTETS_MAX - around;
    let mut work = Work::of(Diagnosis::OCTETS_MAX + 1_000);
    assert_eq!(diagnosed_within(&with_text(at_most), &mut work), None);
    assert_eq!(work.octets_left(), 0);
    let mut work = Work::default();
    assert_eq!(diagnosed_within(&with_text(at_most + 1), &mut work), None);
    assert_eq!(spent(&work), Diagnosis::OCTETS_MAX + 64);
    // Declarations times elements: beyond their bound they are not looked for.
    let declared = "<c xmlns:q=\"urn:q\"></c>".repeat(20_000);
    let many = signed.replace("<b>x</b>", &format!("<b>y</b>{declared}"));
    let mut work = Work::default();
    assert_eq!(diagnosed_within(&many, &mut work), None);
    assert!(spent(&work) < 64 * many.len(), "{work:?}");
}

/// One measure for all references of a document: many that cannot be explained cost no more than one.
#[test]
fn the_work_is_measured_for_the_document_and_not_for_each_reference() {
    let small = {
        let parts: String = (0..8)
            .map(|n| format!("<p Id=\"p{n}\"><b>x</b><c>z</c></p>"))
            .collect();
        let options = Options::with_id("s");
        let limits = XmlLimits::default();
        let bytes = format!("<m>{parts}</m>").into_bytes();
        let signed = text(sign_detached(&bytes, &applicant().signer(), &options, &limits).unwrap());
        // Seven parts are others, and the last one was indented.
        let (first, last) = signed.split_at(signed.find("<p Id=\"p7\">").unwrap());
        format!(
            "{}{}",
            first.replace("<b>x", "<b>y"),
            last.replacen("<b>", "\n  <b>", 1)
        )
    };
    let mut work = Work::default();
    let diagnosis = detached_within(&small, &mut work).unwrap();
    assert_eq!(
        (diagnosis.uri.as_str(), diagnosis.causes),
        ("#p7", vec![Cause::Reindented])
    );
    // Not one octet more than was spent on all eight: with a measure for each reference, less would do.
    let spent = spent(&work);
    for (measure, reached) in [(spent + 1, true), (spent, false), (spent / 2, false)] {
        let mut work = Work::of(measure);
        let diagnosis = detached_within(&small, &mut work);
        assert_eq!(diagnosis.is_some(), reached, "{measure} of {spent}");
        assert_eq!(work.octets_left(), usize::from(reached));
    }
    let mut work = Work::of(0);
    // What one signature of a document spent, is gone for the others.
    assert_eq!(detached_within(&small, &mut work), None);
}

/// The report of a digest that differs does not hang on the search: it is there where nothing explains it, and beyond its bound.
#[test]
fn a_mismatch_tells_the_reference_both_digests_and_the_octets() {
    let signed = sign(APPLICATION);
    let changed = signed.replace("Әлиева", "Алиева");
    let document = parse(&changed);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let found = &all[0];
    let Err(SignatureError::DigestMismatch {
        uri,
        expected,
        actual,
        canonical,
    }) = found.verify_digests()
    else {
        panic!("the digest does not differ");
    };
    let mismatch = found.mismatch().unwrap();
    assert_eq!(mismatch.reference, 0);
    assert_eq!(mismatch.uri, uri);
    assert_eq!((mismatch.claimed, mismatch.computed), (expected, actual));
    assert_eq!(mismatch.canonical, canonical);
    assert_eq!(mismatch.octets, canonical.len());
    assert_eq!(found.canonical_octets(0).unwrap(), canonical);
    assert_eq!(found.canonical_octets(1), None);
    // Longer than is shown.
    let long = signed.replace("Әлиева", &"x".repeat(100_000));
    let document = parse(&long);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let mismatch = all[0].mismatch().unwrap();
    assert_eq!(
        mismatch.canonical.len(),
        SignatureError::CANONICAL_SHOWN_BYTES_MAX
    );
    assert!(mismatch.octets > 100_000);
    assert_eq!(
        sha256(&all[0].canonical_octets(0).unwrap()).to_vec(),
        mismatch.computed
    );
    // A good one has none.
    let document = parse(&signed);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    assert_eq!(all[0].mismatch(), None);
}

fn spent(work: &Work) -> usize {
    Diagnosis::WORK_OCTETS_MAX - work.octets_left()
}

fn diagnosed_within(xml: &str, work: &mut Work) -> Option<Diagnosis> {
    let document = parse(xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    all[0].diagnose_within(work)
}

fn detached_within(xml: &str, work: &mut Work) -> Option<Diagnosis> {
    let document = parse(xml);
    find_detached(&document, &Bounds::default())
        .unwrap()
        .diagnose_within(work)
}

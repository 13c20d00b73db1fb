//! Time stamps and other unsigned properties: B-T, and what anybody can add.

use qaqpa_ades::xades::{Content, Settings, XadesError, add_timestamp, read, stamped_octets};
use qaqpa_x509::tsp::{self, Stamped, Wanted};
use qaqpa_xml::c14n::Method;
use qaqpa_xmldsig::{
    Bounds, Options, Profile, Role, SignatureError, find_all, find_all_nested, find_enveloped,
};
use std::time::Duration;

use super::{APPLICATION, confirm, limits, malformed, parse, refused, sign, signed};
use crate::people::{People, at};

pub(super) fn stamped(xml: &str, profile: Profile, place: usize) -> Result<String, XadesError> {
    let document = parse(xml);
    let all = find_all(&document, profile, &Bounds::default()).unwrap();
    let octets = stamped_octets(&all[place], &Method::exclusive()).unwrap();
    let token = People::all().stamp(&octets);
    add_timestamp(xml.as_bytes(), profile, place, &token, &limits())
        .map(|stamped| String::from_utf8(stamped).unwrap())
}

fn check_stamps(xml: &str, place: usize, stamps: usize) {
    let people = People::all();
    let document = parse(xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let claimed = read(&all[place]).unwrap();
    let time_stamps = &claimed.unproven().time_stamps;
    assert_eq!(time_stamps.len(), stamps);
    for stamp in time_stamps {
        let octets = stamped_octets(&all[place], &stamp.canonicalization).unwrap();
        let wanted = Wanted {
            nonce: None,
            policy: None,
            not_before: None,
            at: at(),
            skew_max: Duration::ZERO,
            accuracy_max: qaqpa_x509::tsp::ACCURACY_MAX,
        };
        let verified = tsp::verify(&stamp.tokens_der[0], Stamped::Data(&octets), &wanted, &[]);
        let verified = verified.unwrap();
        assert_eq!(
            (verified.gen_time, &verified.tsa),
            (at(), &people.tsa.certificate)
        );
    }
}

#[test]
fn a_token_makes_b_t_of_it_and_breaks_nothing() {
    let people = People::all();
    let plain = signed();
    let once = stamped(&plain, Profile::Enveloped, 0).unwrap();
    check_stamps(&once, 0, 1);
    confirm(&once, &people.signer.certificate).unwrap();
    // A second one, over the same value.
    let twice = stamped(&once, Profile::Enveloped, 0).unwrap();
    check_stamps(&twice, 0, 2);
    confirm(&twice, &people.signer.certificate).unwrap();
    // Every other byte is as it was.
    let start = once.find("<xades:UnsignedProperties").unwrap();
    let end = "</xades:UnsignedProperties>";
    let end = once.find(end).unwrap() + end.len();
    assert_eq!(format!("{}{}", &once[..start], &once[end..]), plain);
}

#[test]
fn one_of_several_signatures_is_stamped_and_the_others_stay_good() {
    let people = People::all();
    let mut xml = APPLICATION.to_owned();
    for (id, person) in [("s1", &people.signer), ("s2", &people.other)] {
        let settings = Settings {
            parallel: true,
            ..Settings::new(id, at())
        };
        xml = sign(&xml, &Content::Enveloped, person, &settings);
    }
    let xml = stamped(&xml, Profile::Enveloped, 1).unwrap();
    check_stamps(&xml, 0, 0);
    check_stamps(&xml, 1, 1);
    let document = parse(&xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    for (found, person) in all.iter().zip([&people.signer, &people.other]) {
        let covered = found.cover(person.certificate.spki_der()).unwrap();
        read(found)
            .unwrap()
            .confirm(&covered, &person.certificate)
            .unwrap();
    }
    assert_eq!(
        add_timestamp(xml.as_bytes(), Profile::Enveloped, 2, b"t", &limits()),
        Err(XadesError::SignatureMissing { place: 2 })
    );
}

/// A signature that is about the whole root, and with it about the other one, would be broken by a token in that.
#[test]
fn a_token_that_would_break_another_signature_is_not_added() {
    let people = People::all();
    let settings = Settings {
        parallel: true,
        ..Settings::new("s1", at())
    };
    let one = sign(APPLICATION, &Content::Enveloped, &people.signer, &settings);
    // Signed as a whole, first signature included: two steps, because nobody here makes it in one.
    let bare = one
        .replace("ds:Signature ", "hidden ")
        .replace("/ds:Signature>", "/hidden>");
    let whole = sign(
        &bare,
        &Content::Enveloped,
        &people.other,
        &Settings::new("s2", at()),
    );
    let two = whole
        .replace("<hidden ", "<ds:Signature ")
        .replace("</hidden>", "</ds:Signature>");
    // Its digest is of the hidden text: it was broken before, and may be.
    stamped(&two, Profile::Enveloped, 0).unwrap();
    let document = parse(&two);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let Err(SignatureError::DigestMismatch {
        expected, actual, ..
    }) = all[1].verify_digests()
    else {
        panic!("the second signature is about the first");
    };
    let base64 =
        |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let right = two.replace(&base64(&expected), &base64(&actual));
    assert_eq!(
        stamped(&right, Profile::Enveloped, 0),
        Err(XadesError::WouldBreak)
    );
}

#[test]
fn unsigned_properties_that_nobody_knows_are_kept_and_told() {
    let xml = stamped(&signed(), Profile::Enveloped, 0).unwrap();
    let more = xml.replace(
        "</xades:UnsignedSignatureProperties>",
        "<xades:RevocationValues/><x xmlns=\"urn:x\">anything</x></xades:UnsignedSignatureProperties>",
    );
    confirm(&more, &People::all().signer.certificate).unwrap();
    let document = parse(&more);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let claimed = read(&found).unwrap();
    assert_eq!(claimed.unproven().other_unsigned, ["RevocationValues", "x"]);
    assert_eq!(claimed.unproven().time_stamps.len(), 1);
}

#[test]
fn broken_time_stamps_are_refused() {
    let xml = stamped(&signed(), Profile::Enveloped, 0).unwrap();
    let start = xml.find("<xades:EncapsulatedTimeStamp>").unwrap();
    let end = "</xades:EncapsulatedTimeStamp>";
    let end = xml.find(end).unwrap() + end.len();
    let token = &xml[start..end];
    let method = "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><xades:Enc";
    for (from, to, why) in [
        (token, String::new(), "SignatureTimeStamp without a token"),
        (token, "<xades:XMLTimeStamp/>".to_owned(), "SignatureTimeStamp has XMLTimeStamp"),
        (token, "<xades:EncapsulatedTimeStamp>!</xades:EncapsulatedTimeStamp>".to_owned(), "EncapsulatedTimeStamp is not base64"),
        (
            "<xades:EncapsulatedTimeStamp>",
            "<xades:EncapsulatedTimeStamp Encoding=\"http://uri.etsi.org/01903/v1.2.2#BER\">".to_owned(),
            "a time stamp that is not in DER",
        ),
        (
            method,
            method.replace("http://www.w3.org/2001/10/xml-exc-c14n#", "urn:c14n"),
            "the canonicalization \"urn:c14n\" is not known",
        ),
        (
            "<xades:UnsignedSignatureProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\">",
            "<xades:Own/><xades:UnsignedSignatureProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\">".to_owned(),
            "UnsignedProperties has Own",
        ),
    ] {
        assert!(xml.contains(from), "{from}");
        assert_eq!(refused(&xml.replace(from, &to)), malformed(why));
    }
    assert_eq!(
        refused(&xml.replace(token, &token.repeat(9))),
        XadesError::Limit {
            what: "tokens of a time stamp",
            max: 8
        }
    );
}

/// A counter-signature in the unsigned properties is found only where it is asked for, and is about its own signature.
#[test]
fn a_counter_signature_in_unsigned_properties_is_found_where_it_is_asked_for() {
    let people = People::all();
    let one = sign(
        "<m><p Id=\"p1\">x</p></m>",
        &Content::ById("p1".to_owned()),
        &people.signer,
        &Settings::new("s1", at()),
    );
    let beside = qaqpa_xmldsig::counter_sign(
        one.as_bytes(),
        &Options::value_id("s1"),
        &people.other.signer(),
        &Options::with_id("s2"),
        &limits(),
    );
    let beside = String::from_utf8(beside.unwrap()).unwrap();
    let start = beside.rfind("<ds:Signature ").unwrap();
    let end = beside.rfind("</m>").unwrap();
    let counter = &beside[start..end];
    // Exclusive canonicalization throughout: it may be moved.
    let nested = beside.replace(counter, "").replace(
        "</xades:QualifyingProperties>",
        &format!(
            "<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature>{counter}</xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>"
        ),
    );
    let document = parse(&nested);
    assert!(matches!(
        find_all(&document, Profile::ById, &Bounds::default()),
        Err(SignatureError::Scope {
            why: "the signature is not at the place of its profile",
            ..
        })
    ));
    let all = find_all_nested(&document, Profile::ById, &Bounds::default()).unwrap();
    assert_eq!(all[1].role(), Role::CounterSignature { of: 0 });
    all[0].cover(people.signer.certificate.spki_der()).unwrap();
    all[1].cover(people.other.certificate.spki_der()).unwrap();
    // One that is about the content, at that place.
    let content = sign(
        "<m><p Id=\"p1\">x</p></m>",
        &Content::ById("p1".to_owned()),
        &people.other,
        &Settings::new("s3", at()),
    );
    let start = content.find("<ds:Signature ").unwrap();
    let end = content.find("</m>").unwrap();
    let document = parse(&nested.replace(counter, &content[start..end]));
    assert_eq!(
        find_all_nested(&document, Profile::ById, &Bounds::default()).unwrap_err(),
        SignatureError::Malformed {
            why: "a CounterSignature that is not about the value of its own signature".to_owned()
        }
    );
}

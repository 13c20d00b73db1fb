//! XAdES: B-B and B-T are made and read; what does not belong together is refused exactly.

use std::process::Command;
use std::time::Duration;

use qaqpa_ades::xades::{
    Content, Settings, XadesError, add_timestamp, read, sign_b_b, stamped_octets,
};
use qaqpa_x509::Certificate;
use qaqpa_x509::tsp::{self, Stamped, Wanted};
use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, Options, PartKind, Profile, PropertiesToSign, Role, SignatureError, find_all,
    find_all_nested, find_enveloped, sign_enveloped_with,
};

use crate::people::{People, Person, at};

const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const APPLICATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<application xmlns=\"urn:qaqpa:document:1\" \
    Id=\"app\">\n  <iin>931002451325</iin>\n</application>\n";

fn limits() -> XmlLimits {
    XmlLimits::default()
}

fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &limits()).unwrap_or_else(|e| panic!("{e}: {xml}"))
}

fn sign(xml: &str, content: &Content, person: &Person, settings: &Settings) -> String {
    let signed = sign_b_b(
        xml.as_bytes(),
        content,
        &person.signer(),
        settings,
        &limits(),
    );
    String::from_utf8(signed.unwrap()).unwrap()
}

fn signed() -> String {
    let settings = Settings::new("s1", at());
    sign(
        APPLICATION,
        &Content::Enveloped,
        &People::all().signer,
        &settings,
    )
}

/// A signature whose properties are whatever a test writes.
fn with_properties(markup: &str, signed_id: &str) -> Result<String, qaqpa_xmldsig::SignError> {
    let options = Options {
        properties: Some(PropertiesToSign {
            markup: markup.to_owned(),
            signed_id: signed_id.to_owned(),
        }),
        ..Options::with_id("s1")
    };
    let signer = People::all().signer.signer();
    sign_enveloped_with(APPLICATION.as_bytes(), &signer, &options, &limits())
        .map(|signed| String::from_utf8(signed).unwrap())
}

/// The properties that the library writes, as they stand in a signed document.
fn own_properties() -> String {
    let xml = signed();
    let start = xml.find("<xades:QualifyingProperties").unwrap();
    let end = xml.find("</ds:Object>").unwrap();
    xml[start..end].to_owned()
}

fn confirm(xml: &str, certificate: &Certificate) -> Result<(), XadesError> {
    let document = parse(xml);
    let found = find_enveloped(&document, &Bounds::default())?;
    let covered = found.cover(People::all().signer.certificate.spki_der())?;
    read(&found)?.confirm(&covered, certificate).map(|_| ())
}

fn refused(xml: &str) -> XadesError {
    confirm(xml, &People::all().signer.certificate).unwrap_err()
}

fn malformed(why: &str) -> XadesError {
    XadesError::Malformed {
        why: why.to_owned(),
    }
}

#[test]
fn a_b_b_signature_says_when_by_whom_and_of_what_and_is_confirmed() {
    let people = People::all();
    let xml = signed();
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let covered = found.cover(people.signer.certificate.spki_der()).unwrap();
    let kinds: Vec<_> = covered.parts().iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [PartKind::Content, PartKind::SignedProperties]);
    assert_eq!(covered.root().children().count(), 1, "no signature is read");
    let properties = read(&found)
        .unwrap()
        .confirm(&covered, &people.signer.certificate)
        .unwrap();
    assert_eq!(properties.signing_time, Some(at()));
    assert_eq!(properties.signing_certificates.len(), 1);
    assert!(
        properties.signing_certificates[0]
            .issuer_serial_der
            .is_some()
    );
    let [format] = properties.data_formats.as_slice() else {
        panic!("one format");
    };
    assert_eq!(
        (format.reference_id.as_str(), format.mime_type.as_deref()),
        ("s1-reference-1", Some("text/xml"))
    );
    assert!(properties.time_stamps.is_empty() && properties.other_unsigned.is_empty());
    assert!(xml.contains("<xades:SigningTime>2026-11-22T05:00:00Z</xades:SigningTime>"));
}

#[test]
fn every_content_is_signed_with_properties() {
    let people = People::all();
    let two = "<m><a Id=\"a1\">one</a><b Id=\"b1\">two</b></m>";
    for (xml, content, profile, formats) in [
        (APPLICATION, Content::Enveloped, Profile::Enveloped, 1),
        (
            "<m><a Id=\"a1\">one</a></m>",
            Content::ById("a1".to_owned()),
            Profile::ById,
            1,
        ),
        (two, Content::Detached, Profile::Detached, 2),
    ] {
        for person in [&people.signer, &people.other] {
            let signed = sign(xml, &content, person, &Settings::new("s1", at()));
            let document = parse(&signed);
            let all = find_all(&document, profile, &Bounds::default()).unwrap();
            let covered = all[0].cover(person.certificate.spki_der()).unwrap();
            let properties = read(&all[0])
                .unwrap()
                .confirm(&covered, &person.certificate)
                .unwrap();
            assert_eq!(properties.data_formats.len(), formats, "{content:?}");
        }
    }
}

/// Cases K12: the certificate that the signer meant is the one whose key is asked.
#[test]
fn k12_a_signing_certificate_of_somebody_else_or_none_is_refused() {
    let people = People::all();
    assert_eq!(
        confirm(&signed(), &people.other.certificate),
        Err(XadesError::SigningCertificateWrong)
    );
    let own = own_properties();
    let start = own.find("<xades:SigningCertificateV2>").unwrap();
    let end =
        own.find("</xades:SigningCertificateV2>").unwrap() + "</xades:SigningCertificateV2>".len();
    let certificate = &own[start..end];
    let missing = with_properties(&own.replace(certificate, ""), "s1-properties").unwrap();
    assert_eq!(refused(&missing), XadesError::SigningCertificateMissing);
    let old = certificate.replace("SigningCertificateV2", "SigningCertificate");
    let old = with_properties(&own.replace(certificate, &old), "s1-properties").unwrap();
    assert_eq!(refused(&old), XadesError::SigningCertificateMissing);
    let twice = own.replace(certificate, &certificate.repeat(2));
    let twice = with_properties(&twice, "s1-properties").unwrap();
    assert_eq!(refused(&twice), malformed("two SigningCertificateV2"));
    let weak = own.replace(
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2000/09/xmldsig#sha1",
    );
    let weak = with_properties(&weak, "s1-properties").unwrap();
    assert_eq!(
        refused(&weak),
        XadesError::Weak {
            uri: "http://www.w3.org/2000/09/xmldsig#sha1".to_owned()
        }
    );
    // The right digest with another's name and number.
    let others = sign(
        APPLICATION,
        &Content::Enveloped,
        &people.other,
        &Settings::new("s1", at()),
    );
    let serial = |xml: &str| {
        let start = xml.find("<xades:IssuerSerialV2>").unwrap();
        let end = xml.find("</xades:IssuerSerialV2>").unwrap();
        xml[start..end].to_owned()
    };
    let swapped = own.replace(&serial(&own), &serial(&others));
    let swapped = with_properties(&swapped, "s1-properties").unwrap();
    assert_eq!(refused(&swapped), XadesError::IssuerSerialWrong);
}

#[test]
fn properties_that_were_changed_are_not_proven() {
    let xml = signed();
    for (from, to) in [
        ("2026-11-22T05:00:00Z", "2025-11-22T05:00:00Z"),
        ("text/xml", "text/plain"),
    ] {
        assert!(matches!(
            refused(&xml.replace(from, to)),
            XadesError::Signature(SignatureError::DigestMismatch { uri, .. }) if uri == "#s1-properties"
        ));
    }
}

#[test]
fn the_object_holds_one_set_of_properties_about_this_signature_and_nothing_else() {
    let xml = signed();
    let own = own_properties();
    let refused_as = |xml: String, error: SignatureError| {
        assert_eq!(refused(&xml), XadesError::Signature(error));
    };
    let structure = |why: &str| SignatureError::Malformed {
        why: why.to_owned(),
    };
    refused_as(
        xml.replace(&own, &own.repeat(2)),
        structure("Object has QualifyingProperties where nothing more belongs"),
    );
    refused_as(
        xml.replace("</ds:Object>", "<x/></ds:Object>"),
        structure("Object has x where nothing more belongs"),
    );
    refused_as(
        xml.replace("</ds:Object>", "</ds:Object><ds:Object/>"),
        structure("Signature has Object where nothing more belongs"),
    );
    refused_as(
        xml.replace("<ds:Object>", "<ds:Object MimeType=\"text/xml\">"),
        structure("Object has an attribute that is not its Id"),
    );
    for target in ["#s2", "s1", "#", ""] {
        refused_as(
            xml.replace("Target=\"#s1\"", &format!("Target=\"{target}\"")),
            structure("Target of QualifyingProperties is not this Signature"),
        );
    }
    refused_as(
        xml.replace(
            "</xades:QualifyingProperties>",
            "<x/></xades:QualifyingProperties>",
        ),
        structure("QualifyingProperties has x where nothing more belongs"),
    );
    refused_as(
        xml.replace(XADES, "http://uri.etsi.org/01903/v1.1.1#"),
        structure("Object has QualifyingProperties where QualifyingProperties belongs"),
    );
    refused_as(
        xml.replace(" Type=\"http://uri.etsi.org/01903#SignedProperties\"", ""),
        SignatureError::ReferenceRefused {
            uri: "#s1-properties".to_owned(),
            why: "the Type SignedProperties belongs exactly to this signature's own",
        },
    );
    // A reference of the Type to another element, and none at all.
    let decoy = with_properties("<x xmlns=\"\" Id=\"s1-properties\"/>", "s1-properties").unwrap();
    refused_as(
        decoy,
        structure("Object has x where QualifyingProperties belongs"),
    );
    let start = xml.find("<ds:Reference Id=\"s1-reference-2\"").unwrap();
    let end = xml[start..].find("</ds:Reference>").unwrap() + start + "</ds:Reference>".len();
    refused_as(
        xml.replace(&xml[start..end], ""),
        structure("no Reference is about the SignedProperties"),
    );
    refused_as(
        xml.replace(&xml[start..end], &xml[start..end].repeat(2)),
        structure("more than one Reference is about the SignedProperties"),
    );
}

#[test]
fn signed_properties_are_read_strictly() {
    let own = own_properties();
    for (from, to, why) in [
        (
            "2026-11-22T05:00:00Z",
            "2026-11-22",
            "SigningTime is no moment with an offset",
        ),
        (
            "2026-11-22T05:00:00Z",
            "2026-11-22T05:00:00",
            "SigningTime is no moment with an offset",
        ),
        (
            "</xades:SigningTime>",
            "</xades:SigningTime><xades:SigningTime>2026-11-22T05:00:00Z</xades:SigningTime>",
            "two SigningTime",
        ),
        (
            "</xades:SigningTime>",
            "</xades:SigningTime><xades:Own/>",
            "Own is not a known property",
        ),
        (
            "</xades:SigningTime>",
            "</xades:SigningTime><x xmlns=\"urn:x\"/>",
            "x is not a known property",
        ),
        (
            "ObjectReference=\"#s1-reference-1\"",
            "ObjectReference=\"#app\"",
            "DataObjectFormat of no reference of the signature",
        ),
        (
            "<xades:SignedDataObjectProperties>",
            "text<xades:SignedDataObjectProperties>",
            "SignedProperties has text inside",
        ),
        (
            "<ds:DigestMethod",
            "<x/><ds:DigestMethod",
            "CertDigest has not exactly DigestMethod, DigestValue",
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "urn:digest",
            "the digest \"urn:digest\" is not known",
        ),
        (
            "<xades:Cert>",
            "<xades:Other/><xades:Cert>",
            "SigningCertificateV2 has Other",
        ),
        (
            "<xades:CertDigest>",
            "<xades:CertDigest/><xades:CertDigest>",
            "Cert has not exactly CertDigest and perhaps IssuerSerialV2",
        ),
        (
            "xades:CertDigest>",
            "xades:Digest>",
            "Cert without CertDigest",
        ),
        (
            "<xades:IssuerSerialV2>",
            "<xades:IssuerSerialV2>!",
            "IssuerSerialV2 is not base64",
        ),
        (
            "<xades:MimeType>text/xml</xades:MimeType>",
            "<xades:MimeType>a</xades:MimeType><xades:MimeType>b</xades:MimeType>",
            "two MimeType",
        ),
        (
            "<xades:MimeType>text/xml",
            "<xades:MimeType><x/>text/xml",
            "MimeType has elements inside",
        ),
        (
            "<xades:SignedSignatureProperties>",
            "<xades:Other/><xades:SignedSignatureProperties>",
            "SignedProperties has Other",
        ),
    ] {
        assert!(own.contains(from), "{from}");
        let xml = with_properties(&own.replace(from, to), "s1-properties").unwrap();
        assert_eq!(refused(&xml), malformed(why));
    }
    // What the standard knows and nobody reads here is kept by its name.
    let place = "</xades:SigningCertificateV2>";
    let more = own.replace(
        place,
        &format!("{place}<xades:SignatureProductionPlaceV2/>"),
    );
    let xml = with_properties(&more, "s1-properties").unwrap();
    confirm(&xml, &People::all().signer.certificate).unwrap();
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    assert_eq!(
        read(&found).unwrap().unproven().other_signed,
        ["SignatureProductionPlaceV2"]
    );
}

#[test]
fn limits_of_properties_hold() {
    let own = own_properties();
    let start = own.find("<xades:Cert>").unwrap();
    let end = own.find("</xades:Cert>").unwrap() + "</xades:Cert>".len();
    let (cert, place) = (&own[start..end], "</xades:SigningCertificateV2>");
    let others = "<xades:SignerRoleV2/>";
    for (markup, what, max) in [
        (
            own.replace(cert, &cert.repeat(17)),
            "certificates of SigningCertificateV2",
            16,
        ),
        (
            own.replace(place, &format!("{place}{}", others.repeat(65))),
            "signed properties",
            64,
        ),
    ] {
        let xml = with_properties(&markup, "s1-properties").unwrap();
        assert_eq!(refused(&xml), XadesError::Limit { what, max });
    }
    let xml = with_properties(&own.replace(cert, &cert.repeat(16)), "s1-properties").unwrap();
    confirm(&xml, &People::all().signer.certificate).unwrap();
    let xml = with_properties(&own.replace(cert, ""), "s1-properties").unwrap();
    assert_eq!(refused(&xml), malformed("SigningCertificateV2 is empty"));
}

/// The proof of one signature confirms no properties of another.
#[test]
fn the_proof_of_another_signature_confirms_nothing() {
    let people = People::all();
    let mut xml = APPLICATION.to_owned();
    for (id, person) in [("s1", &people.signer), ("s2", &people.other)] {
        let settings = Settings {
            parallel: true,
            ..Settings::new(id, at())
        };
        xml = sign(&xml, &Content::Enveloped, person, &settings);
    }
    let document = parse(&xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let covered = all[1].cover(people.other.certificate.spki_der()).unwrap();
    let claimed = read(&all[0]).unwrap();
    assert_eq!(
        claimed.confirm(&covered, &people.signer.certificate),
        Err(XadesError::NotCovered)
    );
}

#[test]
fn a_signature_without_properties_has_none() {
    let signer = People::all().signer.signer();
    let xml = qaqpa_xmldsig::sign_enveloped(APPLICATION.as_bytes(), &signer, &limits()).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    assert_eq!(refused(&xml), XadesError::Absent);
    assert_eq!(
        add_timestamp(xml.as_bytes(), Profile::Enveloped, 0, b"t", &limits()),
        Err(XadesError::Absent)
    );
}

fn stamped(xml: &str, profile: Profile, place: usize) -> Result<String, XadesError> {
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

/// Another program's judgement: the core of what we sign, properties included. `apt-get install xmlsec1`.
#[test]
fn xmlsec1_verifies_the_core_of_our_signatures() {
    let people = People::all();
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    std::fs::write(&certificate, people.signer.certificate.to_pem()).unwrap();
    let judge = |xml: &str| {
        let file = folder.path().join("document.xml");
        std::fs::write(&file, xml).unwrap();
        let output = Command::new("xmlsec1")
            .args(["--verify", "--id-attr:Id"])
            .arg(format!("{XADES}:SignedProperties"))
            .arg("--pubkey-cert-pem")
            .arg(&certificate)
            .arg(&file)
            .output()
            .expect("xmlsec1 is needed for this test: apt-get install xmlsec1");
        output.status.success()
    };
    let b_b = signed();
    let b_t = stamped(&b_b, Profile::Enveloped, 0).unwrap();
    for xml in [b_b, b_t] {
        assert!(judge(&xml), "{xml}");
        assert!(!judge(&xml.replace("T05:00:00Z", "T05:00:01Z")));
        assert!(!judge(&xml.replace("931002451325", "931002451326")));
    }
}

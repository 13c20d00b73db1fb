//! Properties that do not belong together, or are not what they should be.

use qaqpa_ades::xades::{Content, Settings, XadesError, read};
use qaqpa_xmldsig::{Bounds, Profile, SignatureError, find_all, find_enveloped};

use super::{
    APPLICATION, XADES, confirm, malformed, own_properties, parse, refused, sign, signed,
    with_properties,
};
use crate::people::{People, at};

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
    // Certificates of the path may be named as well, in any order (EN 319 102-1, 5.2.3.4).
    let cert = own.find("<xades:Cert>").unwrap();
    let authoritys = with_other_digest(&own[cert..own.find("</xades:Cert>").unwrap()]);
    let beside = format!("{}{authoritys}</xades:Cert>{}", &own[..cert], &own[cert..]);
    let beside = with_properties(&beside, "s1-properties").unwrap();
    assert_eq!(confirm(&beside, &people.signer.certificate), Ok(()));
    assert_eq!(
        confirm(&beside, &people.tsa.certificate),
        Err(XadesError::SigningCertificateWrong)
    );
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

/// A reference to a certificate with another digest.
fn with_other_digest(cert: &str) -> String {
    let start = cert.find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let end = cert.find("</ds:DigestValue>").unwrap();
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    format!("{}{other}{}", &cert[..start], &cert[end..])
}

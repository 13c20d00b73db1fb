//! Signatures with properties: made, confirmed, and judged by another program.

use qaqpa_ades::xades::{Content, Settings, XadesError, add_timestamp, read};
use qaqpa_xmldsig::{Bounds, PartKind, Profile, find_all, find_enveloped};
use std::process::Command;

use super::stamps::stamped;
use super::{APPLICATION, XADES, limits, parse, refused, sign, signed};
use crate::people::{People, at};

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

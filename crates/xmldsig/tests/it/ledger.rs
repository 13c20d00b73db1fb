//! What a consumer reads is noted, with the reference that covers it; what nothing covers can be neither read nor noted.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, Covered, FoundSignature, Ledger, Options, WsseKeyInfo, find_detached, find_enveloped,
    find_wsse, sign_detached, sign_enveloped, sign_wsse,
};

use crate::people::{APPLICATION, ENVELOPE, applicant, parse, text};

fn proof<'d>(found: &FoundSignature<'d>) -> Covered<'d> {
    found.cover(applicant().spki()).unwrap()
}

/// The paths that a ledger shows, each with its reference.
fn paths(covered: &Covered<'_>) -> Vec<(String, usize)> {
    let consumed = covered.consumed().into_iter();
    consumed
        .map(|element| (element.path, element.reference))
        .collect()
}

#[test]
fn readings_of_texts_and_attributes_are_noted_once_each_in_the_order_of_the_text() {
    let limits = XmlLimits::default();
    let signed = sign_enveloped(APPLICATION.as_bytes(), &applicant().signer(), &limits);
    let xml = text(signed.unwrap());
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let ledger = Ledger::default();
    let covered = proof(&found).noted_in(&ledger);
    // Looking for an element reads no value.
    let form = covered
        .root()
        .child(Some("urn:qaqpa:document:1"), "form")
        .unwrap();
    assert_eq!(paths(&covered), []);
    let field = form.children().next().unwrap();
    assert_eq!(field.text(), "A & B");
    assert_eq!(field.text(), "A & B");
    let submitter = covered.root().children().next().unwrap();
    let iin = submitter.children().next().unwrap();
    assert_eq!(iin.text(), "931002451325");
    assert_eq!(covered.root().attribute(None, "version"), Some("1"));
    assert_eq!(
        paths(&covered),
        [
            ("/application".to_owned(), 0),
            ("/application/submitter/iin".to_owned(), 0),
            ("/application/form/field".to_owned(), 0),
        ]
    );
    let spans: Vec<_> = covered.consumed().into_iter().map(|e| e.span).collect();
    assert_eq!(&xml[spans[1].clone()], "<iin>931002451325</iin>");
}

#[test]
fn elements_of_one_name_are_told_apart_by_their_places_and_references_by_theirs() {
    let limits = XmlLimits::default();
    let xml = "<m><p Id=\"a\"><b>1</b><c/><b>2</b></p><p Id=\"b\"><b>3</b></p></m>";
    let options = Options::with_id("s");
    let signed = sign_detached(xml.as_bytes(), &applicant().signer(), &options, &limits);
    let xml = text(signed.unwrap());
    let document = parse(&xml);
    let found = find_detached(&document, &Bounds::default()).unwrap();
    let ledger = Ledger::default();
    let covered = proof(&found).noted_in(&ledger);
    for part in covered.contents() {
        for element in part.children().filter(|element| element.name() == "b") {
            assert!(!element.text().is_empty());
        }
    }
    assert_eq!(
        paths(&covered),
        [
            ("/m/p[1]/b[1]".to_owned(), 0),
            ("/m/p[1]/b[2]".to_owned(), 0),
            ("/m/p[2]/b".to_owned(), 1),
        ]
    );
}

#[test]
fn a_part_that_was_carried_elsewhere_is_told_by_its_whole_way_and_nothing_beside_it_can_be_noted() {
    let limits = XmlLimits::default();
    let envelope = ENVELOPE.replace(
        "<soap:Header/>",
        "<soap:Header><messageId>{2}</messageId></soap:Header>",
    );
    let (signer, form) = (applicant().signer(), WsseKeyInfo::KeyIdentifier);
    let signed = sign_wsse(envelope.as_bytes(), &signer, form, "1", &limits);
    let document = parse(&text(signed.unwrap()));
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    let ledger = Ledger::default();
    let covered = proof(&found).noted_in(&ledger);
    let ids = covered
        .root()
        .descendants()
        .filter(|e| e.name() == "messageId");
    let read: Vec<_> = ids.map(|element| element.text()).collect();
    assert_eq!(read, ["{1}"]);
    let way = "/Envelope/Body/SendMessage/request/requestInfo/messageId";
    assert_eq!(paths(&covered), [(way.to_owned(), 0)]);
}

#[test]
fn without_a_ledger_nothing_is_noted_and_a_ledger_makes_no_other_proof() {
    let limits = XmlLimits::default();
    let signed = sign_enveloped(APPLICATION.as_bytes(), &applicant().signer(), &limits);
    let document = parse(&text(signed.unwrap()));
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let covered = proof(&found);
    assert!(covered.root().text().trim().is_empty());
    assert_eq!(covered.consumed(), []);
    let ledger = Ledger::default();
    let noted = covered.noted_in(&ledger);
    assert_eq!(noted.root(), covered.root());
    assert_eq!(noted.parts(), covered.parts());
    // Asking about comments reads none of the values.
    assert!(!noted.has_comments());
    assert_eq!(noted.consumed(), []);
}

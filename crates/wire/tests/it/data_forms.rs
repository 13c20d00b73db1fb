//! What goes inside `data`, on both channels: each form that is met gives the document's own bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_wire::asynchronous::SendMessageRequest as Sent;
use qaqpa_wire::data::base64_inside;
use qaqpa_wire::{BusinessData, DataForm, Departure, Reading, SendMessageRequest, WireError};

use crate::envelopes::{self, parse};
use crate::samples;

/// The two envelopes that carry data, with `data` in place of their own; `root` is put into the root's start tag.
fn envelopes_with(root: &str, data: &str) -> [String; 2] {
    [
        envelopes::request().write(),
        samples::send_message().write(),
    ]
    .map(|bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let (start, end) = (text.find("<data").unwrap(), text.find("</data>").unwrap());
        let text = format!("{}{data}{}", &text[..start], &text[end + 7..]);
        text.replacen("<soap:Envelope", &format!("<soap:Envelope {root}"), 1)
    })
}

type Read = Result<(BusinessData, Vec<Departure>), WireError>;

fn read(root: &str, data: &str) -> Read {
    let [sync, asynchronous] = envelopes_with(root, data);
    let sync = SendMessageRequest::read_with(&parse(sync.as_bytes()), Reading::Lenient)
        .map(|(request, departures)| (request.data, departures));
    let asynchronous = Sent::read_with(&parse(asynchronous.as_bytes()), Reading::Lenient)
        .map(|(request, departures)| (request.message.data, departures));
    assert_eq!(sync, asynchronous, "both channels read {data} alike");
    sync
}

fn document(root: &str, data: &str) -> (String, DataForm) {
    let (data, departures) = read(root, data).unwrap_or_else(|error| panic!("{data}: {error}"));
    assert_eq!(departures, [], "{data:?}");
    (String::from_utf8(data.bytes).unwrap(), data.form)
}

#[test]
fn a_plain_child_is_the_document_to_the_byte() {
    let child = "<a  b='1'>\n <!-- c --><c xmlns='urn:c'/>&#13;</a >";
    assert_eq!(
        document("", &format!("<data>\n{child}\n</data>")),
        (child.to_owned(), DataForm::Child)
    );
}

#[test]
fn several_plain_children_make_data_itself_the_document() {
    let data = "<data><iin>931002451325</iin><date>2026-11-22</date></data>";
    assert_eq!(document("", data), (data.to_owned(), DataForm::Children));
}

#[test]
fn prefixes_that_are_declared_outside_stay_bound_and_others_are_not_added() {
    let (bytes, form) = document(
        r#"xmlns:cs="urn:a&amp;b" xmlns:unused="urn:u" xmlns:in="urn:outer" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="urn:t" xmlns:at="urn:at""#,
        r#"<data><cs:a at:x="1" xml:lang="kk"><in:b xmlns:in="urn:in" xsi:type="t:T"/><c xml:space="default"/></cs:a></data>"#,
    );
    assert_eq!(form, DataForm::Child);
    assert_eq!(
        bytes,
        r#"<cs:a xmlns:at="urn:at" xmlns:cs="urn:a&amp;b" xmlns:t="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" at:x="1" xml:lang="kk"><in:b xmlns:in="urn:in" xsi:type="t:T"/><c xml:space="default"/></cs:a>"#
    );
    let root = parse(bytes.as_bytes());
    assert_eq!(root.root().namespace(), Some("urn:a&b"));
}

#[test]
fn a_prefix_declared_for_a_sibling_is_not_declared_for_the_next() {
    let (bytes, _) = document(
        r#"xmlns:p="urn:outer""#,
        r#"<data><a><p:b xmlns:p="urn:inner"/><p:c/></a></data>"#,
    );
    assert_eq!(
        bytes,
        r#"<a xmlns:p="urn:outer"><p:b xmlns:p="urn:inner"/><p:c/></a>"#
    );
}

/// The bytes and the departures of a child, where the envelope's default name space is `urn:e`.
fn child_under_a_default(child: &str) -> (String, Vec<Departure>) {
    let data = format!(r#"<q:data xmlns:q="urn:q" xmlns="urn:e">{child}</q:data>"#);
    let (data, mut departures) = read("", &data).unwrap();
    assert_eq!(data.form, DataForm::Child);
    let of_data = departures.remove(0);
    assert_eq!(of_data, named("data", "urn:q"));
    (String::from_utf8(data.bytes).unwrap(), departures)
}

fn named(element: &str, namespace: &str) -> Departure {
    Departure::Namespace {
        element: element.to_owned(),
        namespace: namespace.to_owned(),
        expected: None,
    }
}

#[test]
fn a_child_in_the_envelopes_default_name_space_stays_in_it_and_is_named() {
    assert_eq!(
        child_under_a_default("<a  b='1'><c xmlns=''/></a>"),
        (
            r#"<a xmlns="urn:e"  b='1'><c xmlns=''/></a>"#.to_owned(),
            vec![named("a", "urn:e")]
        )
    );
    assert_eq!(
        child_under_a_default("<q:a><b/></q:a>"),
        (
            r#"<q:a xmlns="urn:e" xmlns:q="urn:q"><b/></q:a>"#.to_owned(),
            vec![]
        )
    );
    for own in ["<a xmlns=''><b/></a>", "<a xmlns='urn:a'><b/></a>"] {
        assert_eq!(child_under_a_default(own), (own.to_owned(), vec![]));
    }
}

#[test]
fn a_child_that_was_signed_whole_before_it_was_pasted_keeps_its_bytes_and_is_named() {
    let signed = |uri: &str| {
        format!(
            r#"<a Id="x"><b/><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference URI="{uri}"/></ds:SignedInfo></ds:Signature></a>"#
        )
    };
    let departures = vec![named("a", "urn:e")];
    let (whole, by_id) = (signed(""), signed("#x"));
    assert_eq!(child_under_a_default(&whole), (whole, departures.clone()));
    assert_eq!(
        child_under_a_default(&by_id),
        (by_id.replace("<a ", r#"<a xmlns="urn:e" "#), departures)
    );
}

#[test]
fn a_prefixed_root_that_was_signed_whole_keeps_its_bytes_and_is_named_for_its_children() {
    let child = r#"<p:a xmlns:p="urn:p"><b/><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference URI=""/></ds:SignedInfo></ds:Signature></p:a>"#;
    assert_eq!(
        child_under_a_default(child),
        (child.to_owned(), vec![named("a", "urn:e")])
    );
}

#[test]
fn a_typed_request_is_read_by_its_children() {
    let (bytes, form) = document(
        r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#,
        r#"<data xmlns:cs="urn:cs" xsi:type="cs:Request"><cs:a/><b/></data>"#,
    );
    assert_eq!(form, DataForm::Children);
    assert_eq!(
        bytes,
        r#"<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cs="urn:cs" xsi:type="cs:Request"><cs:a/><b/></data>"#
    );
}

#[test]
fn a_qualified_data_is_read_and_named() {
    let space = "http://bip.bee.kz/SyncChannel/v10/Interfaces";
    let data = format!(r#"<q:data xmlns:q="{space}">&lt;a/></q:data>"#);
    let (data, departures) = read("", &data).unwrap();
    assert_eq!((data.bytes, data.form), (b"<a/>".to_vec(), DataForm::Text));
    assert_eq!(
        departures,
        [Departure::Namespace {
            element: "data".to_owned(),
            namespace: space.to_owned(),
            expected: None,
        }]
    );
}

#[test]
fn base64_of_xml_is_the_xml_and_other_text_stays_text() {
    let xml = "\u{feff}<?xml version=\"1.0\"?>\n<a>Ә</a>\n";
    for xml in [xml, "<a/>", "<!-- c --><a/>"] {
        let mut base64 = STANDARD.encode(xml);
        base64.insert_str(4, "\r\n ");
        assert_eq!(
            document("", &format!("<data> {base64} </data>")),
            (xml.to_owned(), DataForm::Base64)
        );
    }
    for text in ["PGE", "PGE+x", "Plain words", "UExBSU4="] {
        assert_eq!(
            document("", &format!("<data>{text}</data>")),
            (text.to_owned(), DataForm::Text)
        );
    }
}

#[test]
fn a_document_in_an_envelope_of_the_services_own_is_found_and_two_are_not_chosen_from() {
    let inner = "<application/>";
    let base64 = STANDARD.encode(inner);
    let found = |text: &str| base64_inside(parse(text.as_bytes()).root());
    let envelope = format!("<s:env xmlns:s=\"urn:s\"><id>PAPA</id><xml>\n{base64}\n</xml></s:env>");
    assert_eq!(found(&envelope), Ok(Some(inner.as_bytes().to_vec())));
    assert_eq!(found("<env><id>1</id></env>"), Ok(None));
    let two = format!("<env><a>{base64}</a><b>{base64}</b></env>");
    assert_eq!(
        found(&two).map_err(|error| error.to_string()),
        Err(
            "not an envelope of this channel: more than one element holds base64 of XML".to_owned()
        )
    );
}

#[test]
fn text_beside_elements_is_refused_and_nothing_is_named_missing() {
    for data in ["<data>x<a/></data>", "<data><a/>x<b/></data>"] {
        assert_eq!(
            read("", data).map_err(|error| error.to_string()),
            Err("not an envelope of this channel: <data> mixes text with elements".to_owned())
        );
    }
    for data in ["<data/>", "<data> </data>", ""] {
        assert_eq!(read("", data), Err(WireError::DataMissing));
    }
}

#[test]
fn each_form_is_written_so_that_it_reads_as_it_was() {
    for (form, bytes) in [
        (DataForm::Base64, "<a>Ә</a>"),
        (DataForm::Child, "<a b='1'>Ә</a>"),
        (DataForm::Children, "<data><a/><b/></data>"),
        (DataForm::Text, "<?xml version=\"1.0\"?><a>Ә</a>"),
        (DataForm::TypedText, "<?xml version=\"1.0\"?><a>Ә</a>"),
    ] {
        let mut sent = samples::send_message();
        sent.message.data = BusinessData {
            bytes: bytes.as_bytes().to_vec(),
            form,
        };
        let read = Sent::read_with(&parse(&sent.write()), Reading::Strict);
        assert_eq!(read, Ok((sent, vec![])));
    }
}

#[test]
fn a_declaration_does_not_get_into_the_middle_of_an_envelope() {
    let mut sent = samples::send_message();
    sent.message.data = BusinessData {
        bytes: "\u{feff}<?xml version=\"1.0\"?>\n<a/>\n"
            .as_bytes()
            .to_vec(),
        form: DataForm::Child,
    };
    let (read, _) = Sent::read_with(&parse(&sent.write()), Reading::Strict).unwrap();
    assert_eq!(read.message.data.bytes, b"<a/>");
}

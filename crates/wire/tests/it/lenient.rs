//! What real clients send: each form is read, and each departure from the schema is named.

use qaqpa_model::RefusalLabel;
use qaqpa_wire::{DataForm, Departure, Reading, SendMessageRequest, WireError};

use crate::envelopes::parse;

const TYPES: &str = "http://bip.bee.kz/SyncChannel/v10/Types";

/// An envelope around `payload`, which is the whole content of the Body.
fn envelope(payload: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Header/><soapenv:Body>{payload}</soapenv:Body></soapenv:Envelope>"#
    )
}

const GUID: &str = "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}";

const SENDER: &str = "<sender><senderId>x</senderId></sender>";

/// As the schema asks, with `extra` behind the sender.
fn info(extra: &str) -> String {
    info_of("", &format!("{SENDER}{extra}"))
}

/// With `early` behind the message's id and `late` behind the date.
fn info_of(early: &str, late: &str) -> String {
    format!(
        "<requestInfo><messageId>{GUID}</messageId>{early}<serviceId>s</serviceId><messageDate>2026-11-22T10:00:00+05:00</messageDate>{late}</requestInfo>"
    )
}

fn message(info: &str, data: &str) -> String {
    envelope(&format!(
        r#"<t:SendMessage xmlns:t="{TYPES}"><request>{info}<requestData>{data}</requestData></request></t:SendMessage>"#
    ))
}

fn read(text: &str) -> Result<(SendMessageRequest, Vec<Departure>), WireError> {
    SendMessageRequest::read_with(&parse(text.as_bytes()), Reading::Lenient)
}

#[test]
fn a_default_name_space_with_xmlns_empty_below_is_the_schema_itself() {
    let text = envelope(&format!(
        r#"<SendMessage xmlns="{TYPES}"><request xmlns="">{}<requestData><data>&lt;a/&gt;</data></requestData></request></SendMessage>"#,
        info("")
    ));
    let (request, departures) = read(&text).unwrap();
    assert_eq!(request.data.bytes, b"<a/>");
    assert_eq!(request.data.form, DataForm::Text);
    assert_eq!(departures, []);
}

#[test]
fn a_default_name_space_without_xmlns_empty_is_read_and_every_element_named() {
    let text = envelope(&format!(
        r#"<SendMessage xmlns="{TYPES}"><request>{}<requestData><data>&lt;a/&gt;</data></requestData></request></SendMessage>"#,
        info("")
    ));
    let (request, departures) = read(&text).unwrap();
    assert_eq!(request.message_id.as_str(), GUID);
    assert_eq!(request.data.bytes, b"<a/>");
    let named: Vec<_> = departures
        .iter()
        .map(|departure| match departure {
            Departure::Namespace {
                element,
                namespace,
                expected: None,
            } if namespace == TYPES => element.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(
        named,
        [
            "request",
            "requestInfo",
            "requestData",
            "messageId",
            "serviceId",
            "messageDate",
            "sender",
            "senderId",
            "data"
        ]
    );
    let strict = SendMessageRequest::read_with(&parse(text.as_bytes()), Reading::Strict);
    assert_eq!(strict, Err(WireError::Departs { departures }));
}

#[test]
fn empty_optional_elements_mean_absent() {
    let text = message(
        &info_of(
            "<correlationId/>",
            "<routeId></routeId><sender><senderId>x</senderId><password/></sender><properties/><sessionId> </sessionId>",
        ),
        "<data>&lt;a/&gt;</data>",
    );
    let (request, departures) = read(&text).unwrap();
    assert_eq!(request.correlation_id, None);
    assert_eq!(request.route_id, None);
    assert_eq!(request.properties, []);
    assert_eq!(request.session_id, None);
    assert_eq!(request.sender.unwrap().password, None);
    let mut named: Vec<_> = departures
        .iter()
        .map(|departure| match departure {
            Departure::Empty { element } => *element,
            other => panic!("{other}"),
        })
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "correlationId",
            "password",
            "properties",
            "routeId",
            "sessionId"
        ]
    );
}

#[test]
fn a_nil_element_is_empty_and_named_and_one_with_content_is_refused() {
    let nil = |content: &str, data: &str| {
        let nil = r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil=" true ""#;
        let info = info_of(
            &format!("<correlationId {nil}>{content}</correlationId>"),
            SENDER,
        );
        read(&message(&info, &data.replace("NIL", nil)))
    };
    let plain = "<data>&lt;a/&gt;</data>";
    let (request, departures) = nil(" ", plain).unwrap();
    assert_eq!(request.correlation_id, None);
    assert_eq!(
        departures,
        [
            Departure::Nil {
                element: "correlationId".to_owned()
            },
            Departure::Empty {
                element: "correlationId"
            }
        ]
    );
    assert_eq!(nil(GUID, plain), Err(nil_and_full("correlationId")));
    let nil_of = |element: &str| Departure::Nil {
        element: element.to_owned(),
    };
    let empty = Departure::Empty {
        element: "correlationId",
    };
    let before = [nil_of("correlationId"), empty];
    for data in ["<data NIL>&lt;a/&gt;</data>", "<data NIL><a/></data>"] {
        let refused = beside(full_and_nil("data"), &before);
        assert_eq!(nil("", data), Err(refused), "{data}");
    }
    // One that is empty is no document, and that it is nil is a departure by itself.
    let [first, second] = before;
    let with_data = [first, second, nil_of("data")];
    let refused = beside(WireError::DataMissing, &with_data);
    assert_eq!(refused.departures(), with_data);
    assert_eq!(nil("", "<data NIL/>"), Err(refused));
}

fn full_and_nil(element: &str) -> WireError {
    WireError::Envelope {
        why: format!("<{element}> is nil and has content"),
    }
}

/// What cannot be read, told beside what was found before it.
fn beside(error: WireError, departures: &[Departure]) -> WireError {
    WireError::Beside {
        error: Box::new(error),
        departures: departures.to_vec(),
    }
}

/// That it is nil is a departure by itself, named beside what cannot be read.
fn nil_and_full(element: &str) -> WireError {
    let nil = Departure::Nil {
        element: element.to_owned(),
    };
    beside(full_and_nil(element), &[nil])
}

#[test]
fn a_nil_element_with_elements_inside_is_refused() {
    let nil = r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="1""#;
    let refused = |name: &str| Err(nil_and_full(name));
    let sender = format!("<sender {nil}><senderId>x</senderId></sender>");
    let read_with = |info: &str| read(&message(info, "<data>&lt;a/&gt;</data>"));
    assert_eq!(read_with(&info_of("", &sender)), refused("sender"));
    let property = format!("<properties {nil}><key>judged-at</key><value>1</value></properties>");
    assert_eq!(read_with(&info(&property)), refused("properties"));
    let (_, departures) = read_with(&info(&format!("<properties {nil}/>"))).unwrap();
    assert_eq!(
        departures,
        [Departure::Nil {
            element: "properties".to_owned()
        }]
    );
}

#[test]
fn a_property_twice_is_named_and_one_that_is_judged_by_is_refused() {
    let twice = |key: &str| {
        let one = format!("<properties><key> {key} </key><value>1</value></properties>");
        let two = format!("<properties><key>{key}</key><value>2</value></properties>");
        let info = info(&format!("{one}{two}"));
        read(&message(&info, "<data>&lt;a/&gt;</data>"))
    };
    let (request, departures) = twice("colour").unwrap();
    assert_eq!(request.properties.len(), 2);
    assert_eq!(request.property("colour"), Some("1"));
    assert_eq!(
        departures,
        [Departure::Repeated {
            key: "colour".to_owned()
        }]
    );
    for key in ["judged-at", "verdict"] {
        assert_eq!(
            twice(key),
            Err(WireError::Envelope {
                why: format!("the property {key} stands more than once")
            })
        );
    }
}

#[test]
fn message_ids_without_braces_decimals_and_tokens_are_read_and_named() {
    for id in [
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "1234567890",
        "0123456789abcdef0123456789abcdef01234567",
        "{3f2504e0-4f89-41d3-9a0c-0305e82c330}",
        "{zf2504e0-4f89-41d3-9a0c-0305e82c3301}",
    ] {
        let text = message(&info(""), "<data>&lt;a/&gt;</data>").replace(GUID, id);
        let (request, departures) = read(&text).unwrap();
        assert_eq!(request.message_id.as_str(), id);
        assert_eq!(
            departures,
            [Departure::Guid {
                element: "messageId"
            }]
        );
    }
}

#[test]
fn every_form_of_data_that_is_met_is_read() {
    let forms = [
        ("<data>&lt;a/&gt;</data>", DataForm::Text, "<a/>"),
        (
            r#"<data xsi:type="xsd:string">&lt;a/&gt;</data>"#,
            DataForm::TypedText,
            "<a/>",
        ),
        (
            "<data>\n  <![CDATA[<a>]]>&lt;/a&gt;\n</data>",
            DataForm::Text,
            "<a></a>",
        ),
        (
            "<data>\n  <a b='1'/>\n</data>",
            DataForm::Child,
            "<a b='1'/>",
        ),
        (
            r#"<data xsi:type="cs:Request" xmlns:cs="urn:x"><a xmlns="urn:y"/></data>"#,
            DataForm::Child,
            r#"<a xmlns="urn:y"/>"#,
        ),
        (
            r#"<q:data xmlns:q="http://bip.bee.kz/SyncChannel/v10/Interfaces"><a/></q:data>"#,
            DataForm::Child,
            "<a/>",
        ),
    ];
    for (data, form, bytes) in forms {
        let (request, _) =
            read(&message(&info(""), data)).unwrap_or_else(|e| panic!("{data}: {e}"));
        assert_eq!(request.data.form, form, "{data}");
        assert_eq!(
            String::from_utf8(request.data.bytes).unwrap(),
            bytes,
            "{data}"
        );
    }
}

#[test]
fn an_envelope_without_a_document_says_so() {
    for data in ["<data/>", "<data> </data>", ""] {
        assert_eq!(
            read(&message(&info(""), data)).map(|_| ()),
            Err(WireError::DataMissing)
        );
    }
    let text = envelope(&format!(
        r#"<t:SendMessage xmlns:t="{TYPES}"><request>{}</request></t:SendMessage>"#,
        info("")
    ));
    assert_eq!(
        read(&text).map_err(|error| error.label()).map(|_| ()),
        Err(RefusalLabel::DataMissing)
    );
}

#[test]
fn a_date_without_an_offset_is_local_time_and_one_of_old_samples_keeps_its_own() {
    let local =
        message(&info(""), "<data>&lt;a/&gt;</data>").replace("10:00:00+05:00", "10:00:00.123");
    let (request, departures) = read(&local).unwrap();
    assert_eq!(
        request.message_date.to_string(),
        "2026-11-22T10:00:00+05:00"
    );
    assert_eq!(
        departures,
        [Departure::Offset {
            element: "messageDate"
        }]
    );
    let old = message(&info(""), "<data>&lt;a/&gt;</data>").replace("+05:00", "+06:00");
    let (request, _) = read(&old).unwrap();
    assert_eq!(
        request.message_date.to_string(),
        "2026-11-22T09:00:00+05:00"
    );
}

#[test]
fn what_is_ambiguous_is_refused_and_named() {
    let data = "<data>&lt;a/&gt;</data>";
    let good = message(&info(""), data);
    let cases = [
        (
            good.replace("messageId>", "messageID>"),
            "<messageId> is missing or empty in <requestInfo>",
        ),
        (
            message(&info("<messageId>x</messageId>"), data),
            "<messageId> stands 2 times in <requestInfo>",
        ),
        (
            message(&info(""), &format!("{data}{data}")),
            "<data> stands 2 times in <requestData>",
        ),
        (
            message(&info(""), "<data>x<a/></data>"),
            "<data> mixes text with elements",
        ),
        (
            good.replace("2026-11-22T10:00:00+05:00", "yesterday"),
            "<messageDate>: not a moment: \"yesterday\"",
        ),
        (
            good.replace(GUID, "a b"),
            "<messageId>: a character that is not allowed",
        ),
        (
            good.replace(GUID, "<x/>"),
            "<messageId> has elements inside",
        ),
        (
            good.replace("<soapenv:Header/>", "")
                .replace("soapenv:Body>", "soapenv:Bodies>"),
            "<Bodies> is not expected in the Envelope",
        ),
        (
            good.replace("<soapenv:Header/>", "<soapenv:Body/>"),
            "two <Body>",
        ),
        (
            good.replace("</soapenv:Body>", "<x/></soapenv:Body>"),
            "the Body has more than one element",
        ),
        (envelope(""), "the Body is empty"),
        (
            good.replace(":SendMessage", ":SendMessages"),
            "the Body holds <SendMessages>",
        ),
        (
            good.replace("v10/Types", "v11/Types"),
            "the Body holds <SendMessage> of \"http://bip.bee.kz/SyncChannel/v11/Types\"",
        ),
        ("<a/>".to_owned(), "the root is <a>, not Envelope"),
    ];
    for (text, why) in cases {
        let Err(error) = read(&text) else {
            panic!("accepted: {text}")
        };
        assert_eq!(error.label(), RefusalLabel::EnvelopeMalformed, "{text}");
        assert!(error.to_string().contains(why), "{error}\nexpected: {why}");
    }
}

#[test]
fn another_soap_version_and_headers_that_must_be_understood_have_their_fault_codes() {
    let good = message(&info(""), "<data>&lt;a/&gt;</data>");
    let twelve = good.replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    assert_eq!(read(&twelve).map(|_| ()), Err(WireError::VersionMismatch));
    let must = good.replace(
        "<soapenv:Header/>",
        r#"<soapenv:Header><x soapenv:mustUnderstand="1"/></soapenv:Header>"#,
    );
    assert_eq!(
        read(&must).map(|_| ()),
        Err(WireError::MustUnderstand {
            header: "x".to_owned()
        })
    );
    let need_not = must.replace(r#"mustUnderstand="1""#, r#"mustUnderstand="0""#);
    assert!(read(&need_not).is_ok());
}

#[test]
fn a_sender_of_an_impossible_shape_is_an_unknown_sender() {
    let text = message(
        &info_of("", "<sender><senderId>../x y</senderId></sender>"),
        "<data>&lt;a/&gt;</data>",
    );
    let error = read(&text).unwrap_err();
    assert_eq!(error.label(), RefusalLabel::SenderUnknown);
}

#[test]
fn a_property_has_its_limits() {
    let property = |key: &str, value: &str| {
        message(
            &info(&format!(
                "<properties><key>{key}</key><value>{value}</value></properties>"
            )),
            "<data>&lt;a/&gt;</data>",
        )
    };
    let (request, _) = read(&property(&"ә".repeat(30), &"ә".repeat(500))).unwrap();
    assert_eq!(request.properties.len(), 1);
    for (key, value) in [
        ("k".repeat(31), "v".to_owned()),
        ("k".to_owned(), "v".repeat(501)),
    ] {
        let error = read(&property(&key, &value)).unwrap_err();
        assert_eq!(error.label(), RefusalLabel::EnvelopeMalformed);
    }
}

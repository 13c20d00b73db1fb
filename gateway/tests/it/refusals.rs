//! Every refusal of the gateway, by one defect in a message that is otherwise valid: its exact label,
//! a signed SOAP fault with ErrorInfo, and an entry in the journal.

use qaqpa_channel::envelope::xml_limits;
use qaqpa_model::{Actor, Iin, Limits, RefusalLabel as L};
use qaqpa_wire::{BusinessData, FaultCode, SendMessageRequest};
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::CertStatus;

use crate::authority::CITIZEN_2;
use crate::messages::{application, message, new_id, seal, sign, valid};
use crate::stand::{Reply, Stand};

/// The fault of a refusal: label, code, status, words, signature, journal.
pub(crate) async fn assert_refused(stand: &Stand, name: &str, reply: &Reply, label: L) -> String {
    let fault = reply.fault();
    assert_eq!(fault.label(), Some(label), "{name}: {}", reply.http.text());
    assert_eq!(reply.http.status, 500, "{name}");
    assert_eq!(
        reply.http.header("x-qaqpa-label"),
        Some(label.as_str()),
        "{name}"
    );
    stand.assert_signed_by_the_gateway(reply);
    let info = fault.detail.unwrap();
    assert_eq!(
        info.error_code,
        qaqpa_wire::code::error_code(label),
        "{name}"
    );
    for key in ["why", "kk", "ru", "en", "remedy"] {
        assert!(
            info.value(key).is_some_and(|value| !value.is_empty()),
            "{name}: {key}"
        );
    }
    // Deliveries of what was accepted before write beside it.
    let journal = stand.control("/journal?limit=5").await;
    let entries = journal.as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["kind"] == "refused");
    let entry = entry.unwrap_or_else(|| panic!("{name}: {journal}"));
    assert_eq!(entry["label"], label.as_str(), "{name}: {entry}");
    assert!(entry["raw"].is_string(), "{name}: {entry}");
    info.error_data.unwrap()
}

/// A message of integrator-1 with this document, sealed.
fn sealed(stand: &Stand, document: Vec<u8>) -> Vec<u8> {
    seal(
        &message("integrator-1", document).write(),
        stand.authority.signatory("system-integrator-1"),
    )
}

/// A valid signed application as text, to put a defect into.
fn signed_by(stand: &Stand, id: &str) -> String {
    String::from_utf8(sign(&application().to_xml(), stand.authority.signatory(id))).unwrap()
}

#[tokio::test]
async fn bytes_that_are_no_envelope_are_refused_with_their_label() {
    let stand = Stand::start().await;
    let (_, envelope) = valid(&stand.authority);
    let envelope = String::from_utf8(envelope).unwrap();
    let deep = format!("{}{}", "<a>".repeat(65), "</a>".repeat(65));
    let cases: [(&str, String, L); 13] = [
        ("empty", String::new(), L::XmlMalformed),
        (
            "cut",
            envelope[..envelope.len() - 1].to_owned(),
            L::XmlMalformed,
        ),
        ("not XML", "{}".to_owned(), L::XmlMalformed),
        (
            "an instruction",
            format!("<?p x?>{envelope}"),
            L::XmlMalformed,
        ),
        (
            "DTD",
            format!("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>{envelope}"),
            L::DtdRefused,
        ),
        ("deep", deep, L::LimitExceeded),
        ("another root", "<a/>".to_owned(), L::EnvelopeMalformed),
        (
            "two bodies",
            envelope.replace("</soap:Body>", "</soap:Body><soap:Body/>"),
            L::EnvelopeMalformed,
        ),
        (
            "another operation",
            envelope.replace("SendMessage", "SendMassage"),
            L::EnvelopeMalformed,
        ),
        (
            "SOAP 1.2",
            envelope.replace(
                "http://schemas.xmlsoap.org/soap/envelope/",
                "http://www.w3.org/2003/05/soap-envelope",
            ),
            L::EnvelopeMalformed,
        ),
        (
            "no document",
            message("integrator-1", Vec::new()).write_text(),
            L::DataMissing,
        ),
        ("no sender", no_sender(), L::SenderUnknown),
        (
            "a sender of no shape",
            envelope.replace(">integrator-1<", ">in tegrator<"),
            L::SenderUnknown,
        ),
    ];
    for (name, body, label) in cases {
        let reply = stand.post(body).await;
        assert_refused(&stand, name, &reply, label).await;
    }
}

trait WriteText {
    fn write_text(&self) -> String;
}

impl WriteText for SendMessageRequest {
    fn write_text(&self) -> String {
        String::from_utf8(self.write()).unwrap()
    }
}

fn no_sender() -> String {
    let mut message = message("integrator-1", b"<a/>".to_vec());
    message.sender = None;
    message.write_text()
}

#[tokio::test]
async fn a_sender_that_is_not_who_it_says_is_refused_with_its_label() {
    let stand = Stand::start().await;
    let authority = &stand.authority;
    let integrator = authority.signatory("system-integrator-1");
    let document = || signed_by(&stand, "citizen-1").into_bytes();

    let unknown = message("integrator-1", document())
        .write_text()
        .replace(">integrator-1<", ">integrator-9<");
    let reply = stand.post(seal(unknown.as_bytes(), integrator)).await;
    assert_refused(&stand, "unknown sender", &reply, L::SenderUnknown).await;

    for (name, password) in [
        ("wrong password", Some("x".to_owned())),
        ("no password", None),
    ] {
        let mut wrong = message("integrator-1", document());
        wrong.sender.as_mut().unwrap().password = password;
        let reply = stand.post(seal(&wrong.write(), integrator)).await;
        assert_refused(&stand, name, &reply, L::SenderPasswordWrong).await;
    }

    let unsigned = message("integrator-1", document()).write();
    let reply = stand.post(unsigned).await;
    assert_refused(&stand, "no wsse", &reply, L::TransportSignatureMissing).await;

    let other_system = seal(
        &message("integrator-1", document()).write(),
        authority.signatory("system-portal"),
    );
    let reply = stand.post(other_system).await;
    assert_refused(
        &stand,
        "another system's key",
        &reply,
        L::SenderCertificateMismatch,
    )
    .await;

    let a_person = seal(
        &message("integrator-1", document()).write(),
        authority.signatory("citizen-1"),
    );
    let reply = stand.post(a_person).await;
    assert_refused(
        &stand,
        "a person's key",
        &reply,
        L::SenderCertificateMismatch,
    )
    .await;

    let changed = String::from_utf8(sealed(&stand, document())).unwrap();
    let changed = changed.replace(
        "12:00:00+05:00</messageDate>",
        "12:00:01+05:00</messageDate>",
    );
    let reply = stand.post(changed).await;
    let data = assert_refused(&stand, "Body changed", &reply, L::TransportSignatureInvalid).await;
    assert!(data.contains("cause=content-changed"), "{data}");

    // The signed Body is moved aside, another one is to be consumed. (W09)
    let whole = String::from_utf8(sealed(&stand, document())).unwrap();
    let (head, body) = whole.split_once("<soap:Body").unwrap();
    let body = format!(
        "<soap:Body{}",
        body.split_once("</soap:Envelope>").unwrap().0
    );
    let evil = body.replace("wsu:Id=", "wsu:other=");
    let wrapped = format!(
        "{}<x>{body}</x></soap:Header>{evil}</soap:Envelope>",
        head.split_once("</soap:Header>").unwrap().0
    );
    let reply = stand.post(wrapped).await;
    assert_refused(&stand, "Body wrapped", &reply, L::TransportSignatureInvalid).await;

    let as_portal = || {
        seal(
            &message("portal", document()).write(),
            authority.signatory("system-portal"),
        )
    };
    let reply = stand.post(as_portal()).await;
    assert_refused(
        &stand,
        "portal without TLS identity",
        &reply,
        L::SenderCertificateMismatch,
    )
    .await;
    let reply = stand.post_as(Actor::RegionalGateway, as_portal()).await;
    assert_refused(
        &stand,
        "portal with another TLS identity",
        &reply,
        L::SenderCertificateMismatch,
    )
    .await;
    let reply = stand
        .post_as(Actor::Portal, sealed(&stand, document()))
        .await;
    assert_refused(
        &stand,
        "integrator with the portal's TLS identity",
        &reply,
        L::SenderCertificateMismatch,
    )
    .await;

    authority.revoke("system-integrator-1", RevocationReason::KeyCompromise);
    let reply = stand.post(sealed(&stand, document())).await;
    let data = assert_refused(
        &stand,
        "revoked system",
        &reply,
        L::TransportCertificateRefused,
    )
    .await;
    assert!(data.contains("cause=certificate-revoked"), "{data}");
    authority.say("system-integrator-1", CertStatus::Good);

    authority.set_down(true);
    let reply = stand.post(sealed(&stand, document())).await;
    assert_refused(&stand, "nobody knows", &reply, L::RevocationUnknown).await;
    assert_eq!(reply.fault().code, FaultCode::Server);
}

#[tokio::test]
async fn a_document_whose_signature_is_wrong_is_refused_with_its_label() {
    let stand = Stand::start().await;
    let signed = signed_by(&stand, "citizen-1");
    let unsigned = String::from_utf8(application().to_xml()).unwrap();
    let (before, signature) = signed.split_at(signed.find("<ds:Signature").unwrap());
    let signature = signature.strip_suffix("</application>").unwrap();
    let value = |text: &str| {
        let at = text.find("<ds:SignatureValue").unwrap();
        let at = at + text[at..].find('>').unwrap() + 20;
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    };
    let cases: [(&str, String, L); 14] = [
        ("no signature", unsigned, L::SignatureMissing),
        (
            "two signatures",
            format!("{before}{signature}{signature}</application>"),
            L::SignatureMultiple,
        ),
        (
            "changed text",
            signed.replace("БАЛА", "БАБА"),
            L::ContentChanged,
        ),
        (
            "white space",
            signed.replace("<form>", "\n<form>"),
            L::ContentChanged,
        ),
        ("changed value", value(&signed), L::SignatureValueWrong),
        (
            "no KeyInfo",
            cut(&signed, "<ds:KeyInfo", "</ds:KeyInfo>"),
            L::SignatureMalformed,
        ),
        (
            "SHA-1",
            signed.replace(
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            ),
            L::AlgorithmWeak,
        ),
        (
            "no such algorithm",
            signed.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha255"),
            L::AlgorithmUnknown,
        ),
        (
            "XSLT",
            signed.replace(
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
            ),
            L::TransformRefused,
        ),
        (
            "far away",
            signed.replace(r#"URI="""#, r#"URI="http://127.0.0.1/""#),
            L::ReferenceRefused,
        ),
        ("in data: not XML", "<a>".to_owned(), L::XmlMalformed),
        (
            "in data: DTD",
            format!("<!DOCTYPE a>{signed}"),
            L::DtdRefused,
        ),
        (
            "in data: deep",
            format!("{}{}", "<a>".repeat(65), "</a>".repeat(65)),
            L::LimitExceeded,
        ),
        (
            "signature inside",
            format!("<x>{signed}</x>"),
            L::SignatureScope,
        ),
    ];
    for (name, document, label) in cases {
        let reply = stand.post(sealed(&stand, document.into_bytes())).await;
        assert_refused(&stand, name, &reply, label).await;
    }
}

fn cut(text: &str, from: &str, to: &str) -> String {
    let begin = text.find(from).unwrap();
    let end = text.find(to).unwrap() + to.len();
    format!("{}{}", &text[..begin], &text[end..])
}

#[tokio::test]
async fn changed_content_shows_what_was_digested() {
    let stand = Stand::start().await;
    let changed = signed_by(&stand, "citizen-1").replace("БАЛА", "БАБА");
    let reply = stand.post(sealed(&stand, changed.into_bytes())).await;
    assert_refused(&stand, "changed", &reply, L::ContentChanged).await;
    let info = reply.fault().detail.unwrap();
    assert_eq!(info.value("reference"), Some("\"\""));
    let (stated, found) = (
        info.value("digest-stated").unwrap(),
        info.value("digest-found").unwrap(),
    );
    assert!(stated != found && stated.len() == 44 && found.len() == 44);
    let shown = info.value("canonical").unwrap();
    assert!(
        shown.starts_with(
            r#"<application xmlns="urn:qaqpa:document:1" version="1"><applicationId>"#
        ),
        "{shown}"
    );
    assert!(shown.chars().count() <= 301);
    let journal = stand.control("/journal?limit=1").await;
    let whole = journal[0]["summary"]["canonical"].as_str().unwrap();
    assert!(whole.chars().count() >= shown.trim_end_matches('…').chars().count());
    assert_eq!(
        journal[0]["summary"]["verdict"]["indication"],
        "TOTAL-FAILED"
    );
}

/// What was read of a document stands in its verdict, refused or not, with the reference that covers it.
#[tokio::test]
async fn the_journal_tells_every_element_that_was_read_and_what_covers_it() {
    let stand = Stand::start().await;
    let signed = signed_by(&stand, "citizen-2");
    let reply = stand.post(sealed(&stand, signed.into_bytes())).await;
    assert_refused(&stand, "citizen-2", &reply, L::IinMismatch).await;
    let journal = stand.control("/journal?limit=1").await;
    let consumed = journal[0]["summary"]["verdict"]["consumed"].clone();
    let consumed = consumed.as_array().unwrap();
    assert!(consumed.iter().all(|element| element["reference"] == 1));
    let paths: Vec<_> = consumed
        .iter()
        .map(|element| element["path"].as_str().unwrap())
        .collect();
    for path in [
        "/application",
        "/application/applicationId",
        "/application/submitter/iin",
        "/application/applicant/iin",
    ] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
    }
    // The strict reader reads all of the document, and nothing of its signature.
    assert!(paths.iter().all(|path| path.starts_with("/application")));
    assert!(!paths.iter().any(|path| path.contains("Signature")));
}

#[tokio::test]
async fn each_cause_of_condition_2_is_refused_with_its_label() {
    let stand = Stand::start().await;
    let authority = &stand.authority;
    for (id, label) in [
        ("expired", L::CertificateExpired),
        ("not-yet-valid", L::CertificateNotYetValid),
        ("auth-only", L::CertificatePurpose),
        ("foreign", L::IssuerUntrusted),
        ("citizen-2", L::IinMismatch),
    ] {
        let reply = stand
            .post(sealed(&stand, signed_by(&stand, id).into_bytes()))
            .await;
        let data = assert_refused(&stand, id, &reply, label).await;
        assert!(
            data.contains("condition=condition-2\nelement=process-4"),
            "{data}"
        );
    }
    for (reason, label) in [
        (RevocationReason::KeyCompromise, L::CertificateRevoked),
        (RevocationReason::CertificateHold, L::CertificateSuspended),
    ] {
        authority.revoke("citizen-1", reason);
        let reply = stand
            .post(sealed(&stand, signed_by(&stand, "citizen-1").into_bytes()))
            .await;
        assert_refused(&stand, label.as_str(), &reply, label).await;
    }
    authority.say("citizen-1", CertStatus::Unknown);
    let reply = stand
        .post(sealed(&stand, signed_by(&stand, "citizen-1").into_bytes()))
        .await;
    assert_refused(&stand, "unknown to OCSP", &reply, L::RevocationUnknown).await;
    authority.say("citizen-1", CertStatus::Good);
    let reply = stand
        .post(sealed(&stand, signed_by(&stand, "citizen-1").into_bytes()))
        .await;
    reply.acknowledgement();
}

#[tokio::test]
async fn a_document_that_is_no_application_for_this_service_is_refused_with_its_label() {
    let stand = Stand::start().await;
    let authority = &stand.authority;
    let citizen = authority.signatory("citizen-1");
    let text =
        |application: &qaqpa_wire::Application| String::from_utf8(application.to_xml()).unwrap();
    let good = application();
    let mut other_channel = application();
    other_channel.channel = "service-centre".to_owned();
    let mut other_submitter = application();
    other_submitter.submitter = Iin::parse(CITIZEN_2).unwrap();
    let cases = [
        ("another root", "<a/>".to_owned(), L::ApplicationMalformed),
        (
            "no channel",
            text(&good).replace("<channel>portal</channel>", ""),
            L::ApplicationMalformed,
        ),
        (
            "attachment changed",
            text(&good).replace("JVBERiBURVNU", "JVBERiBUQVNU"),
            L::ApplicationMalformed,
        ),
        (
            "no such IIN",
            text(&good).replace("<iin>931002451325", "<iin>931002451326"),
            L::IinInvalid,
        ),
        ("another submitter", text(&other_submitter), L::IinMismatch),
        (
            "another channel",
            text(&other_channel),
            L::ServiceNotInSource,
        ),
        (
            "another service in the document",
            text(&good).replace("guardianship", "guard"),
            L::ApplicationMalformed,
        ),
    ];
    for (name, xml, label) in cases {
        let reply = stand
            .post(sealed(&stand, sign(xml.as_bytes(), citizen)))
            .await;
        assert_refused(&stand, name, &reply, label).await;
    }
    for service in ["no-such-service@zhambyl-2019-23", "nonsense", "../../x@y"] {
        let mut message = message("integrator-1", sign(&good.to_xml(), citizen));
        message.service_id = service.to_owned();
        let envelope = seal(&message.write(), authority.signatory("system-integrator-1"));
        let reply = stand.post(envelope).await;
        assert_refused(&stand, service, &reply, L::ServiceUnknown).await;
    }
}

#[tokio::test]
async fn every_label_reached_here_leaves_nothing_accepted_and_nothing_to_deliver() {
    let stand = Stand::start().await;
    let mut bad = message("integrator-1", b"<a/>".to_vec());
    bad.data = BusinessData::new(signed_by(&stand, "expired").into_bytes());
    let envelope = seal(
        &bad.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    let reply = stand.post(envelope).await;
    assert_refused(&stand, "expired", &reply, L::CertificateExpired).await;
    assert_eq!(stand.control("/outbox").await, serde_json::json!([]));
    // The same id may be used again: nothing was accepted under it.
    bad.data = BusinessData::new(signed_by(&stand, "citizen-1").into_bytes());
    let envelope = seal(
        &bad.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    stand.post(envelope).await.acknowledgement();
    assert_ne!(bad.message_id, new_id());
}

#[tokio::test]
async fn strict_reading_names_every_departure() {
    let config = toml::from_str("strict = true").unwrap();
    let stand = Stand::start_with(config, Limits::default()).await;
    let (_, strict) = valid(&stand.authority);
    stand.post(strict).await.acknowledgement();
    let (mut bare, _) = valid(&stand.authority);
    bare.message_id = qaqpa_model::MessageId::parse("12345").unwrap();
    let unsigned = bare.write_text().replace("<sender>", "<routeId/><sender>");
    let envelope = seal(
        unsigned.as_bytes(),
        stand.authority.signatory("system-integrator-1"),
    );
    let reply = stand.post(envelope).await;
    let data = assert_refused(&stand, "strict", &reply, L::EnvelopeMalformed).await;
    assert!(data.contains("departure=<routeId> is empty"), "{data}");
    assert!(
        data.contains("departure=<messageId> is not a guid"),
        "{data}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_at_the_door() {
    let limits = Limits {
        body_bytes_max: 40_000,
        ..Limits::default()
    };
    let stand = Stand::start_with(qaqpa_gateway::Config::default(), limits).await;
    let (message, envelope) = valid(&stand.authority);
    assert!(envelope.len() < 20_000, "{}", envelope.len());
    stand.post(envelope).await.acknowledgement();
    let mut large = message.write_text();
    large.push_str(&" ".repeat(40_001 - large.len()));
    let reply = stand.post(large).await;
    assert_eq!(reply.http.status, 413);
    assert_eq!(reply.label(), Some(L::BodyTooLarge));
    assert_eq!(reply.fault().code, FaultCode::Client);
    crate::stand::eventually("the journal's entry", async || {
        let journal = stand.control("/journal?kind=refused-at-the-door").await;
        (journal[0]["label"] == "body-too-large").then_some(())
    })
    .await;
    let _ = xml_limits(&limits);
}

/// Whatever is repeated in an answer is text of its Body: no line of a value becomes a header. (P04)
#[tokio::test]
async fn line_ends_in_an_iin_or_an_id_begin_no_header() {
    let stand = Stand::start().await;
    let citizen = stand.authority.signatory("citizen-1");
    let text = String::from_utf8(application().to_xml()).unwrap();
    let injected = "931002451325&#13;&#10;X-Injected: 1&#13;&#10;&#13;&#10;&lt;a/&gt;";
    let iin = text.replacen(">931002451325<", &format!(">{injected}<"), 1);
    let of_iin = sealed(&stand, sign(iin.as_bytes(), citizen));
    let integrator = stand.authority.signatory("system-integrator-1");
    let request =
        String::from_utf8(message("integrator-1", sign(text.as_bytes(), citizen)).write());
    let request = request.unwrap();
    let id = request.replacen("</messageId>", "&#13;&#10;X-Injected: 1</messageId>", 1);
    let service = request.replacen("</serviceId>", "&#13;&#10;X-Injected: 1</serviceId>", 1);
    for (name, envelope, label) in [
        ("iin", of_iin, L::IinInvalid),
        (
            "messageId",
            seal(id.as_bytes(), integrator),
            L::EnvelopeMalformed,
        ),
        (
            "serviceId",
            seal(service.as_bytes(), integrator),
            L::ServiceUnknown,
        ),
    ] {
        let reply = stand.post(envelope).await;
        assert_eq!(reply.label(), Some(label), "{name}: {}", reply.http.text());
        assert_eq!(reply.http.header("x-injected"), None, "{name}");
        assert_eq!(
            reply.http.header("x-qaqpa-label"),
            Some(label.as_str()),
            "{name}"
        );
    }
}

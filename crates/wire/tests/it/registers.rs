//! Questions to registers: read from what a signature covers, leniently in what means the same.

use std::sync::OnceLock;

use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_model::Moment;
use qaqpa_wire::register::records::RecordsAnswer;
use qaqpa_wire::register::{
    AnswerHead, Question, Root, answered, has_signature, person, question_of,
};
use qaqpa_wire::{DataForm, DocumentError, SendMessageRequest};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, Covered, Signer, WsseKeyInfo, find_enveloped, find_wsse, sign_enveloped, sign_wsse,
};

const BOUNDS: Bounds = Bounds {
    references_max: 8,
    transforms_max: 4,
};

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate_rsa_2048().unwrap())
}

fn signer() -> Signer<'static> {
    Signer {
        key: key(),
        certificate_der: b"not looked at here",
        algorithm: SignatureAlgorithm::RsaSha256,
    }
}

/// Signs `xml` and gives what is covered to `read`.
fn signed<T>(xml: &str, read: impl FnOnce(&Covered<'_>) -> T) -> T {
    let limits = XmlLimits::default();
    let bytes = sign_enveloped(xml.as_bytes(), &signer(), &limits).unwrap();
    let document = Document::parse(&bytes, &limits).unwrap();
    assert!(has_signature(&document));
    let found = find_enveloped(&document, &BOUNDS).unwrap();
    read(&found.cover(key().spki_der()).unwrap())
}

fn read(xml: &str) -> Result<Question, DocumentError> {
    signed(xml, |covered| Question::read(covered.root(), person::SPACE))
}

fn why(xml: &str) -> String {
    read(xml).unwrap_err().to_string()
}

fn question() -> Question {
    Question {
        message_id: "1".to_owned(),
        message_date: "2017-10-12T15:22:16.183+06:00".to_owned(),
        sender_code: "integrator".to_owned(),
        criteria: vec![("iin".to_owned(), "931002451325".to_owned())],
    }
}

#[test]
fn a_question_reads_back_however_clients_write_it() {
    let head = "<messageId>1</messageId><messageDate>2017-10-12T15:22:16.183+06:00</messageDate><senderCode>integrator</senderCode>";
    let iin = "<iin>931002451325</iin>";
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    let cs = format!("xmlns:cs='{}'", person::SPACE);
    for xml in [
        format!("<data>{iin}{head}</data>"),
        format!("<data {cs} {xsi} xsi:type='cs:Request'>{head}{iin}<surname/></data>"),
        format!(
            "<n:data xmlns:n='http://bip.bee.kz/SyncChannel/v10/Interfaces' {cs} {xsi} xsi:type='cs:Request'>{head}\n {iin}</n:data>"
        ),
        format!("<cs:Request {cs}>{head}<iin> 931002451325\n</iin></cs:Request>"),
        format!("<Request xmlns='{}'>{head}{iin}</Request>", person::SPACE),
        String::from_utf8(question().to_xml(Root::Data, person::SPACE)).unwrap(),
    ] {
        assert_eq!(read(&xml), Ok(question()), "{xml}");
    }
}

#[test]
fn what_is_ambiguous_or_no_question_is_refused_with_the_reason() {
    let head = "<messageId>1</messageId><messageDate>now</messageDate><senderCode>s</senderCode>";
    for (xml, reason) in [
        (
            format!("<data>{head}<iin>1</iin><iin>2</iin></data>"),
            "<iin> stands twice",
        ),
        (
            format!("<data>{head}<person><iin>1</iin></person></data>"),
            "<person> is no value",
        ),
        (
            format!("<data>{head}<x:iin xmlns:x='urn:x'>1</x:iin></data>"),
            "<iin> is no value",
        ),
        (
            "<data><messageId>1</messageId><messageDate/><iin>1</iin></data>".to_owned(),
            "<messageDate> is missing or empty",
        ),
        (
            format!("<Request>{head}<iin>1</iin></Request>"),
            "<Request> of \"\" is no Request of http://message.persistence.interactive.nat",
        ),
        (
            format!(
                "<data xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:c='urn:c' xsi:type='c:Response'>{head}</data>"
            ),
            "<data> of \"\" is no Request of http://message.persistence.interactive.nat",
        ),
    ] {
        assert_eq!(
            why(&xml),
            format!("not a document of the register: {reason}")
        );
    }
    let many: String = (0..40).map(|n| format!("<v{n}>1</v{n}>")).collect();
    assert!(matches!(
        read(&format!("<data>{head}{many}</data>")),
        Err(DocumentError::Limit { max: 32, .. })
    ));
    let long = "x".repeat(501);
    assert!(read(&format!("<data>{head}<surname>{long}</surname></data>")).is_err());
}

#[test]
fn a_question_without_a_signature_of_its_own_is_read_from_what_the_envelopes_signature_covers() {
    let limits = XmlLimits::default();
    let data = String::from_utf8(question().to_xml(Root::Data, person::SPACE)).unwrap();
    let envelope = format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body>\
         <t:SendMessage xmlns:t='http://bip.bee.kz/SyncChannel/v10/Types'><request><requestInfo>\
         <messageId>1</messageId><serviceId>{}</serviceId><messageDate>2026-11-22T12:00:00+05:00</messageDate>\
         <sender><senderId>integrator</senderId></sender></requestInfo><requestData>{data}</requestData>\
         </request></t:SendMessage></s:Body></s:Envelope>",
        person::SERVICE
    );
    let bytes = sign_wsse(
        envelope.as_bytes(),
        &signer(),
        WsseKeyInfo::KeyIdentifier,
        "seed",
        &limits,
    )
    .unwrap();
    let document = Document::parse(&bytes, &limits).unwrap();
    let request = SendMessageRequest::read(&document).unwrap();
    assert_eq!(request.data.form, DataForm::Children);
    let inside = Document::parse(&request.data.bytes, &limits).unwrap();
    assert!(!has_signature(&inside));
    let found = find_wsse(&document, &BOUNDS).unwrap();
    let covered = found.cover(key().spki_der()).unwrap();
    let root = question_of(covered.root(), request.data.form).unwrap();
    assert_eq!(Question::read(root, person::SPACE), Ok(question()));
    assert!(question_of(covered.root(), DataForm::Text).is_none());
    assert!(question_of(covered.root(), DataForm::Child).is_none());
}

#[test]
fn an_answer_says_which_question_it_is_to() {
    let answer = RecordsAnswer {
        head: AnswerHead {
            message_id: "{2}".to_owned(),
            message_date: Moment::parse("2026-11-22T12:00:00+05:00").unwrap(),
            request_id: "1 & 2".to_owned(),
            sender: "NOTARY-TEST".to_owned(),
            receiver: "integrator".to_owned(),
        },
        records: vec![vec![("number".to_owned(), "<7>".to_owned())]],
    };
    for root in [Root::Data, Root::Response] {
        let xml = String::from_utf8(answer.to_xml(root)).unwrap();
        let found = signed(&xml, |covered| answered(covered.root()));
        assert_eq!(found.as_deref(), Ok("1 & 2"));
        assert!(xml.contains(
            "<records><record><field name=\"number\">&lt;7&gt;</field></record></records>"
        ));
    }
    let question = String::from_utf8(question().to_xml(Root::Data, person::SPACE)).unwrap();
    assert!(signed(&question, |covered| answered(covered.root())).is_err());
}

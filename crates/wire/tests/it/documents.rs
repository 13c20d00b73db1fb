//! The application and the result: written deterministically, and read from the signed part alone.

use std::sync::OnceLock;

use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_model::{Bin, Iin, Limits, MessageId, Moment, RefusalLabel, RequestStatus, ServiceAtAct};
use qaqpa_wire::{
    Application, Attachment, DocumentError, FormField, Grounds, Organisation, OrganisationRole,
    Outcome, Person, ResultDocument, StatusDocument, Titles, status::TOLD,
};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Covered, Signer, find_enveloped, sign_enveloped};

use crate::golden::assert_golden;

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate_rsa_2048().unwrap())
}

/// Signs `xml` and gives what is covered to `read`.
fn signed<T>(xml: &[u8], read: impl FnOnce(&Covered<'_>) -> T) -> T {
    let signer = Signer {
        key: key(),
        certificate_der: b"not looked at here",
        algorithm: SignatureAlgorithm::RsaSha256,
    };
    let limits = XmlLimits::default();
    let bytes = sign_enveloped(xml, &signer, &limits).unwrap();
    let document = Document::parse(&bytes, &limits).unwrap();
    let bounds = Bounds {
        references_max: 8,
        transforms_max: 4,
    };
    let found = find_enveloped(&document, &bounds).unwrap();
    let covered = found.cover(key().spki_der()).unwrap();
    read(&covered)
}

fn read_application(xml: &str) -> Result<Application, DocumentError> {
    signed(xml.as_bytes(), |covered| {
        Application::read(covered, &Limits::default())
    })
}

fn read_result(xml: &str) -> Result<ResultDocument, DocumentError> {
    signed(xml.as_bytes(), ResultDocument::read)
}

fn person() -> Person {
    Person {
        iin: Iin::parse("931002451325").unwrap(),
        surname: "ТЕСТОВА".to_owned(),
        given_name: "Әйгүл".to_owned(),
        patronymic: Some("Ерланқызы".to_owned()),
    }
}

fn application() -> Application {
    Application {
        application_id: "a-1".to_owned(),
        service: ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap(),
        channel: "portal".to_owned(),
        created_at: Moment::parse("2026-11-22T10:00:00+05:00").unwrap(),
        submitter: Iin::parse("931002451325").unwrap(),
        organisation: None,
        applicant: person(),
        form: vec![FormField {
            name: "child".to_owned(),
            value: "a < b & \"c\"\nline".to_owned(),
        }],
        attachments: vec![Attachment {
            document: "birth-certificate".to_owned(),
            name: "туу.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: b"%PDF-1.7 TEST".to_vec(),
        }],
    }
}

fn result(outcome: Outcome) -> ResultDocument {
    ResultDocument {
        result_id: "r-1".to_owned(),
        application_id: "a-1".to_owned(),
        service: ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap(),
        message_id: MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}").unwrap(),
        issued_at: Moment::parse("2026-11-22T12:00:00+05:00").unwrap(),
        outcome,
        submitter: Iin::parse("061211600012").unwrap(),
        applicant: person(),
        issuer: "education-department".to_owned(),
        titles: Titles {
            kk: "Анықтама".to_owned(),
            ru: "Справка".to_owned(),
            en: "Certificate".to_owned(),
        },
        grounds: (outcome == Outcome::Refused).then(|| Grounds {
            label: RefusalLabel::DocumentsRefused,
            text: "the certificate of birth is missing".to_owned(),
        }),
        content: vec![FormField {
            name: "child".to_owned(),
            value: "x".to_owned(),
        }],
    }
}

fn status(status: RequestStatus) -> StatusDocument {
    StatusDocument {
        application_id: "a-1".to_owned(),
        service: ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap(),
        message_id: MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}").unwrap(),
        changed_at: Moment::parse("2026-11-22T11:00:00+05:00").unwrap(),
        status,
    }
}

#[test]
fn a_status_is_written_to_the_letter_and_read_back_from_what_is_signed() {
    assert_golden("status.xml", &status(RequestStatus::InWork).to_xml());
    for told in TOLD {
        let text = String::from_utf8(status(told).to_xml()).unwrap();
        let read = signed(text.as_bytes(), StatusDocument::read);
        assert_eq!(read, Ok(status(told)));
    }
}

#[test]
fn a_status_that_only_a_result_tells_and_one_that_is_cut_or_longer_are_refused() {
    let good = String::from_utf8(status(RequestStatus::InWork).to_xml()).unwrap();
    for (from, to, why) in [
        (
            ">in-work<",
            ">completed<",
            "<requestStatus> is neither received nor in-work",
        ),
        (
            ">in-work<",
            ">draft<",
            "<requestStatus> is neither received nor in-work",
        ),
        ("<applicationId>a-1</applicationId>", "", "<applicationId>"),
        ("</status>", "<more/></status>", "<more>"),
        ("version=\"1\"", "version=\"2\"", "version"),
        ("{3f2504e0", "{ 3f2504e0", "<messageId>: "),
    ] {
        assert!(good.contains(from), "{from}");
        let xml = good.replace(from, to);
        let error = signed(xml.as_bytes(), StatusDocument::read).unwrap_err();
        assert_eq!(error.label(), RefusalLabel::ApplicationMalformed);
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn an_application_is_written_to_the_letter_and_read_back_from_what_is_signed() {
    let xml = application().to_xml();
    assert_golden("application.xml", &xml);
    let text = String::from_utf8(xml).unwrap();
    assert_eq!(read_application(&text), Ok(application()));
    assert_eq!(application().field("child"), Some("a < b & \"c\"\nline"));
}

#[test]
fn an_application_in_the_name_of_an_organisation_names_its_number_and_perhaps_the_role() {
    for (role, written) in [
        (None, ""),
        (Some(OrganisationRole::Head), "<role>head</role>"),
        (
            Some(OrganisationRole::RightToSign),
            "<role>right-to-sign</role>",
        ),
    ] {
        let application = Application {
            organisation: Some(Organisation {
                bin: Bin::parse("990140900014").unwrap(),
                role,
            }),
            ..application()
        };
        let text = String::from_utf8(application.to_xml()).unwrap();
        let written = format!(
            "<submitter><iin>931002451325</iin><bin>990140900014</bin>{written}</submitter>"
        );
        assert!(text.contains(&written), "{text}");
        assert_eq!(read_application(&text), Ok(application));
    }
}

#[test]
fn an_organisation_that_is_none_is_refused() {
    let good = String::from_utf8(application().to_xml()).unwrap();
    let iin = "<submitter><iin>931002451325</iin>";
    for (inside, why) in [
        ("<bin>990140900015</bin>", "<bin>: the check digit is wrong"),
        ("<bin/>", "<bin>: not exactly twelve digits"),
        (
            "<bin>990140900014</bin><bin>990140900014</bin>",
            "<submitter> has an unexpected <bin>",
        ),
        (
            "<bin>990140900014</bin><role>owner</role>",
            "<role> is none of employee, financial, head, personnel, right-to-sign",
        ),
        ("<role>head</role>", "<submitter> has an unexpected <role>"),
    ] {
        let with = good.replace(iin, &format!("{iin}{inside}"));
        assert_ne!(with, good);
        let error = read_application(&with).unwrap_err();
        assert_eq!(error.label(), RefusalLabel::ApplicationMalformed, "{error}");
        assert!(error.to_string().contains(why), "{error}\nexpected: {why}");
    }
}

#[test]
fn results_of_both_outcomes_are_written_to_the_letter_and_read_back() {
    for (outcome, name) in [
        (Outcome::Granted, "result-granted.xml"),
        (Outcome::Refused, "result-refused.xml"),
    ] {
        let xml = result(outcome).to_xml();
        assert_golden(name, &xml);
        let text = String::from_utf8(xml).unwrap();
        assert_eq!(read_result(&text), Ok(result(outcome)));
    }
}

#[test]
fn an_application_that_breaks_the_schema_is_refused_with_its_label() {
    let good = String::from_utf8(application().to_xml()).unwrap();
    let malformed = RefusalLabel::ApplicationMalformed;
    let cases = [
        (
            good.replace("urn:qaqpa:document:1", "urn:qaqpa:document:2"),
            malformed,
            "the signed root is <application> of \"urn:qaqpa:document:2\"",
        ),
        (
            good.replace(r#"version="1""#, r#"version="2""#),
            malformed,
            "the root's version is not 1",
        ),
        (
            good.replace("<channel>portal</channel>", ""),
            malformed,
            "<application> has <createdAt> where <channel> belongs",
        ),
        (
            good.replace("<channel>portal</channel>", "<channel> </channel>"),
            malformed,
            "<channel> is empty",
        ),
        (
            good.replace(
                "<channel>portal</channel>",
                "<channel>portal</channel><channel>portal</channel>",
            ),
            malformed,
            "has <channel> where <createdAt> belongs",
        ),
        (
            good.replace("</attachments>", "</attachments><extra/>"),
            malformed,
            "an unexpected <extra>",
        ),
        (
            good.replace("<form>", "<form>x"),
            malformed,
            "<form> has text between its elements",
        ),
        (
            good.replace("guardianship-certificate@zhambyl-2019-23", "../x@y"),
            malformed,
            "<service>: a character that is not allowed",
        ),
        (
            good.replace(
                r#"<field name="child">"#,
                r#"<field name="child">x</field><field name="child">"#,
            ),
            malformed,
            "the field \"child\" stands twice",
        ),
        (
            good.replace(
                "<submitter><iin>931002451325",
                "<submitter><iin>931002451326",
            ),
            RefusalLabel::IinInvalid,
            "the IIN of the submitter is not valid",
        ),
        (
            good.replace(
                "<applicant><iin>931002451325",
                "<applicant><iin>93100245132",
            ),
            RefusalLabel::IinInvalid,
            "the IIN of the applicant is not valid",
        ),
        (
            good.replace(
                "<submitter><iin>931002451325",
                "<submitter><iin>9310024<b/>51325",
            ),
            malformed,
            "<iin> has elements inside",
        ),
        (
            good.replace(" TEST", " TAST")
                .replace("JVBERi0xLjcgVEVTVA==", "JVBERi0xLjcgVEFTVA=="),
            malformed,
            "the attachment \"туу.pdf\" has the SHA-256",
        ),
        (
            good.replace("JVBERi0xLjcgVEVTVA==", "JVBERi0xLjcgVEVTVA"),
            malformed,
            "is not base64",
        ),
        (
            "<a/>".to_owned(),
            malformed,
            "the signed root is <a> of \"\"",
        ),
    ];
    for (xml, label, why) in cases {
        assert_ne!(xml, good, "{why}");
        let error = read_application(&xml).unwrap_err();
        assert_eq!(error.label(), label, "{error}");
        assert!(error.to_string().contains(why), "{error}\nexpected: {why}");
    }
}

#[test]
fn attachments_have_limits_in_number_and_size() {
    let limits = Limits {
        attachments_max: 1,
        attachment_bytes_max: 13,
        ..Limits::default()
    };
    let read = |application: &Application| {
        signed(&application.to_xml(), |covered| {
            Application::read(covered, &limits)
        })
    };
    assert_eq!(read(&application()), Ok(application()));
    let mut many = application();
    many.attachments.push(many.attachments[0].clone());
    assert_eq!(
        read(&many),
        Err(DocumentError::Limit {
            what: "the number of attachments",
            max: 1
        })
    );
    let mut large = application();
    large.attachments[0].bytes.push(0);
    assert_eq!(
        read(&large),
        Err(DocumentError::Limit {
            what: "the bytes of an attachment",
            max: 13
        })
    );
}

#[test]
fn a_comment_in_a_number_neither_hides_nor_splits_it() {
    let good = String::from_utf8(application().to_xml()).unwrap();
    let with = good.replace("<submitter><iin>931002", "<submitter><iin>931002<!-- x -->");
    assert_eq!(read_application(&with), Ok(application()));
}

#[test]
fn a_result_that_breaks_the_schema_is_refused() {
    let good = String::from_utf8(result(Outcome::Refused).to_xml()).unwrap();
    let cases = [
        (
            good.replace("<outcome>refused", "<outcome>granted"),
            "a refusal has grounds, and nothing else has",
        ),
        (
            good.replace("<outcome>refused", "<outcome>perhaps"),
            "neither granted nor refused",
        ),
        (
            good.replace(r#"lang="kk""#, r#"lang="ru""#),
            "the titles are not in the order kk, ru, en",
        ),
        (
            good.replace("documents-refused", "no-such-label"),
            "the grounds' label is not one",
        ),
        (
            good.replace("<messageId>{", "<messageId>a {"),
            "<messageId>: a character that is not allowed",
        ),
    ];
    for (xml, why) in cases {
        assert_ne!(xml, good, "{why}");
        let error = read_result(&xml).unwrap_err();
        assert_eq!(error.label(), RefusalLabel::ApplicationMalformed);
        assert!(error.to_string().contains(why), "{error}\nexpected: {why}");
    }
}

#[test]
fn an_application_is_not_a_result() {
    let xml = String::from_utf8(application().to_xml()).unwrap();
    assert!(read_result(&xml).is_err());
    let xml = String::from_utf8(result(Outcome::Granted).to_xml()).unwrap();
    assert!(read_application(&xml).is_err());
}

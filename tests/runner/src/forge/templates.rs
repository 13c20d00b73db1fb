//! The texts that cases begin with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::knobs::{Build, ReferenceKnobs, SubjectKnob};
use super::signer::wrapped;

/// A text that is about to be signed; `@SIGNATURE@` is where the signature goes.
pub(super) struct Template {
    pub(super) text: String,
    pub(super) canonicalization: &'static str,
    /// What the one reference is, where the case says nothing.
    pub(super) reference: ReferenceKnobs,
    /// The certificate of the signer.
    pub(super) signer: &'static str,
}

/// An application as the portal writes it.
const APPLICATION: &str = "<application xmlns=\"urn:qaqpa:document:1\" version=\"1\"><applicationId>a-1</applicationId>\
    <service>guardianship-certificate@zhambyl-2019-23</service><channel>portal</channel><createdAt>{created-at}</createdAt>\
    <submitter><iin>{iin}</iin></submitter><applicant><iin>{iin}</iin><surname>Тестова</surname><givenName>Сынақгүл</givenName></applicant>\
    <form><field name=\"address\">Тараз қ., Сынақ көшесі, 1</field></form><attachments></attachments>@SIGNATURE@</application>";

/// A request on the synchronous channel.
const ENVELOPE: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>\
    <wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" soap:mustUnderstand=\"1\">\
    @SIGNATURE@</wsse:Security></soap:Header>\
    <soap:Body xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" wsu:Id=\"id-body\">\
    <m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestInfo><messageId>m-1</messageId>\
    <serviceId>guardianship-certificate@zhambyl-2019-23</serviceId><messageDate>{created-at}</messageDate>\
    <sender><senderId>integrator-1</senderId><password>TEST</password></sender></requestInfo>\
    <requestData><data>&lt;a/&gt;</data></requestData></request></m:SendMessage></soap:Body></soap:Envelope>";

/// The application with this id.
pub(super) fn application_named(id: &str) -> String {
    APPLICATION.replacen(">a-1<", &format!(">{id}<"), 1)
}

/// The text of a case before signing.
pub(super) fn whole(build: &Build, application: Option<&str>) -> Template {
    let transport = build.subject == SubjectKnob::Transport;
    let own = if transport {
        ENVELOPE
    } else {
        application.unwrap_or(APPLICATION)
    };
    let text = match build.template.as_deref() {
        None => own.to_owned(),
        Some("application") => application.unwrap_or(APPLICATION).to_owned(),
        // By the root's Id.
        Some("application-with-id") => application.unwrap_or(APPLICATION).replacen(
            "<application ",
            "<application Id=\"app\" ",
            1,
        ),
        Some(text) => text.to_owned(),
    };
    let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    if transport {
        return Template {
            text,
            canonicalization: "exc",
            reference: ReferenceKnobs {
                uri: Some("#id-body".to_owned()),
                transforms: names(&["exc"]),
                ..ReferenceKnobs::default()
            },
            signer: "system",
        };
    }
    let by_id = build.template.as_deref() == Some("application-with-id");
    Template {
        text,
        canonicalization: if by_id { "exc" } else { "c14n" },
        reference: ReferenceKnobs {
            uri: Some(if by_id { "#app" } else { "" }.to_owned()),
            transforms: names(&["enveloped", "c14n-comments"]),
            ..ReferenceKnobs::default()
        },
        signer: "person",
    }
}

/// The application alone: the content of a CMS message.
pub(super) fn content(application: Option<&str>) -> String {
    application
        .unwrap_or(APPLICATION)
        .replacen("@SIGNATURE@", "", 1)
}

/// What stands in KeyInfo: certificates in `X509Data`, or one in a `wsse:KeyIdentifier`.
pub(super) fn key_info(subject: SubjectKnob, shown: &[Vec<u8>], in_lines: bool) -> String {
    let encoded = shown.iter().map(|der| STANDARD.encode(der));
    if subject == SubjectKnob::Transport {
        return encoded.map(|text| key_identifier(&text)).collect();
    }
    let certificates: String = encoded
        .map(|text| if in_lines { wrapped(&text) } else { text })
        .map(|text| format!("<ds:X509Certificate>{text}</ds:X509Certificate>"))
        .collect();
    match certificates.as_str() {
        "" => String::new(),
        inside => format!("<ds:X509Data>{inside}</ds:X509Data>"),
    }
}

fn key_identifier(encoded: &str) -> String {
    format!(
        "<wsse:SecurityTokenReference><wsse:KeyIdentifier \
         EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary\" \
         ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3\">{encoded}</wsse:KeyIdentifier></wsse:SecurityTokenReference>"
    )
}

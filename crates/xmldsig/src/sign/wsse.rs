//! The WS-Security signature of the transport.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::c14n::Method;
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element, XmlLimits, is_ncname};

use super::compose::{ReferenceToSign, RootTags, Template, sign_between};
use super::{Options, Signer};
use crate::base64;
use crate::error::SignError;
use crate::find::envelope;
use crate::names::{BASE64_BINARY, DS, SOAP, THUMBPRINT_SHA1, WSSE, WSU, X509_V3};

/// How the certificate of a transport signature is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WsseKeyInfo {
    /// The whole certificate in a `wsse:BinarySecurityToken` before the signature, which refers to it by its Id.
    BinarySecurityToken,
    /// The name of its issuer and its serial number, as the gateway answers: the recipient knows it.
    IssuerSerial {
        /// The issuer's name (RFC 4514).
        issuer_name: String,
        /// The serial number, decimal.
        serial_decimal: String,
    },
    /// The whole certificate in a `wsse:KeyIdentifier`, as integrators send it.
    KeyIdentifier,
    /// The SHA-1 of the whole certificate in a `wsse:KeyIdentifier`: the recipient knows it.
    ThumbprintSha1,
}

/// Signs the Body of a SOAP 1.1 envelope: `wsse:Security` goes into the Header (made if there is none).
///
/// One Reference to `Body/@wsu:Id`, exclusive C14N everywhere, base64 unwrapped. The Ids are
/// `id-`, `SIG-`, `KI-`, `STR-` and `X509-` with the seed, which the caller makes unique (a UUID).
///
/// # Errors
/// [`SignError::Xml`] if the bytes are not XML; [`SignError::Structure`] if they are not an envelope,
/// if the seed is not of name characters, or the Body has an Id already;
/// [`SignError::AlreadySigned`] if the Header has a `wsse:Security` or a signature;
/// [`SignError::Crypto`] if the key refuses.
pub fn sign_wsse(
    xml: &[u8],
    signer: &Signer<'_>,
    key_info: WsseKeyInfo,
    id_seed: &str,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    if !is_ncname(&format!("id-{id_seed}")) {
        return Err(SignError::Structure {
            why: "the seed of the Ids is not of name characters",
        });
    }
    let body_id = format!("id-{id_seed}");
    let mut prepared = prepare(&Document::parse(xml, limits)?, &body_id)?;
    if key_info == WsseKeyInfo::BinarySecurityToken {
        prepared.before.push_str(&token(signer, id_seed));
    }

    // The Body's canonical form is exclusive: what happens in the Header does not change it.
    let whole = format!("{}{}", prepared.before, prepared.after);
    let document = Document::parse_owned(whole.into_bytes(), limits)?;
    let (_, body) = envelope(&document).map_err(|_| NOT_AN_ENVELOPE)?;
    let digest = signer.algorithm.digest();
    let uri = format!("#{body_id}");
    let reference = ReferenceToSign::to_element(body, uri, Method::exclusive(), digest)?;
    drop(document);
    let template = Template {
        options: &Options::default(),
        signature_id: Some(format!("SIG-{id_seed}")),
        key_info_id: Some(format!("KI-{id_seed}")),
        canonicalization: Method::exclusive(),
        root: Some(RootTags {
            start_tag: format!(r#"<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">"#),
            end_tag: "</wsse:Security>".to_owned(),
        }),
        references: vec![reference],
        key_info: token_reference(signer, &key_info, id_seed),
        base64: base64::one_line,
    };
    sign_between(&prepared.before, template, &prepared.after, signer, limits)
}

const NOT_AN_ENVELOPE: SignError = SignError::Structure {
    why: "not a SOAP 1.1 Envelope with one Body",
};

/// The envelope with its Security and its Body's Id, cut where the signature goes.
struct Prepared {
    before: String,
    after: String,
}

fn prepare(document: &Document, body_id: &str) -> Result<Prepared, SignError> {
    let source = document.source();
    let (header, body) = envelope(document).map_err(|_| NOT_AN_ENVELOPE)?;
    if body
        .attributes()
        .any(|a| a.local.eq_ignore_ascii_case("id"))
        || body.declarations().any(|(prefix, _)| prefix == "wsu")
    {
        return Err(SignError::Structure {
            why: "the Body has an Id, or declares wsu, already",
        });
    }
    let (security, security_end) = security(document.root());
    let name = |local: &str| match document.root().prefix() {
        Some(prefix) => format!("{prefix}:{local}"),
        None => local.to_owned(),
    };

    // Where Security goes: at the end of the Header; and the text around it.
    let (at, until, open, close) = match header {
        Some(header) => {
            if header
                .descendants()
                .any(|e| e.is(WSSE, "Security") || e.is(DS, "Signature"))
            {
                return Err(SignError::AlreadySigned);
            }
            match header.content_span() {
                Some(content) => (content.end, content.end, String::new(), String::new()),
                None => {
                    let end = header.span().end;
                    let close = format!("</{}>", qualified(header));
                    (end - "/>".len(), end, ">".to_owned(), close)
                }
            }
        }
        None => {
            let at = body.span().start;
            (
                at,
                at,
                format!("<{}>", name("Header")),
                format!("</{}>", name("Header")),
            )
        }
    };
    let body_name_end = body.span().start + 1 + qualified(body).len();
    let before = format!("{}{open}{security}", &source[..at]);
    let after = format!(
        r#"{security_end}{close}{} xmlns:wsu="{WSU}" wsu:Id="{body_id}"{}"#,
        &source[until..body_name_end],
        &source[body_name_end..],
    );
    Ok(Prepared { before, after })
}

/// The start tag and the end tag of `wsse:Security`.
fn security(envelope: Element<'_>) -> (String, &'static str) {
    let tag = match envelope.prefix() {
        Some(prefix) => {
            format!(
                r#"<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" {prefix}:mustUnderstand="1">"#
            )
        }
        None => format!(
            r#"<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:soap="{SOAP}" soap:mustUnderstand="1">"#
        ),
    };
    (tag, "</wsse:Security>")
}

fn token_reference(signer: &Signer<'_>, key_info: &WsseKeyInfo, id_seed: &str) -> String {
    let mut xml = Writer::new();
    xml.start("wsse:SecurityTokenReference")
        .attribute("wsu:Id", &format!("STR-{id_seed}"));
    match key_info {
        WsseKeyInfo::BinarySecurityToken => {
            xml.start("wsse:Reference")
                .attribute("URI", &format!("#X509-{id_seed}"))
                .attribute("ValueType", X509_V3);
        }
        WsseKeyInfo::IssuerSerial {
            issuer_name,
            serial_decimal,
        } => {
            xml.start("ds:X509Data").start("ds:X509IssuerSerial");
            xml.leaf("ds:X509IssuerName", issuer_name);
            xml.leaf("ds:X509SerialNumber", serial_decimal);
        }
        WsseKeyInfo::KeyIdentifier => {
            xml.start("wsse:KeyIdentifier")
                .attribute("EncodingType", BASE64_BINARY)
                .attribute("ValueType", X509_V3)
                .text(&base64::one_line(signer.certificate_der));
        }
        WsseKeyInfo::ThumbprintSha1 => {
            let thumbprint = DigestAlgorithm::Sha1.digest(signer.certificate_der);
            xml.start("wsse:KeyIdentifier")
                .attribute("EncodingType", BASE64_BINARY)
                .attribute("ValueType", THUMBPRINT_SHA1)
                .text(&base64::one_line(&thumbprint));
        }
    }
    xml.finish()
}

/// The token that holds the certificate (X.509 Token Profile 1.1.1, §3.3.2).
fn token(signer: &Signer<'_>, id_seed: &str) -> String {
    let mut xml = Writer::new();
    xml.start("wsse:BinarySecurityToken")
        .attribute("EncodingType", BASE64_BINARY)
        .attribute("ValueType", X509_V3)
        .attribute("wsu:Id", &format!("X509-{id_seed}"))
        .text(&base64::one_line(signer.certificate_der));
    xml.finish()
}

fn qualified(element: Element<'_>) -> String {
    match element.prefix() {
        Some(prefix) => format!("{prefix}:{}", element.name()),
        None => element.name().to_owned(),
    }
}

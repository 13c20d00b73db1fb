//! The documents, made here: envelopes as integrators send them, and the shapes that cost most.

use std::fmt::Write as _;

/// A document of about that many bytes.
pub(crate) type Make = fn(usize) -> String;

/// Shapes that grow, each in one thing.
pub(crate) const GROWING: [(&str, Make); 6] = [
    ("size", base64),
    ("elements", small_elements),
    ("depth", deep),
    ("attributes", many_attributes),
    ("namespaces", many_namespaces),
    ("references", escaped),
];

/// The rows of the bench.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    vec![
        ("2 KB in an envelope", envelope(2 << 10)),
        ("16 KB in an envelope", envelope(16 << 10)),
        ("1 MB of small elements", small_elements(1 << 20)),
        ("10 MB of base64", base64(10 << 20)),
        ("1 MB of escaped XML", escaped(1 << 20)),
        ("depth of 64", deep(64 * 7)),
        ("many attributes", many_attributes(1 << 20)),
        ("many namespaces", many_namespaces(1 << 20)),
    ]
}

/// An envelope with WS-Security as it is sent, and business data of that many bytes in the Body.
fn envelope(payload: usize) -> String {
    let mut data = String::new();
    for field in 0.. {
        if data.len() >= payload {
            break;
        }
        write!(
            data,
            "\n        <field name=\"field{field}\" required=\"true\"><label>Өтініш беруші {field}</label>\
             <value>Value of field {field}</value></field>"
        )
        .unwrap();
    }
    let base64 = "MIIGTDCCBDSgAwIBAgIUf3Zq".repeat(60);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>\
         <wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
         xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" soap:mustUnderstand=\"1\">\
         <ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"SIG-1\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <ds:Reference URI=\"#id-1\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <ds:DigestValue>n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=</ds:DigestValue></ds:Reference></ds:SignedInfo>\
         <ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo Id=\"KI-1\"><wsse:SecurityTokenReference wsu:Id=\"STR-1\">\
         <wsse:KeyIdentifier EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary\" \
         ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3\">{base64}</wsse:KeyIdentifier>\
         </wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security></soap:Header>\
         <soap:Body xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" wsu:Id=\"id-1\">\
         <m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestData><data>{data}</data></requestData>\
         </request></m:SendMessage></soap:Body></soap:Envelope>",
        &base64[..344]
    )
}

pub(crate) fn small_elements(bytes: usize) -> String {
    repeated(bytes, "", |item, out| {
        writeln!(
            out,
            "<item n=\"{item}\"><name>Name {item}</name><sum>100.50</sum></item>"
        )
        .unwrap();
    })
}

pub(crate) fn base64(bytes: usize) -> String {
    let line = "TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsuTWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu\n";
    repeated(bytes, "", |_, out| out.push_str(line))
}

pub(crate) fn escaped(bytes: usize) -> String {
    repeated(bytes, "", |item, out| {
        writeln!(
            out,
            "&lt;item n=\"{item}\"&gt;&lt;name&gt;Name {item}&lt;/name&gt;&lt;/item&gt;"
        )
        .unwrap();
    })
}

fn deep(bytes: usize) -> String {
    let depth = bytes / 7;
    format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth))
}

fn many_attributes(bytes: usize) -> String {
    repeated(bytes, " xmlns:p='urn:p'", |item, out| {
        out.push_str("<a");
        for attribute in (0..60).rev() {
            write!(out, " p:a{attribute}=\"{item}\"").unwrap();
        }
        out.push_str("/>");
    })
}

/// Each element declares namespaces that no other has, and uses what is declared around it.
fn many_namespaces(bytes: usize) -> String {
    repeated(bytes, " xmlns:p='urn:p'", |item, out| {
        write!(
            out,
            "<p:a xmlns:a{item}=\"urn:a:{item}\" xmlns:b{item}=\"urn:b:{item}\"><b{item}:b a{item}:c=\"1\"/></p:a>"
        )
        .unwrap();
    })
}

fn repeated(bytes: usize, root: &str, item: impl Fn(usize, &mut String)) -> String {
    let mut text = format!("<root{root}>");
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        item(number, &mut text);
    }
    text.push_str("</root>");
    text
}

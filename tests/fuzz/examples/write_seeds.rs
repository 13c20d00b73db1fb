//! Writes the seeds anew: signed documents, the public key, and what the documents read as.

use std::path::Path;

use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, CoveredElement, Signer, WsseKeyInfo, find_by_id, find_enveloped, find_wsse, sign_by_id,
    sign_enveloped, sign_wsse,
};

const APPLICATION: &str = "<application xmlns=\"urn:qaqpa:document:1\" version=\"1\" Id=\"app\"><iin>931002451325</iin>\
    <p:field xmlns:p=\"urn:p\" p:name='x&#10;'>A &amp; B</p:field><!-- c --></application>";
const BESIDE: &str = "<m xmlns:q='urn:q'><payload Id='p1' q:x='1'>text</payload></m>";
const ENVELOPE: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xs='urn:xs'><s:Body>\
    <r xmlns=''><data t='xs:string'>&lt;a/></data></r></s:Body></s:Envelope>";

fn main() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let key = PrivateKey::generate_rsa_2048().expect("a key");
    let signer = Signer {
        key: &key,
        certificate_der: b"not a certificate: nobody looks at it here",
        algorithm: SignatureAlgorithm::RsaSha256,
    };
    let limits = XmlLimits::default();
    let mut readings = String::new();
    let mut write = |name: &str, signed: Vec<u8>| {
        let document = Document::parse(&signed, &limits).expect("XML");
        let covered = [find_enveloped, find_by_id, find_wsse]
            .into_iter()
            .filter_map(|find| find(&document, &Bounds::default()).ok())
            .find_map(|found| found.cover(key.spki_der()).ok())
            .expect("it verifies");
        readings.push_str(&reading(covered.root()));
        readings.push('\n');
        for target in ["xml_parse", "c14n", "xmldsig_verify"] {
            let folder = seeds.join(target);
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join(name), &signed).expect("a seed");
        }
    };
    write(
        "enveloped.xml",
        sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).expect("signed"),
    );
    write(
        "by-id-root.xml",
        sign_by_id(APPLICATION.as_bytes(), "app", &signer, &limits).expect("signed"),
    );
    write(
        "by-id-beside.xml",
        sign_by_id(BESIDE.as_bytes(), "p1", &signer, &limits).expect("signed"),
    );
    let name = WsseKeyInfo::IssuerSerial {
        issuer_name: "CN=TEST".to_owned(),
        serial_decimal: "7".to_owned(),
    };
    write(
        "wsse.xml",
        sign_wsse(ENVELOPE.as_bytes(), &signer, name, "1", &limits).expect("signed"),
    );
    std::fs::write(seeds.join("readings.txt"), readings).expect("readings");
    std::fs::write(seeds.join("key.spki"), key.spki_der()).expect("the key");
}

/// As in `fuzz_targets/xmldsig_verify.rs`.
fn reading(root: CoveredElement<'_>) -> String {
    let mut lines = String::new();
    for element in std::iter::once(root).chain(root.descendants()) {
        let mut attributes: Vec<_> = element
            .attributes()
            .map(|a| format!("{:?} {}={:?}", a.namespace, a.local, a.value))
            .collect();
        attributes.sort();
        lines.push_str(&format!(
            "{:?} {} {attributes:?} {:?}\n",
            element.namespace(),
            element.name(),
            element.text()
        ));
    }
    lines
}

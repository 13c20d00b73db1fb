//! Two key holders, and the documents that they sign.

use std::sync::OnceLock;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509NameBuilder};
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, SignatureError, Signer, WsseKeyInfo, find_by_id, find_enveloped, find_wsse,
    sign_enveloped, sign_wsse,
};

/// A key and a certificate that it signed itself.
pub(crate) struct Person {
    pub(crate) key: PrivateKey,
    pub(crate) certificate_der: Vec<u8>,
}

impl Person {
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer::of(&self.key, &self.certificate_der)
    }

    pub(crate) fn spki(&self) -> &[u8] {
        self.key.spki_der()
    }

    /// The private key and the certificate in PEM, for other programs.
    pub(crate) fn pem(&self) -> (Vec<u8>, Vec<u8>) {
        let key = PKey::private_key_from_pkcs8(&self.key.to_pkcs8_der()).unwrap();
        let certificate = X509::from_der(&self.certificate_der).unwrap();
        (
            key.private_key_to_pem_pkcs8().unwrap(),
            certificate.to_pem().unwrap(),
        )
    }
}

/// The honest signer.
pub(crate) fn applicant() -> &'static Person {
    static PERSON: OnceLock<Person> = OnceLock::new();
    PERSON.get_or_init(|| person("TEST applicant", KeyKind::Rsa))
}

/// A signer with a key of ECDSA.
pub(crate) fn ecdsa_signer() -> &'static Person {
    static PERSON: OnceLock<Person> = OnceLock::new();
    PERSON.get_or_init(|| person("TEST ECDSA", KeyKind::Ecdsa))
}

/// A signer with a key of ECDSA on the curve P-384.
pub(crate) fn p384_signer() -> &'static Person {
    static PERSON: OnceLock<Person> = OnceLock::new();
    PERSON.get_or_init(|| person_of("TEST P-384", PrivateKey::generate_ecdsa_p384().unwrap()))
}

/// Somebody else with a good key.
pub(crate) fn stranger() -> &'static Person {
    static PERSON: OnceLock<Person> = OnceLock::new();
    PERSON.get_or_init(|| person("TEST stranger", KeyKind::Rsa))
}

fn person(name: &str, kind: KeyKind) -> Person {
    person_of(name, PrivateKey::generate(kind).unwrap())
}

fn person_of(name: &str, key: PrivateKey) -> Person {
    let pkey = PKey::private_key_from_pkcs8(&key.to_pkcs8_der()).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder
        .set_not_before(&Asn1Time::from_str("20100101000000Z").unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_str("20450101000000Z").unwrap())
        .unwrap();
    builder.set_pubkey(&pkey).unwrap();
    builder.sign(&pkey, MessageDigest::sha256()).unwrap();
    Person {
        key,
        certificate_der: builder.build().to_der().unwrap(),
    }
}

/// An application as the portal writes it.
pub(crate) const APPLICATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <application xmlns=\"urn:qaqpa:document:1\" version=\"1\" Id=\"app\">\n\
    \x20 <submitter><iin>931002451325</iin></submitter>\n\
    \x20 <applicant><surname>Әлиева</surname></applicant>\n\
    \x20 <form><field name=\"ward\">A &amp; B</field></form>\n\
    </application>\n";

/// An envelope with escaped data, as an integrator writes it.
pub(crate) const ENVELOPE: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
    xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><soap:Header/><soap:Body>\
    <m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestInfo>\
    <messageId>{1}</messageId></requestInfo><requestData><data>&lt;a/></data></requestData></request>\
    </m:SendMessage></soap:Body></soap:Envelope>";

pub(crate) fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &XmlLimits::default())
        .unwrap_or_else(|error| panic!("{error}: {xml:.2000}"))
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The document with the applicant's enveloped signature.
pub(crate) fn enveloped(xml: &str) -> String {
    let signed = sign_enveloped(xml.as_bytes(), &applicant().signer(), &XmlLimits::default());
    text(signed.unwrap())
}

/// The envelope with the applicant's transport signature.
pub(crate) fn transported(key_info: WsseKeyInfo, seed: &str) -> String {
    let signed = sign_wsse(
        ENVELOPE.as_bytes(),
        &applicant().signer(),
        key_info,
        seed,
        &XmlLimits::default(),
    );
    text(signed.unwrap())
}

/// Whether an enveloped signature is accepted with this key; the whole text of what it covers.
pub(crate) fn judge_enveloped(xml: &str, spki: &[u8]) -> Result<String, SignatureError> {
    let document = parse(xml);
    let found = find_enveloped(&document, &Bounds::default())?;
    found.cover(spki).map(|covered| all_text(covered.root()))
}

/// The same for the by-id variant.
pub(crate) fn judge_by_id(xml: &str, spki: &[u8]) -> Result<String, SignatureError> {
    let document = parse(xml);
    let found = find_by_id(&document, &Bounds::default())?;
    found.cover(spki).map(|covered| all_text(covered.root()))
}

/// The same for a transport signature.
pub(crate) fn judge_wsse(xml: &str, spki: &[u8]) -> Result<String, SignatureError> {
    let document = parse(xml);
    let found = find_wsse(&document, &Bounds::default())?;
    found.cover(spki).map(|covered| all_text(covered.root()))
}

/// Names, attributes (sorted) and texts of everything that is covered.
pub(crate) fn all_text(root: qaqpa_xmldsig::CoveredElement<'_>) -> String {
    std::iter::once(root)
        .chain(root.descendants())
        .map(|element| {
            let mut attributes: Vec<_> = element
                .attributes()
                .map(|a| format!(" {}={}", a.local, a.value))
                .collect();
            attributes.sort();
            let attributes = attributes.concat();
            format!("{}{attributes}:{}\n", element.name(), element.text().trim())
        })
        .collect()
}

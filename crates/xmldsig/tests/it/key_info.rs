//! `KeyInfo`: the forms that integrators write, and those that lead astray.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xmldsig::{Bounds, SignatureError, SignatureLimit, find_enveloped};

use crate::forge::{ENVELOPED, INCLUSIVE, forge, reference, signature_with};
use crate::people::{applicant, judge_enveloped, parse, stranger};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";

fn with(key_info: &str) -> String {
    let rest = format!("<ds:KeyInfo>{key_info}</ds:KeyInfo>");
    let signature = signature_with(INCLUSIVE, &reference(0, "", &[ENVELOPED]), &rest);
    forge(
        &format!("<a xmlns:wsse=\"{WSSE}\">x{signature}</a>"),
        applicant(),
    )
}

type Read = (Vec<Vec<u8>>, Option<(String, String)>);

fn read(key_info: &str) -> Result<Read, SignatureError> {
    let xml = with(key_info);
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default())?;
    found.cover(applicant().spki())?;
    let name = found
        .issuer_serial()
        .map(|(issuer, serial)| (issuer.to_owned(), serial.to_owned()));
    Ok((found.certificates().to_vec(), name))
}

const NAME: &str = "<ds:X509IssuerSerial><ds:X509IssuerName> CN=Issuer, C=KZ </ds:X509IssuerName>\
                    <ds:X509SerialNumber>123456789012345678901234567890</ds:X509SerialNumber></ds:X509IssuerSerial>";

#[test]
fn certificates_and_names_are_read_in_every_form() {
    let certificate = || vec![applicant().certificate_der.clone()];
    let name = || {
        Some((
            "CN=Issuer, C=KZ".to_owned(),
            "123456789012345678901234567890".to_owned(),
        ))
    };
    let base64_binary = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
    for (key_info, expected) in [
        ("<ds:X509Data><ds:X509Certificate>@C@</ds:X509Certificate></ds:X509Data>".to_owned(), (certificate(), None)),
        (format!("<ds:X509Data>{NAME}</ds:X509Data>"), (vec![], name())),
        (format!("<ds:X509Data>{NAME}<ds:X509Certificate>@C@</ds:X509Certificate></ds:X509Data>"), (certificate(), name())),
        ("<ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName><ds:X509SKI>AA==</ds:X509SKI></ds:X509Data>".to_owned(), (vec![], None)),
        ("<ds:KeyName>k</ds:KeyName>".to_owned(), (vec![], None)),
        (format!("<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType=\"{base64_binary}\" ValueType=\"{X509_V3}\">@C@</wsse:KeyIdentifier></wsse:SecurityTokenReference>"), (certificate(), None)),
        (format!("<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"{X509_V3}\">\r\n@C@\r\n</wsse:KeyIdentifier></wsse:SecurityTokenReference>"), (certificate(), None)),
        (format!("<wsse:SecurityTokenReference><ds:X509Data>{NAME}</ds:X509Data></wsse:SecurityTokenReference>"), (vec![], name())),
    ] {
        assert_eq!(read(&key_info), Ok(expected), "{key_info}");
    }
}

/// Case K02: a key beside the certificate is never used, not even to refuse.
#[test]
fn k02_a_key_value_is_never_used() {
    let key_value = "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>";
    let xml = with(key_value);
    judge_enveloped(&xml, applicant().spki()).unwrap();
    assert_eq!(
        judge_enveloped(&xml, stranger().spki()),
        Err(SignatureError::ValueWrong)
    );
}

/// Case K03: certificates stay in the order of the text; nobody picks one that fits.
#[test]
fn k03_the_order_of_certificates_is_kept() {
    let other = STANDARD.encode(&stranger().certificate_der);
    let key_info = format!(
        "<ds:X509Data><ds:X509Certificate>{other}</ds:X509Certificate><ds:X509Certificate>@C@</ds:X509Certificate></ds:X509Data>"
    );
    let (certificates, _) = read(&key_info).unwrap();
    assert_eq!(
        certificates,
        [
            stranger().certificate_der.clone(),
            applicant().certificate_der.clone()
        ]
    );
    let many = "<ds:X509Certificate>@C@</ds:X509Certificate>".repeat(17);
    assert_eq!(
        read(&format!("<ds:X509Data>{many}</ds:X509Data>")),
        Err(SignatureError::Limit {
            what: SignatureLimit::Certificates,
            max: 16
        })
    );
}

/// Case K04: a `KeyInfo` that leads elsewhere is not followed.
#[test]
fn k04_retrieval_is_refused() {
    for uri in ["http://localhost/key", "file:///etc/passwd", "#k", ""] {
        assert_eq!(
            read(&format!("<ds:RetrievalMethod URI=\"{uri}\"/>")),
            Err(SignatureError::ReferenceRefused {
                uri: uri.to_owned(),
                why: "a KeyInfo that leads elsewhere"
            })
        );
    }
    assert_eq!(
        read("<d:KeyInfoReference xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#k\"/>"),
        Err(SignatureError::Malformed {
            why: "KeyInfo has KeyInfoReference".to_owned()
        })
    );
}

#[test]
fn broken_forms_are_refused() {
    for (key_info, why) in [
        ("<ds:X509Data><ds:X509Certificate>!</ds:X509Certificate></ds:X509Data>".to_owned(), "X509Certificate is not base64"),
        ("<ds:X509Data><x/></ds:X509Data>".to_owned(), "X509Data has x"),
        ("<x/>".to_owned(), "KeyInfo has x"),
        ("text".to_owned(), "KeyInfo has text inside"),
        ("<wsse:SecurityTokenReference/>".to_owned(), "SecurityTokenReference is empty"),
        ("<wsse:SecurityTokenReference><x/></wsse:SecurityTokenReference>".to_owned(), "SecurityTokenReference has x"),
        ("<wsse:SecurityTokenReference><wsse:KeyIdentifier>@C@</wsse:KeyIdentifier></wsse:SecurityTokenReference>".to_owned(), "KeyIdentifier is not an X509v3 certificate in base64"),
        (format!("<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"{X509_V3}\">@C@</wsse:KeyIdentifier><x/></wsse:SecurityTokenReference>"), "SecurityTokenReference has x where nothing more belongs"),
        (format!("<ds:X509Data>{NAME}{NAME}</ds:X509Data>"), "two X509IssuerSerial"),
        (format!("<ds:X509Data>{}</ds:X509Data>", NAME.replace("1234567890", "-1")), "X509SerialNumber is not a number"),
    ] {
        assert_eq!(
            read(&key_info),
            Err(SignatureError::Malformed { why: why.to_owned() }),
            "{key_info}"
        );
    }
}

const THUMBPRINT_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

fn by_sha1(octets: &[u8]) -> String {
    format!(
        "<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"{THUMBPRINT_SHA1}\">{}</wsse:KeyIdentifier></wsse:SecurityTokenReference>",
        STANDARD.encode(octets)
    )
}

fn by_sha256(octets: &[u8]) -> String {
    format!(
        "<ds:X509Data><d:X509Digest xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" Algorithm=\"{SHA256}\">{}</d:X509Digest></ds:X509Data>",
        STANDARD.encode(octets)
    )
}

/// A thumbprint names a certificate that the recipient has: it proves nothing, and finds no other.
#[test]
fn thumbprints_are_of_one_certificate() {
    let der = &applicant().certificate_der;
    for (key_info, algorithm) in [
        (
            by_sha1(&DigestAlgorithm::Sha1.digest(der)),
            DigestAlgorithm::Sha1,
        ),
        (
            by_sha256(&DigestAlgorithm::Sha256.digest(der)),
            DigestAlgorithm::Sha256,
        ),
    ] {
        let xml = with(&key_info);
        let document = parse(&xml);
        let found = find_enveloped(&document, &Bounds::default()).unwrap();
        found.cover(applicant().spki()).unwrap();
        assert!(found.certificates().is_empty());
        let thumbprint = found.thumbprint().unwrap();
        assert_eq!(thumbprint.algorithm, algorithm);
        assert!(thumbprint.is_of(der));
        assert!(!thumbprint.is_of(&stranger().certificate_der));
    }
}

#[test]
fn a_thumbprint_that_contradicts_the_certificate_or_is_broken_is_refused() {
    let der = &stranger().certificate_der;
    let certificate = "<ds:X509Data><ds:X509Certificate>@C@</ds:X509Certificate></ds:X509Data>";
    let sha1 = by_sha1(&DigestAlgorithm::Sha1.digest(der));
    for (key_info, why) in [
        (
            format!("{certificate}{sha1}"),
            "the thumbprint is not of the first certificate",
        ),
        (
            format!("{sha1}{certificate}"),
            "the thumbprint is not of the first certificate",
        ),
        (format!("{sha1}{sha1}"), "two thumbprints"),
        (
            by_sha1(&[0; 32]),
            "KeyIdentifier has not the length of its digest",
        ),
        (
            by_sha256(&[0; 20]),
            "X509Digest has not the length of its digest",
        ),
        (
            sha1.replace("ValueType", "EncodingType=\"urn:hex\" ValueType"),
            "KeyIdentifier is not an X509v3 certificate in base64",
        ),
        (
            by_sha256(&[0; 32]).replace(" Algorithm=", " x="),
            "X509Digest without Algorithm",
        ),
    ] {
        assert_eq!(
            read(&key_info),
            Err(SignatureError::Malformed {
                why: why.to_owned()
            }),
            "{key_info}"
        );
    }
    assert_eq!(
        read(&by_sha256(&[0; 32]).replace(SHA256, "urn:digest")),
        Err(SignatureError::AlgorithmUnknown {
            uri: "urn:digest".to_owned()
        })
    );
}

//! Writes the seeds anew: signed documents, the public key, and what the documents read as; OCSP answers; time stamps.

use std::path::Path;

use qaqpa_ades::{cms, xades};
use qaqpa_crypto::gost::{Curve, SigningKey, streebog512};
use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey, SignatureAlgorithm};
use qaqpa_fuzz::{SIGNED, STAMPED, reading};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::ocsp::{self, CertId, CertStatus, Request, Response, ResponseStatus, SingleAnswer};
use qaqpa_x509::tsp::{self, Accuracy, Imprint, Signing, StampRequest, StampToIssue};
use qaqpa_x509::{Certificate, RevocationReason, oid};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, Signer, WsseKeyInfo, find_by_id, find_enveloped, find_wsse, sign_by_id, sign_enveloped,
    sign_wsse,
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
        let verify = match name {
            "wsse.xml" => "wsse_verify",
            _ => "xmldsig_verify",
        };
        for target in ["xml_parse", "c14n", verify] {
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
    stamps(&seeds, &key);
    gost(&seeds);
    answers(&seeds);
    messages(&seeds);
    properties(&seeds);
    std::fs::write(seeds.join("readings.txt"), readings).expect("readings");
    std::fs::write(seeds.join("key.spki"), key.spki_der()).expect("the key");
}

/// A signature by each GOST curve: the curve's byte, x‖y, the digest, r‖s.
fn gost(seeds: &Path) {
    let folder = seeds.join("gost_verify");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, choice, curve) in [("2004", 0, Curve::CryptoProA), ("2015", 1, Curve::Tc26A512)] {
        let key = SigningKey::generate(curve).expect("a key");
        let digest = &streebog512(name.as_bytes())[..curve.bytes()];
        let signature = key.sign(digest).expect("signed");
        let seed = [&[choice], key.public().xy(), digest, &signature].concat();
        std::fs::write(folder.join(name), seed).expect("a seed");
    }
}

/// A key and a certificate that it signed itself.
fn identity(name: &str) -> (PrivateKey, Certificate) {
    let key = PrivateKey::generate(KeyKind::Ecdsa).expect("a key");
    let validity = Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    };
    let name = NameToWrite::new().with(oid::COMMON_NAME, name);
    let certificate = issue::root(name, &key, validity).expect("a certificate");
    (key, certificate)
}

/// Messages by one signer, attached and detached, and by two, with a counter-signature and a time stamp.
fn messages(seeds: &Path) {
    let (one, two) = (identity("TEST ONE"), identity("TEST TWO"));
    let [signer, second] =
        [&one, &two].map(|(key, of)| cms::NewSigner::new(key, of, Moment::ROOT_BEGIN));
    let bounds = cms::Bounds::default();
    let sign = |place, signers: &[cms::NewSigner<'_>]| {
        cms::sign(SIGNED, place, signers, &[]).expect("signed")
    };
    let both = sign(cms::Place::Attached, &[signer, second]);
    let counter = cms::counter_sign(&both, 0, &second, &[], &bounds).expect("counter-signed");
    // It stamps something else: the structure is what matters here.
    let token = std::fs::read(seeds.join("tsp_token/token.der")).expect("a token");
    let several = cms::add_timestamp(&counter, 0, &token, &bounds).expect("stamped");
    for (name, bytes) in [
        ("attached.der", sign(cms::Place::Attached, &[signer])),
        ("detached.der", sign(cms::Place::Detached, &[signer])),
        ("several.der", several),
        ("signer.cer", one.1.der().to_vec()),
        ("second.cer", two.1.der().to_vec()),
    ] {
        write_seed(seeds, "cms_verify", name, &bytes);
    }
}

/// Documents with qualifying properties, enveloped and by Id, and what they read as.
fn properties(seeds: &Path) {
    let (key, certificate) = identity("TEST");
    let signer = Signer::of(&key, certificate.der());
    let limits = XmlLimits::default();
    let settings = xades::Settings::new("s-1", Moment::ROOT_BEGIN);
    let mut readings = String::new();
    for (name, content) in [
        ("enveloped.xml", xades::Content::Enveloped),
        ("by-id.xml", xades::Content::ById("app".to_owned())),
    ] {
        let xml = APPLICATION.as_bytes();
        let signed = xades::sign_b_b(xml, &content, &signer, &settings, &limits).expect("signed");
        let document = Document::parse(&signed, &limits).expect("XML");
        let covered = [find_enveloped, find_by_id]
            .into_iter()
            .filter_map(|find| find(&document, &Bounds::default()).ok())
            .find_map(|found| found.cover(key.spki_der()).ok())
            .expect("it verifies");
        readings.push_str(&reading(covered.root()));
        readings.push('\n');
        write_seed(seeds, "xades_verify", name, &signed);
    }
    write_seed(seeds, "xades_verify", "readings.txt", readings.as_bytes());
    write_seed(seeds, "xades_verify", "signer.cer", certificate.der());
}

fn write_seed(seeds: &Path, target: &str, name: &str, bytes: &[u8]) {
    let folder = seeds.join(target);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), bytes).expect("a seed");
}

/// Requests about a certificate, and answers that it is revoked: by a delegate, by the issuer, with and without a nonce.
fn answers(seeds: &Path) {
    let validity = Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    };
    let name = |name| NameToWrite::new().with(oid::COMMON_NAME, name);
    let [root_key, key, responder_key] =
        [(); 3].map(|()| PrivateKey::generate(KeyKind::Ecdsa).expect("a key"));
    let root = issue::root(name("TEST ROOT"), &root_key, validity).expect("a root");
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let leaf = CertificateSpec::new(name("TEST"), key.spki_der(), validity).expect("a key's");
    let leaf = issue::issue(&leaf, by).expect("a certificate");
    let responder = issue::responder(name("TEST OCSP"), responder_key.spki_der(), validity, by)
        .expect("a responder");
    let nonce = [0xf1; 8];
    let request = |nonce: Option<&[u8]>| Request::about(&leaf, &root, nonce);
    let several = Request {
        cert_ids: vec![
            CertId::new(DigestAlgorithm::Sha1, &leaf, &root),
            CertId::new(DigestAlgorithm::Sha512, &leaf, &root),
        ],
        nonce: None,
    };
    let answer = |request: &Request, by: &Certificate, key: &PrivateKey| {
        let single = |cert_id: &CertId| SingleAnswer {
            cert_id: cert_id.clone(),
            status: CertStatus::Revoked {
                at: Moment::ROOT_BEGIN,
                reason: Some(RevocationReason::KeyCompromise),
            },
            this_update: Moment::ROOT_BEGIN,
            next_update: Some(Moment::ROOT_END),
        };
        let response = Response {
            answers: request.cert_ids.iter().map(single).collect(),
            nonce: request.nonce.clone(),
            produced_at: Moment::ROOT_BEGIN,
            extended_revoke: true,
        };
        ocsp::respond(&response, by, key).expect("an answer")
    };
    let (plain, salted) = (request(None), request(Some(&nonce)));
    for (target, name, bytes) in [
        ("ocsp_request", "plain.der", plain.encode()),
        ("ocsp_request", "nonce.der", salted.encode()),
        ("ocsp_request", "several.der", several.encode()),
        (
            "ocsp_response",
            "delegate.der",
            answer(&plain, &responder, &responder_key),
        ),
        (
            "ocsp_response",
            "nonce.der",
            answer(&salted, &responder, &responder_key),
        ),
        (
            "ocsp_response",
            "issuer.der",
            answer(&plain, &root, &root_key),
        ),
        (
            "ocsp_response",
            "try-later.der",
            ocsp::failure(ResponseStatus::TryLater),
        ),
        ("ocsp_response", "issuer.cer", root.der().to_vec()),
        ("ocsp_response", "leaf.cer", leaf.der().to_vec()),
    ] {
        write_seed(seeds, target, name, &bytes);
    }
}

/// A request for a time stamp, the token that answers it, and the whole answer.
fn stamps(seeds: &Path, key: &PrivateKey) {
    let validity = Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    };
    let name = |name| NameToWrite::new().with(oid::COMMON_NAME, name);
    let root = issue::root(name("TEST ROOT"), key, validity).expect("a root");
    let by = Issuer {
        certificate: &root,
        key,
    };
    let addresses = Addresses::default();
    let tsa = issue::timestamper(name("TEST TSA"), key.spki_der(), validity, addresses, by)
        .expect("an authority");
    let imprint = Imprint::of(DigestAlgorithm::Sha256, STAMPED);
    let request = StampRequest::new(imprint.clone())
        .with_nonce(&[0xf1; 8])
        .with_policy(oid::POLICY_TSP_RSA);
    let stamp = StampToIssue {
        imprint,
        policy: oid::POLICY_TSP_RSA,
        serial: vec![7],
        gen_time: Moment::ROOT_BEGIN,
        accuracy: Some(Accuracy::seconds(1)),
        ordering: false,
        nonce: request.nonce.clone(),
        names_tsa: true,
    };
    let certificates = [tsa.clone()];
    let signing = Signing::by(&tsa, key).with_certificates(&certificates);
    let token = tsp::issue(&stamp, &signing).expect("a token");
    for (target, name, bytes) in [
        ("tsp_request", "request.tsq", request.encode()),
        ("tsp_token", "answer.tsr", tsp::granted(&token)),
        ("tsp_token", "token.der", token),
    ] {
        write_seed(seeds, target, name, &bytes);
    }
}

//! Other programs' judgement: xmlsec1 verifies what we sign, and we verify what xmlsec1 and signxml sign.
//!
//! A missing xmlsec1 fails these tests: `apt-get install xmlsec1`.

use std::path::Path;
use std::process::Command;

use openssl::x509::X509;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, Options, Profile, SignatureError, WsseKeyInfo, counter_sign, find_all, find_enveloped,
    sign_by_id, sign_detached, sign_enveloped, sign_enveloped_with,
};
use tempfile::TempDir;

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE};
use crate::people::{
    APPLICATION, ENVELOPE, Person, applicant, ecdsa_signer, enveloped, judge_by_id,
    judge_enveloped, judge_wsse, parse, stranger, text, transported,
};

const BODY: &str = "http://schemas.xmlsoap.org/soap/envelope/:Body";

/// A folder with somebody's key and certificate.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::of(applicant())
    }

    fn of(person: &Person) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (key, certificate) = person.pem();
        std::fs::write(folder.path().join("key.pem"), key).unwrap();
        std::fs::write(folder.path().join("certificate.pem"), certificate).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn xmlsec1(&self, arguments: &[&str], xml: &str) -> Result<String, String> {
        std::fs::write(self.path().join("document.xml"), xml).unwrap();
        let output = Command::new("xmlsec1")
            .current_dir(self.path())
            .args(arguments)
            .arg("document.xml")
            .output()
            .expect("xmlsec1 is needed for this test: apt-get install xmlsec1");
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Trusts the certificate, takes the key from KeyInfo.
    fn verify_by_key_info(&self, xml: &str) -> Result<String, String> {
        self.xmlsec1(
            &[
                "--verify",
                "--trusted-pem",
                "certificate.pem",
                "--id-attr:Id",
                "payload",
                "--id-attr:Id",
                "urn:qaqpa:document:1:application",
            ],
            xml,
        )
    }

    /// Uses the certificate's key: xmlsec1 does not know WS-Security's KeyInfo.
    fn verify_body(&self, xml: &str) -> Result<String, String> {
        self.xmlsec1(
            &[
                "--verify",
                "--pubkey-cert-pem",
                "certificate.pem",
                "--id-attr:Id",
                BODY,
            ],
            xml,
        )
    }
}

#[test]
fn xmlsec1_verifies_our_enveloped_signature() {
    let bench = Bench::new();
    for xml in [
        APPLICATION.to_owned(),
        APPLICATION.replace('\n', "\r\n"),
        APPLICATION.replace(
            "<form>",
            "<!-- not signed --><form xmlns:p='urn:p' p:x='&#13;'>",
        ),
        "<a/>".to_owned(),
        "<!-- before --><p:a xmlns:p='urn:p' xml:lang='kk'><![CDATA[<&>]]></p:a><!-- after -->"
            .to_owned(),
    ] {
        let signed = enveloped(&xml);
        bench
            .verify_by_key_info(&signed)
            .unwrap_or_else(|e| panic!("{e}\n{signed}"));
        judge_enveloped(&signed, applicant().spki()).unwrap();
    }
}

#[test]
fn xmlsec1_and_we_refuse_every_changed_byte_of_a_signed_text() {
    let bench = Bench::new();
    let signed = enveloped(APPLICATION);
    let start = signed.find("931002451325").unwrap();
    for at in start..start + 12 {
        let mut changed = signed.clone().into_bytes();
        changed[at] ^= 0x01;
        let changed = text(changed);
        bench.verify_by_key_info(&changed).unwrap_err();
        assert!(matches!(
            judge_enveloped(&changed, applicant().spki()),
            Err(SignatureError::DigestMismatch { .. })
        ));
    }
}

#[test]
fn xmlsec1_verifies_our_by_id_signatures() {
    let bench = Bench::new();
    let beside = "<m xmlns:q='urn:q'><payload Id='p1' q:x='1'>text<!-- x --></payload></m>";
    let signed = text(
        sign_by_id(
            beside.as_bytes(),
            "p1",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    bench
        .verify_by_key_info(&signed)
        .unwrap_or_else(|e| panic!("{e}\n{signed}"));
    judge_by_id(&signed, applicant().spki()).unwrap();

    let around = text(
        sign_by_id(
            APPLICATION.as_bytes(),
            "app",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    bench
        .verify_by_key_info(&around)
        .unwrap_or_else(|e| panic!("{e}\n{around}"));
}

#[test]
fn xmlsec1_verifies_our_transport_signatures() {
    let bench = Bench::new();
    for key_info in [
        WsseKeyInfo::BinarySecurityToken,
        WsseKeyInfo::KeyIdentifier,
        WsseKeyInfo::ThumbprintSha1,
        WsseKeyInfo::IssuerSerial {
            issuer_name: "CN=TEST".to_owned(),
            serial_decimal: "7".to_owned(),
        },
    ] {
        let signed = transported(key_info, "1");
        bench
            .verify_body(&signed)
            .unwrap_or_else(|e| panic!("{e}\n{signed}"));
        bench
            .verify_body(&signed.replace("{1}", "{2}"))
            .unwrap_err();
    }
}

fn template(uri: &str, canonicalization: &str, transforms: &[&str], key_info: &str) -> String {
    let transforms: String = transforms
        .iter()
        .map(|t| format!("\n<dsig:Transform Algorithm=\"{t}\"/>"))
        .collect();
    format!(
        "<dsig:Signature xmlns:dsig=\"http://www.w3.org/2000/09/xmldsig#\">\n<dsig:SignedInfo>\
         <dsig:CanonicalizationMethod Algorithm=\"{canonicalization}\"/>\
         <dsig:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
         <dsig:Reference URI=\"{uri}\"><dsig:Transforms>{transforms}</dsig:Transforms>\
         <dsig:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><dsig:DigestValue/></dsig:Reference>\
         </dsig:SignedInfo>\n<dsig:SignatureValue/>{key_info}</dsig:Signature>"
    )
}

const X509: &str =
    "\n<dsig:KeyInfo><dsig:X509Data><dsig:X509Certificate/></dsig:X509Data></dsig:KeyInfo>";

#[test]
fn what_xmlsec1_signs_is_accepted() {
    let bench = Bench::new();
    let sign = ["--sign", "--privkey-pem", "key.pem,certificate.pem"];
    let content = APPLICATION.replace("<form>", "<!-- x --><form xmlns:p='urn:p' p:x='&#10;'>");
    for canonicalization in [INCLUSIVE, EXCLUSIVE] {
        for transforms in [
            &[ENVELOPED][..],
            &[ENVELOPED, INCLUSIVE],
            &[ENVELOPED, EXCLUSIVE],
            &[
                ENVELOPED,
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            ],
            &[
                ENVELOPED,
                "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            ],
            &[ENVELOPED, "http://www.w3.org/2006/12/xml-c14n11"],
        ] {
            let template = template("", canonicalization, transforms, X509);
            let xml = content.replace("</application>", &format!("{template}\n</application>"));
            let signed = bench.xmlsec1(&sign, &xml).unwrap();
            let document = parse(&signed);
            let found = find_enveloped(&document, &Bounds::default()).unwrap();
            assert_eq!(found.certificates(), [applicant().certificate_der.clone()]);
            found
                .cover(applicant().spki())
                .unwrap_or_else(|e| panic!("{e}\n{canonicalization} {transforms:?}\n{signed}"));
        }
    }
}

#[test]
fn what_xmlsec1_signs_in_a_body_is_accepted() {
    let bench = Bench::new();
    let security = |signature: &str| {
        format!(
            "<soap:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">{signature}</wsse:Security></soap:Header>"
        )
    };
    for method in [EXCLUSIVE, INCLUSIVE] {
        let xml = ENVELOPE
            .replace(
                "<soap:Header/>",
                &security(&template("#b", method, &[method], X509)),
            )
            .replace("<soap:Body>", "<soap:Body Id=\"b\">");
        let signed = bench
            .xmlsec1(
                &[
                    "--sign",
                    "--privkey-pem",
                    "key.pem,certificate.pem",
                    "--id-attr:Id",
                    BODY,
                ],
                &xml,
            )
            .unwrap();
        judge_wsse(&signed, applicant().spki()).unwrap_or_else(|e| panic!("{e}\n{signed}"));
    }
}

/// Source: written by Python's signxml 5.2 with a throw-away key, by `tests/data/write_signxml.py`.
#[test]
fn what_signxml_signs_is_accepted() {
    for (name, signed) in [
        ("inclusive 1.1", include_str!("../data/signxml-c14n11.xml")),
        (
            "inclusive 1.0",
            include_str!("../data/signxml-inclusive.xml"),
        ),
        ("exclusive", include_str!("../data/signxml-exclusive.xml")),
    ] {
        let document = parse(signed);
        let found =
            find_enveloped(&document, &Bounds::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let [certificate] = found.certificates() else {
            panic!("{name}: one certificate");
        };
        let spki = X509::from_der(certificate)
            .unwrap()
            .public_key()
            .unwrap()
            .public_key_to_der()
            .unwrap();
        let covered = found.cover(&spki).unwrap_or_else(|e| panic!("{name}: {e}"));
        let iin = covered
            .root()
            .descendants()
            .find(|e| e.name() == "iin")
            .unwrap();
        assert_eq!(iin.text(), "931002451325");
        assert!(matches!(
            judge_enveloped(&signed.replace("931002451325", "931002451326"), &spki),
            Err(SignatureError::DigestMismatch { .. })
        ));
    }
}

#[test]
fn ecdsa_signatures_pass_between_xmlsec1_and_us_both_ways() {
    let signer = ecdsa_signer();
    let bench = Bench::of(signer);
    let limits = XmlLimits::default();
    // Several: one in 128 has an r or s that is shorter than the others.
    for _ in 0..8 {
        let ours = text(sign_enveloped(APPLICATION.as_bytes(), &signer.signer(), &limits).unwrap());
        bench
            .verify_by_key_info(&ours)
            .unwrap_or_else(|e| panic!("{e}\n{ours}"));
        judge_enveloped(&ours, signer.spki()).unwrap();
    }
    let unsigned =
        template("", INCLUSIVE, &[ENVELOPED], X509).replace("rsa-sha256", "ecdsa-sha256");
    let unsigned = APPLICATION.replace("</application>", &format!("{unsigned}</application>"));
    let sign = ["--sign", "--privkey-pem", "key.pem,certificate.pem"];
    let theirs = bench.xmlsec1(&sign, &unsigned).unwrap();
    judge_enveloped(&theirs, signer.spki()).unwrap();
    assert_eq!(
        judge_enveloped(&theirs, applicant().spki()),
        Err(SignatureError::ValueWrong)
    );
}

/// Verifies the signature of that place with the certificate's key.
fn verify_one(bench: &Bench, number: usize, xml: &str) -> Result<String, String> {
    let signature = format!("(//*[local-name()='Signature'])[{number}]");
    bench.xmlsec1(
        &[
            "--verify",
            "--pubkey-cert-pem",
            "certificate.pem",
            "--node-xpath",
            &signature,
            "--id-attr:Id",
            "http://www.w3.org/2000/09/xmldsig#:SignatureValue",
            "--id-attr:Id",
            "p",
        ],
        xml,
    )
}

#[test]
fn xmlsec1_verifies_each_of_our_co_signatures_and_a_counter_signature() {
    let limits = XmlLimits::default();
    let mut xml = APPLICATION.to_owned();
    for (id, person) in [("a", applicant()), ("b", stranger())] {
        let options = Options {
            parallel: true,
            ..Options::with_id(id)
        };
        let signed = sign_enveloped_with(xml.as_bytes(), &person.signer(), &options, &limits);
        xml = text(signed.unwrap());
    }
    let (options, signer) = (Options::with_id("c"), applicant().signer());
    let counter = counter_sign(
        xml.as_bytes(),
        &Options::value_id("b"),
        &signer,
        &options,
        &limits,
    );
    let xml = text(counter.unwrap());
    let document = parse(&xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    for (number, person) in [(1, applicant()), (2, stranger()), (3, applicant())] {
        all[number - 1].cover(person.spki()).unwrap();
        let bench = Bench::of(person);
        verify_one(&bench, number, &xml).unwrap_or_else(|e| panic!("{number}: {e}\n{xml}"));
        let changed = xml.replace("931002451325", "931002451326");
        assert_eq!(
            verify_one(&bench, number, &changed).is_ok(),
            number == 3,
            "the counter-signature is about the value alone"
        );
    }
}

#[test]
fn xmlsec1_verifies_our_detached_signatures() {
    let xml = "<m xmlns:q='urn:q'><p Id='p1' q:x='1'>one</p>\n<p Id='p2'><!-- x -->two</p></m>";
    let signer = applicant().signer();
    let limits = XmlLimits::default();
    let signed = sign_detached(xml.as_bytes(), &signer, &Options::default(), &limits);
    let signed = text(signed.unwrap());
    let bench = Bench::new();
    verify_one(&bench, 1, &signed).unwrap_or_else(|e| panic!("{e}\n{signed}"));
    verify_one(&bench, 1, &signed.replace("two", "three")).unwrap_err();
}

#[test]
fn what_xmlsec1_signs_by_subtraction_beside_ours_is_accepted() {
    let limits = XmlLimits::default();
    let filter2 = "http://www.w3.org/2002/06/xmldsig-filter2";
    let parameters = format!(
        "<XPath xmlns=\"{filter2}\" Filter=\"subtract\">/descendant::dsig:Signature</XPath>"
    );
    let template = template("", EXCLUSIVE, &[filter2, EXCLUSIVE], X509).replace(
        &format!("<dsig:Transform Algorithm=\"{filter2}\"/>"),
        &format!("<dsig:Transform Algorithm=\"{filter2}\">{parameters}</dsig:Transform>"),
    );
    let unsigned = APPLICATION.replace("</application>", &format!("{template}</application>"));
    let sign = ["--sign", "--privkey-pem", "key.pem,certificate.pem"];
    let theirs = Bench::new().xmlsec1(&sign, &unsigned).unwrap();
    judge_enveloped(&theirs, applicant().spki()).unwrap_or_else(|e| panic!("{e}\n{theirs}"));
    let options = Options {
        parallel: true,
        ..Options::default()
    };
    let signer = stranger().signer();
    let both = sign_enveloped_with(theirs.as_bytes(), &signer, &options, &limits).unwrap();
    let both = text(both);
    let document = parse(&both);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    all[0].cover(applicant().spki()).unwrap();
    all[1].cover(stranger().spki()).unwrap();
    verify_one(&Bench::new(), 1, &both).unwrap();
    verify_one(&Bench::of(stranger()), 2, &both).unwrap();
}

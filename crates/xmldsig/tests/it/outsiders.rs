//! The JDK's `javax.xml.crypto.dsig` and PyPI's signxml: every form that they know passes between them and us, both ways.
//!
//! Missing tools fail these tests: `scripts/setup test` installs them. Each is started once, for all its documents.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use openssl::pkey::PKey;
use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, Options, Profile, SignatureError, Signer, counter_sign, find_all, sign_by_id,
    sign_detached, sign_enveloped, sign_enveloped_with,
};
use tempfile::TempDir;

use crate::people::{APPLICATION, Person, applicant, ecdsa_signer, p384_signer, parse, text};

const C14N: [&str; 6] = [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];
const ALGORITHMS: [SignatureAlgorithm; 8] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::RsaPssSha256,
    SignatureAlgorithm::RsaPssSha384,
    SignatureAlgorithm::RsaPssSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
];

/// Two payloads; comments, namespaces and `xml:` attributes around them, on which the canonicalizations differ.
const PAYLOADS: &str = "<m xmlns=\"urn:m\" xmlns:q=\"urn:q\" xml:lang=\"kk\"><p Id=\"p1\" q:x=\"1\"><!-- x -->one</p>\n\
     <p Id=\"p2\">two &amp; a\tb</p></m>";
const PAYLOAD: &str = "<m xmlns:q=\"urn:q\"><p Id=\"p1\" q:x=\"1\"><!-- x -->one</p></m>";

/// The key of this algorithm, by the name of its files.
fn holder(algorithm: SignatureAlgorithm) -> (&'static str, &'static Person) {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => ("p256", ecdsa_signer()),
        SignatureAlgorithm::EcdsaSha384 => ("p384", p384_signer()),
        _ => ("rsa", applicant()),
    }
}

fn signer(algorithm: SignatureAlgorithm) -> Signer<'static> {
    Signer {
        algorithm,
        ..holder(algorithm).1.signer()
    }
}

/// A folder with keys, documents and the tasks about them.
struct Desk {
    folder: TempDir,
    tasks: String,
    /// What each task is about, and whether the outsider should accept it.
    expected: Vec<(String, bool)>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, person) in [
            ("rsa", applicant()),
            ("p256", ecdsa_signer()),
            ("p384", p384_signer()),
        ] {
            let write = |ending: &str, bytes: &[u8]| {
                std::fs::write(folder.path().join(format!("{name}.{ending}")), bytes).unwrap();
            };
            let (_, certificate) = person.pem();
            let pkcs8 = PKey::private_key_from_pkcs8(&person.key.to_pkcs8_der()).unwrap();
            write("key", &pkcs8.private_key_to_pem_pkcs8().unwrap());
            write("pem", &certificate);
            write("pkcs8", &pkcs8.private_key_to_pkcs8().unwrap());
            write("spki", person.spki());
        }
        Self {
            folder,
            tasks: String::new(),
            expected: Vec::new(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a document; the name of its file.
    fn document(&self, xml: &str) -> String {
        let name = format!("{}.xml", self.expected.len());
        std::fs::write(self.path().join(&name), xml).unwrap();
        name
    }

    /// Has a signature of ours verified, and refused where the content is another.
    fn verify(&mut self, what: &str, xml: &str, key: &str, number: usize) {
        let changed = xml.replace(">one<", ">other<").replace("Әлиева", "Алиева");
        assert_ne!(xml, changed);
        for (xml, is_good) in [(xml, true), (changed.as_str(), false)] {
            let file = self.document(xml);
            writeln!(self.tasks, "verify {file} {key} {number}").unwrap();
            self.expected.push((what.to_owned(), is_good));
        }
    }

    /// Has a document signed; the file that it will be in.
    fn sign(&mut self, xml: &str, algorithm: SignatureAlgorithm, c14n: &str, form: &str) -> String {
        let file = self.document(xml);
        let (key, method, digest) = (
            holder(algorithm).0,
            algorithm.uri(),
            algorithm.digest().uri(),
        );
        writeln!(
            self.tasks,
            "sign {file} {key} {method} {digest} {c14n} {form}"
        )
        .unwrap();
        let what = format!("{algorithm:?} {c14n} {form}");
        self.expected.push((what, true));
        format!("{file}.signed")
    }

    /// Has all tasks done, each with the answer that is expected.
    fn ask(&self, command: &mut Command) {
        std::fs::write(self.path().join("tasks"), &self.tasks).unwrap();
        let output = command
            .arg(self.path())
            .output()
            .expect("scripts/setup test installs it");
        let said = text(output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().count(), self.expected.len(), "{complaint}");
        for (answer, (what, is_good)) in said.lines().zip(&self.expected) {
            assert_eq!(answer == "accept", *is_good, "{what}: {answer}");
        }
    }

    /// What an outsider signed is accepted by us, and refused where the content is another.
    fn judge(&self, file: &str, algorithm: SignatureAlgorithm, profile: Profile) {
        let signed = std::fs::read_to_string(self.path().join(file)).unwrap();
        let judged = |xml: &str| {
            let document = parse(xml);
            let all = find_all(&document, profile, &Bounds::default())?;
            let spki = holder(algorithm).1.spki();
            all[0].cover(spki).map(|_| ())
        };
        assert_eq!(
            judged(&signed),
            Ok(()),
            "{algorithm:?} {profile:?} {signed}"
        );
        let changed = signed
            .replace(">one<", ">other<")
            .replace("Әлиева", "Алиева");
        assert!(
            matches!(judged(&changed), Err(SignatureError::DigestMismatch { .. })),
            "{algorithm:?} {profile:?} {signed}"
        );
    }
}

fn jdk() -> Command {
    let mut java = Command::new("java");
    java.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/Outsider.java"
        ));
    java
}

fn signxml() -> Command {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut python = Command::new(format!("{root}/.test-tools/venv/bin/python"));
    python.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/outsider.py"
    ));
    python
}

/// Our enveloped, by-id and detached signatures by each algorithm.
fn ours(desk: &mut Desk, comment: &str) {
    let limits = XmlLimits::default();
    let [payload, payloads] = [PAYLOAD, PAYLOADS].map(|xml| xml.replace("<!-- x -->", comment));
    for algorithm in ALGORITHMS {
        let (key, signer) = (holder(algorithm).0, signer(algorithm));
        let enveloped = sign_enveloped(APPLICATION.as_bytes(), &signer, &limits);
        let what = |form: &str| format!("our {form} {algorithm:?}");
        desk.verify(&what("enveloped"), &text(enveloped.unwrap()), key, 0);
        let by_id = sign_by_id(payload.as_bytes(), "p1", &signer, &limits);
        desk.verify(&what("by-id"), &text(by_id.unwrap()), key, 0);
        let options = Options::default();
        let detached = sign_detached(payloads.as_bytes(), &signer, &options, &limits);
        desk.verify(&what("detached"), &text(detached.unwrap()), key, 0);
    }
}

/// Their enveloped signatures by each algorithm and by each canonicalization; the files, to be judged when they are there.
fn theirs(desk: &mut Desk) -> Vec<(String, SignatureAlgorithm, Profile)> {
    let mut files = Vec::new();
    let exclusive = C14N[4];
    for algorithm in ALGORITHMS {
        let file = desk.sign(APPLICATION, algorithm, exclusive, "enveloped");
        files.push((file, algorithm, Profile::Enveloped));
        let file = desk.sign(PAYLOAD, algorithm, exclusive, "p1");
        files.push((file, algorithm, Profile::ById));
    }
    for c14n in C14N {
        let algorithm = SignatureAlgorithm::RsaSha256;
        let file = desk.sign(APPLICATION, algorithm, c14n, "enveloped");
        files.push((file, algorithm, Profile::Enveloped));
    }
    files
}

#[test]
fn every_form_passes_between_the_jdk_and_us_both_ways() {
    let mut desk = Desk::new();
    ours(&mut desk, "<!-- x -->");
    // Co-signatures that leave each other out, and a counter-signature.
    let limits = XmlLimits::default();
    let mut xml = APPLICATION.to_owned();
    let parallel = [
        SignatureAlgorithm::RsaPssSha256,
        SignatureAlgorithm::EcdsaSha384,
    ];
    for (id, algorithm) in ["a", "b"].into_iter().zip(parallel) {
        let options = Options {
            parallel: true,
            ..Options::with_id(id)
        };
        let signed = sign_enveloped_with(xml.as_bytes(), &signer(algorithm), &options, &limits);
        xml = text(signed.unwrap());
    }
    for (number, algorithm) in parallel.into_iter().enumerate() {
        desk.verify("our co-signature", &xml, holder(algorithm).0, number);
    }
    let (of, options) = (Options::value_id("b"), Options::with_id("c"));
    let by = signer(SignatureAlgorithm::EcdsaSha256);
    let counter = counter_sign(xml.as_bytes(), &of, &by, &options, &limits);
    let file = desk.document(&text(counter.unwrap()));
    writeln!(desk.tasks, "verify {file} p256 2").unwrap();
    desk.expected
        .push(("our counter-signature".to_owned(), true));

    let mut files = theirs(&mut desk);
    for c14n in C14N {
        let algorithm = SignatureAlgorithm::EcdsaSha256;
        let file = desk.sign(PAYLOADS, algorithm, c14n, "p1,p2");
        files.push((file, algorithm, Profile::Detached));
        let file = desk.sign(APPLICATION, algorithm, c14n, "subtracted");
        files.push((file, algorithm, Profile::Enveloped));
    }
    desk.ask(&mut jdk());
    for (file, algorithm, profile) in files {
        desk.judge(&file, algorithm, profile);
    }
}

/// signxml knows neither XPath Filter 2.0 nor more than one signature of a document, and digests comments where a reference within the
/// document selects none (XMLDSig 1.1, §4.4.3.3).
#[test]
fn every_form_that_signxml_knows_passes_between_it_and_us_both_ways() {
    let mut desk = Desk::new();
    ours(&mut desk, "");
    let files = theirs(&mut desk);
    desk.ask(&mut signxml());
    for (file, algorithm, profile) in files {
        desk.judge(&file, algorithm, profile);
    }
}

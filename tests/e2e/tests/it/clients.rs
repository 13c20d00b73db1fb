//! Clients and signers that we did not write: zeep, suds, soap of npm, Java's own, signxml, xmlsec1.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_transport::ControlClient;
use qaqpa_wire::namespace::{PUSH_DESCRIPTION_PATH, SYNC_PATH};
use serde_json::{Value, json};

use crate::stand::{self, SERVICE, Stand};

#[test]
fn zeep_with_a_signed_request_gets_scss001() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let answer = zeep(stand, folder.path(), "signed");
    assert_eq!(answer["code"], "SCSS001", "{answer}");
}

#[test]
fn zeep_without_a_signature_gets_the_labelled_fault() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let answer = zeep(stand, folder.path(), "unsigned");
    let detail = answer["detail"].as_str().unwrap_or_default();
    assert!(
        detail.contains("label=transport-signature-missing"),
        "{answer}"
    );
}

#[test]
fn zeep_leaves_an_application_asks_where_it_is_and_fetches_what_waits() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let document = stand::signed_application(stand, "citizen-1", folder.path());
    let sender = stand.endpoints.sender("integrator-1").unwrap();
    let (key, certificate) = stand::pem_of(&sender.key, &sender.key_password, folder.path());
    let output = Command::new(python())
        .arg(script("zeep_async.py"))
        .arg(&stand.endpoints.gateway.wsdl.asynchronous)
        .args([
            &stand.endpoints.trust.tls,
            &key,
            &certificate,
            &stand.endpoints.trust.gateway_certificate,
        ])
        .args([&sender.sender_id, &sender.password, SERVICE])
        .arg(&document)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["messageId"], answer["correlationId"], "{answer}");
    assert_eq!(answer["messageId"], answer["again"], "{answer}");
    assert_eq!(answer["state"], "DELIVERED", "{answer}");
    assert_eq!(answer["code"], "SCSS001", "{answer}");
    assert_eq!(answer["unknown"], "label=correlation-unknown", "{answer}");
    let departure = "departure=<messageId> is not a guid of the form {8-4-4-4-12} with braces";
    assert_eq!(
        answer["departures"],
        serde_json::json!([departure]),
        "{answer}"
    );
}

#[test]
fn suds_sends_leaves_asks_and_fetches_by_the_served_descriptions_alone() {
    assert_talks(stand::shared(), |stand| {
        let wsdl = &stand.endpoints.gateway.wsdl;
        let mut suds = Command::new(python());
        suds.arg(script("suds_client.py"))
            .args([&wsdl.sync, &wsdl.asynchronous])
            .arg(&stand.endpoints.trust.tls);
        suds
    });
}

#[test]
fn soap_of_npm_sends_leaves_asks_and_fetches_by_the_served_descriptions_alone() {
    assert_talks(stand::shared(), soap_client);
}

fn soap_client(stand: &Stand) -> Command {
    let wsdl = &stand.endpoints.gateway.wsdl;
    let mut soap = node(stand, "soap_client.js");
    soap.args([&wsdl.sync, &wsdl.asynchronous]);
    soap
}

#[test]
fn soap_of_npm_serves_the_push_channel_by_its_description_and_is_told_and_given_what_waits() {
    let stand = stand::started("endpoint");
    stand::qaqpa_yes(&stand.data, &["stub", "add", SERVICE]);
    let endpoint = PushEndpoint::start(&stand);
    let terms = format!("answers = \"unsigned\"\npush = \"{}\"\n", endpoint.address);
    register(&stand, &terms);
    let answer = assert_talks(&stand, soap_client);
    // Of two applications one was left, and is told of; each has its result.
    let told: Vec<Value> = (0..3).map(|_| endpoint.next()).collect();
    let of = |kind: &str| -> Vec<&Value> {
        let those = told.iter().map(|one| &one[kind]);
        those.filter(|one| !one.is_null()).collect()
    };
    let [notice] = of("notice")[..] else {
        panic!("{told:?}");
    };
    assert_eq!(notice["messageId"], answer["messageId"]);
    assert_eq!(notice["messageState"], "DELIVERED");
    assert_eq!(notice["status"]["statusCode"], "SCSS001");
    let messages = of("message");
    assert_eq!(messages.len(), 2, "{told:?}");
    let answers = |message: &&Value| message["messageInfo"]["correlationId"] == answer["messageId"];
    assert!(messages.iter().any(answers), "{told:?}");
    for message in messages {
        assert_eq!(message["messageInfo"]["messageType"], "RESPONSE");
        let result = message["messageData"]["data"]["$value"].as_str().unwrap();
        assert!(result.contains("<outcome>granted</outcome>"), "{result}");
    }
}

/// TLS certificate and key of a system, made by OpenSSL: PEM of the certificate, and a key file with the system's name
/// as its password.
fn tls_of(system: &str, folder: &Path) -> (String, PathBuf) {
    let [key, pem, file] = ["tls-key.pem", "tls.pem", "tls.p12"].map(|name| folder.join(name));
    let [key, pem, file] = [&key, &pem, &file].map(|path| path.to_str().unwrap());
    let pass = format!("pass:{system}");
    let subject = format!("/CN=TEST {system}");
    let make = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
    ];
    let make = [&make[..], &["-subj", &subject, "-keyout", key, "-out", pem]].concat();
    let pack = ["pkcs12", "-export", "-inkey", key, "-in", pem, "-out", file];
    let pack = [&pack[..], &["-passout", &pass]].concat();
    for arguments in [make, pack] {
        let output = stand::judge("openssl", &arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
    }
    (std::fs::read_to_string(pem).unwrap(), file.into())
}

#[test]
fn java_sends_leaves_asks_and_fetches_over_mutual_tls_and_is_refused_without_its_certificate() {
    let stand = stand::started("java");
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key_file) = tls_of("integrator-1", folder.path());
    register(&stand, &format!("tls = '''\n{certificate}'''\n"));
    let client = |stand: &Stand, tls: &Path| {
        let mut java = Command::new("java");
        // Where the machine has more to do, it comes too late for a handshake, and comes again: the same bytes count once.
        java.args([
            "-Djdk.httpclient.enableAllMethodRetry=true",
            "-XX:TieredStopAtLevel=1",
        ])
        .arg(top().join("tests/e2e/java/SoapClient.java"))
        .args([
            &stand.endpoints.gateway.sync,
            &stand.endpoints.gateway.asynchronous,
        ])
        .arg(&stand.endpoints.trust.tls)
        .arg(tls);
        java
    };
    assert_talks(&stand, |stand| client(stand, &key_file));
    let answer = talk(&stand, |stand| client(stand, Path::new("-")));
    let refused = json!({ "fault": "label=sender-certificate-mismatch" });
    assert_eq!(answer, refused);
}

/// soap of npm at the push channel.
struct PushEndpoint {
    child: Child,
    told: mpsc::Receiver<Value>,
    address: String,
}

impl PushEndpoint {
    fn start(stand: &Stand) -> Self {
        let channel = &stand.endpoints.gateway.sync;
        let door = channel.strip_suffix(SYNC_PATH).unwrap();
        let mut child = node(stand, "soap_endpoint.js")
            .arg(format!("{door}{PUSH_DESCRIPTION_PATH}?wsdl"))
            .arg(&stand.endpoints.trust.gateway_certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}; run scripts/setup test"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap();
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        let mut endpoint = Self {
            child,
            told,
            address: String::new(),
        };
        let address = endpoint.next();
        endpoint.address = address["address"].as_str().unwrap().to_owned();
        endpoint
    }

    /// What comes next, within a minute.
    fn next(&self) -> Value {
        let next = self.told.recv_timeout(Duration::from_secs(60));
        next.expect("the endpoint is told something within a minute")
    }
}

impl Drop for PushEndpoint {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Registers integrator-1 with these terms.
fn register(stand: &Stand, terms: &str) {
    let toml = format!("version = 1\n[[system]]\nsender = \"integrator-1\"\n{terms}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let control = ControlClient::of(&stand.data, Actor::Gateway).unwrap();
        let order = json!({ "toml": toml });
        control.put::<_, Value>("/systems", &order).await.unwrap();
    });
}

/// Holds that a client sends a document, leaves another, asks where it is, fetches, and hears the reason of a fault.
fn assert_talks(stand: &Stand, client: impl FnOnce(&Stand) -> Command) -> Value {
    let answer = talk(stand, client);
    assert_eq!(answer["code"], "SCSS001", "{answer}");
    assert_eq!(answer["messageId"], answer["correlationId"], "{answer}");
    assert_eq!(answer["state"], "DELIVERED", "{answer}");
    assert_eq!(answer["fault"], "label=correlation-unknown", "{answer}");
    answer
}

/// What a client that has integrator-1's keys and two documents says.
fn talk(stand: &Stand, client: impl FnOnce(&Stand) -> Command) -> Value {
    let folder = tempfile::tempdir().unwrap();
    // Each has its own application: a document counts once.
    let folders = [folder.path().join("one"), folder.path().join("two")];
    let documents = folders.map(|folder| {
        std::fs::create_dir(&folder).unwrap();
        stand::signed_application(stand, "citizen-1", &folder)
    });
    let sender = stand.endpoints.sender("integrator-1").unwrap();
    let (key, certificate) = stand::pem_of(&sender.key, &sender.key_password, folder.path());
    let output = client(stand)
        .args([
            &key,
            &certificate,
            &stand.endpoints.trust.gateway_certificate,
        ])
        .args([&sender.sender_id, &sender.password, SERVICE])
        .args(&documents)
        .output()
        .unwrap_or_else(|error| panic!("{error}; run scripts/setup test"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn documents_of_every_kind_of_key_pass_the_gateway() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    stand::qaqpa_yes(&stand.data, &["ca", "people", "--pack", "keys"]);
    for identity in [
        "citizen-1",
        "gost-2015-sign",
        "gost-2004-sign",
        "ecdsa-sign",
    ] {
        let document = stand::signed_application(stand, identity, folder.path());
        let answer = send(stand, &document);
        assert_eq!(answer["code"], "SCSS001", "{identity}: {answer}");
    }
}

#[test]
fn a_document_signed_by_signxml_passes() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = citizen_pem(stand, folder.path());
    let (unsigned, signed) = (
        folder.path().join("unsigned.xml"),
        folder.path().join("signed.xml"),
    );
    std::fs::write(
        &unsigned,
        stand::qaqpa_yes(&stand.data, &["sample", SERVICE]),
    )
    .unwrap();
    let arguments = [key, certificate, unsigned, signed.clone()];
    let output = Command::new(python())
        .arg(script("signxml_sign.py"))
        .args(&arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(send(stand, &signed)["code"], "SCSS001");
}

#[test]
fn a_document_signed_by_xmlsec1_passes() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = citizen_pem(stand, folder.path());
    let (template, signed) = (
        folder.path().join("template.xml"),
        folder.path().join("signed.xml"),
    );
    let unsigned = stand::qaqpa_yes(&stand.data, &["sample", SERVICE]);
    std::fs::write(
        &template,
        unsigned.replacen("</application>", &format!("{TEMPLATE}</application>"), 1),
    )
    .unwrap();
    let pair = format!("{},{}", key.display(), certificate.display());
    let output = stand::judge(
        "xmlsec1",
        &[
            "--sign",
            "--privkey-pem",
            &pair,
            "--output",
            signed.to_str().unwrap(),
            template.to_str().unwrap(),
        ],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(send(stand, &signed)["code"], "SCSS001");
}

const TEMPLATE: &str = concat!(
    r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>"#,
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>"#,
    r#"<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>"#,
    r#"<ds:Reference URI=""><ds:Transforms>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"/>"#,
    r#"</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/>"#,
    r#"</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data>"#,
    r#"</ds:KeyInfo></ds:Signature>"#,
);

fn zeep(stand: &Stand, folder: &Path, how: &str) -> Value {
    let document = stand::signed_application(stand, "citizen-1", folder);
    let sender = stand.endpoints.sender("integrator-1").unwrap();
    let (key, certificate) = stand::pem_of(&sender.key, &sender.key_password, folder);
    let output = Command::new(python())
        .arg(script("zeep_send.py"))
        .arg(&stand.endpoints.gateway.wsdl.sync)
        .args([
            &stand.endpoints.trust.tls,
            &key,
            &certificate,
            &stand.endpoints.trust.gateway_certificate,
        ])
        .args([&sender.sender_id, &sender.password, SERVICE])
        .arg(&document)
        .arg(how)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn send(stand: &Stand, document: &Path) -> Value {
    let output = stand::qaqpa(
        &stand.data,
        &["send", document.to_str().unwrap(), "--format", "json"],
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn citizen_pem(stand: &Stand, folder: &Path) -> (PathBuf, PathBuf) {
    let citizen = stand.endpoints.identity("citizen-1").unwrap();
    stand::pem_of(&citizen.key, &citizen.password, folder)
}

pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn script(name: &str) -> PathBuf {
    top().join("tests/e2e/python").join(name)
}

/// The Python that `scripts/setup test` prepared.
pub(crate) fn python() -> PathBuf {
    let python = top().join(".test-tools/venv/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run scripts/setup test",
        python.display()
    );
    python
}

/// The Node packages that `scripts/setup test` prepared.
pub(crate) fn packages() -> PathBuf {
    let packages = top().join(".test-tools/node/node_modules");
    assert!(
        packages.exists(),
        "{} is missing: run scripts/setup test",
        packages.display()
    );
    packages
}

/// Node with this script of ours and the packages that `scripts/setup test` prepared.
fn node(stand: &Stand, script: &str) -> Command {
    let mut node = Command::new("node");
    node.env("NODE_PATH", packages())
        .env("NODE_EXTRA_CA_CERTS", &stand.endpoints.trust.tls)
        // Whatever proxy the machine has: the simulator is on it.
        .env("NO_PROXY", "*")
        .arg(top().join("tests/e2e/node").join(script));
    node
}

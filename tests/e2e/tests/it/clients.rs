//! Clients and signers that we did not write: zeep, signxml, xmlsec1.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

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

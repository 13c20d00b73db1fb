//! `qaqpa sign`: every profile, co-signatures and time stamps, judged by this program, by xmlsec1 and by OpenSSL.

use std::path::{Path, PathBuf};

use qaqpa_ades::xades;
use qaqpa_runner::Endpoints;
use qaqpa_x509::Certificate;
use qaqpa_x509::tsp::{self, Stamped, Wanted};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, PartKind, Profile, find_all};

use crate::stand::{self, Stand};

const DOCUMENT: &str = "<m><a Id=\"a1\">931002451325</a><b Id=\"b1\">two</b></m>";
pub(crate) const ENVELOPE: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><a/></soap:Body></soap:Envelope>";

/// A folder with a document, and the key of somebody.
pub(crate) struct Desk {
    pub(crate) stand: &'static Stand,
    /// Whose keys are where.
    pub(crate) endpoints: Endpoints,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let stand = stand::shared();
        Self {
            stand,
            endpoints: stand.endpoints.clone(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs the command with an identity's key.
    pub(crate) fn sign(&self, file: &Path, identity: &str, more: &[&str]) -> std::process::Output {
        let identity = self.endpoints.identity(identity).unwrap();
        let password = self.write("password", format!("{}\n", identity.password).as_bytes());
        let arguments = [
            "sign",
            file.to_str().unwrap(),
            "--key",
            identity.key.to_str().unwrap(),
            "--password-file",
            password.to_str().unwrap(),
        ];
        stand::qaqpa(&self.stand.data, &[&arguments[..], more].concat())
    }

    pub(crate) fn signed(&self, content: &[u8], identity: &str, more: &[&str]) -> Vec<u8> {
        let file = self.write("document", content);
        let output = self.sign(&file, identity, more);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{more:?}: {errors}");
        output.stdout
    }

    pub(crate) fn certificate(&self, identity: &str) -> Certificate {
        let identity = self.endpoints.identity(identity).unwrap();
        let bytes = std::fs::read(&identity.key).unwrap();
        let file = qaqpa_x509::pkcs12::read(&bytes, &identity.password).unwrap();
        file.certificate
    }
}

fn parse(xml: &[u8]) -> Document {
    Document::parse(xml, &XmlLimits::default()).unwrap()
}

/// What each signature of a document covers for its reader, by its signer's key.
fn covered(xml: &[u8], profile: Profile, signers: &[&Certificate]) -> Vec<Vec<String>> {
    let document = parse(xml);
    let all = find_all(&document, profile, &Bounds::default()).unwrap();
    assert_eq!(all.len(), signers.len());
    all.iter()
        .zip(signers)
        .map(|(found, signer)| {
            let covered = found.cover(signer.spki_der()).unwrap();
            covered
                .contents()
                .map(|part| part.name().to_owned())
                .collect()
        })
        .collect()
}

#[test]
fn every_profile_of_xml_signs_what_its_help_says() {
    let desk = Desk::new();
    let signer = desk.certificate("citizen-1");
    let one = "<m Id=\"m1\"><a Id=\"a1\">one</a></m>";
    for (content, more, profile, covers) in [
        (DOCUMENT, &[][..], Profile::Enveloped, &["m"][..]),
        (one, &["--profile", "by-id"], Profile::Enveloped, &["m"]),
        (
            one,
            &["--profile", "by-id", "--id", "a1"],
            Profile::ById,
            &["a"],
        ),
        (
            DOCUMENT,
            &["--profile", "detached"],
            Profile::Detached,
            &["a", "b"],
        ),
        (ENVELOPE, &["--profile", "wsse"], Profile::Wsse, &["Body"]),
        (
            ENVELOPE,
            &["--profile", "wsse", "--key-info", "binary-security-token"],
            Profile::Wsse,
            &["Body"],
        ),
        (
            ENVELOPE,
            &["--profile", "wsse", "--key-info", "issuer-serial"],
            Profile::Wsse,
            &["Body"],
        ),
        (
            ENVELOPE,
            &["--profile", "wsse", "--key-info", "thumbprint"],
            Profile::Wsse,
            &["Body"],
        ),
        (
            DOCUMENT,
            &["--profile", "xades"],
            Profile::Enveloped,
            &["m"],
        ),
        (
            one,
            &["--profile", "xades", "--id", "a1"],
            Profile::ById,
            &["a"],
        ),
    ] {
        let signed = desk.signed(content.as_bytes(), "citizen-1", more);
        assert_eq!(covered(&signed, profile, &[&signer]), [covers], "{more:?}");
    }
}

#[test]
fn two_people_sign_one_document_and_xmlsec1_agrees() {
    let desk = Desk::new();
    let first = desk.signed(DOCUMENT.as_bytes(), "citizen-1", &["--co-sign"]);
    let both = desk.signed(&first, "citizen-2", &["--co-sign"]);
    let signers = ["citizen-1", "citizen-2"].map(|identity| desk.certificate(identity));
    assert_eq!(
        covered(&both, Profile::Enveloped, &[&signers[0], &signers[1]]),
        [["m"], ["m"]]
    );
    let document = desk.write("both.xml", &both);
    for (number, certificate) in (1..).zip(&signers) {
        let pem = desk.write("certificate.pem", certificate.to_pem().as_bytes());
        let signature = format!("(//*[local-name()='Signature'])[{number}]");
        let output = stand::judge(
            "xmlsec1",
            &[
                "--verify",
                "--pubkey-cert-pem",
                pem.to_str().unwrap(),
                "--node-xpath",
                &signature,
                document.to_str().unwrap(),
            ],
        );
        assert!(output.status.success(), "{number}: {output:?}");
    }
    // Without --co-sign a signed document stays as it is.
    let signed = desk.write("signed.xml", &first);
    let output = desk.sign(&signed, "citizen-2", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("signed already"));
}

#[test]
fn xades_is_stamped_by_the_running_authority() {
    let desk = Desk::new();
    let signer = desk.certificate("citizen-1");
    let signed = desk.signed(
        DOCUMENT.as_bytes(),
        "citizen-1",
        &["--profile", "xades", "--timestamp"],
    );
    let document = parse(&signed);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let covered = all[0].cover(signer.spki_der()).unwrap();
    assert!(
        covered
            .parts()
            .iter()
            .any(|part| part.kind == PartKind::SignedProperties)
    );
    let claimed = xades::read(&all[0]).unwrap();
    let properties = claimed.confirm(&covered, &signer).unwrap();
    let [stamp] = properties.time_stamps.as_slice() else {
        panic!("one time stamp");
    };
    let octets = xades::stamped_octets(&all[0], &stamp.canonicalization).unwrap();
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: None,
        at: properties.signing_time.unwrap(),
        skew_max: minutes(),
        accuracy_max: tsp::ACCURACY_MAX,
    };
    tsp::verify(&stamp.tokens_der[0], Stamped::Data(&octets), &wanted, &[]).unwrap();
}

/// A stamp is made after the signing, by another process: within minutes.
fn minutes() -> std::time::Duration {
    std::time::Duration::from_secs(300)
}

#[test]
fn cms_is_accepted_by_openssl_with_its_content_and_without() {
    let desk = Desk::new();
    let content = desk.write("scan.pdf", b"TEST \x00\xFF bytes\r\n");
    for more in [
        &["--profile", "cms"][..],
        &["--profile", "cms", "--without-content"],
        &["--profile", "cms", "--without-content", "--timestamp"],
    ] {
        let output = desk.sign(&content, "citizen-1", more);
        assert!(output.status.success(), "{more:?}: {output:?}");
        let message = desk.write("scan.p7s", &output.stdout);
        let verify = |content: &Path| {
            let mut arguments = vec![
                "cms",
                "-verify",
                "-binary",
                "-noverify",
                "-inform",
                "DER",
                "-in",
                message.to_str().unwrap(),
            ];
            if more.contains(&"--without-content") {
                arguments.extend(["-content", content.to_str().unwrap()]);
            }
            stand::judge("openssl", &arguments)
        };
        let judged = verify(&content);
        assert!(judged.status.success(), "{more:?}: {judged:?}");
        assert_eq!(judged.stdout, std::fs::read(&content).unwrap());
        if more.contains(&"--without-content") {
            let other = desk.write("other.pdf", b"other bytes");
            assert!(!verify(&other).status.success());
        }
    }
}

#[test]
fn options_that_do_not_belong_together_are_named() {
    let desk = Desk::new();
    let file = desk.write("document.xml", DOCUMENT.as_bytes());
    for (more, why) in [
        (
            &["--timestamp"][..],
            "--timestamp is for --profile cms and xades",
        ),
        (&["--id", "a1"], "--id is for --profile by-id and xades"),
        (
            &["--without-content"],
            "--without-content is for --profile cms",
        ),
        (
            &["--key-info", "thumbprint"],
            "--key-info is for --profile wsse",
        ),
        (
            &["--profile", "cms", "--co-sign"],
            "--co-sign is for --profile enveloped, by-id, detached and xades",
        ),
        (&["--tsp", "http://127.0.0.1:1/"], "--timestamp"),
        (&["--profile", "nonsense"], "nonsense"),
    ] {
        let output = desk.sign(&file, "citizen-1", more);
        assert_eq!(output.status.code(), Some(64), "{more:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(why), "{more:?}: {errors}");
        assert!(output.stdout.is_empty());
    }
    for (more, why) in [
        (&["--alias", "nobody"][..], "--alias NAME, one of"),
        (
            &[
                "--profile",
                "xades",
                "--timestamp",
                "--tsp",
                "http://127.0.0.1:1/",
            ],
            "no time stamp from http://127.0.0.1:1/",
        ),
        (&["--profile", "by-id"], "the root has no Id attribute"),
    ] {
        let output = desk.sign(&file, "citizen-1", more);
        assert_eq!(output.status.code(), Some(1), "{more:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(why), "{more:?}: {errors}");
    }
}

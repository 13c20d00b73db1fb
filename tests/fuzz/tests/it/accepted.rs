//! The signed seeds are right: else the promises about whatever is accepted would be empty.

use std::time::Duration;

use qaqpa_ades::{cms, xades};
use qaqpa_fuzz::SIGNED;
use qaqpa_model::Moment;
use qaqpa_x509::Certificate;
use qaqpa_x509::ocsp::{self, CertStatus, OcspPolicy};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_by_id, find_enveloped, find_wsse};

use crate::folder;

fn seed(name: &str) -> Vec<u8> {
    std::fs::read(folder().join("seeds").join(name)).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::from_der(&seed(name)).unwrap()
}

#[test]
fn the_signed_documents_verify() {
    let spki = seed("key.spki");
    for name in [
        "xmldsig_verify/enveloped.xml",
        "xmldsig_verify/by-id-root.xml",
        "xmldsig_verify/by-id-beside.xml",
        "wsse_verify/wsse.xml",
    ] {
        let document = Document::parse(&seed(name), &XmlLimits::default()).unwrap();
        let mut found = [find_enveloped, find_by_id, find_wsse]
            .into_iter()
            .filter_map(|find| find(&document, &Bounds::default()).ok());
        assert!(found.any(|found| found.cover(&spki).is_ok()), "{name}");
    }
}

#[test]
fn the_qualifying_properties_are_confirmed() {
    let signer = certificate("xades_verify/signer.cer");
    for name in ["xades_verify/enveloped.xml", "xades_verify/by-id.xml"] {
        let document = Document::parse(&seed(name), &XmlLimits::default()).unwrap();
        let mut found = [find_enveloped, find_by_id]
            .into_iter()
            .filter_map(|find| find(&document, &Bounds::default()).ok());
        let confirmed = found.any(|found| {
            let covered = found.cover(signer.spki_der());
            covered.is_ok_and(|covered| {
                let claimed = xades::read(&found).unwrap();
                let properties = claimed.confirm(&covered, &signer).unwrap();
                properties.signing_time == Some(Moment::ROOT_BEGIN)
            })
        });
        assert!(confirmed, "{name}");
    }
}

#[test]
fn the_messages_are_signed_counter_signed_and_stamped() {
    let (one, two) = (
        certificate("cms_verify/signer.cer"),
        certificate("cms_verify/second.cer"),
    );
    for (name, detached, signers) in [
        ("cms_verify/attached.der", None, 1),
        ("cms_verify/detached.der", Some(SIGNED), 1),
        ("cms_verify/several.der", None, 2),
    ] {
        let bytes = seed(name);
        let found = cms::read(&bytes, detached, &cms::Bounds::default()).unwrap();
        assert_eq!(found.signers().len(), signers, "{name}");
        let (mut counter_signed, mut stamped) = (0, 0);
        for signer in found.signers() {
            let mut by = [&one, &two].into_iter();
            assert!(by.any(|by| signer.cover(by).is_ok_and(|it| it.bytes() == SIGNED)));
            stamped += signer.timestamps().unwrap().len();
            for counter in signer.counter_signers().unwrap() {
                assert!(counter.cover(&two).is_ok());
                counter_signed += 1;
            }
        }
        let expected = (signers - 1, signers - 1);
        assert_eq!((counter_signed, stamped), expected, "{name}");
    }
}

#[test]
fn the_answers_say_that_the_certificate_is_revoked() {
    let issuer = certificate("ocsp_response/issuer.cer");
    let leaf = certificate("ocsp_response/leaf.cer");
    let at = Moment::ROOT_BEGIN.plus(Duration::from_secs(60));
    for (name, nonce) in [
        ("delegate.der", None),
        ("nonce.der", Some(&[0xf1; 8][..])),
        ("issuer.der", None),
    ] {
        let der = seed(&format!("ocsp_response/{name}"));
        let policy = OcspPolicy::default();
        let answer = ocsp::verify(&der, &leaf, &issuer, nonce, at, &policy).unwrap();
        assert!(
            matches!(answer.status, CertStatus::Revoked { .. }),
            "{name}"
        );
    }
}

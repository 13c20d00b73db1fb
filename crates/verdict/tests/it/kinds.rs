//! A document of every kind of key, under an authority and a responder of the same kind.

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{Policy, SubIndication as S, Subject};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::oid;
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::Signer;

use crate::stand::{
    Answer, IIN, Judged, OTHER_IIN, Stand, addresses, application, judged, know, noon, one_year,
    person_name, responder_name, root_named, run, ten_years,
};

/// A stand of one kind, and the keys of its citizen and its responder.
fn stand(kind: KeyKind) -> (Stand, PrivateKey, PrivateKey) {
    let [root_key, issuing_key, responder_key, key] =
        [(); 4].map(|()| PrivateKey::generate(kind).unwrap());
    let root = root_named("QAQPA TEST ROOT", &root_key);
    know(&root_key);
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let name = NameToWrite::new().with(oid::COMMON_NAME, "QAQPA TEST CA");
    let spki = issuing_key.spki_der();
    let issuing = issue::issuing(name, spki, ten_years(), Addresses::default(), by).unwrap();
    let by = Issuer {
        certificate: &issuing,
        key: &issuing_key,
    };
    let spki = responder_key.spki_der();
    let responder = issue::responder(responder_name(), spki, one_year(), by).unwrap();
    let spec = CertificateSpec::of_subject(
        person_name(IIN),
        &[Role::Individual],
        Purpose::Sign,
        key.spki_der(),
        one_year(),
    );
    let spec = CertificateSpec {
        addresses: addresses(),
        ..spec.unwrap()
    };
    let citizen = issue::issue(&spec, by).unwrap();
    let stand = Stand {
        root,
        issuing,
        responder,
        citizen,
    };
    (stand, key, responder_key)
}

#[test]
fn a_document_of_every_kind_passes_and_a_changed_one_does_not() {
    for kind in KeyKind::ALL {
        let (stand, key, responder_key) = stand(kind);
        let signer = Signer::of(&key, stand.citizen.der());
        let limits = XmlLimits::default();
        let signed =
            qaqpa_xmldsig::sign_enveloped(application().as_bytes(), &signer, &limits).unwrap();
        let signed = String::from_utf8(signed).unwrap();
        let examined = |xml: &str, answer: &Answer| {
            let document = Document::parse(xml.as_bytes(), &limits).unwrap();
            let (verdict, _, _) = run(
                Subject::Document(&document),
                &stand.known(),
                &Policy::default(),
                noon(),
                |need| {
                    let answer = stand.ocsp_by(need, answer, &stand.responder, &responder_key);
                    qaqpa_verdict::Received::bytes(answer, noon())
                },
            );
            judged(&verdict)
        };
        assert_eq!(examined(&signed, &Answer::good()), Judged::Passed, "{kind}");
        assert_eq!(
            examined(&signed.replace(IIN, OTHER_IIN), &Answer::good()),
            Judged::Refused(L::ContentChanged, S::HashFailure),
            "{kind}"
        );
        assert_eq!(
            examined(&signed, &Answer::revoked(one_year().not_before, None)),
            Judged::Refused(L::CertificateRevoked, S::Revoked),
            "{kind}"
        );
    }
}

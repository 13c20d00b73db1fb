//! Several signatures in one document: a verdict each.

use qaqpa_model::{Limits, RefusalLabel as L};
use qaqpa_verdict::{
    Capsule, Matter, NoShelf, Policy, Signatures, SubIndication as S, Subject, Verdict, worst,
};
use qaqpa_x509::issue::CertificateSpec;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Options, Profile, Signer, counter_sign, sign_enveloped_with};

use crate::stand::{
    IIN, Judged, OTHER_IIN, Stand, application, citizen_spec, iin, in_force_by, judged, keys, noon,
    run_all,
};

/// The document with one more signature over its content, beside the others.
fn co_signed(xml: &str, id: &str, stand: &Stand) -> String {
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let options = Options {
        parallel: true,
        ..Options::with_id(id)
    };
    let bytes = sign_enveloped_with(xml.as_bytes(), &signer, &options, &XmlLimits::default());
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn verdicts(xml: &str) -> Vec<Verdict> {
    let stand = Stand::new();
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let signatures = Signatures::find(&document, Profile::Enveloped, &Limits::default());
    signatures
        .subjects()
        .map(|subject| {
            let policy = Policy::default();
            run_all(subject, &stand.known(), &policy, noon(), |need| {
                in_force_by(&stand, need)
            })
            .0
        })
        .collect()
}

#[test]
fn each_of_two_co_signatures_has_its_verdict() {
    let good = Stand::new();
    let mut spec: CertificateSpec = citizen_spec();
    spec.key_usage = None;
    let bad = Stand::new().with_citizen(&spec);
    let first = co_signed(&application(), "s1", &good);
    for (xml, expected) in [
        (
            co_signed(&first, "s2", &good),
            [Judged::Passed, Judged::Passed],
        ),
        (
            co_signed(&first, "s2", &bad),
            [
                Judged::Passed,
                Judged::Refused(L::CertificatePurpose, S::WrongCertificatePurpose),
            ],
        ),
    ] {
        let all = verdicts(&xml);
        let told: Vec<_> = all.iter().map(judged).collect();
        assert_eq!(told, expected);
        let decides = worst(&all).map(judged);
        assert_eq!(decides, expected.into_iter().next_back());
        // Where one signature belongs, two are refused.
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let known = good.known();
        let subject = Subject::Document(&document);
        let (single, ..) = run_all(subject, &known, &Policy::default(), noon(), |need| {
            in_force_by(&good, need)
        });
        assert_eq!(
            judged(&single),
            Judged::Refused(L::SignatureMultiple, S::SigConstraintsFailure)
        );
    }
}

#[test]
fn changed_content_is_told_of_each() {
    let good = Stand::new();
    let xml = co_signed(&co_signed(&application(), "s1", &good), "s2", &good);
    let told: Vec<_> = verdicts(&xml.replace("Тараз", "Шу"))
        .iter()
        .map(judged)
        .collect();
    let changed = || Judged::Refused(L::ContentChanged, S::HashFailure);
    assert_eq!(told, [changed(), changed()]);
}

#[test]
fn a_counter_signature_says_whose_value_it_signs() {
    let good = Stand::new();
    let signer = Signer::of(&keys().citizen, good.citizen.der());
    let signed = co_signed(&application(), "s1", &good);
    let value = Options::value_id("s1");
    let options = Options::with_id("s2");
    let limits = XmlLimits::default();
    let bytes = counter_sign(signed.as_bytes(), &value, &signer, &options, &limits);
    let xml = String::from_utf8(bytes.unwrap()).unwrap();
    let told = verdicts(&xml);
    let roles: Vec<_> = told
        .iter()
        .map(|verdict| verdict.scope.as_ref().unwrap().counter_signs)
        .collect();
    assert_eq!(roles, [None, Some(0)]);
    assert!(told.iter().all(Verdict::is_passed), "{}", told[1].to_text());
    assert!(
        told[1]
            .to_text()
            .contains("a counter-signature of signature 1")
    );
    // Of the two only the first is asked what the document says of its submitter, and so it is from a capsule.
    let other = iin(OTHER_IIN);
    for named in [iin(IIN), other] {
        let reader = |verdict: Verdict| match verdict.scope.as_ref().unwrap().counter_signs {
            None => verdict.with_submitter(&named),
            Some(_) => verdict,
        };
        let told: Vec<_> = told.iter().cloned().map(reader).collect();
        let (known, policy, limits) = (good.known(), Policy::default(), Limits::default());
        let matter = Matter::Signatures {
            document: xml.clone().into_bytes(),
            profile: Profile::Enveloped,
        };
        let capsule =
            Capsule::record_each(matter, &known, &policy, &limits, &told, &NoShelf).unwrap();
        let again = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
        let again = again.judge_each_reading(Some(&known.anchors), |verdict, _| reader(verdict));
        assert_eq!(again, told);
        let passes = named == iin(IIN);
        assert_eq!([again[0].is_passed(), again[1].is_passed()], [passes, true]);
    }
}

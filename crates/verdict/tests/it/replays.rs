//! Facts first, judgement second: a stored verdict is reached again from its dossier.

use qaqpa_model::{Limits, RefusalLabel as L};
use qaqpa_verdict::{Known, NoShelf, Policy, SubIndication as S, Subject, Verdict, replay};
use qaqpa_x509::{RevocationReason, TrustAnchors};
use qaqpa_xml::{Document, XmlLimits};

use crate::stand::{Answer, Judged, Stand, application, judged, noon, run, seconds};

fn document(stand: &Stand) -> Document {
    Document::parse(
        stand.signed(&application()).as_bytes(),
        &XmlLimits::default(),
    )
    .unwrap()
}

fn stored(stand: &Stand, document: &Document, answer: &Answer) -> Verdict {
    let (verdict, ..) = run(
        Subject::Document(document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| qaqpa_verdict::Received::bytes(stand.ocsp(need, answer), noon()),
    );
    Verdict::from_json(&verdict.to_json()).unwrap()
}

fn again<'d>(
    stand: &Stand,
    document: &'d Document,
    stored: &Verdict,
) -> (Verdict, Option<qaqpa_verdict::Proven<'d>>) {
    // Only the anchors: the authority between has been made anew, and the dossier keeps the old one.
    let known = Known {
        pool: Vec::new(),
        ..stand.known()
    };
    replay(
        Subject::Document(document),
        &known,
        &Policy::default(),
        &Limits::default(),
        stored.at,
        &stored.dossier,
        &NoShelf,
    )
}

#[test]
fn a_stored_verdict_is_reached_again_from_its_evidence() {
    let stand = Stand::new();
    let document = document(&stand);
    let revoked = Answer::revoked(
        noon().minus(seconds(60)),
        Some(RevocationReason::KeyCompromise),
    );
    for (answer, expected) in [
        (Answer::good(), Judged::Passed),
        (revoked, Judged::Refused(L::CertificateRevoked, S::Revoked)),
    ] {
        let stored = stored(&stand, &document, &answer);
        assert_eq!(judged(&stored), expected);
        assert_eq!(
            stored.proven_signer(),
            None,
            "a stored verdict proves nobody"
        );
        let (verdict, proven) = again(&stand, &document, &stored);
        assert_eq!(verdict.to_json(), stored.to_json());
        assert_eq!(proven.is_some(), expected == Judged::Passed);
        assert_eq!(
            verdict.proven_signer().is_some(),
            expected == Judged::Passed
        );
    }
}

#[test]
fn a_changed_dossier_gives_no_better_verdict() {
    let stand = Stand::new();
    let document = document(&stand);
    let good = stored(&stand, &document, &Answer::good());
    let undecided = Judged::Refused(L::RevocationUnknown, S::TryLater);

    let mut without = good.clone();
    without.dossier.fed.clear();
    assert_eq!(judged(&again(&stand, &document, &without).0), undecided);

    // The signer's evidence alone: nobody speaks for the authority.
    let mut signer_alone = good.clone();
    signer_alone.dossier.fed.retain(|fed| fed.need / 2 == 0);
    assert_eq!(good.dossier.fed.len(), 2);
    assert_eq!(
        judged(&again(&stand, &document, &signer_alone).0),
        undecided
    );

    let mut flipped = good.clone();
    let bytes = flipped.dossier.fed[0].bytes.as_mut().unwrap();
    let last = bytes.pop().unwrap();
    bytes.push(if last == '0' { '1' } else { '0' });
    assert_eq!(judged(&again(&stand, &document, &flipped).0), undecided);

    let mut other_nonce = good.clone();
    other_nonce.dossier.seed = "00".repeat(32);
    assert_eq!(judged(&again(&stand, &document, &other_nonce).0), undecided);

    // Evidence of a good day does not speak for another one.
    let mut later = good.clone();
    later.at = noon().plus(seconds(3600));
    assert_eq!(judged(&again(&stand, &document, &later).0), undecided);

    // Who writes a dossier cannot bring an anchor along.
    let mut foreign = good;
    foreign.dossier.path.push(
        stand
            .root
            .der()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    );
    let nobody = Known {
        anchors: TrustAnchors::default(),
        pool: Vec::new(),
    };
    let (verdict, _) = replay(
        Subject::Document(&document),
        &nobody,
        &Policy::default(),
        &Limits::default(),
        foreign.at,
        &foreign.dossier,
        &NoShelf,
    );
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::IssuerUntrusted, S::NoCertificateChainFound)
    );
}

#[test]
fn the_stored_shape_masks_the_iin_and_refuses_what_it_does_not_know() {
    let stand = Stand::new();
    let document = document(&stand);
    let stored = stored(&stand, &document, &Answer::good());
    let json = stored.shown().to_json();
    assert!(!json.contains(crate::stand::IIN), "{json}");
    assert!(json.contains("93********25"), "{json}");
    assert!(!stored.to_text().contains(crate::stand::IIN));
    let broken = json.replace("\"TOTAL-PASSED\"", "\"PASSED\"");
    assert!(Verdict::from_json(&broken).is_err());
}

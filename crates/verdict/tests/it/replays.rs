//! Facts first, judgement second: a stored verdict is reached again from its dossier.

use qaqpa_model::{Limits, RefusalLabel as L};
use qaqpa_verdict::{
    Dossier, Examination, Known, Need, NoShelf, Policy, Progress, Received, Sources,
    SubIndication as S, Subject, Verdict, replay,
};
use qaqpa_x509::{RevocationReason as Why, TrustAnchors, crl, ocsp};
use qaqpa_xml::{Document, XmlLimits};

use crate::stand::{
    Answer, Judged, SEED, Stand, application, by_issuer, citizen_spec, in_force_by,
    is_about_an_authority, judged, keys, noon, run, run_all, seconds,
};

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
        |need| Received::bytes(stand.ocsp(need, answer), noon()),
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
    let revoked = Answer::revoked(noon().minus(seconds(60)), Some(Why::KeyCompromise));
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

/// How a case is fed: what each source says of the signer, and of his authority.
struct Told {
    case: &'static str,
    sources: Sources,
    ocsp: Option<Answer>,
    list: Option<Option<Why>>,
    delta: Option<Option<Why>>,
    of_authority: Answer,
    expected: Judged,
}

/// Cases of every outcome. A list or a delta is there or not, and lists the signer for a reason or not.
fn cases() -> Vec<Told> {
    let revoked = |reason| Answer::revoked(noon().minus(seconds(60)), Some(reason));
    let unknown = Answer {
        status: ocsp::CertStatus::Unknown,
        ..Answer::good()
    };
    let good = Answer::good;
    let (both, then) = (Sources::OcspAndCrl, Sources::OcspThenCrl);
    let (compromise, hold, removal) = (
        Some(Some(Why::KeyCompromise)),
        Some(Some(Why::CertificateHold)),
        Some(Some(Why::RemoveFromCrl)),
    );
    let (silent, none) = (Some(None), None);
    let undecided = || Judged::Refused(L::RevocationUnknown, S::TryLater);
    let is_revoked = || Judged::Refused(L::CertificateRevoked, S::Revoked);
    let suspended = || Judged::Refused(L::CertificateSuspended, S::TryLater);
    let authority = || Judged::Refused(L::AuthorityRevoked, S::RevokedCaNoPoe);
    #[rustfmt::skip]
    let rows = [
        ("good by OCSP",                          then, Some(good()),                       none,       none,       good(), Judged::Passed),
        ("good by both",                          both, Some(good()),                       silent,     silent,     good(), Judged::Passed),
        ("good by the list alone",                then, None,                               silent,     silent,     good(), Judged::Passed),
        ("resumed by the delta",                  then, None,                               hold,       removal,    good(), Judged::Passed),
        ("revoked by OCSP",                       then, Some(revoked(Why::KeyCompromise)),  none,       none,       good(), is_revoked()),
        ("revoked by the list, good by OCSP",     both, Some(good()),                       compromise, silent,     good(), is_revoked()),
        ("revoked by OCSP, silent list",          both, Some(revoked(Why::KeyCompromise)),  silent,     silent,     good(), is_revoked()),
        ("revoked by the delta, good by the rest", both, Some(good()),                      silent,     compromise, good(), is_revoked()),
        ("revoked by the delta, no OCSP",         then, None,                               silent,     compromise, good(), is_revoked()),
        ("suspended by OCSP",                     then, Some(revoked(Why::CertificateHold)), none,      none,       good(), suspended()),
        ("suspended by the list",                 both, Some(good()),                       hold,       none,       good(), suspended()),
        ("unknown to OCSP, silent list",          then, Some(unknown),                      silent,     silent,     good(), undecided()),
        ("nothing came",                          then, None,                               none,       none,       good(), undecided()),
        ("the authority is revoked",              then, Some(good()),                       none,       none,       revoked(Why::CaCompromise), authority()),
    ];
    let row = |(case, sources, ocsp, list, delta, of_authority, expected)| Told {
        case,
        sources,
        ocsp,
        list,
        delta,
        of_authority,
        expected,
    };
    rows.into_iter().map(row).collect()
}

impl Told {
    fn policy(&self) -> Policy {
        Policy::default().with_sources(self.sources)
    }

    fn meet(&self, stand: &Stand, need: &Need) -> Received {
        let entries = |reason: Option<Why>| {
            reason
                .map(|reason| stand.listed(Some(reason)))
                .into_iter()
                .collect()
        };
        let bytes = match need {
            Need::Ocsp { .. } if is_about_an_authority(need) => {
                Some(by_issuer(need, &self.of_authority))
            }
            Need::Ocsp { .. } => self.ocsp.as_ref().map(|answer| stand.ocsp(need, answer)),
            Need::Crl { .. } => self.list.map(|reason| stand.crl(entries(reason))),
            Need::DeltaCrl { .. } => self.delta.map(|reason| {
                let changes = crl::CrlToIssue {
                    number: 2,
                    ..stand.list(entries(reason))
                };
                crl::issue_delta(1, &changes, &stand.issuing, &keys().issuing).unwrap()
            }),
        };
        match bytes {
            Some(bytes) => Received::bytes(bytes, noon()),
            None => Received::unavailable("status 503", noon()),
        }
    }
}

/// Feeds what stands in the dossier in the order in which it is wanted, or backwards.
fn fed_again<'d>(
    subject: Subject<'d>,
    known: &Known,
    policy: &Policy,
    dossier: &Dossier,
    backwards: bool,
) -> (Verdict, Option<qaqpa_verdict::Proven<'d>>) {
    let seed = dossier.seed_bytes().unwrap();
    let limits = Limits::default();
    let mut examination = Examination::begin(subject, known, policy, &limits, noon(), seed);
    while let Progress::Wants(mut needs) = examination.advance() {
        if backwards {
            needs.reverse();
        }
        let mut is_fed = false;
        for need in needs {
            if let Some(received) = dossier.received(need.id(), &NoShelf) {
                examination.feed(need.id(), &received);
                is_fed = true;
            }
        }
        if !is_fed {
            break;
        }
    }
    examination.finish()
}

/// The evidence of a verdict, whatever the order in which it was fed.
fn evidence(verdict: &Verdict) -> Vec<String> {
    let all = verdict.evidence.iter();
    let mut all: Vec<_> = all.map(|one| serde_json::to_string(one).unwrap()).collect();
    all.sort();
    all
}

/// Every removal, fed in both orders: nothing that is taken away makes a verdict better.
#[test]
fn a_shortened_dossier_gives_no_better_verdict_in_whatever_order_it_is_fed() {
    let mut spec = citizen_spec();
    spec.addresses.delta_crl = Some("http://127.0.0.1:9/crl/rsa-delta.crl".to_owned());
    let stand = Stand::new().with_citizen(&spec);
    let document = document(&stand);
    for case in cases() {
        let subject = Subject::Document(&document);
        let (original, ..) = run_all(subject, &stand.known(), &case.policy(), noon(), |need| {
            case.meet(&stand, need)
        });
        assert_eq!(
            judged(&original),
            case.expected,
            "{}\n{}",
            case.case,
            original.to_text()
        );
        let fed = &original.dossier.fed;
        for kept in 0_u32..1 << fed.len() {
            let left: Vec<_> = (0..fed.len())
                .filter(|index| kept & (1 << index) != 0)
                .map(|index| fed[index].clone())
                .collect();
            for backwards in [false, true] {
                let mut dossier = original.dossier.clone();
                dossier.fed = left.clone();
                let (known, policy) = (stand.known(), case.policy());
                let (verdict, proven) = fed_again(subject, &known, &policy, &dossier, backwards);
                let told = || format!("{}, {kept:b}\n{}", case.case, verdict.to_text());
                if left.len() == fed.len() {
                    assert_eq!(judged(&verdict), case.expected, "{}", told());
                    assert_eq!(evidence(&verdict), evidence(&original), "{}", told());
                } else {
                    assert_ne!(judged(&verdict), Judged::Passed, "{}", told());
                    assert!(proven.is_none());
                }
            }
        }
    }
}

/// A `Fed` that says neither what came nor why nothing came is none.
#[test]
fn bytes_that_are_gone_from_a_dossier_are_not_a_source_that_was_silent() {
    let stand = Stand::new();
    let document = document(&stand);
    let policy = Policy::default().with_sources(Sources::OcspAndCrl);
    let subject = Subject::Document(&document);
    let (original, ..) = run_all(subject, &stand.known(), &policy, noon(), |need| {
        in_force_by(&stand, need)
    });
    assert_eq!(judged(&original), Judged::Passed);
    let list = original
        .dossier
        .fed
        .iter()
        .position(|fed| fed.need == 1)
        .unwrap();
    let undecided = Judged::Refused(L::RevocationUnknown, S::TryLater);
    for (bytes, shelved, unavailable, expected) in [
        (None, None, None, undecided),
        (
            None,
            Some("00".repeat(32)),
            None,
            Judged::Refused(L::RevocationUnknown, S::TryLater),
        ),
        (
            Some("xyz".to_owned()),
            None,
            None,
            Judged::Refused(L::RevocationUnknown, S::TryLater),
        ),
        (None, None, Some("status 503".to_owned()), Judged::Passed),
    ] {
        let mut dossier = original.dossier.clone();
        let fed = &mut dossier.fed[list];
        (fed.bytes, fed.shelved, fed.unavailable) = (bytes, shelved, unavailable);
        let (known, limits) = (stand.known(), Limits::default());
        let (verdict, _) = replay(
            subject,
            &known,
            &policy,
            &limits,
            noon(),
            &dossier,
            &NoShelf,
        );
        assert_eq!(judged(&verdict), expected, "{}", verdict.to_text());
    }
}

/// Bytes without limit are not kept, and what is not kept is not told of either.
#[test]
fn a_verdict_beside_long_rubbish_is_reached_again() {
    let stand = Stand::new();
    let document = document(&stand);
    let policy = Policy::default().with_sources(Sources::OcspAndCrl);
    let subject = Subject::Document(&document);
    let rubbish = vec![0x30; qaqpa_verdict::KEPT_BYTES_MAX + 1];
    for is_rubbish in [
        |need: &Need| matches!(need, Need::Ocsp { .. }),
        |need: &Need| matches!(need, Need::Crl { .. }),
    ] {
        let (original, ..) = run_all(subject, &stand.known(), &policy, noon(), |need| {
            match is_rubbish(need) && !is_about_an_authority(need) {
                true => Received::bytes(rubbish.clone(), noon()),
                false => in_force_by(&stand, need),
            }
        });
        assert_eq!(judged(&original), Judged::Passed);
        let (known, limits) = (stand.known(), Limits::default());
        let dossier = &original.dossier;
        let (again, _) = replay(subject, &known, &policy, &limits, noon(), dossier, &NoShelf);
        assert_eq!(again.evidence, original.evidence);
        assert_eq!(again.to_json(), original.to_json());
    }
}

/// Whoever ends an examination before it is done learns nothing good.
#[test]
fn an_examination_that_ends_too_early_is_undecided() {
    let stand = Stand::new();
    let policy = Policy::default().with_sources(Sources::OcspAndCrl);
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let (known, limits) = (stand.known(), Limits::default());
    let mut examination = Examination::begin(subject, &known, &policy, &limits, noon(), SEED);
    let Progress::Wants(needs) = examination.advance() else {
        panic!("something is wanted");
    };
    for need in needs
        .iter()
        .filter(|need| matches!(need, Need::Ocsp { .. }))
    {
        examination.feed(need.id(), &in_force_by(&stand, need));
    }
    let (verdict, _) = examination.finish();
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::RevocationUnknown, S::TryLater),
        "{}",
        verdict.to_text()
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

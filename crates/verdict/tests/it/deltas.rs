//! Delta lists: a certificate that names one is judged by the list as its delta brings it up to date.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{EvidenceKind, Need, Policy, Received, SubIndication as S, Subject, Verdict};
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason as Why, crl};

use crate::stand::{Judged, Stand, addresses, citizen_spec, judged, keys, noon, run, seconds};

const REVOKED: Judged = Judged::Refused(L::CertificateRevoked, S::Revoked);
const SUSPENDED: Judged = Judged::Refused(L::CertificateSuspended, S::TryLater);

/// A citizen whose certificate names a delta.
fn stand() -> Stand {
    let mut spec = citizen_spec();
    spec.addresses = Addresses {
        delta_crl: Some("http://127.0.0.1:9/crl/rsa-delta.crl".to_owned()),
        ..addresses()
    };
    Stand::new().with_citizen(&spec)
}

fn delta_by(
    stand: &Stand,
    base: u64,
    entries: Vec<crl::RevokedEntry>,
    key: &PrivateKey,
) -> Vec<u8> {
    let changes = crl::CrlToIssue {
        number: base + 1,
        ..stand.list(entries)
    };
    crl::issue_delta(base, &changes, &stand.issuing, key).unwrap()
}

/// OCSP is down; the list is this, and the delta, where there is one, that.
fn by_lists(stand: &Stand, base: Vec<u8>, delta: Option<Vec<u8>>) -> (Verdict, Vec<EvidenceKind>) {
    let mut asked = Vec::new();
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let (verdict, ..) = run(
        subject,
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| {
            let (kind, bytes) = match need {
                Need::Ocsp { .. } => (EvidenceKind::Ocsp, None),
                Need::Crl { .. } => (EvidenceKind::Crl, Some(base.clone())),
                Need::DeltaCrl { urls, .. } => {
                    assert_eq!(urls, &["http://127.0.0.1:9/crl/rsa-delta.crl"]);
                    (EvidenceKind::DeltaCrl, delta.clone())
                }
            };
            asked.push(kind);
            match bytes {
                Some(bytes) => Received::bytes(bytes, noon()),
                None => Received::unavailable("status 503", noon()),
            }
        },
    );
    (verdict, asked)
}

#[test]
fn a_list_is_judged_as_its_delta_brings_it_up_to_date() {
    let stand = stand();
    let mine = |reason| vec![stand.listed(Some(reason))];
    let delta = |entries| Some(delta_by(&stand, 1, entries, &keys().issuing));
    let forged = delta_by(&stand, 1, mine(Why::KeyCompromise), &keys().stranger);
    let ahead = delta_by(&stand, 2, mine(Why::KeyCompromise), &keys().issuing);
    let (none, hold) = (Vec::new, || mine(Why::CertificateHold));
    #[rustfmt::skip]
    let table = [
        ("nothing changed",                        none(), delta(none()),                   Judged::Passed),
        ("revoked since",                          none(), delta(mine(Why::KeyCompromise)), REVOKED),
        ("suspended since",                        none(), delta(hold()),                   SUSPENDED),
        ("resumed since",                          hold(), delta(mine(Why::RemoveFromCrl)), Judged::Passed),
        ("still suspended",                        hold(), delta(none()),                   SUSPENDED),
        ("suspended, then revoked",                hold(), delta(mine(Why::KeyCompromise)), REVOKED),
        ("no delta at hand: the list counts",      none(), None,                            Judged::Passed),
        ("no delta at hand: the list counts, bad", hold(), None,                            SUSPENDED),
        ("a delta that somebody else signed",      none(), Some(forged),                    Judged::Passed),
        ("a complete list in place of a delta",    none(), Some(stand.crl(hold())),         Judged::Passed),
        ("a delta of a later list",                none(), Some(ahead),                     Judged::Passed),
    ];
    for (case, base, delta, expected) in table {
        let (verdict, asked) = by_lists(&stand, stand.crl(base), delta);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        let all = [
            EvidenceKind::Ocsp,
            EvidenceKind::Crl,
            EvidenceKind::DeltaCrl,
        ];
        assert_eq!(asked, all, "{case}");
    }
}

#[test]
fn a_delta_is_not_asked_for_where_there_is_no_list_that_it_follows() {
    let stand = stand();
    let (verdict, asked) = by_lists(&stand, b"rubbish".to_vec(), None);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::RevocationUnknown, S::TryLater)
    );
    assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
}

#[test]
fn of_a_suspension_that_ended_the_report_tells_both_lists() {
    let stand = stand();
    let resumed = delta_by(
        &stand,
        1,
        vec![stand.listed(Some(Why::RemoveFromCrl))],
        &keys().issuing,
    );
    let base = stand.crl(vec![crl::RevokedEntry {
        at: noon().minus(seconds(60)),
        ..stand.listed(Some(Why::CertificateHold))
    }]);
    let (verdict, _) = by_lists(&stand, base, Some(resumed));
    let text = verdict.to_text();
    assert!(
        text.contains("the CRL is brought up to date by its delta"),
        "{text}"
    );
    assert!(text.contains("the CRL with its delta, signed by"), "{text}");
}

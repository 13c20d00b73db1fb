//! Revocation of the authorities above the signer: each is asked about, by its issuer's word.

use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{EvidenceKind, Need, Policy, Received, SubIndication as S, Subject, Verdict};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer};
use qaqpa_x509::{RevocationReason as Why, crl, ocsp};

use crate::sources::{UNKNOWN, hour_ago};
use crate::stand::{
    Answer, Judged, Stand, addresses, authority_spec, by_issuer, is_about_an_authority, judged,
    keys, noon, run_all, seconds,
};

/// A stand whose authority's certificate names what `addresses` says, judged by these answers about it.
fn judge_authority(
    addresses: Addresses,
    at: Moment,
    meet: impl Fn(&Need) -> Received,
) -> (Verdict, Vec<EvidenceKind>) {
    let base = Stand::new();
    let by = Issuer {
        certificate: &base.root,
        key: &keys().root,
    };
    let spec = CertificateSpec {
        addresses,
        ..authority_spec("QAQPA TEST CA", &keys().issuing)
    };
    let stand = Stand {
        issuing: issue::issue(&spec, by).unwrap(),
        ..base
    };
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let mut asked = Vec::new();
    let (verdict, ..) = run_all(subject, &stand.known(), &Policy::default(), at, |need| {
        if !is_about_an_authority(need) {
            return stand.all_good(need);
        }
        assert_eq!(
            (need.certificate(), need.issuer()),
            (&stand.issuing, &stand.root)
        );
        assert_eq!(need.urls().is_empty(), stand.issuing.ocsp_urls().is_empty());
        asked.push(match need {
            Need::Ocsp { .. } => EvidenceKind::Ocsp,
            Need::Crl { .. } | Need::DeltaCrl { .. } => EvidenceKind::Crl,
        });
        meet(need)
    });
    (verdict, asked)
}

/// A list of the root with these entries.
pub(crate) fn root_list(entries: Vec<crl::RevokedEntry>) -> Received {
    let stand = Stand::new();
    let bytes = crl::issue(&stand.list(entries), &stand.root, &keys().root).unwrap();
    Received::bytes(bytes, noon())
}

fn authority_entry(reason: Option<Why>) -> crl::RevokedEntry {
    crl::RevokedEntry {
        serial: vec![0x0c, 0x01],
        at: hour_ago(),
        reason,
    }
}

const AUTHORITY_REVOKED: Judged = Judged::Refused(L::AuthorityRevoked, S::RevokedCaNoPoe);

/// K08: the authority between signer and anchor, by its root's word.
#[test]
fn a_revoked_authority_is_refused_by_ocsp_and_by_its_roots_list() {
    let ocsp = |answer: Answer| {
        judge_authority(addresses(), noon(), move |need| match need {
            Need::Ocsp { .. } => Received::bytes(by_issuer(need, &answer), noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => Received::unavailable("status 503", noon()),
        })
    };
    let list = |entries: Vec<crl::RevokedEntry>| {
        judge_authority(addresses(), noon(), move |need| match need {
            Need::Ocsp { .. } => Received::unavailable("no answer within 5 s", noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => root_list(entries.clone()),
        })
    };
    let revoked = |reason| Answer::revoked(hour_ago(), Some(reason));
    let unknown = Answer {
        status: ocsp::CertStatus::Unknown,
        ..Answer::good()
    };
    let (once, twice) = (
        vec![EvidenceKind::Ocsp],
        vec![EvidenceKind::Ocsp, EvidenceKind::Crl],
    );
    #[rustfmt::skip]
    let table = [
        ("good by OCSP",       ocsp(Answer::good()),                                   Judged::Passed,    once.clone()),
        ("revoked by OCSP",    ocsp(revoked(Why::CaCompromise)),                       AUTHORITY_REVOKED, once.clone()),
        ("on hold by OCSP",    ocsp(revoked(Why::CertificateHold)),                    AUTHORITY_REVOKED, once),
        ("unknown to OCSP",    ocsp(unknown),                                          UNKNOWN,           twice.clone()),
        ("not on the list",    list(Vec::new()),                                       Judged::Passed,    twice.clone()),
        ("revoked by list",    list(vec![authority_entry(Some(Why::CaCompromise))]),   AUTHORITY_REVOKED, twice.clone()),
        ("on hold by list",    list(vec![authority_entry(Some(Why::CertificateHold))]), AUTHORITY_REVOKED, twice),
    ];
    for (case, (verdict, asked), expected, kinds) in table {
        assert_eq!(judged(&verdict), expected, "{case}");
        assert_eq!(asked, kinds, "{case}");
        let about: Vec<_> = verdict.evidence.iter().map(|one| &one.about[..]).collect();
        assert_eq!(
            about[..2],
            ["2a17", "0c01"],
            "{case}: both are in the report"
        );
    }
}

/// R11 for the authority: silence is no "yes", whoever is asked about.
#[test]
fn an_authority_that_nobody_speaks_for_is_undecided() {
    for named in [addresses(), Addresses::default()] {
        let (verdict, asked) = judge_authority(named, noon(), |_| {
            Received::unavailable("there is no address to ask", noon())
        });
        assert_eq!(judged(&verdict), UNKNOWN);
        assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
        let why = verdict.why();
        assert!(why.starts_with("QAQPA TEST CA (0c01): "), "{why}");
    }
}

/// R13: what the authority vouches for was heard when its key was lost already, whichever moment is judged.
#[test]
fn an_authority_that_was_revoked_after_the_moment_judged_vouches_for_nothing() {
    let answer = Answer::revoked(hour_ago(), Some(Why::CaCompromise));
    let judge = |at| {
        let answer = answer.clone();
        let (verdict, _) = judge_authority(addresses(), at, move |need| {
            Received::bytes(by_issuer(need, &answer), noon())
        });
        judged(&verdict)
    };
    assert_eq!(judge(hour_ago()), AUTHORITY_REVOKED);
    assert_eq!(judge(hour_ago().minus(seconds(1))), AUTHORITY_REVOKED);
}

/// R02 for the authority: its own responder cannot speak for it.
#[test]
fn an_authority_cannot_speak_for_itself() {
    let stand = Stand::new();
    let (verdict, _) = judge_authority(addresses(), noon(), |need| match need {
        Need::Ocsp { .. } => Received::bytes(stand.ocsp(need, &Answer::good()), noon()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(stand.crl(Vec::new()), noon()),
    });
    assert_eq!(judged(&verdict), UNKNOWN);
}

//! What the sources say of who signed and of who stamped, before the stamp, after it, and too late.

use qaqpa_model::{Lang, Limits, Moment, RefusalLabel as L};
use qaqpa_verdict::{
    Cause, CheckId, Examination, Need, Outcome, Policy, Progress, Received, Rule, RuleOutcome,
    SubIndication as S, Subject, Verdict, report,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::{Certificate, RevocationReason as Why, crl, oid};
use qaqpa_xml::{Document, XmlLimits};

use super::{
    examine, expired, octets, signed, signing, stamped, token, tsa, tsa_name, tsa_within,
    with_token,
};
use crate::stand::{
    Answer, Judged, SEED, Stand, addresses, authority_spec, by_issuer, citizen_spec, days, judged,
    keys, noon, run_all, seconds, ten_years,
};

/// Evidence as `meet` has it about the signer, and good answers of issuers that forget nobody about everybody else.
fn examine_by(stand: &Stand, xml: &str, meet: impl Fn(&Need) -> Received) -> Verdict {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let subject = Subject::Document(&document);
    let policy = Policy::default();
    let (verdict, ..) = run_all(subject, &stand.known(), &policy, noon(), |need| {
        if *need.certificate() == stand.citizen {
            return meet(need);
        }
        match need {
            Need::Ocsp { .. } => {
                Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
            }
            _ => Received::unavailable("status 503", noon()),
        }
    });
    verdict
}

/// An OCSP answer, if there is one, and a list, if there is one.
fn either(answer: Option<&Answer>, list: Option<&[u8]>) -> impl Fn(&Need) -> Received {
    let (answer, list) = (answer.cloned(), list.map(<[u8]>::to_vec));
    move |need| match (need, &answer, &list) {
        (Need::Ocsp { .. }, Some(answer), _) => Received::bytes(by_issuer(need, answer), noon()),
        (Need::Crl { .. }, _, Some(list)) => Received::bytes(list.clone(), noon()),
        _ => Received::unavailable("status 503", noon()),
    }
}

/// A source that was not reached may settle what another one cannot: only where all have spoken is later no better.
///
/// RFC 6960 §4.4.4, X.509 §8.5.2.12: who forgets certificates that expired is silent about them, and does not say "good".
#[test]
fn evidence_of_after_the_certificates_end_counts_where_it_reaches_back_to_it() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let end = stand.citizen.not_after();
    let list = |entries, keeps_since: Option<Moment>| {
        let more: Vec<_> = keeps_since
            .map(|since| crl::expired_certs_on_crl(since).unwrap())
            .into_iter()
            .collect();
        crl::issue_with(&stand.list(entries), &more, &stand.issuing, &keys().issuing).unwrap()
    };
    let answer = |cutoff| Answer {
        archive_cutoff: cutoff,
        ..Answer::good()
    };
    let revoked = |since| Answer::revoked(since, Some(Why::KeyCompromise));
    let late = Some(end.plus(seconds(1)));
    let forgotten = || Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe);
    let unknown = || Judged::Refused(L::RevocationUnknown, S::TryLater);
    let is_revoked = || Judged::Refused(L::CertificateRevoked, S::Revoked);
    let entry = vec![crl::RevokedEntry {
        at: signing(),
        ..stand.listed(None)
    }];
    let by_answer = |answer: &Answer| examine_by(&stand, &xml, either(Some(answer), None));
    let by_list = |list: &[u8]| examine_by(&stand, &xml, either(None, Some(list)));
    let both =
        |answer: &Answer, list: &[u8]| examine_by(&stand, &xml, either(Some(answer), Some(list)));
    #[rustfmt::skip]
    let table = [
        ("an answer that does not say",         by_answer(&answer(None)),                          unknown()),
        ("an answer that reaches back",         by_answer(&answer(Some(end))),                     Judged::Passed),
        ("an answer that does not reach back",  by_answer(&answer(late)),                          unknown()),
        ("revoked before the stamp",            by_answer(&revoked(signing())),                    is_revoked()),
        ("revoked after it",                    by_answer(&revoked(noon().minus(days(6)))),        Judged::Passed),
        ("a list that does not say",            by_list(&list(Vec::new(), None)),                  unknown()),
        ("a list that reaches back",            by_list(&list(Vec::new(), Some(end))),             Judged::Passed),
        ("a list that does not reach back",     by_list(&list(Vec::new(), late)),                  unknown()),
        ("neither says",                        both(&answer(None), &list(Vec::new(), None)),      forgotten()),
        ("neither reaches back",                both(&answer(late), &list(Vec::new(), late)),      forgotten()),
        ("listed on one that does not say",     by_list(&list(entry, None)),                       is_revoked()),
        ("the list reaches, the answer not",    both(&answer(None), &list(Vec::new(), Some(end))), Judged::Passed),
        ("nothing came",                        examine_by(&stand, &xml, either(None, None)),      unknown()),
    ];
    for (case, verdict, expected) in table {
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

/// EN 319 102-1 §5.5.4: who was stamped before the revocation was good then. As of when it is known, the list that says it tells, and
/// not the older one that was fed for the signer.
#[test]
fn a_revocation_of_after_the_stamp_is_one_whichever_list_says_it() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing());
    let entry = |days_ago| crl::RevokedEntry {
        at: noon().minus(days(days_ago)),
        ..stand.listed(Some(Why::Superseded))
    };
    let list = |number, days_ago, entries| {
        let list = crl::CrlToIssue {
            number,
            this_update: noon().minus(days(days_ago)),
            ..stand.list(entries)
        };
        crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
    };
    let judge = |of_signer: &[u8], of_others: &[u8]| {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let (subject, policy) = (Subject::Document(&document), Policy::default());
        let (verdict, ..) = run_all(subject, &stand.known(), &policy, noon(), |need| {
            let is_of_issuing = need.issuer() == &stand.issuing;
            match need {
                Need::Ocsp { .. } if !is_of_issuing => {
                    Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
                }
                Need::Crl { .. } if need.id().place() == 0 => {
                    Received::bytes(of_signer.to_vec(), noon())
                }
                Need::Crl { .. } if is_of_issuing => Received::bytes(of_others.to_vec(), noon()),
                _ => Received::unavailable("status 503", noon()),
            }
        });
        verdict
    };
    let old = list(5, 4, Vec::new());
    let new = list(6, 2, vec![entry(3)]);
    // A date ahead of the list that says it is no knowledge of the time between.
    let ahead = list(6, 3, vec![entry(2)]);
    let revoked = || Judged::Refused(L::CertificateRevoked, S::Revoked);
    #[rustfmt::skip]
    let table = [
        ("the signer's own list says it",       &new,   &new,   Judged::Passed),
        ("the other one says it",               &old,   &new,   Judged::Passed),
        ("the other way round",                 &new,   &old,   Judged::Passed),
        ("nobody knew it yet",                  &ahead, &ahead, revoked()),
        ("nor by the other one",                &old,   &ahead, revoked()),
    ];
    for (case, of_signer, of_others, expected) in table {
        let verdict = judge(of_signer, of_others);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

/// Whoever has the key of an authority that ended could date evidence back.
#[test]
fn an_authority_that_ended_since_says_nothing_of_its_certificates() {
    let base = Stand::new();
    let by_root = Issuer {
        certificate: &base.root,
        key: &keys().root,
    };
    let judge = |not_after: Moment, by_answer: bool, by_list: bool| {
        let mut spec = authority_spec("QAQPA TEST CA", &keys().issuing);
        spec.validity.not_after = not_after;
        let issuing = issue::issue(&spec, by_root).unwrap();
        let mut citizen = citizen_spec();
        citizen.validity.not_after = noon().plus(days(1));
        let stand = Stand {
            issuing,
            ..Stand::new()
        }
        .with_citizen(&citizen);
        let xml = signed(&stand);
        let tsa = issue::timestamper(
            tsa_name(),
            keys().stranger.spki_der(),
            ten_years(),
            Addresses::default(),
            by_root,
        )
        .unwrap();
        let token = token(&octets(&xml), signing(), &tsa, &keys().stranger);
        let list = stand.crl(Vec::new());
        let good = Answer::good();
        let meet = either(by_answer.then_some(&good), by_list.then_some(&list[..]));
        judged(&examine_by(&stand, &with_token(&xml, &token), meet))
    };
    let ended = Judged::Refused(L::RevocationUnknown, S::RevocationOutOfBoundsNoPoe);
    let unknown = Judged::Refused(L::RevocationUnknown, S::TryLater);
    for (by_answer, by_list, expected) in [
        (true, false, &unknown),
        (false, true, &unknown),
        (true, true, &ended),
    ] {
        assert_eq!(judge(noon(), by_answer, by_list), Judged::Passed);
        let late = noon().minus(seconds(1));
        assert_eq!(judge(late, by_answer, by_list), *expected);
    }
}

/// Whoever has their keys by now could have dated everything back: what was heard until the receipt counts, whichever moment is
/// judged.
#[test]
fn who_vouches_and_was_revoked_since_the_moment_judged_vouches_for_nothing() {
    let stand = Stand::new();
    let judged_at = noon().minus(days(5));
    let since = noon().minus(days(2));
    let plain = signed(&stand);
    let with_stamp = stamped(&stand, signing().plus(seconds(60)));
    let answered = |of: &Certificate, why: Why| {
        let of = of.clone();
        move |about: &Certificate| (*about == of).then(|| Answer::revoked(since, Some(why)))
    };
    for why in [
        Why::KeyCompromise,
        Why::Superseded,
        Why::CessationOfOperation,
    ] {
        let by_authority = answered(&stand.issuing, why);
        let verdict = examine(&stand, &plain, judged_at, by_authority);
        assert_eq!(
            judged(&verdict),
            Judged::Refused(L::AuthorityRevoked, S::RevokedCaNoPoe),
            "{why:?}: {}",
            verdict.to_text()
        );
        let by_tsa = answered(&tsa(&stand), why);
        let verdict = examine(&stand, &with_stamp, judged_at, by_tsa);
        assert_eq!(
            judged(&verdict),
            Judged::Refused(L::SignatureMalformed, S::RevokedNoPoe),
            "{why:?}: {}",
            verdict.to_text()
        );
        assert_eq!(verdict.best_signature_time, None);
        // The signer himself was good at that moment.
        let by_signer = answered(&stand.citizen, why);
        let verdict = examine(&stand, &plain, judged_at, by_signer);
        assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    }
}

/// Feeds every need that `meet` has something for, in the order in which they are wanted or backwards.
fn fed(stand: &Stand, xml: &str, backwards: bool, meet: impl Fn(&Need) -> Received) -> Verdict {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let (subject, limits) = (Subject::Document(&document), Limits::default());
    let known = stand.known();
    let mut examination =
        Examination::begin(subject, &known, &Policy::default(), &limits, noon(), SEED);
    while let Progress::Wants(mut needs) = examination.advance() {
        if backwards {
            needs.reverse();
        }
        for need in needs {
            examination.feed(need.id(), &meet(&need));
        }
    }
    examination.finish().0
}

/// RFC 5280 §5.2.3: of an issuer's lists the newest counts, for whichever certificate it was asked for.
#[test]
fn a_list_that_was_fed_about_the_stamps_authority_is_heard_about_the_signer_in_any_order() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let list = |number, entries| {
        let list = crl::CrlToIssue {
            number,
            ..stand.list(entries)
        };
        crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
    };
    let entry = crl::RevokedEntry {
        at: signing(),
        ..stand.listed(Some(Why::KeyCompromise))
    };
    let (older, newer) = (list(7, Vec::new()), list(8, vec![entry]));
    let clean = list(8, Vec::new());
    for backwards in [false, true] {
        let judge = |of_signer: &[u8], of_tsa: &[u8]| {
            let verdict = fed(&stand, &xml, backwards, |need| {
                let bytes = match need {
                    Need::Crl { .. } if *need.certificate() == stand.citizen => of_signer,
                    Need::Crl { .. } => of_tsa,
                    _ if *need.certificate() == stand.issuing => {
                        return Received::bytes(by_issuer(need, &Answer::good()), noon());
                    }
                    _ => return Received::unavailable("status 503", noon()),
                };
                Received::bytes(bytes.to_vec(), noon())
            });
            judged(&verdict)
        };
        let revoked = || Judged::Refused(L::CertificateRevoked, S::Revoked);
        assert_eq!(judge(&older, &clean), Judged::Passed);
        assert_eq!(judge(&older, &newer), revoked());
        assert_eq!(judge(&newer, &older), revoked());
    }
}

/// Whatever becomes of the stamp, the signer was revoked before it.
#[test]
fn a_stamp_that_nobody_vouches_for_hides_no_revoked_signer() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let tsa = tsa(&stand);
    let judge = |of_signer: &Answer, backwards: bool| {
        fed(&stand, &xml, backwards, |need| match need {
            Need::Ocsp { certificate, .. } if *certificate != tsa => {
                let answer = match *certificate == stand.citizen {
                    true => of_signer.clone(),
                    false => Answer::good(),
                };
                Received::bytes(by_issuer(need, &answer), noon())
            }
            _ => Received::unavailable("status 503", noon()),
        })
    };
    let revoked = |since, why| Answer::revoked(since, Some(why));
    let unknown = || Judged::Refused(L::RevocationUnknown, S::TryLater);
    let after = signing().plus(days(1));
    #[rustfmt::skip]
    let table = [
        ("good",                     Answer::good(),                              unknown()),
        ("revoked before the stamp", revoked(signing(), Why::KeyCompromise),      Judged::Refused(L::CertificateRevoked, S::Revoked)),
        ("suspended before it",      revoked(signing(), Why::CertificateHold),    Judged::Refused(L::CertificateSuspended, S::TryLater)),
        ("revoked after it",         revoked(after, Why::KeyCompromise),          unknown()),
    ];
    for (case, answer, expected) in table {
        for backwards in [false, true] {
            let verdict = judge(&answer, backwards);
            assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
            assert_eq!(verdict.best_signature_time, None);
            let stamp = verdict.check(CheckId::Timestamp).unwrap();
            assert_eq!(stamp.outcome, Outcome::Undecided, "{case}");
            let cause = verdict.decisive().unwrap().cause;
            assert_eq!(cause.map(|cause| cause.label()), verdict.label, "{case}");
        }
    }
}

/// EN 319 102-1 §5.2.6.4, of the stamp's authority as of the signer: later evidence will not be better.
#[test]
fn evidence_of_after_the_end_of_the_stamps_authority_does_not_come_later() {
    let stand = Stand::new();
    let xml = signed(&stand);
    let tsa = tsa_within(
        &stand,
        Validity {
            not_after: noon().minus(days(2)),
            ..ten_years()
        },
    );
    let token = token(&octets(&xml), signing(), &tsa, &keys().stranger);
    let xml = with_token(&xml, &token);
    let judge = |archived: bool| {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let subject = Subject::Document(&document);
        let at = noon().minus(days(5));
        let (verdict, ..) = run_all(subject, &stand.known(), &Policy::default(), at, |need| {
            if !matches!(need, Need::Ocsp { .. }) {
                return Received::unavailable("there is no address to ask", noon());
            }
            let answer = match archived || *need.certificate() != tsa {
                true => Answer::good().archived(),
                false => Answer::good(),
            };
            Received::bytes(by_issuer(need, &answer), noon())
        });
        verdict
    };
    assert_eq!(judged(&judge(true)), Judged::Passed);
    let late = judge(false);
    assert_eq!(
        judged(&late),
        Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe),
        "{}",
        late.to_text()
    );
    assert_eq!(late.cause(), Some(Cause::StampRevocationTooLate));
}

/// RFC 5280 §6.3.3: a list of some reasons does not say that the certificate was good before.
#[test]
fn a_list_of_some_reasons_does_not_say_that_the_signer_was_good_before() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let part = |entries| {
        let scope = crl::ScopeToIssue {
            reasons: vec![Why::Superseded, Why::CessationOfOperation],
            ..crl::ScopeToIssue::default()
        };
        let more = [(
            oid::ISSUING_DISTRIBUTION_POINT,
            true,
            scope.to_der().unwrap(),
        )];
        crl::issue_with(&stand.list(entries), &more, &stand.issuing, &keys().issuing).unwrap()
    };
    let since = |since| {
        vec![crl::RevokedEntry {
            at: since,
            ..stand.listed(Some(Why::Superseded))
        }]
    };
    let judge = |answer: Option<&Answer>, list: &[u8]| {
        let verdict = examine_by(&stand, &xml, either(answer, Some(list)));
        (judged(&verdict), verdict)
    };
    let unknown = || Judged::Refused(L::RevocationUnknown, S::TryLater);
    let revoked = || Judged::Refused(L::CertificateRevoked, S::Revoked);
    assert_eq!(judge(None, &part(Vec::new())).0, unknown());
    let (after, verdict) = judge(None, &part(since(noon().minus(days(2)))));
    assert_eq!(after, unknown(), "{}", verdict.to_text());
    assert!(
        verdict.to_text().contains("about some reasons only"),
        "{}",
        verdict.to_text()
    );
    assert_eq!(
        report::simple(&verdict, Lang::En).reasons,
        [
            "By what is known the certificate was revoked later; whether it was revoked already at the moment that counts could not be found out, so nothing is decided."
        ]
    );
    assert_eq!(judge(None, &part(since(signing()))).0, revoked());
    // Everything, and in its time: it was good when it was stamped.
    let whole = stand.crl(since(noon().minus(days(2))));
    assert_eq!(judge(None, &whole).0, Judged::Passed);
}

/// A list in its time may say that it was before the stamp.
#[test]
fn a_list_that_is_out_of_date_does_not_say_that_the_signer_was_good_before() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let list = |since: Moment, is_stale: bool| {
        let entry = crl::RevokedEntry {
            at: since,
            ..stand.listed(Some(Why::Superseded))
        };
        let mut list = stand.list(vec![entry]);
        if is_stale {
            list.this_update = noon().minus(days(2));
            list.next_update = noon().minus(days(1));
        }
        crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
    };
    let by = |list: &[u8]| examine_by(&stand, &xml, either(None, Some(list)));
    let after = noon().minus(days(3));
    let fresh = by(&list(after, false));
    assert_eq!(judged(&fresh), Judged::Passed, "{}", fresh.to_text());
    let outcome = |verdict: &Verdict| {
        let rules = verdict.checks.iter().flat_map(|check| &check.rules);
        let mut rules = rules.filter(|rule| rule.id == Rule::CrlFresh);
        rules.next().map(|rule| rule.outcome)
    };
    assert_eq!(outcome(&fresh), Some(RuleOutcome::Passed));
    let stale = by(&list(after, true));
    assert_eq!(
        judged(&stale),
        Judged::Refused(L::RevocationUnknown, S::TryLater),
        "{}",
        stale.to_text()
    );
    assert_eq!(outcome(&stale), Some(RuleOutcome::Failed));
    let before = by(&list(signing(), true));
    assert_eq!(
        judged(&before),
        Judged::Refused(L::CertificateRevoked, S::Revoked)
    );
    assert_eq!(outcome(&before), Some(RuleOutcome::Failed));
}

/// The same of an answer; then the list is asked, which may know better.
#[test]
fn an_answer_that_is_out_of_date_does_not_say_that_the_signer_was_good_before() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let old = |since: Moment| {
        let answer = Answer::revoked(since, Some(Why::Superseded));
        Answer {
            this_update: noon().minus(days(2)),
            next_update: Some(noon().minus(days(1))),
            ..answer
        }
    };
    let after = old(noon().minus(days(3)));
    let alone = examine_by(&stand, &xml, either(Some(&after), None));
    assert_eq!(
        judged(&alone),
        Judged::Refused(L::RevocationUnknown, S::TryLater),
        "{}",
        alone.to_text()
    );
    let earlier = crl::RevokedEntry {
        at: signing(),
        ..stand.listed(Some(Why::KeyCompromise))
    };
    let list = stand.crl(vec![earlier]);
    let revoked = Judged::Refused(L::CertificateRevoked, S::Revoked);
    let with_list = examine_by(&stand, &xml, either(Some(&after), Some(&list)));
    assert_eq!(judged(&with_list), revoked);
    let before = old(signing());
    let before = examine_by(&stand, &xml, either(Some(&before), None));
    assert_eq!(judged(&before), revoked);
}

/// RFC 5280 §5.2.4: one place's delta may say of another place's certificate that it is suspended, and be of no use; that one's own delta
/// is heard all the same, in whatever order they come.
#[test]
fn a_delta_that_was_asked_for_is_heard_whatever_another_said_before() {
    let names_delta = || Addresses {
        delta_crl: Some("http://127.0.0.1:9/crl/rsa-delta.crl".to_owned()),
        ..addresses()
    };
    let spec = CertificateSpec {
        addresses: names_delta(),
        ..citizen_spec()
    };
    let stand = Stand::new().with_citizen(&spec);
    let tsa = issue::timestamper(
        tsa_name(),
        keys().stranger.spki_der(),
        ten_years(),
        names_delta(),
        stand.issuer(),
    )
    .unwrap();
    let xml = signed(&stand);
    let xml = with_token(
        &xml,
        &token(&octets(&xml), signing(), &tsa, &keys().stranger),
    );
    let of_tsa = |reason| {
        vec![crl::RevokedEntry {
            serial: tsa.serial().to_vec(),
            at: noon().minus(days(1)),
            reason: Some(reason),
        }]
    };
    let delta = |number, stale: bool, entries| {
        let list = crl::CrlToIssue {
            number,
            next_update: if stale {
                noon().minus(seconds(60))
            } else {
                noon().plus(days(1))
            },
            this_update: noon().minus(seconds(120)),
            ..stand.list(entries)
        };
        crl::issue_delta(1, &list, &stand.issuing, &keys().issuing).unwrap()
    };
    let late = delta(2, true, of_tsa(Why::CertificateHold));
    let judge = |of_stamp: &[u8], reversed: bool| {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let (known, policy, limits) = (stand.known(), Policy::default(), Limits::default());
        let subject = Subject::Document(&document);
        let mut examination = Examination::begin(subject, &known, &policy, &limits, noon(), SEED);
        let mut heard = Vec::new();
        while let Progress::Wants(mut needs) = examination.advance() {
            if reversed {
                needs.reverse();
            }
            for need in needs {
                let received = match &need {
                    Need::Ocsp { .. } if need.issuer() != &stand.issuing => {
                        Received::bytes(by_issuer(&need, &Answer::good().archived()), noon())
                    }
                    Need::Crl { .. } => Received::bytes(stand.crl(Vec::new()), noon()),
                    Need::DeltaCrl { .. } if need.id().place() == 0 => {
                        Received::bytes(late.clone(), noon())
                    }
                    Need::DeltaCrl { .. } => Received::bytes(of_stamp.to_vec(), noon()),
                    Need::Ocsp { .. } => Received::unavailable("status 503", noon()),
                };
                examination.feed(need.id(), &received);
                if matches!(need, Need::DeltaCrl { .. }) {
                    heard.push(need.id().place());
                }
            }
        }
        heard.sort_unstable();
        assert_eq!(heard, [0, 256], "both were asked for");
        judged(&examination.finish().0)
    };
    let revoked = || Judged::Refused(L::SignatureMalformed, S::RevokedNoPoe);
    for reversed in [false, true] {
        let gone = delta(3, false, of_tsa(Why::KeyCompromise));
        assert_eq!(judge(&gone, reversed), revoked(), "{reversed}");
        let resumed = delta(3, false, of_tsa(Why::RemoveFromCrl));
        assert_eq!(judge(&resumed, reversed), Judged::Passed, "{reversed}");
    }
}

//! Best signature time: signed and stamped while good stays good; a stamp that proves nothing is refused.

use qaqpa_ades::xades::{self, Content, Settings};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{
    Capsule, CheckId, Matter, Need, Policy, Received, Rule, RuleOutcome, SubIndication as S,
    Subject, Verdict,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Imprint, Signing, StampToIssue};
use qaqpa_x509::{Certificate, RevocationReason as Why, crl, oid};
use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Profile, Signer, find_enveloped};

use crate::stand::{
    Answer, Judged, SEED, Stand, application, authority_spec, by_issuer, citizen_spec, days,
    judged, keys, noon, run_all, seconds, ten_years,
};

/// When the citizen signed: ten days before the moment judged.
fn signing() -> Moment {
    noon().minus(days(10))
}

/// A citizen whose certificate ended five days ago.
fn expired() -> Stand {
    let mut spec = citizen_spec();
    spec.validity.not_after = noon().minus(days(5));
    Stand::new().with_citizen(&spec)
}

fn tsa_name() -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, "QAQPA TEST TSA")
        .with(oid::COUNTRY, "KZ")
}

fn tsa_within(stand: &Stand, validity: Validity) -> Certificate {
    let spki = keys().stranger.spki_der();
    issue::timestamper(
        tsa_name(),
        spki,
        validity,
        Addresses::default(),
        stand.issuer(),
    )
    .unwrap()
}

fn tsa(stand: &Stand) -> Certificate {
    tsa_within(stand, ten_years())
}

fn signed(stand: &Stand) -> String {
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let xml = xades::sign_b_b(
        application().as_bytes(),
        &Content::Enveloped,
        &signer,
        &Settings::new("s1", signing()),
        &XmlLimits::default(),
    );
    String::from_utf8(xml.unwrap()).unwrap()
}

fn token(octets: &[u8], at: Moment, tsa: &Certificate, key: &PrivateKey) -> Vec<u8> {
    let stamp = StampToIssue {
        imprint: Imprint::of(DigestAlgorithm::Sha256, octets),
        policy: "1.2.398.3.3.2.6.2".parse().unwrap(),
        serial: vec![7],
        gen_time: at,
        accuracy: None,
        ordering: false,
        nonce: None,
        names_tsa: true,
    };
    let chain = [tsa.clone()];
    tsp::issue(&stamp, &Signing::by(tsa, key).with_certificates(&chain)).unwrap()
}

fn octets(xml: &str) -> Vec<u8> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    xades::stamped_octets(&found, &Method::exclusive()).unwrap()
}

fn with_token(xml: &str, token: &[u8]) -> String {
    let limits = XmlLimits::default();
    let bytes = xades::add_timestamp(xml.as_bytes(), Profile::Enveloped, 0, token, &limits);
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn stamped(stand: &Stand, at: Moment) -> String {
    let xml = signed(stand);
    let token = token(&octets(&xml), at, &tsa(stand), &keys().stranger);
    with_token(&xml, &token)
}

/// Good answers by the issuers themselves, which forget nobody, but for what `said` has for a certificate.
fn examine(
    stand: &Stand,
    xml: &str,
    at: Moment,
    said: impl Fn(&Certificate) -> Option<Answer>,
) -> Verdict {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let subject = Subject::Document(&document);
    let (verdict, ..) = run_all(subject, &stand.known(), &Policy::default(), at, |need| {
        if !matches!(need, Need::Ocsp { .. }) {
            return Received::unavailable("status 503", noon());
        }
        let answer = said(need.certificate()).unwrap_or_else(Answer::good);
        Received::bytes(by_issuer(need, &answer.archived()), noon())
    });
    verdict
}

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
    let forgotten = Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe);
    let unknown = Judged::Refused(L::RevocationUnknown, S::TryLater);
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
        ("an answer that does not say",         by_answer(&answer(None)),                          forgotten),
        ("an answer that reaches back",         by_answer(&answer(Some(end))),                     Judged::Passed),
        ("an answer that does not reach back",  by_answer(&answer(late)),                          Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe)),
        ("revoked before the stamp",            by_answer(&revoked(signing())),                    is_revoked()),
        ("revoked after it",                    by_answer(&revoked(noon().minus(days(6)))),        Judged::Passed),
        ("a list that does not say",            by_list(&list(Vec::new(), None)),                  Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe)),
        ("a list that reaches back",            by_list(&list(Vec::new(), Some(end))),             Judged::Passed),
        ("a list that does not reach back",     by_list(&list(Vec::new(), late)),                  Judged::Refused(L::RevocationUnknown, S::OutOfBoundsNoPoe)),
        ("listed on one that does not say",     by_list(&list(entry, None)),                       is_revoked()),
        ("the list reaches, the answer not",    both(&answer(None), &list(Vec::new(), Some(end))), Judged::Passed),
        ("nothing came",                        examine_by(&stand, &xml, either(None, None)),      unknown),
    ];
    for (case, verdict, expected) in table {
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
    let judge = |not_after: Moment, by_list: bool| {
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
        let meet = match by_list {
            true => either(None, Some(&list)),
            false => either(Some(&good), None),
        };
        judged(&examine_by(&stand, &with_token(&xml, &token), meet))
    };
    let ended = Judged::Refused(L::RevocationUnknown, S::RevocationOutOfBoundsNoPoe);
    for by_list in [false, true] {
        assert_eq!(judge(noon(), by_list), Judged::Passed);
        assert_eq!(judge(noon().minus(seconds(1)), by_list), ended);
    }
}

/// A verdict about a stamped signature, for the reports.
pub(crate) fn passed() -> Verdict {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    verdict
}

fn revoked_from(since: Moment, of: &Certificate) -> impl Fn(&Certificate) -> Option<Answer> {
    let of = of.clone();
    move |about| {
        let answer = Answer::revoked(since, Some(Why::KeyCompromise));
        (*about == of).then_some(answer)
    }
}

fn nobody(_: &Certificate) -> Option<Answer> {
    None
}

#[test]
fn a_signature_that_was_stamped_while_its_certificate_was_good_stays_good() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(
        verdict.best_signature_time,
        Some(signing().plus(seconds(60)))
    );
    assert!(verdict.check(CheckId::Timestamp).is_some());
    let since = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(noon().minus(days(6)), &stand.citizen),
    );
    assert_eq!(judged(&since), Judged::Passed, "revoked after the stamp");
}

/// Clocks may differ by five minutes, but a stamp only moves the moment back.
#[test]
fn a_stamp_does_not_move_the_moment_forward() {
    let mut spec = citizen_spec();
    spec.validity.not_before = noon().plus(seconds(120));
    let stand = Stand::new().with_citizen(&spec);
    let xml = stamped(&stand, noon().plus(seconds(180)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateNotYetValid, S::NotYetValid),
        "{}",
        verdict.to_text()
    );
    assert_eq!(verdict.best_signature_time, Some(noon()));
}

#[test]
fn without_a_stamp_the_moment_judged_counts() {
    let stand = expired();
    let verdict = examine(&stand, &signed(&stand), noon(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateExpired, S::Expired)
    );
    assert_eq!(verdict.best_signature_time, None);
    assert!(verdict.check(CheckId::Timestamp).is_none());
    let then = examine(&stand, &signed(&stand), signing(), nobody);
    assert_eq!(judged(&then), Judged::Passed);
}

#[test]
fn a_certificate_that_was_revoked_before_the_stamp_is_refused() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(signing(), &stand.citizen),
    );
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateRevoked, S::Revoked)
    );
}

/// T01.
#[test]
fn a_stamp_that_proves_nothing_is_refused_with_its_reason() {
    let stand = expired();
    let xml = signed(&stand);
    let at = signing().plus(seconds(60));
    let stranger = &keys().stranger;
    let by = |octets: &[u8], at: Moment, tsa: &Certificate| {
        with_token(&xml, &token(octets, at, tsa, stranger))
    };
    let mine = octets(&xml);
    let good = tsa(&stand);
    let not_stamping = issue::issue(
        &CertificateSpec {
            spki_der: stranger.spki_der().to_vec(),
            serial: vec![0x66],
            ..citizen_spec()
        },
        stand.issuer(),
    )
    .unwrap();
    let ended = tsa_within(
        &stand,
        Validity {
            not_after: noon().minus(days(1)),
            ..ten_years()
        },
    );
    let foreign_root = crate::stand::root_named("SOMEBODY ELSE TEST ROOT", stranger);
    let foreign = issue::timestamper(
        tsa_name(),
        stranger.spki_der(),
        ten_years(),
        Addresses::default(),
        issue::Issuer {
            certificate: &foreign_root,
            key: stranger,
        },
    )
    .unwrap();
    let two = with_token(
        &by(&mine, at.plus(days(2)), &good),
        &token(&mine, at, &good, stranger),
    );
    #[rustfmt::skip]
    let table = [
        ("good",                                  by(&mine, at, &good),                                    None),
        ("about something else",                  by(b"something else", at, &good),                        Some(S::NoPoe)),
        ("by a key of another certificate",       with_token(&xml, &token(&mine, at, &good, &keys().citizen)), Some(S::NoPoe)),
        ("by a certificate that is not for it",   by(&mine, at, &not_stamping),                            Some(S::NoPoe)),
        ("by an authority that nobody trusts",    by(&mine, at, &foreign),                                 Some(S::NoPoe)),
        ("by an authority that has ended since",  by(&mine, at, &ended),                                   Some(S::OutOfBoundsNoPoe)),
        ("an hour before the signing time",       by(&mine, signing().minus(seconds(3600)), &good),        Some(S::TimestampOrderFailure)),
        ("an hour after the moment judged",       by(&mine, noon().plus(seconds(3600)), &good),            Some(S::TimestampOrderFailure)),
        ("the later one first",                   two,                                                     Some(S::TimestampOrderFailure)),
        ("rubbish",                               with_token(&xml, b"rubbish"),                            Some(S::NoPoe)),
    ];
    for (case, xml, sub) in table {
        let verdict = examine(&stand, &xml, noon(), nobody);
        let expected = match sub {
            None => Judged::Passed,
            Some(sub) => Judged::Refused(L::SignatureMalformed, sub),
        };
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

#[test]
fn the_revocation_of_the_stamps_authority_is_asked_about() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let revoked = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(noon().minus(days(1)), &tsa(&stand)),
    );
    assert_eq!(
        judged(&revoked),
        Judged::Refused(L::SignatureMalformed, S::RevokedNoPoe),
        "{}",
        revoked.to_text()
    );
    assert_eq!(
        revoked.best_signature_time, None,
        "such a stamp proves no moment"
    );
    let unknown = examine(&stand, &xml, noon(), |about| {
        let answer = Answer {
            status: qaqpa_x509::ocsp::CertStatus::Unknown,
            ..Answer::good()
        };
        (*about == tsa(&stand)).then_some(answer)
    });
    assert_eq!(
        judged(&unknown),
        Judged::Refused(L::RevocationUnknown, S::TryLater)
    );
    assert_eq!(unknown.best_signature_time, None);
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

/// K12.
#[test]
fn properties_that_name_another_certificate_are_refused() {
    let stand = Stand::new();
    let other = Stand::new().with_citizen(&CertificateSpec {
        serial: vec![0x77],
        ..citizen_spec()
    });
    let xml = signed(&stand);
    // The same key, another certificate in KeyInfo: the value still fits.
    let encode = |stand: &Stand| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(stand.citizen.der())
    };
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let written = document
        .root()
        .descendants()
        .find(|element| element.name() == "X509Certificate")
        .unwrap();
    let text = &xml[written.content_span().unwrap()];
    let swapped = xml.replacen(text, &encode(&other), 1);
    let verdict = examine(&stand, &swapped, signing(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::SignatureMalformed, S::NoSigningCertificateFound),
        "{}",
        verdict.to_text()
    );
}

#[test]
fn a_stamped_verdict_is_reached_again_from_its_capsule() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let capsule =
        Capsule::new(Matter::Document(xml.into()), stand.known(), noon(), SEED).fed_by(|need| {
            match need {
                Need::Ocsp { .. } => {
                    Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
                }
                _ => Received::unavailable("status 503", noon()),
            }
        });
    let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
    let verdict = read.judge();
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert!(verdict.to_text().contains("proven to have existed at"));
    assert_eq!(verdict.to_json(), capsule.judge().to_json());
}

//! What each check is good for: without it alone, or the smallest set that overlaps, an attack passes.
//!
//! Built with the cargo feature `laboratory` only. The corpus of attacks has the whole matrix; here stands one case for each
//! check that the policy holds, so that none is left out in vain.

use std::collections::BTreeSet;

use qaqpa_ades::cms::{self, NewSigner, Place};
use qaqpa_crypto::PrivateKey;
use qaqpa_model::Bin;
use qaqpa_verdict::{
    Capsule, CheckId, Held, Known, Level, Matter, Need, Policy, Received, Rule, RuleOutcome,
};
use qaqpa_x509::issue::{self, CertificateSpec, Issuer, Validity};
use qaqpa_x509::{
    Certificate, KeyUsage, ObjectIdentifier, RevocationReason as Why, TrustAnchors, crl, ocsp, oid,
};

use crate::forge::{C14N, Forge, HERE, Reference};
use crate::stand::{
    Answer, OTHER_IIN, SEED, Stand, application, authority_spec, by_issuer, citizen_spec, days,
    iin, in_force_by, is_about_an_authority, keys, know, noon, one_year, person_name,
    responder_name, root_named, seconds,
};

/// An attack, and the checks without which it passes.
struct Case {
    rules: Vec<Rule>,
    capsule: Box<dyn Fn(Policy) -> Capsule>,
    anchors: TrustAnchors,
}

fn case(stand: &Stand, rules: &[Rule], capsule: impl Fn(Policy) -> Capsule + 'static) -> Case {
    Case {
        rules: rules.to_vec(),
        capsule: Box::new(capsule),
        anchors: stand.known().anchors,
    }
}

/// A document, with good evidence.
fn document(rules: &[Rule], xml: impl Fn(&Stand) -> String) -> Case {
    let stand = Stand::new();
    let xml = xml(&stand);
    case(&Stand::new(), rules, move |policy| {
        Capsule::new(
            Matter::Document(xml.clone().into()),
            stand.known(),
            noon(),
            SEED,
        )
        .with_policy(policy)
        .fed_by(|need| in_force_by(&stand, need))
    })
}

/// A certificate alone, below this chain, with good evidence by each issuer.
fn chain(rules: &[Rule], leaf: Certificate, pool: Vec<Certificate>) -> Case {
    let stand = Stand::new();
    case(&stand, rules, move |policy| {
        let known = Known {
            anchors: Stand::new().known().anchors,
            pool: pool.clone(),
        };
        Capsule::new(alone(&leaf), known, noon(), SEED)
            .with_policy(policy)
            .fed_by(|need| Received::bytes(by_issuer(need, &Answer::good().archived()), noon()))
    })
}

/// The citizen's certificate with one wrong field, with good evidence.
fn leaf(rules: &[Rule], change: impl Fn(&mut CertificateSpec)) -> Case {
    let mut spec = citizen_spec();
    change(&mut spec);
    let stand = Stand::new().with_citizen(&spec);
    chain(rules, stand.citizen, vec![stand.issuing])
}

/// The citizen's certificate, with this evidence about it.
fn evidence(rules: &[Rule], meet: impl Fn(&Stand, &Need) -> Received + 'static) -> Case {
    let stand = Stand::new();
    case(&Stand::new(), rules, move |policy| {
        Capsule::new(alone(&stand.citizen), stand.known(), noon(), SEED)
            .with_policy(policy)
            .fed_by(|need| {
                if is_about_an_authority(need) {
                    in_force_by(&stand, need)
                } else {
                    meet(&stand, need)
                }
            })
    })
}

/// The citizen's certificate, with this OCSP answer about it, and no list.
fn answer(rules: &[Rule], make: impl Fn(&Stand, &Need) -> Vec<u8> + 'static) -> Case {
    evidence(rules, move |stand, need| match need {
        Need::Ocsp { .. } => Received::bytes(make(stand, need), noon()),
        _ => Received::unavailable("status 503", noon()),
    })
}

/// The citizen's certificate, with this list, and no OCSP answer.
fn list(rules: &[Rule], make: impl Fn(&Stand) -> Vec<u8> + 'static) -> Case {
    evidence(rules, move |stand, need| match need {
        Need::Ocsp { .. } => Received::unavailable("status 503", noon()),
        _ => Received::bytes(make(stand), noon()),
    })
}

fn alone(certificate: &Certificate) -> Matter {
    Matter::Certificate {
        certificate_der: certificate.der().to_vec(),
        pool_der: Vec::new(),
    }
}

fn issued(spec: &CertificateSpec, certificate: &Certificate, key: &PrivateKey) -> Certificate {
    issue::issue(spec, Issuer { certificate, key }).unwrap()
}

/// An authority of the stranger's key with one wrong field, and a citizen whom it certified.
fn below(rules: &[Rule], change: impl Fn(&mut CertificateSpec)) -> Case {
    let stand = Stand::new();
    let mut spec = authority_spec("QAQPA TEST CA 2", &keys().stranger);
    change(&mut spec);
    let authority = issued(&spec, &stand.root, &keys().root);
    let citizen = issued(&citizen_spec(), &authority, &keys().stranger);
    chain(rules, citizen, vec![authority])
}

fn ended() -> Validity {
    Validity {
        not_after: noon().minus(seconds(1)),
        ..one_year()
    }
}

fn unknown_critical() -> Vec<(ObjectIdentifier, bool, Vec<u8>)> {
    let oid = ObjectIdentifier::new_unwrap("1.2.398.9.9.9");
    vec![(oid, true, vec![0x05, 0x00])]
}

fn signatures() -> Vec<Case> {
    vec![
        document(&[Rule::Digest], |stand| {
            stand.signed(&application()).replace("Тараз", "Шу")
        }),
        document(&[Rule::SignatureValue], |stand| {
            let signed = stand.signed(&application());
            let at = signed.find("SignatureValue>").unwrap() + 20;
            let other = if &signed[at..=at] == "A" { "B" } else { "A" };
            format!("{}{other}{}", &signed[..at], &signed[at + 1..])
        }),
        document(&[Rule::ScopeCovered], |stand| {
            let mut forge = Forge::new(stand);
            forge.references = vec![Reference::to("#f", &[C14N])];
            let template = application()
                .replace("<form>", "<form Id=\"f\">")
                .replace("</application>", &format!("{HERE}</application>"));
            forge.sign(&template)
        }),
        message(&[Rule::Digest], |message| {
            let mut windows = message.windows(4);
            windows.position(|four| four == b"TEST").unwrap()
        }),
        message(&[Rule::SignatureValue], |message| message.len() - 1),
    ]
}

/// A CMS message of the citizen's with one octet changed.
fn message(rules: &[Rule], place: impl Fn(&[u8]) -> usize + 'static) -> Case {
    let stand = Stand::new();
    case(&Stand::new(), rules, move |policy| {
        let signer = NewSigner::new(&keys().citizen, &stand.citizen, noon());
        let mut message = cms::sign(b"TEST scan", Place::Attached, &[signer], &[]).unwrap();
        let place = place(&message);
        message[place] ^= 1;
        let matter = Matter::Cms {
            message,
            content: None,
        };
        Capsule::new(matter, stand.known(), noon(), SEED)
            .with_policy(policy)
            .fed_by(|need| in_force_by(&stand, need))
    })
}

fn chains() -> Vec<Case> {
    let good = Stand::new();
    let foreign_root = root_named("SOMEBODY ELSE TEST ROOT", &keys().stranger);
    let foreign_ca = issued(
        &authority_spec("SOMEBODY ELSE TEST CA", &keys().stranger),
        &foreign_root,
        &keys().stranger,
    );
    let by_foreign = issued(&citizen_spec(), &foreign_ca, &keys().stranger);
    let stand = Stand::new();
    let anchored = case(&stand, &[Rule::ChainAnchored], move |policy| {
        let matter = Matter::Certificate {
            certificate_der: by_foreign.der().to_vec(),
            pool_der: vec![foreign_ca.der().to_vec(), foreign_root.der().to_vec()],
        };
        Capsule::new(matter, Stand::new().known(), noon(), SEED)
            .with_policy(policy)
            .fed_by(|need| Received::bytes(by_issuer(need, &Answer::good()), noon()))
    });
    let clone = issued(
        &authority_spec("QAQPA TEST CA", &keys().stranger),
        &good.root,
        &keys().stranger,
    );
    let by_clone = issued(&citizen_spec(), &clone, &keys().stranger);
    let end_entity = Stand::new().citizen;
    let by_leaf = issued(
        &CertificateSpec {
            subject: person_name(OTHER_IIN),
            spki_der: keys().stranger.spki_der().to_vec(),
            serial: vec![0x55],
            ..citizen_spec()
        },
        &end_entity,
        &keys().citizen,
    );
    know(&keys().citizen);
    let deep = issued(
        &authority_spec("QAQPA TEST DEEP CA", &keys().stranger),
        &good.issuing,
        &keys().issuing,
    );
    let by_deep = issued(&citizen_spec(), &deep, &keys().stranger);
    vec![
        anchored,
        chain(&[Rule::ChainSignature], by_clone, vec![clone]),
        // A certificate that is no authority's has no keyCertSign either, and the chain is longer than pathLen 0 allows.
        chain(
            &[Rule::BasicConstraints, Rule::KeyCertSign, Rule::PathLength],
            by_leaf,
            vec![end_entity, good.issuing.clone()],
        ),
        chain(&[Rule::PathLength], by_deep, vec![deep, good.issuing]),
        below(&[Rule::KeyCertSign], |spec| {
            spec.key_usage = Some(KeyUsage::CRL_SIGN);
        }),
        below(&[Rule::ChainValidity], |spec| spec.validity = ended()),
        below(&[Rule::ChainCritical], |spec| {
            spec.others = unknown_critical()
        }),
        leaf(&[Rule::NotAfter], |spec| spec.validity = ended()),
        leaf(&[Rule::NotBefore], |spec| {
            spec.validity.not_before = noon().plus(seconds(1));
        }),
        leaf(&[Rule::EndEntity], |spec| spec.basic = Some((true, None))),
        leaf(&[Rule::KeyUsage], |spec| {
            spec.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE);
        }),
        leaf(&[Rule::ExtendedKeyUsage], |spec| {
            spec.extended_key_usage = vec![oid::EKU_INDIVIDUAL];
        }),
        // A certificate for logging in names no emailProtection, by definition.
        leaf(
            &[Rule::NotForAuthentication, Rule::ExtendedKeyUsage],
            |spec| spec.extended_key_usage = vec![oid::EKU_CLIENT_AUTH],
        ),
    ]
}

fn answers() -> Vec<Case> {
    let responder = |change: &dyn Fn(&mut CertificateSpec)| {
        let mut spec = CertificateSpec {
            subject: responder_name(),
            spki_der: keys().responder.spki_der().to_vec(),
            serial: vec![0x0e],
            key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
            extended_key_usage: vec![oid::EKU_OCSP_SIGNING],
            ocsp_nocheck: true,
            ..citizen_spec()
        };
        change(&mut spec);
        issued(&spec, &Stand::new().issuing, &keys().issuing)
    };
    let no_eku = responder(&|spec| spec.extended_key_usage = vec![oid::EKU_EMAIL_PROTECTION]);
    let expired = responder(&|spec| spec.validity = ended());
    let by = |responder: Certificate| {
        move |stand: &Stand, need: &Need| {
            stand.ocsp_by(need, &Answer::good(), &responder, &keys().responder)
        }
    };
    let bent = |change: fn(&mut ocsp::Response)| {
        move |stand: &Stand, need: &Need| {
            let Need::Ocsp { request_der, .. } = need else {
                panic!("{need:?}")
            };
            let request = ocsp::Request::decode(request_der, 1).unwrap();
            let mut response = ocsp::Response {
                answers: vec![ocsp::SingleAnswer {
                    cert_id: request.cert_ids[0].clone(),
                    status: ocsp::CertStatus::Good,
                    this_update: noon(),
                    next_update: None,
                }],
                nonce: request.nonce,
                produced_at: noon(),
                extended_revoke: false,
            };
            change(&mut response);
            ocsp::respond(&response, &stand.responder, &keys().responder).unwrap()
        }
    };
    let said = |answer: Answer| move |stand: &Stand, need: &Need| stand.ocsp(need, &answer);
    vec![
        answer(&[Rule::OcspSignature], |stand, need| {
            stand.ocsp_by(need, &Answer::good(), &stand.responder, &keys().stranger)
        }),
        answer(&[Rule::OcspResponder], by(no_eku)),
        answer(&[Rule::OcspResponderUsable], by(expired)),
        answer(&[Rule::OcspNonce], bent(|response| response.nonce = None)),
        answer(
            &[Rule::OcspCertId],
            bent(|response| {
                let twice = response.answers[0].clone();
                response.answers.push(twice);
            }),
        ),
        answer(
            &[Rule::OcspFresh],
            bent(|response| response.produced_at = noon().minus(days(1))),
        ),
        answer(
            &[Rule::OcspNotYet],
            bent(|response| response.produced_at = noon().plus(days(1))),
        ),
        answer(
            &[Rule::SignerNotRevoked],
            said(Answer::revoked(noon(), Some(Why::KeyCompromise))),
        ),
        answer(
            &[Rule::SignerNotSuspended],
            said(Answer::revoked(noon(), Some(Why::CertificateHold))),
        ),
    ]
}

fn lists() -> Vec<Case> {
    let made = |change: fn(&mut crl::CrlToIssue)| {
        move |stand: &Stand| {
            let mut list = stand.list(Vec::new());
            change(&mut list);
            crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
        }
    };
    vec![
        list(&[Rule::CrlSignature], |stand| {
            crl::issue(&stand.list(Vec::new()), &stand.issuing, &keys().stranger).unwrap()
        }),
        list(
            &[Rule::CrlFresh],
            made(|list| list.next_update = noon().minus(seconds(1))),
        ),
        list(
            &[Rule::CrlNotYet],
            made(|list| list.this_update = noon().plus(seconds(3600))),
        ),
        list(&[Rule::CrlCritical], |stand| {
            let list = stand.list(Vec::new());
            crl::issue_with(&list, &unknown_critical(), &stand.issuing, &keys().issuing).unwrap()
        }),
        evidence(&[Rule::RevocationKnown], |_, _| {
            Received::unavailable("status 503", noon())
        }),
    ]
}

fn others() -> Vec<Case> {
    let stand = Stand::new();
    let revoked = case(&Stand::new(), &[Rule::AuthorityNotRevoked], move |policy| {
        let answer = Answer::revoked(noon(), Some(Why::KeyCompromise));
        Capsule::new(alone(&stand.citizen), stand.known(), noon(), SEED)
            .with_policy(policy)
            .fed_by(|need| {
                if is_about_an_authority(need) {
                    Received::bytes(by_issuer(need, &answer), noon())
                } else {
                    in_force_by(&stand, need)
                }
            })
    });
    let stand = Stand::new();
    let other = case(&Stand::new(), &[Rule::IinSame], move |policy| {
        Capsule::new(alone(&stand.citizen), stand.known(), noon(), SEED)
            .with_policy(policy)
            .with_submitter(iin(OTHER_IIN))
            .fed_by(|need| in_force_by(&stand, need))
    });
    let stand = Stand::new();
    let nobodys = case(&Stand::new(), &[Rule::BinSame], move |policy| {
        Capsule::new(alone(&stand.citizen), stand.known(), noon(), SEED)
            .with_policy(policy)
            .with_organisation(Bin::parse("990140000017").unwrap())
            .fed_by(|need| in_force_by(&stand, need))
    });
    vec![revoked, other, nobodys]
}

fn without(rules: &[Rule]) -> Policy {
    rules.iter().fold(Policy::default(), |policy, rule| {
        policy.with_level(*rule, Level::Ignore).unwrap()
    })
}

#[test]
fn without_its_check_an_attack_passes_and_with_it_it_does_not() {
    let cases = [signatures(), chains(), answers(), lists(), others()];
    for case in cases.iter().flatten() {
        let strict = (case.capsule)(Policy::default()).judge_trusting(&case.anchors);
        assert!(
            !strict.is_passed(),
            "{:?}\n{}",
            case.rules,
            strict.to_text()
        );
        assert!(strict.to_text().contains("LABORATORY"));
        let lax = (case.capsule)(without(&case.rules)).judge_trusting(&case.anchors);
        assert!(lax.is_passed(), "{:?}\n{}", case.rules, lax.to_text());
        assert_eq!(
            lax.laboratory.as_ref(),
            Some(&{
                let mut rules = case.rules.clone();
                rules.sort();
                rules
            })
        );
        // The smallest set: with one check of several on, the attack is refused.
        for (index, _) in case
            .rules
            .iter()
            .enumerate()
            .filter(|_| case.rules.len() > 1)
        {
            let mut fewer = case.rules.clone();
            let on = fewer.remove(index);
            let verdict = (case.capsule)(without(&fewer)).judge_trusting(&case.anchors);
            assert!(
                !verdict.is_passed(),
                "{on} alone refuses\n{}",
                verdict.to_text()
            );
        }
    }
}

/// Checks without a case here, with the reason.
const ELSEWHERE: [(Rule, &str); 8] = [
    (
        Rule::StampAuthorityNotRevoked,
        "needs a stamp: tests/it/stamped.rs has the attack",
    ),
    (
        Rule::SigningCertificateStated,
        "a warning by default, so that nothing is refused with it",
    ),
    (
        Rule::CommentsAbsent,
        "a remark by default, so that nothing is refused with it",
    ),
    (
        Rule::ChainAlgorithm,
        "needs a key that our own tools do not make",
    ),
    (
        Rule::NameConstraints,
        "crates/x509/tests/it/constraints.rs has the cases",
    ),
    (
        Rule::CertificatePolicies,
        "crates/x509/tests/it/constraints.rs has the cases",
    ),
    (
        Rule::OcspCritical,
        "needs an extension that our responder does not write",
    ),
    (
        Rule::CrlSigner,
        "an authority without cRLSign, in crates/x509/tests/it/crls.rs",
    ),
];

#[test]
fn every_check_that_the_policy_holds_has_its_case() {
    let cases = [signatures(), chains(), answers(), lists(), others()];
    let mut covered: BTreeSet<_> = cases
        .iter()
        .flatten()
        .flat_map(|case| case.rules.clone())
        .collect();
    for (rule, why) in ELSEWHERE {
        assert!(covered.insert(rule), "{rule} has a case here, yet: {why}");
    }
    let held: BTreeSet<_> = Rule::ALL
        .iter()
        .copied()
        .filter(|rule| rule.held() == Held::Policy)
        .collect();
    assert_eq!(covered, held);
}

/// Nobody takes a report of a laboratory for one of a product.
#[test]
fn every_report_of_a_laboratory_says_so() {
    use qaqpa_model::Lang;
    use qaqpa_verdict::report::{self, Kind};
    let case = answer(&[Rule::SignerNotSuspended], |stand, need| {
        stand.ocsp(need, &Answer::revoked(noon(), Some(Why::CertificateHold)))
    });
    for (policy, named) in [(Policy::default(), false), (without(&case.rules), true)] {
        let verdict = (case.capsule)(policy).judge_trusting(&case.anchors);
        let all = [verdict.clone()];
        let mut reports = vec![verdict.to_text(), report::etsi(&all, noon())];
        for kind in [Kind::Facts, Kind::Detailed, Kind::Simple] {
            reports.push(report::text(kind, &all, Lang::En));
            let json = report::json(kind, &all, Lang::En);
            assert!(json.contains("\"laboratory\": ["), "{json}");
        }
        reports.push(report::page(&all, None, Lang::En));
        for report in reports {
            assert!(report.contains("LABORATORY"), "{report}");
            assert!(
                !named || report.contains("signer-not-suspended"),
                "{report}"
            );
        }
        let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
        assert_eq!(
            json["laboratory"].as_array().unwrap().len(),
            usize::from(named)
        );
    }
}

#[test]
fn a_warning_and_a_remark_stand_in_the_report() {
    let case = answer(&[Rule::SignerNotSuspended], |stand, need| {
        stand.ocsp(need, &Answer::revoked(noon(), Some(Why::CertificateHold)))
    });
    for (level, outcome) in [
        (Level::Warn, RuleOutcome::Warned),
        (Level::Inform, RuleOutcome::Informed),
        (Level::Ignore, RuleOutcome::Ignored),
        (Level::Fail, RuleOutcome::Failed),
    ] {
        let policy = Policy::default()
            .with_level(Rule::SignerNotSuspended, level)
            .unwrap();
        let verdict = (case.capsule)(policy).judge_trusting(&case.anchors);
        assert_eq!(verdict.is_passed(), level < Level::Fail);
        let rules = &verdict.check(CheckId::Revocation).unwrap().rules;
        let rule = rules
            .iter()
            .find(|rule| rule.id == Rule::SignerNotSuspended);
        assert_eq!(rule.unwrap().outcome, outcome);
    }
}

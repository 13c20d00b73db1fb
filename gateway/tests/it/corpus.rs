//! The corpus of attacks at the gateway's door: each document that an applicant could send is the data of a message of a
//! registered system, the authority answers about it as the case says, and the gateway's answer is the case's verdict.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use qaqpa_model::Moment;
use qaqpa_runner::attack::{Case, Expected, Level, corpus};
use qaqpa_runner::forge::knobs::{PolicyKnobs, SubjectKnob};
use qaqpa_runner::forge::{Build, Published, World};
use qaqpa_wire::{Fault, StatusCode};

use crate::authority::{Answers, Asked};
use crate::messages::{message, noon, seal};
use crate::stand::{Reply, Stand};

/// The corpus' own world, and what is asked of it now.
struct Elsewhere {
    world: World,
    build: Build,
    /// When it is judged, and evidence is made.
    at: Moment,
}

/// Cases that need what a running gateway has not.
const NOT_HERE: [(&str, &str); 4] = [
    ("ok08-list-over-now", MILLISECOND),
    ("ok13-last-second", MILLISECOND),
    (
        "t01-tsa-unknown",
        "the list is there for its signer and not for its time stamp, and both have one address",
    ),
    ("t02-first-millisecond", MILLISECOND),
];

/// A running clock has gone on when it is judged.
const MILLISECOND: &str = "it holds at one millisecond";

/// Answers about the corpus' certificates as the case says that is being sent.
fn answers(elsewhere: &Arc<Mutex<Elsewhere>>) -> Answers {
    let elsewhere = Arc::clone(elsewhere);
    Box::new(move |asked| {
        let Elsewhere { world, build, at } = &*elsewhere.lock().unwrap();
        let published = match asked {
            Asked::Ocsp(request) => world.answer_ocsp(build, *at, request).unwrap(),
            Asked::List(name) => {
                let issuer = name.trim_end_matches(".crl");
                world.list_of(build, *at, issuer).unwrap()
            }
        };
        Some(match published? {
            Published::Bytes(bytes) => Ok(bytes),
            Published::Nothing(why) => Err(why),
        })
    })
}

/// Why a case cannot take this road; `None` where it does.
fn stays(case: &Case) -> Option<&'static str> {
    let build = &case.build;
    let is_application = matches!(
        build.template.as_deref(),
        None | Some("application" | "application-with-id")
    );
    if case.level == Level::Gateway {
        return Some("it is a message, and sent as one by `qaqpa attack run --against`");
    }
    if build.subject != SubjectKnob::Document {
        return Some("it is an envelope, a certificate or a CMS message: no application");
    }
    if build.each.is_some() || !build.beside.is_empty() {
        return Some("it has several signatures, and an application has one");
    }
    if case.expect.verdict == Expected::Accept && !is_application {
        return Some("it is signed well, and no application");
    }
    if build.policy != PolicyKnobs::default() {
        return Some("it is judged under another policy than the gateway's");
    }
    if build.received.is_some() {
        return Some("its evidence is received at another moment than it is judged at");
    }
    if build.submitter.is_some() || build.organisation.is_some() {
        return Some("its submitter is told beside it, and an application names its own");
    }
    let named = NOT_HERE.iter().find(|(id, _)| *id == case.id);
    named.map(|(_, why)| *why)
}

/// Whether the case has roots or authorities of its own: a gateway knows its own from its start.
fn has_authorities(build: &Build) -> bool {
    let of_the_world = ["issuing", "root"];
    build.trust.is_some()
        || build.pool.is_some()
        || of_the_world
            .iter()
            .any(|name| build.certificates.contains_key(*name))
}

/// What the gateway made of it: `accepted`, or the label.
fn outcome(reply: &Reply) -> String {
    match Fault::read(&reply.document).unwrap() {
        Some(fault) => fault
            .label()
            .map_or_else(String::new, |label| label.as_str().to_owned()),
        None => {
            assert_eq!(reply.acknowledgement().status, StatusCode::Success);
            "accepted".to_owned()
        }
    }
}

/// A gateway that trusts and knows what this says, whose authority answers for the corpus, too.
async fn gateway(pem: &str, elsewhere: &Arc<Mutex<Elsewhere>>) -> Stand {
    let stand = Stand::start_trusting(pem).await;
    stand.authority.invite(answers(elsewhere));
    stand
}

#[tokio::test(flavor = "multi_thread")]
async fn each_document_of_the_corpus_is_answered_as_its_verdict_says() {
    let elsewhere = Arc::new(Mutex::new(Elsewhere {
        world: World::of_the_corpus(),
        build: Build::default(),
        at: noon(),
    }));
    let pem = elsewhere.lock().unwrap().world.trust_pem().unwrap();
    let shared = gateway(&pem, &elsewhere).await;
    let cases = corpus().unwrap();
    let mut stayed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let (mut sent, mut wrong) = (0, Vec::new());
    for (number, case) in cases.iter().enumerate() {
        if let Some(why) = stays(case) {
            stayed.entry(why).or_default().push(&case.id);
            continue;
        }
        let (document, at, pem) = {
            let mut elsewhere = elsewhere.lock().unwrap();
            elsewhere.world.name_application(&format!("a-{number}"));
            let forged = elsewhere.world.forge(&case.build).unwrap();
            let own = has_authorities(&case.build)
                .then(|| forged.trust_pem().unwrap() + &forged.pool_pem().unwrap());
            let (document, at) = (forged.bytes, forged.at);
            elsewhere.build = case.build.clone();
            elsewhere.at = at;
            (document, at, own)
        };
        if std::str::from_utf8(&document).is_err() || document.is_empty() {
            let why = "its bytes are no text that an envelope can hold";
            stayed.entry(why).or_default().push(&case.id);
            continue;
        }
        let own = match &pem {
            Some(pem) => Some(gateway(pem, &elsewhere).await),
            None => None,
        };
        let stand = own.as_ref().unwrap_or(&shared);
        // What was kept of the case before is of another world.
        stand.authority.tell();
        let integrator = stand.authority.signatory("system-integrator-1");
        let envelope = seal(&message("integrator-1", document).write(), integrator);
        stand.clock.set(at).unwrap();
        let reply = stand.post(envelope).await;
        let expected = match case.expect.verdict {
            Expected::Accept => "accepted",
            Expected::Refuse => case.expect.label.as_deref().unwrap(),
        };
        sent += 1;
        let seen = outcome(&reply);
        if seen != expected {
            wrong.push(format!("{}: expected {expected}, saw {seen}", case.id));
        }
    }
    for (why, cases) in &stayed {
        eprintln!("{}: {why}: {}", cases.len(), cases.join(", "));
    }
    eprintln!("{sent} of {} sent", cases.len());
    for (id, why) in NOT_HERE {
        assert!(stayed[why].contains(&id), "{id} is gone");
    }
    assert_eq!(wrong, Vec::<String>::new());
}

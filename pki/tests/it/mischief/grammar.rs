use std::path::{Path, PathBuf};

use axum::body::Bytes;
use qaqpa_crypto::{KeyKind, public};
use qaqpa_pki::mischief::grammar::WrittenRule;
use qaqpa_pki::mischief::routes::{BoardView, RuleView};
use qaqpa_transport::{ActorStart, ClientLimits, HttpClient, StartError};
use qaqpa_x509::Certificate;
use qaqpa_x509::crl::{self, CrlError};
use qaqpa_x509::ocsp::{self, OcspError, OcspPolicy, Request, ResponseStatus};
use serde_json::{Value, json};

use crate::stand::{Stand, label};

impl Stand {
    /// The authority of a folder in which it has started before, with rules from a file, or calm.
    async fn begun(mischief: Option<PathBuf>, calm: bool) -> Self {
        let stand = Self::new().await;
        let start = ActorStart {
            clock: stand.clock.clone(),
            mischief,
            calm,
            ..ActorStart::in_folder(stand.path())
        };
        stand.running.stop().await;
        let running = qaqpa_pki::start(start).await.unwrap();
        Self {
            running,
            dir: stand.dir,
            clock: stand.clock,
        }
    }

    async fn rules(&self, rules: Value) {
        let body = json!({ "seed": 7, "rules": rules });
        let _: BoardView = self.control().put("/mischief", &body).await.unwrap();
    }

    /// Asks so often about an identity; which of the requests were told to try later.
    async fn refused_of(&self, id: &str, requests: usize) -> Vec<usize> {
        let certificate = self.certificate(id);
        let mut refused = Vec::new();
        for request in 1..=requests {
            match self.ask(&certificate).await {
                Ok(_) => {}
                Err(OcspError::Status(ResponseStatus::TryLater)) => refused.push(request),
                Err(other) => panic!("{other}"),
            }
        }
        refused
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_for_a_certificate_and_for_the_requests_that_it_names() {
    let stand = Stand::new().await;
    let serial = stand.certificate("citizen-2").serial_hex();
    stand
        .rules(json!([
            { "id": "one", "faults": ["try-later"], "for": "citizen-1", "nth": [1, 3] },
            { "id": "two", "faults": ["try-later"], "for": serial, "after": 1, "times": 2 },
        ]))
        .await;
    assert_eq!(stand.refused_of("citizen-1", 5).await, [1, 3]);
    assert_eq!(stand.refused_of("citizen-2", 5).await, [2, 3]);
    assert!(stand.refused_of("officer-1", 2).await.is_empty());
    let board: BoardView = stand.control().get("/mischief").await.unwrap();
    let counts: Vec<_> = board
        .rules
        .iter()
        .map(|rule| (rule.asked, rule.hits))
        .collect();
    assert_eq!(counts, [(5, 2), (5, 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_sequence_of_faults() {
    let stand = Stand::new().await;
    let by = async |seed: u64| {
        let rule =
            json!({ "id": "chance", "faults": ["try-later"], "probability": 0.5, "seed": seed });
        stand.rules(json!([rule])).await;
        stand.refused_of("citizen-1", 24).await
    };
    let first = by(1).await;
    assert_eq!(by(1).await, first);
    assert_ne!(by(2).await, first);
    assert!((4..=20).contains(&first.len()), "{first:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_one_level_compose_in_the_order_in_which_they_are_written() {
    let stand = Stand::new().await;
    let certificate = stand.certificate("citizen-1");
    let request = Request::about(&certificate, &stand.issuing(), None).encode();
    for (faults, expected) in [
        (
            json!(["empty-sequence", "trailing-bytes"]),
            vec![0x30, 0, 0],
        ),
        (json!(["trailing-bytes", "empty-sequence"]), vec![0x30, 0]),
        // Across levels the order is fixed: what the answer means, then its encoding.
        (
            json!([{ "fault": "truncated", "bytes": 2 }, "try-later"]),
            vec![0x30, 3, 0x0a],
        ),
    ] {
        stand
            .rules(json!([{ "faults": faults, "service": "ocsp" }]))
            .await;
        assert_eq!(stand.post_ocsp(request.clone()).await, expected, "{faults}");
    }
    // And rules in the order in which they stand.
    stand
        .rules(json!([
            { "faults": ["empty-sequence"], "service": "ocsp" },
            { "faults": ["trailing-bytes"], "service": "ocsp" },
        ]))
        .await;
    assert_eq!(stand.post_ocsp(request).await, [0x30, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_get_is_met_as_one_by_post() {
    use base64::Engine;
    let stand = Stand::new().await;
    stand
        .rules(json!([{ "faults": ["try-later"], "for": "citizen-1" }]))
        .await;
    let certificate = stand.certificate("citizen-1");
    let request = Request::about(&certificate, &stand.issuing(), None).encode();
    let text = base64::engine::general_purpose::STANDARD.encode(request);
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for text in [text, escaped] {
        let answer = stand.get(&format!("{}{text}", stand.address("ocsp"))).await;
        assert_eq!(answer.body.as_ref(), [0x30, 3, 0x0a, 1, 3]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_ends_with_its_rule_and_honest_answers_were_never_touched() {
    let stand = Stand::new().await;
    let (before, _) = stand.crl().await;
    stand
        .rules(json!([{ "id": "gone", "faults": ["missing-entry", "list-number-back"], "service": "crl" }]))
        .await;
    let (forged, list) = stand.crl().await;
    assert_ne!(forged, before);
    assert_eq!(list.entries().len(), 0);
    let path = "/mischief/gone";
    let after: BoardView = stand.control().delete(path).await.unwrap();
    assert!(after.rules.is_empty());
    let (honest, _) = stand.crl().await;
    assert_eq!(honest, before, "the list that was kept is the honest one");
    assert_eq!(
        label(stand.control().delete::<Value>(path).await.unwrap_err()),
        (404, "mischief-unknown".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_added_one_by_one_and_wrong_ones_refused() {
    let stand = Stand::new().await;
    let post = async |rule: Value| -> Result<RuleView, _> {
        stand.control().post("/mischief", &rule).await
    };
    let first = post(json!({ "faults": ["closed"], "service": "crl" }))
        .await
        .unwrap();
    assert_eq!(first.rule.id.as_deref(), Some("rule-1"));
    for (rule, status, name) in [
        (
            json!({ "id": "rule-1", "faults": ["closed"] }),
            409,
            "mischief-id-taken",
        ),
        (json!({ "faults": ["no-such"] }), 422, "mischief-malformed"),
        (
            json!({ "faults": ["closed"], "whom": "x" }),
            422,
            "mischief-malformed",
        ),
        (json!({ "faults": [] }), 422, "mischief-malformed"),
        (json!(["closed"]), 422, "mischief-malformed"),
    ] {
        let refused = post(rule.clone()).await.unwrap_err();
        assert_eq!(label(refused), (status, name.to_owned()), "{rule}");
    }
    let catalogue: Vec<Value> = stand.control().get("/mischief/catalogue").await.unwrap();
    let stale = catalogue
        .iter()
        .find(|fault| fault["fault"] == "stale-next-update");
    assert_eq!(
        stale.unwrap()["services"][0],
        json!({
            "service": "ocsp",
            "about": "citizen-1",
            "helped": { "indication": "TOTAL-PASSED" },
            "alone": {
                "indication": "INDETERMINATE",
                "sub_indication": "TRY_LATER",
                "label": "revocation-unknown",
            },
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_on_from_the_start_and_calm_forbids_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mischief.toml");
    std::fs::write(&file, "[[rule]]\nfaults = ['try-later']\nfirts = 1\n").unwrap();
    let start = || ActorStart {
        mischief: Some(file.clone()),
        ..ActorStart::in_folder(dir.path())
    };
    let refused = qaqpa_pki::start(start()).await.unwrap_err();
    let StartError::Config(why) = &refused else {
        panic!("{refused}");
    };
    let expected = format!(
        "--mischief {}: line 3: unknown field `firts`",
        file.display()
    );
    assert!(why.starts_with(&expected), "{why}");

    std::fs::write(&file, "[[rule]]\nfaults = ['try-later']\nfirst = 1\n").unwrap();
    let calm = ActorStart {
        calm: true,
        ..start()
    };
    let refused = qaqpa_pki::start(calm).await.unwrap_err();
    assert!(matches!(refused, StartError::Config(_)), "{refused}");

    let stand = Stand::begun(Some(file), false).await;
    assert_eq!(stand.refused_of("citizen-1", 3).await, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calm_forbids_switching_on_over_the_control_port() {
    let stand = Stand::begun(None, true).await;
    let rule = json!({ "faults": ["closed"] });
    let control = stand.control();
    let refused = control
        .post::<_, Value>("/mischief", &rule)
        .await
        .unwrap_err();
    assert_eq!(label(refused), (409, "calm".to_owned()));
    let all = json!({ "rules": [rule] });
    let refused = control
        .put::<_, Value>("/mischief", &all)
        .await
        .unwrap_err();
    assert_eq!(label(refused), (409, "calm".to_owned()));
    let board: BoardView = stand.control().delete("/mischief").await.unwrap();
    assert_eq!((board.calm, board.rules.len()), (true, 0));
}

/// A cache on the way must neither hide a fault nor keep it.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_a_changed_answer_and_nobody_is_told_that_it_did_not_change() {
    let stand = Stand::new().await;
    let url = stand.address("crl-rsa");
    let honest = stand.get(&url).await;
    let tag = honest.header("etag").unwrap().to_owned();
    stand
        .rules(json!([{ "faults": ["list-stale"], "service": "crl" }]))
        .await;
    let mut request = http::Request::get(&url).body(Bytes::new()).unwrap();
    let tag = tag.parse().unwrap();
    request.headers_mut().insert("if-none-match", tag);
    let client = HttpClient::plain(ClientLimits::default());
    let changed = client.request(request).await.unwrap();
    assert_eq!(changed.status.as_u16(), 200);
    assert_ne!(changed.body, honest.body);
    assert_eq!(changed.header("cache-control"), Some("no-store"));
    assert_eq!(changed.header("etag"), None);
}

/// Whatever the key, a forged answer has the one defect, and a signature that holds.
#[tokio::test(flavor = "multi_thread")]
async fn answers_of_every_kind_of_key_are_forged_and_signed() {
    let stand = Stand::new().await;
    stand
        .rules(json!([{ "faults": ["list-stale", "expired-responder"] }]))
        .await;
    let (anchors, now) = (stand.anchors(), stand.clock.now());
    for kind in KeyKind::ALL {
        let of_kind = |list: &[Certificate]| {
            let mut list = list.iter();
            let found = list.find(|one| public::kind_of(one.spki_der()) == Some(kind));
            found.unwrap().clone()
        };
        let (root, issuing) = (of_kind(anchors.roots()), of_kind(anchors.intermediates()));
        for (list, issuer) in [
            (format!("crl-{kind}"), &issuing),
            (format!("crl-{kind}-root"), &root),
        ] {
            let der = stand.get(&stand.address(&list)).await.body;
            let said = crl::verify(&der, issuer, now);
            assert!(
                matches!(said, Err(CrlError::Stale { .. })),
                "{list}: {said:?}"
            );
        }
        let request = Request::about(&issuing, &root, None).encode();
        let answer = stand.post_ocsp(request).await;
        let policy = OcspPolicy::default();
        assert_eq!(
            ocsp::verify(&answer, &issuing, &root, None, now, &policy),
            Err(OcspError::ResponderUnusable {
                why: "it was not within its period"
            }),
            "{kind}"
        );
    }
}

/// The steps of scenarios are rules of this grammar.
#[test]
fn every_scenario_speaks_the_grammar() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let mut rules = 0;
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let scenario: toml::Table = text.parse().unwrap();
        for step in scenario["step"].as_array().unwrap() {
            let mut step = step.as_table().unwrap().clone();
            if step.remove("do").unwrap().as_str() != Some("mischief") {
                continue;
            }
            // Another actor's are for its own grammar.
            if step
                .get("actor")
                .is_some_and(|of| of.as_str() != Some("nca"))
            {
                continue;
            }
            step.remove("actor");
            let written: WrittenRule = step.try_into().unwrap();
            let rule = written.rule(0, "rule-1");
            assert!(rule.is_ok(), "{}: {rule:?}", path.display());
            rules += 1;
        }
    }
    assert!(rules >= 4, "{rules} rules in scenarios");
}

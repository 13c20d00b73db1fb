//! Other verifiers: a server and a program, and what counts as their yes.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_runner::attack::{AttackError, Case, Outcome, Verifier, corpus};
use qaqpa_runner::forge::World;
use qaqpa_transport::{ClientLimits, HttpClient};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn case(id: &str) -> Case {
    let mut cases = corpus().unwrap();
    let at = cases.iter().position(|case| case.id == id).unwrap();
    cases.swap_remove(at)
}

fn world() -> World {
    World::new(Moment::parse("2026-11-22T12:00:00+05:00").unwrap())
}

/// A server that gives this answer to every document.
async fn server(status: u16, answer: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/xml/verify"))
        .and(body_partial_json(json!({ "revocationCheck": [] })))
        .respond_with(ResponseTemplate::new(status).set_body_json(answer))
        .mount(&server)
        .await;
    server
}

async fn asked(server: &MockServer, id: &str) -> Outcome {
    let client = Box::new(HttpClient::plain(ClientLimits::default()));
    let verifier = Verifier::Http(server.uri(), client);
    let folder = tempfile::tempdir().unwrap();
    let ran = verifier.run(&world(), &case(id), folder.path()).await;
    ran.unwrap().outcome
}

#[tokio::test]
async fn a_server_has_accepted_only_where_it_says_valid() {
    let yes = server(
        200,
        json!({"status": 200, "message": "OK", "valid": true, "signers": []}),
    )
    .await;
    assert_eq!(asked(&yes, "w04-evil-around").await, Outcome::Accepted);
    for (status, answer, words) in [
        (
            200,
            json!({"status": 200, "message": "OK", "valid": false}),
            "HTTP 200: OK",
        ),
        (
            400,
            json!({"status": 400, "message": "bad", "valid": true}),
            "HTTP 400: bad",
        ),
        (200, json!({"valid": false}), "HTTP 200: no reason given"),
        (
            500,
            json!({"status": 500, "message": "cannot be parsed"}),
            "HTTP 500: cannot be parsed",
        ),
    ] {
        let no = server(status, answer).await;
        let expected = Outcome::Refused(words.to_owned());
        assert_eq!(asked(&no, "w04-evil-around").await, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_handed_to_another_verifier_is_not_run() {
    let yes = server(200, json!({"valid": true})).await;
    for id in [
        "r07-revoked",
        "b01-other-submitter",
        "p06-same-signature",
        "ok00-certificate",
    ] {
        assert!(matches!(asked(&yes, id).await, Outcome::NotRun(_)), "{id}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_has_not_refused() {
    for (status, answer, words) in [
        (500, json!(null), "HTTP 500, and no answer"),
        (200, json!({}), "HTTP 200, and no answer"),
        (404, json!("no such page"), "HTTP 404, and no answer"),
        (200, json!({"valid": "true"}), "HTTP 200, and no answer"),
    ] {
        let server = server(status, answer).await;
        let expected = Outcome::Died(words.to_owned());
        assert_eq!(asked(&server, "w04-evil-around").await, expected);
    }
    let nobody = Verifier::Http(
        "http://127.0.0.1:9".to_owned(),
        Box::new(HttpClient::plain(ClientLimits::default())),
    );
    let folder = tempfile::tempdir().unwrap();
    let case = case("w04-evil-around");
    let ran = nobody.run(&world(), &case, folder.path()).await.unwrap();
    assert!(matches!(ran.outcome, Outcome::Died(_)), "{:?}", ran.outcome);
    assert!(!ran.ok(), "no answer is no refusal");
}

/// A program, and how long it may take.
fn program(line: &str, time_max_ms: u64) -> Verifier {
    Verifier::Command {
        line: line.to_owned(),
        time_max: Duration::from_millis(time_max_ms),
    }
}

const LONG_MS: u64 = 30_000;

#[tokio::test]
async fn a_program_that_hangs_or_is_killed_has_given_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("dies");
    std::fs::write(&script, "#!/bin/sh\nkill -9 $$\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let killed = program(script.to_str().unwrap(), LONG_MS);
    for (verifier, words) in [
        (program("sleep 60", 200), "it did not end in time"),
        (killed, "signal: 9 (SIGKILL)"),
    ] {
        for id in ["w04-evil-around", "ok00-plain"] {
            let ran = verifier.run(&world(), &case(id), folder.path()).await;
            let ran = ran.unwrap();
            assert_eq!(ran.outcome, Outcome::Died(words.to_owned()));
            let difference = format!("no answer: {words}");
            assert_eq!(ran.difference.as_deref(), Some(difference.as_str()));
        }
    }
}

#[tokio::test]
async fn a_case_that_cannot_be_built_is_no_answer_of_the_verifier() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = case("w04-evil-around");
    case.build.signature.shown = Some(vec!["nobody".to_owned()]);
    let error = program("false", LONG_MS)
        .run(&world(), &case, folder.path())
        .await
        .unwrap_err();
    assert!(matches!(error, AttackError::Forge(_)), "{error}");
    assert!(error.to_string().starts_with("the case cannot be built: "));
}

#[tokio::test]
async fn a_message_and_its_content_are_handed_to_a_program_and_not_to_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let detached = case("ok14-cms-detached");
    let verifier = program("grep -q applicationId {content}", LONG_MS);
    let ran = verifier.run(&world(), &detached, folder.path()).await;
    assert_eq!(ran.unwrap().outcome, Outcome::Accepted);
    let yes = server(200, json!({"valid": true})).await;
    let outcome = asked(&yes, "ok14-cms-detached").await;
    assert_eq!(
        outcome,
        Outcome::NotRun("a CMS message is no XML".to_owned())
    );
}

#[tokio::test]
async fn what_cannot_be_handed_over_is_not_run_and_the_reason_is_its_own() {
    let yes = server(200, json!({"valid": true})).await;
    for (id, why) in [
        (
            "c07-comment-under-a-strict-policy",
            "its policy is ours, and this verifier has its own",
        ),
        (
            "r01-sha1",
            "its OCSP answers cannot be handed to this verifier",
        ),
        (
            "t02-last-second-over",
            "its moment cannot be handed to this verifier",
        ),
    ] {
        assert_eq!(asked(&yes, id).await, Outcome::NotRun(why.to_owned()));
    }
}

#[tokio::test]
async fn a_program_reads_the_files_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &str| {
        let verifier = program(line, LONG_MS);
        verifier
            .run(&world(), &case("ok00-plain"), folder.path())
            .await
    };
    let found = run("grep -q BEGIN.CERTIFICATE {trust} {pool}")
        .await
        .unwrap();
    assert_eq!(found.outcome, Outcome::Accepted);
    let found = run("grep -q ds:Signature {file}").await.unwrap();
    assert_eq!(found.outcome, Outcome::Accepted);
    let absent = run("grep -q nowhere-in-it {file}").await.unwrap();
    assert!(matches!(absent.outcome, Outcome::Refused(_)));
    assert!(run("no-such-program-anywhere {file}").await.is_err());
}

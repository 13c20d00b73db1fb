//! Other verifiers: a server and a program, and what counts as their yes.

use qaqpa_model::Moment;
use qaqpa_runner::attack::{Case, Outcome, Verifier, corpus};
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
        (500, json!(null), "HTTP 500: no reason given"),
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
async fn a_program_reads_the_files_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &str| {
        let verifier = Verifier::Command(line.to_owned());
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

//! What others may see of the simulator's work: numbers, traces, logs and health, read by tools that are not ours.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use qaqpa::settings::Settings;
use qaqpa::simulator::Simulator;
use qaqpa_model::Actor;
use qaqpa_transport::{ClientLimits, ClientTls, ControlClient, HttpClient, Watching};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::clients::{python, script, top};
use crate::stand;

/// `promtool` as `scripts/setup test` prepared it, or the machine's own.
fn promtool() -> PathBuf {
    let ours = top().join(".test-tools/promtool");
    if ours.exists() {
        ours
    } else {
        PathBuf::from("promtool")
    }
}

/// What a program that is not ours says about this text.
fn said(program: &Path, arguments: &[&str], text: &str) -> std::process::Output {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; run scripts/setup test", program.display()));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

async fn metrics(data: &Path, actor: Actor) -> String {
    let control = ControlClient::of(data, actor).unwrap();
    String::from_utf8(control.bytes("/metrics").await.unwrap().to_vec()).unwrap()
}

fn sum(families: &Value, sample: &str, labels: &[(&str, &str)]) -> f64 {
    let samples = families.as_array().unwrap().iter().flat_map(|family| {
        let samples = family["samples"].as_array().unwrap();
        samples.iter()
    });
    samples
        .filter(|one| one["name"] == sample)
        .filter(|one| {
            labels
                .iter()
                .all(|(name, value)| one["labels"][name] == *value)
        })
        .map(|one| one["value"].as_f64().unwrap())
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_read_by_promtool_and_by_prometheus_own_library() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let good = stand::signed_application(stand, "citizen-1", folder.path());
    stand::qaqpa_yes(&stand.data, &["send", good.to_str().unwrap()]);
    let revoked = stand::signed_application(stand, "revoked", folder.path());
    let sent = stand::qaqpa(&stand.data, &["send", revoked.to_str().unwrap()]);
    assert_eq!(sent.status.code(), Some(1));

    for actor in Actor::ALL {
        let text = metrics(&stand.data, actor).await;
        let judged = said(&promtool(), &["check", "metrics"], &text);
        let told = String::from_utf8_lossy(&judged.stderr).into_owned();
        assert!(
            judged.status.success() && told.is_empty(),
            "{actor}: {told}\n{text}"
        );
        let read = said(
            &python(),
            &[script("read_metrics.py").to_str().unwrap()],
            &text,
        );
        assert!(
            read.status.success(),
            "{}",
            String::from_utf8_lossy(&read.stderr)
        );
        let families: Value = serde_json::from_slice(&read.stdout).unwrap();
        assert_eq!(
            sum(&families, "qaqpa_build_info", &[("actor", actor.name())]),
            1.0
        );
        assert!(
            sum(&families, "qaqpa_http_requests_total", &[]) > 0.0,
            "{actor}: {text}"
        );
        if actor != Actor::Gateway {
            continue;
        }
        let at_least_once = [
            (
                "qaqpa_messages_total",
                vec![("outcome", "accepted"), ("label", "")],
            ),
            (
                "qaqpa_messages_total",
                vec![("outcome", "refused"), ("label", "certificate-revoked")],
            ),
            (
                "qaqpa_stage_seconds_count",
                vec![("stage", "judge_signature")],
            ),
            ("qaqpa_stage_seconds_count", vec![("stage", "deliver")]),
            (
                "qaqpa_verdicts_total",
                vec![("subject", "document"), ("indication", "TOTAL-PASSED")],
            ),
            (
                "qaqpa_verdicts_total",
                vec![("label", "certificate-revoked")],
            ),
            ("qaqpa_evidence_total", vec![("kind", "ocsp")]),
            ("qaqpa_store_writes_total", vec![("outcome", "committed")]),
            ("qaqpa_calls_total", vec![("outcome", "2xx")]),
        ];
        for (sample, labels) in at_least_once {
            assert!(
                sum(&families, sample, &labels) >= 1.0,
                "{sample} {labels:?}\n{text}"
            );
        }
        // No label may be a person's number or the id of a message.
        assert!(!has_a_persons_number(&text), "{text}");
        assert!(!text.contains("-4"), "{text}");
    }
}

/// Whether a run of exactly twelve digits stands alone in a text.
fn has_a_persons_number(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit())
        .any(|run| run.len() == 12)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_door_says_that_it_lives_and_is_ready() {
    let stand = stand::shared();
    let tls = ClientTls::trusting_file(&stand.endpoints.trust.tls).unwrap();
    let client = HttpClient::new(&tls, ClientLimits::default());
    let endpoints = &stand.endpoints;
    for address in [
        &endpoints.gateway.sync,
        &endpoints.nca.ocsp,
        &endpoints.portal,
        &endpoints.workplace,
        &endpoints.console,
    ] {
        let origin: Vec<_> = address.splitn(4, '/').take(3).collect();
        let origin = origin.join("/");
        let live = client.get(&format!("{origin}/health/live")).await.unwrap();
        assert_eq!(live.text(), "{\"status\":\"live\"}", "{origin}");
        let ready = client.get(&format!("{origin}/health/ready")).await.unwrap();
        let view: Value = serde_json::from_slice(&ready.body).unwrap();
        assert_eq!(
            (ready.status.as_u16(), &view["status"]),
            (200, &Value::from("ready")),
            "{origin}: {view}"
        );
        let checks: Vec<_> = view["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| check["check"].as_str().unwrap())
            .collect();
        assert!(
            checks.starts_with(&["doors", "clock", "store"]),
            "{origin}: {checks:?}"
        );
    }
    let health = client.get(&endpoints.gateway.health).await.unwrap();
    assert_eq!(health.status, 200);
}

/// A collector of traces: keeps each body in a file of its own.
async fn collect(listener: TcpListener, folder: PathBuf) {
    let mut number = 0;
    while let Ok((stream, _)) = listener.accept().await {
        number += 1;
        let path = folder.join(format!("{number}.otlp"));
        tokio::spawn(answer(stream, path));
    }
}

async fn answer(mut stream: TcpStream, path: PathBuf) -> Option<()> {
    // Several requests come over one connection.
    let mut part = 0;
    let mut heard = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = heard.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut heard).await.ok()? == 0 {
                return None;
            }
        };
        let text = String::from_utf8_lossy(&heard[..head]).to_lowercase();
        assert!(text.starts_with("post /v1/traces "), "{text}");
        let length = text.split("content-length: ").nth(1)?;
        let length: usize = length.split("\r\n").next()?.parse().ok()?;
        while heard.len() < head + length {
            if stream.read_buf(&mut heard).await.ok()? == 0 {
                return None;
            }
        }
        part += 1;
        std::fs::write(
            path.with_extension(format!("{part}.otlp")),
            &heard[head..head + length],
        )
        .ok()?;
        heard.drain(..head + length);
        let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(ok).await.ok()?;
    }
}

fn spans(folder: &Path) -> Vec<Value> {
    let files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let output = Command::new(python())
        .arg(script("read_traces.py"))
        .args(&files)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_through_all_actors_and_over_the_stored_road() {
    let data = stand::fresh_folder("traces");
    let kept = stand::fresh_folder("traces-kept");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let collecting = tokio::spawn(collect(listener, kept.clone()));
    let settings = Settings {
        watching: Watching {
            traces: Some(collector),
            traces_trust: None,
        },
        ..stand::settings(&data)
    };
    let simulator = Simulator::start(&settings, |_| {}).await.unwrap();
    let waiting = data.clone();
    let endpoints = tokio::task::spawn_blocking(move || stand::wait_for_endpoints(&waiting))
        .await
        .unwrap();
    assert!(endpoints.gateway.sync.starts_with("https://"));
    let playing = data.clone();
    let played = tokio::task::spawn_blocking(move || {
        stand::qaqpa(&playing, &["scenario", "run", "guardianship-happy"])
    })
    .await
    .unwrap();
    assert!(
        played.status.success(),
        "{}",
        String::from_utf8_lossy(&played.stdout)
    );
    simulator.stop().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    collecting.abort();

    let all = spans(&kept);
    let of =
        |trace: &str| -> Vec<&Value> { all.iter().filter(|span| span["trace"] == trace).collect() };
    // The citizen's click on "send" begins it; what the officer decided later is of the same trace.
    let traces: BTreeSet<&str> = all
        .iter()
        .map(|span| span["trace"].as_str().unwrap())
        .collect();
    let services = |trace: &str| -> BTreeSet<String> {
        of(trace)
            .iter()
            .map(|span| span["service"].as_str().unwrap().to_owned())
            .collect()
    };
    let whole: BTreeSet<String> = [
        Actor::Gateway,
        Actor::Nca,
        Actor::Portal,
        Actor::RegionalGateway,
    ]
    .map(|actor| actor.name().to_owned())
    .into();
    let found: Vec<&str> = traces
        .into_iter()
        .filter(|trace| services(trace).is_superset(&whole))
        .collect();
    assert_eq!(found.len(), 1, "{all:#?}");
    let spans = of(found[0]);
    let names: BTreeSet<(&str, &str)> = spans
        .iter()
        .map(|span| {
            (
                span["service"].as_str().unwrap(),
                span["name"].as_str().unwrap(),
            )
        })
        .collect();
    for wanted in [
        ("portal", "outbox"),
        ("gateway", "POST gateway-public"),
        ("gateway", "judge_signature"),
        ("gateway", "confirm_applicant"),
        ("gateway", "choose_route"),
        ("gateway", "deliver"),
        ("nca", "POST nca-public"),
        ("regional-gateway", "POST regional-channel"),
        ("regional-gateway", "outbox"),
        ("regional-gateway", "issue_document"),
        ("gateway", "outbox"),
        ("portal", "POST portal-channel"),
    ] {
        assert!(
            names.contains(&wanted),
            "{wanted:?} is missing in {names:#?}"
        );
    }
    // Every span hangs on another of the trace; one is the first.
    let ids: BTreeSet<&str> = spans
        .iter()
        .map(|span| span["span"].as_str().unwrap())
        .collect();
    let first: Vec<_> = spans.iter().filter(|span| span["parent"] == "").collect();
    assert_eq!(first.len(), 1, "{first:#?}");
    for span in &spans {
        let parent = span["parent"].as_str().unwrap();
        assert!(parent.is_empty() || ids.contains(parent), "{span:#}");
        assert!(span["begun"].as_u64() <= span["ended"].as_u64(), "{span:#}");
    }
    // The doctor tells of a message by the journals, though nobody runs any more.
    let message = spans
        .iter()
        .find_map(|span| span["attributes"]["qaqpa.message"].as_str());
    let told = stand::qaqpa_yes(
        &data,
        &["doctor", "--for", message.unwrap(), "--format", "json"],
    );
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["became"], "delivered", "{told:#}");
    let text = serde_json::to_string(&all).unwrap();
    for identity in &endpoints.identities {
        assert!(!text.contains(&identity.iin), "{} in a trace", identity.id);
        assert!(
            !text.contains(&identity.password),
            "{} in a trace",
            identity.id
        );
    }
}

/// The main road with every log line that there is: no person's number, no password and no key.
#[test]
fn logs_of_the_main_road_hold_no_persons_number_no_password_and_no_key() {
    let (data, text) = logged("text");
    assert!(text.lines().count() > 300, "{text}");
    assert_holds_no_secret(&data, &text);
}

#[test]
fn logs_for_machines_are_an_object_a_line_and_hold_as_little() {
    let (data, text) = logged("json");
    let mut actors = BTreeSet::new();
    for line in text.lines() {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        actors.extend(value["actor"].as_str().map(str::to_owned));
    }
    assert!(text.lines().count() > 300, "{text}");
    let whole: BTreeSet<String> = Actor::ALL.map(|actor| actor.name().to_owned()).into();
    assert!(actors.is_superset(&whole), "{actors:?}");
    assert_holds_no_secret(&data, &text);
}

/// What a simulator that plays the main road writes to its log.
fn logged(format: &str) -> (PathBuf, String) {
    let data = stand::fresh_folder(&format!("logs-{format}"));
    let output = Command::new(stand::program())
        .arg("--data")
        .arg(&data)
        .args([
            "--port-base",
            "0",
            "--log",
            format,
            "up",
            "--play",
            "--once",
        ])
        .env("QAQPA_LOG", "trace")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success(),
        "{}",
        &text[text.len().saturating_sub(4000)..]
    );
    (data, text)
}

fn assert_holds_no_secret(data: &Path, text: &str) {
    let index: Value =
        serde_json::from_slice(&std::fs::read(data.join("identities/index.json")).unwrap())
            .unwrap();
    let mut secrets = vec![
        std::fs::read_to_string(data.join("control-token"))
            .unwrap()
            .trim()
            .to_owned(),
        "PRIVATE KEY".to_owned(),
    ];
    for one in index["identities"]
        .as_array()
        .unwrap()
        .iter()
        .chain(index["systems"].as_array().unwrap())
    {
        for field in [
            "iin",
            "password",
            "portal_password",
            "key_password",
            "sender_password",
        ] {
            secrets.extend(one[field].as_str().map(str::to_owned));
        }
    }
    for actor in Actor::ALL {
        if let Ok(key) = std::fs::read(data.join(actor.name()).join("raw.key")) {
            secrets.push(key.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 10, "{secrets:?}");
    for secret in secrets {
        let found = text.lines().find(|line| line.contains(&secret));
        assert_eq!(found, None, "{secret}");
    }
}

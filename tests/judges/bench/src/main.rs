//! Our verifier and signer beside those of others and beside a floor, on the same documents, in the same run, by CPU time.
//!
//!     qaqpa-judges-bench [--rounds N] [--json] [--only WORD]
//!
//! Each row is measured in rounds, everybody in turn within a round; the number shown is the median of the rounds and, after `±`, half
//! the distance of the quartiles. The reading of the documents from the pipe and the loading of keys are not counted. Peak memory is
//! VmHWM of a process that judged the one document and nothing else, its copy of the document included.

mod documents;
mod measure;
mod peer;
mod worker;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use peer::Peer;
use qaqpa_judges::judges;
use qaqpa_judges::keys::{self, Key, pem};
use serde_json::{Value, json};

/// Signers of the rows with chains: more than the certificates that the JDK keeps (750).
const SIGNERS: usize = 1000;
/// Everybody, in the order of the table.
const WHO: [&str; 6] = ["ours", "floor", "xmlsec1", "jdk", "bergshamra", "xml-sec"];

struct Row {
    name: &'static str,
    task: &'static str,
    key: &'static str,
    /// The documents.
    batch: Vec<u8>,
    /// How many documents those are.
    documents: usize,
    /// Bytes of one document, where the row is shown in MB/s.
    bytes: Option<usize>,
    /// Repetitions of the batch in one round.
    times: u64,
    /// What is to be reached: a factor over the floor, microseconds or MB/s.
    reach: &'static str,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name, folder] = &arguments[..]
        && word == "worker"
    {
        return match worker::serve(name, Path::new(folder)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let value_of = |option: &str| {
        let at = arguments.iter().position(|argument| argument == option)?;
        arguments.get(at + 1).cloned()
    };
    let rounds = value_of("--rounds")
        .and_then(|number| number.parse().ok())
        .unwrap_or(9);
    let only = value_of("--only").unwrap_or_default();
    let shown_as_json = arguments.iter().any(|argument| argument == "--json");
    let folder = prepare();
    let mut peers: Vec<Peer> = WHO.iter().map(|name| start(name, &folder)).collect();
    let mut table = Vec::new();
    for row in rows(&folder).iter().filter(|row| row.name.contains(&only)) {
        let measured = measure_row(row, &mut peers, rounds, &folder);
        if !shown_as_json {
            show(&measured);
        }
        table.push(measured);
    }
    if shown_as_json {
        println!("{:#}", json!({ "rounds": rounds, "rows": table }));
    }
    ExitCode::SUCCESS
}

/// The folder with keys, certificates and lists; made anew in each run, for lists go out of date.
fn prepare() -> PathBuf {
    let ourselves = std::env::current_exe().expect("a running programme has a path");
    let folder = ourselves.with_file_name("bench-material");
    std::fs::create_dir_all(&folder).expect("the folder of the programme can be written");
    for half in ["public.pem", "private.pem", "certificate.pem"] {
        let file = format!("rsa.{half}");
        std::fs::copy(keys::folder().join(&file), folder.join(&file))
            .expect("the keys of the tests are there");
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new(here.join("../../../.test-tools/venv/bin/python"))
        .arg(here.join("make_chain.py"))
        .arg(&folder)
        .arg(SIGNERS.to_string())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "make_chain.py failed; scripts/setup test installs what it needs"
    );
    folder
}

fn start(name: &'static str, folder: &Path) -> Peer {
    let ourselves = std::env::current_exe().expect("a running programme has a path");
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let folder = text(folder);
    match name {
        "ours" | "floor" => Peer::start(
            name,
            &ourselves,
            &["worker".to_owned(), name.to_owned(), folder],
        ),
        "xmlsec1" => Peer::start(
            name,
            &judges::built().join("xmlsec1_judge"),
            &[folder, "--huge".to_owned()],
        ),
        "jdk" => {
            let options = [
                "-XX:+UseSerialGC",
                "-XX:-UseDynamicNumberOfCompilerThreads",
                "-cp",
            ]
            .map(str::to_owned);
            let programme = [text(&judges::built()), "SignatureJudge".to_owned(), folder];
            Peer::start(
                name,
                Path::new("java"),
                &[&options[..], &programme[..]].concat(),
            )
        }
        _ => Peer::start(
            name,
            &ourselves.with_file_name("qaqpa-judges-peers"),
            &[name.to_owned(), folder],
        ),
    }
}

fn batch<'a>(documents: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let mut batch = Vec::new();
    for document in documents {
        batch.extend_from_slice(&(document.len() as u32).to_be_bytes());
        batch.extend_from_slice(document);
    }
    batch
}

fn rows(folder: &Path) -> Vec<Row> {
    let key = keys::load()
        .into_iter()
        .find(|key| key.name == "rsa")
        .expect("there is an RSA key");
    let one = |name, xml: &str, times, in_bytes: bool, reach| {
        let signed = documents::signed(xml, &key);
        let bytes = in_bytes.then_some(signed.len());
        Row {
            name,
            task: "verify",
            key: "rsa",
            batch: batch([&signed]),
            documents: 1,
            bytes,
            times,
            reach,
        }
    };
    let small = documents::small_elements(2 << 10);
    let chained = |name, task, reach| {
        let signed: Vec<Vec<u8>> = signers(folder)
            .iter()
            .map(|signer| documents::signed(&small, signer))
            .collect();
        Row {
            name,
            task,
            key: "signer",
            batch: batch(&signed),
            documents: signed.len(),
            bytes: None,
            times: 1,
            reach,
        }
    };
    let unsigned = small.clone().into_bytes();
    vec![
        one("verify 2 KB", &small, 2000, false, "1.3 x floor"),
        one(
            "verify 16 KB",
            &documents::small_elements(16 << 10),
            500,
            false,
            "1.5 x floor",
        ),
        one(
            "verify 1 MB of small elements",
            &documents::small_elements(1 << 20),
            8,
            true,
            "125 MB/s",
        ),
        one(
            "verify 10 MB with base64",
            &documents::attachment(10 << 20),
            3,
            true,
            "1200 MB/s, 20 MiB",
        ),
        chained("chain, 1000 signers", "chain", "240 us"),
        chained("chain and list, 1000 signers", "chain-crl", "1.6 x floor"),
        Row {
            name: "sign 2 KB",
            task: "sign",
            key: "rsa",
            batch: batch([&unsigned]),
            documents: 1,
            bytes: None,
            times: 300,
            reach: "1.2 x floor",
        },
    ]
}

/// The signers' certificates, each with the key that they share.
fn signers(folder: &Path) -> Vec<Key> {
    let private = pem(&folder.join("signer.private.pem"));
    let all = std::fs::read(folder.join("signers.der")).expect("make_chain.py wrote it");
    let mut rest = &all[..];
    let mut signers = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (certificate, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        rest = after;
        let private =
            qaqpa_crypto::PrivateKey::from_pkcs8_der(&private).expect("make_chain.py wrote it");
        signers.push(Key {
            name: "signer",
            private,
            certificate: certificate.to_vec(),
        });
    }
    signers
}

/// What a peer is given for this row: those that sign templates get one.
fn question(row: &Row, who: &str) -> Vec<u8> {
    if row.task != "sign" || !["xmlsec1", "bergshamra"].contains(&who) {
        return row.batch.clone();
    }
    let key = keys::load()
        .into_iter()
        .find(|key| key.name == "rsa")
        .expect("there is an RSA key");
    let xml = documents::small_elements(2 << 10);
    batch([&documents::template(&xml, &key.certificate, ("", "")).into_bytes()])
}

fn measure_row(row: &Row, peers: &mut [Peer], rounds: usize, folder: &Path) -> Value {
    let mut times: Vec<Vec<f64>> = peers.iter().map(|_| Vec::new()).collect();
    let mut why: Vec<Option<String>> = peers.iter().map(|_| None).collect();
    // The first rounds warm up: caches, and the JDK's compiler.
    let warm_up = 3;
    for round in 0..rounds + warm_up {
        for (index, peer) in peers.iter_mut().enumerate() {
            if why[index].is_some() {
                continue;
            }
            match peer.does(row.task, row.key, &question(row, peer.name), row.times) {
                Ok(cost) if round >= warm_up => {
                    times[index]
                        .push(cost.cpu_ns as f64 / (row.times as f64 * row.documents as f64));
                }
                Ok(_) => {}
                Err(error) => {
                    why[index] = Some(error);
                    *peer = start(peer.name, folder);
                }
            }
        }
    }
    let wants_memory = row.bytes.is_some_and(|bytes| bytes > 5 << 20);
    let mut of_all = serde_json::Map::new();
    let middles: Vec<Option<(f64, f64)>> = times
        .into_iter()
        .map(|times| (!times.is_empty()).then(|| measure::middle(times)))
        .collect();
    let floor = middles[1].map(|(median, _)| median);
    let ours = middles[0].map(|(median, _)| median);
    for (index, peer) in peers.iter().enumerate() {
        let Some((median, spread)) = middles[index] else {
            of_all.insert(peer.name.to_owned(), json!({ "not_measured": why[index] }));
            continue;
        };
        let peak_kib = wants_memory
            .then(|| {
                start(peer.name, folder)
                    .does(row.task, row.key, &question(row, peer.name), 1)
                    .ok()
            })
            .flatten()
            .map(|cost| cost.peak_kib);
        of_all.insert(
            peer.name.to_owned(),
            json!({
                "cpu_us": median / 1000.0,
                "spread": spread,
                "mb_per_s": row.bytes.map(|bytes| bytes as f64 * 1000.0 / median),
                "peak_mib": peak_kib.map(|kib| kib as f64 / 1024.0),
                "of_the_floor": floor.map(|floor| median / floor),
                "of_ours": ours.map(|ours| median / ours),
            }),
        );
    }
    json!({ "row": row.name, "reach": row.reach, "measured": of_all })
}

fn show(row: &Value) {
    println!(
        "{} (to reach: {})",
        row["row"].as_str().unwrap_or_default(),
        row["reach"].as_str().unwrap_or_default()
    );
    for name in WHO {
        let measured = &row["measured"][name];
        let number = |field: &str| measured[field].as_f64();
        let Some(cpu) = number("cpu_us") else {
            println!(
                "  {name:<11} not measured: {}",
                measured["not_measured"].as_str().unwrap_or_default()
            );
            continue;
        };
        let mut line = format!(
            "  {name:<11} {cpu:>10.1} us ±{:>4.1} %",
            number("spread").unwrap_or_default() * 100.0
        );
        if let Some(speed) = number("mb_per_s") {
            line.push_str(&format!("  {speed:>7.0} MB/s"));
        }
        if let Some(peak) = number("peak_mib") {
            line.push_str(&format!("  peak {peak:>6.1} MiB"));
        }
        if let (Some(floor), Some(ours)) = (number("of_the_floor"), number("of_ours")) {
            line.push_str(&format!("  {floor:>6.2} x floor  {ours:>6.2} x ours"));
        }
        println!("{line}");
    }
}

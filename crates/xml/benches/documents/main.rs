//! Reading and canonicalizing documents, beside the least that such work can be: quick-xml with namespaces over the same
//! bytes, and SHA-256.
//!
//! `cargo bench -p qaqpa-xml --bench documents`. After criterion's figures it prints the ratios, from short rounds in
//! which the sides alternate, so that a machine that is busy slows all of them; then the time for documents that double
//! up to 64 MB; then the most memory that a process takes for one document (it starts itself anew for that).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

mod rows;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::c14n::{Method, Sink, Subtree, canonicalize_into};
use qaqpa_xml::{Document, XmlLimits};
use quick_xml::NsReader;
use quick_xml::events::Event;

/// How long one side is asked to work in a round of the ratios.
const ROUND: Duration = Duration::from_millis(5);
/// Rounds of the ratios.
const ROUNDS: usize = 41;

/// Canonical octets on their way into a hash.
struct Hash(qaqpa_crypto::Hasher);

impl Sink for Hash {
    fn write(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }
}

fn limits() -> XmlLimits {
    XmlLimits {
        bytes_max: 100 << 20,
        depth_max: 1 << 24,
        elements_max: 1 << 24,
        attributes_max: 1 << 24,
    }
}

fn digest(document: &Document, method: &Method) -> Vec<u8> {
    let mut hash = Hash(DigestAlgorithm::Sha256.hasher());
    canonicalize_into(&Subtree::document(document), method, &mut hash).unwrap();
    hash.0.finish()
}

/// Parse, exclusive C14N, digest: what a signature of the whole document costs less its own arithmetic.
fn ours(text: &str) -> Vec<u8> {
    let document = Document::parse(text.as_bytes(), &limits()).unwrap();
    digest(&document, &Method::exclusive())
}

/// Events with their namespaces, all attributes, and the digest of the raw bytes.
fn floor(text: &str) -> Vec<u8> {
    let mut reader = NsReader::from_str(text);
    loop {
        match reader.read_resolved_event().unwrap() {
            (_, Event::Eof) => break,
            (namespace, Event::Start(tag) | Event::Empty(tag)) => {
                black_box(namespace);
                for attribute in tag.attributes() {
                    black_box(attribute.unwrap());
                }
            }
            (namespace, event) => {
                black_box((namespace, event));
            }
        }
    }
    DigestAlgorithm::Sha256.digest(text.as_bytes())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, file] = &arguments[..]
        && command == "memory"
    {
        return print_memory(file);
    }
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300))
        .sample_size(20)
        .configure_from_args();
    for (name, text) in rows::all() {
        let document = Document::parse(text.as_bytes(), &limits()).unwrap();
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("parse", |b| {
            b.iter(|| Document::parse(black_box(text.as_bytes()), &limits()).unwrap());
        });
        for (name, method) in [
            ("exclusive", Method::exclusive()),
            ("inclusive", Method::Inclusive),
        ] {
            group.bench_function(format!("{name} c14n and digest"), |b| {
                b.iter(|| digest(black_box(&document), &method));
            });
        }
        group.bench_function("all", |b| b.iter(|| ours(black_box(&text))));
        group.bench_function("floor", |b| b.iter(|| floor(black_box(&text))));
        group.finish();
    }
    criterion.final_summary();

    println!("\nparse + exclusive C14N + SHA-256, medians of {ROUNDS} rounds in turn");
    for (name, text) in rows::all() {
        let (ours, floor) = alternating(&text);
        println!(
            "{name:24} {:9} bytes  ours {:10.2} µs {:6.0} MB/s  floor {:10.2} µs  ratio {:.2}",
            text.len(),
            ours * 1e6,
            text.len() as f64 / ours / 1e6,
            floor * 1e6,
            ours / floor
        );
    }
    println!("\ncost of a byte as documents grow (ns; flat is linear)");
    for (name, make) in rows::GROWING {
        let costs: Vec<String> = [1, 4, 16, 64]
            .map(|megabytes| {
                let text = make(megabytes << 20);
                let seconds = (0..3).map(|_| once(&text)).fold(f64::MAX, f64::min);
                format!("{megabytes} MB {:.2}", seconds * 1e9 / text.len() as f64)
            })
            .to_vec();
        println!("{name:24} {}", costs.join("  "));
    }
    println!("\nmost memory of a process that reads a file and digests the document (VmHWM)");
    for (name, text) in [
        ("nothing", "<a/>".to_owned()),
        ("10 MB of base64", rows::base64(10 << 20)),
        ("10 MB of escaped XML", rows::escaped(10 << 20)),
        ("10 MB of small elements", rows::small_elements(10 << 20)),
    ] {
        println!("{name:24} {}", memory(&text));
    }
}

/// What [`print_memory`] prints in a process of its own.
fn memory(text: &str) -> String {
    let file = std::env::temp_dir().join(format!("qaqpa-bench-{}.xml", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("memory")
        .arg(&file)
        .output()
        .unwrap();
    std::fs::remove_file(file).unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn print_memory(file: &str) {
    let document = Document::parse_owned(std::fs::read(file).unwrap(), &limits()).unwrap();
    black_box(digest(&document, &Method::exclusive()));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!(
        "{}",
        status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap()
    );
}

fn once(text: &str) -> f64 {
    let start = Instant::now();
    black_box(ours(text));
    start.elapsed().as_secs_f64()
}

/// Seconds of one run of each side: the medians of rounds in turn.
fn alternating(text: &str) -> (f64, f64) {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (times, side) in times.iter_mut().zip([ours, floor]) {
            let start = Instant::now();
            let mut runs = 0;
            while runs == 0 || start.elapsed() < ROUND {
                black_box(side(black_box(text)));
                runs += 1;
            }
            times.push(start.elapsed().as_secs_f64() / f64::from(runs));
        }
    }
    let [ours, floor] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    (ours, floor)
}

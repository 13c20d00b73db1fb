//! One verification, from bytes to the covered part, beside the least that such work can be: quick-xml with namespaces over
//! the same bytes, SHA-256 of them, and one RSA verification.
//!
//! `cargo bench -p qaqpa-xmldsig --bench verify`. After criterion's figures it prints the ratios, from short rounds in which
//! the sides alternate, so that a machine that is busy slows all of them; and what each step of ours takes.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey, PublicKey, SignatureAlgorithm};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, FoundSignature, SignatureError, Signer, WsseKeyInfo, find_enveloped, find_wsse,
    sign_enveloped, sign_wsse,
};
use quick_xml::NsReader;
use quick_xml::events::Event;

/// How long one side is asked to work in a round of the ratios.
const ROUND: Duration = Duration::from_millis(5);
/// Rounds of the ratios.
const ROUNDS: usize = 61;
/// Bytes of a certificate as the national authority makes them; nobody looks at them here.
const CERTIFICATE_BYTES: usize = 1100;

/// A signed document.
struct Row {
    name: &'static str,
    xml: Vec<u8>,
    find: for<'d> fn(&'d Document, &Bounds) -> Result<FoundSignature<'d>, SignatureError>,
}

/// A signer, its key as a verifier has it, and any signature for the floor.
struct Person {
    key: PrivateKey,
    public: PublicKey,
    message: Vec<u8>,
    value: Vec<u8>,
}

impl Person {
    fn new() -> Self {
        let key = PrivateKey::generate(KeyKind::Rsa).unwrap();
        let message = vec![b'm'; 1000];
        Self {
            public: PublicKey::from_spki_der(key.spki_der()).unwrap(),
            value: key.sign(SignatureAlgorithm::RsaSha256, &message).unwrap(),
            message,
            key,
        }
    }
}

fn limits() -> XmlLimits {
    XmlLimits {
        bytes_max: 64 << 20,
        elements_max: 1 << 22,
        ..XmlLimits::default()
    }
}

fn ours(row: &Row, person: &Person) {
    let document = Document::parse(&row.xml, &limits()).unwrap();
    let found = (row.find)(&document, &Bounds::default()).unwrap();
    black_box(found.cover_by_key(&person.public).unwrap());
}

fn floor(row: &Row, person: &Person) {
    let text = std::str::from_utf8(&row.xml).unwrap();
    let mut reader = NsReader::from_str(text);
    loop {
        match reader.read_resolved_event().unwrap() {
            (_, Event::Eof) => break,
            event => {
                black_box(event);
            }
        }
    }
    black_box(DigestAlgorithm::Sha256.digest(&row.xml));
    rsa(row, person);
}

fn rsa(_: &Row, person: &Person) {
    person
        .public
        .verify(
            SignatureAlgorithm::RsaSha256,
            &person.message,
            &person.value,
        )
        .unwrap();
}

fn rows(person: &Person) -> Vec<Row> {
    let certificate = vec![0x30; CERTIFICATE_BYTES];
    let signer = Signer::of(&person.key, &certificate);
    let envelope = |payload| {
        let xml = format!(
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header/><soap:Body>\
             <m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestData><data>{}</data>\
             </requestData></request></m:SendMessage></soap:Body></soap:Envelope>",
            fields(payload)
        );
        sign_wsse(
            xml.as_bytes(),
            &signer,
            WsseKeyInfo::KeyIdentifier,
            "1",
            &limits(),
        )
        .unwrap()
    };
    let enveloped = |content: &str| {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<application xmlns=\"urn:qaqpa:document:1\">{content}</application>"
        );
        sign_enveloped(xml.as_bytes(), &signer, &limits()).unwrap()
    };
    let base64 = "TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu".repeat((10 << 20) / 36);
    let small_elements =
        "<item n=\"1\"><name>Name</name><sum>100.50</sum></item>".repeat((1 << 20) / 52);
    vec![
        Row {
            name: "2 KB, WS-Security",
            xml: envelope(2 << 10),
            find: find_wsse,
        },
        Row {
            name: "2 KB, enveloped",
            xml: enveloped(&fields(2 << 10)),
            find: find_enveloped,
        },
        Row {
            name: "16 KB, WS-Security",
            xml: envelope(16 << 10),
            find: find_wsse,
        },
        Row {
            name: "16 KB, enveloped",
            xml: enveloped(&fields(16 << 10)),
            find: find_enveloped,
        },
        Row {
            name: "1 MB of small elements",
            xml: enveloped(&small_elements),
            find: find_enveloped,
        },
        Row {
            name: "10 MB of base64",
            xml: enveloped(&format!("<data>{base64}</data>")),
            find: find_enveloped,
        },
    ]
}

fn fields(bytes: usize) -> String {
    let mut data = String::new();
    for field in 0.. {
        if data.len() >= bytes {
            break;
        }
        write!(
            data,
            "\n  <field name=\"field{field}\"><label>Өтініш беруші</label><value>Value of field {field}</value></field>"
        )
        .unwrap();
    }
    data
}

fn main() {
    let person = Person::new();
    let rows = rows(&person);
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300))
        .sample_size(20)
        .configure_from_args();
    for row in &rows {
        let mut group = criterion.benchmark_group(row.name);
        group.throughput(Throughput::Bytes(row.xml.len() as u64));
        group.bench_function("ours", |b| b.iter(|| ours(row, &person)));
        group.bench_function("floor", |b| b.iter(|| floor(row, &person)));
        group.finish();
    }
    criterion.final_summary();

    println!("\nmedians of {ROUNDS} rounds in turn");
    for row in &rows {
        let [ours, floor, rsa] = alternating(row, &person, [ours, floor, rsa]);
        println!(
            "{:24} {:9} bytes  ours {:9.1} µs {:5.0} MB/s  floor {:9.1} µs  ratio {:.2}  (RSA alone {:.1} µs)",
            row.name,
            row.xml.len(),
            ours * 1e6,
            row.xml.len() as f64 / ours / 1e6,
            floor * 1e6,
            ours / floor,
            rsa * 1e6
        );
    }
    println!("\nwhere it goes (µs)");
    for row in &rows {
        steps(row, &person);
    }
}

/// Seconds of one run of each side: the medians of rounds in turn.
fn alternating<const N: usize>(
    row: &Row,
    person: &Person,
    sides: [fn(&Row, &Person); N],
) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..ROUNDS {
        for (times, side) in times.iter_mut().zip(sides) {
            let start = Instant::now();
            let mut runs = 0;
            while runs == 0 || start.elapsed() < ROUND {
                side(black_box(row), person);
                runs += 1;
            }
            times.push(start.elapsed().as_secs_f64() / f64::from(runs));
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

fn steps(row: &Row, person: &Person) {
    let document = Document::parse(&row.xml, &limits()).unwrap();
    let found = (row.find)(&document, &Bounds::default()).unwrap();
    let median = |run: &dyn Fn()| {
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    };
    println!(
        "{:24} parse {:.1}  find and read {:.1}  digests {:.1}  value {:.1}  cover {:.1}",
        row.name,
        median(&|| drop(black_box(Document::parse(&row.xml, &limits()).unwrap()))),
        median(&|| drop(black_box(
            (row.find)(&document, &Bounds::default()).unwrap()
        ))),
        median(&|| found.verify_digests().unwrap()),
        median(&|| found.verify_value(person.key.spki_der()).unwrap()),
        median(&|| drop(black_box(found.cover_by_key(&person.public).unwrap()))),
    );
}

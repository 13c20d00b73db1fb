//! A list of a million entries: made, judged, looked up, ours and OpenSSL's side by side in one run; and the most memory
//! that a process takes which makes, keeps and consults one.
//!
//! `cargo bench -p qaqpa-x509 --bench crl`; wants libssl-dev. One core. After criterion's figures it prints VmHWM
//! (`/proc/self/status`) of a process that does one side's work from beginning to end and nothing else.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

use criterion::Criterion;
use openssl::asn1::Asn1IntegerRef;
use openssl::bn::BigNum;
use openssl::x509::{CrlStatus as TheirStatus, X509Crl};
use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use qaqpa_x509::crl::{self, Crl, CrlPolicy, CrlStatus, CrlToIssue, RevokedEntry};
use qaqpa_x509::issue::{self, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, RevocationReason, oid};

/// Entries of the list.
const ENTRIES: u64 = 1_000_000;

/// Serial numbers that are looked up in turn, every other one of which is listed: more than the caches hold.
const LOOK_UPS: u64 = 100_000;

/// The argument by which this programme asks itself for one side's memory.
const PEAK_OF: &str = "--peak-of=";

fn at() -> Moment {
    Moment::parse("2026-11-22T05:00:00Z").unwrap()
}

/// A serial number of 20 bytes, as the national authority's, that looks random and is always the same.
fn serial(number: u64) -> Vec<u8> {
    // SplitMix64, three steps.
    let mix = |step: u64| {
        let mut z = (number * 3 + step).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).to_be_bytes()
    };
    let mut bytes: Vec<u8> = [mix(1), mix(2), mix(3)].concat();
    bytes.truncate(20);
    bytes[0] = bytes[0] & 0x7f | 0x40;
    bytes
}

/// Every listed number is even.
fn list() -> CrlToIssue {
    let entries = (0..ENTRIES).map(|number| RevokedEntry {
        serial: serial(2 * number),
        at: at().minus(Duration::from_secs(number % 100_000)),
        reason: match number % 4 {
            0 => None,
            1 => Some(RevocationReason::CertificateHold),
            2 => Some(RevocationReason::Superseded),
            _ => Some(RevocationReason::KeyCompromise),
        },
    });
    CrlToIssue {
        number: 1,
        this_update: at(),
        next_update: at().plus(Duration::from_secs(86_400)),
        entries: entries.collect(),
        freshest_crl_url: None,
    }
}

struct Authority {
    certificate: Certificate,
    key: PrivateKey,
}

impl Authority {
    fn new() -> Self {
        let key =
            PrivateKey::from_pkcs8_der(include_bytes!("../tests/keys/test-only-1.p8")).unwrap();
        let life = Validity {
            not_before: Moment::ROOT_BEGIN,
            not_after: Moment::ROOT_END,
        };
        let name = NameToWrite::new().with(oid::COMMON_NAME, "TEST ROOT");
        let certificate = issue::root(name, &key, life).unwrap();
        Self { certificate, key }
    }

    fn sign(&self, list: &CrlToIssue) -> Vec<u8> {
        crl::issue(list, &self.certificate, &self.key).unwrap()
    }

    fn judge(&self, der: &[u8]) -> Crl {
        crl::verify_within(der, &self.certificate, at(), &CrlPolicy::default()).unwrap()
    }

    fn judge_theirs(&self, der: &[u8]) -> X509Crl {
        let theirs = X509Crl::from_der(der).unwrap();
        let issuer = openssl::x509::X509::from_der(self.certificate.der()).unwrap();
        assert!(theirs.verify(&issuer.public_key().unwrap()).unwrap());
        theirs
    }
}

fn is_listed(list: &Crl, serial: &[u8]) -> bool {
    matches!(list.status(serial), CrlStatus::Revoked { .. })
}

fn is_listed_by_theirs(list: &X509Crl, serial: &Asn1IntegerRef) -> bool {
    matches!(list.get_by_serial(serial), TheirStatus::Revoked(_))
}

/// Numbers in an order that jumps about the list.
fn looked_up() -> impl Iterator<Item = u64> {
    (0..LOOK_UPS).map(|number| number.wrapping_mul(7_919 * 2 + 1) % (2 * ENTRIES))
}

fn benches(criterion: &mut Criterion) {
    let authority = Authority::new();
    let made = list();
    let der = authority.sign(&made);
    println!("the list: {ENTRIES} entries, {} bytes", der.len());

    let mut group = criterion.benchmark_group("crl of 1e6 entries");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(8));
    group.bench_function("issue, ours", |bench| bench.iter(|| authority.sign(&made)));
    group.bench_function("verify, ours", |bench| bench.iter(|| authority.judge(&der)));
    group.bench_function("verify, OpenSSL", |bench| {
        bench.iter(|| authority.judge_theirs(&der));
    });

    let ours = authority.judge(&der);
    let theirs = authority.judge_theirs(&der);
    let serials: Vec<_> = looked_up().map(serial).collect();
    let their_serials: Vec<_> = serials
        .iter()
        .map(|serial| {
            BigNum::from_slice(serial)
                .unwrap()
                .to_asn1_integer()
                .unwrap()
        })
        .collect();
    let mut listed = 0;
    for ((number, ours_asks), theirs_asks) in looked_up().zip(&serials).zip(&their_serials) {
        let answer = is_listed(&ours, ours_asks);
        assert_eq!(answer, number % 2 == 0);
        assert_eq!(answer, is_listed_by_theirs(&theirs, theirs_asks));
        listed += u64::from(answer);
    }
    println!("looked up: {LOOK_UPS} serial numbers, {listed} of them listed");

    group
        .sample_size(50)
        .measurement_time(Duration::from_secs(3));
    let mut turn = serials.iter().cycle();
    group.bench_function("look-up, ours", |bench| {
        bench.iter(|| is_listed(&ours, black_box(turn.next().unwrap())));
    });
    let mut turn = their_serials.iter().cycle();
    group.bench_function("look-up, OpenSSL", |bench| {
        bench.iter(|| is_listed_by_theirs(&theirs, black_box(turn.next().unwrap())));
    });
    group.finish();
}

/// The most memory that this process ever had resident.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.unwrap().to_owned()
}

/// One side's whole work, and what it took.
fn work(side: &str) {
    let authority = Authority::new();
    let der = match side {
        "openssl" => std::fs::read(list_file()).unwrap(),
        _ => authority.sign(&list()),
    };
    match side {
        "ours" => {
            let list = authority.judge(&der);
            assert!(is_listed(&list, &serial(0)) && !is_listed(&list, &serial(1)));
        }
        "openssl" => {
            let list = authority.judge_theirs(&der);
            let number = BigNum::from_slice(&serial(0)).unwrap();
            let number = number.to_asn1_integer().unwrap();
            assert!(is_listed_by_theirs(&list, &number));
        }
        _ => std::fs::write(list_file(), &der).unwrap(),
    }
    println!("{side}: {} ({} bytes of DER)", peak(), der.len());
}

fn list_file() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("million.crl")
}

fn main() {
    let side = std::env::args().find_map(|said| said.strip_prefix(PEAK_OF).map(str::to_owned));
    if let Some(side) = side {
        work(&side);
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
    println!(
        "peak memory: ours makes, judges and consults; \"file\" makes; OpenSSL judges and consults what was made"
    );
    for side in ["ours", "file", "openssl"] {
        let done = Command::new(std::env::current_exe().unwrap())
            .arg(format!("{PEAK_OF}{side}"))
            .status();
        assert!(done.unwrap().success());
    }
}

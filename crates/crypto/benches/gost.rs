//! GOST signatures and Streebog, ours and Debian's engine side by side in one run.
//!
//! `cargo bench -p qaqpa-crypto --bench gost`; wants a C compiler, libssl-dev and libengine-gost-openssl. Both sides run
//! on one core each in turn. After criterion's figures it prints the ratios, from short rounds in which the two sides
//! alternate, so that a machine that is busy slows both.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use qaqpa_crypto::gost::{Curve, SigningKey, VerifyingKey, streebog512};
use qaqpa_crypto::{KeyKind, PrivateKey, SignatureAlgorithm};

/// Bytes of a message that is hashed; the judge hashes as many.
const MESSAGE_BYTES: usize = 1 << 16;

/// How long one side is asked to work in a round of the ratios.
const ROUND: Duration = Duration::from_millis(4);

/// Rounds of the ratios, each ours and the engine's.
const ROUNDS: usize = 201;

/// The programme that runs the engine.
struct Judge {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Judge {
    fn start() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/judge/gost_engine.c");
        let programme = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gost_engine");
        let compiled = Command::new("cc")
            .args(["-O2", "-Wall", "-Wno-deprecated-declarations", "-o"])
            .args([&programme, &source])
            .arg("-lcrypto")
            .status()
            .unwrap();
        assert!(compiled.success(), "cc refused {}", source.display());
        let mut process = Command::new(programme)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        Self { process, to, from }
    }

    /// How long it took the engine to do that so many times.
    fn time(&mut self, what: &str, times: u64) -> Duration {
        writeln!(self.to, "{what} {times}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        Duration::from_nanos(line.trim().parse().unwrap())
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One thing that both sides do.
struct Contest {
    name: &'static str,
    /// The judge's word for it.
    theirs: &'static str,
    bytes: Option<u64>,
    ours: Box<dyn FnMut()>,
}

fn time_ours(ours: &mut dyn FnMut(), times: u64) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        ours();
    }
    start.elapsed()
}

fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for (curve, names, theirs) in [
        (
            Curve::Tc26A512,
            [
                "sign 2015/512",
                "verify 2015/512",
                "verify 2015/512, key read each time",
            ],
            ["sign-512", "verify-512"],
        ),
        (
            Curve::CryptoProA,
            [
                "sign 2004",
                "verify 2004",
                "verify 2004, key read each time",
            ],
            ["sign-256", "verify-256"],
        ),
    ] {
        let key = SigningKey::generate(curve).unwrap();
        let digest: Vec<u8> = (1u8..).step_by(7).take(curve.bytes()).collect();
        let signature = key.sign(&digest).unwrap();
        let public = key.public().clone();
        let xy = public.xy().to_vec();
        let (digest_2, signature_2) = (digest.clone(), signature.clone());
        let digest_3 = digest.clone();
        contests.push(Contest {
            name: names[0],
            theirs: theirs[0],
            bytes: None,
            ours: Box::new(move || {
                black_box(key.sign(black_box(&digest_3)).unwrap());
            }),
        });
        contests.push(Contest {
            name: names[1],
            theirs: theirs[1],
            bytes: None,
            ours: Box::new(move || public.verify(black_box(&digest), &signature).unwrap()),
        });
        contests.push(Contest {
            name: names[2],
            theirs: theirs[1],
            bytes: None,
            ours: Box::new(move || {
                let public = VerifyingKey::from_xy(curve, black_box(&xy)).unwrap();
                public.verify(&digest_2, &signature_2).unwrap();
            }),
        });
    }
    let message = vec![0; MESSAGE_BYTES];
    contests.push(Contest {
        name: "Streebog-512",
        theirs: "hash",
        bytes: Some(MESSAGE_BYTES as u64),
        ours: Box::new(move || {
            black_box(streebog512(black_box(&message)));
        }),
    });
    contests.extend(rsa());
    contests
}

/// RSA-2048, for scale: our library against OpenSSL itself.
fn rsa() -> [Contest; 2] {
    let algorithm = SignatureAlgorithm::RsaSha256;
    let key = PrivateKey::generate(KeyKind::Rsa).unwrap();
    let spki = key.spki_der().to_vec();
    let signature = key.sign(algorithm, b"abc").unwrap();
    [
        Contest {
            name: "sign RSA-2048",
            theirs: "rsa-sign",
            bytes: None,
            ours: Box::new(move || {
                black_box(key.sign(algorithm, black_box(b"abc")).unwrap());
            }),
        },
        Contest {
            name: "verify RSA-2048, key read each time",
            theirs: "rsa-verify",
            bytes: None,
            ours: Box::new(move || {
                qaqpa_crypto::verify(&spki, algorithm, black_box(b"abc"), &signature).unwrap();
            }),
        },
    ]
}

fn main() {
    let judge = RefCell::new(Judge::start());
    let mut contests = contests();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    for contest in &mut contests {
        let mut group = criterion.benchmark_group(contest.name);
        if let Some(bytes) = contest.bytes {
            group.throughput(Throughput::Bytes(bytes));
        }
        group.bench_function("ours", |bencher| {
            bencher.iter_custom(|times| time_ours(&mut contest.ours, times));
        });
        group.bench_function("engine", |bencher| {
            bencher.iter_custom(|times| judge.borrow_mut().time(contest.theirs, times));
        });
        group.finish();
    }
    criterion.final_summary();
    if !std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        for contest in &mut contests {
            ratio(contest, &mut judge.borrow_mut());
        }
    }
}

/// Prints both sides' best time and how many times longer the engine takes: of the best times, and of the rounds the
/// median with the tenths below and above which a tenth of them lies.
fn ratio(contest: &mut Contest, judge: &mut Judge) {
    let once = time_ours(&mut contest.ours, 2).max(judge.time(contest.theirs, 2)) / 2;
    let times = (ROUND.as_nanos() / once.as_nanos().max(1)).clamp(1, 100_000) as u64;
    let each = |total: Duration| total.as_secs_f64() * 1e6 / times as f64;
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let ours = each(time_ours(&mut contest.ours, times));
            (ours, each(judge.time(contest.theirs, times)))
        })
        .collect();
    let best = |side: fn(&(f64, f64)) -> f64| rounds.iter().map(side).fold(f64::MAX, f64::min);
    let (ours, theirs) = (best(|round| round.0), best(|round| round.1));
    let mut ratios: Vec<f64> = rounds.iter().map(|(ours, theirs)| theirs / ours).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{:36} ours {ours:8.1} µs, engine {theirs:8.1} µs: {:5.2} times; rounds {:5.2} ({:.2} … {:.2})",
        contest.name,
        theirs / ours,
        ratios[ROUNDS / 2],
        ratios[ROUNDS / 10],
        ratios[ROUNDS - 1 - ROUNDS / 10],
    );
}

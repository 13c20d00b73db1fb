//! OCSP answers, ours and `openssl ocsp` side by side in one run, and the bare signature beside them.
//!
//! `cargo bench -p qaqpa-pki --bench ocsp`; wants the openssl command. The two responders have the same key, the same
//! certificate and one certificate in their register; both are asked over the loopback address, one request after the
//! other, a new connection each. `answer()` is our responder without HTTP; the bare exchange is a thread that accepts,
//! reads as many bytes, writes as many and closes, which is what a new connection costs here at least. After criterion's
//! figures it prints the ratios, from rounds in which the sides alternate, so that a machine that is busy slows all.
//!
//! Time over HTTP is mostly the client's and the system's. What a responder itself takes of a processor is counted apart:
//! by the system, for the openssl process, and for all threads of ours but the one that asks.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::Criterion;
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Actor;
use qaqpa_pki::authority::Authority;
use qaqpa_pki::doors::Doors;
use qaqpa_pki::vault::Vault;
use qaqpa_pki::{Config, responder};
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{ActorStart, Clock, Running};
use qaqpa_x509::ocsp::Request;
use qaqpa_x509::{Certificate, pkcs12};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Rounds of the ratios, every side once in each.
const ROUNDS: usize = 15;

/// How long one side is asked in a round.
const ROUND: Duration = Duration::from_millis(150);

/// Answers asked for at once, for the rate.
const MANY: usize = 64;

/// A running authority, the same without doors, and the other responder.
struct Stand {
    runtime: Runtime,
    authority: Arc<Authority>,
    kept_open: RefCell<TcpStream>,
    _running: Running,
    ours: SocketAddr,
    theirs: SocketAddr,
    bare: SocketAddr,
    openssl: Child,
    key: PrivateKey,
    plain: Vec<u8>,
    with_nonce: Vec<u8>,
    _dir: tempfile::TempDir,
}

impl Stand {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let first = dir.path().join("with-doors");
        let running = runtime
            .block_on(qaqpa_pki::start(ActorStart::in_folder(&first)))
            .unwrap();
        let ours = address_of(running.address("ocsp").unwrap());
        let key_file = std::fs::read(first.join("identities/citizen-1.p12")).unwrap();
        let citizen = pkcs12::read(&key_file, "Qwerty12").unwrap().certificate;
        let nca = first.join("nca");
        let read = |name: &str| std::fs::read(nca.join(name)).unwrap();
        let issuing = Certificate::from_der(&read("rsa-issuing.cer")).unwrap();
        let key = PrivateKey::from_pkcs8_der(&read("rsa-responder.p8")).unwrap();
        let responder = Certificate::from_der(&read("rsa-responder.cer")).unwrap();
        let (openssl, theirs) = openssl(dir.path(), &issuing, &responder, &key, &citizen);
        let authority = runtime.block_on(without_doors(&first, &dir.path().join("without")));
        let plain = Request::about(&citizen, &issuing, None).encode();
        Self {
            bare: bare_exchange(http_request(ours, &plain).len(), ask(ours, &plain)),
            plain,
            with_nonce: Request::about(&citizen, &issuing, Some(&[7; 32])).encode(),
            runtime,
            authority: Arc::new(authority),
            kept_open: RefCell::new(TcpStream::connect(ours).unwrap()),
            _running: running,
            ours,
            theirs,
            openssl,
            key,
            _dir: dir,
        }
    }

    fn sign(&self) {
        sign(&self.key, &self.plain);
    }

    fn answer(&self, request: &[u8]) {
        let answer = responder::answer(&self.authority, request);
        assert!(black_box(self.runtime.block_on(answer)).der.len() > 1000);
    }

    fn over_http(&self, to: SocketAddr, request: &[u8]) {
        assert!(black_box(ask(to, request)).len() > 1000);
    }

    /// Asks ours over a connection that stays open; `openssl ocsp` closes each.
    fn over_open_connection(&self, request: &[u8]) {
        let head = format!(
            "POST /ocsp/ HTTP/1.1\r\nHost: {}\r\nContent-Type: application/ocsp-request\r\n\
             Content-Length: {}\r\n\r\n",
            self.ours,
            request.len()
        );
        let request = [head.as_bytes(), request].concat();
        let mut connection = self.kept_open.borrow_mut();
        if answer_on(&mut connection, &request).is_none() {
            // It idled while the other sides worked.
            *connection = TcpStream::connect(self.ours).unwrap();
            answer_on(&mut connection, &request).unwrap();
        }
    }

    /// As many signatures at once as there are processors.
    fn sign_many(&self) {
        let threads = std::thread::available_parallelism().unwrap().get();
        let (key, message) = (&self.key, &self.plain);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..MANY / threads).for_each(|_| sign(key, message)));
            }
        });
    }

    /// As many answers with a nonce, all asked for at once.
    fn answer_many(&self) {
        let request: Arc<[u8]> = self.with_nonce.clone().into();
        self.runtime.block_on(async {
            let mut asked = JoinSet::new();
            for _ in 0..MANY {
                let (authority, request) = (Arc::clone(&self.authority), Arc::clone(&request));
                asked.spawn(async move { responder::answer(&authority, &request).await.der });
            }
            while let Some(der) = asked.join_next().await {
                assert!(der.unwrap().len() > 1000);
            }
        });
    }

    /// What is compared: a name, and one piece of work.
    #[expect(clippy::type_complexity, reason = "a table of named closures")]
    fn sides(&self) -> [(&'static str, Box<dyn Fn() + '_>); 10] {
        [
            ("bare RSA-2048 signature", Box::new(|| self.sign())),
            (
                "answer() with nonce",
                Box::new(|| self.answer(&self.with_nonce)),
            ),
            (
                "answer() without nonce",
                Box::new(|| self.answer(&self.plain)),
            ),
            (
                "ours over HTTP, with nonce",
                Box::new(|| self.over_http(self.ours, &self.with_nonce)),
            ),
            (
                "ours over HTTP, without nonce",
                Box::new(|| self.over_http(self.ours, &self.plain)),
            ),
            (
                "openssl ocsp over HTTP",
                Box::new(|| self.over_http(self.theirs, &self.plain)),
            ),
            (
                "ours over one connection, without",
                Box::new(|| self.over_open_connection(&self.plain)),
            ),
            (
                "64 signatures, all processors",
                Box::new(|| self.sign_many()),
            ),
            (
                "64 answer() with nonce at once",
                Box::new(|| self.answer_many()),
            ),
            (
                "bare exchange, new connection",
                Box::new(|| self.over_http(self.bare, &self.plain)),
            ),
        ]
    }

    /// Microseconds of the processor that the openssl process takes for one answer.
    fn openssl_processor_us(&self) -> f64 {
        let ticks = || ticks(&format!("/proc/{}/stat", self.openssl.id()));
        processor_us(2_000, ticks, || self.over_http(self.theirs, &self.plain))
    }

    /// The same of our threads, all but this one, which asks.
    fn own_processor_us(&self, ask: impl Fn()) -> f64 {
        processor_us(20_000, ticks_of_others, ask)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.openssl.kill().ok();
        self.openssl.wait().ok();
    }
}

/// Microseconds of the processor for one piece of work, by the ticks that somebody has taken.
fn processor_us(count: u32, ticks: impl Fn() -> u32, work: impl Fn()) -> f64 {
    let before = ticks();
    (0..count).for_each(|_| work());
    // The system counts in hundredths of a second.
    f64::from(ticks().saturating_sub(before)) * 10_000.0 / f64::from(count)
}

/// The ticks of every thread of this process, ended ones too, but the first, where `main` runs.
fn ticks_of_others() -> u32 {
    let first = format!("/proc/self/task/{}/stat", std::process::id());
    ticks("/proc/self/stat").saturating_sub(ticks(&first))
}

/// The ticks that a process or a thread has taken, in user and in system mode.
fn ticks(stat: &str) -> u32 {
    let text = std::fs::read_to_string(stat).unwrap();
    let fields = text.rsplit(')').next().unwrap().split_whitespace();
    // utime and stime are the fields 14 and 15; the first behind the name is 3.
    let of_both = fields.skip(11).take(2);
    of_both.map(|field| field.parse::<u32>().unwrap()).sum()
}

/// A thread that answers each connection with the same bytes, once it has read so many, and closes it.
fn bare_exchange(request_bytes: usize, answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut request = vec![0; request_bytes];
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            // What is not a whole request gets no answer.
            if connection.read_exact(&mut request).is_ok() {
                connection.write_all(&answer).ok();
            }
        }
    });
    address
}

/// Asks over a new connection and gives the whole answer.
fn ask(to: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(to).unwrap();
    connection.write_all(&http_request(to, request)).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    answer
}

fn http_request(to: SocketAddr, request: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /ocsp/ HTTP/1.0\r\nHost: {to}\r\nContent-Type: application/ocsp-request\r\n\
         Content-Length: {}\r\n\r\n",
        request.len()
    );
    [head.as_bytes(), request].concat()
}

fn sign(key: &PrivateKey, message: &[u8]) {
    let algorithm = KeyKind::Rsa.signature_algorithm();
    black_box(key.sign(algorithm, message).unwrap());
}

/// Sends a request and reads one whole answer; `None` where the other side has closed the connection.
fn answer_on(connection: &mut TcpStream, request: &[u8]) -> Option<usize> {
    connection.write_all(request).ok()?;
    let mut answer = vec![0; 16 * 1024];
    let mut have = 0;
    loop {
        match connection.read(&mut answer[have..]).ok()? {
            0 => return None,
            more => have += more,
        }
        let end = answer[..have].windows(4).position(|at| at == b"\r\n\r\n");
        let Some(end) = end else { continue };
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1)?;
        let length: usize = length.lines().next()?.parse().ok()?;
        if have >= end + 4 + length {
            return Some(length);
        }
    }
}

fn address_of(url: &str) -> SocketAddr {
    let rest = url.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

/// The same register and keys in a folder of its own.
async fn without_doors(from: &Path, to: &Path) -> Authority {
    std::fs::create_dir_all(to.join("nca")).unwrap();
    for entry in std::fs::read_dir(from.join("nca")).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join("nca").join(entry.file_name())).unwrap();
        }
    }
    let clock = Clock::real();
    let doors = Doors::new("http://127.0.0.1:1");
    let said = doors.clone();
    let vault = Vault::open(&to.join("nca"), |kind| said.of_root(kind)).unwrap();
    let folder = StoreConfig::in_folder(to.join("nca"));
    let store = Store::open(&folder, Actor::Nca).await.unwrap();
    let data = to.to_owned();
    let authority = Authority::open(vault, store, clock.clone(), Config::default(), doors, data);
    let authority = authority.await.unwrap();
    authority.adapt(clock.now()).await.unwrap();
    authority
}

/// `openssl ocsp` as a server.
fn openssl(
    dir: &Path,
    issuing: &Certificate,
    responder: &Certificate,
    key: &PrivateKey,
    citizen: &Certificate,
) -> (Child, SocketAddr) {
    let put = |name: &str, text: String| std::fs::write(dir.join(name), text).unwrap();
    put("issuing.pem", issuing.to_pem());
    put("responder.pem", responder.to_pem());
    let pkcs8 = STANDARD.encode(&*key.to_pkcs8_der());
    put(
        "responder.key",
        format!("-----BEGIN PRIVATE KEY-----\n{pkcs8}\n-----END PRIVATE KEY-----\n"),
    );
    let serial = citizen.serial_hex().to_uppercase();
    put(
        "index.txt",
        format!("V\t440101000000Z\t\t{serial}\tunknown\t/CN=TEST\n"),
    );
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let log = dir.join("openssl.log");
    let child = Command::new("openssl")
        .args(["ocsp", "-index", "index.txt", "-CA", "issuing.pem"])
        .args(["-rsigner", "responder.pem", "-rkey", "responder.key"])
        .args(["-port", &address.port().to_string()])
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    // A connection without a request would make it wait for one for ever: its own word has to do.
    let said = || std::fs::read_to_string(&log).unwrap();
    while !said().contains("waiting for OCSP client connections") {
        std::thread::sleep(Duration::from_millis(20));
    }
    (child, address)
}

/// Microseconds of one piece of work, over a round.
fn microseconds(work: &dyn Fn()) -> f64 {
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < ROUND {
        work();
        count += 1;
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(count)
}

/// The least, the middle and the greatest.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (
        values[0],
        values[values.len() / 2],
        values[values.len() - 1],
    )
}

fn main() {
    let stand = Stand::new();
    let sides = stand.sides();
    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .sample_size(20)
        .configure_from_args();
    let mut group = criterion.benchmark_group("ocsp");
    for (name, work) in &sides {
        group.bench_function(*name, |bencher| bencher.iter(work));
    }
    group.finish();

    let mut rounds = vec![Vec::new(); sides.len()];
    for _ in 0..ROUNDS {
        for ((_, work), of_side) in sides.iter().zip(&mut rounds) {
            of_side.push(microseconds(work));
        }
    }
    println!("\nmicroseconds an answer, {ROUNDS} alternating rounds: least, middle, greatest");
    for ((name, _), of_side) in sides.iter().zip(&rounds) {
        let (least, middle, greatest) = spread(of_side.clone());
        println!("  {name:<34} {least:>8.1} {middle:>8.1} {greatest:>8.1}");
    }
    println!("microseconds of the processor for an answer, of the responder alone");
    let theirs = stand.openssl_processor_us();
    let over_new = || stand.over_http(stand.ours, &stand.plain);
    let over_open = || stand.over_open_connection(&stand.plain);
    println!("  {:<34} {theirs:>17.1}", "openssl ocsp");
    for (name, own) in [
        (
            "ours, a new connection each",
            stand.own_processor_us(over_new),
        ),
        (
            "ours over one connection",
            stand.own_processor_us(over_open),
        ),
    ] {
        println!(
            "  {name:<34} {own:>17.1}    openssl / ours {:>6.2}",
            theirs / own
        );
    }
    println!("ratios of the same round: least, middle, greatest");
    for (name, above, below) in [
        ("openssl / answer() without nonce", 5, 2),
        ("openssl / ours over HTTP, without", 5, 4),
        ("answer() with nonce / signature", 1, 0),
        ("openssl / ours over one connection", 5, 6),
        ("64 answers with nonce / signatures", 8, 7),
        ("openssl / bare exchange", 5, 9),
        ("ours over HTTP, without / bare", 4, 9),
    ] {
        let ratios = rounds[above].iter().zip(&rounds[below]);
        let (least, middle, greatest) = spread(ratios.map(|(a, b)| a / b).collect());
        println!("  {name:<34} {least:>6.2} {middle:>8.2} {greatest:>8.2}");
    }
}

//! A revocation list of a million entries: read from the register, made, served over HTTP and read, in how much time and
//! memory.
//!
//! `cargo bench -p qaqpa-pki --bench lists`; every figure is of one run, since each costs seconds. It fails where the
//! process has taken a gibibyte.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::time::Instant;

use qaqpa_crypto::KeyKind;
use qaqpa_model::Actor;
use qaqpa_pki::authority::IssuerName;
use qaqpa_store::{CertificateState, NewCertificate, Store, StoreConfig};
use qaqpa_transport::{ActorStart, ClientLimits, Clock, HttpClient, paths};
use qaqpa_x509::crl::CrlPolicy;
use qaqpa_x509::{Certificate, crl};
use tokio::runtime::Runtime;

/// Revoked certificates.
const ENTRIES: u64 = 1_000_000;

/// Certificates entered in one transaction.
const BATCH: u64 = 20_000;

/// What the process may take.
const BYTES_MAX: u64 = 1 << 30;

fn main() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(a_million_entries());
}

async fn a_million_entries() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::real();
    let start = || ActorStart {
        clock: clock.clone(),
        ..ActorStart::in_folder(dir.path())
    };
    qaqpa_pki::start(start()).await.unwrap().stop().await;
    let begun = Instant::now();
    let folder = StoreConfig::in_folder(paths::of_actor(dir.path(), Actor::Nca));
    let store = Store::open(&folder, Actor::Nca).await.unwrap();
    let now = clock.now();
    for batch in 0..ENTRIES / BATCH {
        let new = (batch * BATCH..(batch + 1) * BATCH).map(|number| {
            // Of twenty bytes, as the authority's own.
            let digest = qaqpa_crypto::sha256(&number.to_be_bytes());
            let mut serial = digest[..20].to_vec();
            serial[0] = (serial[0] & 0x3f) | 0x40;
            NewCertificate {
                serial: hex::encode(serial),
                issuer: IssuerName::Issuing(KeyKind::Rsa).as_str().to_owned(),
                identity: "TEST".to_owned(),
                der: Vec::new(),
                at: now,
                not_after: now,
                state: CertificateState::Revoked { at: now, reason: 1 },
            }
        });
        store
            .authority()
            .record(new.collect(), Vec::new())
            .await
            .unwrap();
    }
    store.close().await;
    drop(store);
    println!("{ENTRIES} entered in {:.1?}", begun.elapsed());

    let begun = Instant::now();
    let running = qaqpa_pki::start(start()).await.unwrap();
    println!("start with them: {:.1?}", begun.elapsed());
    let url = running.address("crl-rsa").unwrap();
    let client = HttpClient::plain(ClientLimits {
        answer_bytes_max: 128 * 1024 * 1024,
        seconds_max: 120,
        ..ClientLimits::default()
    });
    let begun = Instant::now();
    let first = client.get(url).await.unwrap();
    println!(
        "first list, {} bytes, made and served in {:.1?}",
        first.body.len(),
        begun.elapsed()
    );
    let begun = Instant::now();
    let again = client.get(url).await.unwrap();
    assert_eq!(first.body, again.body);
    println!("served again in {:.1?}", begun.elapsed());
    drop(again);
    let issuer = std::fs::read(dir.path().join("nca/rsa-issuing.cer")).unwrap();
    let issuer = Certificate::from_der(&issuer).unwrap();
    let begun = Instant::now();
    let policy = CrlPolicy {
        // The ready-made people's beside them.
        entries_max: 1_100_000,
        ..CrlPolicy::default()
    };
    let list = crl::verify_within(&first.body, &issuer, clock.now(), &policy).unwrap();
    println!("verified and loaded in {:.1?}", begun.elapsed());
    assert!(list.entries().len() as u64 >= ENTRIES);
    let most = memory_most();
    println!("memory at most: {} MiB", most >> 20);
    assert!(most < BYTES_MAX, "{most} bytes");
    running.stop().await;
}

/// The most memory that the process has had (VmHWM), in bytes.
fn memory_most() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB").trim();
    kib.parse::<u64>().unwrap() * 1024
}

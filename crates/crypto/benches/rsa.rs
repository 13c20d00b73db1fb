//! What one RSA-2048 verification costs, beside the library's own with its key ready.
//!
//! `cargo bench -p qaqpa-crypto --bench rsa`. One core.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use criterion::Criterion;
use qaqpa_crypto::{KeyKind, PrivateKey, PublicKey, SignatureAlgorithm, verify};

fn rsa(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("RSA-2048");
    group.measurement_time(Duration::from_secs(3));
    let key = PrivateKey::generate(KeyKind::Rsa).unwrap();
    let algorithm = SignatureAlgorithm::RsaSha256;
    let message = [7; 512];
    let signature = key.sign(algorithm, &message).unwrap();
    let spki = key.spki_der();
    let library = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).unwrap();
    group.bench_function("the library, its key ready", |b| {
        b.iter(|| library.verify_sig(black_box(&message), &signature).unwrap());
    });
    let kept = PublicKey::from_spki_der(spki).unwrap();
    group.bench_function("ours, its key ready", |b| {
        b.iter(|| {
            kept.verify(algorithm, black_box(&message), &signature)
                .unwrap()
        });
    });
    group.bench_function("the library, from the key's bytes", |b| {
        b.iter(|| {
            let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, black_box(spki)).unwrap();
            key.verify_sig(&message, &signature).unwrap();
        });
    });
    group.bench_function("ours, from the key's bytes", |b| {
        b.iter(|| verify(black_box(spki), algorithm, &message, &signature).unwrap());
    });
    group.bench_function("signing", |b| {
        b.iter(|| key.sign(algorithm, black_box(&message)).unwrap());
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    rsa(&mut criterion);
    criterion.final_summary();
}

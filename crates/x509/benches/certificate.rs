//! What one certificate costs: reading it, and tying it to an anchor whose chain is known.
//!
//! `cargo bench -p qaqpa-x509 --bench certificate`. One core.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::{Iin, Limits, Moment};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Person, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::path;
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, TrustAnchors, oid};

fn chain(kind: KeyKind) -> [Certificate; 3] {
    let validity = Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    };
    let name = |text| {
        NameToWrite::new()
            .with(oid::COMMON_NAME, text)
            .with(oid::COUNTRY, "KZ")
    };
    let [root_key, issuing_key, key] = [(); 3].map(|()| PrivateKey::generate(kind).unwrap());
    let root = issue::root(name("НЕГІЗГІ TEST"), &root_key, validity).unwrap();
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let spki = issuing_key.spki_der();
    let addresses = Addresses::default();
    let issuing = issue::issuing(name("ҰЛТТЫҚ TEST"), spki, validity, addresses, by).unwrap();
    let person = Person {
        surname: "ТЕСТОВ".to_owned(),
        given_name: "СЫНАҚБЕК".to_owned(),
        patronymic: Some("ТЕСТҰЛЫ".to_owned()),
        iin: Iin::parse("931002451325").unwrap(),
        organization: None,
    };
    let roles = [Role::Individual];
    let spec = CertificateSpec::of_person(&person, &roles, Purpose::Sign, key.spki_der(), validity);
    let url = |path: &str| Some(format!("http://127.0.0.1:14502/{path}"));
    let spec = CertificateSpec {
        addresses: Addresses {
            ocsp: url("ocsp/"),
            ca_issuers: url("cert/issuing.cer"),
            crl: url("crl/rsa.crl"),
            delta_crl: url("crl/rsa-delta.crl"),
        },
        ..spec.unwrap()
    };
    let by = Issuer {
        certificate: &issuing,
        key: &issuing_key,
    };
    [issue::issue(&spec, by).unwrap(), issuing, root]
}

fn certificates(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("certificate");
    group.measurement_time(Duration::from_secs(3));
    let [leaf, issuing, root] = chain(KeyKind::Rsa);
    group.bench_function("read", |b| {
        b.iter(|| Certificate::from_der(black_box(leaf.der())).unwrap());
    });
    group.bench_function("read, and the subject looked at", |b| {
        b.iter(|| {
            let certificate = Certificate::from_der(black_box(leaf.der())).unwrap();
            certificate.subject().iin().unwrap()
        });
    });
    let anchors = TrustAnchors::new([root]);
    let pool = [issuing];
    let at = leaf.not_before().plus(Duration::from_secs(3600));
    group.bench_function("read, and its path", |b| {
        b.iter(|| {
            let certificate = Certificate::from_der(black_box(leaf.der())).unwrap();
            path::build(&certificate, &pool, &anchors, at, &Limits::default()).unwrap()
        });
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    certificates(&mut criterion);
    criterion.final_summary();
}

//! NIST PKITS: every test of section 4, with NIST's verdict, against paths and revocation together.
//!
//! Each test is given all certificates and all lists of the suite: the right ones have to be found. The vectors come with
//! PyPI's `cryptography-vectors`, which `scripts/setup test` installs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{AnyCrl, CrlPolicy};
use qaqpa_x509::path::{self, PathError, PathInputs};
use qaqpa_x509::revocation::{self, Known, RevocationError};
use qaqpa_x509::{Certificate, CertificateError, ObjectIdentifier, TrustAnchors};

use crate::stand::at;

const TABLE: &str = include_str!("../pkits/table.tsv");

/// Tests whose verdict is not NIST's: what we say, and why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("4.1.4", "Weak 0 a signature with SHA-1", DSA),
    ("4.1.5", "Weak 1 a signature with SHA-1", DSA),
];

const DSA: &str = "the suite's DSA is with SHA-1; with another digest it would not be offered either: FIPS 186-5 withdrew it";

/// One row of the table.
struct Test {
    number: &'static str,
    end_entity: &'static str,
    inputs: PathInputs,
    valid: bool,
    ours: &'static str,
}

/// `2.16.840.1.101.3.2.1.48.N`: NIST-test-policy-N.
fn policy(number: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(&format!("2.16.840.1.101.3.2.1.48.{number}")).unwrap()
}

fn table() -> Vec<Test> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let [number, end_entity, words, verdict, ours] =
            row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let mut inputs = PathInputs::default();
        let mut policies = Vec::new();
        for word in words.split(' ').filter(|word| *word != "-") {
            match word {
                "explicit" => inputs.require_explicit_policy = true,
                "no-mapping" => inputs.inhibit_policy_mapping = true,
                "no-any" => inputs.inhibit_any_policy = true,
                number => policies.push(policy(number)),
            }
        }
        if !policies.is_empty() {
            inputs.initial_policies = policies;
        }
        assert!(matches!(verdict, "valid" | "refused"), "{row}");
        Test {
            number,
            end_entity,
            inputs,
            valid: verdict == "valid",
            ours,
        }
    })
    .collect()
}

/// The suite's files in the tests' Python tools.
fn folder() -> PathBuf {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.test-tools/venv/lib");
    let versions = std::fs::read_dir(&lib).into_iter().flatten().flatten();
    versions
        .map(|version| {
            version
                .path()
                .join("site-packages/cryptography_vectors/x509/PKITS_data")
        })
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| {
            panic!(
                "the vectors of NIST PKITS are not below {}: run scripts/setup test",
                lib.display()
            )
        })
}

/// The files of a folder with this ending: stem and bytes, in order.
fn files(folder: &Path, ending: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, std::fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

struct Suite {
    certificates: Vec<(String, Result<Certificate, CertificateError>)>,
    pool: Vec<Certificate>,
    lists: Vec<AnyCrl>,
    anchors: TrustAnchors,
}

impl Suite {
    fn read() -> Self {
        let folder = folder();
        let certificates: Vec<_> = files(&folder.join("certs"), "crt")
            .into_iter()
            .map(|(stem, der)| (stem, Certificate::from_der(&der)))
            .collect();
        let lists = files(&folder.join("crls"), "crl");
        assert_eq!((certificates.len(), lists.len()), (405, 173));
        let pool: Vec<_> = certificates
            .iter()
            .filter_map(|(_, certificate)| certificate.clone().ok())
            .collect();
        let anchor = certificates
            .iter()
            .find(|(stem, _)| stem == "TrustAnchorRootCertificate")
            .unwrap();
        Self {
            anchors: TrustAnchors::new([anchor.1.clone().unwrap()]),
            pool,
            lists: lists
                .iter()
                .filter_map(|(_, der)| AnyCrl::from_der(der, 1000).ok())
                .collect(),
            certificates,
        }
    }

    /// What we say: "valid", or the error in short.
    fn judge(&self, test: &Test, at: Moment) -> String {
        let (_, leaf) = self
            .certificates
            .iter()
            .find(|(stem, _)| stem == test.end_entity)
            .unwrap();
        let leaf = match leaf {
            Ok(leaf) => leaf,
            Err(error) => return format!("unreadable: {error:?}"),
        };
        let limits = Limits::default();
        let path = path::build_with(leaf, &self.pool, &self.anchors, at, &limits, &test.inputs);
        let known = Known {
            lists: &self.lists,
            pool: &self.pool,
            anchors: &self.anchors,
        };
        match path {
            Err(error) => path_error(&error),
            Ok(path) => match revocation::check(&path, known, &limits, &CrlPolicy::default()) {
                Err(error) => revocation_error(&error),
                Ok(()) => "valid".to_owned(),
            },
        }
    }
}

fn path_error(error: &PathError) -> String {
    match error {
        PathError::NotYetValid { position, .. } => format!("NotYetValid {position}"),
        PathError::Expired { position, .. } => format!("Expired {position}"),
        PathError::NameConstraint { position, form } => format!("NameConstraint {position} {form}"),
        PathError::UnknownCritical { position, oid } => format!("UnknownCritical {position} {oid}"),
        PathError::Unsupported { position, oid } => format!("Unsupported {position} {oid}"),
        PathError::Weak { position, why } => format!("Weak {position} {why}"),
        PathError::BadSignature { position } => format!("BadSignature {position}"),
        PathError::NotCa { position } => format!("NotCa {position}"),
        PathError::KeyCertSign { position } => format!("KeyCertSign {position}"),
        PathError::PathLen { position } => format!("PathLen {position}"),
        PathError::Policy { position } => format!("Policy {position}"),
        PathError::PolicyMapping { position } => format!("PolicyMapping {position}"),
        other => format!("{other:?}"),
    }
}

fn revocation_error(error: &RevocationError) -> String {
    match error {
        RevocationError::Revoked {
            position, reason, ..
        } => format!(
            "Revoked {position} {}",
            reason.map_or("-", |reason| reason.name())
        ),
        RevocationError::Undetermined { position, why } => match why {
            Some(why) => format!("Undetermined {position} {why}"),
            None => format!("Undetermined {position}"),
        },
        other => format!("{other:?}"),
    }
}

#[test]
fn every_test_of_the_suite_has_the_verdict_of_nist() {
    let suite = Suite::read();
    let tests = table();
    let mut wrong = Vec::new();
    for test in &tests {
        let said = suite.judge(test, at());
        let exception = EXCEPTIONS
            .iter()
            .find(|(number, _, _)| *number == test.number);
        let expected = match exception {
            Some((_, ours, _)) => ours,
            None if test.valid => "valid",
            None => test.ours,
        };
        if said != expected {
            wrong.push(format!(
                "{}\t{}\texpected {expected}\tsaid {said}",
                test.number, test.end_entity
            ));
        }
        // An exception that is none any more must go.
        if let Some((number, _, why)) = exception
            && test.valid == (said == "valid")
        {
            wrong.push(format!("{number} is no exception any more ({why})"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_test_and_every_end_entity() {
    let tests = table();
    let numbers: BTreeSet<Vec<&str>> = tests
        .iter()
        .map(|test| test.number.split('.').take(3).collect())
        .collect();
    assert_eq!(numbers.len(), 224);
    let named: BTreeSet<_> = tests
        .iter()
        .map(|test| test.end_entity.to_owned())
        .collect();
    let suite = Suite::read();
    let there: BTreeSet<_> = suite
        .certificates
        .iter()
        .map(|(stem, _)| stem.clone())
        .filter(|stem| stem.ends_with("EE"))
        .collect();
    assert_eq!(named, there);
    for (number, _, _) in EXCEPTIONS {
        assert!(tests.iter().any(|test| test.number == number), "{number}");
    }
}

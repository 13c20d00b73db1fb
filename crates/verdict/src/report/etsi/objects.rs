//! The validation objects: certificates, evidence and time stamps, each once, whatever number of signatures used it.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::Moment;
use qaqpa_xml::write::Writer;

use super::{ETSI, SHA256, digest_alg_and_value, proof};
use crate::border;
use crate::verdict::{EvidenceKind, Verdict};

pub(super) fn certificate_id(sha256: &str) -> String {
    format!("C-{sha256}")
}

pub(super) fn evidence_id(sha256: &str) -> String {
    format!("R-{sha256}")
}

pub(super) fn stamp_id(sha256: &str) -> String {
    format!("T-{sha256}")
}

/// The objects of a report, by their ids.
pub(super) struct Objects {
    /// When all of them are known to exist: at the moment of the run.
    now: Moment,
    all: BTreeMap<String, Object>,
    /// Bytes that are at hand, by their digests.
    whole: HashMap<String, Vec<u8>>,
}

struct Object {
    kind: &'static str,
    sha256: String,
}

impl Objects {
    pub(super) fn at(now: Moment) -> Self {
        Self {
            now,
            all: BTreeMap::new(),
            whole: HashMap::new(),
        }
    }

    pub(super) fn take(&mut self, verdict: &Verdict) {
        self.keep_whole(verdict);
        let signer = verdict
            .signer
            .iter()
            .filter_map(|signer| signer.sha256.as_ref());
        let path = verdict.path.iter().map(|certificate| &certificate.sha256);
        for sha256 in signer.chain(path) {
            self.add(certificate_id(sha256), "certificate", sha256);
        }
        for item in &verdict.evidence {
            let kind = match item.kind {
                EvidenceKind::Ocsp => "OCSPResponse",
                EvidenceKind::Crl | EvidenceKind::DeltaCrl => "CRL",
            };
            if let Some(sha256) = &item.sha256 {
                self.add(evidence_id(sha256), kind, sha256);
            }
        }
        for stamp in &verdict.stamps {
            self.add(stamp_id(&stamp.sha256), "timestamp", &stamp.sha256);
        }
    }

    fn add(&mut self, id: String, kind: &'static str, sha256: &str) {
        self.all.entry(id).or_insert_with(|| Object {
            kind,
            sha256: sha256.to_owned(),
        });
    }

    fn keep_whole(&mut self, verdict: &Verdict) {
        let fed = verdict.dossier.fed.iter();
        let bytes = fed.filter_map(|fed| fed.bytes.as_deref());
        for text in bytes.chain(verdict.dossier.path.iter().map(String::as_str)) {
            if let Some(bytes) = border::unhex(text) {
                let sha256 = border::hex(&qaqpa_crypto::sha256(&bytes));
                self.whole.insert(sha256, bytes);
            }
        }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        if self.all.is_empty() {
            return;
        }
        out.start("SignatureValidationObjects");
        for (id, object) in &self.all {
            out.start("ValidationObject");
            out.attribute("id", id);
            out.leaf(
                "ObjectType",
                &format!("{ETSI}:validationObject:{}", object.kind),
            );
            out.start("ValidationObjectRepresentation");
            match self.whole.get(&object.sha256) {
                Some(bytes) => {
                    out.leaf("base64", &STANDARD.encode(bytes));
                }
                None => {
                    let digest = border::unhex(&object.sha256).unwrap_or_default();
                    digest_alg_and_value(out, SHA256, &digest);
                }
            }
            out.end();
            out.start("POE");
            proof(out, self.now);
            out.end();
            out.end();
        }
        out.end();
    }
}

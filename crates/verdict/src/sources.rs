//! What is asked about revocation, in which order, and what the answers amount to as facts.

mod hearing;

use qaqpa_model::Moment;
use qaqpa_x509::{Certificate, ocsp, path::Path};

pub(crate) use hearing::{FedList, Hearing};

use crate::checks::{self, revocation::Asked};
use crate::facts::{Account, Said};
use crate::need::{DELTA, Need, NeedId, Question, STAMP_PLACE};
use crate::policy::{Nonce, Policy, Sources};
use crate::verdict::EvidenceKind;

/// That fed bytes were verified as evidence, and until when they say to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Believed {
    /// The end of the period that the evidence speaks for, where it names one.
    pub next_update: Option<Moment>,
    /// When it was made, by its own words.
    pub this_update: Option<Moment>,
    /// Whether it says "not revoked".
    pub is_good: bool,
}

/// The place of the signer's certificate in a path.
const SIGNER: usize = 0;

/// The certificates of a path that are asked about: never the anchor, which is trusted as it is.
pub(crate) fn asked(path: &Path, first: usize) -> Vec<Asked> {
    places(path)
        .map(|(place, certificate)| Asked {
            place: first + place,
            name: format!(
                "{} ({})",
                checks::name(certificate),
                certificate.serial_hex()
            ),
        })
        .collect()
}

/// What is wanted now, after these accounts.
pub(crate) fn wanted(
    path: &Path,
    first: usize,
    policy: &Policy,
    seed: &[u8; 32],
    accounts: &[Account],
) -> Vec<Need> {
    let mut needs = Vec::new();
    for (place, certificate) in places(path) {
        let Some(issuer) = path.issuer_of(place) else {
            continue;
        };
        let place = first + place;
        let account = |kind| {
            accounts
                .iter()
                .find(|account| account.place == place && account.kind == kind)
        };
        let ocsp = account(EvidenceKind::Ocsp);
        let ask_crl = match policy.sources() {
            Sources::OcspAndCrl => true,
            // RFC 6960, 2.2: "The 'unknown' state indicates that the responder doesn't know about the
            // certificate": the list may still know it as revoked. Of an answer that is out of date, it may know better.
            Sources::OcspThenCrl => ocsp.is_some_and(|account| {
                account.is_halting() || matches!(account.said, Said::Nothing { .. } | Said::Unknown)
            }),
        };
        if ocsp.is_none() {
            needs.push(ocsp_need(place, certificate, issuer, policy, seed));
        }
        if ask_crl && account(EvidenceKind::Crl).is_none() {
            needs.push(Need::Crl {
                id: id(EvidenceKind::Crl, place),
                certificate: certificate.clone(),
                issuer: issuer.clone(),
                urls: certificate.crl_urls().to_vec(),
            });
        }
        // RFC 5280, 4.2.1.15: the certificate says where the delta is; without a list it follows, it says nothing.
        let is_listed = account(EvidenceKind::Crl).is_some_and(|account| {
            account.is_open || !matches!(account.said, Said::Nothing { .. })
        });
        let urls = certificate.freshest_crl_urls();
        if is_listed && !urls.is_empty() && account(EvidenceKind::DeltaCrl).is_none() {
            needs.push(Need::DeltaCrl {
                id: id(EvidenceKind::DeltaCrl, place),
                certificate: certificate.clone(),
                issuer: issuer.clone(),
                urls: urls.to_vec(),
            });
        }
    }
    needs
}

/// The account of a need that was never met: nothing is known of what its source said.
pub(crate) fn lost(need: &Need, at: Moment) -> Account {
    account_of(need, Said::Lost, at)
}

fn account_of(need: &Need, said: Said, received: Moment) -> Account {
    Account {
        kind: match need {
            Need::Ocsp { .. } => EvidenceKind::Ocsp,
            Need::Crl { .. } => EvidenceKind::Crl,
            Need::DeltaCrl { .. } => EvidenceKind::DeltaCrl,
        },
        place: need.id().place(),
        about: need.certificate().serial_hex(),
        said,
        received,
        this_update: None,
        next_update: None,
        known: None,
        until: None,
        sha256: None,
        attempts: Vec::new(),
        rule: None,
        halt: None,
        idle: Vec::new(),
        by_delta: None,
        applies: false,
        is_nowhere: false,
        is_open: false,
        beyond: None,
    }
}

fn ocsp_need(
    place: usize,
    certificate: &Certificate,
    issuer: &Certificate,
    policy: &Policy,
    seed: &[u8; 32],
) -> Need {
    let id = id(EvidenceKind::Ocsp, place);
    let nonce = match policy.nonce() {
        Nonce::Required if matches!(place, SIGNER | STAMP_PLACE) => Some(
            Question {
                seed: *seed,
                need: id,
            }
            .nonce(),
        ),
        Nonce::Required | Nonce::Omitted => None,
    };
    let request = ocsp::Request::about(
        certificate,
        issuer,
        nonce.as_ref().map(<[u8; 32]>::as_slice),
    );
    Need::Ocsp {
        id,
        certificate: certificate.clone(),
        issuer: issuer.clone(),
        urls: certificate.ocsp_urls().to_vec(),
        nonce,
        request_der: request.encode(),
    }
}

fn id(kind: EvidenceKind, place: usize) -> NeedId {
    // Paths are far shorter than this; the highest bit is the delta's.
    let ocsp = u16::try_from(place).unwrap_or(u16::MAX).min(DELTA / 2 - 1) * 2;
    NeedId(match kind {
        EvidenceKind::Ocsp => ocsp,
        EvidenceKind::Crl => ocsp + 1,
        EvidenceKind::DeltaCrl => DELTA | (ocsp + 1),
    })
}

/// Every certificate below the anchor, the signer's first. One that names no source is undecided, whoever it belongs to.
fn places(path: &Path) -> impl Iterator<Item = (usize, &Certificate)> {
    let below_anchor = path.certificates().len().saturating_sub(1);
    path.certificates()[..below_anchor].iter().enumerate()
}

//! What is asked about revocation, in which order, and what the answers amount to as facts.

use qaqpa_model::Moment;
use qaqpa_x509::{Certificate, RevocationReason, crl, ocsp, path::Path};

use crate::border;
use crate::checks::{self, revocation::Asked};
use crate::facts::{Account, Cause, Said};
use crate::need::{Evidence, Need, NeedId, Received};
use crate::policy::{Nonce, Policy, Sources};
use crate::verdict::EvidenceKind;

/// That fed bytes were verified as evidence, and until when they say to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Believed {
    /// The end of the period that the evidence speaks for, where it names one.
    pub next_update: Option<Moment>,
}

/// The place of the signer's certificate in a path.
const SIGNER: usize = 0;

/// The certificates of a path that are asked about: never the anchor, which is trusted as it is.
pub(crate) fn asked(path: &Path) -> Vec<Asked> {
    places(path)
        .map(|(place, certificate)| Asked {
            place,
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
    policy: &Policy,
    seed: &[u8; 32],
    accounts: &[Account],
) -> Vec<Need> {
    let mut needs = Vec::new();
    for (place, certificate) in places(path) {
        let Some(issuer) = path.issuer_of(place) else {
            continue;
        };
        let account = |kind| {
            accounts
                .iter()
                .find(|account| account.place == place && account.kind == kind)
        };
        let ocsp = account(EvidenceKind::Ocsp);
        let ask_crl = match policy.sources() {
            Sources::OcspAndCrl => true,
            // RFC 6960, 2.2: "The 'unknown' state indicates that the responder doesn't know about the
            // certificate": the list may still know it as revoked.
            Sources::OcspThenCrl => ocsp.is_some_and(|account| {
                matches!(account.said, Said::Nothing { .. } | Said::Unknown)
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
    }
    needs
}

/// What fed evidence amounts to.
pub(crate) fn account(need: &Need, received: &Received, policy: &Policy, at: Moment) -> Account {
    let (kind, certificate) = match need {
        Need::Ocsp { certificate, .. } => (EvidenceKind::Ocsp, certificate),
        Need::Crl { certificate, .. } => (EvidenceKind::Crl, certificate),
    };
    let mut account = Account {
        kind,
        place: usize::from(need.id().0 / 2),
        about: certificate.serial_hex(),
        said: Said::Nothing { why: String::new() },
        received: received.at,
        this_update: None,
        next_update: None,
        sha256: None,
        attempts: received.attempts.clone(),
    };
    let bytes = match &received.evidence {
        Evidence::Bytes(bytes) => bytes,
        Evidence::Unavailable(why) => {
            account.said = Said::Nothing { why: why.clone() };
            return account;
        }
    };
    account.sha256 = Some(border::hex(&qaqpa_crypto::sha256(bytes)));
    match need {
        Need::Ocsp { .. } => hear_ocsp(&mut account, need, bytes, policy),
        Need::Crl { .. } => hear_crl(&mut account, need, bytes, policy),
    }
    old_for_the_moment(&mut account, policy, at);
    account
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
        Nonce::Required if place == SIGNER => Some(nonce(seed, id)),
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

/// A nonce of its own for each need; unpredictable where the seed is (RFC 9654 asks for 32 octets).
fn nonce(seed: &[u8; 32], id: NeedId) -> [u8; 32] {
    let mut input = seed.to_vec();
    input.extend_from_slice(&id.0.to_be_bytes());
    qaqpa_crypto::sha256(&input)
}

fn id(kind: EvidenceKind, place: usize) -> NeedId {
    let place = u16::try_from(place).unwrap_or(u16::MAX / 2);
    NeedId(place * 2 + u16::from(kind == EvidenceKind::Crl))
}

/// Every certificate below the anchor, the signer's first. One that names no source is undecided, whoever it belongs to.
fn places(path: &Path) -> impl Iterator<Item = (usize, &Certificate)> {
    let below_anchor = path.certificates().len().saturating_sub(1);
    path.certificates()[..below_anchor].iter().enumerate()
}

fn hear_ocsp(account: &mut Account, need: &Need, bytes: &[u8], policy: &Policy) {
    let Need::Ocsp {
        certificate,
        issuer,
        nonce,
        ..
    } = need
    else {
        return;
    };
    // RFC 6960, 3.2: "1. The certificate identified in a received response corresponds to the
    // certificate that was identified in the corresponding request; 2. The signature on the response is
    // valid; 3. The identity of the signer matches the intended recipient of the request; 4. The signer
    // is currently authorized to provide a response for the certificate in question; 5. The time at
    // which the status being indicated is known to be correct (thisUpdate) is sufficiently recent".
    let limits = ocsp::OcspPolicy {
        age_max: policy.ocsp_age_max(),
        ahead_max: policy.skew_max(),
    };
    let nonce = nonce.as_ref().map(<[u8; 32]>::as_slice);
    match ocsp::verify(bytes, certificate, issuer, nonce, account.received, &limits) {
        Ok(answer) => {
            account.this_update = Some(answer.this_update);
            account.next_update = answer.next_update;
            account.said = match answer.status {
                ocsp::CertStatus::Good => Said::Good {
                    who: checks::name(&answer.responder),
                },
                ocsp::CertStatus::Unknown => Said::Unknown,
                ocsp::CertStatus::Revoked { at, reason } => Said::Revoked {
                    since: at,
                    cause: if answer.is_never_issued() {
                        Cause::NeverIssued
                    } else {
                        cause(reason)
                    },
                },
            };
        }
        Err(error) => {
            account.said = Said::Nothing {
                why: error.to_string(),
            }
        }
    }
}

fn hear_crl(account: &mut Account, need: &Need, bytes: &[u8], policy: &Policy) {
    let Need::Crl {
        certificate,
        issuer,
        ..
    } = need
    else {
        return;
    };
    // RFC 5280, 6.3.3: the issuer's own complete list, signed by it, in force.
    let limits = crl::CrlPolicy {
        ahead_max: policy.skew_max(),
        ..crl::CrlPolicy::default()
    };
    match crl::verify_within(bytes, issuer, account.received, &limits) {
        Ok(list) => {
            account.this_update = Some(list.this_update());
            account.next_update = Some(list.next_update());
            account.said = match list.status(certificate.serial()) {
                crl::CrlStatus::NotListed => Said::Good {
                    who: checks::name(issuer),
                },
                crl::CrlStatus::Revoked { at, reason } => Said::Revoked {
                    since: at,
                    cause: cause(reason),
                },
            };
        }
        Err(error) => {
            account.said = Said::Nothing {
                why: error.to_string(),
            }
        }
    }
}

fn cause(reason: Option<RevocationReason>) -> Cause {
    match reason {
        Some(RevocationReason::CertificateHold) => Cause::Hold,
        // removeFromCRL belongs into delta lists; elsewhere it contradicts its own entry, and the entry counts.
        Some(reason) => Cause::Reason(reason.name().to_owned()),
        None => Cause::Reason("no reason given".to_owned()),
    }
}

/// Where a moment after the evidence is judged, evidence that will be out of date by then is none.
fn old_for_the_moment(account: &mut Account, policy: &Policy, at: Moment) {
    // "Revoked" does not wear off.
    if !matches!(account.said, Said::Good { .. } | Said::Unknown) || at <= account.received {
        return;
    }
    let ended = account.next_update.is_some_and(|end| at > end);
    let too_old = account.kind == EvidenceKind::Ocsp
        && account
            .this_update
            .is_some_and(|begin| at.since(begin) > policy.ocsp_age_max());
    if ended || too_old {
        account.said = Said::Nothing {
            why: format!("it is out of date at the moment judged ({at})"),
        };
    }
}

//! Answers requests for time stamps (RFC 3161): one door, a time-stamping authority for each kind of key.
//!
//! The policy that is asked for chooses the authority ([`policy`]); where none is asked for, RSA answers. Serial numbers
//! come from one durable counter for all kinds, so that none repeats, whatever was killed and however the clock was set.
//! The clock is a simulated one and can be set back: a later stamp may be of an earlier moment, so `ordering` is never
//! claimed. Moments are whole seconds, and the accuracy of one second says so.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_transport::random_bytes;
use qaqpa_x509::issue::{self, CertificateSpec};
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::tsp::{
    self, Accuracy, Failure, REQUEST_BYTES_MAX, Signing, StampRequest, StampToIssue, rejected,
};
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use crate::PkiError;
use crate::authority::{Authority, IssuerName, blocking};
use crate::standing::Standing;
use crate::vault::{KINDS, Signer, in_names, says, test_name};

mod door;

pub(crate) use door::{door, door_as_of};

/// The authorities that sign stamps now, by kind of key.
#[derive(Debug, Default)]
pub struct Timestampers(RwLock<BTreeMap<KeyKind, Arc<Signer>>>);

/// A stamp that is granted and not yet signed.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What is to be signed.
    pub stamp: StampToIssue,
    /// Who signs.
    pub signer: Arc<Signer>,
    /// The certificates that the token holds: none where none was asked for.
    pub certificates: Vec<Certificate>,
}

/// Why a request is not granted, and the sentence that the answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGranted {
    /// RFC 3161's reason.
    pub failure: Failure,
    /// The sentence.
    pub text: String,
}

/// The policy under which the authority with that kind of key stamps.
#[must_use]
pub const fn policy(kind: KeyKind) -> ObjectIdentifier {
    match kind {
        KeyKind::Rsa => oid::POLICY_TSP_RSA,
        KeyKind::Gost2015 => oid::POLICY_TSP_GOST_2015,
        KeyKind::Gost2004 => oid::POLICY_TSP_GOST_2004,
        KeyKind::Ecdsa => oid::POLICY_TSP_TEST_ECDSA,
    }
}

/// Answers one request as of a moment; every outcome has its bytes.
pub async fn answer(authority: &Authority, request_der: &[u8], at: Moment) -> Vec<u8> {
    match answered(authority, request_der, at).await {
        Ok(Ok(granted)) => granted,
        Ok(Err(why)) => {
            tracing::debug!(?why, "a time stamp was refused");
            rejected(why.failure, &why.text)
        }
        Err(error) => {
            tracing::error!(%error, "a time stamp was not made");
            rejected(
                Failure::SystemFailure,
                "the authority could not do its work; its log says why",
            )
        }
    }
}

async fn answered(
    authority: &Authority,
    request_der: &[u8],
    at: Moment,
) -> Result<Result<Vec<u8>, NotGranted>, PkiError> {
    let grant = match grant(authority, request_der, at).await? {
        Ok(grant) => grant,
        Err(why) => return Ok(Err(why)),
    };
    let token = blocking(move || Ok(grant.sign()?)).await?;
    Ok(Ok(tsp::granted(&token)))
}

impl Grant {
    /// Signs the token.
    ///
    /// # Errors
    /// [`issue::IssueError`].
    pub fn sign(&self) -> Result<Vec<u8>, issue::IssueError> {
        let signing = Signing::by(&self.signer.certificate, &self.signer.key)
            .with_certificates(&self.certificates);
        tsp::issue(&self.stamp, &signing)
    }
}

/// Decides about one request, and spends a serial number on it where it is granted.
///
/// # Errors
/// [`NotGranted`] inside, [`PkiError`] outside.
pub async fn grant(
    authority: &Authority,
    request_der: &[u8],
    at: Moment,
) -> Result<Result<Grant, NotGranted>, PkiError> {
    let not = |failure, text: &str| {
        Ok(Err(NotGranted {
            failure,
            text: text.to_owned(),
        }))
    };
    let request = match StampRequest::decode(request_der) {
        Ok(request) => request,
        Err(error) => return not(error.failure(), &error.to_string()),
    };
    let asked = request.policy.unwrap_or(policy(KeyKind::Rsa));
    let Some(kind) = KINDS.into_iter().find(|kind| policy(*kind) == asked) else {
        return not(
            Failure::UnacceptedPolicy,
            &format!("nothing is stamped under the policy {asked}"),
        );
    };
    let Some(signer) = authority.timestampers.of(kind) else {
        return not(
            Failure::SystemFailure,
            "there is no time-stamping authority yet; try again",
        );
    };
    let certificate = &signer.certificate;
    if at < certificate.not_before() || at.unix_s() > certificate.not_after().unix_s() {
        return not(
            Failure::TimeNotAvailable,
            &format!("the time-stamping authority's certificate is not in force at {at}"),
        );
    }
    if status(authority, kind, certificate, at) != CertStatus::Good {
        return not(
            Failure::SystemFailure,
            "the time-stamping authority's certificate is revoked or suspended",
        );
    }
    let number = authority.store.counters().next(COUNTER).await?;
    let issuing = &authority.issuer(IssuerName::Issuing(kind)).certificate;
    let certificates = match request.cert_req {
        true => vec![certificate.clone(), issuing.clone()],
        false => Vec::new(),
    };
    Ok(Ok(Grant {
        stamp: StampToIssue {
            imprint: request.imprint,
            policy: asked,
            serial: number.to_be_bytes().to_vec(),
            gen_time: at,
            accuracy: Some(ACCURACY),
            ordering: false,
            nonce: request.nonce,
            names_tsa: true,
        },
        signer,
        certificates,
    }))
}

/// The counter of serial numbers. Stored: another name would begin at 1 again.
const COUNTER: &str = "time-stamps";

/// The second that `genTime` leaves out.
const ACCURACY: Accuracy = Accuracy::seconds(1);

fn status(
    authority: &Authority,
    kind: KeyKind,
    certificate: &Certificate,
    at: Moment,
) -> CertStatus {
    let issuer = IssuerName::Issuing(kind);
    let found = authority.register.status(issuer, certificate.serial(), at);
    found.unwrap_or(CertStatus::Unknown)
}

impl Timestampers {
    /// The one with that kind of key.
    pub(crate) fn of(&self, kind: KeyKind) -> Option<Arc<Signer>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&kind).cloned()
    }
}

/// Makes anew what cannot stamp at the clock's moment, or is no longer what it should be: with a new key where the
/// certificate's period is over or it was revoked, with the same key where only our addresses have changed.
///
/// # Errors
/// [`PkiError`] where something could not be issued or stored.
pub(crate) async fn adapt(authority: &Authority, now: Moment) -> Result<(), PkiError> {
    let mut signers = BTreeMap::new();
    let mut new = Vec::new();
    for kind in KINDS {
        let issuing = authority.issuer(IssuerName::Issuing(kind)).clone();
        let current = match authority.timestampers.of(kind) {
            Some(current) => Some(current),
            None => {
                let kept = authority.vault.kept(name(kind), &issuing.certificate)?;
                kept.map(Arc::new)
            }
        };
        let mut key = None;
        if let Some(current) = &current
            && Standing::InForce.holds(&current.certificate, now)
            && !is_revoked(&status(authority, kind, &current.certificate, now))
        {
            key = Some(current.key.clone());
        }
        let addresses = authority.addresses(kind);
        let signer = match current.filter(|_| key.is_some()) {
            Some(current) if says(&current.certificate, &addresses) => current,
            _ => {
                let period = Standing::InForce.period(now, authority.config.system());
                let work = move || made(kind, key, period, addresses, &issuing);
                let signer = Arc::new(blocking(work).await?);
                new.push((kind, Arc::clone(&signer)));
                signer
            }
        };
        signers.insert(kind, signer);
    }
    register(authority, &new, now).await?;
    let all = &authority.timestampers.0;
    *all.write().unwrap_or_else(PoisonError::into_inner) = signers;
    Ok(())
}

/// Enters new ones into the register, and keeps them for the next start.
async fn register(
    authority: &Authority,
    new: &[(KeyKind, Arc<Signer>)],
    now: Moment,
) -> Result<(), PkiError> {
    if new.is_empty() {
        return Ok(());
    }
    let issued: Vec<_> = new
        .iter()
        .map(|(kind, signer)| (IssuerName::Issuing(*kind), name(*kind), &signer.certificate))
        .collect();
    authority.record(&issued, now).await?;
    for (kind, signer) in new {
        authority.vault.keep(name(*kind), signer)?;
        let until = signer.certificate.not_after();
        tracing::info!(name = name(*kind), %until, "a new timestamper");
    }
    Ok(())
}

/// The name under which it is kept and registered.
const fn name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Rsa => "rsa-timestamper",
        KeyKind::Gost2015 => "gost-2015-timestamper",
        KeyKind::Gost2004 => "gost-2004-timestamper",
        KeyKind::Ecdsa => "ecdsa-timestamper",
    }
}

/// Revoked for good: a suspended one waits to be resumed. One that the register does not know was kept by a start that
/// was killed before it was registered; its key is used no more.
const fn is_revoked(status: &CertStatus) -> bool {
    match status {
        CertStatus::Good => false,
        CertStatus::Revoked { reason, .. } => {
            !matches!(reason, Some(qaqpa_x509::RevocationReason::CertificateHold))
        }
        CertStatus::Unknown => true,
    }
}

fn made(
    kind: KeyKind,
    key: Option<PrivateKey>,
    validity: issue::Validity,
    addresses: issue::Addresses,
    issuing: &Signer,
) -> Result<Signer, PkiError> {
    let key = match key {
        Some(key) => key,
        None => PrivateKey::generate(kind)?,
    };
    let subject = test_name(&format!("QAQPA TEST TSA ({})", in_names(kind)));
    let spec = CertificateSpec {
        addresses,
        ..CertificateSpec::of_timestamper(subject, key.spki_der(), validity)?
    };
    // A key's second certificate has another serial number.
    let certificate = issue::issue(&spec.with_serial(random_bytes()), issuing.as_issuer())?;
    Ok(Signer { certificate, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_has_a_policy_of_its_own() {
        let policies: std::collections::BTreeSet<_> = KINDS.map(policy).into_iter().collect();
        assert_eq!(policies.len(), KINDS.len());
        assert_eq!(policy(KeyKind::Gost2004).to_string(), "1.2.398.3.3.2.6.1");
        assert_eq!(policy(KeyKind::Rsa).to_string(), "1.2.398.3.3.2.6.2");
        assert_eq!(policy(KeyKind::Gost2015).to_string(), "1.2.398.3.3.2.6.4");
    }
}

//! The authority's own certificates below its roots: those of the issuing authorities in the register, and the responders.
//!
//! A kind of key has two responders: one for the issuing authority's certificates, one for the issuing authority itself.
//! They share a key, so that it is made once, and have a certificate each.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_store::CertificateState;
use qaqpa_transport::random_bytes;
use qaqpa_x509::issue::{self, CertificateSpec, Validity};
use tokio::task::JoinSet;

use crate::PkiError;
use crate::authority::{Authority, new_certificate};
use crate::issuers::IssuerName;
use crate::standing::Standing;
use crate::vault::{Chain, KINDS, Signer, in_names, test_name};

impl Authority {
    /// Makes the responders anew that are not in force, and enters what the register does not have yet of them and of the
    /// issuing authorities.
    pub(crate) async fn adapt_own(&self, now: Moment) -> Result<(), PkiError> {
        let mut new = Vec::new();
        for chain in self.vault.chains() {
            let root = IssuerName::Root(chain.kind);
            let certificate = &chain.issuing.certificate;
            if self
                .register
                .status(root, certificate.serial(), now)
                .is_some()
            {
                continue;
            }
            let name = IssuerName::Issuing(chain.kind).as_str();
            // Another certificate does not make an authority good that is revoked.
            let before = self.store.authority().by_identity(name).await?;
            let state = before
                .first()
                .map_or(CertificateState::Good, |before| before.state);
            new.push(new_certificate(root, name, certificate, state, now));
        }
        let (mut responders, mut making) = (BTreeMap::new(), JoinSet::new());
        for kind in KINDS {
            match self.responders_of(kind, now)? {
                Some(both) => responders.extend(both),
                None => {
                    let chain = self.vault.chain(kind).clone();
                    let period = Standing::InForce.period(now, self.config.responder());
                    making.spawn_blocking(move || new_responders(&chain, period));
                }
            }
        }
        let mut made = Vec::new();
        while let Some(done) = making.join_next().await {
            made.extend(done.map_err(|_| PkiError::Task)??);
        }
        for (issuer, name, signer) in &made {
            let (certificate, state) = (&signer.certificate, CertificateState::Good);
            new.push(new_certificate(*issuer, name, certificate, state, now));
        }
        if !new.is_empty() {
            self.enter(new, Vec::new(), now).await?;
        }
        for (issuer, name, signer) in made {
            tracing::info!(name, until = %signer.certificate.not_after(), "a new OCSP responder");
            self.vault.keep(name, &signer)?;
            responders.insert(issuer, Arc::new(signer));
        }
        *self
            .responders
            .write()
            .unwrap_or_else(PoisonError::into_inner) = responders;
        self.kept.clear();
        Ok(())
    }

    /// The two responders of a kind of key, where both are in force: those of now, or of the last start.
    fn responders_of(&self, kind: KeyKind, now: Moment) -> Result<Option<Responders>, PkiError> {
        let mut both = Vec::with_capacity(2);
        for (issuer, name) in own_responders(kind) {
            let responder = match self.responder(issuer) {
                Some(responder) => Some(responder),
                None => {
                    let issuer = &self.issuer(issuer).certificate;
                    self.vault.kept(name, issuer)?.map(Arc::new)
                }
            };
            match responder {
                Some(responder) if Standing::InForce.holds(&responder.certificate, now) => {
                    both.push((issuer, responder));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(both))
    }
}

type Responders = Vec<(IssuerName, Arc<Signer>)>;

/// Whose answers the responders of a kind of key sign, and the names under which they are kept and registered.
const fn own_responders(kind: KeyKind) -> [(IssuerName, &'static str); 2] {
    let [issuing, root] = match kind {
        KeyKind::Rsa => ["rsa-responder", "rsa-root-responder"],
        KeyKind::Gost2015 => ["gost-2015-responder", "gost-2015-root-responder"],
        KeyKind::Gost2004 => ["gost-2004-responder", "gost-2004-root-responder"],
        KeyKind::Ecdsa => ["ecdsa-responder", "ecdsa-root-responder"],
    };
    [
        (IssuerName::Issuing(kind), issuing),
        (IssuerName::Root(kind), root),
    ]
}

/// One key, certified as a responder by the issuing authority and by the root.
fn new_responders(
    chain: &Chain,
    period: Validity,
) -> Result<Vec<(IssuerName, &'static str, Signer)>, PkiError> {
    let key = PrivateKey::generate(chain.kind)?;
    let mut made = Vec::with_capacity(2);
    for (issuer, name) in own_responders(chain.kind) {
        let signer = match issuer {
            IssuerName::Root(_) => &chain.root,
            _ => &chain.issuing,
        };
        let responder = responder_again(issuer, signer, key.clone(), period)?;
        made.push((issuer, name, responder));
    }
    Ok(made)
}

/// A key, certified as an issuer's responder for a period.
pub(crate) fn responder_again(
    issuer: IssuerName,
    signer: &Signer,
    key: PrivateKey,
    period: Validity,
) -> Result<Signer, PkiError> {
    let called = in_names(key.kind());
    let called = match issuer {
        IssuerName::Root(_) => format!("QAQPA TEST OCSP RESPONDER (ТҮБІР, {called})"),
        _ => format!("QAQPA TEST OCSP RESPONDER ({called})"),
    };
    let spec = CertificateSpec::of_responder(test_name(&called), key.spki_der(), period)?;
    let certificate = issue::issue(&spec.with_serial(random_bytes()), signer.as_issuer())?;
    Ok(Signer { certificate, key })
}

//! Evidence that is right by default: OCSP answers and lists, made for each need.

use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;
use qaqpa_verdict::{Need, Received};
use qaqpa_x509::{Certificate, ObjectIdentifier, RevocationReason, crl, ocsp, oid};

use super::ForgeError;
use super::certificates::{Certificates, extensions};
use super::der::{resigned, resigned_with_sha1, swapped, unhex};
use super::keys::ForgeKey;
use super::knobs::{Build, EvidenceKnobs};
use super::message::generalized_time;
use super::moments::moment;
use super::raw_rsa::tlv;

/// expiredCertsOnCRL (X.509 §8.5.2.12).
const EXPIRED_CERTS_ON_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");

/// What comes for a request to a responder, or for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing, for this reason.
    Nothing(String),
}

impl Published {
    /// The same as an examination is fed it.
    fn received(self, at: Moment) -> Received {
        match self {
            Self::Bytes(bytes) => Received::bytes(bytes, at),
            Self::Nothing(why) => Received::unavailable(why, at),
        }
    }
}

/// Meets needs as a case says.
pub(super) struct Evidence<'b, 'w> {
    pub(super) build: &'b Build,
    pub(super) certificates: &'b Certificates<'w>,
    pub(super) noon: Moment,
    pub(super) received: Moment,
}

/// The place of a time stamp's authority, by the numbers of needs ([`qaqpa_verdict::NeedId`]).
const STAMP: usize = 256;

impl Evidence<'_, '_> {
    /// What comes for this need.
    pub(super) fn meet(&self, need: &Need) -> Result<Received, ForgeError> {
        let (ocsp, crl) = match need.id().place() {
            0 => (&self.build.ocsp, &self.build.crl),
            STAMP => (&self.build.stamp_ocsp, &self.build.stamp_crl),
            _ => (&self.build.authority_ocsp, &self.build.authority_crl),
        };
        let none = EvidenceKnobs::default();
        let [ocsp, crl] = [ocsp, crl].map(|knobs| match self.concerns(knobs, need) {
            true => knobs,
            false => &none,
        });
        let bytes = if let Need::Ocsp {
            certificate,
            issuer,
            request_der,
            ..
        } = need
        {
            match Self::beside(ocsp) {
                Some(said) => return Ok(said.received(self.received)),
                None => self.ocsp(ocsp, certificate, issuer, request_der)?,
            }
        } else if let Need::Crl {
            certificate,
            issuer,
            ..
        } = need
        {
            match Self::beside(crl) {
                Some(said) => return Ok(said.received(self.received)),
                None => self.crl(crl, certificate, issuer)?,
            }
        } else {
            let why = "the world publishes nothing else";
            return Ok(Received::unavailable(why, self.received));
        };
        Ok(Received::bytes(bytes, self.received))
    }

    /// What an OCSP responder of the case answers; `None` where it is asked about no certificate of this world.
    pub(super) fn answer(&self, request_der: &[u8]) -> Result<Option<Published>, ForgeError> {
        let request = ocsp::Request::decode(request_der, 1)
            .map_err(|error| ForgeError::new(format!("a request: {error}")))?;
        let Some(asked) = request.cert_ids.first() else {
            return Ok(None);
        };
        let Some((name, certificate, issuer)) = self.certificates.asked_about(asked) else {
            return Ok(None);
        };
        let knobs = self.knobs_about(
            &name,
            &certificate,
            (
                &self.build.ocsp,
                &self.build.stamp_ocsp,
                &self.build.authority_ocsp,
            ),
        );
        Ok(Some(match Self::beside(knobs) {
            Some(said) => said,
            None => Published::Bytes(self.ocsp(knobs, &certificate, &issuer, request_der)?),
        }))
    }

    /// The list of the issuer of that name, as the case has it.
    pub(super) fn published_list(
        &self,
        issuer_name: &str,
    ) -> Result<Option<Published>, ForgeError> {
        let Ok(issuer) = self.certificates.certificate(issuer_name) else {
            return Ok(None);
        };
        // Of the issuing authority a list is read for its people, of the root for the authorities below.
        let about = if issuer_name == "root" {
            "issuing"
        } else {
            "person"
        };
        let Ok(certificate) = self.certificates.certificate(about) else {
            return Ok(None);
        };
        let knobs = self.knobs_about(
            about,
            &certificate,
            (
                &self.build.crl,
                &self.build.stamp_crl,
                &self.build.authority_crl,
            ),
        );
        Ok(Some(match Self::beside(knobs) {
            Some(said) => said,
            None => Published::Bytes(self.crl(knobs, &certificate, &issuer)?),
        }))
    }

    /// What the case says about a certificate of this name: a signer's, a time stamp's, or an authority's.
    fn knobs_about<'k>(
        &self,
        name: &str,
        certificate: &Certificate,
        (signer, stamp, authority): (&'k EvidenceKnobs, &'k EvidenceKnobs, &'k EvidenceKnobs),
    ) -> &'k EvidenceKnobs {
        static NONE: std::sync::LazyLock<EvidenceKnobs> =
            std::sync::LazyLock::new(EvidenceKnobs::default);
        let knobs = match certificate.is_ca() {
            true => authority,
            false if name.starts_with("tsa") => stamp,
            false => signer,
        };
        let meant = knobs.only.as_deref().is_none_or(|only| {
            let meant = self.certificates.der(only);
            meant.is_ok_and(|der| der == certificate.der())
        });
        if meant { knobs } else { &NONE }
    }

    /// What comes where it is no evidence of any kind.
    fn beside(knobs: &EvidenceKnobs) -> Option<Published> {
        if let Some(why) = &knobs.unavailable {
            return Some(Published::Nothing(why.clone()));
        }
        let text = knobs.text.clone()?;
        Some(Published::Bytes(text.into_bytes()))
    }

    /// Whether the case says this about the certificate that is asked about.
    fn concerns(&self, knobs: &EvidenceKnobs, need: &Need) -> bool {
        knobs.only.as_deref().is_none_or(|name| {
            let meant = self.certificates.der(name);
            meant.is_ok_and(|der| der == need.certificate().der())
        })
    }

    /// The list that the case has for this certificate, which may be no certificate at all.
    pub(super) fn list(&self, signer: &str) -> Result<Vec<u8>, ForgeError> {
        let issuer = self.certificates.certificate("issuing")?;
        let knobs = &self.build.crl;
        if let Some(text) = &knobs.text {
            return Ok(text.clone().into_bytes());
        }
        let about = self
            .certificates
            .certificate(signer)
            .unwrap_or_else(|_| issuer.clone());
        self.crl(knobs, &about, &issuer)
    }

    fn ocsp(
        &self,
        knobs: &EvidenceKnobs,
        certificate: &Certificate,
        issuer: &Certificate,
        request_der: &[u8],
    ) -> Result<Vec<u8>, ForgeError> {
        if let Some(code) = knobs.failure {
            return Ok(ocsp::failure(ocsp::ResponseStatus::from_code(code)));
        }
        let request = ocsp::Request::decode(request_der, 1)
            .map_err(|error| ForgeError::new(format!("our own request: {error}")))?;
        let (by, key) = self.signer(knobs, issuer)?;
        let answers = match &knobs.about {
            None if knobs.hash.is_none() && knobs.issuer.is_none() => {
                vec![self.single(knobs, request.cert_ids[0].clone(), &knobs.status)?]
            }
            about => {
                let own = ["(asked)".to_owned()];
                let about = about.as_deref().unwrap_or(&own);
                about
                    .iter()
                    .map(|one| self.about(knobs, one, certificate, issuer))
                    .collect::<Result<_, _>>()?
            }
        };
        let right = request.nonce.clone();
        let (nonce, more) = nonces(knobs.nonce.as_deref().unwrap_or("right"), right)?;
        let response = ocsp::Response {
            answers,
            nonce,
            produced_at: self.moment_or(knobs.produced_at.as_deref(), self.received)?,
            extended_revoke: knobs.extended_revoke.unwrap_or(true),
        };
        let mut more = more;
        more.extend(extensions(&knobs.extensions)?);
        let honest = key.honest()?;
        let der = match &knobs.expired_from {
            None => ocsp::respond_with(&response, &more, &by, honest),
            Some(text) => ocsp::respond_archived(&response, moment(self.noon, text)?, &by, honest),
        };
        let der = der.map_err(ForgeError::issue)?;
        self.spoilt(knobs, der, &key, true)
    }

    /// One part of an answer; `NAME=STATUS` says another status for it.
    fn about(
        &self,
        knobs: &EvidenceKnobs,
        text: &str,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<ocsp::SingleAnswer, ForgeError> {
        let (name, status) = match text.split_once('=') {
            Some((name, status)) => (name, Some(status.to_owned())),
            None => (text, knobs.status.clone()),
        };
        let algorithm = match knobs.hash.as_deref() {
            None | Some("sha256") => DigestAlgorithm::Sha256,
            Some("sha1") => DigestAlgorithm::Sha1,
            Some("sha512") => DigestAlgorithm::Sha512,
            Some(other) => return Err(ForgeError::new(format!("no digest {other:?}"))),
        };
        let issuer = match &knobs.issuer {
            Some(name) => &self.certificates.certificate(name)?,
            None => issuer,
        };
        let serial = match name.strip_prefix("serial:") {
            Some(hex) => unhex(hex)?,
            None if name == "(asked)" => certificate.serial().to_vec(),
            None => self.certificates.certificate(name)?.serial().to_vec(),
        };
        let id = ocsp::CertId::for_serial(algorithm, issuer, &serial);
        self.single(knobs, id, &status)
    }

    fn single(
        &self,
        knobs: &EvidenceKnobs,
        cert_id: ocsp::CertId,
        status: &Option<String>,
    ) -> Result<ocsp::SingleAnswer, ForgeError> {
        let status = match status.as_deref().unwrap_or("good") {
            "good" => ocsp::CertStatus::Good,
            "unknown" => ocsp::CertStatus::Unknown,
            "revoked" => ocsp::CertStatus::Revoked {
                at: self.since(knobs)?,
                reason: reason(knobs)?,
            },
            other => return Err(ForgeError::new(format!("no status {other:?}"))),
        };
        let this_update = self.moment_or(knobs.this_update.as_deref(), self.received)?;
        let next_update = match knobs.next_update.as_deref() {
            None => Some(this_update.plus(Duration::from_secs(600))),
            Some("none") => None,
            Some(text) => Some(moment(self.noon, text)?),
        };
        Ok(ocsp::SingleAnswer {
            cert_id,
            status,
            this_update,
            next_update,
        })
    }

    fn crl(
        &self,
        knobs: &EvidenceKnobs,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<Vec<u8>, ForgeError> {
        let hour = Duration::from_secs(3600);
        let this_update =
            self.moment_or(knobs.this_update.as_deref(), self.received.minus(hour))?;
        let next_update = self.moment_or(knobs.next_update.as_deref(), self.received.plus(hour))?;
        let mut entries = Vec::new();
        if knobs.status.as_deref() == Some("revoked") {
            entries.push(crl::RevokedEntry {
                serial: certificate.serial().to_vec(),
                at: self.since(knobs)?,
                reason: reason(knobs)?,
            });
        }
        entries.extend((0..knobs.more_entries).map(|number| crl::RevokedEntry {
            serial: [&[0x40][..], &number.to_be_bytes()].concat(),
            at: this_update,
            reason: None,
        }));
        let (by, key) = match &knobs.by {
            Some(_) => self.signer(knobs, issuer)?,
            None => (issuer.clone(), self.key_of(knobs, issuer)?),
        };
        let list = crl::CrlToIssue {
            number: knobs.number.unwrap_or(1),
            this_update,
            next_update,
            entries,
            freshest_crl_url: None,
        };
        let mut more = extensions(&knobs.extensions)?;
        if let Some(text) = &knobs.expired_from {
            let from = generalized_time(moment(self.noon, text)?);
            more.push((EXPIRED_CERTS_ON_CRL, false, from));
        }
        let honest = key.honest()?;
        let der = match knobs.delta_of {
            Some(base) => crl::issue_delta(base, &list, &by, honest),
            None => crl::issue_with(&list, &more, &by, honest),
        };
        self.spoilt(knobs, der.map_err(ForgeError::issue)?, &key, false)
    }

    /// Who signs: the delegated responder of the world's authority, else the issuer itself.
    fn signer(
        &self,
        knobs: &EvidenceKnobs,
        issuer: &Certificate,
    ) -> Result<(Certificate, ForgeKey), ForgeError> {
        let by = match &knobs.by {
            Some(name) => self.certificates.certificate(name)?,
            None if self
                .certificates
                .certificate("issuing")
                .is_ok_and(|own| own == *issuer) =>
            {
                self.certificates.certificate("responder")?
            }
            None => issuer.clone(),
        };
        let key = match (&knobs.by, &knobs.key) {
            (Some(name), None) => self.certificates.key(name)?,
            _ => self.key_of(knobs, &by)?,
        };
        Ok((by, key))
    }

    fn key_of(&self, knobs: &EvidenceKnobs, by: &Certificate) -> Result<ForgeKey, ForgeError> {
        if let Some(name) = &knobs.key {
            return self.certificates.key_named(name);
        }
        let name = self.certificates.name_of_key(by.spki_der());
        let name = name.ok_or_else(|| ForgeError::new("nobody knows the key of an issuer"))?;
        self.certificates.key(&name)
    }

    fn spoilt(
        &self,
        knobs: &EvidenceKnobs,
        der: Vec<u8>,
        key: &ForgeKey,
        is_ocsp: bool,
    ) -> Result<Vec<u8>, ForgeError> {
        let der = match knobs.sha1 {
            true => resigned_with_sha1(&der, key)?,
            false => resigned(&der, &knobs.swap, key)?,
        };
        let mut der = swapped(&der, &knobs.spoil)?;
        if knobs.flip {
            // The signature's last byte: at the end of a list, before the certificates of an answer.
            let at = match is_ocsp {
                false => der.len() - 1,
                true => super::der::signature_end(&der, key)
                    .ok_or_else(|| ForgeError::new("the signature is not found"))?,
            };
            der[at] ^= 1;
        }
        if let Some(length) = knobs.cut {
            der.truncate(length);
        }
        der.extend(unhex(&knobs.trailing)?);
        Ok(der)
    }

    fn since(&self, knobs: &EvidenceKnobs) -> Result<Moment, ForgeError> {
        moment(self.noon, knobs.since.as_deref().unwrap_or("-1h"))
    }

    fn moment_or(&self, text: Option<&str>, default: Moment) -> Result<Moment, ForgeError> {
        text.map_or(Ok(default), |text| moment(self.noon, text))
    }
}

fn reason(knobs: &EvidenceKnobs) -> Result<Option<RevocationReason>, ForgeError> {
    let Some(name) = &knobs.reason else {
        return Ok(None);
    };
    RevocationReason::ALL
        .into_iter()
        .find(|reason| reason.name() == name)
        .map(Some)
        .ok_or_else(|| ForgeError::new(format!("no reason {name:?}")))
}

type MoreExtensions = Vec<(qaqpa_x509::ObjectIdentifier, bool, Vec<u8>)>;

/// The nonce as the forge's own field, and as an extension where the field cannot say it.
fn nonces(
    how: &str,
    right: Option<Vec<u8>>,
) -> Result<(Option<Vec<u8>>, MoreExtensions), ForgeError> {
    let as_extension = |nonce: &[u8]| vec![(oid::OCSP_NONCE, false, tlv(0x04, nonce))];
    let asked = right.clone().unwrap_or_default();
    Ok(match how {
        "right" => (right, Vec::new()),
        "none" => (None, Vec::new()),
        "wrong" => (Some(vec![0x5a; 32]), Vec::new()),
        "short" => (Some(asked[..asked.len() / 2].to_vec()), Vec::new()),
        "twice" => (right, as_extension(&asked)),
        "wrong-then-right" => (Some(vec![0x5a; 32]), as_extension(&asked)),
        "empty" => (None, as_extension(&[])),
        "long" => (None, as_extension(&[0x5a; 1024])),
        other => return Err(ForgeError::new(format!("no nonce {other:?}"))),
    })
}

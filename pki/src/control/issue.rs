//! `POST /issue`: a certificate for somebody who is not on the list, with a new key file or for a PKCS#10 request.

mod order;

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_store::CertificateState;
use qaqpa_transport::control::refusal;
use qaqpa_transport::random_bytes;
use qaqpa_x509::issue::{self, CertificateSpec};
use qaqpa_x509::{Certificate, pkcs12};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::order::{Holder, NewKey, Plan};
use super::read;
use crate::authority::{Authority, IssuerName, blocking, is_reserved, new_certificate, own_entry};
use crate::personas::{is_ready_made, range, roles};
use crate::vault::Vault;
use crate::{PkiError, respond};

/// What `POST /issue` takes.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssueOrder {
    /// The new identity's id, `citizen-7`: not one of the ready-made.
    pub id: String,
    /// The person's IIN; every role but information-system needs one, here or in the request's subject.
    pub iin: Option<String>,
    /// Surname, given name and, if there is one, patronymic, with spaces between; a system's whole name. Without it the
    /// request's subject says it.
    pub name: Option<String>,
    /// `individual` (so without it), `employee`, `head`, …
    pub role: Option<String>,
    /// `sign` (so without it) or `authenticate`.
    pub purpose: Option<String>,
    /// The organisation's BIN, for the roles that have one. Never taken from a request.
    pub bin: Option<String>,
    /// The organisation's name.
    pub organization: Option<String>,
    /// The kind of the new key: `rsa` (so without it), `gost-2015`, `gost-2004`, `ecdsa`.
    pub key: Option<String>,
    /// A PKCS#10 request in PEM: the certificate is for its key, and there is no key file.
    pub csr: Option<String>,
    /// The first moment of validity: RFC 3339 or a date; a day ago without it.
    pub not_before: Option<String>,
    /// The last moment of validity; without it and `days` a year, of systems three years.
    pub not_after: Option<String>,
    /// Days of validity, instead of `not_after`; at most ten years.
    pub days: Option<u32>,
    /// Whether numbers with a wrong date or check digit are meant; the authority must allow them.
    pub test_identity: bool,
    /// The password of the key file; it is not kept. None for a request.
    pub password: Option<String>,
}

/// What `POST /issue` gives: the key is nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issued {
    /// The identity.
    pub id: String,
    /// The serial number in lower-case hexadecimal.
    pub serial: String,
    /// The issuer's name in the register: `rsa-issuing`.
    pub issuer: String,
    /// The kind of the key.
    pub key_kind: String,
    /// The first moment of validity.
    pub not_before: String,
    /// The last moment of validity.
    pub not_after: String,
    /// The certificate in PEM.
    pub certificate: String,
    /// The issuers' certificates in PEM, from its own upwards.
    pub chain: String,
    /// The key file (PKCS#12) in base64; none for a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p12: Option<String>,
    /// What the national authority would call the key file: `RSA256_<serial>.p12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// What the one who ordered should know: numbers outside the TEST range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// Something to know about what was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// `iin-outside-test-range`, `bin-outside-test-range`.
    pub label: String,
    /// In a sentence.
    pub meaning: String,
}

// Keys, passwords and IINs stay out of logs.
impl fmt::Debug for IssueOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssueOrder")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A refusal's label and meaning.
pub(super) type Why = (&'static str, String);

pub(super) async fn issue(State(authority): State<Arc<Authority>>, body: Bytes) -> Response {
    let order: IssueOrder = match read(&body) {
        Ok(order) => order,
        Err(refusal) => return refusal,
    };
    if is_ready_made(&order.id) || is_reserved(&order.id) {
        let meaning = format!("{} is one of the ready-made identities", order.id);
        return refusal(StatusCode::CONFLICT, "identity-taken", meaning);
    }
    if order.test_identity && !authority.config.test_identities {
        return refusal(
            StatusCode::FORBIDDEN,
            "test-identities-forbidden",
            "this authority was not started with test-identities = true",
        );
    }
    let plan = match Plan::of(order, &authority.config, authority.clock.now()) {
        Ok(plan) => plan,
        Err((label, meaning)) => return respond::unreadable(label, meaning),
    };
    match carry_out(&authority, plan).await {
        Ok(issued) => Json(issued).into_response(),
        Err(PkiError::Issue(issue::IssueError::Encoding { why })) => {
            respond::unreadable("name-invalid", why)
        }
        Err(error) => respond::fault(&error),
    }
}

async fn carry_out(authority: &Authority, plan: Plan) -> Result<Issued, PkiError> {
    let now = authority.clock.now();
    let kind = plan.kind();
    let notices = notices(&plan.holder);
    let (vault, addresses) = (authority.vault.clone(), authority.addresses(kind));
    let id = plan.id.clone();
    let (certificate, key_file) = blocking(move || make(&vault, &plan, addresses)).await?;
    let issuer = IssuerName::Issuing(kind);
    let new = new_certificate(issuer, &id, &certificate, CertificateState::Good, now);
    let noticed = |notice: &Notice| {
        let summary = json!({ "identity": id, "serial": certificate.serial_hex() });
        own_entry(&notice.label, summary, now)
    };
    let noticed = notices.iter().map(noticed).collect();
    authority.enter(vec![new], noticed, now).await?;
    let file_name = key_file
        .as_ref()
        .and_then(|_| pkcs12::file_name(&certificate));
    let chain = authority.vault.chain(kind).issuers();
    Ok(Issued {
        id,
        serial: certificate.serial_hex(),
        issuer: issuer.as_str().to_owned(),
        key_kind: kind.name().to_owned(),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
        certificate: certificate.to_pem(),
        chain: chain.iter().map(Certificate::to_pem).collect(),
        p12: key_file.map(|file| STANDARD.encode(file)),
        file_name,
        notices,
    })
}

/// The certificate, and the key file where the key is made here.
fn make(
    vault: &Vault,
    plan: &Plan,
    addresses: issue::Addresses,
) -> Result<(Certificate, Option<Vec<u8>>), PkiError> {
    let chain = vault.chain(plan.kind());
    let key = match &plan.key {
        NewKey::Make { kind, .. } => Some(PrivateKey::generate(*kind)?),
        NewKey::Theirs(_) => None,
    };
    let spki = match (&key, &plan.key) {
        (Some(key), _) => key.spki_der(),
        (None, NewKey::Theirs(wish)) => &wish.spki_der,
        (None, NewKey::Make { .. }) => return Err(PkiError::Task),
    };
    let mut spec = CertificateSpec::of_subject(
        plan.holder.subject(),
        &roles(plan.role),
        plan.purpose,
        spki,
        plan.validity,
    )?;
    spec.addresses = addresses;
    if key.is_none() {
        // The same key may come with a second request: its number must be another.
        spec = spec.with_serial(random_bytes());
    }
    let certificate = issue::issue(&spec, chain.issuing.as_issuer())?;
    let key_file = match (&key, &plan.key) {
        (Some(key), NewKey::Make { password, .. }) => {
            let mut certificates = vec![certificate.clone()];
            certificates.extend(chain.issuers());
            Some(pkcs12::write(key, &certificates, &plan.id, password)?)
        }
        _ => None,
    };
    Ok((certificate, key_file))
}

/// Nothing is issued outside the TEST range without saying so.
fn notices(holder: &Holder) -> Vec<Notice> {
    let notice = |label: &str, number: Option<&str>| {
        let outside = number.is_some_and(|number| match label {
            "bin-outside-test-range" => !range::is_test_number_bin(number),
            _ => !range::is_test_number(number),
        });
        outside.then(|| Notice {
            label: label.to_owned(),
            meaning: range::OUTSIDE.to_owned(),
        })
    };
    let (iin, bin) = holder.numbers();
    [
        notice("iin-outside-test-range", iin.as_deref()),
        notice("bin-outside-test-range", bin.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Plan {
    fn kind(&self) -> KeyKind {
        match &self.key {
            NewKey::Make { kind, .. } => *kind,
            NewKey::Theirs(wish) => wish.kind,
        }
    }
}

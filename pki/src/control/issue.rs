//! `POST /issue`: a certificate with a key file, for somebody who is not on the list.

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
use qaqpa_model::{Bin, IdentityId, Iin};
use qaqpa_transport::control::refusal;
use qaqpa_x509::issue::{self, Person, System, Validity};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, pkcs12};
use serde::{Deserialize, Serialize};

use super::read;
use crate::authority::{Authority, IssuerName, blocking, is_reserved};
use crate::personas::{PEOPLE, SYSTEMS, roles};
use crate::standing::Standing;
use crate::vault::Vault;
use crate::{PkiError, respond};

/// What `POST /issue` takes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueOrder {
    /// The new identity's id, `citizen-7`: not one of the ready-made.
    pub id: String,
    /// The person's IIN; every role but information-system needs one.
    #[serde(default)]
    pub iin: Option<String>,
    /// Surname, given name and, if there is one, patronymic, with spaces between; a system's whole name.
    pub name: String,
    /// `individual`, `employee`, `head`, …
    #[serde(default = "individual")]
    pub role: String,
    /// `sign` or `authenticate`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The organisation's BIN, for the roles that have one.
    #[serde(default)]
    pub bin: Option<String>,
    /// The organisation's name.
    #[serde(default)]
    pub organization: Option<String>,
    /// The password of the key file; it is not kept.
    pub password: String,
}

/// What `POST /issue` gives: the key is nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issued {
    /// The identity.
    pub id: String,
    /// The serial number in lower-case hexadecimal.
    pub serial: String,
    /// The certificate in PEM.
    pub certificate: String,
    /// The key file (PKCS#12) in base64.
    pub p12: String,
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

fn individual() -> String {
    Role::Individual.name().to_owned()
}

/// An order that can be carried out.
struct Subject {
    kind: Kind,
    password: String,
    id: String,
}

enum Kind {
    Person(Person, Role, Purpose),
    System(System),
}

pub(super) async fn issue(State(authority): State<Arc<Authority>>, body: Bytes) -> Response {
    let order: IssueOrder = match read(&body) {
        Ok(order) => order,
        Err(refusal) => return refusal,
    };
    if PEOPLE.iter().any(|person| person.id == order.id)
        || SYSTEMS.iter().any(|system| system.id == order.id)
        || is_reserved(&order.id)
    {
        let meaning = format!("{} is one of the ready-made identities", order.id);
        return refusal(StatusCode::CONFLICT, "identity-taken", meaning);
    }
    let subject = match subject(order) {
        Ok(subject) => subject,
        Err((label, meaning)) => return respond::unreadable(label, meaning),
    };
    match carry_out(&authority, subject).await {
        Ok(issued) => Json(issued).into_response(),
        Err(PkiError::Issue(issue::IssueError::Encoding { why })) => {
            respond::unreadable("name-invalid", why)
        }
        Err(error) => respond::fault(&error),
    }
}

async fn carry_out(authority: &Authority, subject: Subject) -> Result<Issued, PkiError> {
    let now = authority.clock.now();
    let lasts = match subject.kind {
        Kind::Person(..) => authority.config.person(),
        Kind::System(_) => authority.config.system(),
    };
    let period = Standing::InForce.period(now, lasts);
    let (vault, addresses) = (authority.vault.clone(), authority.addresses(KeyKind::Rsa));
    let id = subject.id.clone();
    let (certificate, key_file) =
        blocking(move || make(&vault, &subject, period, addresses)).await?;
    authority
        .record(
            &[(IssuerName::Issuing(KeyKind::Rsa), &id, &certificate)],
            now,
        )
        .await?;
    Ok(Issued {
        id,
        serial: certificate.serial_hex(),
        certificate: certificate.to_pem(),
        p12: STANDARD.encode(key_file),
    })
}

fn make(
    vault: &Vault,
    subject: &Subject,
    period: Validity,
    addresses: issue::Addresses,
) -> Result<(Certificate, Vec<u8>), PkiError> {
    let key = PrivateKey::generate_rsa_2048()?;
    let national = vault.chain(KeyKind::Rsa);
    let issuer = national.issuing.as_issuer();
    let spki = key.spki_der();
    let certificate = match &subject.kind {
        Kind::Person(person, role, purpose) => issue::person(
            person,
            &roles(*role),
            *purpose,
            spki,
            period,
            addresses,
            issuer,
        )?,
        Kind::System(system) => issue::system(system, spki, period, addresses, issuer)?,
    };
    let mut chain = vec![certificate.clone()];
    chain.extend(national.issuers());
    let key_file = pkcs12::write(&key, &chain, &subject.id, &subject.password)?;
    Ok((certificate, key_file))
}

type Why = (&'static str, String);

fn subject(order: IssueOrder) -> Result<Subject, Why> {
    let id = IdentityId::parse(&order.id).map_err(|why| ("id-invalid", why.to_string()))?;
    check_password(&order.password)?;
    let role = Role::parse(&order.role)
        .ok_or_else(|| ("role-unknown", format!("{:?} is not a role", order.role)))?;
    let purpose = match order.purpose.as_deref() {
        None | Some("sign") => Purpose::Sign,
        Some("authenticate") => Purpose::Authenticate,
        Some(other) => {
            return Err((
                "purpose-unknown",
                format!("{other:?}: sign or authenticate"),
            ));
        }
    };
    let bin = match &order.bin {
        None => None,
        Some(bin) => Some(Bin::parse(bin).map_err(|why| ("bin-invalid", why.to_string()))?),
    };
    let organization = bin.map(|bin| {
        let name = order.organization.clone();
        (name.unwrap_or_else(|| "TEST ҰЙЫМ".to_owned()), bin)
    });
    let kind = if role == Role::InformationSystem {
        Kind::System(System {
            name: named(&order.name)?.join(" "),
            oid: "2.999.398.0".to_owned(),
            organization,
        })
    } else {
        let iin = order.iin.as_deref().unwrap_or_default();
        let iin = Iin::parse(iin).map_err(|why| ("iin-invalid", why.to_string()))?;
        let words = named(&order.name)?;
        let [surname, given_name, patronymic @ ..] = words.as_slice() else {
            let meaning = "write surname and given name with a space between";
            return Err(("name-invalid", meaning.to_owned()));
        };
        let patronymic = (!patronymic.is_empty()).then(|| patronymic.join(" "));
        let person = Person {
            surname: surname.clone(),
            given_name: given_name.clone(),
            patronymic,
            iin,
            organization,
        };
        Kind::Person(person, role, purpose)
    };
    Ok(Subject {
        kind,
        password: order.password,
        id: id.to_string(),
    })
}

/// The words of a name; X.520 allows 64 characters in a common name.
fn named(name: &str) -> Result<Vec<String>, Why> {
    let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
    let long = name.chars().count() > 64;
    if words.is_empty() || long || name.chars().any(char::is_control) {
        let meaning = "a name has 1 to 64 characters, none of them a control character";
        return Err(("name-invalid", meaning.to_owned()));
    }
    Ok(words)
}

/// What OpenSSL, Java's keytool (at least six) and PKCS#12's UTF-16 can all take.
fn check_password(password: &str) -> Result<(), Why> {
    let good = (6..=128).contains(&password.chars().count())
        && password
            .chars()
            .all(|c| !c.is_control() && u32::from(c) <= 0xffff);
    if good {
        return Ok(());
    }
    let meaning = "a key file's password has 6 to 128 characters of the basic plane, none of them a control character";
    Err(("password-invalid", meaning.to_owned()))
}

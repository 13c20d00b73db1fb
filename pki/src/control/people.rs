//! `GET /people`, `POST /people/{pack}`: the ready-made people, and issuing more of them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_transport::control::refusal;
use serde::{Deserialize, Serialize};

use super::read;
use crate::authority::Authority;
use crate::personas::{Pack, Packs, Persona, is_test_range};
use crate::roster::{self, Pace};
use crate::{PkiError, respond};

/// A pack of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackView {
    /// `core`, `families`, …
    pub pack: String,
    /// What it is for.
    pub about: String,
    /// Whether its key files are there.
    pub issued: bool,
    /// The people with keys.
    pub people: Vec<PersonView>,
    /// The ids of people without keys, whom registers know.
    pub keyless: Vec<String>,
    /// The ids of systems.
    pub systems: Vec<String>,
}

/// A ready-made person, also one who is not issued yet. The IIN is a TEST one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// The id.
    pub id: String,
    /// The role in the certificate.
    pub role: String,
    /// The IIN.
    pub iin: String,
    /// Whether the IIN is of the range that is marked as TEST: always.
    pub test_range: bool,
    /// The kind of the key.
    pub key_kind: String,
    /// Why this person exists.
    pub about: String,
    /// What a relying party must say: `accept`, `refuse`.
    pub expected: String,
    /// Why it must refuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What `POST /people/{pack}` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeopleOrder {
    /// Make one key after the other, beside other work.
    pub gently: bool,
}

pub(super) async fn list(State(authority): State<Arc<Authority>>) -> Response {
    answer(&authority, Packs::ALL).await
}

pub(super) async fn issue(
    State(authority): State<Arc<Authority>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let order: PeopleOrder = match read(&body) {
        Ok(order) => order,
        Err(refusal) => return refusal,
    };
    let Ok(packs) = Packs::parse([name.as_str()]) else {
        let known: Vec<_> = Pack::ALL.iter().map(|pack| pack.name()).collect();
        let meaning = format!("{name:?} is not a pack: {}, all", known.join(", "));
        return refusal(StatusCode::NOT_FOUND, "pack-unknown", meaning);
    };
    let pace = if order.gently {
        Pace::Gentle
    } else {
        Pace::Brisk
    };
    match roster::issue(&authority, packs, pace).await {
        Ok(()) => answer(&authority, packs).await,
        Err(error) => respond::fault(&error),
    }
}

async fn answer(authority: &Authority, packs: Packs) -> Response {
    match views(authority, packs).await {
        Ok(views) => Json(views).into_response(),
        Err(error) => respond::fault(&error),
    }
}

async fn views(authority: &Authority, packs: Packs) -> Result<Vec<PackView>, PkiError> {
    let issued = roster::issued(authority).await?;
    let view = |pack: Pack| {
        let people = pack.people().iter().map(person);
        Ok(PackView {
            pack: pack.name().to_owned(),
            about: pack.about().to_owned(),
            issued: issued.has(pack),
            people: people.collect::<Result<_, PkiError>>()?,
            keyless: pack.keyless().iter().map(|one| one.id.to_owned()).collect(),
            systems: pack.systems().iter().map(|one| one.id.to_owned()).collect(),
        })
    };
    packs.iter().map(view).collect()
}

fn person(persona: &Persona) -> Result<PersonView, PkiError> {
    let iin = persona.iin()?;
    Ok(PersonView {
        id: persona.id.to_owned(),
        role: persona.role.name().to_owned(),
        iin: iin.reveal(),
        test_range: is_test_range(&iin),
        key_kind: persona.key.name().to_owned(),
        about: persona.about.to_owned(),
        expected: persona.expected.verdict().to_owned(),
        label: persona.expected.label().map(str::to_owned),
    })
}

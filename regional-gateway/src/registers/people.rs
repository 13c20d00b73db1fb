//! The person register: the ready-made people, and those whom only registers know.

use std::collections::BTreeMap;

use qaqpa_model::Iin;
use qaqpa_transport::identities::{Index, PersonName};
use qaqpa_wire::register::person::{self, PersonDocument, PersonEntry};
use qaqpa_wire::register::{Coded, Question};

/// Names of codes, by dictionary and code: Russian, Kazakh.
pub(super) type Dictionary = BTreeMap<String, BTreeMap<String, (String, String)>>;

/// What the register knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct People {
    pub(super) dictionary: Dictionary,
    /// Of whom nothing else is told.
    pub(super) default: Facts,
    pub(super) entries: Vec<Entry>,
}

/// What is known of everybody; codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) nationality: String,
    pub(super) citizenship: String,
    pub(super) life_status: String,
    pub(super) birth_place: Place,
}

/// What is told of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) whose: Whose,
    pub(super) nationality: Option<String>,
    pub(super) citizenship: Option<String>,
    pub(super) life_status: Option<String>,
    pub(super) birth_place: Option<Place>,
    pub(super) address: Option<Place>,
    pub(super) papers: Vec<Paper>,
}

/// Of whom an entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// A ready-made person of the authority, whose number and name stand there.
    Identity(String),
    /// Somebody whom only registers know.
    Own {
        iin: Iin,
        surname: String,
        name: String,
        patronymic: Option<String>,
    },
}

/// A place; codes, and texts below the region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) country: String,
    pub(super) district: String,
    pub(super) region: Option<String>,
    pub(super) street: Option<String>,
    pub(super) building: Option<String>,
    pub(super) flat: Option<String>,
}

/// An identity paper; kind, issuer and status are codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paper {
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) begin: String,
    pub(super) end: String,
    pub(super) issuer: String,
    pub(super) status: String,
}

impl People {
    /// How many entries the file has; the ready-made people come on top.
    pub(super) const fn told_of(&self) -> usize {
        self.entries.len()
    }

    /// Everybody who has every value of the question.
    pub(super) fn find(&self, question: &Question, index: &Index) -> Vec<PersonEntry> {
        let ready = index
            .identities
            .iter()
            .map(|one| (&one.id, &one.iin, &one.name));
        let keyless = index
            .keyless
            .iter()
            .map(|one| (&one.id, &one.iin, &one.name));
        let mut found: BTreeMap<String, PersonEntry> = BTreeMap::new();
        for (id, iin, name) in ready.chain(keyless) {
            // A number that is none (an ordered test identity), and the second of two of one number, are not in it.
            let Ok(iin) = Iin::parse(iin) else { continue };
            let told = self
                .entries
                .iter()
                .find(|entry| entry.whose == Whose::Identity(id.clone()));
            let person = self.person(&iin, name, told);
            found.entry(person.iin.clone()).or_insert(person);
        }
        for entry in &self.entries {
            if let Whose::Own {
                iin,
                surname,
                name,
                patronymic,
            } = &entry.whose
            {
                let name = PersonName {
                    surname: surname.clone(),
                    given: name.clone(),
                    patronymic: patronymic.clone(),
                };
                let person = self.person(iin, &name, Some(entry));
                found.insert(person.iin.clone(), person);
            }
        }
        let asked = |person: &PersonEntry| {
            let mut criteria = question.criteria.iter();
            criteria.all(|(name, value)| has(person, name, value))
        };
        found.into_values().filter(asked).collect()
    }

    fn person(&self, iin: &Iin, name: &PersonName, told: Option<&Entry>) -> PersonEntry {
        let iin = iin.reveal();
        let male = iin.as_bytes().get(6).is_some_and(|digit| digit % 2 == 1);
        let of =
            |tell: fn(&Entry) -> Option<&String>, default| told.and_then(tell).unwrap_or(default);
        let (entry, default) = (told, &self.default);
        PersonEntry {
            birth_date: birth_date(&iin),
            gender: self.coded("gender", if male { "1" } else { "2" }),
            nationality: self.coded(
                "nationality",
                of(|entry| entry.nationality.as_ref(), &default.nationality),
            ),
            citizenship: self.coded(
                "country",
                of(|entry| entry.citizenship.as_ref(), &default.citizenship),
            ),
            life_status: self.coded(
                "life-status",
                of(|entry| entry.life_status.as_ref(), &default.life_status),
            ),
            birth_place: self.place(
                entry
                    .and_then(|entry| entry.birth_place.as_ref())
                    .unwrap_or(&default.birth_place),
            ),
            address: entry
                .and_then(|entry| entry.address.as_ref())
                .map(|place| self.place(place)),
            documents: entry
                .map(|entry| entry.papers.iter().map(|paper| self.paper(paper)).collect())
                .unwrap_or_default(),
            surname: name.surname.clone(),
            name: name.given.clone(),
            patronymic: name.patronymic.clone(),
            iin,
        }
    }

    fn place(&self, place: &Place) -> person::Place {
        person::Place {
            country: self.coded("country", &place.country),
            district: self.coded("district", &place.district),
            region: place
                .region
                .as_ref()
                .map(|region| self.coded("region", region)),
            street: place.street.clone(),
            building: place.building.clone(),
            flat: place.flat.clone(),
        }
    }

    fn paper(&self, paper: &Paper) -> PersonDocument {
        PersonDocument {
            kind: self.coded("document", &paper.kind),
            number: paper.number.clone(),
            begin_date: paper.begin.clone(),
            end_date: paper.end.clone(),
            issued_by: self.coded("issuer", &paper.issuer),
            status: self.coded("document-status", &paper.status),
        }
    }

    /// The file was held to have every code that it uses.
    fn coded(&self, dictionary: &str, code: &str) -> Coded {
        let values = self.dictionary.get(dictionary);
        let names = values.and_then(|values| values.get(code));
        let (name_ru, name_kz) = names.cloned().unwrap_or_default();
        Coded {
            code: code.to_owned(),
            name_ru,
            name_kz,
        }
    }
}

/// Whether a person has that value. Names are compared without their case, dates by their day.
fn has(person: &PersonEntry, name: &str, value: &str) -> bool {
    let same = |text: &str| text.to_uppercase() == value.to_uppercase();
    let born = person.birth_date.as_str();
    // `2010-06-15`, with or without a time behind it.
    let day = value.get(..10).unwrap_or(value);
    match name {
        "iin" => person.iin == value,
        "surname" => same(&person.surname),
        "name" => same(&person.name),
        "patronymic" => person.patronymic.as_deref().is_some_and(same),
        "birthDate" => born == day,
        "birthDateFrom" => born >= day,
        "birthDateTo" => born <= day,
        "documentNumber" => person.documents.iter().any(|paper| paper.number == value),
        _ => false,
    }
}

/// `YYYY-MM-DD` of an IIN: its first half, and the century of its seventh digit.
fn birth_date(iin: &str) -> String {
    let century = match iin.as_bytes().get(6) {
        Some(b'1' | b'2') => 18,
        Some(b'3' | b'4') => 19,
        _ => 20,
    };
    let part = |range| iin.get(range).unwrap_or_default();
    format!("{century}{}-{}-{}", part(0..2), part(2..4), part(4..6))
}

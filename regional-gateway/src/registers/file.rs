//! A register's file: what is in it, and the line of what is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use qaqpa_model::Iin;
use serde::Deserialize;
use toml::Spanned;

use super::people::{Dictionary, Entry, Facts, Paper, People, Place, Whose};
use super::records::Records;
use super::{Contents, Register};

/// Bytes of one file: some ten thousand people fit.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(Deserialize)]
struct RawHead {
    kind: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPersons {
    #[serde(rename = "kind")]
    _kind: String,
    service: String,
    sender: String,
    dictionary: BTreeMap<String, BTreeMap<String, RawName>>,
    default: RawFacts,
    #[serde(default)]
    person: Vec<RawPerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawName {
    ru: String,
    kk: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFacts {
    nationality: Spanned<String>,
    citizenship: Spanned<String>,
    life_status: Spanned<String>,
    birth_place: RawPlace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPerson {
    identity: Option<Spanned<String>>,
    iin: Option<Spanned<String>>,
    surname: Option<String>,
    name: Option<String>,
    patronymic: Option<String>,
    nationality: Option<Spanned<String>>,
    citizenship: Option<Spanned<String>>,
    life_status: Option<Spanned<String>>,
    birth_place: Option<RawPlace>,
    address: Option<RawPlace>,
    #[serde(default)]
    document: Vec<RawDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    country: Spanned<String>,
    district: Spanned<String>,
    region: Option<Spanned<String>>,
    street: Option<String>,
    building: Option<String>,
    flat: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument {
    #[serde(rename = "type")]
    kind: Spanned<String>,
    number: String,
    begin: String,
    end: String,
    issuer: Spanned<String>,
    status: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecords {
    #[serde(rename = "kind")]
    _kind: String,
    service: String,
    sender: String,
    asked_by: Vec<Spanned<String>>,
    #[serde(default)]
    record: Vec<BTreeMap<String, Spanned<String>>>,
}

/// The files of a folder, by name; none where there is no folder.
pub(super) fn of_folder(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let unreadable = |path: &Path, why: String| format!("{}: {why}", path.display());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, error.to_string())),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| unreadable(folder, error.to_string()))?
            .path();
        if path.extension().is_some_and(|of| of == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let bytes =
            std::fs::metadata(&path).map_err(|error| unreadable(&path, error.to_string()))?;
        if bytes.len() > FILE_BYTES_MAX {
            return Err(unreadable(
                &path,
                format!("more than {FILE_BYTES_MAX} bytes"),
            ));
        }
        let text =
            std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error.to_string()))?;
        files.push((path.display().to_string(), text));
    }
    Ok(files)
}

/// Reads one register.
pub(super) fn read(name: &str, text: &str) -> Result<Register, String> {
    let source = Source { name, text };
    let head: RawHead = source.parse()?;
    match head.kind.get_ref().as_str() {
        "persons" => persons(&source),
        "records" => records(&source),
        other => Err(source.fault(
            head.kind.span(),
            format!("the kind is {other:?}, neither persons nor records"),
        )),
    }
}

struct Source<'t> {
    name: &'t str,
    text: &'t str,
}

impl Source<'_> {
    fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        toml::from_str(self.text).map_err(|error| {
            self.fault(error.span().unwrap_or_default(), error.message().to_owned())
        })
    }

    fn fault(&self, span: Range<usize>, why: String) -> String {
        let before = self.text.as_bytes().iter().take(span.start);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        format!("{}, line {line}: {why}", self.name)
    }

    fn iin(&self, text: &Spanned<String>) -> Result<Iin, String> {
        Iin::parse(text.get_ref())
            .map_err(|error| self.fault(text.span(), format!("no IIN: {error}")))
    }
}

fn persons(source: &Source<'_>) -> Result<Register, String> {
    let raw: RawPersons = source.parse()?;
    let codes = Codes {
        source,
        dictionary: raw
            .dictionary
            .into_iter()
            .map(|(name, values)| {
                let values = values.into_iter();
                let values = values.map(|(code, name)| (code, (name.ru, name.kk)));
                (name, values.collect())
            })
            .collect(),
    };
    let mut entries = Vec::new();
    for person in raw.person {
        let whose = match (&person.identity, &person.iin, person.surname, person.name) {
            (Some(identity), None, None, None) => Whose::Identity(identity.get_ref().clone()),
            (None, Some(iin), Some(surname), Some(name)) => Whose::Own {
                iin: source.iin(iin)?,
                surname,
                name,
                patronymic: person.patronymic,
            },
            _ => {
                let at = person.identity.as_ref().or(person.iin.as_ref());
                let span = at.map(Spanned::span).unwrap_or_default();
                let why = "a person has either an identity, or iin, surname and name";
                return Err(source.fault(span, why.to_owned()));
            }
        };
        let optional = |dictionary, code: Option<Spanned<String>>| {
            code.map(|code| codes.check(dictionary, code)).transpose()
        };
        entries.push(Entry {
            whose,
            nationality: optional("nationality", person.nationality)?,
            citizenship: optional("country", person.citizenship)?,
            life_status: optional("life-status", person.life_status)?,
            birth_place: person
                .birth_place
                .map(|place| codes.place(place))
                .transpose()?,
            address: person.address.map(|place| codes.place(place)).transpose()?,
            papers: person
                .document
                .into_iter()
                .map(|document| codes.paper(document))
                .collect::<Result<_, _>>()?,
        });
    }
    let default = Facts {
        nationality: codes.check("nationality", raw.default.nationality)?,
        citizenship: codes.check("country", raw.default.citizenship)?,
        life_status: codes.check("life-status", raw.default.life_status)?,
        birth_place: codes.place(raw.default.birth_place)?,
    };
    for code in ["1", "2"] {
        if !codes.has("gender", code) {
            return Err(source.fault(0..0, format!("the dictionary of gender has no {code}")));
        }
    }
    Ok(Register {
        service: raw.service,
        sender: raw.sender,
        contents: Contents::Persons(Box::new(People {
            dictionary: codes.dictionary,
            default,
            entries,
        })),
    })
}

/// Holds that every code stands in its dictionary.
struct Codes<'s> {
    source: &'s Source<'s>,
    dictionary: Dictionary,
}

impl Codes<'_> {
    fn has(&self, dictionary: &str, code: &str) -> bool {
        let values = self.dictionary.get(dictionary);
        values.is_some_and(|values| values.contains_key(code))
    }

    fn check(&self, dictionary: &str, code: Spanned<String>) -> Result<String, String> {
        if self.has(dictionary, code.get_ref()) {
            return Ok(code.into_inner());
        }
        let why = format!("the dictionary of {dictionary} has no {:?}", code.get_ref());
        Err(self.source.fault(code.span(), why))
    }

    fn place(&self, raw: RawPlace) -> Result<Place, String> {
        Ok(Place {
            country: self.check("country", raw.country)?,
            district: self.check("district", raw.district)?,
            region: raw
                .region
                .map(|region| self.check("region", region))
                .transpose()?,
            street: raw.street,
            building: raw.building,
            flat: raw.flat,
        })
    }

    fn paper(&self, raw: RawDocument) -> Result<Paper, String> {
        Ok(Paper {
            kind: self.check("document", raw.kind)?,
            number: raw.number,
            begin: raw.begin,
            end: raw.end,
            issuer: self.check("issuer", raw.issuer)?,
            status: self.check("document-status", raw.status)?,
        })
    }
}

fn records(source: &Source<'_>) -> Result<Register, String> {
    let raw: RawRecords = source.parse()?;
    for name in &raw.asked_by {
        if !raw
            .record
            .iter()
            .any(|record| record.contains_key(name.get_ref()))
        {
            let why = format!(
                "no record has {:?}: nothing can be found by it",
                name.get_ref()
            );
            return Err(source.fault(name.span(), why));
        }
    }
    let mut records = Vec::new();
    for record in raw.record {
        let mut fields: Vec<(Range<usize>, String, String)> = Vec::new();
        for (name, value) in record {
            if name.ends_with("Iin") && !value.get_ref().starts_with('@') {
                source.iin(&value)?;
            }
            fields.push((value.span(), name, value.into_inner()));
        }
        // As the file has them, not as a map has them.
        fields.sort_by_key(|(span, _, _)| span.start);
        let fields = fields.into_iter();
        records.push(fields.map(|(_, name, value)| (name, value)).collect());
    }
    Ok(Register {
        service: raw.service,
        sender: raw.sender,
        contents: Contents::Records(Records {
            asked_by: raw.asked_by.into_iter().map(Spanned::into_inner).collect(),
            records,
        }),
    })
}

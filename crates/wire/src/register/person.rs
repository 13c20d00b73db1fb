//! The person register (ЖТ МДБ / ГБД ФЛ): its answer, in the shape that is in use.

use qaqpa_xml::write::Writer;

use super::{AnswerHead, Coded, Root, write};

/// The name space of its messages.
pub const SPACE: &str = "http://message.persistence.interactive.nat";
/// The serviceId that it is asked by.
pub const SERVICE: &str = "GBDFL_UniversalServiceSync";
/// What it can be asked by.
pub const CRITERIA: [&str; 8] = [
    "iin",
    "surname",
    "name",
    "patronymic",
    "birthDate",
    "birthDateFrom",
    "birthDateTo",
    "documentNumber",
];

/// The persons whom a question is about.
///
/// The elements inside `birthPlace` and `regAddress` are the simulator's reading: what is published names only these two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonAnswer {
    /// Who answers what.
    pub head: AnswerHead,
    /// None where the register knows nobody.
    pub persons: Vec<PersonEntry>,
}

/// One person of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEntry {
    /// The individual identification number, twelve digits.
    pub iin: String,
    /// Тегі / фамилия.
    pub surname: String,
    /// Аты / имя.
    pub name: String,
    /// Әкесінің аты / отчество, which not everybody has.
    pub patronymic: Option<String>,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// 1 male, 2 female.
    pub gender: Coded,
    /// Ұлты / национальность.
    pub nationality: Coded,
    /// Азаматтығы / гражданство.
    pub citizenship: Coded,
    /// 0 living.
    pub life_status: Coded,
    /// Where the person was born.
    pub birth_place: Place,
    /// Where the person is registered; not everybody is.
    pub address: Option<Place>,
    /// Identity papers, the newest first.
    pub documents: Vec<PersonDocument>,
}

/// A place, from the country down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The country.
    pub country: Coded,
    /// The oblast, or the city of republican rank.
    pub district: Coded,
    /// The district or the city.
    pub region: Option<Coded>,
    /// Street, building and flat, as one text each.
    pub street: Option<String>,
    /// The building.
    pub building: Option<String>,
    /// The flat.
    pub flat: Option<String>,
}

/// An identity paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDocument {
    /// 001 passport, 002 identity card.
    pub kind: Coded,
    /// Its number.
    pub number: String,
    /// `YYYY-MM-DD`.
    pub begin_date: String,
    /// `YYYY-MM-DD`.
    pub end_date: String,
    /// Who issued it.
    pub issued_by: Coded,
    /// 00 valid.
    pub status: Coded,
}

impl PersonAnswer {
    /// The unsigned answer.
    ///
    /// Sign it with [`qaqpa_xmldsig::sign_enveloped`].
    #[must_use]
    pub fn to_xml(&self, root: Root) -> Vec<u8> {
        write(root, SPACE, "Response", |out| {
            self.head.write(out);
            if self.persons.is_empty() {
                return;
            }
            out.start("persons");
            for person in &self.persons {
                person.write(out);
            }
            out.end();
        })
    }
}

impl PersonEntry {
    fn write(&self, out: &mut Writer) {
        out.start("person");
        out.leaf("iin", &self.iin);
        out.leaf("surname", &self.surname);
        out.leaf("name", &self.name);
        if let Some(patronymic) = &self.patronymic {
            out.leaf("patronymic", patronymic);
        }
        out.leaf("birthDate", &self.birth_date);
        self.gender.write(out, "gender");
        self.nationality.write(out, "nationality");
        self.citizenship.write(out, "citizenship");
        self.life_status.write(out, "lifeStatus");
        self.birth_place.write(out, "birthPlace");
        if let Some(address) = &self.address {
            address.write(out, "regAddress");
        }
        if !self.documents.is_empty() {
            out.start("documents");
            for document in &self.documents {
                document.write(out);
            }
            out.end();
        }
        out.end();
    }
}

impl Place {
    fn write(&self, out: &mut Writer, name: &str) {
        out.start(name);
        self.country.write(out, "country");
        self.district.write(out, "district");
        if let Some(region) = &self.region {
            region.write(out, "region");
        }
        for (name, text) in [
            ("street", &self.street),
            ("building", &self.building),
            ("flat", &self.flat),
        ] {
            if let Some(text) = text {
                out.leaf(name, text);
            }
        }
        out.end();
    }
}

impl PersonDocument {
    fn write(&self, out: &mut Writer) {
        out.start("document");
        self.kind.write(out, "type");
        out.leaf("number", &self.number);
        out.leaf("beginDate", &self.begin_date);
        out.leaf("endDate", &self.end_date);
        self.issued_by.write(out, "issueOrganization");
        self.status.write(out, "status");
        out.end();
    }
}

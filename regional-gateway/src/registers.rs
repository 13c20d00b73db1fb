//! The registers (тізілімдер / реестры): machines that answer, behind the gateway's synchronous channel.
//!
//! - `file` reads a register's people and records: `regional-gateway/registers/*.toml`, built in, and the files of
//!   `DIR/<name>/registers`, each of which adds a register or takes the place of the one with its serviceId;
//! - [`people`] is the person register, whose messages have the shape that is in use;
//! - [`records`] is every other one: records of named values, in the simulator's own shape;
//! - `door` takes questions from the gateway, and signs the answers.

pub(crate) mod door;
mod file;
mod people;
mod records;

use std::collections::BTreeMap;
use std::path::Path;

use qaqpa_model::Moment;
use qaqpa_transport::identities::Index;
use qaqpa_wire::DocumentError;
use qaqpa_wire::register::{AnswerHead, Question, Root, person};

use people::People;
use records::Records;

/// The registers that are built in.
const BUILT_IN: [(&str, &str); 6] = [
    ("address.toml", include_str!("../registers/address.toml")),
    ("civil.toml", include_str!("../registers/civil.toml")),
    (
        "disability.toml",
        include_str!("../registers/disability.toml"),
    ),
    (
        "kindergarten.toml",
        include_str!("../registers/kindergarten.toml"),
    ),
    ("notary.toml", include_str!("../registers/notary.toml")),
    ("person.toml", include_str!("../registers/person.toml")),
];

/// Records of one answer: a question that is about more must be put more narrowly.
const FOUND_MAX: usize = 50;

/// Every register, by the serviceId that it is asked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registers(BTreeMap<String, Register>);

/// One register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Register {
    service: String,
    /// How the register names itself in its answers.
    sender: String,
    contents: Contents,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Contents {
    Persons(Box<People>),
    Records(Records),
}

impl Registers {
    /// Reads the registers that are built in, and those of a folder, if there is one.
    ///
    /// # Errors
    /// The file, the line and the fault.
    pub(crate) fn load(folder: &Path) -> Result<Self, String> {
        let mut files: Vec<(String, String)> = BUILT_IN
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        files.extend(file::of_folder(folder)?);
        let mut registers = BTreeMap::new();
        for (name, text) in files {
            let register = file::read(&name, &text)?;
            registers.insert(register.service.clone(), register);
        }
        Ok(Self(registers))
    }

    /// The register of that serviceId.
    pub(crate) fn of(&self, service: &str) -> Option<&Register> {
        self.0.get(service)
    }

    /// The serviceIds, with what each can be asked by and how much is in it.
    pub(crate) fn contents(&self) -> impl Iterator<Item = (&str, Vec<&str>, usize)> {
        self.0.values().map(|register| match &register.contents {
            Contents::Persons(people) => (
                register.service.as_str(),
                person::CRITERIA.to_vec(),
                people.told_of(),
            ),
            Contents::Records(records) => (
                register.service.as_str(),
                records.asked_by(),
                records.count(),
            ),
        })
    }
}

impl Register {
    /// The name space of its messages.
    pub(crate) const fn space(&self) -> &'static str {
        match self.contents {
            Contents::Persons(_) => person::SPACE,
            Contents::Records(_) => qaqpa_wire::register::SPACE,
        }
    }

    /// The records that have this value under this name, for a machine of the same house.
    pub(crate) fn records_with(&self, name: &str, value: &str) -> Vec<BTreeMap<String, String>> {
        let all = self.records().filter(|record| {
            let has = |(key, held): &(String, String)| key == name && held == value;
            record.iter().any(has)
        });
        all.map(|record| record.iter().cloned().collect()).collect()
    }

    /// Every value under this name.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let fields = self.records().flatten();
        let named = fields.filter(|(key, _)| key == name);
        named.map(|(_, value)| value.clone()).collect()
    }

    fn records(&self) -> impl Iterator<Item = &Vec<(String, String)>> {
        let records = match &self.contents {
            Contents::Persons(_) => &[][..],
            Contents::Records(records) => &records.records,
        };
        records.iter()
    }

    /// The unsigned answer, with the number of persons or records in it.
    ///
    /// # Errors
    /// [`DocumentError`] where the register cannot be asked so, or the question is about too much.
    pub(crate) fn answer(
        &self,
        question: &Question,
        index: &Index,
        (message_id, at): (String, Moment),
        root: Root,
    ) -> Result<(Vec<u8>, usize), DocumentError> {
        let head = AnswerHead {
            message_id,
            message_date: at,
            request_id: question.message_id.clone(),
            sender: self.sender.clone(),
            receiver: question.sender_code.clone(),
        };
        match &self.contents {
            Contents::Persons(people) => {
                question.only(&person::CRITERIA)?;
                let persons = people.find(question, index);
                let found = narrow_enough(persons.len())?;
                Ok((person::PersonAnswer { head, persons }.to_xml(root), found))
            }
            Contents::Records(records) => {
                question.only(&records.asked_by())?;
                let records = records.find(question, index);
                let found = narrow_enough(records.len())?;
                let answer = qaqpa_wire::register::records::RecordsAnswer { head, records };
                Ok((answer.to_xml(root), found))
            }
        }
    }
}

fn narrow_enough(found: usize) -> Result<usize, DocumentError> {
    if found > FOUND_MAX {
        return Err(DocumentError::Limit {
            what: "the persons or records of an answer",
            max: FOUND_MAX,
        });
    }
    Ok(found)
}

#[cfg(test)]
#[path = "registers_tests.rs"]
mod tests;

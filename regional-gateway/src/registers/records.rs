//! Registers of records: named values, found by the names that the register is asked by.

use std::collections::BTreeMap;

use qaqpa_transport::identities::Index;
use qaqpa_wire::register::Question;

/// The records of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) asked_by: Vec<String>,
    /// Names and values, in order. A value `@ID` is the IIN of a ready-made person.
    pub(super) records: Vec<Vec<(String, String)>>,
}

impl Records {
    pub(super) fn asked_by(&self) -> Vec<&str> {
        self.asked_by.iter().map(String::as_str).collect()
    }

    pub(super) const fn count(&self) -> usize {
        self.records.len()
    }

    /// The records that have every value of the question. One about a person who is not issued is not there.
    pub(super) fn find(&self, question: &Question, index: &Index) -> Vec<Vec<(String, String)>> {
        let people = index.identities.iter().map(|one| (&*one.id, &*one.iin));
        let keyless = index.keyless.iter().map(|one| (&*one.id, &*one.iin));
        let people: BTreeMap<&str, &str> = people.chain(keyless).collect();
        let resolved = |value: &str| match value.strip_prefix('@') {
            Some(id) => people.get(id).map(|iin| (*iin).to_owned()),
            None => Some(value.to_owned()),
        };
        let records = self.records.iter().filter_map(|record| {
            let fields = record.iter();
            let fields = fields.map(|(name, value)| Some((name.clone(), resolved(value)?)));
            fields.collect::<Option<Vec<_>>>()
        });
        let has = |record: &Vec<(String, String)>| {
            let asked = question.criteria.iter();
            asked.clone().all(|asked| record.contains(asked))
        };
        records.filter(has).collect()
    }
}

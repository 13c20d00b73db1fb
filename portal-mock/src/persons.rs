//! The simulated register of persons (ЖТ МДБ / ГБД ФЛ): the ready-made people of this simulator.
//!
//! The portal asks it whether the data of a registered applicant are genuine. It is read anew each
//! time: the authority may still be writing it while the portal starts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use qaqpa_model::Iin;
use qaqpa_transport::files::{self, FileError};
use qaqpa_transport::identities::{self, Identity};
use serde::{Deserialize, Serialize};

/// A person as the register knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The individual identification number.
    pub iin: Iin,
    /// Surname (тегі / фамилия).
    pub surname: String,
    /// Given name (аты / имя).
    pub given_name: String,
    /// Patronymic (әкесінің аты / отчество), which not everybody has.
    pub patronymic: Option<String>,
}

impl Person {
    /// Surname, given name and patronymic.
    #[must_use]
    pub fn full_name(&self) -> String {
        [
            Some(&self.surname),
            Some(&self.given_name),
            self.patronymic.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
    }
}

/// The register, with the people whom a test has made it forget.
#[derive(Clone, Debug)]
pub struct PersonRegister {
    data: PathBuf,
    absent_file: PathBuf,
    absent: Arc<Mutex<BTreeSet<String>>>,
}

/// What `DIR/portal/persons.json` holds. Stored: changing this needs a migration.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Absent {
    absent: BTreeSet<String>,
}

impl PersonRegister {
    /// The register of the simulator in this data folder; `own` is the portal's folder in it.
    ///
    /// # Errors
    /// [`FileError`] where the list of the forgotten is there and cannot be read.
    pub fn open(data: &Path, own: &Path) -> Result<Self, FileError> {
        let absent_file = own.join("persons.json");
        let Absent { absent } = files::read_json(&absent_file)?.unwrap_or_default();
        Ok(Self {
            data: data.to_owned(),
            absent_file,
            absent: Arc::new(Mutex::new(absent)),
        })
    }

    /// The living person with this number; `None` where the register has none.
    ///
    /// # Errors
    /// [`FileError`] where the file of the ready-made people cannot be read.
    pub fn find(&self, iin: &Iin) -> Result<Option<Person>, FileError> {
        if self.forgotten().contains(&iin.reveal()) {
            return Ok(None);
        }
        Ok(self.of(iin)?.first().map(|identity| Person {
            iin: *iin,
            surname: identity.name.surname.clone(),
            given_name: identity.name.given.clone(),
            patronymic: identity.name.patronymic.clone(),
        }))
    }

    /// Whether this is the password that a ready-made person is announced with in `endpoints.json`.
    ///
    /// # Errors
    /// [`FileError`] where the file of the ready-made people cannot be read.
    pub fn announces(&self, iin: &Iin, password: &str) -> Result<bool, FileError> {
        Ok(self.of(iin)?.iter().any(|identity| {
            !identity.portal_password.is_empty()
                && qaqpa_crypto::constant_time_eq(
                    identity.portal_password.as_bytes(),
                    password.as_bytes(),
                )
        }))
    }

    /// Makes the register forget a person, or find them again; for tests of condition "no".
    ///
    /// # Errors
    /// [`FileError`] where the change cannot be kept.
    pub fn set_living(&self, iin: &Iin, living: bool) -> Result<(), FileError> {
        let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = absent.clone();
        if living {
            next.remove(&iin.reveal());
        } else {
            next.insert(iin.reveal());
        }
        files::write_json(
            &self.absent_file,
            &Absent {
                absent: next.clone(),
            },
        )?;
        *absent = next;
        Ok(())
    }

    fn forgotten(&self) -> BTreeSet<String> {
        self.absent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn of(&self, iin: &Iin) -> Result<Vec<Identity>, FileError> {
        let index = identities::read(&self.data)?.unwrap_or_default();
        let number = iin.reveal();
        Ok(index
            .identities
            .into_iter()
            .filter(|identity| identity.iin == number)
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_transport::identities::{Index, PersonName};

    use super::*;

    fn register(dir: &Path) -> PersonRegister {
        let index = Index {
            identities: vec![Identity {
                id: "citizen-1".to_owned(),
                role: "individual".to_owned(),
                iin: "931002451325".to_owned(),
                name: PersonName {
                    surname: "ТЕСТОВА".to_owned(),
                    given: "АЙГҮЛ".to_owned(),
                    patronymic: Some("СЕРІКҚЫЗЫ".to_owned()),
                },
                key: PathBuf::from("identities/citizen-1.p12"),
                password: "key".to_owned(),
                portal_password: "portal-password".to_owned(),
                ..Identity::default()
            }],
            ..Index::default()
        };
        std::fs::create_dir_all(dir.join("identities")).unwrap();
        std::fs::create_dir_all(dir.join("portal")).unwrap();
        identities::write(dir, &index).unwrap();
        PersonRegister::open(dir, &dir.join("portal")).unwrap()
    }

    #[test]
    fn only_ready_made_people_are_found_and_only_with_their_password() {
        let dir = tempfile::tempdir().unwrap();
        let register = register(dir.path());
        let iin = Iin::parse("931002451325").unwrap();
        let person = register.find(&iin).unwrap().unwrap();
        assert_eq!(person.full_name(), "ТЕСТОВА АЙГҮЛ СЕРІКҚЫЗЫ");
        assert!(register.announces(&iin, "portal-password").unwrap());
        assert!(!register.announces(&iin, "portal-passwore").unwrap());
        assert!(!register.announces(&iin, "").unwrap());
        let stranger = Iin::parse("061211600012").unwrap();
        assert_eq!(register.find(&stranger).unwrap(), None);
    }

    #[test]
    fn a_forgotten_person_stays_forgotten_after_a_restart_and_can_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let iin = Iin::parse("931002451325").unwrap();
        register(dir.path()).set_living(&iin, false).unwrap();
        let again = PersonRegister::open(dir.path(), &dir.path().join("portal")).unwrap();
        assert_eq!(again.find(&iin).unwrap(), None);
        again.set_living(&iin, true).unwrap();
        assert!(again.find(&iin).unwrap().is_some());
    }
}

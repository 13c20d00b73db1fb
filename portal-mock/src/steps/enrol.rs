//! Registration on the portal with IIN and password: only for those who are not registered yet.

use qaqpa_model::{Iin, RefusalLabel};
use qaqpa_web::Passwords;

use crate::config::PortalConfig;
use crate::persons::Person;
use crate::portal::Portal;
use crate::steps::authenticate::iin_error_key;
use crate::steps::check_applicant::{account_of, create};
use crate::steps::prepare::Problem;

/// What was entered at the registration.
#[derive(Default)]
pub struct Registration {
    /// The IIN, as typed.
    pub iin: String,
    /// The password.
    pub password: String,
    /// The password once more.
    pub password_again: String,
    /// The surname, if the applicant wants it compared.
    pub surname: String,
    /// The given name, if the applicant wants it compared.
    pub given_name: String,
}

/// Why nobody was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotEnrolled {
    /// We could not work.
    Fault(String),
    /// Fields to correct.
    Problems(Vec<Problem>),
    /// The register of persons does not know the applicant.
    Refused(RefusalLabel),
}

impl NotEnrolled {
    fn fault(error: impl std::fmt::Display) -> Self {
        Self::Fault(error.to_string())
    }
}

/// Registers a person of the register.
///
/// # Errors
/// [`NotEnrolled`].
pub(crate) async fn enrol(
    portal: &Portal,
    passwords: &Passwords,
    registration: &Registration,
) -> Result<Person, NotEnrolled> {
    let iin = check(registration, &portal.config).map_err(NotEnrolled::Problems)?;
    let person = portal
        .persons
        .find(&iin)
        .map_err(NotEnrolled::fault)?
        .ok_or(NotEnrolled::Refused(RefusalLabel::ApplicantUnknown))?;
    let differing = differing_names(registration, &person);
    if !differing.is_empty() {
        return Err(NotEnrolled::Problems(differing));
    }
    let password_hash = passwords
        .hash(&registration.password)
        .await
        .map_err(NotEnrolled::fault)?;
    let account = account_of(&person, password_hash, portal.clock.now());
    match create(portal, account).await.map_err(NotEnrolled::fault)? {
        Some(_) => Ok(person),
        None => Err(NotEnrolled::Problems(vec![Problem::new(
            "iin",
            "error-registered",
        )])),
    }
}

fn check(registration: &Registration, config: &PortalConfig) -> Result<Iin, Vec<Problem>> {
    let mut problems = Vec::new();
    let iin = Iin::parse(registration.iin.trim())
        .map_err(|error| problems.push(Problem::new("iin", iin_error_key(error))));
    let characters = registration.password.chars().count();
    if characters < config.password_characters_min {
        problems.push(
            Problem::new("password", "error-password-short")
                .saying("min", config.password_characters_min),
        );
    } else if characters > config.password_characters_max {
        problems.push(
            Problem::new("password", "error-password-long")
                .saying("max", config.password_characters_max),
        );
    } else if registration.password != registration.password_again {
        problems.push(Problem::new("password_again", "error-password-again"));
    }
    match iin {
        Ok(iin) if problems.is_empty() => Ok(iin),
        _ => Err(problems),
    }
}

fn differing_names(registration: &Registration, person: &Person) -> Vec<Problem> {
    let same = |typed: &str, known: &str| {
        typed.trim().is_empty() || typed.trim().to_lowercase() == known.trim().to_lowercase()
    };
    let mut problems = Vec::new();
    if !same(&registration.surname, &person.surname) {
        problems.push(Problem::new("surname", "error-name-differs"));
    }
    if !same(&registration.given_name, &person.given_name) {
        problems.push(Problem::new("given_name", "error-name-differs"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> Registration {
        Registration {
            iin: "931002451325".to_owned(),
            password: "long enough".to_owned(),
            password_again: "long enough".to_owned(),
            ..Registration::default()
        }
    }

    fn keys(registration: &Registration) -> Vec<&'static str> {
        check(registration, &PortalConfig::default())
            .err()
            .unwrap_or_default()
            .iter()
            .map(|problem| problem.key)
            .collect()
    }

    #[test]
    fn every_rule_of_the_registration_names_its_field() {
        assert_eq!(keys(&registration()), Vec::<&str>::new());
        let wrong = Registration {
            iin: "931002451326".to_owned(),
            password: "short".to_owned(),
            ..registration()
        };
        assert_eq!(keys(&wrong), ["error-iin-check", "error-password-short"]);
        let differing = Registration {
            password_again: "long enough?".to_owned(),
            ..registration()
        };
        assert_eq!(keys(&differing), ["error-password-again"]);
        let long = Registration {
            password: "ә".repeat(129),
            ..registration()
        };
        assert_eq!(keys(&long), ["error-password-long"]);
    }

    #[test]
    fn names_are_compared_only_where_they_are_typed() {
        let person = Person {
            iin: Iin::parse("931002451325").unwrap(),
            surname: "ТЕСТОВА".to_owned(),
            given_name: "АЙГҮЛ".to_owned(),
            patronymic: None,
        };
        assert!(differing_names(&registration(), &person).is_empty());
        let typed = Registration {
            surname: "тестова ".to_owned(),
            given_name: "Айгүлім".to_owned(),
            ..registration()
        };
        let problems = differing_names(&typed, &person);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].field, "given_name");
    }
}

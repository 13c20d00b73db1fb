//! Are the entered data right? Asked of the signed request, before it is sent.
//!
//! The form's own rules hold since it was filled. Here what was entered about people is held against what is known of
//! them: of the applicant what the person register has, of others what their IIN says. What is compared is the
//! catalogue's (`agrees`).

use std::collections::BTreeMap;

use qaqpa_model::Iin;
use qaqpa_regulations::{Agreement, Compared, Service};

use crate::draft::{Applicant, Draft};
use crate::steps::prepare;

/// The entered data are not right: which of them, without their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRight {
    /// The sentence, in English.
    pub why: String,
}

/// Asks the condition.
///
/// # Errors
/// [`NotRight`] with every field that is not right.
pub fn check_request(service: &Service, draft: &Draft, applicant: &Iin) -> Result<(), NotRight> {
    let answers = &draft.answers;
    let broken = prepare::check_answers(service, answers).into_iter();
    let mut wrong: Vec<String> = broken
        .map(|problem| format!("{} does not keep its rule", problem.field))
        .collect();
    for field in &service.form {
        let Some(agrees) = &field.agrees else {
            continue;
        };
        let value = answers.get(&field.name).map_or("", String::as_str);
        let known = known(agrees, answers, &draft.applicant, applicant);
        if value.is_empty() || same(value, &known) {
            continue;
        }
        let (what, whose) = (agrees.as_to.as_str(), agrees.with.as_deref());
        wrong.push(match whose {
            None => format!(
                "{} is not the applicant's {what} as the person register has it",
                field.name
            ),
            Some(other) => format!("{} is not the {what} that {other} begins with", field.name),
        });
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(NotRight {
        why: wrong.join("; "),
    })
}

/// What is known of the person with whom a field agrees.
fn known(
    agrees: &Agreement,
    answers: &BTreeMap<String, String>,
    applicant: &Applicant,
    own: &Iin,
) -> String {
    let Some(field) = &agrees.with else {
        return of_the_applicant(agrees.as_to, applicant, own);
    };
    let iin = answers.get(field).and_then(|iin| Iin::parse(iin).ok());
    match (agrees.as_to, iin) {
        (Compared::BirthDate, Some(iin)) => iin.birth_date(),
        // The lint lets nothing else agree with a field.
        _ => String::new(),
    }
}

/// What the register has of the applicant.
#[must_use]
pub fn of_the_applicant(what: Compared, applicant: &Applicant, own: &Iin) -> String {
    match what {
        Compared::BirthDate => own.birth_date(),
        Compared::GivenName => applicant.given_name.clone(),
        Compared::Surname => applicant.surname.clone(),
    }
}

/// The same words: registers write names in capitals, people do not.
fn same(entered: &str, known: &str) -> bool {
    let words = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words
    };
    words(entered) == words(known)
}

#[cfg(test)]
mod tests {
    use qaqpa_model::ServiceAtAct;
    use qaqpa_regulations::Catalogue;

    use super::*;

    fn asked(service: &str, answers: &[(&str, &str)]) -> Result<(), String> {
        let catalogue = Catalogue::embedded().unwrap();
        let id = ServiceAtAct::parse(&format!("{service}@shal-aqyn-2012-238")).unwrap();
        let draft = Draft {
            applicant: Applicant {
                surname: "ТЕСТОВА".to_owned(),
                given_name: "АЙГҮЛ".to_owned(),
                patronymic: None,
            },
            answers: answers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Draft::default()
        };
        let own = Iin::parse("931002451325").unwrap();
        let service = catalogue.service(&id).unwrap();
        check_request(service, &draft, &own).map_err(|not| not.why)
    }

    #[test]
    fn the_applicants_names_are_those_of_the_register() {
        let named = |surname, given| {
            let answers = [
                ("applicant-surname", surname),
                ("applicant-given-name", given),
            ];
            asked("unemployed-certificate", &answers)
        };
        assert_eq!(named("Тестова", " айгүл "), Ok(()));
        assert_eq!(
            named("Басқа", "Айгүл"),
            Err(
                "applicant-surname is not the applicant's surname as the person register has it"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_date_of_birth_is_that_of_the_number() {
        let born = |date| {
            let answers = [
                ("child-iin", "931002451325"),
                ("child-surname", "Тестова"),
                ("child-given-name", "Сынақгүл"),
                ("child-birth-date", date),
            ];
            asked("home-schooled-child-support", &answers)
        };
        assert_eq!(born("1993-10-02"), Ok(()));
        assert_eq!(
            born("1993-10-03"),
            Err("child-birth-date is not the birth-date that child-iin begins with".to_owned())
        );
    }

    #[test]
    fn what_breaks_the_rules_of_the_form_is_not_right() {
        let why = asked("unemployed-certificate", &[]).unwrap_err();
        assert!(
            why.starts_with("field.applicant-surname does not keep its rule; "),
            "{why}"
        );
    }
}

//! What registers answer, without sockets.

use qaqpa_transport::identities::{Identity, Keyless, PersonName};
use qaqpa_xml::{Document, XmlLimits};

use super::*;

fn registers() -> Registers {
    Registers::load(Path::new("/nowhere")).unwrap()
}

fn name(surname: &str, given: &str) -> PersonName {
    PersonName {
        surname: surname.to_owned(),
        given: given.to_owned(),
        patronymic: Some("СЫНАҚҚЫЗЫ".to_owned()),
    }
}

fn index() -> Index {
    Index {
        identities: vec![
            Identity {
                id: "citizen-1".to_owned(),
                iin: "850312490014".to_owned(),
                name: name("ТЕСТОВА", "АЙГҮЛ"),
                ..Identity::default()
            },
            Identity {
                id: "no-number".to_owned(),
                iin: "123456789011".to_owned(),
                name: name("ЖОҚ", "ЖОҚ"),
                ..Identity::default()
            },
        ],
        keyless: vec![Keyless {
            id: "child-1".to_owned(),
            iin: "150425690253".to_owned(),
            name: name("ТЕСТҚАЛИЕВА", "АРУЖАН"),
            ..Keyless::default()
        }],
        ..Index::default()
    }
}

fn question(criteria: &[(&str, &str)]) -> Question {
    let criteria = criteria.iter();
    Question {
        message_id: "1".to_owned(),
        message_date: "2026-11-22T12:00:00+05:00".to_owned(),
        sender_code: "integrator-1".to_owned(),
        criteria: criteria
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn ask(service: &str, criteria: &[(&str, &str)]) -> Result<String, DocumentError> {
    let at = Moment::parse("2026-11-22T12:00:05+05:00").unwrap();
    let registers = registers();
    let register = registers.of(service).unwrap();
    let head = ("{answer}".to_owned(), at);
    let (bytes, _) = register.answer(&question(criteria), &index(), head, Root::Response)?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// The texts of every element of that name.
fn all(xml: &str, name: &str) -> Vec<String> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let found = document.elements().filter(|element| element.name() == name);
    found.map(|element| element.text().into_owned()).collect()
}

#[test]
fn a_ready_made_person_is_found_by_number_with_address_and_papers() {
    let xml = ask(person::SERVICE, &[("iin", "850312490014")]).unwrap();
    for (name, value) in [
        ("requestId", "1"),
        ("sender", "GBDFL-TEST"),
        ("receiver", "integrator-1"),
        ("iin", "850312490014"),
        ("surname", "ТЕСТОВА"),
        ("birthDate", "1985-03-12"),
        ("street", "TEST көшесі"),
    ] {
        assert_eq!(all(&xml, name), [value], "{name}");
    }
    assert_eq!(all(&xml, "number"), ["900000101", "N90000101"]);
    let codes = all(&xml, "code");
    // The result, then gender, nationality, citizenship, life status.
    assert_eq!(codes[..5], ["00000", "2", "TEST-1", "398", "0"]);
    assert!(
        xml.starts_with("<cs:Response xmlns:cs=\"http://message.persistence.interactive.nat\">")
    );
}

#[test]
fn people_are_found_by_name_day_and_paper_and_nobody_is_an_answer_too() {
    let numbers = |criteria: &[(&str, &str)]| all(&ask(person::SERVICE, criteria).unwrap(), "iin");
    assert_eq!(
        numbers(&[("surname", "тестеміров"), ("birthDate", "1999-02-14")]),
        ["990214390826", "990214390836"]
    );
    assert_eq!(
        numbers(&[
            ("birthDateFrom", "2015-01-01T00:00:00+05:00"),
            ("birthDateTo", "2015-12-31")
        ]),
        ["150425690253"]
    );
    assert_eq!(
        numbers(&[("documentNumber", "900000101")]),
        ["850312490014"]
    );
    assert_eq!(numbers(&[("iin", "061211600012")]), [""; 0]);
    let nobody = ask(person::SERVICE, &[("iin", "061211600012")]).unwrap();
    assert!(!nobody.contains("persons"), "{nobody}");
    assert_eq!(all(&nobody, "code"), ["00000"]);
    let dead = ask(person::SERVICE, &[("iin", "410507390807")]).unwrap();
    assert_eq!(all(&dead, "code")[4], "TEST-1");
}

#[test]
fn a_register_is_asked_by_its_own_names_only_and_by_one_at_least() {
    let refused = ask(person::SERVICE, &[("passport", "1")]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "not a document of the register: this register is not asked by <passport>, but by iin, surname, name, \
         patronymic, birthDate, birthDateFrom, birthDateTo, documentNumber"
    );
    assert!(ask(person::SERVICE, &[]).is_err());
    assert!(ask("QAQPA_NotaryRegister", &[("iin", "850312490014")]).is_err());
}

#[test]
fn a_record_names_ready_made_people_by_number_and_is_absent_where_one_of_them_is() {
    let xml = ask("QAQPA_CivilRegister", &[("parentIin", "850312490014")]).unwrap();
    assert_eq!(
        all(&xml, "field"),
        [
            "TEST-B-2021-0312",
            "birth",
            "210312690847",
            "850312490014",
            "2021-03-12",
            "TEST АХАТ ТАРАЗ"
        ]
    );
    // citizen-2, the attorney, is not issued here.
    let xml = ask("QAQPA_NotaryRegister", &[("principalIin", "850312490014")]).unwrap();
    assert!(!xml.contains("records"), "{xml}");
    let xml = ask(
        "QAQPA_KindergartenQueue",
        &[
            ("applicantIin", "850312490014"),
            ("number", "TEST-Q-000017"),
        ],
    )
    .unwrap();
    assert!(all(&xml, "field").contains(&"waiting".to_owned()));
    assert!(xml.starts_with("<cs:Response xmlns:cs=\"urn:qaqpa:register:1\">"));
}

#[test]
fn every_number_of_the_files_is_of_the_test_range() {
    let numbers = BUILT_IN.iter().flat_map(|(_, text)| {
        let words = text.split(|c: char| !c.is_ascii_digit());
        words.filter(|word| word.len() == 12)
    });
    let mut seen = 0;
    for number in numbers {
        assert!(qaqpa_model::Iin::parse(number).is_ok(), "{number}");
        assert_eq!(&number[7..9], "90", "{number}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn a_file_of_the_folder_takes_the_place_of_a_built_in_one_and_a_fault_has_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let head = "kind = \"records\"\nservice = \"QAQPA_NotaryRegister\"\nsender = \"X\"\n";
    let write = |text: &str| std::fs::write(dir.path().join("own.toml"), text).unwrap();
    write(&format!(
        "{head}asked_by = [\"number\"]\n[[record]]\nnumber = \"7\"\n"
    ));
    let registers = Registers::load(dir.path()).unwrap();
    let notary = registers
        .contents()
        .find(|(service, _, _)| *service == "QAQPA_NotaryRegister");
    assert_eq!(notary.unwrap().2, 1);
    assert_eq!(registers.contents().count(), BUILT_IN.len());

    for (text, why) in [
        (
            format!("{head}asked_by = [\"nummer\"]\n[[record]]\nnumber = \"7\"\n"),
            "line 4: no record has \"nummer\": nothing can be found by it",
        ),
        (
            format!("{head}asked_by = [\"personIin\"]\n[[record]]\npersonIin = \"850312490015\"\n"),
            "line 6: no IIN: the check digit is wrong",
        ),
        (
            "kind = \"people\"\n".to_owned(),
            "line 1: the kind is \"people\", neither persons nor records",
        ),
        (
            include_str!("../registers/person.toml")
                .replace("nationality = \"TEST-2\"", "nationality = \"TEST-3\""),
            "line 90: the dictionary of nationality has no \"TEST-3\"",
        ),
    ] {
        write(&text);
        let fault = Registers::load(dir.path()).unwrap_err();
        assert!(fault.ends_with(&format!("own.toml, {why}")), "{fault}");
    }
}

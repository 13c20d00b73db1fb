//! What a register may say, and what is said about one that is none.

use super::*;

fn read_text(text: &str) -> Result<Register, RegisterError> {
    read_reaching(text, Reach::Loopback)
}

fn read_reaching(text: &str, reach: Reach) -> Result<Register, RegisterError> {
    let around = Surroundings {
        folder: Path::new("/nowhere"),
        catalogue: &Catalogue::embedded().unwrap(),
        reach,
    };
    read("systems.toml", text, around)
}

#[test]
fn a_register_says_what_is_agreed_and_the_rest_is_usual() {
    let register = read_text(
        r#"
version = 1
[[system]]
sender = "integrator-1"
password = "secret"
services = ["guardianship-certificate@zhambyl-2019-23"]
push = "http://127.0.0.1:9000/async"
answers = "unsigned"
strict = true
per_minute_max = 2
[[system]]
sender = "integrator-2"
"#,
    )
    .unwrap();
    let id = |text| SenderId::parse(text).unwrap();
    let first = register.system(&id("integrator-1")).unwrap();
    assert_eq!(
        (first.line, first.terms.strict, first.terms.notify),
        (4, true, true)
    );
    assert_eq!(first.terms.answers, AnswersOf::Unsigned);
    assert!(
        first
            .terms
            .allows("guardianship-certificate@zhambyl-2019-23")
    );
    assert!(!first.terms.allows("GBDFL_UniversalServiceSync"));
    let password = first.password.as_ref().unwrap();
    assert!(password.is("secret") && !password.is("Secret"));
    assert!(!format!("{first:?} {}", first.view()).contains("secret"));
    assert_eq!(*register.terms(&id("integrator-2")), Terms::USUAL);
    assert_eq!(*register.terms(&id("somebody")), Terms::USUAL);
}

#[test]
fn every_fault_is_named_with_its_line() {
    let text = r#"version = 2
[[system]]
sender = "portal"
[[system]]
sender = "a b"
services = ["no-such@act"]
push = "ftp://x"
[[system]]
sender = "c"
certificate = "no-such.pem"
[[system]]
sender = "c"
"#;
    let error = read_text(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "systems.toml, line 1: the version is not 1\n\
         systems.toml, line 3: portal is an actor of the simulator\n\
         systems.toml, line 5: sender: a character that is not allowed\n\
         systems.toml, line 6: services: the catalogue has no service of the name that stands at place 1\n\
         systems.toml, line 7: push: an address that begins with https:// or http:// is expected\n\
         systems.toml, line 10: certificate: the file that is named cannot be read: entity not found\n\
         systems.toml, line 12: \"c\" is registered twice"
    );
    let unknown = read_text("version = 1\n[[system]]\nsender = \"a\"\npusch = \"x\"\n");
    assert_eq!(unknown.unwrap_err().faults[0].0, 4);
}

#[test]
fn a_secret_in_the_wrong_shape_or_place_is_told_of_and_not_repeated() {
    let system = "version = 1\n[[system]]\nsender = \"a\"\n";
    for (line, said) in [
        (
            "password = 12345678",
            "password: a text in quotes is expected",
        ),
        (
            "password = [\"S3cret-1\"]",
            "password: a text in quotes is expected",
        ),
        ("strict = \"S3cret-1\"", "invalid type: expected a boolean"),
        (
            "strict = \"S3\\u0063ret-1\"",
            "invalid type: expected a boolean",
        ),
        (
            "answers = \"S3cret-1\"",
            "unknown variant: expected `signed` or `unsigned`",
        ),
        (
            "per_minute_max = \"S3cret-1\"",
            "invalid type: expected u32",
        ),
        (
            "push = \"https://me:S3cret-1@127.0.0.1/\"",
            "push: an address with a name and a password in it is not called",
        ),
        (
            "push = \"S3cret-1\"",
            "push: an address that begins with https:// or http:// is expected",
        ),
        (
            "push = \"https://S3cret 1/\"",
            "push: this is no address that can be called: https://HOST:PORT/PATH is expected",
        ),
        (
            "certificate = \"S3cret-1\"",
            "certificate: the file that is named cannot be read: entity not found",
        ),
        (
            "tls = \"S3cret-1\"",
            "tls: the file that is named cannot be read: entity not found",
        ),
        (
            "push_trust = \"S3cret-1\"",
            "push_trust: the file that is named cannot be read: entity not found",
        ),
        (
            "services = [\"GBDFL_UniversalServiceSync\", \"S3cret@x\"]",
            "services: the catalogue has no service of the name that stands at place 2",
        ),
    ] {
        let error = read_text(&format!("{system}{line}\n")).unwrap_err();
        assert_eq!(error.faults, [(4, said.to_owned())], "{line}");
    }
    for broken in [
        "password = S3cret-1",
        "password = \"S3cret-1",
        "password \"S3cret-1\"",
    ] {
        let told = read_text(&format!("{system}{broken}\n")).unwrap_err();
        let told = told.to_string();
        assert!(
            told.contains("line 4: ") && !told.contains("S3cret"),
            "{told}"
        );
    }
}

#[test]
fn an_endpoint_elsewhere_needs_the_setting_and_somebody_who_vouches_for_its_answers() {
    let text = |push: &str| {
        format!(
            "version = 1\n[[system]]\nsender = \"a\"\nanswers = \"unsigned\"\npush = \"{push}\"\n"
        )
    };
    let told = |push: &str, reach| {
        let read = read_reaching(&text(push), reach);
        read.err().map(|error| error.faults[0].clone())
    };
    let far = "https://10.1.2.3/async/";
    let why = "push: 10.1.2.3 is not on this machine: set push-reach = \"anywhere\" under [gateway] in the configuration to call others";
    assert_eq!(told(far, Reach::Loopback), Some((5, why.to_owned())));
    assert_eq!(told(far, Reach::Anywhere), None);
    let plain = told("http://10.1.2.3/async/", Reach::Anywhere).unwrap();
    assert!(plain.1.contains("without TLS is anybody's"), "{}", plain.1);
    assert_eq!(told("http://127.0.0.1:9/async/", Reach::Loopback), None);
    assert!(told("https://", Reach::Anywhere).is_some());
}

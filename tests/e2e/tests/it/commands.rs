//! The command line as scripts see it: exit codes, and what goes to standard output.

use serde_json::Value;

use crate::stand::{self, SERVICE};

#[test]
fn a_wrong_command_line_is_exit_64_and_help_is_exit_0() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        stand::qaqpa(folder.path(), &["fly"]).status.code(),
        Some(64)
    );
    assert_eq!(
        stand::qaqpa(folder.path(), &["--help"]).status.code(),
        Some(0)
    );
    assert_eq!(
        stand::qaqpa(folder.path(), &["services", "show", "nonsense"])
            .status
            .code(),
        Some(64)
    );
}

#[test]
fn without_a_simulator_the_remedy_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = stand::qaqpa(folder.path(), &["clock", "show"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("qaqpa up"),
        "{output:?}"
    );
}

#[test]
fn the_catalogue_names_the_service_its_channel_and_its_elements() {
    let folder = tempfile::tempdir().unwrap();
    let json = stand::qaqpa_yes(folder.path(), &["services", "--format", "json"]);
    let services: Value = serde_json::from_str(&json).unwrap();
    let service = services
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == SERVICE)
        .unwrap();
    assert_eq!(service["act"], "zhambyl-2019-23");
    assert_eq!(service["channels"][0]["channel"], "portal");
    assert_eq!(service["channels"][0]["pattern"], "P1");
}

#[test]
fn verify_says_yes_to_a_signed_sample_and_no_to_a_changed_one() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let signed = stand::signed_application(stand, "citizen-1", folder.path());
    let verdict = stand::qaqpa_yes(
        &stand.data,
        &["verify", signed.to_str().unwrap(), "--format", "json"],
    );
    let verdict: Value = serde_json::from_str(&verdict).unwrap();
    assert_eq!(verdict["indication"], "TOTAL-PASSED", "{verdict}");

    let changed = folder.path().join("changed.xml");
    let text = std::fs::read_to_string(&signed).unwrap();
    std::fs::write(&changed, text.replacen("<surname>", "<surname>X", 1)).unwrap();
    let output = stand::qaqpa(
        &stand.data,
        &["verify", changed.to_str().unwrap(), "--format", "json"],
    );
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &verdict["label"]),
        (Some(1), &Value::from("content-changed"))
    );
}

#[test]
fn sign_with_the_wrong_password_is_a_no() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let (document, password) = (
        folder.path().join("document.xml"),
        folder.path().join("password"),
    );
    std::fs::write(&document, "<a/>").unwrap();
    std::fs::write(&password, "not this\n").unwrap();
    let key = &stand.endpoints.identity("citizen-1").unwrap().key;
    let arguments = [
        "sign",
        document.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
        "--password-file",
    ];
    let output = stand::qaqpa(
        &stand.data,
        &[&arguments[..], &[password.to_str().unwrap()]].concat(),
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("password is wrong"),
        "{output:?}"
    );
}

#[test]
fn a_refusal_is_told_in_the_language_that_is_asked_for() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let signed = stand::signed_application(stand, "citizen-1", folder.path());
    let changed =
        std::fs::read_to_string(&signed)
            .unwrap()
            .replacen("<channel>", "\n  <channel>", 1);
    let file = folder.path().join("changed.xml");
    std::fs::write(&file, changed).unwrap();
    for (lang, reason, heading) in [
        (
            "kk",
            "Құжаттың мазмұны қол қойылғаннан кейін өзгертілген.",
            "Не істеу керек: ",
        ),
        (
            "ru",
            "Содержание документа изменено после подписания.",
            "Что делать: ",
        ),
        (
            "en",
            "The content was changed after it was signed.",
            "What to do: ",
        ),
    ] {
        let output = stand::qaqpa(
            &stand.data,
            &["send", file.to_str().unwrap(), "--lang", lang],
        );
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let begin = format!("refused: content-changed\n  {reason}\n  {heading}");
        assert!(text.starts_with(&begin), "{text}");
    }
}

#[test]
fn the_journal_lists_what_was_sent_and_shows_an_entry() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let signed = stand::signed_application(stand, "citizen-2", folder.path());
    let sent = stand::qaqpa_yes(
        &stand.data,
        &["send", signed.to_str().unwrap(), "--format", "json"],
    );
    let sent: Value = serde_json::from_str(&sent).unwrap();
    let message = sent["messageId"].as_str().unwrap();
    let list = stand::qaqpa_yes(
        &stand.data,
        &[
            "journal",
            "list",
            "--actor",
            "gateway",
            "--message",
            message,
            "--format",
            "json",
        ],
    );
    let list: Value = serde_json::from_str(&list).unwrap();
    let id = list[0]["id"].as_str().unwrap();
    let entry = stand::qaqpa_yes(&stand.data, &["journal", "show", id, "--format", "json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&entry).unwrap()["message"],
        message
    );
    let iin = &stand.endpoints.identity("citizen-2").unwrap().iin;
    assert!(
        !entry.contains(iin.as_str()),
        "the journal's views mask IINs: {entry}"
    );
}

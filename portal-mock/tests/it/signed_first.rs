//! Where the act has the request signed before the certificate is asked about, and the entered data checked after it.

use qaqpa_regulations::Channel;

use crate::authority::CITIZEN;
use crate::bench::{Bench, PDF, begun};
use crate::browser::{Browser, between};

const SERVICE: &str = "unemployed-certificate@shal-aqyn-2012-238";

/// Begins an application with this surname, or the one that stands in the form; gives its path.
async fn filled(browser: &Browser, surname: Option<&str>) -> String {
    let (path, page) = begun(browser, SERVICE).await;
    // What the register knows stands there already.
    let known = |field: &str| {
        let input = between(&page.text, &format!("name=\"field.{field}\""), ">").unwrap();
        between(&input, "value=\"", "\"").unwrap()
    };
    let (known_surname, given) = (known("applicant-surname"), known("applicant-given-name"));
    let file = |document| (document, "a.pdf", "application/pdf", PDF);
    let filled = browser
        .upload(
            &format!("{path}/form"),
            &[
                ("field.applicant-surname", surname.unwrap_or(&known_surname)),
                ("field.applicant-given-name", &given),
            ],
            &[file("document.application"), file("document.identity")],
        )
        .await;
    assert_eq!(filled.redirected_to(), format!("{path}/certificate"));
    path
}

fn steps(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let steps = pairs.iter();
    steps
        .map(|(element, outcome)| ((*element).to_owned(), (*outcome).to_owned()))
        .collect()
}

const LOGIN: [(&str, &str); 2] = [("process-1", "done"), ("condition-1", "yes")];

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_signed_then_checked_and_accepted_by_the_gateway() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = filled(&browser, None).await;
    // Nothing is asked about the certificate yet.
    let chosen = bench.chooses(&browser, &path, "citizen-1").await;
    assert_eq!(chosen.redirected_to(), format!("{path}/sign"));
    let signed = bench.signs(&browser, &path, "citizen-1").await;
    assert_eq!(signed.redirected_to(), path);
    let status = browser.get(&path).await;
    assert_eq!(
        status.attribute("data-delivery").as_deref(),
        Some("accepted")
    );
    let taken = [
        &LOGIN[..],
        &[
            ("process-3", "done"),
            ("process-4", "done"),
            ("condition-2", "yes"),
            ("check-1", "yes"),
        ],
    ]
    .concat();
    assert_eq!(status.steps(), steps(&taken));
    assert_eq!(bench.gateway.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_refused_after_the_signing() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    for (holder, label) in [
        ("citizen-2", "iin-mismatch"),
        ("expired", "certificate-expired"),
        ("revoked", "certificate-revoked"),
        ("auth-only", "certificate-purpose"),
    ] {
        let path = filled(&browser, None).await;
        let chosen = bench.chooses(&browser, &path, holder).await;
        assert_eq!(chosen.redirected_to(), format!("{path}/sign"), "{holder}");
        let signed = bench.signs(&browser, &path, holder).await;
        assert_eq!(signed.redirected_to(), path, "{holder}");
        let status = browser.get(&path).await;
        let wanted = ("process-5", "condition-2", label);
        let wanted = (
            wanted.0.to_owned(),
            wanted.1.to_owned(),
            wanted.2.to_owned(),
        );
        assert_eq!(status.refusal(), Some(wanted), "{holder}");
        let taken = [
            &LOGIN[..],
            &[
                ("process-3", "done"),
                ("process-4", "done"),
                ("condition-2", "no"),
                ("process-5", "done"),
            ],
        ]
        .concat();
        assert_eq!(status.steps(), steps(&taken), "{holder}");
    }
    assert_eq!(bench.gateway.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_the_registers_is_refused_and_nothing_is_sent() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = filled(&browser, Some("Бөтен")).await;
    bench.chooses(&browser, &path, "citizen-1").await;
    let signed = bench.signs(&browser, &path, "citizen-1").await;
    assert_eq!(signed.redirected_to(), path);
    let status = browser.get(&path).await;
    let wanted = ("step-1", "check-1", "application-malformed");
    let wanted = (
        wanted.0.to_owned(),
        wanted.1.to_owned(),
        wanted.2.to_owned(),
    );
    assert_eq!(status.refusal(), Some(wanted));
    assert!(
        status
            .text
            .contains("applicant-surname is not the applicant&#39;s surname"),
        "{}",
        status.text
    );
    assert_eq!(status.attribute("data-status").as_deref(), Some("refused"));
    assert_eq!(bench.gateway.received().len(), 0);
    let flow = bench
        .catalogue
        .services()
        .iter()
        .find(|service| service.id.to_string() == SERVICE)
        .and_then(|service| service.flow(Channel::Portal))
        .unwrap();
    assert!(flow.signs_before_the_check());
}

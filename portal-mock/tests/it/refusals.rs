//! Every "no" about the certificate and the signature: its page, its element, its label.

use http::StatusCode;
use qaqpa_model::RefusalLabel as L;
use qaqpa_regulations::Meaning;

use crate::authority::CITIZEN;
use crate::bench::Bench;
use crate::gateway::Mood;

fn refused(bench: &Bench, label: L) -> Option<(String, String, String)> {
    bench.refused(Meaning::RefuseSignature, Meaning::CheckCertificate, label)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_of_the_certificates_condition_is_refused_with_its_label() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    for (holder, label) in [
        ("citizen-2", L::IinMismatch),
        ("expired", L::CertificateExpired),
        ("not-yet-valid", L::CertificateNotYetValid),
        ("revoked", L::CertificateRevoked),
        ("suspended", L::CertificateSuspended),
        ("auth-only", L::CertificatePurpose),
        ("foreign", L::IssuerUntrusted),
    ] {
        let path = bench.filled(&browser).await;
        let chosen = bench.chooses(&browser, &path, holder).await;
        assert_eq!(chosen.redirected_to(), path, "{holder}");
        let status = browser.get(&path).await;
        assert_eq!(status.refusal(), refused(&bench, label), "{holder}");
        assert_eq!(status.attribute("data-status").as_deref(), Some("refused"));
        assert_eq!(status.attribute("data-delivery").as_deref(), Some("none"));
        let outcome = |meaning, outcome: &str| (bench.element(meaning), outcome.to_owned());
        assert_eq!(
            status.steps(),
            [
                outcome(Meaning::Authenticate, "done"),
                outcome(Meaning::CheckApplicant, "yes"),
                outcome(Meaning::Prepare, "done"),
                outcome(Meaning::CheckCertificate, "no"),
                outcome(Meaning::RefuseSignature, "done"),
            ],
            "{holder}"
        );
        // The end is the end.
        let sign = browser.get(&format!("{path}/sign")).await;
        assert_eq!(sign.redirected_to(), path);
    }
    assert_eq!(bench.gateway.received().len(), 0);
    let notifications = browser.get("/cabinet/notifications").await;
    assert!(
        notifications
            .text
            .contains("The certificate has been revoked.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_cannot_be_had_is_a_refusal_and_not_a_pass() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    bench.authority.falls_silent().await;
    bench.chooses(&browser, &path, "citizen-1").await;
    let status = browser.get(&path).await;
    assert_eq!(status.refusal(), refused(&bench, L::RevocationUnknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checks_of_the_signature_itself_are_refused_when_the_document_is_certified() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    for (label, spoil) in [
        (L::ContentChanged, changed as fn(&str) -> String),
        (L::SignatureValueWrong, other_value),
        (L::SignatureMissing, unsigned),
    ] {
        let path = bench.filled(&browser).await;
        bench.chooses(&browser, &path, "citizen-1").await;
        let document = browser.get(&format!("{path}/document.xml")).await;
        let signed = String::from_utf8(bench.sign(&document.bytes, "citizen-1")).unwrap();
        browser.get(&format!("{path}/sign")).await;
        let sent = browser
            .upload(
                &format!("{path}/sign"),
                &[],
                &[(
                    "signed_document",
                    "signed.xml",
                    "text/xml",
                    spoil(&signed).as_bytes(),
                )],
            )
            .await;
        assert_eq!(sent.redirected_to(), path, "{label}");
        let status = browser.get(&path).await;
        assert_eq!(status.refusal(), refused(&bench, label));
    }
    assert_eq!(bench.gateway.received().len(), 0);
}

fn changed(signed: &str) -> String {
    signed.replace("taraz", "merki")
}

fn other_value(signed: &str) -> String {
    let begin = signed.find("SignatureValue>").unwrap() + "SignatureValue>".len();
    let mut bytes = signed.as_bytes().to_vec();
    let at = begin + 8;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

fn unsigned(signed: &str) -> String {
    let begin = signed
        .find("<ds:Signature")
        .or(signed.find("<Signature"))
        .unwrap();
    format!("{}</application>", &signed[..begin])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_revoked_between_choice_and_signature_is_refused() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    let chosen = bench.chooses(&browser, &path, "citizen-1").await;
    assert_eq!(chosen.redirected_to(), format!("{path}/sign"));
    bench.authority.revokes("citizen-1", bench.clock.now());
    let signed = bench.signs(&browser, &path, "citizen-1").await;
    assert_eq!(signed.redirected_to(), path);
    let status = browser.get(&path).await;
    assert_eq!(status.refusal(), refused(&bench, L::CertificateRevoked));
    let outcomes: Vec<String> = status
        .steps()
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(outcomes, ["done", "yes", "done", "no", "done"]);
    let trace = bench
        .control(&format!(
            "/trace/{}",
            status.attribute("data-message-id").unwrap()
        ))
        .await;
    let outcomes: Vec<&str> = trace
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "yes", "done", "yes", "no", "done"]);
    assert_eq!(bench.gateway.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateways_no_is_shown_at_once_with_its_label() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    bench.gateway.feels(Mood::Refuses(L::CertificateRevoked));
    let path = bench.filled(&browser).await;
    bench.chooses(&browser, &path, "citizen-1").await;
    bench.signs(&browser, &path, "citizen-1").await;
    let status = browser.get(&path).await;
    assert_eq!(status.refusal(), refused(&bench, L::CertificateRevoked));
    assert_eq!(
        status.attribute("data-delivery").as_deref(),
        Some("refused")
    );
    assert!(status.text.contains("gateway says no"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_between_portal_and_gateway_is_no_element_of_the_regulation() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    bench.gateway.feels(Mood::Refuses(L::SenderUnknown));
    let path = bench.filled(&browser).await;
    bench.chooses(&browser, &path, "citizen-1").await;
    bench.signs(&browser, &path, "citizen-1").await;
    let status = browser.get(&path).await;
    let (element, condition, label) = status.refusal().unwrap();
    assert_eq!((element.as_str(), condition.as_str()), ("", ""));
    assert_eq!(label, "sender-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_application_begins_again_with_the_same_answers() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    bench.chooses(&browser, &path, "expired").await;
    browser.get(&path).await;
    let again = browser.post(&format!("{path}/repeat"), &[]).await;
    let form = again.redirected_to().to_owned();
    assert_ne!(form, format!("{path}/form"));
    let page = browser.get(&form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("for the &#60;school"),
        "answers are kept"
    );
    assert!(page.text.contains("Attached: decision.pdf"));
    let new = form.strip_suffix("/form").unwrap().to_owned();
    let chosen = bench.chooses(&browser, &new, "citizen-1").await;
    assert_eq!(chosen.redirected_to(), format!("{new}/sign"));
    bench.signs(&browser, &new, "citizen-1").await;
    let status = browser.get(&new).await;
    assert_eq!(
        status.attribute("data-delivery").as_deref(),
        Some("accepted")
    );
}

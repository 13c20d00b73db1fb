//! From the form to the gateway: what is filled, shown, signed and sent.

use http::StatusCode;
use qaqpa_model::Actor;
use qaqpa_regulations::Meaning;
use qaqpa_wire::Application;
use qaqpa_xml::Document;
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::authority::CITIZEN;
use crate::bench::{ANSWERS, Bench, PDF, SERVICE, xml_limits};

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_filled_signed_here_and_accepted_by_the_gateway_at_once() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&browser).await;

    let status = browser.get(&path).await;
    assert_eq!(status.attribute("data-status").as_deref(), Some("received"));
    let done = |meaning, outcome: &str| (bench.element(meaning), outcome.to_owned());
    let taken = [
        done(Meaning::Authenticate, "done"),
        done(Meaning::CheckApplicant, "yes"),
        done(Meaning::Prepare, "done"),
        done(Meaning::CheckCertificate, "yes"),
        done(Meaning::Certify, "done"),
    ];
    assert_eq!(status.steps(), taken);

    let trace = bench.control(&format!("/trace/{message_id}")).await;
    let recorded: Vec<(String, String)> = trace
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["element"].as_str().unwrap().to_owned(),
                step["outcome"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(recorded, taken);

    let received = bench.gateway.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].peer, Some(Actor::Portal));
    assert_eq!(received[0].sender, "portal");
    assert_eq!(received[0].message_id, message_id);
    assert_eq!(received[0].service, SERVICE);

    let signed = browser.get(&format!("{path}/signed.xml")).await;
    assert_eq!(signed.bytes, received[0].document);
    let document = Document::parse(&signed.bytes, &xml_limits()).unwrap();
    let bounds = Bounds {
        references_max: 1,
        transforms_max: 2,
    };
    let signature = find_enveloped(&document, &bounds).unwrap();
    let key = bench.holder("citizen-1").certificate.spki_der();
    let covered = signature.cover(key).unwrap();
    let application = Application::read(&covered, &qaqpa_model::Limits::default()).unwrap();
    for (field, value) in ANSWERS {
        let name = field.strip_prefix("field.").unwrap();
        assert_eq!(application.field(name), Some(*value));
    }
    assert_eq!(application.attachments.len(), 2);
    assert_eq!(application.attachments[0].name, "туу туралы куәлік.pdf");
    assert_eq!(application.attachments[0].bytes, PDF);

    let way = browser.get(&format!("{path}/way.svg")).await;
    assert_eq!(way.headers["content-type"], "image/svg+xml");
    let (service, act) = SERVICE.split_once('@').unwrap();
    let went = |element: &str| {
        let node = format!("<g id=\"{service}-{act}-portal-{element}\" class=\"went\">");
        way.text.contains(&node)
    };
    for (element, _) in &taken {
        assert!(went(element), "{element}");
    }
    assert!(!went("process-4") && !went("process-6") && !went("process-8"));

    let notifications = browser.get("/cabinet/notifications").await;
    assert!(notifications.text.contains("accepted by the gateway"));
    let history = browser.get("/cabinet/history").await;
    assert!(history.text.contains("data-status=\"received\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_signed_elsewhere_is_taken_if_it_is_the_one_that_was_shown() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    browser.get(&format!("{path}/certificate")).await;
    let certificate = bench.holder("citizen-1").certificate.to_pem();
    let chosen = browser
        .upload(
            &format!("{path}/certificate"),
            &[],
            &[(
                "certificate_file",
                "own.pem",
                "application/x-pem-file",
                certificate.as_bytes(),
            )],
        )
        .await;
    assert_eq!(chosen.redirected_to(), format!("{path}/sign"));
    let shown = browser.get(&format!("{path}/sign")).await;
    assert!(
        shown.text.contains("for the &amp;lt;school")
            || shown.text.contains("for the &#38;lt;school")
    );
    let unsigned = browser.get(&format!("{path}/document.xml")).await;
    assert_eq!(
        unsigned.headers["content-type"],
        "application/xml; charset=utf-8"
    );

    let upload = |bytes: Vec<u8>| {
        let (browser, path) = (&browser, &path);
        async move {
            browser
                .upload(
                    &format!("{path}/sign"),
                    &[],
                    &[("signed_document", "signed.xml", "text/xml", &bytes)],
                )
                .await
        }
    };
    let broken = upload(b"<not-xml".to_vec()).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(broken.wrong_fields(), ["signed_document"]);
    let other = String::from_utf8(unsigned.bytes.to_vec())
        .unwrap()
        .replace("taraz", "merki");
    let other = upload(bench.sign(other.as_bytes(), "citizen-1")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.text.contains("not the document of this application"));
    assert_eq!(bench.gateway.received().len(), 0);

    let sent = upload(bench.sign(&unsigned.bytes, "citizen-1")).await;
    assert_eq!(sent.redirected_to(), path);
    let status = browser.get(&path).await;
    assert_eq!(
        status.attribute("data-delivery").as_deref(),
        Some("accepted")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_faults_names_them_and_keeps_what_was_entered() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    browser.get(&format!("/services/{SERVICE}")).await;
    let begun = browser
        .post(&format!("/services/{SERVICE}/applications"), &[])
        .await;
    let form = begun.redirected_to().to_owned();
    browser.get(&form).await;
    let seen = browser
        .upload(
            &form,
            &[
                ("field.child-iin", "061211600013"),
                ("field.child-surname", "Тест<b>"),
                ("field.child-birth-date", "2006-13-01"),
                ("field.district", "almaty"),
                ("field.purpose", "ok then"),
            ],
            &[
                (
                    "document.child-birth-certificate",
                    "a.pdf",
                    "application/pdf",
                    PDF,
                ),
                (
                    "document.guardianship-decision",
                    "a.pdf",
                    "application/pdf",
                    b"MZ",
                ),
            ],
        )
        .await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        seen.wrong_fields(),
        [
            "field.child-iin",
            "field.child-surname",
            "field.child-given-name",
            "field.child-birth-date",
            "field.district",
            "document.guardianship-decision",
        ]
    );
    assert!(seen.text.contains("value=\"ok then\""));
    assert!(!seen.text.contains("Тест<b>"));
    assert!(seen.text.contains("Attached: a.pdf"));
    // Going on is not possible around the form.
    let path = form.strip_suffix("/form").unwrap();
    let certificate = browser.get(&format!("{path}/certificate")).await;
    assert_eq!(certificate.redirected_to(), form);
    let sign = browser.get(&format!("{path}/sign")).await;
    assert_eq!(sign.redirected_to(), format!("{path}/certificate"));
    // A draft is kept without being complete.
    let saved = browser
        .upload(
            &form,
            &[("field.purpose", "later"), ("action", "save")],
            &[],
        )
        .await;
    assert_eq!(saved.redirected_to(), form);
    let kept = browser.get(&form).await;
    assert!(kept.text.contains("value=\"later\"") && kept.text.contains("The draft is saved."));
    // An attachment is taken away.
    let fields = [("remove.child-birth-certificate", "on"), ("action", "save")];
    browser.upload(&form, &fields, &[]).await;
    let without = browser.get(&form).await;
    assert!(!without.text.contains("Attached: a.pdf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_does_not_open_or_is_another_ones_leaves_everything_as_it_was() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    let certificate = format!("{path}/certificate");
    browser.get(&certificate).await;
    let p12 = &bench.holder("citizen-1").p12;
    let wrong = browser
        .upload(
            &certificate,
            &[("key_password", "wrong")],
            &[("key_file", "k.p12", "application/x-pkcs12", p12)],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.wrong_fields(), ["key_password"]);
    let garbage = browser
        .upload(
            &certificate,
            &[("key_password", "x")],
            &[("key_file", "k.p12", "application/x-pkcs12", b"garbage")],
        )
        .await;
    assert_eq!(garbage.wrong_fields(), ["key_file"]);
    let nothing = browser.upload(&certificate, &[], &[]).await;
    assert_eq!(nothing.wrong_fields(), ["key_file"]);
    let garbage = browser
        .upload(
            &certificate,
            &[],
            &[(
                "certificate_file",
                "k.cer",
                "application/pkix-cert",
                b"garbage",
            )],
        )
        .await;
    assert_eq!(garbage.wrong_fields(), ["certificate_file"]);

    bench.chooses(&browser, &path, "citizen-1").await;
    let other = bench.signs(&browser, &path, "citizen-2").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.wrong_fields(), ["key_file"]);
    let status = browser.get(&path).await;
    assert_eq!(status.attribute("data-status").as_deref(), Some("draft"));
    assert_eq!(bench.gateway.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_gateway_is_down_an_application_is_queued_and_delivered_when_it_comes_up() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    bench.chooses(&browser, &path, "citizen-1").await;
    let signed = bench.signs(&browser, &path, "citizen-1").await;
    assert_eq!(signed.redirected_to(), path);
    let status = browser.get(&path).await;
    assert_eq!(status.attribute("data-delivery").as_deref(), Some("queued"));
    assert!(
        status
            .text
            .contains("The gateway does not answer at the moment.")
    );
    bench.gateway.up().await;
    bench
        .wait_for(&browser, &path, "data-delivery", "accepted")
        .await;
    assert_eq!(bench.gateway.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_is_killed_with_a_full_outbox_delivers_once_when_it_is_up_again() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    let path = bench.filled(&browser).await;
    bench.chooses(&browser, &path, "citizen-1").await;
    bench.signs(&browser, &path, "citizen-1").await;
    let bench = bench.killed_and_up_again().await;
    bench.gateway.up().await;
    let browser = bench.logged_in(CITIZEN).await;
    bench
        .wait_for(&browser, &path, "data-delivery", "accepted")
        .await;
    assert_eq!(bench.gateway.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_application_cannot_be_signed_or_changed_again() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, _) = bench.sent(&browser).await;
    for page in ["form", "certificate", "sign"] {
        let seen = browser.get(&format!("{path}/{page}")).await;
        assert_eq!(seen.redirected_to(), path);
    }
    let again = bench.signs(&browser, &path, "citizen-1").await;
    assert_eq!(again.redirected_to(), path);
    let form = browser.upload(&format!("{path}/form"), ANSWERS, &[]).await;
    assert_eq!(form.redirected_to(), path);
    assert_eq!(bench.gateway.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_key_nor_password_is_left_behind() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    bench.sent(&browser).await;
    let needle = crate::authority::KEY_PASSWORD.as_bytes();
    let key = bench.holder("citizen-1").key.to_pkcs8_der();
    let mut folders = vec![bench.dir.path().join("portal")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            files += 1;
            let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
            assert!(!holds(needle), "{}", path.display());
            assert!(
                !holds(&key[key.len() / 2..key.len() / 2 + 32]),
                "{}",
                path.display()
            );
        }
    }
    assert!(files > 2, "the portal's folder was looked at");
}

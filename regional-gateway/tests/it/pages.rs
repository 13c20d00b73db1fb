//! The pages: who may see what, in which language, and what they say.

use std::time::Duration;

use qaqpa_model::Lang;

use crate::authority::{CITIZEN, HEAD, OFFICER, password};
use crate::stand::{GRANT, Stand, noon};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_the_readers_language() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    officer.post(&check, &check, &GRANT).await.expect(303);
    for lang in Lang::ALL {
        officer.lang = lang.code();
        for page in [
            "/",
            "/login",
            "/queue",
            "/queue?show=mine",
            "/queue?show=overdue",
            "/cards",
            &path,
            &check,
            &format!("{path}/result"),
        ] {
            let page = officer.open(page).await.expect(200);
            assert_eq!(page.attribute("html lang"), lang.code());
            let text = page.text();
            assert!(text.contains("TEST"));
            let missing = text.split('[').skip(1).any(|rest| {
                rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest.contains(']')
            });
            assert!(!missing, "{lang}: {text}");
        }
    }
    let mut visitor = stand.visitor();
    visitor.lang = "kk";
    let home = visitor.open("/").await.expect(200);
    assert_eq!(home.attribute("html lang"), "kk");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_of_the_staff_does_not_come_in() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let mut visitor = stand.visitor();
    let page = visitor.open("/queue").await.expect(303);
    assert_eq!(page.location(), "/login?next=%2Fqueue");
    visitor.open(&format!("/cards/{card}")).await.expect(303);
    let right = password("officer-1");
    let login = async |iin: &str, password: &str| {
        let mut visitor = stand.visitor();
        let fields = [("iin", iin), ("password", password)];
        visitor.post("/login", "/login", &fields).await
    };
    let page = login(OFFICER, "wrong").await.expect(403);
    assert_eq!(page.header("x-qaqpa-label"), Some("password-wrong"));
    // A citizen without a unit has no account here.
    let page = login("850312490013", &right).await;
    assert!(matches!(page.status.as_u16(), 403 | 422));
    let page = login("1", &right).await.expect(422);
    assert_eq!(page.field_errors(), ["iin"]);
    let journal = stand.control("/journal?kind=login-refused").await;
    assert_eq!(journal[0]["label"], "password-wrong");
    assert!(!journal.to_string().contains(OFFICER));
    // A form without its token does nothing.
    let mut visitor = stand.visitor();
    let fields = [("iin", OFFICER), ("password", &*right), ("_csrf", "0")];
    let page = visitor.upload("/login", "/login", &fields, None).await;
    assert!(page.status.is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_belongs_to_its_unit_and_a_task_to_its_role() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    let mut stranger = stand.member("stranger-1", CITIZEN).await;
    for page in [
        "",
        "/check",
        "/result",
        "/application.xml",
        "/attachments/1",
    ] {
        stranger.open(&format!("{path}{page}")).await.expect(404);
    }
    assert!(!stranger.open("/queue").await.expect(200).has("data-card="));
    assert!(!stranger.open("/cards").await.expect(200).has("data-card="));
    stranger.post("/login", &check, &GRANT).await.expect(404);

    let mut head = stand.member("head-1", HEAD).await;
    let page = head.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-may-act"), "no");
    assert_eq!(page.attribute("data-next"), "none");
    assert!(!head.open("/queue").await.expect(200).has("data-card="));
    let page = head.open(&check).await.expect(403);
    assert_eq!(page.header("x-qaqpa-label"), Some("task-of-others"));
    for step in ["take", "check", "complete"] {
        let step = format!("{path}/{step}");
        head.post("/login", &step, &GRANT).await.expect(403);
    }
    let sign = format!("{path}/sign");
    head.upload("/login", &sign, &[], None).await.expect(403);
    let mut officer = stand.member("officer-1", OFFICER).await;
    officer
        .post(&path, &format!("{path}/take"), &[])
        .await
        .expect(303);
    let page = officer.open("/queue?show=mine").await.expect(200);
    assert_eq!(page.attribute("data-card"), card);
    assert!(page.has("you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_are_shown_by_what_they_are_and_not_by_what_they_say() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let file = |n: &str| format!("/cards/{card}/attachments/{n}");
    for (n, kind, how, body) in [
        (
            "1",
            "application/pdf",
            "inline; filename=\"___.pdf\"",
            &b"%PDF-1.4 birth"[..],
        ),
        (
            "2",
            "image/png",
            "inline; filename=\"order.png\"",
            b"\x89PNG\r\n\x1a\n...",
        ),
        (
            "3",
            "application/octet-stream",
            "attachment; filename=\"page.html\"",
            b"<script>alert(1)</script>",
        ),
        (
            "1?download=1",
            "application/pdf",
            "attachment; filename=\"___.pdf\"",
            b"%PDF-1.4 birth",
        ),
    ] {
        let page = officer.open(&file(n)).await.expect(200);
        assert_eq!(page.header("content-type"), Some(kind), "{n}");
        assert_eq!(page.header("content-disposition"), Some(how), "{n}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.http.body, body);
    }
    for n in ["0", "4"] {
        officer.open(&file(n)).await.expect(404);
    }
    let xml = officer
        .open(&format!("/cards/{card}/application.xml"))
        .await;
    assert!(xml.expect(200).has("</ds:Signature></application>"));
    officer
        .open(&format!("/cards/{card}/result.xml"))
        .await
        .expect(404);
    officer.open("/cards/none").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checklist_that_does_not_hold_together_is_shown_again() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer.post(&check, &check, &[]).await.expect(422);
    assert_eq!(
        page.field_errors(),
        [
            "document.child-birth-certificate",
            "document.guardianship-decision",
            "document.other",
            "decision"
        ]
    );
    let mut faulty = GRANT.to_vec();
    faulty[1].1 = "fault";
    let page = officer.post(&check, &check, &faulty).await.expect(422);
    assert_eq!(page.field_errors(), ["document.guardianship-decision"]);
    // What was answered stands there still, and nothing was noted.
    assert!(page.has("value=\"fault\" checked"));
    let result = officer.open(&format!("{path}/result")).await.expect(303);
    assert_eq!(result.location(), path);
    let sign = format!("{path}/sign");
    let early = officer.upload(&path, &sign, &[], None).await.expect(303);
    assert_eq!(early.location(), check);
    // A noted decision can be changed until it is signed.
    officer.post(&check, &check, &GRANT).await.expect(303);
    let again = officer.open(&check).await.expect(200);
    assert!(again.has("value=\"grant\" required checked"));
    let complete = format!("{path}/complete");
    let page = officer.post(&path, &complete, &[]).await.expect(409);
    assert_eq!(page.header("x-qaqpa-label"), Some("to-be-signed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_deadline_is_over_is_marked() {
    let stand = Stand::start().await;
    let card = stand.card(1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer.open("/queue?show=overdue").await.expect(200);
    assert!(!page.has("data-card="));
    let now = noon().plus(Duration::from_secs(47 * 60));
    let elapsed = i64::try_from(now.since(stand.clock.now()).as_millis()).unwrap();
    stand
        .clock
        .set_offset(stand.clock.offset_ms() + elapsed)
        .unwrap();
    let page = officer.open("/queue?show=overdue").await.expect(200);
    assert_eq!(page.attribute("data-card"), card);
    assert_eq!(page.attribute("data-overdue"), "yes");
    assert!(page.has("overdue by 16 minutes"), "{}", page.text());
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["tasks"][0]["overdue"], true);
    officer.lang = "ru";
    let home = officer.open("/").await.expect(200);
    assert!(home.has("просрочено 1"));
}

//! Which language a page speaks, and what every page says in it.

use qaqpa_model::Lang;

use super::{CITIZEN, stand};

fn lang_of(text: &str) -> &str {
    let (_, rest) = text.split_once("<html lang=\"").unwrap();
    &rest[..2]
}

#[tokio::test]
async fn the_address_wins_over_the_cookie_and_that_over_the_browser() {
    let stand = stand().await;
    let mut browser = stand.browser();
    assert_eq!(lang_of(&browser.get("/").await.text()), "en");
    browser.headers = vec![("accept-language", "de, ru;q=0.8, kk;q=0.5".to_owned())];
    assert_eq!(lang_of(&browser.get("/").await.text()), "ru");
    let answer = browser.get("/?lang=kk").await;
    assert_eq!(
        (answer.status.as_u16(), lang_of(&answer.text())),
        (200, "kk")
    );
    assert_eq!(lang_of(&browser.get("/").await.text()), "kk");
    assert_eq!(lang_of(&browser.get("/?lang=en").await.text()), "en");
    assert_eq!(lang_of(&browser.get("/?lang=xx").await.text()), "en");
}

#[tokio::test]
async fn every_page_says_test_and_offers_the_other_languages_of_itself() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    for lang in Lang::ALL {
        let text = browser
            .get(&format!("/cabinet?page=2&lang={lang}"))
            .await
            .text();
        assert_eq!(lang_of(&text), lang.code());
        assert!(text.contains("class=\"test-banner\"") && text.contains("<strong>TEST</strong>"));
        assert!(!text.contains('['), "a missing text: {text}");
        for other in Lang::ALL {
            let link = format!("href=\"/cabinet?page=2&#38;lang={other}\"");
            assert!(text.contains(&link), "{link} in {text}");
        }
        assert!(
            text.contains("href=\"/cabinet\" aria-current=\"page\""),
            "{text}"
        );
        assert!(text.contains("2031-05-01T"), "the simulated moment");
    }
}

#[tokio::test]
async fn a_page_that_answers_a_form_leads_to_the_form_in_the_other_language() {
    let stand = stand().await;
    let mut browser = stand.browser();
    browser.headers = vec![(
        "referer",
        format!("https://{}/login?next=%2Fcabinet", stand.host),
    )];
    let answer = browser.log_in(CITIZEN, "wrong").await;
    assert!(
        answer
            .text()
            .contains("href=\"/login?next=%2Fcabinet&#38;lang=kk\""),
        "{}",
        answer.text()
    );
}

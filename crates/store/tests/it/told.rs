//! What earlier versions kept of registers' answers in the clear.

use qaqpa_store::{Seen, Store};

use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand, incoming};

async fn answer_of(store: &Store, id: &str) -> Vec<u8> {
    let message = incoming(id);
    let exchange = store.exchange();
    let seen = exchange.lookup(&message.sender, &message.message_id, &message.digest);
    match seen.await.unwrap() {
        Some(Seen::Duplicate { answer }) => answer,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn answers_to_questions_that_lie_in_the_clear_are_taken_away_and_other_answers_stay() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let mut question = incoming("question");
    question.facts_json = r#"{"kind":"question"}"#.to_owned();
    question.response = b"<told>AIGUL OF TARAZ STREET</told>".to_vec();
    for message in [question, incoming("application")] {
        let _ = store.exchange().accept(message).await.unwrap();
    }
    store.close().await;
    // As a version left it that did not know the migration.
    tamper(&stand, "DELETE FROM _sqlx_migrations WHERE version = 11").await;
    let store = stand.open().await;
    assert_eq!(answer_of(&store, "question").await, b"");
    let kept = answer_of(&store, "application").await;
    assert_eq!(kept, b"<answer>application</answer>");
    store.close().await;
    let file = std::fs::read(stand.config().dir.join("store.sqlite")).unwrap();
    let told = b"TARAZ STREET";
    assert!(!file.windows(told.len()).any(|part| part == told));
}

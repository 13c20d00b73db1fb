//! The workplace: cards and tasks.

use qaqpa_model::RefusalLabel;
use qaqpa_store::{
    Acceptance, AnsweredCard, CardFilter, CardState, Decided, Decision, Effect, JournalFilter,
    Store, TaskClaim, TaskState, Told,
};
use serde_json::json;

use crate::stand::{
    Stand, account, at, card, iin, incoming, message_id, other_iin, outgoing, step, task,
};

const UNIT: &str = "education-department";
const VERDICT: &str = r#"{"indication":"TOTAL-PASSED"}"#;

/// Registers a card without an outbox entry and gives the number of its first task.
async fn registered(store: &Store, id: &str, deadline: i64) -> i64 {
    let mut new = incoming(id);
    new.outbox = None;
    new.verdict_json = VERDICT.to_owned();
    let mut card = card(id);
    card.tasks = vec![task("officer", deadline)];
    new.effects = vec![Effect::Card(card)];
    let _ = store.exchange().accept(new).await.unwrap();
    store.cards().tasks(&format!("card-{id}")).await.unwrap()[0].id
}

fn told(id: &str) -> Told {
    Told {
        message: outgoing(id),
        at: at(40),
    }
}

fn decision(task: i64, by: i64) -> Decision {
    Decision {
        card: "card-m1".to_owned(),
        task,
        by,
        at: at(50),
        state: CardState::Granted,
        label: None,
        work_json: None,
        tasks: Vec::new(),
        document: Some(b"<result/>".to_vec()),
        outbox: Some(outgoing("r1")),
        summary: json!({}),
        trace: vec![step("m1", "condition-3")],
    }
}

pub(crate) async fn a_registered_card_waits_in_the_queue_of_its_unit_and_role(stand: &impl Stand) {
    let store = stand.open().await;
    registered(&store, "m1", 100).await;
    registered(&store, "m2", 50).await;
    let cards = store.cards();
    let queue = cards.queue(UNIT, "officer").await.unwrap();
    let lines: Vec<_> = queue
        .iter()
        .map(|line| (line.card.id.as_str(), line.card.number, line.task.deadline))
        .collect();
    assert_eq!(lines, [("card-m2", 2, at(50)), ("card-m1", 1, at(100))]);
    assert_eq!(cards.queue(UNIT, "head").await, Ok(vec![]));
    assert_eq!(cards.queue("other", "officer").await, Ok(vec![]));
    let document = cards.document("card-m1").await.unwrap();
    assert_eq!(
        document.as_deref(),
        Some(b"<application>m1</application>".as_slice())
    );
    assert_eq!(cards.result("card-m1").await, Ok(None));
    let granted = CardFilter {
        state: Some(CardState::Granted),
    };
    assert_eq!(cards.list(granted, 9).await, Ok(vec![]));
    assert_eq!(cards.count(granted).await, Ok(0));
    assert_eq!(cards.list(CardFilter::default(), 9).await.unwrap().len(), 2);
    assert_eq!(cards.count(CardFilter::default()).await, Ok(2));
}

pub(crate) async fn a_task_is_taken_by_one(stand: &impl Stand) {
    let store = stand.open().await;
    let first = store.accounts().seed(account(iin())).await.unwrap().id;
    let second = store
        .accounts()
        .seed(account(other_iin()))
        .await
        .unwrap()
        .id;
    let task = registered(&store, "m1", 100).await;
    let cards = store.cards();
    assert_eq!(cards.claim_task(task, first).await, Ok(TaskClaim::Yours));
    assert_eq!(cards.claim_task(task, first).await, Ok(TaskClaim::Yours));
    assert_eq!(
        cards.claim_task(task, second).await,
        Ok(TaskClaim::Taken { by: first })
    );
    assert_eq!(cards.claim_task(99, first).await, Ok(TaskClaim::Missing));
    assert_eq!(
        cards.decide(decision(task, second)).await,
        Ok(Decided::Taken)
    );
    assert_eq!(cards.decide(decision(task, first)).await, Ok(Decided::Done));
    assert_eq!(cards.claim_task(task, first).await, Ok(TaskClaim::Done));
}

pub(crate) async fn a_chain_of_tasks_ends_in_one_result(stand: &impl Stand) {
    let store = stand.open().await;
    let officer = store.accounts().seed(account(iin())).await.unwrap().id;
    let head = store
        .accounts()
        .seed(account(other_iin()))
        .await
        .unwrap()
        .id;
    let first = registered(&store, "m1", 100).await;
    let cards = store.cards();
    assert_eq!(
        cards.note("card-m1", r#"{"a":1}"#, Some(told("n1"))).await,
        Ok(true)
    );
    assert_eq!(
        cards.note("card-m1", r#"{"a":2}"#, Some(told("n2"))).await,
        Ok(true)
    );
    let mut prepared = decision(first, officer);
    prepared.state = CardState::Open;
    prepared.work_json = Some(r#"{"prepared":true}"#.to_owned());
    prepared.tasks = vec![task("head", 200)];
    prepared.document = None;
    prepared.outbox = None;
    assert_eq!(cards.decide(prepared).await, Ok(Decided::Done));
    assert_eq!(cards.queue(UNIT, "officer").await, Ok(vec![]));
    let queue = cards.queue(UNIT, "head").await.unwrap();
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0].card.work_json, r#"{"prepared":true}"#);
    assert_eq!(queue[0].card.decided_at, None);
    // That the work has begun was told once.
    let out = store.exchange().outbox(9).await.unwrap();
    let out: Vec<_> = out
        .iter()
        .map(|one| (one.message_id.as_str(), one.due_at))
        .collect();
    assert_eq!(out, [("n1", at(40))]);

    let mut signed = decision(queue[0].task.id, head);
    signed.state = CardState::Refused;
    signed.label = Some(RefusalLabel::GroundsAbsent);
    let mut of_another_card = signed.clone();
    of_another_card.card = "card-none".to_owned();
    assert_eq!(cards.decide(of_another_card).await, Ok(Decided::Missing));
    assert_eq!(cards.decide(signed.clone()).await, Ok(Decided::Done));
    assert_eq!(cards.decide(signed).await, Ok(Decided::Already));
    // It is the message's, kept once.
    let verdict = cards.verdict("card-m1").await.unwrap();
    assert_eq!(verdict.as_deref(), Some(VERDICT));
    assert_eq!(cards.verdict("card-none").await, Ok(None));
    let card = cards.by_id("card-m1").await.unwrap().unwrap();
    assert_eq!(card.state, CardState::Refused);
    assert_eq!(card.label, Some(RefusalLabel::GroundsAbsent));
    assert_eq!(card.decided_at, Some(at(50)));
    assert_eq!(
        cards.note("card-m1", "{}", Some(told("n3"))).await,
        Ok(false)
    );
    let result = cards.result("card-m1").await.unwrap();
    assert_eq!(result.as_deref(), Some(b"<result/>".as_slice()));
    let tasks = cards.tasks("card-m1").await.unwrap();
    let states: Vec<_> = tasks.iter().map(|one| (one.state, one.assignee)).collect();
    assert_eq!(
        states,
        [
            (TaskState::Done, Some(officer)),
            (TaskState::Done, Some(head))
        ]
    );
    assert_eq!(store.exchange().outbox(9).await.unwrap().len(), 2);
    let filter = JournalFilter {
        kind: Some("task-done".to_owned()),
        ..JournalFilter::default()
    };
    let journal = store.journal().list(&filter, 9).await.unwrap();
    assert_eq!(journal.len(), 2);
    assert_eq!(journal[0].summary["state"], "refused");
}

pub(crate) async fn of_many_decisions_exactly_one_is_done(stand: &impl Stand) {
    let store = stand.open().await;
    let officer = store.accounts().seed(account(iin())).await.unwrap().id;
    let task = registered(&store, "m1", 100).await;
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.cards().decide(decision(task, officer)).await })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Decided::Done => done += 1,
            other => assert_eq!(other, Decided::Already),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(store.exchange().outbox(9).await.unwrap().len(), 1);
    let steps = store.trace().of(&message_id("m1")).await.unwrap();
    assert_eq!(steps.len(), 2);
}

pub(crate) async fn a_card_that_a_machine_answers_is_decided_from_the_beginning(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let officer = store.accounts().seed(account(iin())).await.unwrap().id;
    let mut new = incoming("m1");
    new.outbox = Some(outgoing("r1"));
    new.effects = vec![Effect::AnsweredCard(Box::new(AnsweredCard {
        card: card("m1"),
        state: CardState::Refused,
        label: Some(RefusalLabel::GroundsAbsent),
        work_json: r#"{"documents":{}}"#.to_owned(),
        result: b"<result/>".to_vec(),
        by: Some(officer),
    }))];
    let accepted = store.exchange().accept(new).await.unwrap();
    assert_eq!(accepted, Acceptance::Accepted);

    let cards = store.cards();
    let card = cards.by_message(&message_id("m1")).await.unwrap().unwrap();
    assert_eq!(
        (card.state, card.label, card.registered_at, card.decided_at),
        (
            CardState::Refused,
            Some(RefusalLabel::GroundsAbsent),
            at(0),
            Some(at(0))
        )
    );
    assert_eq!(card.work_json, r#"{"documents":{}}"#);
    let result = cards.result(&card.id).await.unwrap();
    assert_eq!(result.as_deref(), Some(b"<result/>".as_slice()));
    let document = cards.document(&card.id).await.unwrap();
    assert_eq!(
        document.as_deref(),
        Some(b"<application>m1</application>".as_slice())
    );
    let tasks = cards.tasks(&card.id).await.unwrap();
    let states: Vec<_> = tasks.iter().map(|one| (one.state, one.assignee)).collect();
    assert_eq!(states, [(TaskState::Done, Some(officer))]);
    assert_eq!(cards.queue(UNIT, "officer").await, Ok(vec![]));
    assert_eq!(
        cards.decide(decision(tasks[0].id, officer)).await,
        Ok(Decided::Already)
    );
    assert_eq!(store.exchange().outbox(9).await.unwrap().len(), 1);
}

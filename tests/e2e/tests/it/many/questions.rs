//! A system that asks a register without rest. A question changes nothing, so that a sender asks until he is answered;
//! and whoever asks once more with the same bytes hears the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use qaqpa_transport::random_hex;
use qaqpa_wire::register::{Question, Root, person};
use qaqpa_wire::{BusinessData, DataForm, SendMessageRequest, SendMessageResponse};

use super::fleet::block_on;
use super::load::{has_moved, now, offset_ms};
use super::receivers::VISITOR;
use super::system::System;
use crate::stand;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(200);

/// The people who are asked about.
const PEOPLE: [&str; 2] = ["citizen-1", "citizen-2"];

/// Questions that are asked.
pub(super) struct Questions {
    end: Arc<AtomicBool>,
    asking: JoinHandle<Asked>,
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The questions that were answered, each with its answer, the same as often as it was asked.
    pub(super) answered: BTreeMap<String, Vec<u8>>,
    /// What nobody who asks should hear.
    pub(super) problems: Vec<String>,
}

impl Questions {
    pub(super) fn begin(data: &Path) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let (is_over, data) = (Arc::clone(&end), data.to_owned());
        let asking = std::thread::spawn(move || block_on(ask_without_rest(&data, &is_over)));
        Self { end, asking }
    }

    /// Asks no other question, and waits until the last is answered.
    pub(super) fn end(self) -> Asked {
        self.end.store(true, Ordering::SeqCst);
        self.asking.join().unwrap()
    }
}

async fn ask_without_rest(data: &Path, is_over: &AtomicBool) -> Asked {
    let system = System::open(data, VISITOR);
    let endpoints = stand::wait_for_endpoints(data);
    let people = PEOPLE.map(|id| endpoints.identity(id).unwrap().iin.clone());
    let mut asked = Asked::default();
    for iin in people.iter().cycle() {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let (id, offset) = (fresh_id(), offset_ms(data));
        let bytes = system.sealed(&question(&system, &id, iin, now(data)).write());
        match answer(&system, &bytes).await {
            // It may be of another day by now.
            Err(_) if has_moved(data, offset).await => {}
            Err(why) => asked.problems.push(format!("question {id}: {why}")),
            Ok(told) if !String::from_utf8_lossy(&told).contains(iin.as_str()) => {
                let told = String::from_utf8_lossy(&told).into_owned();
                asked.problems.push(format!("{id} is about {iin}: {told}"));
            }
            Ok(told) => {
                // Before or after whatever befalls those who have answered it.
                tokio::time::sleep(PAUSE).await;
                match answer(&system, &bytes).await {
                    Ok(again) if again == told => {}
                    // An answer is given again for a day, and days may have passed meanwhile.
                    Err(_) if has_moved(data, offset).await => {}
                    again => asked.problems.push(format!("{id} once more: {again:?}")),
                }
                asked.answered.insert(id.as_str().to_owned(), told);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    asked
}

/// What the register says, its signature included.
async fn answer(system: &System, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let read = |answer: &qaqpa_xml::Document| SendMessageResponse::read(answer).ok()?.data;
    let told = system.answered("sync", bytes, read).await;
    told.map(|data| data.bytes)
}

fn question(system: &System, id: &MessageId, iin: &str, at: Moment) -> SendMessageRequest {
    let question = Question {
        message_id: "1".to_owned(),
        message_date: at.to_string(),
        sender_code: VISITOR.to_owned(),
        criteria: vec![("iin".to_owned(), iin.to_owned())],
    };
    SendMessageRequest {
        message_id: id.clone(),
        correlation_id: None,
        service_id: person::SERVICE.to_owned(),
        message_date: at,
        route_id: None,
        sender: Some(system.sender.clone()),
        properties: Vec::new(),
        session_id: None,
        data: BusinessData {
            bytes: question.to_xml(Root::Data, person::SPACE),
            form: DataForm::Children,
        },
    }
}

fn fresh_id() -> MessageId {
    let parts = [
        random_hex::<4>(),
        random_hex::<2>(),
        format!("4{}", &random_hex::<2>()[1..]),
        format!("8{}", &random_hex::<2>()[1..]),
        random_hex::<6>(),
    ];
    MessageId::parse(&format!("{{{}}}", parts.join("-"))).unwrap()
}

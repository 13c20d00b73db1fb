//! A system's own endpoint: acknowledges what is pushed, and notes how often each came.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qaqpa_model::MessageId;
use qaqpa_wire::asynchronous::SendMessageResponse;
use qaqpa_wire::{Reading, push};
use qaqpa_xml::{Document, XmlLimits};

/// How long it works on a message: two that come at the same time are seen beside each other.
const WORK: Duration = Duration::from_millis(30);

/// The endpoint; it lives as long as the process.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) address: String,
    shared: Arc<Mutex<Came>>,
}

#[derive(Default)]
struct Came {
    /// By the application, with the message and how often it came.
    pushed: BTreeMap<String, (String, usize)>,
    /// What is worked on now.
    now: BTreeSet<String>,
    problems: Vec<String>,
}

impl Endpoint {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = Self {
            address: format!("http://{}/async/", listener.local_addr().unwrap()),
            shared: Arc::default(),
        };
        let own = endpoint.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let own = own.clone();
                // A peer that is killed ends its connection in the midst of anything.
                std::thread::spawn(move || while own.serve(&connection).is_some() {});
            }
        });
        endpoint
    }

    /// By the application, the message and how often it came.
    pub(super) fn pushed(&self) -> BTreeMap<String, (String, usize)> {
        self.shared.lock().unwrap().pushed.clone()
    }

    pub(super) fn problems(&self) -> Vec<String> {
        self.shared.lock().unwrap().problems.clone()
    }

    /// One request of a connection; nothing where it is over.
    fn serve(&self, connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        let mut length = None;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        let mut body = vec![0; length?];
        reader.read_exact(&mut body).ok()?;
        let answer = self.answer(&body);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/xml; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        let mut writer = connection;
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(&answer).ok()
    }

    fn answer(&self, body: &[u8]) -> Vec<u8> {
        let document = Document::parse(body, &XmlLimits::default()).unwrap();
        let (request, _) = push::SendMessageRequest::read_with(&document, Reading::Strict).unwrap();
        let info = request.message.info;
        let (id, about): (MessageId, MessageId) =
            (info.message_id.unwrap(), info.correlation_id.unwrap());
        let name = id.as_str().to_owned();
        {
            let mut came = self.shared.lock().unwrap();
            if !came.now.insert(name.clone()) {
                came.problems
                    .push(format!("{name} came twice at the same time"));
            }
        }
        std::thread::sleep(WORK);
        let mut came = self.shared.lock().unwrap();
        came.now.remove(&name);
        let about = about.as_str().to_owned();
        let entry = came
            .pushed
            .entry(about.clone())
            .or_insert_with(|| (name.clone(), 0));
        entry.1 += 1;
        let before = entry.0.clone();
        if before != name {
            came.problems
                .push(format!("{about} has two results: {before} and {name}"));
        }
        drop(came);
        push::SendMessageResponse(SendMessageResponse {
            correlation_id: id.clone(),
            message_id: id,
            response_date: info.message_date,
            session_id: Some("{00000000-0000-4000-8000-000000000000}".to_owned()),
        })
        .write()
    }
}

//! The doors that anybody may come to: they answer, and over TLS with a certificate that is trusted.

use std::collections::BTreeSet;
use std::path::Path;

use http::StatusCode;
use qaqpa_transport::{ActorRecord, ClientLimits, ClientTls, HttpClient, paths};

use super::finding::Finding;

/// Every door that anybody may come to answers, and over TLS with a certificate that is trusted.
pub(super) async fn doors(data: &Path, name: &str, record: &ActorRecord) -> Vec<Finding> {
    let about = |door: &str| format!("{name} at {door}");
    let remedy =
        "trust DIR/trust/tls.pem; where it is of an earlier run, start the simulator again";
    let tls = match ClientTls::trusting_file(&paths::trust_tls(data)) {
        Ok(tls) => tls,
        Err(error) => return vec![Finding::failed("tls", name, error, remedy)],
    };
    let client = HttpClient::new(
        &tls,
        ClientLimits {
            seconds_max: 10,
            ..ClientLimits::default()
        },
    )
    .reaching_actors_of(data);
    let mut found = Vec::new();
    for door in public_doors(record) {
        let answer = client.get(&format!("{door}/health/live")).await;
        found.push(match answer {
            Ok(answer) if answer.status.is_success() => {
                let what = if door.starts_with("https:") {
                    "answers, and its certificate is trusted"
                } else {
                    "answers"
                };
                Finding::ok("tls", about(&door), what)
            }
            Ok(answer) => {
                let what = format!("answers {}", answer.status);
                let remedy = remedy_of_answer(answer.status);
                Finding::failed("tls", about(&door), what, remedy)
            }
            Err(error) => Finding::failed("tls", about(&door), error, remedy),
        });
    }
    found
}

/// Who answers is trusted: something else is wrong.
fn remedy_of_answer(status: StatusCode) -> &'static str {
    if status == StatusCode::SERVICE_UNAVAILABLE {
        "it takes no more work now: look again in a minute; what is said of `ready` and of its limits tells why"
    } else {
        "is it of another version, or is something else in between? start it again, and connect without a proxy"
    }
}

/// The doors of its addresses, but for those that are for the other actors alone.
fn public_doors(record: &ActorRecord) -> BTreeSet<String> {
    record
        .addresses
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "channel" | "registers"))
        .filter_map(|(_, address)| origin(address))
        .collect()
}

/// `https://127.0.0.1:14504` of `https://127.0.0.1:14504/bip-sync-wss-gost/`.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use qaqpa_model::Actor;

    use super::*;

    #[test]
    fn doors_are_those_that_anybody_may_come_to() {
        let address = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let record = ActorRecord {
            actor: Actor::Portal,
            pid: 1,
            instance: String::new(),
            control: "http://127.0.0.1:9".to_owned(),
            addresses: [
                address("pages", "https://127.0.0.1:1"),
                address("centre", "https://127.0.0.1:1/centre"),
                address("channel", "https://127.0.0.1:2/channel/"),
                address("odd", "nonsense"),
            ]
            .into(),
        };
        let doors: Vec<_> = public_doors(&record).into_iter().collect();
        assert_eq!(doors, ["https://127.0.0.1:1"]);
    }

    #[test]
    fn who_answers_is_not_distrusted() {
        for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::NOT_FOUND] {
            let remedy = remedy_of_answer(status);
            assert!(!remedy.contains("trust"), "{remedy}");
        }
    }
}

//! Stage 1: a whole HTTP request of the channel's media types.
//!
//! Size and time were enforced by the door, before anything came here.

use bytes::Bytes;
use qaqpa_channel::Refused;
use qaqpa_model::{Actor, RefusalLabel};
use qaqpa_wire::{Channel, Operation};

use crate::record::{Arrival, Record};

/// A whole body that claims to be an envelope.
#[derive(Debug)]
pub(crate) struct Received {
    peer: Option<Actor>,
    body: Bytes,
}

impl Received {
    /// The actor on the other side of mutual TLS, if it is one.
    pub(super) const fn peer(&self) -> Option<Actor> {
        self.peer
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Takes the request in.
pub(crate) fn receive(record: &Record) -> Result<Received, Refused> {
    let arrival = record.arrival();
    if let Some(content_type) = &arrival.content_type {
        check_content_type(content_type)?;
    }
    if arrival.channel == Channel::Sync {
        check_action(arrival, Operation::SyncSendMessage)?;
    }
    Ok(Received {
        peer: arrival.peer,
        body: arrival.body.clone(),
    })
}

/// Real clients send `text/xml` or `application/xml`; some send nothing.
fn check_content_type(content_type: &str) -> Result<(), Refused> {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    if media_type == "application/soap+xml" {
        return Err(Refused::new(
            RefusalLabel::EnvelopeMalformed,
            "application/soap+xml is SOAP 1.2; this channel speaks SOAP 1.1 (text/xml)",
        )
        .with_code(qaqpa_wire::FaultCode::VersionMismatch));
    }
    if !matches!(media_type.as_str(), "" | "text/xml" | "application/xml") {
        return Err(Refused::new(
            RefusalLabel::EnvelopeMalformed,
            format!("the content type is {media_type:?}; send text/xml"),
        ));
    }
    for part in parts {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return Err(Refused::new(
                RefusalLabel::XmlMalformed,
                format!("the charset is {value:?}; send UTF-8"),
            ));
        }
    }
    Ok(())
}

/// The header must not name another operation than the Body: a filter may read the one, and we read the other. (P01)
pub(super) fn check_action(arrival: &Arrival, operation: Operation) -> Result<(), Refused> {
    match &arrival.soap_action {
        Some(action) if !names(action, operation) => Err(Refused::new(
            RefusalLabel::EnvelopeMalformed,
            format!(
                "SOAPAction is {action:?}, the Body asks for {}: leave it empty, as the WSDL says",
                operation.as_str()
            ),
        )),
        _ => Ok(()),
    }
}

/// The WSDL says `soapAction=""`. Met are the operation's name, names and addresses that end in it (or in what stacks
/// call its input message), and the name spaces of the contract.
fn names(action: &str, operation: Operation) -> bool {
    let action = action.trim().trim_matches('"').trim();
    let last = action
        .rsplit(['/', '#', ':', '.'])
        .next()
        .unwrap_or_default();
    let is = |operation: Operation| {
        let last = last
            .strip_suffix("Request")
            .or(last.strip_suffix("RequestMsg"))
            .unwrap_or(last);
        last.eq_ignore_ascii_case(operation.as_str())
    };
    let of_the_contract = action.starts_with("http://bip.bee.kz/");
    last.is_empty() || is(operation) || (of_the_contract && !Operation::ALL.into_iter().any(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_of_real_clients_are_accepted_and_others_named() {
        for good in [
            "text/xml",
            "text/xml; charset=UTF-8",
            "application/xml;charset=\"utf-8\"",
        ] {
            assert_eq!(check_content_type(good), Ok(()), "{good}");
        }
        for (bad, label) in [
            ("application/json", RefusalLabel::EnvelopeMalformed),
            ("application/soap+xml", RefusalLabel::EnvelopeMalformed),
            (
                "multipart/related; type=\"text/xml\"",
                RefusalLabel::EnvelopeMalformed,
            ),
            ("text/xml; charset=utf-16", RefusalLabel::XmlMalformed),
        ] {
            assert_eq!(
                check_content_type(bad).map_err(|r| r.label),
                Err(label),
                "{bad}"
            );
        }
        for good in [
            "",
            "\"\"",
            "SendMessage",
            "\"http://x/SendMessage\"",
            "urn:SendMessage",
            "\"http://bip.bee.kz/SyncChannel/v10/Interfaces/ISyncChannel/SendMessageRequest\"",
            "http://bip.bee.kz/SyncChannel/v10/Types",
        ] {
            assert!(names(good, Operation::SyncSendMessage), "{good}");
        }
        for bad in [
            "\"getMessages\"",
            "\"DeleteEverything\"",
            "http://bip.bee.kz/AsyncChannel/v10/Interfaces/getMessages",
        ] {
            assert!(!names(bad, Operation::SyncSendMessage), "{bad}");
        }
        assert!(names("\"urn:getMessages\"", Operation::GetMessages));
        assert!(!names("sendMessage", Operation::GetMessages));
    }
}

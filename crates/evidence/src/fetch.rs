//! One fetch with one retry, and the story of it.

use std::time::Duration;

use qaqpa_transport::{HttpAnswer, HttpClient, HttpError};
use qaqpa_verdict::Attempt;

/// How long to wait before the second try: real time, long enough for a restart of a connection.
const PAUSE: Duration = Duration::from_millis(200);

/// What to ask of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    /// POST this encoded request; an OCSP answer is expected (RFC 6960, appendix A.1).
    Ocsp(&'a [u8]),
    /// GET; a list is expected (RFC 5280, 4.2.1.13).
    Crl,
}

/// What came of one try.
enum Tried {
    Bytes(Vec<u8>),
    /// Not worth a second try at the same address.
    Final(String),
    /// Worth a second try.
    Transient(String),
}

/// Asks the addresses in order, each at most twice, until one answers with what could be evidence.
///
/// Whether it is evidence is the examination's question: an answer whose form says that it is none
/// (another media type, a status other than 200, `tryLater`) is only worth going on for.
pub(crate) async fn fetch(
    client: &HttpClient,
    ask: Ask<'_>,
    urls: &[String],
    attempts: &mut Vec<Attempt>,
) -> Result<Vec<u8>, String> {
    let mut last = "there is no address to ask".to_owned();
    for url in urls {
        for retry in [false, true] {
            if retry {
                tokio::time::sleep(PAUSE).await;
            }
            let tried = once(client, ask, url).await;
            let outcome = match &tried {
                Tried::Bytes(bytes) => format!("{} bytes", bytes.len()),
                Tried::Final(why) | Tried::Transient(why) => why.clone(),
            };
            tracing::debug!(url, retry, outcome, "asked for evidence");
            attempts.push(Attempt {
                from: url.clone(),
                outcome,
            });
            match tried {
                Tried::Bytes(bytes) => return Ok(bytes),
                Tried::Final(why) => {
                    last = why;
                    break;
                }
                Tried::Transient(why) => last = why,
            }
        }
    }
    Err(last)
}

async fn once(client: &HttpClient, ask: Ask<'_>, url: &str) -> Tried {
    // Evidence is signed, and its addresses are plain HTTP in every certificate of the authority
    // (RFC 5280, 8: HTTPS here could need evidence about itself).
    if !url.starts_with("http://") {
        return Tried::Final("not an http:// address".to_owned());
    }
    let answer = match ask {
        Ask::Ocsp(request) => {
            client
                .post(url, "application/ocsp-request", request.to_vec())
                .await
        }
        Ask::Crl => client.get(url).await,
    };
    match answer {
        Ok(answer) => look(ask, &answer),
        Err(error @ (HttpError::Network(_) | HttpError::Unconnected(_))) => {
            Tried::Transient(error.to_string())
        }
        // A second wait of the same length would only double the cost of a dead responder.
        Err(error) => Tried::Final(error.to_string()),
    }
}

fn look(ask: Ask<'_>, answer: &HttpAnswer) -> Tried {
    let status = answer.status;
    if status.is_server_error() {
        return Tried::Transient(format!("status {}", status.as_u16()));
    }
    if status != http::StatusCode::OK {
        return Tried::Final(match answer.header("location") {
            Some(_) => format!("status {}: redirects are not followed", status.as_u16()),
            None => format!("status {}", status.as_u16()),
        });
    }
    let media_type = answer
        .header("content-type")
        .unwrap_or("")
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    if media_type.starts_with("text/") {
        // A captive portal answers 200 with a page to anything.
        return Tried::Final(format!("a {media_type} page instead of evidence"));
    }
    if answer.header("content-encoding").is_some() {
        return Tried::Final("a compressed answer: that was not asked for".to_owned());
    }
    if answer.body.is_empty() {
        return Tried::Transient("an empty answer".to_owned());
    }
    if let Ask::Ocsp(_) = ask
        && is_try_later(&answer.body)
    {
        return Tried::Transient("the responder says: tryLater".to_owned());
    }
    Tried::Bytes(answer.body.to_vec())
}

/// Whether this is the OCSPResponse `SEQUENCE { ENUMERATED tryLater }` (RFC 6960, 4.2.1): it has no
/// signature and no other content, so it says nothing but "ask again".
fn is_try_later(der: &[u8]) -> bool {
    der == [0x30, 0x03, 0x0a, 0x01, 0x03]
}

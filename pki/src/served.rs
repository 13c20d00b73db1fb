//! What the public door and its mirror say about bytes that they serve: media type, and how long who may keep them.
//!
//! Dates in these headers, `Date` among them, are of the simulated clock, so that they agree with each other.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use qaqpa_model::Moment;

use crate::lists::SignedList;
use crate::responder::Answer;

/// Bytes of a media type, not to be kept: the simulated clock may move at any moment.
#[must_use]
pub fn typed(media_type: &'static str, bytes: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

/// A refusal before any protocol is spoken, with a sentence.
#[must_use]
pub fn refused(status: StatusCode, why: &str) -> Response {
    let text = typed("text/plain; charset=utf-8", format!("{why}\n"));
    (status, text).into_response()
}

/// A revocation list. A reader may keep it, and asks each time whether it is still the last one.
#[must_use]
pub fn list(asked: &HeaderMap, list: SignedList) -> Response {
    let tag = format!("\"{}-{}-{}\"", list.name, list.number, list.at.unix_ms());
    let headers = [
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag.clone()),
        (header::LAST_MODIFIED, http_date(list.at)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if is_known(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let media_type = (header::CONTENT_TYPE, "application/pkix-crl");
    (headers, [media_type], list.der).into_response()
}

/// An OCSP answer to a POST: nobody on the way keeps it.
#[must_use]
pub fn ocsp(answer: Answer) -> Response {
    typed(OCSP_RESPONSE, answer.der)
}

/// An OCSP answer to a GET: one that was signed ahead may be kept on the way until it is stale (RFC 5019 §6.2).
#[must_use]
pub fn ocsp_to_get(asked: &HeaderMap, answer: Answer, now: Moment) -> Response {
    let Some(ahead) = answer.ahead else {
        return typed(OCSP_RESPONSE, answer.der);
    };
    let seconds = ahead.next_update.unix_s().saturating_sub(now.unix_s());
    let kept = format!("max-age={seconds}, public, no-transform, must-revalidate");
    let tag = format!("\"{}\"", ahead.digest);
    let headers = [
        (header::CACHE_CONTROL, kept),
        (header::DATE, http_date(now)),
        (header::ETAG, tag.clone()),
        (header::EXPIRES, http_date(ahead.next_update)),
        (header::LAST_MODIFIED, http_date(ahead.this_update)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if is_known(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let media_type = (header::CONTENT_TYPE, OCSP_RESPONSE);
    (headers, [media_type], answer.der).into_response()
}

const OCSP_RESPONSE: &str = "application/ocsp-response";

/// Whether the asker has the bytes of that tag (RFC 9110 §13.1.2).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let given = asked.get_all(header::IF_NONE_MATCH).iter();
    let given = given.filter_map(|value| value.to_str().ok());
    let mut tags = given.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// A moment as HTTP writes it (RFC 9110 §5.6.7): `Sun, 22 Nov 2026 05:00:00 GMT`.
fn http_date(moment: Moment) -> String {
    let text = Timestamp::from_second(moment.unix_s())
        .and_then(|stamp| DateTimePrinter::new().timestamp_to_rfc9110_string(&stamp));
    // Every moment of the authority is in the years that HTTP can write.
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn dates_are_written_as_http_does() {
        let moment = Moment::parse("2026-11-22T10:00:00.999+05:00").unwrap();
        assert_eq!(http_date(moment), "Sun, 22 Nov 2026 05:00:00 GMT");
    }

    #[test]
    fn a_tag_is_known_alone_among_others_and_by_the_star() {
        for (given, known) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            let mut asked = HeaderMap::new();
            asked.insert(header::IF_NONE_MATCH, HeaderValue::from_static(given));
            assert_eq!(is_known(&asked, "\"a\""), known, "{given}");
        }
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}

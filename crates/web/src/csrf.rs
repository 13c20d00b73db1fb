//! Whether a form was sent by a page of ours. Source: OWASP CSRF Prevention, synchronizer token and origin.

use http::header::{HOST, HeaderMap, ORIGIN};
use http::{HeaderName, StatusCode};

use crate::multipart::{Multipart, content_type};
use crate::problem::Problem;
use crate::visit::Visit;

/// The form field that carries the token.
const FIELD: &str = "_csrf";
/// The header that may carry it instead.
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks the origin, where the browser says it, and then the token.
pub(crate) fn check(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    if !origin_is_ours(headers) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign-origin"));
    }
    match token(headers, body) {
        Some(token) if visit.csrf_is(&token) => Ok(()),
        _ => Err(Problem::new(StatusCode::FORBIDDEN, "form-expired")),
    }
}

/// `Origin` must be `https://` and the very `Host` that was asked. Programs that are no browsers send
/// neither `Origin` nor `Sec-Fetch-Site`; for them the token alone decides.
fn origin_is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.as_bytes());
    if let Some(origin) = text(&ORIGIN) {
        let host = text(&HOST).unwrap_or_default();
        return !host.is_empty() && origin.strip_prefix(b"https://") == Some(host);
    }
    match text(&FETCH_SITE) {
        None => true,
        Some(site) => matches!(site, b"same-origin" | b"none"),
    }
}

fn token(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(token) = headers.get(HEADER) {
        return token.to_str().ok().map(str::to_owned);
    }
    let kind = content_type(headers);
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("multipart/form-data") {
        let form = Multipart::read(kind, body).ok()?;
        return form.text(FIELD).map(str::to_owned);
    }
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        // The token is hexadecimal: nothing in it is ever percent-encoded.
        return body
            .split(|byte| *byte == b'&')
            .find_map(|pair| pair.strip_prefix(b"_csrf="))
            .and_then(|token| String::from_utf8(token.to_vec()).ok());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_this_very_site_is_our_origin() {
        let ours = |pairs: &[(&'static str, &'static str)]| origin_is_ours(&headers(pairs));
        let host = ("host", "127.0.0.1:14509");
        assert!(ours(&[host, ("origin", "https://127.0.0.1:14509")]));
        assert!(ours(&[host]));
        assert!(ours(&[host, ("sec-fetch-site", "same-origin")]));
        for origin in [
            "http://127.0.0.1:14509",
            "https://127.0.0.1:14506",
            "https://127.0.0.1:14509.evil.test",
            "https://evil.test",
            "null",
            "",
        ] {
            assert!(!ours(&[host, ("origin", origin)]), "{origin}");
        }
        assert!(!ours(&[("origin", "https://")]));
        assert!(!ours(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[host, ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn the_token_is_found_in_both_kinds_of_form_and_in_no_other_body() {
        let form = headers(&[("content-type", "application/x-www-form-urlencoded")]);
        assert_eq!(token(&form, b"a=1&_csrf=ab12&b=2").as_deref(), Some("ab12"));
        assert_eq!(token(&form, b"x_csrf=ab12"), None);
        let parts = headers(&[("content-type", "multipart/form-data; boundary=x")]);
        let body = b"--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nab12\r\n--x--";
        assert_eq!(token(&parts, body).as_deref(), Some("ab12"));
        let json = headers(&[("content-type", "application/json")]);
        assert_eq!(token(&json, b"{\"_csrf\":\"ab12\"}"), None);
        assert_eq!(token(&HeaderMap::new(), b"_csrf=ab12"), None);
    }
}

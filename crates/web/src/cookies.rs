//! Cookies, as few as possible.

use http::header::{COOKIE, HeaderMap, HeaderValue};

/// The value of the cookie of that name; the first, as browsers send the most specific first.
#[must_use]
pub fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(given, value)| (given == name).then_some(value))
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Not at all: it is taken away.
    Not,
    /// So many seconds.
    Seconds(u32),
    /// Until the browser is closed.
    Session,
}

/// A `Set-Cookie` line: for this host only, over TLS only, out of the reach of scripts.
///
/// `SameSite=Lax`: a link from elsewhere opens the page signed in, a form from elsewhere does not.
/// `None` where the value has characters that a cookie cannot carry.
#[must_use]
pub fn write(name: &str, value: &str, keep: Keep) -> Option<HeaderValue> {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if !value.bytes().all(plain) {
        return None;
    }
    let age = match keep {
        Keep::Not => "; Max-Age=0".to_owned(),
        Keep::Seconds(seconds) => format!("; Max-Age={seconds}"),
        Keep::Session => String::new(),
    };
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    HeaderValue::from_str(&line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_lookalikes_are_not_it() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "xa=1; a=2".parse().unwrap());
        headers.append(COOKIE, "b=3; a=4".parse().unwrap());
        assert_eq!(read(&headers, "a"), Some("2"));
        assert_eq!(read(&headers, "b"), Some("3"));
        assert_eq!(read(&headers, "c"), None);
    }

    #[test]
    fn a_value_cannot_smuggle_attributes() {
        assert_eq!(write("a", "1; Domain=evil.test", Keep::Session), None);
        assert_eq!(
            write("__Host-a", "1", Keep::Seconds(60)).unwrap(),
            "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
        );
    }
}

//! A browser without eyes: cookies, forms, files; redirects are seen and followed only when asked.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use qaqpa_transport::{HttpAnswer, HttpClient};

/// A page, or a redirect.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
    pub(crate) bytes: Bytes,
    pub(crate) headers: http::HeaderMap,
}

pub(crate) struct Browser {
    client: HttpClient,
    origin: String,
    cookies: RefCell<BTreeMap<String, String>>,
    csrf: RefCell<String>,
    pub(crate) lang: RefCell<Option<&'static str>>,
}

/// A file of a form: the control, the name, the media type, the bytes.
pub(crate) type File<'f> = (&'f str, &'f str, &'f str, &'f [u8]);

impl Browser {
    pub(crate) fn new(client: HttpClient, origin: &str) -> Self {
        Self {
            client,
            origin: origin.to_owned(),
            cookies: RefCell::default(),
            csrf: RefCell::default(),
            lang: RefCell::new(Some("en")),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        let request = self.request("GET", path).body(Bytes::new()).unwrap();
        self.send(request).await
    }

    /// Posts a form with the token of the last page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.csrf.borrow().clone();
        self.post_with(path, fields, &token).await
    }

    pub(crate) async fn post_with(&self, path: &str, fields: &[(&str, &str)], token: &str) -> Seen {
        let mut body = format!("_csrf={token}");
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Posts a form with files.
    pub(crate) async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[File<'_>],
    ) -> Seen {
        let boundary = "----qaqpa-test";
        let mut body = Vec::new();
        let token = self.csrf.borrow().clone();
        for (name, value) in [("_csrf", token.as_str())].iter().chain(fields) {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        for (control, name, media_type, bytes) in files {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{control}\"; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let request = self
            .request("POST", path)
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={boundary}"),
            )
            .body(Bytes::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.borrow().clone()
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin))
            .header(header::COOKIE, cookies.join("; "));
        if let Some(lang) = *self.lang.borrow() {
            request = request.header(header::ACCEPT_LANGUAGE, lang);
        }
        request
    }

    async fn send(&self, request: Request<Bytes>) -> Seen {
        let answer: HttpAnswer = self.client.request(request).await.unwrap();
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies
                    .borrow_mut()
                    .insert(name.to_owned(), value.to_owned());
            }
        }
        let text = answer.text();
        if let Some(token) = between(&text, "name=\"_csrf\" value=\"", "\"") {
            *self.csrf.borrow_mut() = token;
        }
        Seen {
            status: answer.status,
            location: answer.header("location").map(str::to_owned),
            text,
            bytes: answer.body,
            headers: answer.headers,
        }
    }
}

impl Seen {
    /// The value of an attribute of the first element that has it.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        between(&self.text, &format!(" {name}=\""), "\"")
    }

    /// What the page's refusal says: element, condition, label.
    pub(crate) fn refusal(&self) -> Option<(String, String, String)> {
        let section = between(&self.text, "<section class=\"refusal\"", ">")?;
        let of = |name: &str| between(&section, &format!("{name}=\""), "\"").unwrap();
        Some((of("data-element"), of("data-condition"), of("data-label")))
    }

    /// Every step of the stepper that was taken: element and outcome.
    pub(crate) fn steps(&self) -> Vec<(String, String)> {
        self.text
            .split("<li class=\"step ")
            .skip(1)
            .filter_map(|step| {
                let head = step.split('>').next()?;
                Some((
                    between(head, "data-element=\"", "\"")?,
                    between(head, "data-outcome=\"", "\"")?,
                ))
            })
            .collect()
    }

    /// The names of the fields with errors.
    pub(crate) fn wrong_fields(&self) -> Vec<String> {
        self.text
            .split("class=\"field-error\" data-field=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next().map(str::to_owned))
            .collect()
    }

    pub(crate) fn redirected_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.location.as_deref().unwrap()
    }
}

pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(rest[..rest.find(after)?].to_owned())
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

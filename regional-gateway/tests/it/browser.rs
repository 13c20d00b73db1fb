//! A browser as small as a scenario needs: cookies, forms, no redirects unless followed.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use qaqpa_transport::{HttpAnswer, HttpClient};

/// One visitor.
pub(crate) struct Browser {
    client: HttpClient,
    base: String,
    cookies: BTreeMap<String, String>,
    pub(crate) lang: &'static str,
}

/// An answer, and what a machine reads from it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) http: HttpAnswer,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        self.http.text()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.http.header(name)
    }

    /// The value of an attribute, wherever it stands first.
    pub(crate) fn attribute(&self, name: &str) -> String {
        let text = self.text();
        let begin = format!("{name}=\"");
        let at = text
            .find(&begin)
            .unwrap_or_else(|| panic!("no {name} in {text}"));
        let rest = &text[at + begin.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The names of the fields that have an error, in the page's order.
    pub(crate) fn field_errors(&self) -> Vec<String> {
        let text = self.text();
        text.match_indices("class=\"field-error\" data-field=\"")
            .map(|(at, begin)| {
                let rest = &text[at + begin.len()..];
                rest[..rest.find('"').unwrap()].to_owned()
            })
            .collect()
    }

    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Where a 303 leads to.
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap()
    }
}

impl Browser {
    pub(crate) fn new(client: HttpClient, base: &str) -> Self {
        Self {
            client,
            base: base.to_owned(),
            cookies: BTreeMap::new(),
            lang: "en",
        }
    }

    pub(crate) async fn open(&mut self, path: &str) -> Page {
        self.ask(Method::GET, path, None, Vec::new()).await
    }

    /// Posts an urlencoded form with the token of the page that it is on.
    pub(crate) async fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token(page).await;
        let mut body = format!("_csrf={token}");
        for (name, value) in fields {
            body.push('&');
            body.push_str(&encode(name));
            body.push('=');
            body.push_str(&encode(value));
        }
        let kind = "application/x-www-form-urlencoded";
        self.ask(Method::POST, path, Some(kind), body.into_bytes())
            .await
    }

    /// Posts a form with a file, or without one.
    pub(crate) async fn upload(
        &mut self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Page {
        let token = self.token(page).await;
        let mut body = Vec::new();
        let mut part = |head: String, content: &[u8]| {
            body.extend_from_slice(b"--line\r\nContent-Disposition: form-data; ");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        part("name=\"_csrf\"".to_owned(), token.as_bytes());
        for (name, value) in fields {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        if let Some((name, bytes)) = file {
            let head = format!(
                "name=\"{name}\"; filename=\"key.p12\"\r\nContent-Type: application/x-pkcs12"
            );
            part(head, bytes);
        }
        body.extend_from_slice(b"--line--\r\n");
        let kind = "multipart/form-data; boundary=line";
        self.ask(Method::POST, path, Some(kind), body).await
    }

    async fn token(&mut self, page: &str) -> String {
        let page = self.open(page).await.expect(200);
        let text = page.text();
        let begin = "name=\"_csrf\" value=\"";
        let at = text
            .find(begin)
            .unwrap_or_else(|| panic!("no form in {text}"));
        let rest = &text[at + begin.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    async fn ask(&mut self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Page {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::ACCEPT_LANGUAGE, self.lang)
            .header(header::COOKIE, cookies.join("; "));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let http = self.client.request(request).await.unwrap();
        for line in http.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page {
            status: http.status,
            http,
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

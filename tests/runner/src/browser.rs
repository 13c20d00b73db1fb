//! A minimal browser: cookies, forms with their hidden fields, redirects within one site.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request};
use qaqpa_model::Lang;
use qaqpa_transport::{HttpAnswer, HttpClient};

use crate::error::RunError;
use crate::html::{self, Form, Tag};

/// Redirects followed in a row: a form leads to one page, perhaps over a login.
const REDIRECTS_MAX: usize = 5;

/// A person's browser on one site. It knows nothing that a person could not see.
pub(crate) struct Browser {
    client: HttpClient,
    /// `https://127.0.0.1:14509`, without a slash at the end.
    origin: String,
    lang: Lang,
    cookies: BTreeMap<String, String>,
}

/// A file chosen in a form.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) field: String,
    pub(crate) file: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

/// A page as it came.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its address, after redirects.
    pub(crate) url: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The bytes.
    pub(crate) body: Bytes,
    tags: Vec<Tag>,
}

impl Browser {
    /// A browser without cookies, on the site of this address.
    pub(crate) fn new(client: HttpClient, site: &str, lang: Lang) -> Self {
        let origin = site.trim_end_matches('/').to_owned();
        Self {
            client,
            origin,
            lang,
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a path of the site.
    pub(crate) async fn open(&mut self, path: &str) -> Result<Page, RunError> {
        self.exchange(Method::GET, path.to_owned(), HeaderMap::new(), Bytes::new())
            .await
    }

    /// Sends a form of the page with these values instead of (or besides) what it has.
    pub(crate) async fn submit(
        &mut self,
        page: &Page,
        form: &Form,
        values: &[(&str, &str)],
        files: &[Upload],
    ) -> Result<Page, RunError> {
        let mut fields = form.fields.clone();
        for (name, value) in values {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => (*value).clone_into(old),
                None => fields.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        let (media_type, body) = if form.multipart {
            multipart(&fields, files)
        } else {
            urlencoded(&fields)
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, header(&media_type));
        headers.insert(ORIGIN, header(&self.origin));
        let action = if form.action.is_empty() {
            self.path_of(&page.url)
        } else {
            form.action.clone()
        };
        self.exchange(Method::POST, action, headers, body.into())
            .await
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: String,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Page, RunError> {
        let mut url = self.url_of(&path);
        let mut answer = self.ask(method, &url, headers, body).await?;
        for _ in 0..REDIRECTS_MAX {
            let Some(target) = redirect(&answer) else {
                return Ok(Page::new(url, &answer));
            };
            url = self.url_of(&target);
            if !url.starts_with(&self.origin) {
                return Err(Page::new(url, &answer).unlike("a redirect to another site"));
            }
            answer = self
                .ask(Method::GET, &url, HeaderMap::new(), Bytes::new())
                .await?;
        }
        Err(Page::new(url, &answer).unlike("redirects without an end"))
    }

    async fn ask(
        &mut self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<HttpAnswer, RunError> {
        let failed = |error| RunError::Http {
            url: url.to_owned(),
            error,
        };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url
            .parse()
            .map_err(|_| RunError::EndpointsLack(format!("address like {url:?}")))?;
        *request.headers_mut() = headers;
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("text/html,*/*"));
        request
            .headers_mut()
            .insert(ACCEPT_LANGUAGE, header(self.lang.code()));
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request
                .headers_mut()
                .insert(COOKIE, header(&cookies.join("; ")));
        }
        let answer = self.client.request(request).await.map_err(failed)?;
        for cookie in answer
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|c| c.to_str().ok())
        {
            self.keep(cookie);
        }
        Ok(answer)
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let gone = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        if gone || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn url_of(&self, path: &str) -> String {
        if path.starts_with("https://") || path.starts_with("http://") {
            path.to_owned()
        } else if path.starts_with('/') {
            format!("{}{path}", self.origin)
        } else {
            format!("{}/{path}", self.origin)
        }
    }

    fn path_of(&self, url: &str) -> String {
        url.strip_prefix(&self.origin).unwrap_or(url).to_owned()
    }
}

impl Page {
    fn new(url: String, answer: &HttpAnswer) -> Self {
        let is_html = answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("html"));
        let tags = if is_html {
            html::tags(&answer.text())
        } else {
            Vec::new()
        };
        Self {
            url,
            status: answer.status.as_u16(),
            body: answer.body.clone(),
            tags,
        }
    }

    /// The element of that name and class; `None` if it is not there.
    pub(crate) fn element(&self, name: &str, class: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.is(name, class))
    }

    /// The element of that name with that value of an attribute.
    pub(crate) fn tag_with(&self, name: &str, attribute: &str, value: &str) -> Option<&Tag> {
        let has = |tag: &&Tag| tag.name() == name && tag.attribute(attribute) == Some(value);
        self.tags.iter().find(has)
    }

    /// Every element of that name and class.
    pub(crate) fn elements(&self, name: &str, class: &str) -> Vec<&Tag> {
        self.tags.iter().filter(|tag| tag.is(name, class)).collect()
    }

    /// The addresses of the page's links.
    pub(crate) fn links(&self) -> impl Iterator<Item = &str> {
        self.tags
            .iter()
            .filter(|tag| tag.name() == "a")
            .filter_map(|tag| tag.attribute("href"))
    }

    /// The first form that has all these fields (of files too).
    pub(crate) fn form_with(&self, names: &[&str]) -> Result<Form, RunError> {
        let forms = html::forms(&self.tags);
        let found = forms
            .into_iter()
            .find(|form| names.iter().all(|name| form.has(name)));
        found.ok_or_else(|| self.unlike(format!("no form with the fields {}", names.join(", "))))
    }

    /// The first form that is posted to an address that ends so.
    pub(crate) fn form_to(&self, ending: &str) -> Result<Form, RunError> {
        let forms = html::forms(&self.tags);
        let found = forms.into_iter().find(|form| form.action.ends_with(ending));
        found.ok_or_else(|| self.unlike(format!("no form to …{ending}")))
    }

    /// The page must have this status.
    pub(crate) fn expect(self, status: u16) -> Result<Self, RunError> {
        if self.status == status {
            return Ok(self);
        }
        let fields: Vec<&str> = self
            .elements("p", "field-error")
            .iter()
            .filter_map(|tag| tag.attribute("data-field"))
            .collect();
        let fields = if fields.is_empty() {
            String::new()
        } else {
            format!("; errors at {}", fields.join(", "))
        };
        let label = self
            .element("section", "refusal")
            .and_then(|refusal| refusal.attribute("data-label"))
            .map_or_else(String::new, |label| format!("; refused: {label}"));
        Err(self.unlike(format!("expected status {status}{fields}{label}")))
    }

    /// The page must have one of two statuses.
    pub(crate) fn expect_or(self, status: u16, other: u16) -> Result<Self, RunError> {
        if self.status == other {
            Ok(self)
        } else {
            self.expect(status)
        }
    }

    /// An error about this page.
    pub(crate) fn unlike(&self, what: impl Into<String>) -> RunError {
        RunError::Page {
            url: self.url.clone(),
            status: self.status,
            what: what.into(),
        }
    }
}

fn redirect(answer: &HttpAnswer) -> Option<String> {
    if !answer.status.is_redirection() {
        return None;
    }
    answer
        .headers
        .get(LOCATION)?
        .to_str()
        .ok()
        .map(str::to_owned)
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn urlencoded(fields: &[(String, String)]) -> (String, Vec<u8>) {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", percent(name), percent(value)))
        .collect();
    (
        "application/x-www-form-urlencoded".to_owned(),
        pairs.join("&").into_bytes(),
    )
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn multipart(fields: &[(String, String)], files: &[Upload]) -> (String, Vec<u8>) {
    let boundary = format!("qaqpa-{}", uuid::Uuid::new_v4().simple());
    let mut body = Vec::new();
    let quoted = |text: &str| text.replace('"', "%22").replace(['\r', '\n'], "");
    for (name, value) in fields {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n",
            quoted(name)
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for file in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&file.field),
            quoted(&file.file),
            file.media_type
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&file.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser() -> Browser {
        let client = HttpClient::plain(qaqpa_transport::ClientLimits::default());
        Browser::new(client, "https://127.0.0.1:9/", Lang::Kk)
    }

    #[test]
    fn cookies_are_kept_replaced_and_forgotten() {
        let mut browser = browser();
        browser.keep("__Host-session=one; Path=/; Secure; HttpOnly; SameSite=Lax");
        browser.keep("__Host-session=two; Path=/; Secure");
        assert_eq!(
            browser.cookies.get("__Host-session").map(String::as_str),
            Some("two")
        );
        browser.keep("__Host-session=; Path=/; Max-Age=0");
        assert!(browser.cookies.is_empty());
    }

    #[test]
    fn addresses_stay_on_the_site() {
        let browser = browser();
        assert_eq!(browser.url_of("/cabinet"), "https://127.0.0.1:9/cabinet");
        assert_eq!(browser.path_of("https://127.0.0.1:9/sign?x=1"), "/sign?x=1");
    }

    #[tokio::test]
    async fn a_form_goes_back_with_its_token_origin_and_cookie_and_the_redirect_is_followed() {
        use wiremock::matchers::{body_string, header, method, path};
        use wiremock::{Mock, MockServer, ResponseTemplate};
        let site = MockServer::start().await;
        let html =
            |body: &str| ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/html");
        let login = r#"<form method="post" action="/login"><input type="hidden" name="_csrf" value="t1">
            <input name="iin"><input type="password" name="password"></form>"#;
        let with_cookie =
            html(login).insert_header("set-cookie", "__Host-s=v1; Path=/; Secure; HttpOnly");
        Mock::given(method("GET"))
            .and(path("/login"))
            .and(header("accept-language", "kk"))
            .respond_with(with_cookie)
            .expect(1)
            .mount(&site)
            .await;
        Mock::given(method("POST"))
            .and(path("/login"))
            .and(header("cookie", "__Host-s=v1"))
            .and(header("origin", site.uri().as_str()))
            .and(body_string("_csrf=t1&iin=1&password=p+w"))
            .respond_with(ResponseTemplate::new(303).insert_header("location", "/cabinet"))
            .expect(1)
            .mount(&site)
            .await;
        Mock::given(method("GET"))
            .and(path("/cabinet"))
            .and(header("cookie", "__Host-s=v1"))
            .respond_with(html(r#"<section class="refusal" data-label="x">"#))
            .expect(1)
            .mount(&site)
            .await;

        let client = HttpClient::plain(qaqpa_transport::ClientLimits::default());
        let mut browser = Browser::new(client, &site.uri(), Lang::Kk);
        let page = browser.open("/login").await.unwrap();
        let form = page.form_with(&["iin", "password"]).unwrap();
        let values = [("iin", "1"), ("password", "p w")];
        let page = browser.submit(&page, &form, &values, &[]).await.unwrap();
        assert_eq!(
            (page.url.as_str(), page.status),
            (format!("{}/cabinet", site.uri()).as_str(), 200)
        );
        let error = page.expect(403).unwrap_err().to_string();
        assert!(
            error.ends_with("(200): expected status 403; refused: x"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_redirect_to_another_site_is_not_followed() {
        use wiremock::matchers::method;
        use wiremock::{Mock, MockServer, ResponseTemplate};
        let site = MockServer::start().await;
        let away = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/x");
        Mock::given(method("GET"))
            .respond_with(away)
            .mount(&site)
            .await;
        let client = HttpClient::plain(qaqpa_transport::ClientLimits::default());
        let mut browser = Browser::new(client, &site.uri(), Lang::Ru);
        let error = browser.open("/").await.unwrap_err().to_string();
        assert!(error.ends_with("a redirect to another site"), "{error}");
    }

    #[test]
    fn forms_are_encoded_as_browsers_do() {
        let fields = [("iin".to_owned(), "a b&ә".to_owned())];
        assert_eq!(urlencoded(&fields).1, b"iin=a+b%26%D3%99");
        let upload = Upload {
            field: "document.x".into(),
            file: "x\".pdf".into(),
            media_type: "application/pdf".into(),
            bytes: b"%PDF".to_vec(),
        };
        let (media_type, body) = multipart(&fields, &[upload]);
        let boundary = media_type
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        let text = String::from_utf8(body).unwrap();
        assert_eq!(
            text,
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"iin\"\r\n\r\na b&ә\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"document.x\"; filename=\"x%22.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n%PDF\r\n--{boundary}--\r\n"
            )
        );
    }
}

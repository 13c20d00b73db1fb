//! One request of a visitor: language, session, form token.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::response::{IntoResponseParts, ResponseParts};
use http::header::{ACCEPT_LANGUAGE, HeaderMap, REFERER, SET_COOKIE};
use http::request::Parts;
use http::{Method, Uri};
use qaqpa_model::{Lang, Moment};
use qaqpa_store::{Account, Session};
use qaqpa_transport::{PeerAddress, random_hex};
use sha2::{Digest, Sha256};

use crate::cookies::{self, Keep};
use crate::passwords::Passwords;
use crate::site::Site;
use crate::texts::Words;

pub(crate) const LANG_COOKIE: &str = "__Host-qaqpa-lang";
pub(crate) const FLASH_COOKIE: &str = "__Host-qaqpa-flash";

/// One request of a visitor. Handlers get it from [`Anyone`](crate::Anyone) or [`Signed`](crate::Signed).
#[derive(Clone)]
pub struct Visit(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) site: Site,
    pub(crate) head: VisitHead,
    pub(crate) words: Words,
    /// The session's token and the session.
    pub(crate) session: Option<(String, Session)>,
    pub(crate) account: Option<Account>,
    /// The visitor token that the browser sent, where it looks like one of ours.
    pub(crate) visitor_token: Option<String>,
    /// The visitor token that was made because a form needed one.
    pub(crate) visitor_token_made: OnceLock<String>,
    /// Whether the handler asked who is there.
    pub(crate) asked: AtomicBool,
    pub(crate) flash: Option<Flash>,
}

/// What a visit needs of a request's head.
#[derive(Clone, Debug)]
pub(crate) struct VisitHead {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: IpAddr,
}

impl VisitHead {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            peer: parts
                .extensions
                .get::<PeerAddress>()
                .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip()),
        }
    }

    /// The language asked for in the address, which is also remembered.
    pub(crate) fn lang_asked(&self) -> Option<Lang> {
        let query = self.uri.query()?;
        query
            .split('&')
            .find_map(|pair| Lang::parse(pair.strip_prefix("lang=")?))
    }

    fn lang(&self) -> Option<Lang> {
        self.lang_asked()
            .or_else(|| Lang::parse(cookies::read(&self.headers, LANG_COOKIE)?))
            .or_else(|| {
                let header = self.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
                Lang::from_accept_language(header)
            })
    }
}

impl Default for VisitHead {
    fn default() -> Self {
        Self {
            method: Method::GET,
            uri: Uri::from_static("/"),
            headers: HeaderMap::new(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }
}

impl Visit {
    /// A visit of somebody whose session was not looked up.
    pub(crate) fn stranger(site: &Site, head: VisitHead) -> Self {
        Self::new(site, head, None, None)
    }

    pub(crate) fn new(
        site: &Site,
        head: VisitHead,
        session: Option<(String, Session)>,
        account: Option<Account>,
    ) -> Self {
        let lang = head.lang().unwrap_or(site.0.config.lang);
        let words = site.texts().words(lang).clone();
        let visitor_token = cookies::read(&head.headers, &site.0.visitor_cookie)
            .filter(|token| token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .map(str::to_owned);
        let flash = cookies::read(&head.headers, FLASH_COOKIE)
            .and_then(Flash::parse)
            .filter(|flash| words.has(&flash.key));
        Self(Arc::new(Inner {
            site: site.clone(),
            head,
            words,
            session,
            account,
            visitor_token,
            visitor_token_made: OnceLock::new(),
            asked: AtomicBool::new(false),
            flash,
        }))
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// The visitor's language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.0.words.lang()
    }

    /// The texts in the visitor's language.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.0.words
    }

    /// The text of this key in the visitor's language.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.0.words.t(key)
    }

    /// Who is signed in.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.0.account.as_ref()
    }

    /// Whether the account has this role.
    #[must_use]
    pub fn has_role(&self, name: &str) -> bool {
        self.account()
            .is_some_and(|account| account.roles.iter().any(|role| role == name))
    }

    /// The actor's facts of the session, as JSON.
    #[must_use]
    pub fn session_json(&self) -> Option<&str> {
        let (_, session) = self.0.session.as_ref()?;
        Some(&session.data_json)
    }

    /// The visitor's address, for counting failures.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.0.head.peer
    }

    /// The path that was asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.head.uri.path()
    }

    /// The simulated moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.0.site.0.config.clock.now()
    }

    /// Hashing and verifying passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        self.0.site.passwords()
    }

    /// The token that every form of this visitor must carry in the field `_csrf`.
    #[must_use]
    pub fn csrf(&self) -> String {
        if let Some((_, session)) = &self.0.session {
            return session.csrf.clone();
        }
        let token = self.0.visitor_token.as_ref();
        let token =
            token.unwrap_or_else(|| self.0.visitor_token_made.get_or_init(random_hex::<32>));
        self.token_of(token)
    }

    /// `<input type="hidden" name="_csrf" …>`: put it, unescaped (`|safe`), first into every form.
    #[must_use]
    pub fn csrf_field(&self) -> String {
        // Both kinds of token are hexadecimal; the escape is for a store that was tampered with.
        let token: String = self
            .csrf()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        format!(r#"<input type="hidden" name="_csrf" value="{token}">"#)
    }

    /// Whether this is the token of this visitor's forms.
    pub(crate) fn csrf_is(&self, given: &str) -> bool {
        let own = match (&self.0.session, &self.0.visitor_token) {
            (Some((_, session)), _) => session.csrf.clone(),
            (None, Some(token)) => self.token_of(token),
            (None, None) => return false,
        };
        // Digests are compared, so that how long it takes says nothing about the token.
        !own.is_empty() && Sha256::digest(own.as_bytes()) == Sha256::digest(given.as_bytes())
    }

    fn token_of(&self, visitor_token: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(b"qaqpa form token\0");
        digest.update(self.0.site.0.secret);
        digest.update(visitor_token.as_bytes());
        hex::encode(digest.finalize())
    }

    pub(crate) fn ask(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// The same page in another language. A page that answered a form has no address of its own: then
    /// the page that the form was on.
    pub(crate) fn address_in(&self, lang: Lang) -> String {
        let head = &self.0.head;
        let referer = || -> Option<Uri> { head.headers.get(REFERER)?.to_str().ok()?.parse().ok() };
        let uri = match head.method {
            Method::GET | Method::HEAD => Some(head.uri.clone()),
            _ => referer(),
        };
        let path = uri.as_ref().map_or("/", |uri| uri.path());
        let query = uri.as_ref().and_then(|uri| uri.query()).unwrap_or_default();
        let mut address = format!("{path}?");
        for pair in query.split('&') {
            if !pair.is_empty() && !pair.starts_with("lang=") {
                address.push_str(pair);
                address.push('&');
            }
        }
        address + "lang=" + lang.code()
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("method", &self.0.head.method)
            .field("path", &self.path())
            .field("lang", &self.lang())
            .finish_non_exhaustive()
    }
}

/// A sentence for the next page: `(Flash::notice("register-done"), Redirect::to("/login"))`.
///
/// It travels as a key in a cookie, so that nobody can put words into our mouth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Whether something went wrong.
    pub problem: bool,
    /// The key of the text.
    pub key: String,
}

impl Flash {
    /// Something was done.
    #[must_use]
    pub fn notice(key: &str) -> Self {
        Self {
            problem: false,
            key: key.to_owned(),
        }
    }

    /// Something was not done.
    #[must_use]
    pub fn problem(key: &str) -> Self {
        Self {
            problem: true,
            key: key.to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, key) = text.split_once(':')?;
        let problem = match kind {
            "problem" => true,
            "notice" => false,
            _ => return None,
        };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (key.len() <= 64 && key.bytes().all(plain)).then(|| Self {
            problem,
            key: key.to_owned(),
        })
    }
}

impl IntoResponseParts for Flash {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let kind = if self.problem { "problem" } else { "notice" };
        let value = format!("{kind}:{}", self.key);
        if let Some(line) = cookies::write(FLASH_COOKIE, &value, Keep::Seconds(60)) {
            parts.headers_mut().append(SET_COOKIE, line);
        }
        Ok(parts)
    }
}

//! The layout around every page.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use qaqpa_model::Lang;

use crate::assets;
use crate::problem::Problem;
use crate::texts::Words;
use crate::visit::Visit;

/// An entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads: `/cabinet`.
    pub href: String,
    /// Its text, in the visitor's language.
    pub label: String,
}

impl NavItem {
    /// An entry: `NavItem::new("/cabinet", visit.t("nav-cabinet"))`.
    #[must_use]
    pub fn new(href: &str, label: impl Into<String>) -> Self {
        Self {
            href: href.to_owned(),
            label: label.into(),
        }
    }
}

/// A page: title and body in, the whole document with layout out. See the example in the [crate].
#[derive(Debug)]
#[must_use]
pub struct Page {
    visit: Visit,
    title: String,
    body: Result<String, String>,
    here: Option<String>,
    status: StatusCode,
    refresh_seconds: Option<u32>,
}

impl Page {
    /// A page whose body is drawn by a template, which escapes what it shows.
    pub fn new(visit: &Visit, title: impl Into<String>, body: &impl Template) -> Self {
        let body = body.render().map_err(|error| error.to_string());
        Self::with_body(visit, title, body)
    }

    /// A page whose body is HTML already: every text in it must be escaped.
    pub fn from_html(visit: &Visit, title: impl Into<String>, body_html: String) -> Self {
        Self::with_body(visit, title, Ok(body_html))
    }

    fn with_body(visit: &Visit, title: impl Into<String>, body: Result<String, String>) -> Self {
        Self {
            visit: visit.clone(),
            title: title.into(),
            body,
            here: None,
            status: StatusCode::OK,
            refresh_seconds: None,
        }
    }

    /// Which entry of the navigation this page belongs to; else the one whose path it lies under.
    pub fn here(mut self, href: &str) -> Self {
        self.here = Some(href.to_owned());
        self
    }

    /// The status of the answer; 200 unless said.
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The browser asks again after so many seconds: for pages that wait for something.
    pub const fn refresh(mut self, seconds: u32) -> Self {
        self.refresh_seconds = Some(seconds);
        self
    }

    /// The whole document.
    ///
    /// # Errors
    /// [`Problem`] (own fault) where a template failed.
    pub fn render(self) -> Result<String, Problem> {
        let body = self.body.map_err(Problem::fault)?;
        let visit = &self.visit;
        let (site, words) = (visit.site(), visit.words());
        let config = &site.0.config;
        let is_here = |item: &NavItem| match &self.here {
            Some(here) => *here == item.href,
            None => lies_under(visit.path(), &item.href),
        };
        let nav = (config.nav)(visit)
            .into_iter()
            .map(|item| Entry {
                here: is_here(&item),
                href: item.href,
                label: item.label,
            })
            .collect();
        let langs = Lang::ALL.into_iter().map(|lang| Entry {
            here: lang == words.lang(),
            href: visit.address_in(lang),
            label: lang.code().to_owned(),
        });
        let account = visit.account();
        let flash = visit.0.flash.as_ref();
        let layout = Layout {
            w: words,
            lang: words.lang().code(),
            actor: config.actor.name(),
            title: &self.title,
            site_name: words.t(config.name_key),
            tagline: words.t(config.tagline_key),
            stylesheet: assets::address("style.css"),
            favicon: assets::address("favicon.svg"),
            emblem: assets::address("emblem.svg"),
            nav,
            langs: langs.collect(),
            person: account
                .map(|account| format!("{} {}", account.name.given, account.name.surname))
                .unwrap_or_default(),
            logout: config.logout_path,
            csrf: account.map(|_| visit.csrf_field()).unwrap_or_default(),
            flash: flash.map(|flash| words.t(&flash.key)).unwrap_or_default(),
            flash_is_problem: flash.is_some_and(|flash| flash.problem),
            now: visit.now().to_string(),
            refresh_seconds: self.refresh_seconds.unwrap_or(0),
            body: &body,
        };
        layout.render().map_err(Problem::fault)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let status = self.status;
        match self.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(problem) => problem.into_response(),
        }
    }
}

fn lies_under(path: &str, href: &str) -> bool {
    match path.strip_prefix(href) {
        Some(rest) => href != "/" && (rest.is_empty() || rest.starts_with('/')) || path == href,
        None => false,
    }
}

#[derive(Debug)]
struct Entry {
    href: String,
    label: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'p> {
    w: &'p Words,
    lang: &'p str,
    actor: &'p str,
    title: &'p str,
    site_name: String,
    tagline: String,
    stylesheet: String,
    favicon: String,
    emblem: String,
    nav: Vec<Entry>,
    langs: Vec<Entry>,
    person: String,
    logout: &'p str,
    csrf: String,
    flash: String,
    flash_is_problem: bool,
    now: String,
    refresh_seconds: u32,
    body: &'p str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_under_its_entry_and_everything_under_home_does_not() {
        assert!(lies_under("/cabinet", "/cabinet"));
        assert!(lies_under("/cabinet/history", "/cabinet"));
        assert!(!lies_under("/cabinets", "/cabinet"));
        assert!(lies_under("/", "/"));
        assert!(!lies_under("/cabinet", "/"));
    }
}

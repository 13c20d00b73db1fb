//! Everything that pages of all actors share: sessions, CSRF, CSP, roles, languages, layout, looks.
//!
//! An actor makes one [`Site`] and puts its own router behind it with [`Site::protect`]. From then on no
//! handler can forget:
//!
//! - **CSRF**: every request that is not GET, HEAD or OPTIONS must carry the visit's token
//!   ([`Visit::csrf_field`]) and, where the browser says its origin, come from this very site;
//! - **roles**: a handler must take [`Signed<Role>`](Signed) or [`Anyone`]. A route that asked for
//!   neither answers 500, whatever it wanted to say;
//! - **headers**: a strict content security policy (no inline script or style, no script at all), no
//!   framing, no sniffing, no caching of pages;
//! - **languages**: `?lang=kk`, else the cookie, else `Accept-Language`, else the site's own;
//! - **refusals**: [`Problem`] becomes a page in the visitor's language with label, meaning and remedy;
//!   so do axum's own refusals (404, 405, 400, 415, 422) and the listener's (408, 413, 503).
//!
//! # A page
//!
//! Askama resolves templates in the crate that uses them, so an actor's templates draw only what stands
//! between header and footer, and [`Page`] puts the layout around it:
//!
//! ```
//! use askama::Template;
//! use axum::response::{IntoResponse, Response};
//! use qaqpa_web::{Anyone, Citizen, Page, Signed, Words};
//!
//! #[derive(Template)]
//! #[template(source = r#"<h1>{{ w.t("error-title") }}</h1>"#, ext = "html")]
//! struct Home { w: Words }
//!
//! // GET /
//! async fn home(Anyone(visit): Anyone) -> Response {
//!     let body = Home { w: visit.words().clone() };
//!     Page::new(&visit, visit.t("error-title"), &body).into_response()
//! }
//!
//! // GET /cabinet: whoever is not signed in is sent to the login page, other roles are refused.
//! async fn cabinet(signed: Signed<Citizen>) -> Response {
//!     let body = Home { w: signed.words().clone() };
//!     Page::new(&signed, signed.account.name.surname.clone(), &body).here("/cabinet").into_response()
//! }
//! # let _ = axum::Router::<()>::new().route("/", axum::routing::get(home)).route("/cabinet", axum::routing::get(cabinet));
//! ```
//!
//! # A site
//!
//! ```text
//! let site = Site::new(SiteConfig {
//!     actor: Actor::Portal,
//!     port: listener.address().port(),      // cookies do not know ports, so their names do
//!     store: store.clone(),
//!     clock: start.clock.clone(),
//!     texts: Texts::new(&[(Lang::Kk, include_str!("../texts/kk.ftl")), …])?,
//!     lang: start.lang,
//!     name_key: "portal-name",
//!     tagline_key: "portal-tagline",
//!     login_path: "/login",
//!     logout_path: "/logout",               // a POST route of the actor; the layout draws its button
//!     nav,                                  // fn(&Visit) -> Vec<NavItem>
//! });
//! let router = site.protect(routes().with_state(state));
//! hall.serve_with(listener, router, security, site.refuse());
//! ```
//!
//! # Logging in
//!
//! ```text
//! async fn login(Anyone(visit): Anyone, State(portal): State<Portal>, Form(form): Form<Login>) -> Result<Response, Problem> {
//!     let account = portal.store.accounts().find_by_iin(&iin).await.map_err(Problem::fault)?;
//!     let hash = account.as_ref().map(|account| account.password_hash.as_str());
//!     match visit.passwords().verify(&iin.reveal(), visit.peer(), form.password, hash).await {
//!         Ok(()) => {}                                       // then account is Some
//!         Err(PasswordRefused::Wrong) => …,                  // the same for unknown people, and as slow
//!         Err(PasswordRefused::TooMany { seconds }) => …,
//!     }
//!     let cookie = visit.sign_in(account.id, data_json).await?;   // a new session id, always
//!     Ok((cookie, Redirect::to(local_path(&form.next).unwrap_or("/cabinet"))).into_response())
//! }
//! ```
//!
//! # Looks
//!
//! One stylesheet (`assets/style.css`) knows these classes: `hero`, `lead`, `small`, `hint`, `narrow`,
//! `columns` with `main-column` and `side-column`, `panel`, `card` in `cards`, `facts` (a `dl`; `across`
//! sets it in columns), `table-wrap` around tables, `actions`, `button` (`quiet`, `danger`, `wide`),
//! `form` with `field` (`wrong`) and `field-error`, `status` and `tag` with a status or outcome as second
//! class, `steps` with `step` (`process`, `condition`; `done`, `here`, `refused`, `ahead`), `crumbs`,
//! `notice`, `problem`, `refusal`, `empty`, `sheet` (a document), `verdict`, `xml`, `documents`,
//! `notifications`, `way`, `note`, `tiles`, `queue`, `log`. [`components`] draws the common ones.

pub mod assets;
pub mod components;
pub mod cookies;
mod csrf;
pub mod forms;
mod guard;
mod headers;
pub mod multipart;
pub mod page;
pub mod passwords;
pub mod problem;
pub mod roles;
pub mod sessions;
pub mod site;
pub mod testing;
pub mod texts;
pub mod visit;

pub use forms::{Choice, Field, local_path};
pub use multipart::{Multipart, UploadedFile};
pub use page::{NavItem, Page};
pub use passwords::{PasswordRefused, Passwords};
pub use problem::Problem;
pub use roles::{Anyone, Citizen, Head, Officer, Operator, Role, Signed};
pub use sessions::SessionCookie;
pub use site::{Site, SiteConfig};
pub use testing::{assert_no_missing_keys, assert_templates_have_texts};
pub use texts::{Texts, TextsError, Words};
pub use visit::{Flash, Visit};

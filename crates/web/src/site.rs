//! One actor's pages: what they share, and the guard that stands before all of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use qaqpa_model::{Actor, Lang};
use qaqpa_store::Store;
use qaqpa_transport::{Clock, DoorRefusal, Refuse, random_bytes};

use crate::page::NavItem;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::texts::Texts;
use crate::visit::{Visit, VisitHead};
use crate::{assets, guard, headers};

/// A visit that does nothing for so long is over, in real time: moving the simulated clock signs nobody out.
pub const SESSION_IDLE: Duration = Duration::from_secs(60 * 60);

/// What makes a site.
#[derive(Clone, Debug)]
pub struct SiteConfig {
    /// Whose pages these are.
    pub actor: Actor,
    /// The port; cookies do not know ports, so the session cookie's name has it.
    pub port: u16,
    /// Where sessions and accounts are kept.
    pub store: Store,
    /// The simulated clock: what pages show as "now".
    pub clock: Clock,
    /// The site's texts.
    pub texts: Texts,
    /// The language of visitors who ask for none that we have.
    pub lang: Lang,
    /// The key of the site's name.
    pub name_key: &'static str,
    /// The key of the line below it.
    pub tagline_key: &'static str,
    /// Where visitors log in: `/login`.
    pub login_path: &'static str,
    /// The actor's POST route that signs out: `/logout`.
    pub logout_path: &'static str,
    /// The entries of the navigation, for this visitor.
    pub nav: fn(&Visit) -> Vec<NavItem>,
}

/// One actor's pages. Clones share everything.
#[derive(Clone)]
pub struct Site(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: SiteConfig,
    pub(crate) passwords: Passwords,
    /// Of this start: visitors who are not signed in get their form tokens from it.
    pub(crate) secret: [u8; 32],
    /// Sessions end in real time.
    pub(crate) real: Clock,
    pub(crate) session_cookie: String,
    pub(crate) visitor_cookie: String,
}

impl Site {
    /// Makes the site. Blocks for some 30 ms (a password hash).
    #[must_use]
    pub fn new(config: SiteConfig) -> Self {
        Self::with_passwords(config, Passwords::new())
    }

    /// Makes the site with limits on login attempts of its own.
    #[must_use]
    pub fn with_passwords(config: SiteConfig, passwords: Passwords) -> Self {
        let name = |what| format!("__Host-qaqpa-{}-{}-{what}", config.actor, config.port);
        Self(Arc::new(Inner {
            session_cookie: name("session"),
            visitor_cookie: name("visitor"),
            config,
            passwords,
            secret: random_bytes(),
            real: Clock::real(),
        }))
    }

    /// Puts the guard before the actor's routes, and the stylesheet and icons beside them.
    ///
    /// See the [crate] for what a route behind it need not think of.
    pub fn protect(&self, routes: Router) -> Router {
        routes
            .fallback(guard::no_such_page)
            .layer(from_fn_with_state(self.clone(), guard::guard))
            .merge(assets::routes())
            .layer(from_fn(headers::harden))
    }

    /// The words for refusals that happen before a handler: the error page, in the visitor's language.
    #[must_use]
    pub fn refuse(&self) -> Refuse {
        let site = self.clone();
        Refuse::new(move |refusal: DoorRefusal, head| {
            let head = head.map(VisitHead::of).unwrap_or_default();
            let visit = Visit::stranger(&site, head);
            let problem = Problem::new(refusal.status(), refusal.name());
            headers::hardened(problem.page(&visit))
        })
    }

    /// Hashing and verifying passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// The store behind sessions and accounts.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.config.store
    }

    /// The texts of the site.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.0.config.texts
    }

    /// Deletes sessions that have ended; for a worker to call now and then.
    ///
    /// # Errors
    /// [`qaqpa_store::StoreError`].
    pub async fn sweep(&self) -> Result<u64, qaqpa_store::StoreError> {
        self.store().sessions().expire(self.0.real.now()).await
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({})", self.0.config.actor)
    }
}

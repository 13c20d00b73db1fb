//! Who may come in, said in a handler's signature.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qaqpa_store::Account;

use crate::problem::Problem;
use crate::visit::Visit;

/// A role that an account may have. Actors add their own with an empty struct.
pub trait Role: Send + Sync + 'static {
    /// The name in the account's roles.
    const NAME: &'static str;
}

macro_rules! role {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Role for $name {
            const NAME: &'static str = $text;
        }
    };
}

role!(
    /// A person who asks for services on the portal.
    Citizen = "citizen"
);
role!(
    /// The head of a provider, who signs results.
    Head = "head"
);
role!(
    /// An employee of a provider, who works on requests.
    Officer = "officer"
);
role!(
    /// The operator of a service centre.
    Operator = "operator"
);

/// Anybody, signed in or not. An axum extractor: a public page says so by asking for it.
#[derive(Clone, Debug)]
pub struct Anyone(pub Visit);

/// Somebody signed in who has the role `R`. An axum extractor.
///
/// Whoever is not signed in is sent to the login page (a GET) or told to log in (a form); whoever has
/// other roles is refused.
pub struct Signed<R> {
    /// Who it is.
    pub account: Account,
    visit: Visit,
    role: PhantomData<R>,
}

impl<R> Deref for Signed<R> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<R> fmt::Debug for Signed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("account", &self.account.id)
            .finish_non_exhaustive()
    }
}

impl Anyone {
    /// The visit.
    #[must_use]
    pub const fn visit(&self) -> &Visit {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        asked(parts).map(Self)
    }
}

impl<S: Sync, R: Role> FromRequestParts<S> for Signed<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visit = asked(parts).map_err(IntoResponse::into_response)?;
        let Some(account) = visit.account().cloned() else {
            return Err(to_login(&visit));
        };
        if !visit.has_role(R::NAME) {
            return Err(Problem::new(StatusCode::FORBIDDEN, "role-missing").into_response());
        }
        Ok(Self {
            account,
            visit,
            role: PhantomData,
        })
    }
}

fn asked(parts: &Parts) -> Result<Visit, Problem> {
    let visit = parts.extensions.get::<Visit>().cloned();
    let visit = visit.ok_or_else(|| Problem::fault("a page outside Site::protect"))?;
    visit.ask();
    Ok(visit)
}

fn to_login(visit: &Visit) -> Response {
    let login = visit.site().0.config.login_path;
    if !matches!(visit.0.head.method, Method::GET | Method::HEAD) {
        return Problem::new(StatusCode::UNAUTHORIZED, "sign-in-needed").into_response();
    }
    let uri = &visit.0.head.uri;
    let next = uri.path_and_query().map_or("/", |path| path.as_str());
    let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
    Redirect::to(&format!("{login}?next={next}")).into_response()
}

//! Signing in and out. Sessions live in the store; the browser holds a random token and nothing else.

use axum::response::{IntoResponseParts, ResponseParts};
use http::header::{HeaderValue, SET_COOKIE};
use qaqpa_store::NewSession;
use qaqpa_transport::random_hex;

use crate::cookies::{self, Keep};
use crate::problem::Problem;
use crate::site::{SESSION_IDLE, Site};
use crate::visit::{Visit, VisitHead};

/// The cookie that goes with an answer: `(cookie, Redirect::to("/cabinet"))`.
#[derive(Clone, Debug)]
#[must_use = "without its cookie the visitor is not signed in or out"]
pub struct SessionCookie(Vec<HeaderValue>);

impl IntoResponseParts for SessionCookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        for line in self.0 {
            parts.headers_mut().append(SET_COOKIE, line);
        }
        Ok(parts)
    }
}

impl Visit {
    /// Signs the visitor in: a session with a token that nobody saw before. An older one ends.
    ///
    /// `data_json` are the actor's own facts of the session.
    ///
    /// # Errors
    /// A [`Problem`] (own fault) where the store could not.
    pub async fn sign_in(
        &self,
        account: i64,
        data_json: impl Into<String>,
    ) -> Result<SessionCookie, Problem> {
        let site = &self.0.site;
        let now = site.0.real.now();
        let token = random_hex::<32>();
        let session = NewSession {
            token: token.clone(),
            csrf: random_hex::<32>(),
            account: Some(account),
            data_json: data_json.into(),
            at: now,
            expires: now.plus(SESSION_IDLE),
        };
        let sessions = site.store().sessions();
        match &self.0.session {
            Some((old, _)) => sessions.rotate(old, session).await,
            None => sessions.create(session).await,
        }
        .map_err(Problem::fault)?;
        Ok(cookie(site, &token, Keep::Session))
    }

    /// Signs the visitor out: the session ends in the store, not only in the browser.
    ///
    /// # Errors
    /// A [`Problem`] (own fault) where the store could not.
    pub async fn sign_out(&self) -> Result<SessionCookie, Problem> {
        let site = &self.0.site;
        if let Some((token, _)) = &self.0.session {
            let deleted = site.store().sessions().delete(token).await;
            deleted.map_err(Problem::fault)?;
        }
        Ok(cookie(site, "", Keep::Not))
    }

    /// Replaces the actor's facts of the session; `false` where nobody is signed in.
    ///
    /// # Errors
    /// A [`Problem`] (own fault) where the store could not.
    pub async fn set_session_json(&self, data_json: &str) -> Result<bool, Problem> {
        let Some((token, _)) = &self.0.session else {
            return Ok(false);
        };
        let site = &self.0.site;
        let expires = site.0.real.now().plus(SESSION_IDLE);
        let sessions = site.store().sessions();
        sessions
            .update(token, expires, Some(data_json))
            .await
            .map_err(Problem::fault)
    }
}

/// Looks up who is there. A session that is used lives on; that is written only now and then, since a
/// write costs a disk's flush.
pub(crate) async fn arrive(site: &Site, head: VisitHead) -> Result<Visit, Problem> {
    let token = cookies::read(&head.headers, &site.0.session_cookie)
        .filter(|token| token.len() == 64)
        .map(str::to_owned);
    let Some(token) = token else {
        return Ok(Visit::stranger(site, head));
    };
    let now = site.0.real.now();
    let sessions = site.store().sessions();
    let Some(session) = sessions.find(&token, now).await.map_err(Problem::fault)? else {
        return Ok(Visit::stranger(site, head));
    };
    if session.expires.since(now) < SESSION_IDLE * 9 / 10 {
        let update = sessions.update(&token, now.plus(SESSION_IDLE), None).await;
        update.map_err(Problem::fault)?;
    }
    let account = match session.account {
        None => None,
        Some(id) => {
            let account = site.store().accounts().by_id(id).await;
            account.map_err(Problem::fault)?
        }
    };
    Ok(Visit::new(site, head, Some((token, session)), account))
}

fn cookie(site: &Site, token: &str, keep: Keep) -> SessionCookie {
    let lines = [
        cookies::write(&site.0.session_cookie, token, keep),
        // The form token of the time before belongs to nobody any more.
        cookies::write(&site.0.visitor_cookie, "", Keep::Not),
    ];
    SessionCookie(lines.into_iter().flatten().collect())
}

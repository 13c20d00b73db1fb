//! Sessions on the server's side. A token is stored only as its digest.

use qaqpa_model::Moment;

use crate::{Store, StoreError};

/// A session to begin.
#[derive(Clone)]
pub struct NewSession {
    /// The random token that the cookie carries; stored only as its digest.
    pub token: String,
    /// The random token that forms carry.
    pub csrf: String,
    /// Whose, once logged in.
    pub account: Option<i64>,
    /// The caller's facts as JSON.
    pub data_json: String,
    /// When it begins.
    pub at: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// A session. Stored: changing this needs a migration.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The random token that forms carry.
    pub csrf: String,
    /// Whose, once logged in.
    pub account: Option<i64>,
    /// The caller's facts as JSON.
    pub data_json: String,
    /// When it began.
    pub created_at: Moment,
    /// When it ends.
    pub expires: Moment,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("account", &self.account)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("account", &self.account)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The sessions of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'s>(pub(crate) &'s Store);

impl Sessions<'_> {
    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the token exists.
    pub async fn create(&self, session: NewSession) -> Result<(), StoreError> {
        let _ = session;
        todo!()
    }

    /// Ends the session of `old_token` and begins another, in one transaction: at login.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the new token exists.
    pub async fn rotate(&self, old_token: &str, session: NewSession) -> Result<(), StoreError> {
        let _ = (old_token, session);
        todo!()
    }

    /// The session of this token that has not ended at `now`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn find(&self, token: &str, now: Moment) -> Result<Option<Session>, StoreError> {
        let _ = (token, now);
        todo!()
    }

    /// Moves the end of a session, and replaces the caller's facts if some are given.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn update(
        &self,
        token: &str,
        expires: Moment,
        data_json: Option<&str>,
    ) -> Result<bool, StoreError> {
        let _ = (token, expires, data_json);
        todo!()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn delete(&self, token: &str) -> Result<(), StoreError> {
        let _ = token;
        todo!()
    }

    /// Deletes the sessions that have ended at `now`, and gives their number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn expire(&self, now: Moment) -> Result<u64, StoreError> {
        let _ = now;
        todo!()
    }
}

//! Sessions on the server's side. A token is stored only as its digest.

use qaqpa_model::Moment;

use sha2::{Digest as _, Sha256};

use crate::database::{Columns, Connection, query};
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
        self.0
            .write(move |connection| Box::pin(async move { insert(connection, &session).await }))
            .await
    }

    /// Ends the session of `old_token` and begins another, in one transaction: at login.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the new token exists.
    pub async fn rotate(&self, old_token: &str, session: NewSession) -> Result<(), StoreError> {
        let old = digest(old_token);
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    query("DELETE FROM sessions WHERE token = $1")
                        .bind(old)
                        .execute(&mut *connection)
                        .await?;
                    insert(connection, &session).await
                })
            })
            .await
    }

    /// The session of this token that has not ended at `now`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn find(&self, token: &str, now: Moment) -> Result<Option<Session>, StoreError> {
        query("SELECT * FROM sessions WHERE token = $1 AND expires > $2")
            .bind(digest(token))
            .bind(now.unix_ms())
            .fetch_optional(self.0.readers())
            .await?
            .map(|row| {
                let row = Columns(&row);
                Ok(Session {
                    csrf: row.text("csrf")?,
                    account: row.number_option("account")?,
                    data_json: row.text("data_json")?,
                    created_at: row.moment("created_at")?,
                    expires: row.moment("expires")?,
                })
            })
            .transpose()
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
        let (token, data_json) = (digest(token), data_json.map(str::to_owned));
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "UPDATE sessions SET expires = $2, data_json = COALESCE($3, data_json)
                         WHERE token = $1",
                    )
                    .bind(token)
                    .bind(expires.unix_ms())
                    .bind(data_json)
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() == 1)
                })
            })
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn delete(&self, token: &str) -> Result<(), StoreError> {
        let token = digest(token);
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    query("DELETE FROM sessions WHERE token = $1")
                        .bind(token)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Deletes the sessions that have ended at `now`, and gives their number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn expire(&self, now: Moment) -> Result<u64, StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query("DELETE FROM sessions WHERE expires <= $1")
                        .bind(now.unix_ms())
                        .execute(connection)
                        .await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }
}

/// Who reads the database must not be able to take over a session.
fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

async fn insert(connection: &mut Connection, session: &NewSession) -> Result<(), StoreError> {
    query(
        "INSERT INTO sessions (token, csrf, account, data_json, created_at, expires)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(digest(&session.token))
    .bind(&session.csrf)
    .bind(session.account)
    .bind(&session.data_json)
    .bind(session.at.unix_ms())
    .bind(session.expires.unix_ms())
    .execute(connection)
    .await?;
    Ok(())
}

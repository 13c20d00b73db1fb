//! The certifying authority's register: certificates and their states; its revocation lists are next door.

mod lists;

pub use lists::RevocationList;

use qaqpa_model::Moment;

use futures::TryStreamExt as _;
use serde_json::json;

use crate::database::{Columns, Connection, Row, query};
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, counters};

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCertificate {
    /// Its serial number in lower-case hexadecimal, as the issuer wrote it.
    pub serial: String,
    /// Which issuer of the authority: `rsa-root`, `rsa-issuing`.
    pub issuer: String,
    /// For whom: `citizen-1`, `system-gateway`, `rsa-responder`.
    pub identity: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was issued.
    pub at: Moment,
    /// When its validity ends.
    pub not_after: Moment,
    /// Its state from the beginning.
    pub state: CertificateState,
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// Neither revoked nor suspended.
    Good,
    /// Revoked for good.
    Revoked {
        /// Since when.
        at: Moment,
        /// The reason's number of RFC 5280 §5.3.1.
        reason: u8,
    },
    /// Suspended (certificateHold).
    Suspended {
        /// Since when.
        at: Moment,
    },
}

impl CertificateState {
    /// The name in reports and in storage: `good`, `revoked`, `suspended`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked { .. } => "revoked",
            Self::Suspended { .. } => "suspended",
        }
    }
}

/// A certificate of the register. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its place among all that were issued, from 1.
    pub position: u64,
    /// Its serial number in lower-case hexadecimal.
    pub serial: String,
    /// Which issuer of the authority.
    pub issuer: String,
    /// For whom.
    pub identity: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was issued.
    pub issued_at: Moment,
    /// When its validity ends.
    pub not_after: Moment,
    /// Its state.
    pub state: CertificateState,
}

/// Which certificates to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateFilter {
    /// Only those of this identity, or with this serial number in hexadecimal.
    pub name: Option<String>,
    /// Only those with a smaller position: for paging back.
    pub before: Option<u64>,
}

/// A change of a certificate's state. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateChange {
    /// Its place among all changes, from 1.
    pub position: u64,
    /// Which issuer of the authority.
    pub issuer: String,
    /// The serial number in lower-case hexadecimal.
    pub serial: String,
    /// The state from then on.
    pub state: CertificateState,
    /// From when on; of a revocation or suspension, the moment in the state.
    pub since: Moment,
}

/// The register of the authority.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'s>(pub(crate) &'s Store);

impl Authority<'_> {
    /// Enters issued certificates and appends these entries to the journal, all or none; gives the changes of those whose
    /// state is not good from the beginning.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or a serial number exists for this issuer.
    pub async fn record(
        &self,
        certificates: Vec<NewCertificate>,
        entries: Vec<JournalEntry>,
    ) -> Result<Vec<CertificateChange>, StoreError> {
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            lines.push(Line::prepare(self.0, entry).await?);
        }
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let mut changes = Vec::new();
                    for new in &certificates {
                        let position = counters::next(connection, "certificates").await?;
                        let (since, reason) = columns_of(new.state, new.at);
                        query(
                            "INSERT INTO certificates
                               (issuer, serial, identity, der, issued_at, not_after, state,
                                reason, state_at, position)
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                        )
                        .bind(&new.issuer)
                        .bind(&new.serial)
                        .bind(&new.identity)
                        .bind(&new.der)
                        .bind(new.at.unix_ms())
                        .bind(new.not_after.unix_ms())
                        .bind(new.state.as_str())
                        .bind(reason)
                        .bind(since.unix_ms())
                        .bind(i64::try_from(position).unwrap_or(i64::MAX))
                        .execute(&mut *connection)
                        .await?;
                        if new.state != CertificateState::Good {
                            let of = (new.issuer.clone(), new.serial.clone());
                            changes.push(keep_change(connection, of, new.state, since).await?);
                        }
                    }
                    for line in &lines {
                        line.append(connection).await?;
                    }
                    Ok(changes)
                })
            })
            .await
    }

    /// The certificate with this serial number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_serial(
        &self,
        issuer: &str,
        serial: &str,
    ) -> Result<Option<CertificateRecord>, StoreError> {
        query("SELECT * FROM certificates WHERE issuer = $1 AND serial = $2")
            .bind(issuer)
            .bind(serial)
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(certificate_of)
            .transpose()
    }

    /// The certificates of an identity, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_identity(&self, identity: &str) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = query("SELECT * FROM certificates WHERE identity = $1 ORDER BY position DESC")
            .bind(identity)
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(certificate_of).collect()
    }

    /// Certificates, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn certificates(
        &self,
        filter: &CertificateFilter,
        limit: u32,
    ) -> Result<Vec<CertificateRecord>, StoreError> {
        let before = filter
            .before
            .map(|before| i64::try_from(before).unwrap_or(i64::MAX));
        let before = before.unwrap_or(i64::MAX);
        let all = match &filter.name {
            // Two statements, because each condition of the first has an index.
            Some(name) => query(
                "SELECT * FROM certificates WHERE (identity = $3 OR serial = $4) AND position < $1
                 ORDER BY position DESC LIMIT $2",
            )
            .bind(before)
            .bind(i64::from(limit))
            .bind(name)
            .bind(name.to_ascii_lowercase()),
            None => query(
                "SELECT * FROM certificates WHERE position < $1 ORDER BY position DESC LIMIT $2",
            )
            .bind(before)
            .bind(i64::from(limit)),
        };
        let rows = all.fetch_all(self.0.readers()).await?;
        rows.iter().map(certificate_of).collect()
    }

    /// Says issuer and serial number of each certificate, one after another: there may be millions.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn each_serial(
        &self,
        mut heed: impl FnMut(&str, &str) + Send,
    ) -> Result<(), StoreError> {
        // Only columns of the primary key's index: the certificates themselves are not read.
        let mut rows = query("SELECT issuer, serial FROM certificates").fetch(self.0.readers());
        while let Some(row) = rows.try_next().await? {
            let row = Columns(&row);
            heed(row.text_here("issuer")?, row.text_here("serial")?);
        }
        Ok(())
    }

    /// Says each change of a state, in order.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn each_change(
        &self,
        mut heed: impl FnMut(CertificateChange) + Send,
    ) -> Result<(), StoreError> {
        let mut rows =
            query("SELECT * FROM certificate_changes ORDER BY position").fetch(self.0.readers());
        while let Some(row) = rows.try_next().await? {
            let row = Columns(&row);
            let since = row.moment("since")?;
            heed(CertificateChange {
                position: row.count("position")?,
                issuer: row.text("issuer")?,
                serial: row.text("serial")?,
                state: state_of(&row, since)?,
                since,
            });
        }
        Ok(())
    }

    /// Changes a state and journals it. Gives what was changed, or `None` if there is no such certificate or it is
    /// revoked: a revocation is for good.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn set_state(
        &self,
        issuer: &str,
        serial: &str,
        state: CertificateState,
        at: Moment,
    ) -> Result<Option<CertificateChange>, StoreError> {
        let Some(found) = self.by_serial(issuer, serial).await? else {
            return Ok(None);
        };
        let line = Line::prepare(
            self.0,
            JournalEntry {
                at,
                kind: "certificate-state".to_owned(),
                message_id: None,
                direction: Direction::Own,
                label: None,
                raw: None,
                summary: json!({
                    "issuer": issuer,
                    "serial": serial,
                    "identity": found.identity,
                    "state": state.as_str(),
                }),
            },
        )
        .await?;
        let (issuer, serial) = (issuer.to_owned(), serial.to_owned());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let row = query("SELECT * FROM certificates WHERE issuer = $1 AND serial = $2")
                        .bind(&issuer)
                        .bind(&serial)
                        .for_update()
                        .fetch_one(&mut *connection)
                        .await?;
                    if matches!(
                        certificate_of(&row)?.state,
                        CertificateState::Revoked { .. }
                    ) {
                        return Ok(None);
                    }
                    let (since, reason) = columns_of(state, at);
                    query(
                        "UPDATE certificates SET state = $3, reason = $4, state_at = $5
                         WHERE issuer = $1 AND serial = $2",
                    )
                    .bind(&issuer)
                    .bind(&serial)
                    .bind(state.as_str())
                    .bind(reason)
                    .bind(since.unix_ms())
                    .execute(&mut *connection)
                    .await?;
                    let change = keep_change(connection, (issuer, serial), state, since).await?;
                    line.append(connection).await?;
                    Ok(Some(change))
                })
            })
            .await
    }
}

/// Since when a state holds, and its reason, as the columns have them; a good one holds from the change on.
const fn columns_of(state: CertificateState, changed_at: Moment) -> (Moment, Option<i64>) {
    match state {
        CertificateState::Good => (changed_at, None),
        CertificateState::Revoked { at, reason } => (at, Some(reason as i64)),
        CertificateState::Suspended { at } => (at, None),
    }
}

/// Keeps a change of a certificate's state, within a transaction.
async fn keep_change(
    connection: &mut Connection,
    (issuer, serial): (String, String),
    state: CertificateState,
    since: Moment,
) -> Result<CertificateChange, StoreError> {
    let position = counters::next(connection, "certificate-changes").await?;
    query(
        "INSERT INTO certificate_changes (position, issuer, serial, state, reason, since)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(&issuer)
    .bind(&serial)
    .bind(state.as_str())
    .bind(columns_of(state, since).1)
    .bind(since.unix_ms())
    .execute(connection)
    .await?;
    Ok(CertificateChange {
        position,
        issuer,
        serial,
        state,
        since,
    })
}

/// The state in the columns `state` and `reason`.
fn state_of(row: &Columns<'_>, at: Moment) -> Result<CertificateState, StoreError> {
    Ok(match row.text("state")?.as_str() {
        "good" => CertificateState::Good,
        "suspended" => CertificateState::Suspended { at },
        "revoked" => CertificateState::Revoked {
            at,
            reason: row
                .number_option("reason")?
                .and_then(|reason| u8::try_from(reason).ok())
                .ok_or(StoreError::Unreadable { what: "reason" })?,
        },
        _ => return Err(StoreError::Unreadable { what: "state" }),
    })
}

fn certificate_of(row: &Row) -> Result<CertificateRecord, StoreError> {
    let row = Columns(row);
    let state = state_of(&row, row.moment("state_at")?)?;
    Ok(CertificateRecord {
        position: row.count("position")?,
        serial: row.text("serial")?,
        issuer: row.text("issuer")?,
        identity: row.text("identity")?,
        der: row.bytes("der")?,
        issued_at: row.moment("issued_at")?,
        not_after: row.moment("not_after")?,
        state,
    })
}

//! The certifying authority's register: certificates, their states, revocation lists.

use qaqpa_model::Moment;

use serde_json::json;
use sqlx::sqlite::SqliteRow;

use crate::journal::{Direction, JournalEntry, Line};
use crate::sqlite::Columns;
use crate::{Store, StoreError, counters};

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCertificate {
    /// Its serial number in lower-case hexadecimal, as the issuer wrote it.
    pub serial: String,
    /// Which issuer of the authority: `root`, `issuing`.
    pub issuer: String,
    /// For whom: `citizen-1`, `system-gateway`, `responder`.
    pub identity: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was issued.
    pub at: Moment,
    /// When its validity ends.
    pub not_after: Moment,
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

/// A revocation list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// Its name: `rsa`, `rsa-delta`.
    pub name: String,
    /// Its number, never repeated for this name.
    pub number: u64,
    /// The list.
    pub der: Vec<u8>,
    /// When it was signed.
    pub at: Moment,
    /// When the next one is due.
    pub next_update: Moment,
}

/// The register of the authority.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'s>(pub(crate) &'s Store);

impl Authority<'_> {
    /// Enters issued certificates, all or none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or a serial number exists for this issuer.
    pub async fn record(&self, certificates: Vec<NewCertificate>) -> Result<(), StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    for new in &certificates {
                        let position = counters::next(connection, "certificates").await?;
                        sqlx::query(
                            "INSERT INTO certificates
                               (issuer, serial, identity, der, issued_at, not_after, state,
                                state_at, position)
                             VALUES ($1, $2, $3, $4, $5, $6, 'good', $5, $7)",
                        )
                        .bind(&new.issuer)
                        .bind(&new.serial)
                        .bind(&new.identity)
                        .bind(&new.der)
                        .bind(new.at.unix_ms())
                        .bind(new.not_after.unix_ms())
                        .bind(i64::try_from(position).unwrap_or(i64::MAX))
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
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
        sqlx::query("SELECT * FROM certificates WHERE issuer = $1 AND serial = $2")
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
        let rows =
            sqlx::query("SELECT * FROM certificates WHERE identity = $1 ORDER BY position DESC")
                .bind(identity)
                .fetch_all(self.0.readers())
                .await?;
        rows.iter().map(certificate_of).collect()
    }

    /// All certificates, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list(&self) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = sqlx::query("SELECT * FROM certificates ORDER BY position DESC")
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(certificate_of).collect()
    }

    /// The certificates of an issuer that are revoked or suspended, by serial number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn revoked(&self, issuer: &str) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM certificates WHERE issuer = $1 AND state <> 'good' ORDER BY serial",
        )
        .bind(issuer)
        .fetch_all(self.0.readers())
        .await?;
        rows.iter().map(certificate_of).collect()
    }

    /// Changes a state and journals it. Gives the state before, or `None` if there is no such certificate. A
    /// revocation is for good: the state of a revoked certificate is left as it is.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn set_state(
        &self,
        issuer: &str,
        serial: &str,
        state: CertificateState,
        at: Moment,
    ) -> Result<Option<CertificateState>, StoreError> {
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
                    let row =
                        sqlx::query("SELECT * FROM certificates WHERE issuer = $1 AND serial = $2")
                            .bind(&issuer)
                            .bind(&serial)
                            .fetch_one(&mut *connection)
                            .await?;
                    let before = certificate_of(&row)?.state;
                    if matches!(before, CertificateState::Revoked { .. }) {
                        return Ok(Some(before));
                    }
                    let (since, reason) = match state {
                        CertificateState::Good => (at, None),
                        CertificateState::Revoked { at, reason } => (at, Some(i64::from(reason))),
                        CertificateState::Suspended { at } => (at, None),
                    };
                    sqlx::query(
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
                    line.append(connection).await?;
                    Ok(Some(before))
                })
            })
            .await
    }

    /// Keeps a signed revocation list.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the number exists for this name.
    pub async fn save_list(&self, list: RevocationList) -> Result<(), StoreError> {
        let number = i64::try_from(list.number).map_err(|_| StoreError::Unreadable {
            what: "number of the list",
        })?;
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO revocation_lists (name, number, der, at, next_update)
                         VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(&list.name)
                    .bind(number)
                    .bind(&list.der)
                    .bind(list.at.unix_ms())
                    .bind(list.next_update.unix_ms())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// The revocation list with the highest number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn latest_list(&self, name: &str) -> Result<Option<RevocationList>, StoreError> {
        sqlx::query("SELECT * FROM revocation_lists WHERE name = $1 ORDER BY number DESC LIMIT 1")
            .bind(name)
            .fetch_optional(self.0.readers())
            .await?
            .map(|row| {
                let row = Columns(&row);
                Ok(RevocationList {
                    name: row.text("name")?,
                    number: row.count("number")?,
                    der: row.bytes("der")?,
                    at: row.moment("at")?,
                    next_update: row.moment("next_update")?,
                })
            })
            .transpose()
    }
}

fn certificate_of(row: &SqliteRow) -> Result<CertificateRecord, StoreError> {
    let row = Columns(row);
    let at = row.moment("state_at")?;
    let state = match row.text("state")?.as_str() {
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
    };
    Ok(CertificateRecord {
        serial: row.text("serial")?,
        issuer: row.text("issuer")?,
        identity: row.text("identity")?,
        der: row.bytes("der")?,
        issued_at: row.moment("issued_at")?,
        not_after: row.moment("not_after")?,
        state,
    })
}

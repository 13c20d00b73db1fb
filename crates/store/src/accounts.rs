//! People who may log in: at the portal or at the workplace.

use qaqpa_model::{Iin, Moment};

use crate::database::{Columns, Row, query};
use crate::{Store, StoreError};

/// A person's name as documents write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Surname (тегі / фамилия).
    pub surname: String,
    /// Given name (аты / имя).
    pub given: String,
    /// Patronymic (әкесінің аты / отчество).
    pub patronymic: Option<String>,
}

/// An account to create.
#[derive(Clone)]
pub struct NewAccount {
    /// Whose.
    pub iin: Iin,
    /// The password's hash as a PHC string; never the password.
    pub password_hash: String,
    /// The names of the roles: `citizen`, `officer`, `head`, `operator`.
    pub roles: Vec<String>,
    /// The name.
    pub name: PersonName,
    /// The unit in which the person works.
    pub unit: Option<String>,
    /// When.
    pub at: Moment,
}

/// An account. Stored: changing this needs a migration.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub iin: Iin,
    /// The password's hash as a PHC string.
    pub password_hash: String,
    /// The names of the roles.
    pub roles: Vec<String>,
    /// The name.
    pub name: PersonName,
    /// The unit in which the person works.
    pub unit: Option<String>,
    /// When it was created.
    pub created_at: Moment,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount")
            .field("iin", &self.iin)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("iin", &self.iin)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// The accounts of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'s>(pub(crate) &'s Store);

impl Accounts<'_> {
    /// Creates an account; `None` if there is one with this IIN already (it stays as it is).
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn create(&self, account: NewAccount) -> Result<Option<Account>, StoreError> {
        self.insert(
            account,
            "INSERT INTO accounts
               (iin, password_hash, roles_json, surname, given, patronymic, unit, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (iin) DO NOTHING
             RETURNING *",
        )
        .await
    }

    /// Creates an account, or gives an existing one this password, name, unit and these roles.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn seed(&self, account: NewAccount) -> Result<Account, StoreError> {
        self.insert(
            account,
            "INSERT INTO accounts
               (iin, password_hash, roles_json, surname, given, patronymic, unit, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (iin) DO UPDATE SET
               password_hash = excluded.password_hash, roles_json = excluded.roles_json,
               surname = excluded.surname, given = excluded.given,
               patronymic = excluded.patronymic, unit = excluded.unit
             RETURNING *",
        )
        .await?
        .ok_or(StoreError::Unreadable { what: "account" })
    }

    /// The account with this IIN.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn find_by_iin(&self, iin: &Iin) -> Result<Option<Account>, StoreError> {
        query("SELECT * FROM accounts WHERE iin = $1")
            .bind(iin.reveal())
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(account_of)
            .transpose()
    }

    /// The account with this number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: i64) -> Result<Option<Account>, StoreError> {
        query("SELECT * FROM accounts WHERE id = $1")
            .bind(id)
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(account_of)
            .transpose()
    }

    async fn insert(
        &self,
        account: NewAccount,
        statement: &'static str,
    ) -> Result<Option<Account>, StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    query(statement)
                        .bind(account.iin.reveal())
                        .bind(&account.password_hash)
                        .bind(serde_json::Value::from(account.roles.clone()).to_string())
                        .bind(&account.name.surname)
                        .bind(&account.name.given)
                        .bind(&account.name.patronymic)
                        .bind(&account.unit)
                        .bind(account.at.unix_ms())
                        .fetch_optional(connection)
                        .await?
                        .as_ref()
                        .map(account_of)
                        .transpose()
                })
            })
            .await
    }
}

fn account_of(row: &Row) -> Result<Account, StoreError> {
    let row = Columns(row);
    Ok(Account {
        id: row.number("id")?,
        iin: row.iin("iin")?,
        password_hash: row.text("password_hash")?,
        roles: row.parsed("roles_json", |text| serde_json::from_str(text).ok())?,
        name: PersonName {
            surname: row.text("surname")?,
            given: row.text("given")?,
            patronymic: row.text_option("patronymic")?,
        },
        unit: row.text_option("unit")?,
        created_at: row.moment("created_at")?,
    })
}

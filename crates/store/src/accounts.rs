//! People who may log in: at the portal or at the workplace.

use qaqpa_model::{Iin, Moment};

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
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The accounts of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'s>(pub(crate) &'s Store);

impl Accounts<'_> {
    /// Creates an account; `None` if there is one with this IIN already (it stays as it is).
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn create(&self, account: NewAccount) -> Result<Option<Account>, StoreError> {
        let _ = account;
        todo!()
    }

    /// Creates an account, or gives an existing one this password, name, unit and these roles.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn seed(&self, account: NewAccount) -> Result<Account, StoreError> {
        let _ = account;
        todo!()
    }

    /// The account with this IIN.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn find_by_iin(&self, iin: &Iin) -> Result<Option<Account>, StoreError> {
        let _ = iin;
        todo!()
    }

    /// The account with this number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let _ = id;
        todo!()
    }
}

//! Who works here: the ready-made people who belong to a unit.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_model::{Iin, Moment};
use qaqpa_regulations::Role;
use qaqpa_store::{Account, NewAccount, PersonName, Store};
use qaqpa_transport::identities::{self, Identity};
use qaqpa_transport::paths;
use qaqpa_web::Passwords;

/// The role of an account that lets somebody into the workplace.
#[derive(Clone, Copy, Debug)]
pub struct Staff;

impl qaqpa_web::Role for Staff {
    const NAME: &'static str = "staff";
}

/// A member of the staff: an account with its unit and its role there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: Account,
    /// The unit that the member works in.
    pub unit: String,
    /// The member's role in it.
    pub role: Role,
}

impl Member {
    /// The member behind an account; `None` where it has no unit or no role in one.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        Some(Self {
            unit: account.unit.clone()?,
            role: account.roles.iter().find_map(|role| Role::parse(role))?,
            account: account.clone(),
        })
    }

    /// Whether a task of that unit and role is for this member.
    #[must_use]
    pub fn is_of(&self, unit: &str, role: &str) -> bool {
        self.unit == unit && self.role.as_str() == role
    }
}

/// Brings the accounts into line with `identities/index.json`, which the authority writes.
#[derive(Clone, Debug)]
pub struct Roster {
    data: PathBuf,
    seeded: Arc<Mutex<Option<Stamp>>>,
}

/// What changes when the index is written anew.
type Stamp = (Option<SystemTime>, u64);

impl Roster {
    /// The roster of this data folder. Reads nothing yet.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            seeded: Arc::default(),
        }
    }

    /// Creates or renews the accounts, if the index was written anew since the last time.
    ///
    /// # Errors
    /// Why the index cannot be read or the accounts cannot be written.
    pub async fn seed(
        &self,
        store: &Store,
        passwords: &Passwords,
        at: Moment,
    ) -> Result<(), String> {
        let stamp = stamp(&self.data);
        if *self.seeded.lock().unwrap_or_else(PoisonError::into_inner) == Some(stamp) {
            return Ok(());
        }
        let data = self.data.clone();
        let index = tokio::task::spawn_blocking(move || identities::read(&data))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?
            .unwrap_or_default();
        for identity in &index.identities {
            let Some((iin, unit, role)) = place_of(identity) else {
                continue;
            };
            let password_hash = passwords
                .hash(&identity.portal_password)
                .await
                .map_err(|error| error.to_string())?;
            let account = NewAccount {
                iin,
                password_hash,
                roles: vec![
                    <Staff as qaqpa_web::Role>::NAME.to_owned(),
                    role.as_str().to_owned(),
                ],
                name: PersonName {
                    surname: identity.name.surname.clone(),
                    given: identity.name.given.clone(),
                    patronymic: identity.name.patronymic.clone(),
                },
                unit: Some(unit),
                at,
            };
            store
                .accounts()
                .seed(account)
                .await
                .map_err(|error| error.to_string())?;
            tracing::info!(identity = identity.id, "may work here");
        }
        *self.seeded.lock().unwrap_or_else(PoisonError::into_inner) = Some(stamp);
        Ok(())
    }
}

/// Where a ready-made person works, if anywhere. Where the index names no post, the certificate's role says which role
/// it is; somebody with a post that is no role works nowhere.
fn place_of(identity: &Identity) -> Option<(Iin, String, Role)> {
    let role = match (identity.post.as_deref(), identity.role.as_str()) {
        (Some(post), _) => Role::parse(post)?,
        (None, "head") => Role::Head,
        (None, "clerk") => Role::Clerk,
        (None, _) => Role::Officer,
    };
    Some((
        Iin::parse(&identity.iin).ok()?,
        identity.unit.clone()?,
        role,
    ))
}

/// Whether a ready-made person works in that unit and role.
pub(crate) fn works_as(identity: &Identity, unit: &str, role: Role) -> bool {
    place_of(identity).is_some_and(|(_, at, of)| at == unit && of == role)
}

fn stamp(data: &Path) -> Stamp {
    std::fs::metadata(paths::identities_index(data))
        .map_or((None, 0), |file| (file.modified().ok(), file.len()))
}

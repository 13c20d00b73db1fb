//! Systems of branches: several regional gateways are several systems, each with a key of its own.
//!
//! Unlike the ready-made ones they are not known beforehand: one is made when its branch first comes up and asks, stays,
//! and is made anew when the clock moves, like all others.

use qaqpa_model::{ActorName, Branch};
use qaqpa_store::StoreError;

use super::{adapt_with, issued, read_setting, write_setting};
use crate::PkiError;
use crate::authority::Authority;

/// The setting with the names: JSON `["taraz"]`, in the order in which they came. Stored: changing it needs a migration.
const BRANCHES: &str = "branches";

/// Branches of one simulator: each is a key and a certificate that are made anew with every far move of the clock.
pub(crate) const BRANCHES_MAX: usize = 256;

/// The system of one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BranchSystem {
    /// `system-regional-gateway.taraz`
    pub(crate) id: String,
    /// The sender's id at the gateway: the actor's name.
    pub(crate) sender_id: String,
    /// The common name.
    pub(crate) name: String,
    /// The object identifier in UID: of the arc 2.999, which is for examples.
    pub(crate) oid: String,
}

impl BranchSystem {
    /// The system of the branch of that number, from 1.
    fn of(branch: &Branch, number: usize) -> Self {
        let actor = ActorName::regional(Some(branch.clone()));
        Self {
            id: format!("system-{actor}"),
            sender_id: actor.to_string(),
            name: format!("TEST ЭҮӨШ (REGIONAL GATEWAY) {branch}"),
            oid: format!("2.999.398.3.{number}"),
        }
    }
}

/// Why a branch got no system.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BranchError {
    /// The authority could not do its work.
    #[error(transparent)]
    Fault(#[from] PkiError),
    /// There are as many as there may be.
    #[error(
        "there are {BRANCHES_MAX} branches already, which is the most: begin a new data folder"
    )]
    TooMany,
}

impl From<StoreError> for BranchError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Every branch that ever came up here.
pub(super) async fn systems(authority: &Authority) -> Result<Vec<BranchSystem>, PkiError> {
    let names: Vec<String> = read_setting(authority, BRANCHES).await?;
    let branches = names.iter().map(|name| Branch::parse(name));
    let numbered = branches.zip(1..).map(|(branch, number)| match branch {
        Ok(branch) => Ok(BranchSystem::of(&branch, number)),
        Err(_) => Err(PkiError::Unreadable {
            what: "the note of the branches",
        }),
    });
    numbered.collect()
}

/// The id of the branch's system, which is made if there is none.
///
/// # Errors
/// [`BranchError`].
pub(crate) async fn admit(authority: &Authority, branch: &Branch) -> Result<String, BranchError> {
    let _only_one = authority.roster.lock().await;
    let mut names: Vec<String> = read_setting(authority, BRANCHES).await?;
    let place = names.iter().position(|name| name == branch.as_str());
    let number = match place {
        Some(place) => place + 1,
        None if names.len() >= BRANCHES_MAX => return Err(BranchError::TooMany),
        None => {
            names.push(branch.as_str().to_owned());
            write_setting(authority, BRANCHES, &names).await?;
            names.len()
        }
    };
    let (packs, now) = (issued(authority).await?, authority.clock.now());
    adapt_with(authority, packs, std::collections::BTreeMap::new(), now).await?;
    Ok(BranchSystem::of(branch, number).id)
}

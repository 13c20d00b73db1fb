//! In whose name stubs answer: ready-made members of the staff, with their keys.
//!
//! A person brings key and password with each signing, and both end with it. Who answers for a person that is not there
//! needs the key at hand: it is the ready-made TEST key of `DIR/identities`, opened once, and held in memory only.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Iin;
use qaqpa_regulations::ActionDef;
use qaqpa_store::Store;
use qaqpa_transport::identities::{self, Identity, Index};
use qaqpa_transport::paths;
use qaqpa_x509::{Certificate, pkcs12};

use crate::staff;

/// A member of the staff whose key is at hand.
#[derive(Debug)]
pub(crate) struct Officer {
    pub(crate) iin: Iin,
    /// The account of the workplace; none for a person who does not work there.
    pub(crate) account: Option<i64>,
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

/// Opens the keys of the ready-made people, each once for each state of the index.
#[derive(Debug)]
pub(crate) struct Officers {
    data: PathBuf,
    read: Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    stamp: Stamp,
    index: Arc<Index>,
    /// By the id that was asked for, or by unit and role.
    officers: HashMap<String, Arc<Officer>>,
}

/// What changes when the index is written anew.
type Stamp = (Option<SystemTime>, u64);

impl Officers {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            read: Mutex::new(None),
        }
    }

    /// The one of that id; without an id, whoever is of the unit and the role of the action.
    ///
    /// # Errors
    /// Why there is nobody, with what can be done.
    pub(crate) async fn of(
        &self,
        store: &Store,
        id: Option<&str>,
        action: &ActionDef,
    ) -> Result<Arc<Officer>, String> {
        let (stamp, index) = self.index().await?;
        let key = match id {
            Some(id) => id.to_owned(),
            // No id has a stroke.
            None => format!("{}/{}", action.unit, action.role),
        };
        if let Some(read) = self.lock().as_ref()
            && read.stamp == stamp
            && let Some(officer) = read.officers.get(&key)
        {
            return Ok(Arc::clone(officer));
        }
        let officer = Arc::new(self.open(store, find(&index, id, action)?).await?);
        let mut read = self.lock();
        if let Some(read) = read.as_mut()
            && read.stamp == stamp
        {
            read.officers.insert(key, Arc::clone(&officer));
        }
        Ok(officer)
    }

    async fn open(&self, store: &Store, identity: &Identity) -> Result<Officer, String> {
        let path = self.data.join(&identity.key);
        let password = identity.password.clone();
        // A key file is opened with a slow derivation: not on the runtime's threads.
        let opened = tokio::task::spawn_blocking(move || {
            let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
            pkcs12::read(&bytes, &password).map_err(|error| error.to_string())
        });
        let opened = opened.await.map_err(|error| error.to_string())?;
        let file =
            opened.map_err(|why| format!("the key of {} cannot be used: {why}", identity.id))?;
        let iin = Iin::parse(&identity.iin)
            .map_err(|error| format!("{} has no IIN: {error}", identity.id))?;
        let account = store.accounts().find_by_iin(&iin).await;
        Ok(Officer {
            iin,
            account: account
                .map_err(|error| error.to_string())?
                .map(|account| account.id),
            key: file.key,
            certificate: file.certificate,
        })
    }

    async fn index(&self) -> Result<(Stamp, Arc<Index>), String> {
        let stamp = stamp(&self.data);
        if let Some(read) = self.lock().as_ref()
            && read.stamp == stamp
        {
            return Ok((stamp, Arc::clone(&read.index)));
        }
        let data = self.data.clone();
        let index = tokio::task::spawn_blocking(move || identities::read(&data))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?
            .unwrap_or_default();
        let index = Arc::new(index);
        *self.lock() = Some(Read {
            stamp,
            index: Arc::clone(&index),
            officers: HashMap::new(),
        });
        Ok((stamp, index))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Read>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find<'i>(
    index: &'i Index,
    id: Option<&str>,
    action: &ActionDef,
) -> Result<&'i Identity, String> {
    let Some(id) = id else {
        let mut people = index.identities.iter();
        let found = people.find(|one| staff::works_as(one, &action.unit, action.role));
        return found.ok_or_else(|| {
            format!(
                "nobody ready-made is {} of {}: name a signer",
                action.role, action.unit
            )
        });
    };
    index.identity(id).ok_or_else(|| {
        format!("there is no ready-made {id:?} to sign: `qaqpa ca people` lists who is")
    })
}

fn stamp(data: &Path) -> Stamp {
    std::fs::metadata(paths::identities_index(data))
        .map_or((None, 0), |file| (file.modified().ok(), file.len()))
}

//! What keeps a journal beside the work: old segments are sealed, and seals get the authority's stamp.
//!
//! A seal waits while the authority is away, and is stamped later: a round each half minute asks again. A token
//! that would not be believed by [`stamp_judge`] is not kept, so that what `qaqpa journal verify` calls a wrong stamp
//! was put there by somebody else.

pub mod control;

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::{Actor, Limits, Moment};
use qaqpa_store::{Seal, StampJudgement, Store, StoreError};
use qaqpa_transport::{ClientLimits, Clock, HttpClient, Shutdown, files, paths, registry};
use qaqpa_x509::TrustAnchors;
use qaqpa_x509::tsp::{self, Imprint, Response, StampRequest, Unproven};

use control::Sealed;

/// How long between rounds. Real time: the simulated clock may jump.
const ROUND: Duration = Duration::from_secs(30);

/// Seals that are stamped in one round.
const STAMPS_MAX: u32 = 16;

/// The judge of a journal's stamps by the anchors of a file such as `DIR/trust/signature.pem`.
///
/// A token that does not hold together, or is over something else, is wrong. One of an authority that is not
/// trusted is unknown: authorities are made anew, and then the file no longer holds those of before.
pub fn stamp_judge(
    trust: &Path,
    limits: Limits,
) -> impl Fn(&[u8], &[u8]) -> StampJudgement + use<> {
    let anchors = files::read_if_there(trust)
        .map_err(|error| error.to_string())
        .and_then(|pem| pem.ok_or_else(|| format!("there is no {}", trust.display())))
        .and_then(|pem| TrustAnchors::from_pem(&pem).map_err(|error| error.to_string()));
    move |octets, token| {
        let anchors = match &anchors {
            Ok(anchors) => anchors,
            Err(why) => return StampJudgement::Unknown(why.clone()),
        };
        match tsp::verify_kept(token, octets, anchors, &limits) {
            Ok(stamp) => StampJudgement::Good(stamp.gen_time),
            Err(error @ Unproven::Token(_)) => StampJudgement::Wrong(error.to_string()),
            Err(error) => StampJudgement::Unknown(error.to_string()),
        }
    }
}

/// The worker of one actor.
#[derive(Clone, Debug)]
pub struct JournalKeeper {
    store: Store,
    dir: PathBuf,
    clock: Clock,
    limits: Limits,
    client: HttpClient,
}

impl JournalKeeper {
    /// A keeper of this store's journal; the authority is the one that is registered in this data folder.
    #[must_use]
    pub fn new(store: Store, dir: impl Into<PathBuf>, clock: Clock, limits: Limits) -> Self {
        Self {
            store,
            dir: dir.into(),
            clock,
            limits,
            client: HttpClient::plain(ClientLimits::default()),
        }
    }

    /// Works until the wish to stop.
    pub async fn run(self, shutdown: Shutdown) {
        while !shutdown.is_begun() {
            let round = async {
                if let Err(error) = self.round().await {
                    tracing::error!(%error, "the journal could not be kept");
                }
                tokio::time::sleep(ROUND).await;
            };
            tokio::select! {
                () = shutdown.begun() => {}
                () = round => {}
            }
        }
    }

    /// One round: seals what is due, and asks a stamp for each seal that waits, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not. That the authority gives no stamp is no error: the seal waits.
    pub async fn round(&self) -> Result<(), StoreError> {
        self.store.journal().seal_due(self.clock.now()).await?;
        self.stamp_waiting().await
    }

    /// Closes the open segment as of this moment, whatever its age, and asks a stamp for each seal that waits.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not.
    pub async fn seal(&self, at: Moment) -> Result<Sealed, StoreError> {
        let journal = self.store.journal();
        let sealed = journal.seal(at).await?.map(|seal| seal.segment);
        self.stamp_waiting().await?;
        Ok(Sealed {
            sealed,
            waiting: !journal.unstamped(1).await?.is_empty(),
        })
    }

    async fn stamp_waiting(&self) -> Result<(), StoreError> {
        let journal = self.store.journal();
        for seal in journal.unstamped(STAMPS_MAX).await? {
            match self.stamp(&seal).await {
                Ok(token) => {
                    journal.stamp(seal.segment, token).await?;
                }
                Err(why) => {
                    tracing::info!(segment = seal.segment, why, "a seal waits for its stamp");
                    break;
                }
            }
        }
        Ok(())
    }

    async fn stamp(&self, seal: &Seal) -> Result<Vec<u8>, String> {
        let says = |error: &dyn std::fmt::Display| error.to_string();
        let octets = seal
            .octets_to_stamp()
            .ok_or("the seal is not one that was written here")?;
        // Without a nonce: no token of before is over this root.
        let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, &octets));
        let url = registry::read(&self.dir, Actor::Nca)
            .map_err(|error| says(&error))?
            .and_then(|record| record.addresses.get("tsp").cloned())
            .ok_or("the authority is not up")?;
        let answer = self
            .client
            .post(&url, "application/timestamp-query", request.encode())
            .await
            .map_err(|error| says(&error))?;
        if !answer.status.is_success() {
            return Err(format!("HTTP {}", answer.status));
        }
        let response = Response::decode(&answer.body).map_err(|error| says(&error))?;
        let token = response.token().map_err(|error| says(&error))?.to_vec();
        let judge = stamp_judge(&paths::trust_signature(&self.dir), self.limits);
        match judge(&octets, &token) {
            StampJudgement::Good(_) => Ok(token),
            StampJudgement::Wrong(why) | StampJudgement::Unknown(why) => Err(why),
        }
    }
}

//! What keeps a journal beside the work: old segments are sealed, and seals get the authority's stamp; what is older than
//! is kept is removed.
//!
//! Where several processes share a database, each keeps its own chain, and those whose process is gone: the chain of a
//! process that does not come back is sealed, stamped and pruned all the same.
//!
//! A seal waits while the authority is away, and is stamped later: a round each half minute asks again. A token
//! that would not be believed by [`stamp_judge`] is not kept, so that what `qaqpa journal verify` calls a wrong stamp
//! was put there by somebody else.

pub mod control;

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::{Actor, Limits, Moment};
use qaqpa_store::{
    Company, Doubted, Journal, Pruned, Seal, StampJudgement, Store, StoreError, Wish,
};
use qaqpa_transport::{ClientLimits, Clock, HttpClient, Shutdown, files, paths, registry};
use qaqpa_x509::TrustAnchors;
use qaqpa_x509::tsp::{self, Imprint, Response, StampRequest, Unproven};

use control::Sealed;

/// How long between rounds. Real time: the simulated clock may jump.
const ROUND: Duration = Duration::from_secs(30);

/// Seals that are stamped in one round.
const STAMPS_MAX: u32 = 16;

/// How long between two looks for what is older than is kept. Real time.
const PRUNING: Duration = Duration::from_secs(60 * 60);

/// How long between two looks at everything that is stored, for what a killed process left behind. Real time.
const SWEEPING: Duration = Duration::from_secs(24 * 60 * 60);

/// The setting with the moment of the last such look, whichever process had it: real time, milliseconds.
const SWEPT: &str = "journal-swept";

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
    kept_for: Option<Duration>,
}

impl JournalKeeper {
    /// A keeper of this store's journal; the authority is the one that is registered in this data folder.
    #[must_use]
    pub fn new(store: Store, dir: impl Into<PathBuf>, clock: Clock, limits: Limits) -> Self {
        let dir = dir.into();
        Self {
            store,
            client: HttpClient::plain(ClientLimits::default()).reaching_actors_of(dir.clone()),
            dir,
            clock,
            limits,
            kept_for: None,
        }
    }

    /// Entries are removed when they are older than this by the simulator's clock: whole sealed segments, as far as the
    /// authority's stamps vouch for them, and none where there is a doubt. `None` keeps everything.
    #[must_use]
    pub fn keeping_for(self, kept_for: Option<Duration>) -> Self {
        Self { kept_for, ..self }
    }

    /// Works until the wish to stop.
    pub async fn run(self, shutdown: Shutdown) {
        let mut told = Vec::new();
        let mut pruned: Option<tokio::time::Instant> = None;
        while !shutdown.is_begun() {
            let round = async {
                if let Err(error) = self.round_of_all(&mut told).await {
                    tracing::error!(%error, "the journal could not be kept");
                }
                if pruned.is_none_or(|at| at.elapsed() >= PRUNING) {
                    pruned = Some(tokio::time::Instant::now());
                    if let Err(error) = self.prune_old().await {
                        tracing::error!(%error, "old entries of the journal could not be removed");
                    }
                }
                tokio::time::sleep(ROUND).await;
            };
            tokio::select! {
                () = shutdown.begun() => {}
                () = round => {}
            }
        }
    }

    /// One round for the own chain, and for those that nobody writes.
    ///
    /// `told` are the chains that the own one tells of already.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not.
    pub async fn round_of_all(&self, told: &mut Vec<String>) -> Result<(), StoreError> {
        self.round().await?;
        let now = self.clock.now();
        let journal = self.store.journal();
        if let Some(chains) = journal.tell_chains(told, now).await? {
            *told = chains;
        }
        for name in journal.abandoned().await? {
            let chain = journal.of(&name);
            if let Some(seal) = chain.seal_due(now).await? {
                tracing::info!(
                    chain = name,
                    segment = seal.segment,
                    "a chain whose process is gone was sealed"
                );
            }
            self.stamp_waiting(&chain).await?;
        }
        Ok(())
    }

    /// Removes what is older than is kept, from the own chain and from those that nobody writes. Gives how many entries.
    ///
    /// Once a day everything that is stored is looked at; otherwise the seals alone say whether anything is old.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not.
    pub async fn prune_old(&self) -> Result<u64, StoreError> {
        let Some(kept_for) = self.kept_for else {
            return Ok(0);
        };
        let now = self.clock.now();
        let wish = Wish {
            before: now.minus(kept_for),
            now,
            company: Company::Writers,
            doubted: Doubted::Kept,
        };
        let sweeps = self.is_time_to_sweep().await?;
        let journal = self.store.journal();
        let mut chains = vec![journal.name()];
        chains.extend(journal.abandoned().await?);
        let judge = stamp_judge(&paths::trust_signature(&self.dir), self.limits);
        let mut removed = 0;
        for name in &chains {
            let chain = journal.of(name);
            let pruned = match sweeps {
                true => chain.prune(wish, &judge).await?,
                false => chain.prune_old(wish, &judge).await?,
            };
            match pruned {
                Pruned::Removed(removal) => {
                    tracing::info!(
                        chain = name,
                        entries = removal.entries,
                        "old entries were removed"
                    );
                    removed += removal.entries;
                }
                Pruned::Broken(finding) => {
                    tracing::error!(
                        chain = name,
                        how = finding.how,
                        "the journal does not hold: nothing is removed"
                    );
                }
                Pruned::Doubtful(doubts) => {
                    tracing::warn!(
                        chain = name,
                        doubts = doubts.len(),
                        "old entries stay, because there are doubts: look at them with `qaqpa journal verify`, and remove them with `qaqpa journal prune --despite-doubts`"
                    );
                }
                Pruned::Nothing { .. } => {}
            }
        }
        Ok(removed)
    }

    /// Whether the last look at everything is a day ago; then this one is noted, so that no other process has it, too.
    async fn is_time_to_sweep(&self) -> Result<bool, StoreError> {
        let settings = self.store.settings();
        let real = self.clock.now().unix_ms() - self.clock.offset_ms();
        let last = settings.read(SWEPT).await?;
        let last: Option<i64> = last.and_then(|text| text.parse().ok());
        let ago = last.map(|last| real.abs_diff(last));
        if ago.is_some_and(|ago| u128::from(ago) < SWEEPING.as_millis()) {
            return Ok(false);
        }
        settings.write(SWEPT, &real.to_string()).await?;
        Ok(true)
    }

    /// One round: seals what is due, and asks a stamp for each seal that waits, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not. That the authority gives no stamp is no error: the seal waits.
    pub async fn round(&self) -> Result<(), StoreError> {
        let journal = self.store.journal();
        journal.seal_due(self.clock.now()).await?;
        self.stamp_waiting(&journal).await
    }

    /// Closes the open segment as of this moment, whatever its age, and asks a stamp for each seal that waits.
    ///
    /// # Errors
    /// [`StoreError`] where the store could not.
    pub async fn seal(&self, at: Moment) -> Result<Sealed, StoreError> {
        let journal = self.store.journal();
        let sealed = journal.seal(at).await?.map(|seal| seal.segment);
        self.stamp_waiting(&journal).await?;
        Ok(Sealed {
            sealed,
            waiting: !journal.unstamped(1).await?.is_empty(),
        })
    }

    async fn stamp_waiting(&self, journal: &Journal<'_>) -> Result<(), StoreError> {
        for seal in journal.unstamped(STAMPS_MAX).await? {
            match self.stamp(&seal).await {
                Ok(token) => {
                    journal.stamp(&seal, token).await?;
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

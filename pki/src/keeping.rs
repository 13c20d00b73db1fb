//! Keeps the authority's own journal: old segments are sealed, and seals get its own stamp; what is older than is kept is
//! removed. The register is no part of it: of certificates nothing is forgotten.

use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::{Limits, Moment};
use qaqpa_store::{Company, Doubted, Pruned, Seal, StampJudgement, Wish};
use qaqpa_x509::TrustAnchors;
use qaqpa_x509::tsp::{self, Imprint, Response, StampRequest, Unproven};
use tokio::time::Instant;

use crate::authority::Authority;
use crate::{PkiError, stamps};

/// How long between rounds. Real time: the simulated clock may jump.
const ROUND: Duration = Duration::from_secs(30);

/// How long between two looks for what is older than is kept. Real time.
const PRUNING: Duration = Duration::from_secs(60 * 60);

/// Seals that are stamped in one round.
const STAMPS_MAX: u32 = 16;

/// The judge of the journal's stamps, by the authority's own roots.
pub(crate) fn stamp_judge(
    authority: &Authority,
) -> impl Fn(&[u8], &[u8]) -> StampJudgement + use<> {
    let certificates = authority
        .vault
        .chains()
        .flat_map(|chain| [&chain.root, &chain.issuing])
        .map(|signer| signer.certificate.clone());
    let anchors = TrustAnchors::new(certificates);
    move |octets, token| match tsp::verify_kept(token, octets, &anchors, &Limits::default()) {
        Ok(stamp) => StampJudgement::Good(stamp.gen_time),
        Err(error @ Unproven::Token(_)) => StampJudgement::Wrong(error.to_string()),
        Err(error) => StampJudgement::Unknown(error.to_string()),
    }
}

/// Works until it is dropped. Entries older than `kept_for` by the simulator's clock are removed; `None` keeps everything.
pub(crate) async fn keep(authority: &Authority, kept_for: Option<Duration>) {
    let mut pruned: Option<Instant> = None;
    loop {
        if let Err(error) = round(authority).await {
            tracing::error!(%error, "the journal could not be kept");
        }
        if let Some(kept_for) = kept_for
            && pruned.is_none_or(|at| at.elapsed() >= PRUNING)
        {
            pruned = Some(Instant::now());
            if let Err(error) = prune_old(authority, kept_for).await {
                tracing::error!(%error, "old entries of the journal could not be removed");
            }
        }
        tokio::time::sleep(ROUND).await;
    }
}

/// Removes whole sealed segments that are older than is kept, as far as stamps vouch for them, and none where there is a
/// doubt.
async fn prune_old(authority: &Authority, kept_for: Duration) -> Result<(), PkiError> {
    let now = authority.clock.now();
    let wish = Wish {
        before: now.minus(kept_for),
        now,
        company: Company::Writers,
        doubted: Doubted::Kept,
    };
    let judge = stamp_judge(authority);
    match authority.store.journal().prune_old(wish, &judge).await? {
        Pruned::Removed(removal) => {
            tracing::info!(entries = removal.entries, "old entries were removed");
        }
        Pruned::Broken(finding) => {
            tracing::error!(
                how = finding.how,
                "the journal does not hold: nothing is removed"
            );
        }
        Pruned::Doubtful(doubts) => {
            tracing::warn!(
                doubts = doubts.len(),
                "old entries stay, because there are doubts: look at them with `qaqpa journal verify`, and remove them with `qaqpa journal prune --despite-doubts`"
            );
        }
        Pruned::Nothing { .. } => {}
    }
    Ok(())
}

async fn round(authority: &Authority) -> Result<(), PkiError> {
    let journal = authority.store.journal();
    journal.seal_due(authority.clock.now()).await?;
    stamp_waiting(authority).await
}

/// Closes the open segment as of this moment, whatever its age, and stamps each seal that waits. Gives the segment.
pub(crate) async fn seal(authority: &Authority, at: Moment) -> Result<Option<i64>, PkiError> {
    let sealed = authority.store.journal().seal(at).await?;
    stamp_waiting(authority).await?;
    Ok(sealed.map(|seal| seal.segment))
}

async fn stamp_waiting(authority: &Authority) -> Result<(), PkiError> {
    let journal = authority.store.journal();
    for seal in journal.unstamped(STAMPS_MAX).await? {
        match stamp(authority, &seal).await {
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

/// Not through the public door: what stands before it spoils answers on purpose.
async fn stamp(authority: &Authority, seal: &Seal) -> Result<Vec<u8>, String> {
    let octets = seal
        .octets_to_stamp()
        .ok_or("the seal is not one that was written here")?;
    let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, &octets));
    let answer = stamps::answer(authority, &request.encode(), authority.clock.now()).await;
    let response = Response::decode(&answer).map_err(|error| error.to_string())?;
    let token = response
        .token()
        .map_err(|error| error.to_string())?
        .to_vec();
    match stamp_judge(authority)(&octets, &token) {
        StampJudgement::Good(_) => Ok(token),
        StampJudgement::Wrong(why) | StampJudgement::Unknown(why) => Err(why),
    }
}

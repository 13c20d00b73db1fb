//! Keeps the authority's own journal: old segments are sealed, and seals get its own stamp.

use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::{Limits, Moment};
use qaqpa_store::{Seal, StampJudgement};
use qaqpa_x509::TrustAnchors;
use qaqpa_x509::tsp::{self, Imprint, Response, StampRequest, Unproven};

use crate::authority::Authority;
use crate::{PkiError, stamps};

/// How long between rounds. Real time: the simulated clock may jump.
const ROUND: Duration = Duration::from_secs(30);

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

/// Works until it is dropped.
pub(crate) async fn keep(authority: &Authority) {
    loop {
        if let Err(error) = round(authority).await {
            tracing::error!(%error, "the journal could not be kept");
        }
        tokio::time::sleep(ROUND).await;
    }
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

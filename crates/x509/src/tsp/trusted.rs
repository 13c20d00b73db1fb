//! A token and the path of whoever signed it, together.

use qaqpa_model::{Limits, Moment};
use thiserror::Error;

use super::{ACCURACY_MAX, Stamp, StampError, Stamped, Wanted, verify};
use crate::TrustAnchors;
use crate::path::{self, PathError};

/// Why a token vouches for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unproven {
    /// It holds together, but its authority is not one that is trusted.
    #[error("its authority is not trusted: {0}")]
    Authority(PathError),
    /// It does not hold together, or is about something else.
    #[error(transparent)]
    Token(StampError),
}

/// Judges a token over these octets that was kept, whenever it was made: that it holds together and that its
/// authority's path to a root was good at the moment of the stamp.
///
/// Whether the authority was revoked is not asked: that needs evidence ([`crate::revocation`]).
///
/// # Errors
/// [`Unproven`].
pub fn verify_kept(
    token_der: &[u8],
    octets: &[u8],
    anchors: &TrustAnchors,
    limits: &Limits,
) -> Result<Stamp, Unproven> {
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: None,
        // A kept token is not of the future: a simulated clock may have been set back since.
        at: Moment::ROOT_END,
        skew_max: std::time::Duration::ZERO,
        accuracy_max: ACCURACY_MAX,
    };
    let stamp = verify(
        token_der,
        Stamped::Data(octets),
        &wanted,
        anchors.intermediates(),
    )
    .map_err(Unproven::Token)?;
    let pool: Vec<_> = stamp
        .certificates
        .iter()
        .chain(anchors.intermediates())
        .cloned()
        .collect();
    path::build(&stamp.tsa, &pool, anchors, stamp.gen_time, limits).map_err(Unproven::Authority)?;
    Ok(stamp)
}

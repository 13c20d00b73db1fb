//! What a token says of itself, before anything of it is proven: for reports about tokens, whether they are believed or not.

use der::Decode;
use qaqpa_model::Moment;

use super::asn1::{RawInfo, moment_of_fraction};
use super::signed_data::Token;
use crate::Certificate;

/// What a token says of itself. Nobody vouches for any of it: [`verify`](super::verify()) finds out who does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidStamp {
    /// Its moment (`genTime`).
    pub gen_time: Moment,
    /// The certificate that its signer is identified by, where it is at hand.
    pub tsa: Option<Certificate>,
}

/// Reads what a token says; nothing where it is none.
///
/// `candidates` are certificates to look for the signer's among, beside those in the token.
#[must_use]
pub fn said(token_der: &[u8], candidates: &[Certificate]) -> Option<SaidStamp> {
    let token = Token::read(token_der).ok()?;
    let info = RawInfo::from_der(token.info).ok()?;
    Some(SaidStamp {
        gen_time: moment_of_fraction(info.gen_time)?,
        tsa: token.said_signer(candidates).cloned(),
    })
}

//! Best signature time: the earliest moment at which the signature is proven to have existed (EN 319 102-1 §5.5).
//!
//! A time stamp over the signature's value, by an authority whose own path is proven and not revoked, moves the moment at which the
//! signer's certificate and its revocation are judged: signed and stamped while good stays good. A stamp that proves nothing
//! is not passed over: whoever added it wanted it believed.

use qaqpa_ades::xades::{self, XadesError};
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::path::{self, Path, PathError};
use qaqpa_x509::tsp::{self, Stamp, StampError, Stamped, Wanted};
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};
use qaqpa_xmldsig::{Covered, FoundSignature};

use crate::border;
use crate::cause::Cause;
use crate::checks::{self, Finding};
use crate::examination::Known;
use crate::judgement::view;
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::{CheckId, StampView};

/// What a signature says about its time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// When the signer says that it signed: nobody vouches for it.
    pub(crate) signing_time: Option<Moment>,
    /// Tokens, each with the octets that it should be about, in the order of the text.
    pub(crate) tokens: Vec<Token>,
}

impl Claims {
    /// The tokens for reports, with what each says of itself. `pool` are certificates to look for their signers' among.
    pub(crate) fn stamps(&self, pool: &[Certificate]) -> Vec<StampView> {
        let of = |token: &Token| {
            let said = tsp::said(&token.der, pool);
            StampView {
                sha256: border::hex(&qaqpa_crypto::sha256(&token.der)),
                at: said.as_ref().map(|said| said.gen_time),
                authority: said.and_then(|said| said.tsa).as_ref().map(view),
            }
        };
        self.tokens.iter().map(of).collect()
    }
}

/// One time-stamp token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) octets: Vec<u8>,
    pub(crate) der: Vec<u8>,
}

/// The earliest stamp, with the path of its authority.
#[derive(Clone, Debug)]
pub(crate) struct Earliest {
    /// The latest moment that the token can mean: the signature existed then.
    pub(crate) at: Moment,
    pub(crate) path: Path,
}

/// Reads what an XML signature says about its time (EN 319 132-1), where it says anything.
///
/// # Errors
/// A finding where the properties are malformed, not covered, or name another certificate than the signer's.
pub(crate) fn read(
    found: &FoundSignature<'_>,
    covered: &Covered<'_>,
    signer: &Certificate,
) -> Result<Claims, Finding> {
    if found.qualifying_properties().is_none() {
        return Ok(Claims::default());
    }
    let properties = xades::read(found)
        .and_then(|claimed| claimed.confirm(covered, signer))
        .map_err(|error| refused(&error))?;
    let mut claims = Claims {
        signing_time: properties.signing_time,
        tokens: Vec::new(),
    };
    for stamp in &properties.time_stamps {
        let octets = xades::stamped_octets(found, &stamp.canonicalization)
            .map_err(|error| refused(&error))?;
        for der in &stamp.tokens_der {
            claims.tokens.push(Token {
                octets: octets.clone(),
                der: der.clone(),
            });
        }
    }
    Ok(claims)
}

/// EN 319 102-1, 5.2.3.4: where no reference of the signing-certificate attribute matches, "INDETERMINATE with the
/// sub-indication NO_SIGNING_CERTIFICATE_FOUND"; a signature without the attribute, and an issuer or number of another
/// certificate in it, are left to constraints of the policy (5.2.8), and ours wants both right. (K12)
fn refused(error: &XadesError) -> Finding {
    let cause = match error {
        XadesError::SigningCertificateWrong => Cause::NamedCertificateOther,
        XadesError::IssuerSerialWrong => Cause::NamedIssuerOther,
        XadesError::SigningCertificateMissing => Cause::NamedCertificateMissing,
        _ => Cause::PropertiesBroken,
    };
    Finding::fail(cause, error.to_string())
}

/// Judges the stamps of a signature: `None` where it has none. The authority's revocation is asked about later.
pub(crate) fn judge(
    claims: &Claims,
    companions: &[Certificate],
    known: &Known,
    at: Moment,
    limits: &Limits,
    policy: &Policy,
) -> Option<(Finding, Option<Earliest>)> {
    if claims.tokens.is_empty() {
        return None;
    }
    let pool: Vec<_> = companions.iter().chain(&known.pool).cloned().collect();
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: claims.signing_time,
        at,
        skew_max: policy.skew_max(),
        accuracy_max: tsp::ACCURACY_MAX,
    };
    Some(match earliest(claims, &pool, known, limits, &wanted) {
        Ok((stamp, path)) => {
            let at = stamp.latest();
            let why = format!("stamped at {at} by {}", checks::name(&stamp.tsa));
            (
                Finding::pass(CheckId::Timestamp, why).idling([Rule::StampAuthorityNotRevoked]),
                Some(Earliest { at, path }),
            )
        }
        Err((cause, why)) => (Finding::fail(cause, why), None),
    })
}

/// The policies under which the national authority stamps, one a kind of key; and that of the TEST kind of key.
const POLICIES: [ObjectIdentifier; 4] = [
    oid::POLICY_TSP_GOST_2004,
    oid::POLICY_TSP_GOST_2015,
    oid::POLICY_TSP_RSA,
    oid::POLICY_TSP_TEST_ECDSA,
];

fn earliest(
    claims: &Claims,
    pool: &[Certificate],
    known: &Known,
    limits: &Limits,
    wanted: &Wanted<'_>,
) -> Result<(Stamp, Path), (Cause, String)> {
    let of_stamp = |error: StampError| (cause(&error), error.to_string());
    let mut proven: Vec<(Stamp, Path)> = Vec::new();
    for token in &claims.tokens {
        let stamp = tsp::verify(&token.der, Stamped::Data(&token.octets), wanted, pool)
            .map_err(of_stamp)?;
        if !POLICIES.contains(&stamp.policy) {
            let why = format!(
                "the token's policy {} is none that the national authority stamps under",
                stamp.policy
            );
            // RFC 3161, 2.4.2: the policy says "under which the response was produced"; one that is not known here
            // promises nothing. (T01)
            return Err((Cause::StampPolicy, why));
        }
        let pool: Vec<_> = stamp.certificates.iter().chain(pool).cloned().collect();
        let path =
            path::build(&stamp.tsa, &pool, &known.anchors, wanted.at, limits).map_err(|error| {
                (
                    cause_of_path(&error),
                    format!("the stamp's authority: {error}"),
                )
            })?;
        proven.push((stamp, path));
    }
    // Stamps over one signature, in the order in which they stand: a later one is not of an earlier moment. (T01)
    let stamps: Vec<_> = proven.iter().map(|(stamp, _)| stamp.clone()).collect();
    tsp::check_order(&stamps).map_err(of_stamp)?;
    let first = proven.into_iter().min_by_key(|(stamp, _)| stamp.latest());
    first.ok_or_else(|| of_stamp(StampError::TokenMissing))
}

const fn cause(error: &StampError) -> Cause {
    match error {
        // EN 319 102-1, table 6, TIMESTAMP_ORDER_FAILURE: "some constraints on the order of signature time-stamps and/or
        // signed data object(s) time-stamps are not respected".
        StampError::Disordered { .. } => Cause::StampDisordered,
        StampError::NotYet { .. } => Cause::StampNotYet,
        StampError::TooEarly { .. } => Cause::StampTooEarly,
        StampError::ImprintWrong => Cause::StampOther,
        StampError::Purpose { .. } | StampError::TsaNameWrong | StampError::TsaUnknown => {
            Cause::StampUntrusted
        }
        StampError::TsaNotInForce { .. } => Cause::StampNotInForce,
        StampError::Unsupported { .. } | StampError::Weak { .. } => Cause::StampAlgorithm,
        StampError::BadSignature | StampError::MessageDigestWrong => Cause::StampValueWrong,
        _ => Cause::StampBroken,
    }
}

const fn cause_of_path(error: &PathError) -> Cause {
    match error {
        PathError::Expired { .. } | PathError::NotYetValid { .. } => Cause::StampNotInForce,
        PathError::Unsupported { .. } | PathError::Weak { .. } => Cause::StampAlgorithm,
        _ => Cause::StampUntrusted,
    }
}

//! Proving a chain (RFC 5280 §6.1.2 to §6.1.5) whose signatures are verified.

use qaqpa_crypto::CryptoError;
use qaqpa_model::Moment;

use super::names::{NameFault, NameState};
use super::policies::{PolicyFault, PolicyState};
use super::{Path, PathError, PathInputs};
use crate::{Certificate, KeyUsage, Waivable, Waived};

/// Proves the chain from the anchor (last) down to the leaf (first).
///
/// The anchor's own period, key, keyUsage, pathLenConstraint and name constraints are heeded, which RFC 5280 leaves to
/// the relying party (§6.1.1 (d), RFC 5937); what it says about policies is not, so that an anchor which says it
/// critically is refused.
pub(super) fn prove(
    chain: &[Certificate],
    at: Moment,
    inputs: &PathInputs,
) -> Result<Path, PathError> {
    let anchor = chain.len().saturating_sub(1);
    let waived = inputs.waived;
    let mut names = NameState::default();
    let mut policies = PolicyState::new(inputs, anchor);
    for (position, certificate) in chain.iter().enumerate().rev() {
        let (is_anchor, is_last) = (position == anchor, position == 0);
        let period = match is_last {
            true => Waivable::LeafPeriod,
            false => Waivable::AuthorityPeriod,
        };
        if !waived.has(period) {
            check_period(position, certificate, at)?;
        }
        if !waived.has(Waivable::PathCritical) {
            check_critical(position, certificate, is_anchor)?;
        }
        if !waived.has(Waivable::PathAlgorithm) {
            check_key(position, certificate)?;
        }
        if !is_anchor {
            let is_named = is_last || !certificate.is_self_issued();
            if is_named && !waived.has(Waivable::NameConstraints) {
                names
                    .enter(certificate)
                    .map_err(|fault| name_error(position, fault))?;
            }
            if !waived.has(Waivable::Policies) {
                policies
                    .enter(certificate, is_last)
                    .map_err(|fault| policy_error(position, fault))?;
            }
        }
        if !is_last {
            check_authority(position, certificate, &chain[1..position], waived)?;
            names.leave(certificate);
            if !is_anchor && !waived.has(Waivable::Policies) {
                policies
                    .leave(certificate)
                    .map_err(|fault| policy_error(position, fault))?;
            }
        }
    }
    let policies = match waived.has(Waivable::Policies) {
        true => Vec::new(),
        false => policies
            .finish(chain.first())
            .map_err(|fault| policy_error(0, fault))?,
    };
    Ok(Path {
        certificates: chain.to_vec(),
        at,
        policies,
    })
}

fn name_error(position: usize, fault: NameFault) -> PathError {
    match fault {
        NameFault::NotPermitted(form) => PathError::NameConstraint { position, form },
        NameFault::TooMany => PathError::Budget {
            max: NameFault::MAX,
        },
    }
}

fn policy_error(position: usize, fault: PolicyFault) -> PathError {
    match fault {
        PolicyFault::NoneValid => PathError::Policy { position },
        PolicyFault::AnyPolicyMapped => PathError::PolicyMapping { position },
        PolicyFault::TooMany => PathError::Budget {
            max: PolicyFault::MAX,
        },
    }
}

fn check_critical(
    position: usize,
    certificate: &Certificate,
    is_anchor: bool,
) -> Result<(), PathError> {
    let unheeded = match is_anchor {
        true => &certificate.extensions().policy_critical[..],
        false => &[],
    };
    match certificate.unknown_critical().iter().chain(unheeded).next() {
        Some(oid) => Err(PathError::UnknownCritical {
            position,
            oid: *oid,
        }),
        None => Ok(()),
    }
}

fn check_period(position: usize, certificate: &Certificate, at: Moment) -> Result<(), PathError> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if certificate.is_in_force(at) {
        Ok(())
    } else if at < not_before {
        Err(PathError::NotYetValid {
            position,
            not_before,
        })
    } else {
        Err(PathError::Expired {
            position,
            not_after,
        })
    }
}

fn check_key(position: usize, certificate: &Certificate) -> Result<(), PathError> {
    match certificate.public_key() {
        Ok(_) => Ok(()),
        Err(CryptoError::Unsupported { oid }) => Err(PathError::Unsupported { position, oid }),
        Err(CryptoError::Weak { why } | CryptoError::KeyUnusable { why }) => {
            Err(PathError::Weak { position, why })
        }
        Err(_) => Err(PathError::BadSignature { position }),
    }
}

/// RFC 5280 §6.1.4 (k)–(n): an authority, allowed to sign certificates, with not too many below it.
fn check_authority(
    position: usize,
    certificate: &Certificate,
    below: &[Certificate],
    waived: Waived,
) -> Result<(), PathError> {
    if !certificate.is_ca() && !waived.has(Waivable::BasicConstraints) {
        return Err(PathError::NotCa { position });
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.has(KeyUsage::KEY_CERT_SIGN))
        && !waived.has(Waivable::KeyCertSign)
    {
        return Err(PathError::KeyCertSign { position });
    }
    let authorities = below.iter().filter(|below| !below.is_self_issued()).count();
    if certificate
        .path_len()
        .is_some_and(|max| authorities > usize::from(max))
        && !waived.has(Waivable::PathLength)
    {
        return Err(PathError::PathLen { position });
    }
    Ok(())
}

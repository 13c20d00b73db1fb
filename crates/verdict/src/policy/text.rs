//! The policy as a TOML text: every line is there, and nothing else is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Nonce, OCSP_AGE_MAX, Policy, PolicyError, SKEW_MAX, Sources};

/// The greatest policy that is read, in bytes: one line for each check is some 8 KiB.
const TEXT_BYTES_MAX: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<T> {
    version: u16,
    evidence: T,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    sources: Sources,
    nonce: Nonce,
    ocsp_age_max_s: Spanned<u64>,
    skew_max_s: Spanned<u64>,
}

#[derive(Serialize)]
struct Written {
    sources: Sources,
    nonce: Nonce,
    ocsp_age_max_s: u64,
    skew_max_s: u64,
}

const VERSION: u16 = 1;

pub(super) fn parse(text: &str) -> Result<Policy, PolicyError> {
    let refused = |line: usize, why: String| PolicyError::Text { line, why };
    if text.len() > TEXT_BYTES_MAX {
        return Err(refused(1, format!("more than {TEXT_BYTES_MAX} bytes")));
    }
    let read: Text<Read> = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        refused(line, error.message().to_owned())
    })?;
    if read.version != VERSION {
        return Err(refused(
            1,
            format!("version {}, not {VERSION}", read.version),
        ));
    }
    let evidence = read.evidence;
    for (setting, max) in [
        (&evidence.ocsp_age_max_s, OCSP_AGE_MAX),
        (&evidence.skew_max_s, SKEW_MAX),
    ] {
        if *setting.get_ref() > max.as_secs() {
            return Err(refused(
                line_of(text, setting.span().start),
                format!("may not be more than {} s", max.as_secs()),
            ));
        }
    }
    Ok(Policy {
        sources: evidence.sources,
        nonce: evidence.nonce,
        ocsp_age_max: Duration::from_secs(*evidence.ocsp_age_max_s.get_ref()),
        skew_max: Duration::from_secs(*evidence.skew_max_s.get_ref()),
    })
}

pub(super) fn write(policy: &Policy) -> String {
    toml::to_string(&Text {
        version: VERSION,
        evidence: Written {
            sources: policy.sources,
            nonce: policy.nonce,
            ocsp_age_max_s: policy.ocsp_age_max.as_secs(),
            skew_max_s: policy.skew_max.as_secs(),
        },
    })
    .expect("a policy has only strings and numbers")
}

/// The line of a byte, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

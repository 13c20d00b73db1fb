//! The policy as a TOML text: every line is there, and nothing else is.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use toml::Spanned;

use super::{Nonce, OCSP_AGE_MAX, Policy, PolicyError, SKEW_MAX, Sources};
use crate::rules::{Level, Rule};

/// The greatest policy that is read, in bytes: one line for each check is some 8 KiB.
const TEXT_BYTES_MAX: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<E, C> {
    version: u16,
    evidence: E,
    checks: C,
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

/// The levels of all checks, in their order.
struct Checks<'a>(&'a Policy);

impl Serialize for Checks<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            Rule::ALL
                .iter()
                .map(|rule| (rule.id(), self.0.level(*rule).as_str())),
        )
    }
}

const VERSION: u16 = 1;

pub(super) fn parse(text: &str) -> Result<Policy, PolicyError> {
    let refused = |line: usize, why: String| PolicyError::Text { line, why };
    if text.len() > TEXT_BYTES_MAX {
        return Err(refused(1, format!("more than {TEXT_BYTES_MAX} bytes")));
    }
    let read: Text<Read, BTreeMap<String, Spanned<String>>> =
        toml::from_str(text).map_err(|error| {
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
    let mut policy = Policy {
        levels: Policy::default().levels,
        sources: evidence.sources,
        nonce: evidence.nonce,
        ocsp_age_max: Duration::from_secs(*evidence.ocsp_age_max_s.get_ref()),
        skew_max: Duration::from_secs(*evidence.skew_max_s.get_ref()),
    };
    for (id, word) in &read.checks {
        let line = line_of(text, word.span().start);
        let rule =
            Rule::parse(id).ok_or_else(|| refused(line, format!("there is no check {id:?}")))?;
        let level = Level::parse(word.get_ref()).ok_or_else(|| {
            refused(
                line,
                format!(
                    "{:?} is not one of fail, warn, inform, ignore",
                    word.get_ref()
                ),
            )
        })?;
        policy = policy
            .with_level(rule, level)
            .map_err(|error| refused(line, error.to_string()))?;
    }
    // A check that nobody names would be left to chance.
    match Rule::ALL
        .iter()
        .find(|rule| !read.checks.contains_key(rule.id()))
    {
        Some(missing) => Err(refused(
            table_line(text),
            format!("[checks] has no line for {:?}", missing.id()),
        )),
        None => Ok(policy),
    }
}

/// The line of the table of checks.
fn table_line(text: &str) -> usize {
    text.lines()
        .position(|line| line.trim_start().starts_with("[checks]"))
        .map_or(1, |index| index + 1)
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
        checks: Checks(policy),
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

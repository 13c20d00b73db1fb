//! What the examiner insists on. The default is the strictest; nothing here can be set below it.

mod text;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::rules::{Held, Level, Rule};

/// Which sources of revocation are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sources {
    /// OCSP first; the CRL where OCSP gave no usable answer.
    #[default]
    OcspThenCrl,
    /// Both always; where they contradict each other, the worse answer counts.
    OcspAndCrl,
}

/// Whether an OCSP request about a signer's certificate carries a nonce (RFC 9654).
///
/// Requests about the authorities above it never do: they are few, asked about with every signature, and change their
/// standing once in years, so that their answers are kept and shared (RFC 5019) as long as their age allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nonce {
    /// Always, and an answer without it is no evidence: nothing old can be replayed.
    #[default]
    Required,
    /// Never: answers may be kept and shared until they are too old (RFC 5019). Weaker than the default, for verifiers that are fed
    /// answers of before: every report by such a policy has a warning.
    Omitted,
}

/// What the examiner insists on.
///
/// Undecided revocation is always a refusal (hard fail), and every certificate of the path below the anchor is asked
/// about, authorities too: there is no setting for either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    levels: [Level; RULES],
    sources: Sources,
    nonce: Nonce,
    ocsp_age_max: Duration,
    skew_max: Duration,
}

/// Why a policy is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A check's level is weaker than the default, or a type holds the check.
    #[error("{rule} may not be {level:?}: {why}")]
    Level {
        /// The check.
        rule: Rule,
        /// The level that was wanted.
        level: Level,
        /// Why not.
        why: &'static str,
    },
    /// A line of a policy's text is unknown, missing, or weaker than the default.
    #[error("line {line}: {why}")]
    Text {
        /// The line, from 1; where one is missing, that of the table that it is missing from.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A setting is weaker than the default.
    #[error("{what} may not be more than {max_s} s")]
    Weaker {
        /// The setting.
        what: &'static str,
        /// Its greatest value, in seconds.
        max_s: u64,
    },
}

/// An OCSP answer without nextUpdate may be this old: an hour, so that a revocation is noticed within it.
pub const OCSP_AGE_MAX: Duration = Duration::from_secs(60 * 60);
/// The clocks of two systems may differ by this much: five minutes, Kerberos' customary allowance.
pub const SKEW_MAX: Duration = Duration::from_secs(5 * 60);

impl Default for Policy {
    fn default() -> Self {
        Self {
            levels: std::array::from_fn(|index| Rule::ALL[index].default_level()),
            sources: Sources::OcspThenCrl,
            nonce: Nonce::Required,
            ocsp_age_max: OCSP_AGE_MAX,
            skew_max: SKEW_MAX,
        }
    }
}

/// How many checks there are.
const RULES: usize = Rule::ALL.len();

/// Whether this build takes policies that are weaker than the default: a laboratory, whose reports say so.
pub const IS_LABORATORY: bool = cfg!(feature = "laboratory");

impl Policy {
    /// The text of the default policy, with comments.
    pub const DEFAULT_TOML: &'static str = include_str!("../policies/default.toml");

    /// The level of a check.
    #[must_use]
    pub const fn level(&self, rule: Rule) -> Level {
        self.levels[rule.index()]
    }

    /// With another level for one check: stricter than the default; in a laboratory, any.
    ///
    /// # Errors
    /// [`PolicyError::Level`] where it is weaker than the default, or a type holds the check.
    pub fn with_level(mut self, rule: Rule, level: Level) -> Result<Self, PolicyError> {
        let refused = |why| PolicyError::Level { rule, level, why };
        match rule.held() {
            Held::Types(why) if level != rule.default_level() => return Err(refused(why)),
            Held::Policy if level < rule.default_level() && !IS_LABORATORY => {
                return Err(refused(
                    "it would be weaker than the default (only a laboratory build takes that)",
                ));
            }
            Held::Types(_) | Held::Policy => {}
        }
        self.levels[rule.index()] = level;
        Ok(self)
    }

    /// The checks that are weaker than by default; none but in a laboratory.
    pub fn weakened(&self) -> impl Iterator<Item = Rule> + use<'_> {
        Rule::ALL
            .iter()
            .copied()
            .filter(|rule| self.level(*rule) < rule.default_level())
    }

    /// Whether a finding of this check does not make the verdict worse.
    pub(crate) fn tolerates(&self, rule: Rule) -> bool {
        self.level(rule) < Level::Fail
    }

    /// Reads a policy's text (TOML).
    ///
    /// # Errors
    /// [`PolicyError::Text`], with the line.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        text::parse(text)
    }

    /// The policy as a text that reads back as the same one.
    #[must_use]
    pub fn to_toml(&self) -> String {
        text::write(self)
    }

    /// With these sources of revocation.
    #[must_use]
    pub const fn with_sources(self, sources: Sources) -> Self {
        Self { sources, ..self }
    }

    /// With or without a nonce. Without, the age of an answer is what bounds a replay.
    #[must_use]
    pub const fn with_nonce(self, nonce: Nonce) -> Self {
        Self { nonce, ..self }
    }

    /// With a shorter age for OCSP answers.
    ///
    /// # Errors
    /// [`PolicyError`] where the age is more than [`OCSP_AGE_MAX`].
    pub fn with_ocsp_age_max(self, ocsp_age_max: Duration) -> Result<Self, PolicyError> {
        bounded("the age of an OCSP answer", ocsp_age_max, OCSP_AGE_MAX)?;
        Ok(Self {
            ocsp_age_max,
            ..self
        })
    }

    /// With a smaller allowance for clocks that differ.
    ///
    /// # Errors
    /// [`PolicyError`] where the allowance is more than [`SKEW_MAX`].
    pub fn with_skew_max(self, skew_max: Duration) -> Result<Self, PolicyError> {
        bounded("the allowance for clocks", skew_max, SKEW_MAX)?;
        Ok(Self { skew_max, ..self })
    }

    /// Which sources of revocation are asked.
    #[must_use]
    pub const fn sources(&self) -> Sources {
        self.sources
    }

    /// Whether an OCSP request about a signer carries a nonce.
    #[must_use]
    pub const fn nonce(&self) -> Nonce {
        self.nonce
    }

    /// How old an OCSP answer may be.
    #[must_use]
    pub const fn ocsp_age_max(&self) -> Duration {
        self.ocsp_age_max
    }

    /// How far the clocks of two systems may differ.
    #[must_use]
    pub const fn skew_max(&self) -> Duration {
        self.skew_max
    }
}

fn bounded(what: &'static str, value: Duration, max: Duration) -> Result<(), PolicyError> {
    if value > max {
        return Err(PolicyError::Weaker {
            what,
            max_s: max.as_secs(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_can_be_made_stricter_and_never_weaker() {
        let strict = Policy::default();
        assert_eq!(
            strict
                .with_ocsp_age_max(Duration::from_secs(60))
                .map(|policy| policy.ocsp_age_max()),
            Ok(Duration::from_secs(60))
        );
        assert_eq!(strict.with_ocsp_age_max(OCSP_AGE_MAX), Ok(strict));
        assert_eq!(
            strict.with_ocsp_age_max(OCSP_AGE_MAX + Duration::from_millis(1)),
            Err(PolicyError::Weaker {
                what: "the age of an OCSP answer",
                max_s: 3600
            })
        );
        assert_eq!(
            strict.with_skew_max(SKEW_MAX + Duration::from_secs(1)),
            Err(PolicyError::Weaker {
                what: "the allowance for clocks",
                max_s: 300
            })
        );
    }
}

//! When a ready-made certificate is valid, relative to the clock at issue.

use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::Certificate;
use qaqpa_x509::issue::Validity;

/// What a certificate of the list is, at any moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Valid.
    InForce,
    /// Its period is over.
    Expired,
    /// Its period has not begun.
    NotYetValid,
    /// Within its period, and revoked from its first moment on.
    Revoked,
    /// Within its period, and suspended from its first moment on.
    Suspended,
    /// Its period ends [`SOON`] after the issue.
    EndsSoon,
    /// Within its period, and revoked a day before the issue.
    RevokedYesterday,
    /// Within its period, and revoked in the second of the issue.
    RevokedAtOnce,
    /// Valid; it was suspended for a while.
    Resumed,
}

/// How long a certificate is valid that is about to expire.
pub const SOON: Duration = Duration::from_secs(5 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long before the end of its period a certificate is made anew, and how long before its issue it begins.
const MARGIN: Duration = DAY;

/// How long an expired certificate has been so, and how long it is until a future one begins.
const DISTANCE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Standing {
    /// The period of a certificate that is issued at this moment and valid for so long: one that is in force at its issue
    /// begins a day before it, for clocks that are behind, and ends so long after it.
    #[must_use]
    pub fn period(self, now: Moment, lasts: Duration) -> Validity {
        let not_before = match self {
            Self::InForce
            | Self::Revoked
            | Self::Suspended
            | Self::EndsSoon
            | Self::RevokedAtOnce
            | Self::Resumed => now.minus(MARGIN),
            Self::RevokedYesterday => now.minus(MARGIN + DISTANCE),
            Self::Expired => now.minus(lasts + DISTANCE),
            Self::NotYetValid => now.plus(DISTANCE),
        };
        let lasts = match self {
            Self::EndsSoon => MARGIN + SOON,
            Self::RevokedYesterday => lasts.max(MARGIN + 2 * DISTANCE),
            Self::Expired | Self::NotYetValid => lasts,
            Self::InForce
            | Self::Revoked
            | Self::Suspended
            | Self::RevokedAtOnce
            | Self::Resumed => MARGIN + lasts,
        };
        Validity {
            not_before,
            not_after: not_before.plus(lasts),
        }
    }

    /// Since when a certificate of this standing is revoked, if it is.
    #[must_use]
    pub fn revoked_at(self, certificate: &Certificate) -> Option<Moment> {
        let begin = certificate.not_before();
        match self {
            // From the first moment of validity, so that it is so whenever the certificate is valid.
            Self::Revoked => Some(begin),
            Self::RevokedYesterday => Some(begin.plus(DISTANCE)),
            Self::RevokedAtOnce => Some(begin.plus(MARGIN)),
            _ => None,
        }
    }

    /// Whether a certificate is still what it was issued to be.
    #[must_use]
    pub fn holds(self, certificate: &Certificate, now: Moment) -> bool {
        match self {
            Self::InForce | Self::Revoked | Self::Suspended | Self::Resumed => {
                certificate.not_before() <= now
                    && now.plus(margin(certificate)) < certificate.not_after()
            }
            Self::EndsSoon => {
                now <= certificate.not_after() && now.plus(SOON) >= certificate.not_after()
            }
            Self::RevokedAtOnce => {
                self.revoked_at(certificate).is_some_and(|at| at <= now)
                    && now.plus(margin(certificate)) < certificate.not_after()
            }
            Self::RevokedYesterday => self
                .revoked_at(certificate)
                .is_some_and(|at| at <= now && now < at.plus(2 * DAY)),
            Self::Expired => certificate.not_after() < now,
            Self::NotYetValid => now < certificate.not_before(),
        }
    }
}

/// A day, or a quarter of the period where certificates are short-lived by configuration.
fn margin(certificate: &Certificate) -> Duration {
    MARGIN.min(certificate.not_after().since(certificate.not_before()) / 4)
}

#[cfg(test)]
mod tests {
    use qaqpa_crypto::PrivateKey;
    use qaqpa_x509::issue;
    use qaqpa_x509::name::NameToWrite;

    use super::*;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    #[test]
    fn each_standing_holds_at_its_issue_and_ends_with_the_clock() {
        let key = PrivateKey::generate_rsa_2048().unwrap();
        let now = Moment::parse("2026-11-22T10:00:00+05:00").unwrap();
        let holds = |standing: Standing, at: Moment| {
            let period = standing.period(now, YEAR);
            let certificate = issue::root(NameToWrite::new(), &key, period).unwrap();
            standing.holds(&certificate, at)
        };
        for standing in [Standing::InForce, Standing::Revoked, Standing::Suspended] {
            assert!(holds(standing, now));
            assert!(holds(standing, now.plus(YEAR).minus(2 * DAY)));
            assert!(!holds(standing, now.plus(YEAR).minus(DAY)));
            assert!(!holds(standing, now.minus(2 * DAY)));
        }
        assert!(holds(Standing::EndsSoon, now));
        assert!(holds(Standing::EndsSoon, now.plus(SOON)));
        assert!(!holds(Standing::EndsSoon, now.plus(2 * SOON)));
        assert!(!holds(Standing::EndsSoon, now.minus(SOON)));
        assert!(holds(Standing::RevokedYesterday, now));
        assert!(!holds(Standing::RevokedYesterday, now.plus(DAY)));
        assert!(!holds(Standing::RevokedYesterday, now.minus(2 * DAY)));
        assert!(holds(Standing::RevokedAtOnce, now));
        assert!(holds(Standing::RevokedAtOnce, now.plus(100 * DAY)));
        assert!(!holds(Standing::RevokedAtOnce, now.minus(SOON)));
        assert!(holds(Standing::Resumed, now.plus(DAY)));
        assert!(holds(Standing::Expired, now));
        assert!(holds(Standing::Expired, now.plus(YEAR)));
        assert!(!holds(Standing::Expired, now.minus(31 * DAY)));
        assert!(holds(Standing::NotYetValid, now));
        assert!(holds(Standing::NotYetValid, now.minus(YEAR)));
        assert!(!holds(Standing::NotYetValid, now.plus(31 * DAY)));
    }

    #[test]
    fn what_is_valid_for_a_day_is_in_force_for_a_day_from_its_issue_and_made_anew_half_a_day_before()
     {
        let key = PrivateKey::generate(qaqpa_crypto::KeyKind::Ecdsa).unwrap();
        let now = Moment::parse("2026-11-22T10:00:00+05:00").unwrap();
        for standing in [
            Standing::InForce,
            Standing::Revoked,
            Standing::Suspended,
            Standing::RevokedAtOnce,
            Standing::Resumed,
        ] {
            let period = standing.period(now, DAY);
            assert_eq!(period.not_before, now.minus(MARGIN));
            assert_eq!(period.not_after, now.plus(DAY));
            let certificate = issue::root(NameToWrite::new(), &key, period).unwrap();
            assert!(standing.holds(&certificate, now), "{standing:?}");
            assert!(standing.holds(&certificate, now.plus(DAY / 2).minus(SOON)));
            assert!(!standing.holds(&certificate, now.plus(DAY / 2)));
        }
    }
}

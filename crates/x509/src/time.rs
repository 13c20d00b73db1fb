//! Moments as ASN.1 writes them: whole seconds, UTCTime until 2049, GeneralizedTime from 2050.

use std::time::Duration;

use der::DateTime;
use der::asn1::GeneralizedTime;
use qaqpa_model::Moment;
use x509_cert::time::Time;

/// The moment of a certificate's time; both ASN.1 forms are at or after 1950, but ours start in 1970.
pub(crate) fn moment_of(time: Time) -> Moment {
    from_duration(time.to_unix_duration())
}

pub(crate) fn moment_of_generalized(time: GeneralizedTime) -> Moment {
    from_duration(time.to_unix_duration())
}

/// The time of a certificate or a CRL (RFC 5280 §4.1.2.5), rounded down to whole seconds.
pub(crate) fn time_of(moment: Moment) -> der::Result<Time> {
    // `From<DateTime>` writes UTCTime through 2049 and GeneralizedTime from 2050.
    DateTime::from_unix_duration(to_duration(moment)).map(Time::from)
}

/// The time of an OCSP answer (RFC 6960 §4.2.2.1), rounded down to whole seconds.
pub(crate) fn generalized_of(moment: Moment) -> der::Result<GeneralizedTime> {
    GeneralizedTime::from_unix_duration(to_duration(moment))
}

fn to_duration(moment: Moment) -> Duration {
    Duration::from_secs(u64::try_from(moment.unix_s()).unwrap_or(0))
}

fn from_duration(duration: Duration) -> Moment {
    let unix_ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Moment::from_unix_ms(unix_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 5280 §4.1.2.5.
    #[test]
    fn the_form_changes_with_the_year_2050() {
        let before = Moment::parse("2049-12-31T23:59:59Z").unwrap();
        let after = Moment::parse("2050-01-01T00:00:00Z").unwrap();
        assert!(matches!(time_of(before).unwrap(), Time::UtcTime(_)));
        assert!(matches!(time_of(after).unwrap(), Time::GeneralTime(_)));
        for moment in [before, after] {
            assert_eq!(moment_of(time_of(moment).unwrap()), moment);
            assert_eq!(
                moment_of_generalized(generalized_of(moment).unwrap()),
                moment
            );
        }
    }
}

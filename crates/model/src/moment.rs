//! A moment on the one simulated clock.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A point in time with millisecond resolution.
///
/// Pure code takes a `Moment` as an argument; only the clock in `transport` makes one from real time.
/// Shown in Kazakhstan's time (`Asia/Almaty`: +06:00 until 2024-02-29, +05:00 from 2024-03-01).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(i64);

/// Why a text is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "not a moment: {text:?}; write RFC 3339 with its offset (2026-11-22T10:00:00+05:00) or a date (2026-11-22)"
)]
pub struct MomentError {
    /// The text that was given.
    pub text: String,
}

impl Moment {
    /// The beginning of the authority's roots: 2010-01-01T00:00:00Z.
    pub const ROOT_BEGIN: Self = Self(1_262_304_000_000);
    /// The end of the authority's roots: 2045-01-01T00:00:00Z.
    pub const ROOT_END: Self = Self(2_366_841_600_000);

    /// From milliseconds since 1970-01-01T00:00:00Z, clamped to the years 0001–9998.
    #[must_use]
    pub fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms.clamp(-62_135_596_800_000, 253_370_764_800_000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn unix_s(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339 with an offset, or a date alone, `YYYY-MM-DD` (midnight in Almaty). A time of day without an offset is no
    /// moment: whose time it is would be a guess.
    ///
    /// # Errors
    /// [`MomentError`] with the text.
    ///
    /// ```
    /// use qaqpa_model::Moment;
    /// let moment = Moment::parse("2024-03-01").unwrap();
    /// assert_eq!(moment.to_string(), "2024-03-01T00:00:00+05:00");
    /// ```
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError {
            text: text.chars().take(64).collect(),
        };
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Ok(Self::from_unix_ms(timestamp.as_millisecond()));
        }
        // A date's reader would pass over a time that follows.
        if !is_date_alone(text) {
            return Err(error());
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| error())?;
        let zoned = date.to_zoned(almaty()).map_err(|_| error())?;
        Ok(Self::from_unix_ms(zoned.timestamp().as_millisecond()))
    }

    /// This moment and so much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_unix_ms(self.0.saturating_add(millis(duration)))
    }

    /// This moment and so much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_unix_ms(self.0.saturating_sub(millis(duration)))
    }

    /// How long after `earlier` this is; zero if it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// In Kazakhstan's time, for calendars.
    #[must_use]
    pub fn in_almaty(self) -> jiff::Zoned {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned(almaty())
    }

    /// `YYYY-MM-DDThh:mm:ssZ`, the form of ASN.1 tools and of XML in UTC.
    #[must_use]
    pub fn to_utc_string(self) -> String {
        let timestamp =
            jiff::Timestamp::from_second(self.unix_s()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        timestamp.to_string()
    }
}

/// `YYYY-MM-DD` and nothing else.
fn is_date_alone(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.in_almaty().strftime("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({self})")
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn almaty() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Almaty").unwrap_or(jiff::tz::TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almaty_moved_to_utc_plus_five_on_the_first_of_march_2024() {
        let before = Moment::parse("2024-02-29T17:59:59Z").unwrap();
        assert_eq!(before.to_string(), "2024-02-29T23:59:59+06:00");
        let after = Moment::parse("2024-02-29T20:00:00Z").unwrap();
        assert_eq!(after.to_string(), "2024-03-01T01:00:00+05:00");
    }

    #[test]
    fn the_root_lives_from_2010_to_2045() {
        assert_eq!(Moment::ROOT_BEGIN.to_utc_string(), "2010-01-01T00:00:00Z");
        assert_eq!(Moment::ROOT_END.to_utc_string(), "2045-01-01T00:00:00Z");
    }

    #[test]
    fn a_time_without_an_offset_is_no_moment() {
        let ten = Moment::parse("2026-11-22T05:00:00Z").unwrap();
        for text in [
            "2026-11-22T10:00:00+05:00",
            "2026-11-22T05:00:00z",
            "2026-11-22T05:00:00.000Z",
            "2026-11-22T10:00:00+05:00[Asia/Almaty]",
        ] {
            assert_eq!(Moment::parse(text), Ok(ten), "{text}");
        }
        let midnight = Moment::parse("2026-11-21T19:00:00Z").unwrap();
        assert_eq!(Moment::parse("2026-11-22"), Ok(midnight));
        for text in [
            "2026-11-22T10:00:00",
            "2026-11-22T10:00",
            "2026-11-22 10:00:00",
            "2026-11-22T10:00:00.5",
            "2026-11-22T10",
            "2026-11-22[Asia/Almaty]",
            "2026-11-22T10:00:00[Asia/Almaty]",
            "+002026-11-22",
            "20261122",
            "2026-W47-7",
            "2026-11-31",
            " 2026-11-22",
            "2026-11-22\n",
            "",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_moment_is_named() {
        let error = Moment::parse("tomorrow").unwrap_err();
        assert!(error.to_string().starts_with("not a moment: \"tomorrow\""));
    }
}

//! Moments as ASN.1 writes them: whole seconds, UTCTime until 2049, GeneralizedTime from 2050.

use std::time::Duration;

use der::asn1::{AnyRef, GeneralizedTime};
use der::{DateTime, Decode, Reader, SliceReader, Tag, Tagged};
use qaqpa_model::Moment;
use x509_cert::time::Time;

/// The moment of a certificate's or a CRL's time (RFC 5280 §4.1.2.5): UTCTime from 1950 to 2049 or GeneralizedTime, to the
/// second, in `Z`.
pub(crate) fn moment_of(time: &AnyRef<'_>) -> der::Result<Moment> {
    let malformed = || time.tag().value_error().into();
    let (year, rest) = match (time.tag(), time.value()) {
        (Tag::UtcTime, [a, b, rest @ ..]) => {
            let year = number(&[*a, *b]).ok_or_else(malformed)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        (Tag::GeneralizedTime, [year @ .., _, _, _, _, _, _, _, _, _, _, _]) if year.len() == 4 => {
            (number(year).ok_or_else(malformed)?, &time.value()[4..])
        }
        _ => return Err(malformed()),
    };
    let [digits @ .., b'Z'] = rest else {
        return Err(malformed());
    };
    let mut fields = [0_i64; 5];
    if digits.len() != 2 * fields.len() {
        return Err(malformed());
    }
    for (field, pair) in fields.iter_mut().zip(digits.chunks(2)) {
        *field = number(pair).ok_or_else(malformed)?;
    }
    let [month, day, hour, minute, second] = fields;
    let days = days_of(year, month, day).ok_or_else(malformed)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(malformed());
    }
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    Ok(Moment::from_unix_ms(seconds * 1000))
}

/// The two moments of a `Validity`.
pub(crate) fn period(validity: &AnyRef<'_>) -> der::Result<(Moment, Moment)> {
    validity.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(validity.value())?;
    let first = moment_of(&AnyRef::decode(&mut reader)?)?;
    let last = moment_of(&AnyRef::decode(&mut reader)?)?;
    reader.finish()?;
    Ok((first, last))
}

/// A number in decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; `None` where there is no such day.
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // The year begins in March here, so that the leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
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

/// The moment of a GeneralizedTime that is the whole value of an extension.
pub(crate) fn moment_of_extension(der: &[u8]) -> der::Result<Moment> {
    GeneralizedTime::from_der(der).map(moment_of_generalized)
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
    use der::Encode;

    use super::*;

    /// Source: RFC 5280 §4.1.2.5.
    #[test]
    fn the_form_changes_with_the_year_2050() {
        let before = Moment::parse("2049-12-31T23:59:59Z").unwrap();
        let after = Moment::parse("2050-01-01T00:00:00Z").unwrap();
        assert!(matches!(time_of(before).unwrap(), Time::UtcTime(_)));
        assert!(matches!(time_of(after).unwrap(), Time::GeneralTime(_)));
        for moment in [before, after] {
            let der = time_of(moment).unwrap().to_der().unwrap();
            assert_eq!(moment_of(&AnyRef::from_der(&der).unwrap()), Ok(moment));
            assert_eq!(
                moment_of_generalized(generalized_of(moment).unwrap()),
                moment
            );
        }
    }

    fn read(tag: Tag, text: &str) -> der::Result<i64> {
        moment_of(&AnyRef::new(tag, text.as_bytes()).unwrap()).map(Moment::unix_s)
    }

    #[test]
    fn times_before_1970_and_leap_days_are_read() {
        for (tag, text, seconds) in [
            (Tag::UtcTime, "700101000000Z", 0),
            (Tag::UtcTime, "500101120100Z", -631_108_740),
            (Tag::UtcTime, "491231235959Z", 2_524_607_999),
            (Tag::UtcTime, "240229000000Z", 1_709_164_800),
            (Tag::GeneralizedTime, "20000229120000Z", 951_825_600),
            (Tag::GeneralizedTime, "99981231235959Z", 253_370_764_799),
            (Tag::GeneralizedTime, "19000301000000Z", -2_203_891_200),
        ] {
            assert_eq!(read(tag, text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn other_forms_of_times_are_refused() {
        for text in [
            "",
            "Z",
            "7001010000Z",
            "700101000000",
            "700101000000+0600",
            "70010100000aZ",
            "701301000000Z",
            "700100000000Z",
            "700230000000Z",
            "230229000000Z",
            "700101240000Z",
            "700101006000Z",
            "700101000060Z",
            "-10101000000Z",
        ] {
            assert!(read(Tag::UtcTime, text).is_err(), "{text}");
        }
        for text in [
            "20260101000000.5Z",
            "202601010000Z",
            "19000229000000Z",
            "260101000000Z",
        ] {
            assert!(read(Tag::GeneralizedTime, text).is_err(), "{text}");
        }
        assert!(read(Tag::Utf8String, "700101000000Z").is_err());
    }
}

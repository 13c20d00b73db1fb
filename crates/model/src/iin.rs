//! Personal and business numbers: ЖСН / ИИН and БСН / БИН.

use std::fmt;

use thiserror::Error;

/// An individual identification number (ЖСН / ИИН): twelve digits with a date and a check digit.
///
/// Holding an `Iin` says nothing about whether such a person exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iin([u8; 12]);

/// A business identification number (БСН / БИН): twelve digits with a type, a part and a check digit.
///
/// Holding a `Bin` says nothing about whether such an organisation exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bin([u8; 12]);

/// Why a text is not a number of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NumberError {
    /// The twelfth digit is not the one that the first eleven give.
    #[error("the check digit is wrong")]
    CheckDigit,
    /// The date part is not a date of the calendar.
    #[error("the date part is not a date")]
    Date,
    /// The type digits (the 5th and 6th of a BIN, the 7th of an IIN) have no meaning.
    #[error("the type digit has no meaning")]
    Kind,
    /// The text is not exactly twelve ASCII digits.
    #[error("not exactly twelve digits")]
    Shape,
}

impl Iin {
    /// Reads twelve ASCII digits.
    ///
    /// # Errors
    /// [`NumberError::Shape`], [`NumberError::Kind`], [`NumberError::Date`],
    /// [`NumberError::CheckDigit`], the first that applies in this order.
    ///
    /// ```
    /// use qaqpa_model::Iin;
    /// assert!(Iin::parse("931002451325").is_ok());
    /// assert!(Iin::parse("931002451326").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits = digits(text)?;
        born(&digits)?;
        checked(digits).map(Self)
    }

    /// The date of birth that the number begins with: `2015-03-12`.
    #[must_use]
    pub fn birth_date(&self) -> String {
        born(&self.0).map_or_else(|_| String::new(), |date| date.to_string())
    }

    /// The twelve digits. Personal data: for the wire and for storage, not for logs.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }

    /// The form for logs and views: the first two and the last two digits (`93********25`).
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }
}

impl Bin {
    /// Reads twelve ASCII digits.
    ///
    /// # Errors
    /// As [`Iin::parse`].
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits = digits(text)?;
        if !matches!(digits[4], 4..=6) || digits[5] > 3 {
            return Err(NumberError::Kind);
        }
        if !(1..=12).contains(&(digits[2] * 10 + digits[3])) {
            return Err(NumberError::Date);
        }
        checked(digits).map(Self)
    }

    /// The twelve digits.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }
}

/// The check digit of eleven digits, or `None` where no number is ever issued.
///
/// Σ dᵢ·i mod 11; if that is 10, the weights 3…11, 1, 2; if 10 again, none.
#[must_use]
pub fn check_digit(first_eleven: &[u8; 11]) -> Option<u8> {
    let sum = |weights: [u32; 11]| -> u32 {
        first_eleven
            .iter()
            .zip(weights)
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum::<u32>()
            % 11
    };
    let first = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let control = if first == 10 {
        sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])
    } else {
        first
    };
    u8::try_from(control).ok().filter(|digit| *digit < 10)
}

/// The date in the first seven digits of an IIN.
fn born(digits: &[u8; 12]) -> Result<jiff::civil::Date, NumberError> {
    let century = match digits[6] {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return Err(NumberError::Kind),
    };
    let [y1, y2, m1, m2, d1, d2, ..] = *digits;
    let year = century + i16::from(y1 * 10 + y2);
    let month = i8::try_from(m1 * 10 + m2).map_err(|_| NumberError::Date)?;
    let day = i8::try_from(d1 * 10 + d2).map_err(|_| NumberError::Date)?;
    jiff::civil::Date::new(year, month, day).map_err(|_| NumberError::Date)
}

fn digits(text: &str) -> Result<[u8; 12], NumberError> {
    let bytes: [u8; 12] = text.as_bytes().try_into().map_err(|_| NumberError::Shape)?;
    if !bytes.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Shape);
    }
    Ok(bytes.map(|byte| byte - b'0'))
}

fn checked(digits: [u8; 12]) -> Result<[u8; 12], NumberError> {
    let [first_eleven @ .., last] = digits;
    if check_digit(&first_eleven) == Some(last) {
        Ok(digits)
    } else {
        Err(NumberError::CheckDigit)
    }
}

fn masked(digits: &[u8; 12]) -> String {
    let shown = |digit: u8| char::from(b'0' + digit);
    format!(
        "{}{}********{}{}",
        shown(digits[0]),
        shown(digits[1]),
        shown(digits[10]),
        shown(digits[11])
    )
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iin({})", self.masked())
    }
}

impl fmt::Debug for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bin({})", masked(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_are_accepted_and_their_neighbours_refused() {
        for good in ["061211600012", "931002451325", "900101300811"] {
            assert_eq!(
                Iin::parse(good).map(|iin| iin.reveal()).as_deref(),
                Ok(good)
            );
        }
        assert_eq!(Iin::parse("931002451324"), Err(NumberError::CheckDigit));
        assert_eq!(Iin::parse("931302451325"), Err(NumberError::Date));
        assert_eq!(Iin::parse("931002751325"), Err(NumberError::Kind));
        assert_eq!(Iin::parse("93100245132"), Err(NumberError::Shape));
        assert_eq!(Iin::parse("93100245132٥"), Err(NumberError::Shape));
    }

    #[test]
    fn a_number_begins_with_the_date_of_birth() {
        let born = |iin: &str| Iin::parse(iin).map(|iin| iin.birth_date());
        assert_eq!(born("931002451325"), Ok("1993-10-02".to_owned()));
    }

    #[test]
    fn a_prefix_whose_second_sum_is_ten_has_no_check_digit() {
        assert_eq!(check_digit(&[9, 0, 0, 1, 0, 1, 3, 0, 0, 8, 0]), None);
        assert_eq!(check_digit(&[9, 0, 0, 1, 0, 1, 3, 0, 0, 8, 1]), Some(1));
    }

    #[test]
    fn the_debug_form_hides_the_middle() {
        let iin = Iin::parse("931002451325").unwrap();
        assert_eq!(format!("{iin:?}"), "Iin(93********25)");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,16}") {
            let _ = Iin::parse(&text);
            let _ = Bin::parse(&text);
        }
    }

    /// The eleventh weight is 11, so the eleventh digit is not protected; the second round hides one more.
    #[test]
    fn the_changed_digits_that_the_check_digit_does_not_notice_are_known() {
        let good = b"931002451325";
        let unnoticed: Vec<String> = (0..12)
            .flat_map(|at| (b'0'..=b'9').map(move |to| (at, to)))
            .filter_map(|(at, to)| {
                let mut changed = *good;
                changed[at] = to;
                let text = String::from_utf8(changed.to_vec()).ok()?;
                (&changed != good && Iin::parse(&text).is_ok()).then_some(text)
            })
            .collect();
        let (eleventh, others): (Vec<_>, Vec<_>) = unnoticed
            .into_iter()
            .partition(|text| text.starts_with("9310024513"));
        assert_eq!(eleventh.len(), 9);
        assert_eq!(others, ["931002451925"]);
    }
}

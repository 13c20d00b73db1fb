//! A period as the acts write it: minutes, hours, working days, calendar days.

use std::fmt;
use std::time::Duration;

use qaqpa_model::Moment;
use thiserror::Error;

use crate::calendar::Calendar;

/// A time that an action may take: `30m`, `2h`, `1wd`, `28cd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    amount: u32,
    unit: PeriodUnit,
}

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodUnit {
    /// Calendar days (күнтізбелік күн), `cd`.
    CalendarDays,
    /// Hours (сағат), `h`.
    Hours,
    /// Minutes (минут), `m`.
    Minutes,
    /// Working days (жұмыс күні), `wd`.
    WorkingDays,
}

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a period: {text:?}; write 30m, 2h, 1wd or 28cd")]
pub struct PeriodError {
    /// The text that was given.
    pub text: String,
}

impl Period {
    /// Reads an amount (1 to 9999) and a unit.
    ///
    /// # Errors
    /// [`PeriodError`] with the text.
    ///
    /// ```
    /// use qaqpa_regulations::Period;
    /// assert_eq!(Period::parse("1wd").unwrap().to_string(), "1wd");
    /// assert!(Period::parse("1 day").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError {
            text: text.chars().take(32).collect(),
        };
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
        let (amount, unit) = text.split_at(split);
        let amount: u32 = amount.parse().map_err(|_| error())?;
        let unit = match unit {
            "m" => PeriodUnit::Minutes,
            "h" => PeriodUnit::Hours,
            "wd" => PeriodUnit::WorkingDays,
            "cd" => PeriodUnit::CalendarDays,
            _ => return Err(error()),
        };
        if !(1..=9999).contains(&amount) {
            return Err(error());
        }
        Ok(Self { amount, unit })
    }

    /// How many of the unit.
    #[must_use]
    pub const fn amount(self) -> u32 {
        self.amount
    }

    /// The unit.
    #[must_use]
    pub const fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// The moment at which a period that begins at `from` is over.
    ///
    /// Minutes and hours run through nights and days off. Days end at the same time of day (in
    /// Almaty): on the n-th calendar day after, or on the n-th working day after; the day of
    /// acceptance is not counted.
    #[must_use]
    pub fn due(self, from: Moment, calendar: &Calendar) -> Moment {
        let amount = u64::from(self.amount);
        match self.unit {
            PeriodUnit::Minutes => from.plus(Duration::from_secs(amount * 60)),
            PeriodUnit::Hours => from.plus(Duration::from_secs(amount * 3600)),
            PeriodUnit::CalendarDays => on_day(from, |day| {
                day.saturating_add(jiff::Span::new().days(i64::from(self.amount)))
            }),
            PeriodUnit::WorkingDays => {
                on_day(from, |day| calendar.working_day_after(day, self.amount))
            }
        }
    }
}

fn on_day(from: Moment, day: impl Fn(jiff::civil::Date) -> jiff::civil::Date) -> Moment {
    let local = from.in_almaty();
    day(local.date())
        .to_datetime(local.time())
        .to_zoned(local.time_zone().clone())
        .map_or(from, |then| {
            Moment::from_unix_ms(then.timestamp().as_millisecond())
        })
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            PeriodUnit::CalendarDays => "cd",
            PeriodUnit::Hours => "h",
            PeriodUnit::Minutes => "m",
            PeriodUnit::WorkingDays => "wd",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

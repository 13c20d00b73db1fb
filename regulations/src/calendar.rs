//! The days off: weekends and public holidays.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use crate::mark::Mark;
use crate::text::Text;

/// A calendar of working days. Years outside the file's holidays still have weekends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// `kazakhstan`.
    pub id: String,
    /// The weekly days off.
    pub weekend: Vec<Weekday>,
    /// The holidays.
    pub holidays: Vec<Holiday>,
    /// Where the calendar comes from.
    pub mark: Mark,
}

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its name.
    pub title: Text,
    /// When it is.
    pub days: HolidayDays,
    /// Whether a working day is given off instead when it falls on a weekend.
    pub moves: bool,
    /// Where it comes from.
    pub mark: Mark,
}

/// When a holiday is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HolidayDays {
    /// On listed dates (holidays of the lunar calendar).
    Listed(Vec<Date>),
    /// Every year on that day.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// The first year, if it was not always.
        from_year: Option<i16>,
        /// The last year, if it is no longer.
        to_year: Option<i16>,
    },
}

impl Calendar {
    /// Whether people work on that day.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        !self.is_weekend(day) && !self.days_off(day.year()).contains(&day)
    }

    /// The n-th working day after that day, itself not counted; that day itself for 0.
    #[must_use]
    pub fn working_day_after(&self, day: Date, n: u32) -> Date {
        let mut day = day;
        let mut year = day.year();
        let mut off = self.days_off(year);
        let mut left = n;
        while left > 0 {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            if day.year() != year {
                year = day.year();
                off = self.days_off(year);
            }
            if !self.is_weekend(day) && !off.contains(&day) {
                left -= 1;
            }
        }
        day
    }

    fn is_weekend(&self, day: Date) -> bool {
        self.weekend.contains(&day.weekday())
    }

    /// Holidays of the year and the working days given off instead of those on a weekend.
    fn days_off(&self, year: i16) -> BTreeSet<Date> {
        let of = |moves: bool| {
            let holidays = self
                .holidays
                .iter()
                .filter(move |holiday| holiday.moves == moves);
            holidays.flat_map(move |holiday| holiday.days.in_year(year))
        };
        let mut off: BTreeSet<Date> = of(false).chain(of(true)).collect();
        let on_weekends: BTreeSet<Date> = of(true).filter(|day| self.is_weekend(*day)).collect();
        for day in on_weekends {
            let mut instead = day;
            while let Ok(tomorrow) = instead.tomorrow() {
                instead = tomorrow;
                if !self.is_weekend(instead) && !off.contains(&instead) {
                    off.insert(instead);
                    break;
                }
            }
        }
        off
    }
}

impl HolidayDays {
    fn in_year(&self, year: i16) -> Vec<Date> {
        match self {
            Self::Listed(dates) => dates
                .iter()
                .copied()
                .filter(|date| date.year() == year)
                .collect(),
            Self::Yearly {
                month,
                day,
                from_year,
                to_year,
            } => {
                let held = from_year.is_none_or(|from| from <= year)
                    && to_year.is_none_or(|to| year <= to);
                Date::new(year, *month, *day)
                    .ok()
                    .filter(|_| held)
                    .into_iter()
                    .collect()
            }
        }
    }
}

//! The days off: weekends and public holidays.

use std::collections::BTreeMap;

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
    /// Days that were moved by decree.
    pub moved: Vec<MovedDay>,
    /// The first year that is known by rule alone: decrees, and holidays of the lunar calendar, may change it.
    pub provisional_from: i16,
    /// Where the calendar comes from.
    pub mark: Mark,
}

/// A working day that the government has given off, and the day off that is worked instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedDay {
    /// Nobody works on that day.
    pub off: Date,
    /// People work on that day, perhaps of another year.
    pub worked: Date,
    /// Where it comes from.
    pub mark: Mark,
}

/// A day off within the week, a holiday, or a day that is worked though it would be off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialDay<'c> {
    /// The day.
    pub date: Date,
    /// Whether people work on it.
    pub is_worked: bool,
    /// Why.
    pub why: WhySpecial<'c>,
}

/// Why a day is not what its weekday says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhySpecial<'c> {
    /// A holiday.
    Holiday(&'c Holiday),
    /// Given off instead of a holiday on a weekend.
    Instead(&'c Holiday),
    /// Moved by decree.
    Moved(&'c MovedDay),
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
        let special = self.special_days(day.year());
        let special = special.get(&day).map(|special| special.is_worked);
        special.unwrap_or_else(|| !self.is_weekend(day))
    }

    /// The n-th working day after that day, itself not counted; that day itself for 0.
    #[must_use]
    pub fn working_day_after(&self, day: Date, n: u32) -> Date {
        let mut day = day;
        let mut year = day.year();
        let mut special = self.special_days(year);
        let mut left = n;
        while left > 0 {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            if day.year() != year {
                year = day.year();
                special = self.special_days(year);
            }
            let is_worked = special.get(&day).map(|special| special.is_worked);
            if is_worked.unwrap_or_else(|| !self.is_weekend(day)) {
                left -= 1;
            }
        }
        day
    }

    /// How many days of the year people work.
    #[must_use]
    pub fn working_days_of(&self, year: i16) -> u32 {
        let Ok(last_of_before) = Date::new(year - 1, 12, 31) else {
            return 0;
        };
        let mut days = 0;
        let mut day = self.working_day_after(last_of_before, 1);
        while day.year() == year {
            days += 1;
            day = self.working_day_after(day, 1);
        }
        days
    }

    /// Whether the year is known by rule alone.
    #[must_use]
    pub const fn is_provisional(&self, year: i16) -> bool {
        year >= self.provisional_from
    }

    fn is_weekend(&self, day: Date) -> bool {
        self.weekend.contains(&day.weekday())
    }

    /// The days of a year that are not what their weekday says, and the holidays on its weekends.
    #[must_use]
    pub fn special_days(&self, year: i16) -> BTreeMap<Date, SpecialDay<'_>> {
        let of = |moves: bool| {
            let holidays = self
                .holidays
                .iter()
                .filter(move |holiday| holiday.moves == moves);
            holidays.flat_map(move |holiday| {
                let days = holiday.days.in_year(year).into_iter();
                days.map(move |day| (day, holiday))
            })
        };
        let day = |date, is_worked, why| SpecialDay {
            date,
            is_worked,
            why,
        };
        let mut special = BTreeMap::new();
        for (date, holiday) in of(false).chain(of(true)) {
            let off = day(date, false, WhySpecial::Holiday(holiday));
            special.entry(date).or_insert(off);
        }
        let mut on_weekends: Vec<_> = of(true).filter(|(day, _)| self.is_weekend(*day)).collect();
        on_weekends.sort_by_key(|(day, _)| *day);
        for (holiday_on, holiday) in on_weekends {
            let mut instead = holiday_on;
            while let Ok(tomorrow) = instead.tomorrow() {
                instead = tomorrow;
                if !self.is_weekend(instead) && !special.contains_key(&instead) {
                    let off = day(instead, false, WhySpecial::Instead(holiday));
                    special.insert(instead, off);
                    break;
                }
            }
        }
        for one in &self.moved {
            for (date, is_worked) in [(one.off, false), (one.worked, true)] {
                if date.year() == year {
                    special.insert(date, day(date, is_worked, WhySpecial::Moved(one)));
                }
            }
        }
        special
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

//! Periods on the calendar.

use jiff::civil::date;
use qaqpa_model::Moment;
use qaqpa_regulations::{Period, WhySpecial};

use crate::embedded::catalogue;

fn due(period: &str, from: &str) -> String {
    let from = Moment::parse(from).unwrap();
    Period::parse(period)
        .unwrap()
        .due(from, catalogue().calendar())
        .to_string()
}

#[test]
fn minutes_and_hours_run_through_the_night() {
    assert_eq!(
        due("30m", "2026-11-20T23:45:00+05:00"),
        "2026-11-21T00:15:00+05:00"
    );
    assert_eq!(
        due("2h", "2026-11-20T23:45:00+05:00"),
        "2026-11-21T01:45:00+05:00"
    );
}

#[test]
fn calendar_days_count_the_days_off_and_keep_the_time_of_day_over_the_change_of_zone() {
    assert_eq!(
        due("28cd", "2024-02-28T10:00:00+06:00"),
        "2024-03-27T10:00:00+05:00"
    );
}

#[test]
fn working_days_skip_weekends_holidays_and_the_day_given_off_instead() {
    // Independence Day 2023 is a Saturday: Monday the 18th is off.
    assert_eq!(
        due("1wd", "2023-12-15T10:00:00+06:00"),
        "2023-12-19T10:00:00+06:00"
    );
    // Nauryz 2026: Saturday to Monday; Tuesday and Wednesday are off instead of Saturday and Sunday.
    assert_eq!(
        due("1wd", "2026-03-20T10:00:00+05:00"),
        "2026-03-26T10:00:00+05:00"
    );
    // Orthodox Christmas 2023 is a Saturday and gives no day off instead.
    assert_eq!(
        due("1wd", "2023-01-06T10:00:00+06:00"),
        "2023-01-09T10:00:00+06:00"
    );
    // From a day off, the first working day after it is the first that counts.
    assert_eq!(
        due("1wd", "2026-11-22T10:00:00+05:00"),
        "2026-11-23T10:00:00+05:00"
    );
    assert_eq!(
        due("8wd", "2026-11-20T10:00:00+05:00"),
        "2026-12-02T10:00:00+05:00"
    );
}

#[test]
fn a_day_that_was_moved_by_decree_is_off_and_the_weekend_that_it_was_moved_to_is_worked() {
    // 8 May 2024 for Saturday the 4th.
    assert_eq!(
        due("1wd", "2024-05-03T10:00:00+05:00"),
        "2024-05-04T10:00:00+05:00"
    );
    assert_eq!(
        due("1wd", "2024-05-06T10:00:00+05:00"),
        "2024-05-10T10:00:00+05:00"
    );
    // 3 January 2014 was worked on 28 December of the year before.
    assert_eq!(
        due("2wd", "2013-12-27T10:00:00+06:00"),
        "2013-12-30T10:00:00+06:00"
    );
    assert_eq!(
        due("1wd", "2014-01-01T10:00:00+06:00"),
        "2014-01-06T10:00:00+06:00"
    );
}

#[test]
fn the_days_of_a_year_that_are_not_what_their_weekday_says_are_told_with_their_reason() {
    let catalogue = catalogue();
    let calendar = catalogue.calendar();
    let told: Vec<_> = calendar
        .special_days(2024)
        .values()
        .filter(|day| day.date.month() == 5 || day.date.month() == 12)
        .map(|day| {
            let why = match &day.why {
                WhySpecial::Holiday(holiday) => holiday.title.en.clone(),
                WhySpecial::Instead(holiday) => format!("instead of {}", holiday.title.en),
                WhySpecial::Moved(moved) => format!("{} for {}", moved.off, moved.worked),
            };
            format!("{} {} {why}", day.date, day.is_worked)
        })
        .collect();
    assert_eq!(
        told,
        [
            "2024-05-01 false Unity Day",
            "2024-05-04 true 2024-05-08 for 2024-05-04",
            "2024-05-07 false Defender of the Fatherland Day",
            "2024-05-08 false 2024-05-08 for 2024-05-04",
            "2024-05-09 false Victory Day",
            "2024-12-16 false Independence Day",
        ]
    );
    assert_eq!(calendar.working_days_of(2024), WORKED_IN_2024);
    assert!(!calendar.is_provisional(2025) && calendar.is_provisional(2026));
}

/// As PyPI `holidays` counts them.
const WORKED_IN_2024: u32 = 249;

#[test]
fn a_holiday_is_off_only_in_its_years() {
    let catalogue = catalogue();
    let calendar = catalogue.calendar();
    for (day, works) in [
        (date(2021, 12, 1), false),
        (date(2022, 12, 1), true),
        (date(2021, 10, 25), true),
        (date(2022, 10, 25), false),
        (date(2021, 12, 17), false),
        (date(2024, 12, 17), true),
        (date(2025, 6, 6), false),
        (date(2026, 11, 21), false),
        (date(2026, 11, 20), true),
    ] {
        assert_eq!(calendar.is_working_day(day), works, "{day}");
    }
}

#[test]
fn what_is_not_a_period_is_named() {
    for text in ["", "30", "m", "0m", "-1h", "1d", "10000m", "1 wd", "٣m"] {
        assert_eq!(
            Period::parse(text).unwrap_err().to_string(),
            format!("not a period: {text:?}; write 30m, 2h, 1wd or 28cd")
        );
    }
}

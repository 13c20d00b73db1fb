//! The days off of the catalogue's calendar are those that somebody else's list of Kazakhstan's holidays has.

use std::process::Command;

use jiff::civil::{Date, date};
use qaqpa_regulations::Catalogue;

use crate::clients::{python, script};

/// The years whose decrees are known: later ones are provisional.
const YEARS: (i16, i16) = (2012, 2025);

#[test]
fn each_day_off_of_fourteen_years_is_one_of_pypi_holidays_and_the_other_way_round() {
    let catalogue = Catalogue::embedded().unwrap();
    let calendar = catalogue.calendar();
    let mut day = date(YEARS.0, 1, 1);
    let mut ours = Vec::new();
    while day.year() <= YEARS.1 {
        if !calendar.is_working_day(day) {
            ours.push(day);
        }
        day = day.tomorrow().unwrap();
    }
    let years = [YEARS.0, YEARS.1].map(|year| year.to_string());
    let output = Command::new(python())
        .arg(script("days_off.py"))
        .args(years)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let theirs: Vec<Date> = told.lines().map(|line| line.parse().unwrap()).collect();
    let missing: Vec<_> = theirs.iter().filter(|day| !ours.contains(day)).collect();
    let more: Vec<_> = ours.iter().filter(|day| !theirs.contains(day)).collect();
    assert_eq!((missing, more), (Vec::new(), Vec::new()));
    assert!(ours.len() > 1400, "{}", ours.len());
    assert!(!calendar.is_provisional(YEARS.1) && calendar.is_provisional(YEARS.1 + 1));
}

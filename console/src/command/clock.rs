//! `qaqpa clock show|set|advance|days`: the one simulated clock, and the calendar that it runs by.

mod days;

use std::time::Duration;

use qaqpa_model::{Actor, Moment};
use qaqpa_regulations::{Catalogue, Period};
use qaqpa_transport::Clock;
use qaqpa_transport::control::ClockView;

use crate::cli::{ClockCommand, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Shows or moves the clock of the running simulator.
pub(crate) async fn run(settings: &Settings, command: &ClockCommand, format: Format) -> Outcome {
    if let ClockCommand::Days { year } = command {
        return days::show(settings, *year, format);
    }
    let order = Order::of(command)?;
    let console = running::control(&settings.data, Actor::Console)?;
    let now: ClockView = console.get("/clock").await.map_err(running::refused)?;
    let offset_ms = match order {
        None => None,
        Some(Order::Set(moment)) => Some(Clock::real().set(moment).map_err(Failure::no)?),
        Some(Order::Advance(period)) => {
            let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
            let begin = Moment::parse(&now.now).map_err(Failure::no)?;
            let end = period.due(begin, catalogue.calendar());
            let by_ms = end.unix_ms().saturating_sub(begin.unix_ms());
            Some(now.offset_ms.saturating_add(by_ms))
        }
    };
    let view = match offset_ms {
        None => now,
        Some(offset_ms) => {
            let set = console.set_clock(offset_ms).await;
            set.map_err(running::refused)?
        }
    };
    match format {
        Format::Json => output::say_json(&view)?,
        _ => output::say(&view.now),
    }
    Ok(Exit::Yes)
}

/// What the clock is told, read before it is asked anything.
enum Order {
    Advance(Period),
    Set(Moment),
}

impl Order {
    fn of(command: &ClockCommand) -> Result<Option<Self>, Failure> {
        Ok(match command {
            ClockCommand::Advance { period } => Some(Self::Advance(
                Period::parse(period).map_err(Failure::usage)?,
            )),
            ClockCommand::Set { moment } => {
                Some(Self::Set(Moment::parse(moment).map_err(Failure::usage)?))
            }
            ClockCommand::Days { .. } | ClockCommand::Show => None,
        })
    }
}

/// `30m`, `2h`, `3cd`: minutes, hours, calendar days.
pub(super) fn read_period(text: &str) -> Result<Duration, Failure> {
    let wrong = || {
        Failure::usage(format!("not a period: {text:?}"))
            .remedy("write minutes, hours or calendar days: 30m, 2h, 3cd")
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "m" => 60,
        "h" => 60 * 60,
        "cd" => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_minutes_hours_and_calendar_days() {
        assert_eq!(read_period("30m"), Ok(Duration::from_secs(1800)));
        assert_eq!(read_period("2h"), Ok(Duration::from_secs(7200)));
        assert_eq!(read_period("3cd"), Ok(Duration::from_secs(259_200)));
        for wrong in ["", "3", "cd", "3d", "-1h", "3wd", "99999999999999999999m"] {
            assert_eq!(read_period(wrong).unwrap_err().exit, Exit::Usage, "{wrong}");
        }
    }
}

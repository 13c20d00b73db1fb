//! Moments of a case: from the world's noon.

use std::time::Duration;

use qaqpa_model::Moment;

use super::ForgeError;

/// `+1s`, `-10d`, `+0s`, `+999ms`, `-5m`, `+2h`, or RFC 3339.
pub(super) fn moment(noon: Moment, text: &str) -> Result<Moment, ForgeError> {
    let wrong = || ForgeError::new(format!("{text:?} is no moment: +1s, -10d, or RFC 3339"));
    let (sign, distance) = match text.split_at_checked(1) {
        Some((sign @ ("+" | "-"), distance)) => (sign, distance),
        _ => return Moment::parse(text).map_err(|_| wrong()),
    };
    let digits = distance
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(wrong)?;
    let (number, unit) = distance.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    let distance = Duration::from_millis(number * ms);
    Ok(match sign {
        "+" => noon.plus(distance),
        _ => noon.minus(distance),
    })
}

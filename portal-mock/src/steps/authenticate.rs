//! The applicant enters IIN and password.

use qaqpa_model::iin::NumberError;
use qaqpa_model::{Iin, Moment};

/// What was entered at the login: well formed, and nothing more.
///
/// Says nothing about whether anybody is registered with it: that is
/// [`check_applicant`](super::check_applicant).
pub struct Entered {
    /// The IIN.
    pub iin: Iin,
    /// The password; for one comparison.
    pub password: String,
    /// When it was entered.
    pub at: Moment,
}

/// Reads what was entered.
///
/// # Errors
/// [`NumberError`] where the IIN is not one; the form is shown again.
pub fn enter(iin: &str, password: String, at: Moment) -> Result<Entered, NumberError> {
    Ok(Entered {
        iin: Iin::parse(iin.trim())?,
        password,
        at,
    })
}

/// The key of the text that says why a text is not an IIN.
#[must_use]
pub const fn iin_error_key(error: NumberError) -> &'static str {
    match error {
        NumberError::CheckDigit => "error-iin-check",
        NumberError::Date => "error-iin-date",
        NumberError::Kind => "error-iin-kind",
        _ => "error-iin-shape",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iin_is_read_without_the_spaces_around_it() {
        let at = Moment::from_unix_ms(0);
        let entered = enter(" 931002451325\n", "secret".to_owned(), at);
        assert_eq!(
            entered.map(|entered| entered.iin),
            Iin::parse("931002451325")
        );
        let wrong = enter("931002451326", String::new(), at).map(|_| ());
        assert_eq!(wrong.map_err(iin_error_key), Err("error-iin-check"));
    }
}

//! The numbers that are ours: the TEST range of IINs and BINs.
//!
//! No public register says which numbers are never given, so the range is ours by declaration: whoever meets a number of
//! it must take it for a TEST one. It is defined here and nowhere else:
//!
//! - an IIN is of the range where its four serial digits (the eighth to the eleventh) are 9000 to 9099;
//! - a BIN is of the range where its five serial digits (the seventh to the eleventh) are 90000 to 90999.
//!
//! Every ready-made person and organisation is inside, with a valid date and check digit. The authority issues for a
//! number outside only when it is ordered to, and then says so in its answer and its journal ([`OUTSIDE`]).

use qaqpa_model::{Bin, Iin};

/// What is said of a certificate that was ordered for a number outside the range.
pub const OUTSIDE: &str = "the number is outside the TEST range: it may be that of a real person or organisation, so keep the certificate to yourself";

/// Whether an IIN is of the TEST range. Of a number outside nothing is known: it may be a real person's.
#[must_use]
pub fn is_test_range(iin: &Iin) -> bool {
    is_test_number(&iin.reveal())
}

/// Whether a BIN is of the TEST range.
#[must_use]
pub fn is_test_range_bin(bin: &Bin) -> bool {
    is_test_number_bin(&bin.reveal())
}

/// Whether twelve digits that need not be an IIN have serial digits of the range.
#[must_use]
pub fn is_test_number(digits: &str) -> bool {
    digits.get(7..9) == Some("90")
}

/// Whether twelve digits that need not be a BIN have serial digits of the range.
#[must_use]
pub fn is_test_number_bin(digits: &str) -> bool {
    digits.get(6..8) == Some("90")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personas::{Pack, completed};

    #[test]
    fn every_ready_made_number_is_inside() {
        for pack in Pack::ALL {
            for person in pack.people() {
                assert!(is_test_range(&person.iin().unwrap()), "{}", person.id);
                if let Some(organization) = person.organization {
                    assert!(is_test_range_bin(&organization.bin().unwrap()));
                }
            }
            for person in pack.keyless() {
                assert!(is_test_range(&person.iin().unwrap()), "{}", person.id);
            }
            for system in pack.systems() {
                assert!(is_test_range_bin(&system.organization.bin().unwrap()));
            }
        }
    }

    #[test]
    fn published_numbers_and_the_neighbours_of_the_range_are_outside() {
        for number in ["061211600012", "931002451325", "900101300811"] {
            assert!(!is_test_range(&Iin::parse(number).unwrap()), "{number}");
        }
        for (begin, inside) in [
            ("85031248999", false),
            ("85031249000", true),
            ("85031249099", true),
            ("85031249100", false),
        ] {
            assert_eq!(is_test_number(&completed(begin)), inside, "{begin}");
        }
        let bin = |begin: &str| Bin::parse(&completed(begin)).unwrap();
        assert!(is_test_range_bin(&bin("99014090001")));
        assert!(!is_test_range_bin(&bin("99014000001")));
    }
}

//! What people and `ds:X509Data` call a certificate.

use qaqpa_crypto::sha256;

use super::Certificate;
use crate::name;

impl Certificate {
    /// The issuer's name as text by RFC 4514, for `ds:X509IssuerName`.
    #[must_use]
    pub fn issuer_name(&self) -> String {
        name::text(&self.0.issuer)
    }

    /// The serial number in lower-case hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(&self.0.serial)
    }

    /// The serial number in decimal, for `ds:X509SerialNumber`.
    #[must_use]
    pub fn serial_decimal(&self) -> String {
        decimal(&self.0.serial)
    }

    /// Whether `ds:X509IssuerSerial` means this certificate: the issuer's name attribute by
    /// attribute (in either order, spaces after commas allowed) and the serial number in decimal.
    #[must_use]
    pub fn matches_issuer_serial(&self, issuer_name: &str, serial_decimal: &str) -> bool {
        issuer_name.len() <= 4096
            && serial_decimal.trim() == self.serial_decimal()
            && name::text_means(issuer_name, &self.0.issuer)
    }

    /// SHA-256 of the whole certificate in lower-case hexadecimal.
    #[must_use]
    pub fn fingerprint_sha256_hex(&self) -> String {
        hex::encode(sha256(self.der()))
    }
}

/// Big-endian bytes in decimal.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let value = u32::from(*digit) * 256 + carry;
            *digit = u8::try_from(value % 10).unwrap_or(0);
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or(0));
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_shown_in_decimal() {
        assert_eq!(decimal(&[0x7b]), "123");
        assert_eq!(
            decimal(&[1, 0, 0, 0, 0, 0, 0, 0, 0]),
            "18446744073709551616"
        );
    }
}

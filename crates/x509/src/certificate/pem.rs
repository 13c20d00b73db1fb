//! Certificates as PEM.

use der::pem::LineEnding;

use super::{CERTIFICATE_BYTES_MAX, Certificate, CertificateError};

/// Certificates in one PEM text.
const PEM_CERTIFICATES_MAX: usize = 64;

impl Certificate {
    /// Reads the only certificate of a PEM text.
    ///
    /// # Errors
    /// [`CertificateError`]; [`CertificateError::Pem`] where there is not exactly one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        let mut chain = Self::chain_from_pem(pem)?;
        match (chain.pop(), chain.pop()) {
            (Some(only), None) => Ok(only),
            _ => Err(CertificateError::Pem),
        }
    }

    /// Reads every `CERTIFICATE` block of a PEM text, in order; at least one, at most 64. What stands outside of the blocks is
    /// nobody's word and may be anything (RFC 7468 §2): openssl writes names there, in whatever encoding they came in.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn chain_from_pem(pem: &[u8]) -> Result<Vec<Self>, CertificateError> {
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
        const END: &[u8] = b"-----END CERTIFICATE-----";
        let mut rest = pem;
        let mut chain = Vec::new();
        while let Some(begin) = place(rest, BEGIN) {
            rest = &rest[begin..];
            let end = place(rest, END).ok_or(CertificateError::Pem)? + END.len();
            if chain.len() == PEM_CERTIFICATES_MAX || end > 2 * CERTIFICATE_BYTES_MAX {
                return Err(CertificateError::TooLong);
            }
            let (_, der) = der::pem::decode_vec(&rest[..end]).map_err(|_| CertificateError::Pem)?;
            chain.push(Self::from_der(&der)?);
            rest = &rest[end..];
        }
        if chain.is_empty() {
            return Err(CertificateError::Pem);
        }
        Ok(chain)
    }

    /// Reads the certificates of a file: one in DER, or those of a PEM text.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn chain_from_file(bytes: &[u8]) -> Result<Vec<Self>, CertificateError> {
        match bytes.first() {
            // SEQUENCE; a PEM text that begins with "0" has no block yet there.
            Some(0x30) if place(bytes, b"-----BEGIN ").is_none() => {
                Ok(vec![Self::from_der(bytes)?])
            }
            _ => Self::chain_from_pem(bytes),
        }
    }

    /// The certificate as a PEM block with a line end.
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", LineEnding::LF, self.der()).unwrap_or_default()
    }
}

fn place(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_the_blocks_anything_may_stand_in_any_encoding() {
        let broken = b"friendlyName: \xd2\xc5\xd1\xd2\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        // The block is found and read; what is wrong is wrong with the block.
        assert!(matches!(
            Certificate::chain_from_file(broken),
            Err(CertificateError::Malformed { .. })
        ));
        assert_eq!(
            Certificate::chain_from_file(b"\xd2\xc5").unwrap_err(),
            CertificateError::Pem
        );
        assert!(matches!(
            Certificate::chain_from_file(b"0\x03\x02\x01\x01"),
            Err(CertificateError::Malformed { .. })
        ));
    }

    #[test]
    fn bytes_and_texts_that_are_no_certificate_are_refused() {
        assert!(matches!(
            Certificate::from_der(b""),
            Err(CertificateError::Malformed { .. })
        ));
        assert_eq!(
            Certificate::from_der(&[0x30; CERTIFICATE_BYTES_MAX + 1]).unwrap_err(),
            CertificateError::TooLong
        );
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA", "\u{feff}"] {
            assert_eq!(
                Certificate::from_pem(text.as_bytes()).unwrap_err(),
                CertificateError::Pem
            );
        }
    }
}

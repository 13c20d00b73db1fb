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

    /// Reads every `CERTIFICATE` block of a PEM text, in order; at least one, at most 64.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn chain_from_pem(pem: &[u8]) -> Result<Vec<Self>, CertificateError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let mut rest = std::str::from_utf8(pem).map_err(|_| CertificateError::Pem)?;
        let mut chain = Vec::new();
        while let Some(begin) = rest.find(BEGIN) {
            rest = &rest[begin..];
            let end = rest.find(END).ok_or(CertificateError::Pem)? + END.len();
            if chain.len() == PEM_CERTIFICATES_MAX || end > 2 * CERTIFICATE_BYTES_MAX {
                return Err(CertificateError::TooLong);
            }
            let (_, der) =
                der::pem::decode_vec(&rest.as_bytes()[..end]).map_err(|_| CertificateError::Pem)?;
            chain.push(Self::from_der(&der)?);
            rest = &rest[end..];
        }
        if chain.is_empty() {
            return Err(CertificateError::Pem);
        }
        Ok(chain)
    }

    /// The certificate as a PEM block with a line end.
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", LineEnding::LF, self.der()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

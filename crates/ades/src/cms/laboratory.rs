//! What each question of [`Signer::cover`] is good for: a laboratory leaves one out, and an attack passes.
//!
//! Only with the cargo feature `laboratory`, which no product is built with.

use qaqpa_x509::Certificate;

use super::{CmsError, CoveredContent, Signer};

/// A question of [`Signer::cover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Is the content the signed one?
    Digest,
    /// Did this key sign?
    Value,
}

impl<'f> Signer<'f> {
    /// [`Self::cover`] without these questions.
    ///
    /// # Errors
    /// As [`Self::cover`], of the questions that are left.
    pub fn cover_without(
        &self,
        certificate: &Certificate,
        without: &[Question],
    ) -> Result<CoveredContent<'f>, CmsError> {
        let info = self.info()?;
        self.check_content_type(&info)?;
        let claim = info.claim(certificate)?;
        if !without.contains(&Question::Digest) {
            self.check_content(&claim)?;
        }
        if !without.contains(&Question::Value) {
            claim.check_value(certificate)?;
        }
        self.covered(&claim.attributes)
    }
}

//! What each question of [`FoundSignature::cover`] is good for: a laboratory leaves one out, and an attack passes.
//!
//! Only with the cargo feature `laboratory`, which no product is built with.

use crate::covered::{Covered, CoveredElement, Without};
use crate::error::SignatureError;
use crate::signature::FoundSignature;
use crate::{digests, scope};

/// A question of [`FoundSignature::cover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Is the content the signed one?
    Digests,
    /// Is the signature about what the recipient reads?
    Scope,
    /// Did this key sign?
    Value,
}

impl<'d> FoundSignature<'d> {
    /// [`Self::cover`] without these questions.
    ///
    /// # Errors
    /// As [`Self::cover`], of the questions that are left.
    pub fn cover_without(
        &self,
        spki_der: &[u8],
        without: &[Question],
    ) -> Result<Covered<'d>, SignatureError> {
        let asks = |question| !without.contains(&question);
        if asks(Question::Scope) {
            scope::check(self.references(), self.must_cover())?;
        }
        if asks(Question::Digests) {
            digests::check(self.references())?;
        }
        if asks(Question::Value) {
            self.verify_value(spki_der)?;
        }
        let parts = self.parts();
        let first = self.must_cover().first().copied();
        let covered = parts.iter().find(|part| Some(part.root.element()) == first);
        let root = match (covered, first) {
            (Some(part), _) => part.root,
            // Nothing covers it: the reader reads it all the same.
            (None, Some(element)) => {
                CoveredElement::new(element, Without::One(self.element().id()))
            }
            (None, None) => return Err(scope::nothing_read(self.references())),
        };
        Ok(Covered::new(root, parts))
    }
}

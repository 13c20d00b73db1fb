//! A signature that was found and read, and is not proven yet.

use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};
use qaqpa_xml::{Element, Node};

use crate::base64;
use crate::bounds::Bounds;
use crate::covered::Covered;
use crate::error::SignatureError;
use crate::names::DS;
use crate::read::key_info::KeyInfo;
use crate::read::parts::Parts;
use crate::read::reference::Reference;
use crate::read::signed_info::SignedInfo;
use crate::{digests, scope, value};

/// A signature at its place, well structured, by strong algorithms. Nothing in it is proven: not its
/// certificates, not its references, not that it is about this document.
#[derive(Debug)]
pub struct FoundSignature<'d> {
    element: Element<'d>,
    signed_info: SignedInfo<'d>,
    value: Vec<u8>,
    key_info: KeyInfo,
    /// What the recipient reads, and a reference must therefore cover.
    must_cover: Element<'d>,
    references: Vec<SignedReference>,
}

/// What one reference says, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReference {
    /// The URI: empty for the whole document, `#id` for an element.
    pub uri: String,
    /// The digest algorithm.
    pub digest: DigestAlgorithm,
    /// The URIs of the transforms, in order.
    pub transforms: Vec<String>,
    /// The name and the place of the element that it leads to.
    pub target: String,
}

impl<'d> FoundSignature<'d> {
    /// Reads a `ds:Signature` (XMLDSig 1.1, §4.2). `must_cover` is what the recipient will read.
    pub(crate) fn read(
        element: Element<'d>,
        must_cover: Element<'d>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        refuse_comments(element)?;
        // SignedInfo, SignatureValue, KeyInfo: one each and in this order, so that every reader takes
        // the same ones (CVE-2025-29774). `Object` could hold a second payload: none is allowed.
        let mut parts = Parts::of(element)?;
        let signed_info = parts.required(DS, "SignedInfo")?;
        let signature_value = parts.required(DS, "SignatureValue")?;
        let key_info = parts.optional(DS, "KeyInfo");
        parts.end()?;
        let signed_info = SignedInfo::read(signed_info, element, bounds)?;
        Ok(Self {
            element,
            value: base64::read(signature_value)?,
            key_info: key_info.map(KeyInfo::read).transpose()?.unwrap_or_default(),
            must_cover,
            references: signed_info.references.iter().map(shown).collect(),
            signed_info,
        })
    }

    /// The certificates of `KeyInfo` in DER, in the order of the text; the profiles put the signer's first.
    ///
    /// Their bytes are not looked at here.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.key_info.certificates
    }

    /// The issuer's name (RFC 4514) and the serial number (decimal) of the signer's certificate, if given.
    #[must_use]
    pub fn issuer_serial(&self) -> Option<(&str, &str)> {
        let (issuer, serial) = self.key_info.issuer_serial.as_ref()?;
        Some((issuer, serial))
    }

    /// The signature algorithm.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.signed_info.algorithm
    }

    /// The URI of the canonicalization of `SignedInfo`.
    #[must_use]
    pub fn canonicalization(&self) -> &'static str {
        self.signed_info.canonicalization.uri()
    }

    /// The octets of `SignatureValue`: the same value under another message is a replay.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The `ds:Signature` element.
    #[must_use]
    pub fn element(&self) -> Element<'d> {
        self.element
    }

    /// What the references say, in order.
    #[must_use]
    pub fn signed_references(&self) -> &[SignedReference] {
        &self.references
    }

    /// Checks that exactly one reference is about the very element that the recipient reads.
    ///
    /// # Errors
    /// [`SignatureError::Scope`].
    pub fn verify_scope(&self) -> Result<(), SignatureError> {
        scope::check(&self.signed_info.references, self.must_cover).map(|_| ())
    }

    /// Checks the digests of all references.
    ///
    /// # Errors
    /// [`SignatureError::DigestMismatch`] of the first that differs.
    pub fn verify_digests(&self) -> Result<(), SignatureError> {
        digests::check(&self.signed_info.references, self.element)
    }

    /// Checks the value over `SignedInfo` with a key, a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`SignatureError::ValueWrong`]; [`SignatureError::AlgorithmWeak`] or
    /// [`SignatureError::AlgorithmUnknown`] for keys that are not verified with.
    pub fn verify_value(&self, spki_der: &[u8]) -> Result<(), SignatureError> {
        value::check(&self.signed_info, &self.value, spki_der)
    }

    /// Asks all three questions, and gives the part of the document that this key has signed.
    ///
    /// # Errors
    /// As [`Self::verify_scope`], [`Self::verify_digests`] and [`Self::verify_value`], in this order.
    pub fn cover(&self, spki_der: &[u8]) -> Result<Covered<'d>, SignatureError> {
        let reference = scope::check(&self.signed_info.references, self.must_cover)?;
        // Digests before the value: a document that was re-serialised often changes what SignedInfo
        // inherits as well, and its canonical octets say more than "the value is wrong".
        digests::check(&self.signed_info.references, self.element)?;
        value::check(&self.signed_info, &self.value, spki_der)?;
        let without = reference.transforms.enveloped.then(|| self.element.id());
        Ok(Covered::new(self.must_cover, without))
    }
}

/// A comment is invisible to most canonicalizations and splits text for some readers (CVE-2025-29775):
/// no signer writes one into a signature.
fn refuse_comments(signature: Element<'_>) -> Result<(), SignatureError> {
    let has_comment = std::iter::once(signature)
        .chain(signature.descendants())
        .any(|element| element.nodes().any(|node| matches!(node, Node::Comment(_))));
    if has_comment {
        return Err(SignatureError::malformed("a comment inside Signature"));
    }
    Ok(())
}

fn shown(reference: &Reference<'_>) -> SignedReference {
    SignedReference {
        uri: reference.uri.clone(),
        digest: reference.digest,
        transforms: reference.transforms.uris.clone(),
        target: scope::place(reference.target.element()),
    }
}

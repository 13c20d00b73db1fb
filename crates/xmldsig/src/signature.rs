//! A signature that was found and read, and is not proven yet.

use qaqpa_crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use qaqpa_xml::Element;

use crate::base64;
use crate::bounds::Bounds;
use crate::covered::{Covered, CoveredElement, CoveredPart, PartKind};
use crate::error::SignatureError;
use crate::names::DS;
use crate::read::key_info::{KeyInfo, Thumbprint};
use crate::read::object::{self, Qualifying};
use crate::read::parts::Parts;
use crate::read::reference::Reference;
use crate::read::signed_info::SignedInfo;
use crate::value::Key;
use crate::{digests, ids, scope, value};

/// A signature at its place, well structured, by strong algorithms. Nothing in it is proven: not its
/// certificates, not its references, not that it is about this document.
#[derive(Debug)]
pub struct FoundSignature<'d> {
    element: Element<'d>,
    signed_info: SignedInfo<'d>,
    value_element: Element<'d>,
    value: Vec<u8>,
    key_info: KeyInfo,
    qualifying: Option<Qualifying<'d>>,
    role: Role,
    /// What the recipient reads, and references must therefore cover.
    must_cover: Vec<Element<'d>>,
}

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// About the content; several such signatures are co-signatures.
    Content,
    /// About the value of another signature, and so not about the content itself.
    CounterSignature {
        /// The place of that signature among those that were found with this one.
        of: usize,
    },
}

/// What one reference says, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReference {
    /// `Id` of the reference: format descriptions of XAdES name it.
    pub id: Option<String>,
    /// `Type`: a remark of the signer about the target.
    pub kind: Option<String>,
    /// The URI: empty for the whole document, `#id` for an element.
    pub uri: String,
    /// The digest algorithm.
    pub digest: DigestAlgorithm,
    /// The digest that was signed, as `DigestValue` says.
    pub digest_value: Vec<u8>,
    /// The URIs of the transforms, in order.
    pub transforms: Vec<String>,
    /// The name and the place of the element that it leads to.
    pub target: String,
}

impl<'d> FoundSignature<'d> {
    /// Reads a `ds:Signature` (XMLDSig 1.1, §4.2). `content` is what the recipient will read.
    pub(crate) fn read(
        element: Element<'d>,
        content: Vec<Element<'d>>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        Self::read_among(element, content, &[], bounds)
    }

    /// The same, where other signatures stand beside it, which it may be about.
    pub(crate) fn read_among(
        element: Element<'d>,
        content: Vec<Element<'d>>,
        signatures: &[Element<'d>],
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        refuse_comments(element)?;
        // SignedInfo, SignatureValue, KeyInfo: one each and in this order, so that every reader takes
        // the same ones (CVE-2025-29774). `Object` could hold a second payload: only that of XAdES is allowed.
        let mut parts = Parts::of(element)?;
        let signed_info = parts.required(DS, "SignedInfo")?;
        let signature_value = parts.required(DS, "SignatureValue")?;
        let key_info = parts.optional(DS, "KeyInfo");
        let object = parts.optional(DS, "Object");
        parts.end()?;
        let qualifying = object.map(|object| object::read(object, element));
        let qualifying = qualifying.transpose()?;
        let signed_info = SignedInfo::read(signed_info, element, bounds)?;
        object::check_covered(qualifying.as_ref(), &signed_info.references)?;
        ids::refuse_shared(element)?;
        let (role, must_cover) = role(&signed_info.references, content, element, signatures)?;
        Ok(Self {
            element,
            value_element: signature_value,
            qualifying,
            role,
            value: base64::read(signature_value)?,
            key_info: key_info.map(KeyInfo::read).transpose()?.unwrap_or_default(),
            must_cover,
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

    /// The thumbprint of the signer's certificate, if given: look it up among the certificates that are known.
    #[must_use]
    pub fn thumbprint(&self) -> Option<&Thumbprint> {
        self.key_info.thumbprint.as_ref()
    }

    /// What the signature is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The `xades:QualifyingProperties`, of which the signed ones are covered by a reference of their Type.
    ///
    /// What stands in `UnsignedProperties` is not signed; and what is signed is proven only by [`Self::cover`].
    #[must_use]
    pub fn qualifying_properties(&self) -> Option<Element<'d>> {
        self.qualifying.map(|qualifying| qualifying.element)
    }

    /// The `ds:SignatureValue` element: signature time stamps are about its canonical form.
    #[must_use]
    pub fn value_element(&self) -> Element<'d> {
        self.value_element
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

    /// The canonical `SignedInfo`: the octets that the value is over.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] where it cannot be made canonical.
    pub fn signed_octets(&self) -> Result<Vec<u8>, SignatureError> {
        value::octets(&self.signed_info)
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

    /// What the references say, in order. It is put together for each question: for reports, not for verifying.
    #[must_use]
    pub fn signed_references(&self) -> Vec<SignedReference> {
        self.references().iter().map(shown).collect()
    }

    /// Whether a reference has this `Id`.
    #[must_use]
    pub fn has_reference_of_id(&self, id: &str) -> bool {
        self.references()
            .iter()
            .any(|reference| reference.id == Some(id))
    }

    /// Checks that exactly one reference is about each of the very elements that the recipient reads; of a
    /// counter-signature: about the value of the other one.
    ///
    /// # Errors
    /// [`SignatureError::Scope`].
    pub fn verify_scope(&self) -> Result<(), SignatureError> {
        scope::check(&self.signed_info.references, &self.must_cover)
    }

    /// Checks the digests of all references.
    ///
    /// # Errors
    /// [`SignatureError::DigestMismatch`] of the first that differs.
    pub fn verify_digests(&self) -> Result<(), SignatureError> {
        digests::check(&self.signed_info.references)
    }

    /// Checks the value over `SignedInfo` with a key, a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`SignatureError::ValueWrong`]; [`SignatureError::AlgorithmWeak`] or
    /// [`SignatureError::AlgorithmUnknown`] for keys that are not verified with.
    pub fn verify_value(&self, spki_der: &[u8]) -> Result<(), SignatureError> {
        value::check(&self.signed_info, &self.value, Key::Spki(spki_der))
    }

    /// Asks all three questions, and gives the part of the document that this key has signed.
    ///
    /// # Errors
    /// As [`Self::verify_scope`], [`Self::verify_digests`] and [`Self::verify_value`], in this order.
    pub fn cover(&self, spki_der: &[u8]) -> Result<Covered<'d>, SignatureError> {
        self.cover_by(Key::Spki(spki_der))
    }

    /// The same with a key that was read before, for who verifies by it often.
    ///
    /// # Errors
    /// As [`Self::cover`].
    pub fn cover_by_key(&self, key: &PublicKey) -> Result<Covered<'d>, SignatureError> {
        self.cover_by(Key::Ready(key))
    }

    fn cover_by(&self, key: Key<'_>) -> Result<Covered<'d>, SignatureError> {
        scope::check(&self.signed_info.references, &self.must_cover)?;
        // Digests before the value: a document that was re-serialised often changes what SignedInfo
        // inherits as well, and its canonical octets say more than "the value is wrong".
        digests::check(&self.signed_info.references)?;
        value::check(&self.signed_info, &self.value, key)?;
        let parts = self.parts();
        let first = self.must_cover.first();
        let root = parts
            .iter()
            .find(|part| Some(&part.root.element()) == first);
        let root = root
            .ok_or_else(|| scope::nothing_read(self.references()))?
            .root;
        Ok(Covered::new(root, parts))
    }

    #[cfg(feature = "laboratory")]
    pub(crate) fn must_cover(&self) -> &[Element<'d>] {
        &self.must_cover
    }

    pub(crate) fn parts(&self) -> Vec<CoveredPart<'d>> {
        self.references().iter().map(|r| self.part(r)).collect()
    }

    pub(crate) fn references(&self) -> &[Reference<'d>] {
        &self.signed_info.references
    }

    fn part(&self, reference: &Reference<'d>) -> CoveredPart<'d> {
        let target = reference.target.element();
        let properties = self.qualifying.map(|qualifying| qualifying.signed);
        CoveredPart {
            uri: reference.uri.clone(),
            kind: match self.role {
                _ if properties == Some(target) => PartKind::SignedProperties,
                Role::Content if self.must_cover.contains(&target) => PartKind::Content,
                Role::CounterSignature { .. } if self.must_cover.contains(&target) => {
                    PartKind::SignatureValue
                }
                _ => PartKind::Other,
            },
            root: CoveredElement::new(target, reference.without()),
        }
    }
}

/// What the signature is for, and what it must therefore cover.
///
/// One that has a reference to content is about the content. One that has none, and one to the value of another
/// signature, is a counter-signature of that: nothing is read through it.
fn role<'d>(
    references: &[Reference<'d>],
    content: Vec<Element<'d>>,
    this: Element<'d>,
    signatures: &[Element<'d>],
) -> Result<(Role, Vec<Element<'d>>), SignatureError> {
    let targets = || {
        references
            .iter()
            .map(|reference| reference.target.element())
    };
    if targets().any(|target| content.contains(&target)) {
        return Ok((Role::Content, content));
    }
    let mut counter_signed = None;
    for target in targets().filter(|target| target.is(DS, "SignatureValue")) {
        let place = signatures
            .iter()
            .position(|other| *other != this && target.parent() == Some(*other));
        let Some(of) = place else { continue };
        if counter_signed.replace((of, target)).is_some() {
            return Err(SignatureError::malformed(
                "a counter-signature of more than one value",
            ));
        }
    }
    Ok(match counter_signed {
        Some((of, value)) => (Role::CounterSignature { of }, vec![value]),
        None => (Role::Content, content),
    })
}

/// A comment is invisible to most canonicalizations and splits text for some readers (CVE-2025-29775):
/// no signer writes one into a signature.
fn refuse_comments(signature: Element<'_>) -> Result<(), SignatureError> {
    if signature.has_comments() {
        return Err(SignatureError::malformed("a comment inside Signature"));
    }
    Ok(())
}

fn shown(reference: &Reference<'_>) -> SignedReference {
    SignedReference {
        id: reference.id.map(str::to_owned),
        kind: reference.kind.map(str::to_owned),
        uri: reference.uri.clone(),
        digest: reference.digest,
        digest_value: reference.digest_value.clone(),
        transforms: reference.transforms.uris.clone(),
        target: scope::place(reference.target.element()),
    }
}

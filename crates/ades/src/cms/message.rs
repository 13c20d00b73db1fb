//! ContentInfo with SignedData (RFC 5652 §3, §5.1), taken apart and put together.

use std::ops::Range;

use der::asn1::OctetStringRef;
use der::{Decode, Encode, Tag};
use qaqpa_x509::cms::parts::{
    context, elements, inside, oid_of, sequence, sorted, tag_of, tlv, value_of,
};
use qaqpa_x509::{ObjectIdentifier, ber, oid};

use super::error::malformed;
use super::info::SignerInfo;
use super::{Bounds, CmsError};

/// The parts of a message, as they came but for lengths that were not definite.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// The whole message that was read, or nothing but the content.
    der: Vec<u8>,
    content: Option<Range<usize>>,
    content_type: ObjectIdentifier,
    /// AlgorithmIdentifiers.
    digests: Vec<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    /// SignerInfos; each has been seen to fall into its parts.
    signers: Vec<Vec<u8>>,
}

/// Digests named in one message: one for each signer at most.
const DIGESTS_MAX: usize = 32;

impl Message {
    /// A message without signers, for what is signed now.
    pub(super) fn new(content_type: ObjectIdentifier, content: Option<&[u8]>) -> Self {
        let der = content.map(<[u8]>::to_vec).unwrap_or_default();
        Self {
            content: content.map(|content| 0..content.len()),
            der,
            content_type,
            digests: Vec::new(),
            certificates: Vec::new(),
            lists: Vec::new(),
            signers: Vec::new(),
        }
    }

    pub(super) fn read(bytes: &[u8], bounds: &Bounds) -> Result<Self, CmsError> {
        let max = bounds.bytes_max;
        let der = ber::to_definite_within(bytes, max).map_err(|error| match error {
            ber::BerError::TooLong => CmsError::TooMany { what: "bytes", max },
            _ => malformed("it is not BER"),
        })?;
        let mut message = Self::parts(&der, bounds)?;
        message.der = der;
        Ok(message)
    }

    fn parts(der: &[u8], bounds: &Bounds) -> Result<Self, CmsError> {
        let broken = |what| move |_: der::Error| malformed(what);
        let outer = inside(Tag::Sequence, der, 2).map_err(broken("ContentInfo"))?;
        let [kind, content] = outer[..] else {
            return Err(malformed("ContentInfo"));
        };
        if oid_of(kind) != Some(oid::CMS_SIGNED_DATA) {
            return Err(malformed("it is no SignedData"));
        }
        let signed_data = value_of(context(0), content)
            .and_then(|value| inside(Tag::Sequence, value, 6))
            .map_err(broken("SignedData"))?;
        let [version, digests, content, rest @ .., signers] = &signed_data[..] else {
            return Err(malformed("SignedData"));
        };
        // RFC 5652 §5.1: 1 for data with certificates of X.509, 3 to 5 for what is newer.
        if !matches!(u8::from_der(version), Ok(1 | 3..=5)) {
            return Err(malformed("the version of SignedData"));
        }
        let mut message = Self::new(oid::CONTENT_DATA, None);
        message.digests = owned(list(Tag::Set, digests, "digests", DIGESTS_MAX)?);
        message.take_content(content, der)?;
        let mut last = None;
        for part in rest {
            let tag = tag_of(part).map_err(broken("SignedData"))?;
            // Certificates [0], then lists [1], each at most once.
            if last >= Some(tag) {
                return Err(malformed("SignedData"));
            }
            last = Some(tag);
            let max = bounds.certificates_max;
            if tag == context(0) {
                message.certificates = owned(list(tag, part, "certificates", max)?);
            } else if tag == context(1) {
                let lists = list(tag, part, "revocation lists", max)?;
                message.lists = owned(lists);
            } else {
                return Err(malformed("SignedData"));
            }
        }
        message.signers = owned(list(Tag::Set, signers, "signers", bounds.signers_max)?);
        if message.signers.is_empty() {
            return Err(CmsError::SignersMissing);
        }
        for signer in &message.signers {
            SignerInfo::read(signer)?;
        }
        Ok(message)
    }

    /// EncapsulatedContentInfo (RFC 5652 §5.2).
    fn take_content(&mut self, der: &[u8], whole: &[u8]) -> Result<(), CmsError> {
        let broken = |_: der::Error| malformed("the content");
        let parts = inside(Tag::Sequence, der, 2).map_err(broken)?;
        let (kind, wrapped) = match parts[..] {
            [kind] => (kind, None),
            [kind, wrapped] => (kind, Some(wrapped)),
            _ => return Err(malformed("the content")),
        };
        self.content_type = oid_of(kind).ok_or_else(|| malformed("the content"))?;
        if let Some(wrapped) = wrapped {
            let octets = value_of(context(0), wrapped)
                .and_then(|value| elements(value, 1))
                .map_err(broken)?;
            let octets = octets.first().ok_or_else(|| malformed("the content"))?;
            let content = value_of(Tag::OctetString, octets).map_err(broken)?;
            // `content` was cut out of `whole`, so that the difference of addresses is the offset.
            let start = (content.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
            self.content = Some(start..start + content.len());
        }
        Ok(())
    }

    pub(super) fn content(&self) -> Option<&[u8]> {
        self.content.clone().map(|range| &self.der[range])
    }

    pub(super) const fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    pub(super) fn lists(&self) -> &[Vec<u8>] {
        &self.lists
    }

    pub(super) fn signers(&self) -> &[Vec<u8>] {
        &self.signers
    }

    pub(super) fn signers_mut(&mut self) -> &mut [Vec<u8>] {
        &mut self.signers
    }

    /// One signer more; his digest's identifier is named once.
    pub(super) fn push_signer(&mut self, signer: Vec<u8>, digest: Vec<u8>) {
        self.signers.push(signer);
        if !self.digests.contains(&digest) {
            self.digests.push(digest);
        }
    }

    /// A certificate more, if it is not there.
    pub(super) fn push_certificate(&mut self, certificate: &[u8]) {
        if !self.certificates.iter().any(|known| known == certificate) {
            self.certificates.push(certificate.to_vec());
        }
    }

    /// The message as DER.
    pub(super) fn encode(&self) -> der::Result<Vec<u8>> {
        let kind = self.content_type.to_der()?;
        let content = match self.content() {
            Some(content) => {
                let octets = OctetStringRef::new(content)?.to_der()?;
                sequence(&[&kind, &tlv(context(0), &octets)?])?
            }
            None => sequence(&[&kind])?,
        };
        let optional = |number, list: &[Vec<u8>]| match list {
            [] => Ok(Vec::new()),
            some => tlv(context(number), &sorted(some.to_vec())),
        };
        let signed_data = sequence(&[
            &self.version().to_der()?,
            &tlv(Tag::Set, &sorted(self.digests.clone()))?,
            &content,
            &optional(0, &self.certificates)?,
            &optional(1, &self.lists)?,
            &tlv(Tag::Set, &sorted(self.signers.clone()))?,
        ])?;
        sequence(&[
            &oid::CMS_SIGNED_DATA.to_der()?,
            &tlv(context(0), &signed_data)?,
        ])
    }

    /// RFC 5652 §5.1: 1, or 3 where the content is not data or a signer is named by his key; more where there are
    /// certificates or lists of other formats.
    fn version(&self) -> u8 {
        let tags = |list: &[Vec<u8>], number| {
            list.iter()
                .any(|der| tag_of(der).ok() == Some(context(number)))
        };
        let by_key = |der: &Vec<u8>| SignerInfo::read(der).is_ok_and(|info| info.version == 3);
        if tags(&self.certificates, 3) || tags(&self.lists, 1) {
            5
        } else if tags(&self.certificates, 2) {
            4
        } else if tags(&self.certificates, 1)
            || self.content_type != oid::CONTENT_DATA
            || self.signers.iter().any(by_key)
        {
            3
        } else {
            1
        }
    }
}

/// The elements of a list, at most so many.
pub(super) fn list<'a>(
    tag: Tag,
    der: &'a [u8],
    what: &'static str,
    max: usize,
) -> Result<Vec<&'a [u8]>, CmsError> {
    inside(tag, der, max).map_err(|error| match error.kind() {
        der::ErrorKind::Overlength => CmsError::TooMany { what, max },
        _ => malformed(what),
    })
}

fn owned(list: Vec<&[u8]>) -> Vec<Vec<u8>> {
    list.into_iter().map(<[u8]>::to_vec).collect()
}

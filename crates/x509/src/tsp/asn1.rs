//! The ASN.1 of RFC 3161 and of the CMS around its tokens (RFC 5652), as it is on the wire.
//!
//! The layers of CMS are [`crate::cms`]'s.

use der::asn1::{AnyRef, GeneralizedTime, IntRef, OctetStringRef};
use der::{Decode, Sequence, Tag, Tagged};
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use x509_cert::ext::Extension;

use super::Accuracy;
use crate::ObjectIdentifier;
use crate::cms::parts::tlv;
use crate::time::moment_of_generalized;

#[derive(Sequence)]
pub(super) struct RawRequest<'a> {
    pub(super) version: u8,
    pub(super) imprint: RawImprint<'a>,
    pub(super) policy: Option<ObjectIdentifier>,
    pub(super) nonce: Option<IntRef<'a>>,
    /// DEFAULT FALSE, which is not said in DER (X.690, 11.5).
    #[asn1(optional = "true")]
    pub(super) cert_req: Option<bool>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
pub(super) struct RawImprint<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct RawInfo<'a> {
    pub(super) version: u8,
    pub(super) policy: ObjectIdentifier,
    pub(super) imprint: RawImprint<'a>,
    pub(super) serial: IntRef<'a>,
    /// GeneralizedTime, read by hand: it may have fractions of a second here (RFC 3161 §2.4.2).
    pub(super) gen_time: AnyRef<'a>,
    pub(super) accuracy: Option<RawAccuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    pub(super) nonce: Option<IntRef<'a>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) tsa: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Copy, Sequence)]
pub(super) struct RawAccuracy {
    pub(super) seconds: Option<u64>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) micros: Option<u16>,
}

impl RawAccuracy {
    pub(super) fn write(accuracy: Accuracy) -> Self {
        let part = |value: u16| (value != 0).then_some(value);
        Self {
            seconds: (accuracy.seconds != 0).then_some(accuracy.seconds),
            millis: part(accuracy.millis),
            micros: part(accuracy.micros),
        }
    }

    /// RFC 3161 §2.4.2: millis and micros are 1 to 999 where they are there.
    pub(super) fn read(self) -> Option<Accuracy> {
        let part = |value: Option<u16>| match value {
            None => Some(0),
            Some(value @ 1..=999) => Some(value),
            Some(_) => None,
        };
        Some(Accuracy {
            seconds: self.seconds.unwrap_or(0),
            millis: part(self.millis)?,
            micros: part(self.micros)?,
        })
    }
}

/// The moment of a GeneralizedTime with or without fractions of a second, rounded down to milliseconds.
///
/// RFC 3161 §2.4.2: always with seconds, always `Z`, no trailing zeros and no bare point.
pub(super) fn moment_of_fraction(time: AnyRef<'_>) -> Option<Moment> {
    if time.tag() != Tag::GeneralizedTime || !time.value().is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(time.value()).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => return None,
        Some(parts) => parts,
    };
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let plain = tlv(Tag::GeneralizedTime, format!("{whole}Z").as_bytes()).ok()?;
    let second = moment_of_generalized(GeneralizedTime::from_der(&plain).ok()?);
    let millis = format!("{fraction:0<3}")[..3].parse().ok()?;
    Some(second.plus(std::time::Duration::from_millis(millis)))
}

#[cfg(test)]
mod tests {
    use der::Encode;

    use super::*;

    fn moment(text: &str) -> Option<String> {
        let time = AnyRef::new(Tag::GeneralizedTime, text.as_bytes()).unwrap();
        let unix_ms = moment_of_fraction(time)?.unix_ms();
        Some(format!("{}.{:03}", unix_ms / 1000, unix_ms % 1000))
    }

    #[test]
    fn a_time_may_have_fractions_in_one_form_only() {
        let second = "1795330800";
        for (text, expected) in [
            ("20261122070000Z", Some("000")),
            ("20261122070000.5Z", Some("500")),
            ("20261122070000.25Z", Some("250")),
            ("20261122070000.1239Z", Some("123")),
            ("20261122070000.Z", None),
            ("20261122070000.50Z", None),
            ("20261122070000.1234567891Z", None),
            ("20261122070000,5Z", None),
            ("20261122070000", None),
            ("20261122070000+0500", None),
            ("202611220700Z", None),
            ("20261322070000Z", None),
            ("", None),
        ] {
            let expected = expected.map(|millis| format!("{second}.{millis}"));
            assert_eq!(moment(text), expected, "{text}");
        }
        let utc = AnyRef::new(Tag::UtcTime, b"261122070000Z").unwrap();
        assert_eq!(moment_of_fraction(utc), None);
    }

    #[test]
    fn an_accuracy_is_read_back_and_zeros_are_left_out() {
        for (accuracy, der) in [
            (Accuracy::seconds(1), &[0x30, 3, 2, 1, 1][..]),
            (Accuracy::default(), &[0x30, 0]),
            (
                Accuracy {
                    seconds: 0,
                    millis: 500,
                    micros: 1,
                },
                &[0x30, 7, 0x80, 2, 1, 0xf4, 0x81, 1, 1],
            ),
        ] {
            assert_eq!(RawAccuracy::write(accuracy).to_der().unwrap(), der);
            assert_eq!(RawAccuracy::from_der(der).unwrap().read(), Some(accuracy));
        }
        for der in [&[0x30, 3, 0x80, 1, 0][..], &[0x30, 4, 0x80, 2, 3, 0xe8]] {
            assert_eq!(RawAccuracy::from_der(der).unwrap().read(), None);
        }
    }
}

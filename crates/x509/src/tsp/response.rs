//! Answers to time-stamp requests (RFC 3161 §2.4.2): a status, and a token where it is granted.

use der::asn1::{AnyRef, BitStringRef, Utf8StringRef};
use der::{Decode, Encode, Sequence, Tag};

use super::StampError;

/// `PKIStatus`: what became of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A token as it was asked for (0).
    Granted,
    /// A token, with modifications (1).
    GrantedWithMods,
    /// No token (2).
    Rejection,
    /// Not processed yet (3).
    Waiting,
    /// A revocation is imminent (4).
    RevocationWarning,
    /// A revocation has occurred (5).
    RevocationNotification,
    /// A value that RFC 3161 does not define.
    Other(u8),
}

/// `PKIFailureInfo`: why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Unrecognised or weak algorithm (bit 0).
    BadAlg,
    /// The transaction is not permitted or supported (bit 2).
    BadRequest,
    /// The data has the wrong format (bit 5).
    BadDataFormat,
    /// The authority's clock is not available (bit 14).
    TimeNotAvailable,
    /// The policy that was asked for is not one of the authority's (bit 15).
    UnacceptedPolicy,
    /// An extension that was asked for is not supported (bit 16).
    UnacceptedExtension,
    /// Additional information could not be understood or is not available (bit 17).
    AddInfoNotAvailable,
    /// The authority failed (bit 25).
    SystemFailure,
}

/// An answer, read: nothing in it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What became of the request.
    pub status: Status,
    /// The authority's words.
    pub text: Vec<String>,
    /// Why there is no token.
    pub failures: Vec<Failure>,
    /// The token, not looked at.
    pub token: Option<Vec<u8>>,
}

#[derive(Sequence)]
struct RawResponse<'a> {
    info: RawStatusInfo<'a>,
    token: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct RawStatusInfo<'a> {
    status: u8,
    text: Option<Vec<Utf8StringRef<'a>>>,
    failure: Option<BitStringRef<'a>>,
}

/// Bytes of one answer: a token with its chain has about 6 000.
const RESPONSE_BYTES_MAX: usize = 256 * 1024;

impl Status {
    const DEFINED: [Self; 6] = [
        Self::Granted,
        Self::GrantedWithMods,
        Self::Rejection,
        Self::Waiting,
        Self::RevocationWarning,
        Self::RevocationNotification,
    ];

    /// The value of the INTEGER.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Granted => 0,
            Self::GrantedWithMods => 1,
            Self::Rejection => 2,
            Self::Waiting => 3,
            Self::RevocationWarning => 4,
            Self::RevocationNotification => 5,
            Self::Other(code) => code,
        }
    }

    /// The status of that value.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        let defined = Self::DEFINED.into_iter().find(|known| known.code() == code);
        defined.unwrap_or(Self::Other(code))
    }

    /// Whether there must be a token (RFC 3161 §2.4.2), and else must not.
    #[must_use]
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted | Self::GrantedWithMods)
    }
}

impl Failure {
    /// Every failure.
    pub const ALL: [Self; 8] = [
        Self::BadAlg,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::AddInfoNotAvailable,
        Self::SystemFailure,
    ];

    /// The number of the bit.
    #[must_use]
    pub const fn bit(self) -> usize {
        match self {
            Self::BadAlg => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::TimeNotAvailable => 14,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
            Self::AddInfoNotAvailable => 17,
            Self::SystemFailure => 25,
        }
    }

    /// RFC 3161's name: `badAlg`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadAlg => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::AddInfoNotAvailable => "addInfoNotAvailable",
            Self::SystemFailure => "systemFailure",
        }
    }
}

impl Response {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`StampError::ResponseMalformed`].
    pub fn decode(der: &[u8]) -> Result<Self, StampError> {
        if der.len() > RESPONSE_BYTES_MAX {
            return Err(StampError::ResponseMalformed);
        }
        let malformed = |_| StampError::ResponseMalformed;
        let raw = RawResponse::from_der(der).map_err(malformed)?;
        let texts = raw.info.text.unwrap_or_default();
        let failures = match raw.info.failure {
            None => Vec::new(),
            Some(bits) => Failure::ALL
                .into_iter()
                .filter(|failure| bits.get(failure.bit()) == Some(true))
                .collect(),
        };
        Ok(Self {
            status: Status::from_code(raw.info.status),
            text: texts.iter().map(|text| text.as_str().to_owned()).collect(),
            failures,
            token: raw
                .token
                .map(|token| token.to_der())
                .transpose()
                .map_err(malformed)?,
        })
    }

    /// The token of a request that was granted.
    ///
    /// # Errors
    /// [`StampError::Rejected`]; [`StampError::TokenMissing`] where it was granted without one;
    /// [`StampError::ResponseMalformed`] where there is a token and it was not granted.
    pub fn token(&self) -> Result<&[u8], StampError> {
        match (self.status.is_granted(), &self.token) {
            (true, Some(token)) => Ok(token),
            (true, None) => Err(StampError::TokenMissing),
            (false, Some(_)) => Err(StampError::ResponseMalformed),
            (false, None) => Err(StampError::Rejected {
                status: self.status,
                failures: self.failures.clone(),
                text: self.text.join("; "),
            }),
        }
    }
}

/// The answer that grants: the token as it was made.
#[must_use]
pub fn granted(token_der: &[u8]) -> Vec<u8> {
    // SEQUENCE { SEQUENCE { INTEGER granted }, token }.
    let content = [&[0x30, 3, 2, 1, Status::Granted.code()], token_der].concat();
    AnyRef::new(Tag::Sequence, &content)
        .and_then(|any| any.to_der())
        .expect("a token in memory is shorter than the 256 MiB that a length can say")
}

/// The answer that says why there is no token: unsigned.
#[must_use]
pub fn rejected(failure: Failure, text: &str) -> Vec<u8> {
    try_rejected(failure, text).expect("a sentence and four bytes have a DER form")
}

fn try_rejected(failure: Failure, text: &str) -> der::Result<Vec<u8>> {
    let (bytes, unused) = bits(failure.bit());
    RawResponse {
        info: RawStatusInfo {
            status: Status::Rejection.code(),
            text: Some(vec![Utf8StringRef::new(text)?]),
            failure: Some(BitStringRef::new(unused, &bytes)?),
        },
        token: None,
    }
    .to_der()
}

/// A named bit list with one bit (X.690 §11.2.2: no trailing zero bits), and how many bits of its last byte are unused.
fn bits(bit: usize) -> (Vec<u8>, u8) {
    let mut bytes = vec![0; bit / 8 + 1];
    let unused = u8::try_from(7 - bit % 8).unwrap_or(0);
    bytes[bit / 8] = 1 << unused;
    (bytes, unused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_read_back_with_its_text() {
        for failure in Failure::ALL {
            let answer = Response::decode(&rejected(failure, "TEST жоқ")).unwrap();
            let expected = Response {
                status: Status::Rejection,
                text: vec!["TEST жоқ".to_owned()],
                failures: vec![failure],
                token: None,
            };
            assert_eq!(answer, expected);
            let refused = StampError::Rejected {
                status: Status::Rejection,
                failures: vec![failure],
                text: "TEST жоқ".to_owned(),
            };
            assert_eq!(answer.token(), Err(refused));
        }
    }

    #[test]
    fn a_rejection_is_these_bytes() {
        // SEQUENCE { SEQUENCE { 2, SEQUENCE { UTF8String "no" }, BIT STRING badDataFormat } }
        let expected = [
            0x30, 0x0f, 0x30, 0x0d, 2, 1, 2, 0x30, 4, 0x0c, 2, b'n', b'o', 3, 2, 2, 4,
        ];
        assert_eq!(rejected(Failure::BadDataFormat, "no"), expected);
    }

    #[test]
    fn granted_without_a_token_and_a_token_without_grant_are_refused() {
        let none = Response::decode(&[0x30, 5, 0x30, 3, 2, 1, 0]).unwrap();
        assert_eq!(none.token(), Err(StampError::TokenMissing));
        let odd = Response::decode(&[0x30, 7, 0x30, 3, 2, 1, 2, 0x30, 0]).unwrap();
        assert_eq!(odd.token(), Err(StampError::ResponseMalformed));
        let waiting = Response::decode(&[0x30, 5, 0x30, 3, 2, 1, 3]).unwrap();
        let rejected = StampError::Rejected {
            status: Status::Waiting,
            failures: Vec::new(),
            text: String::new(),
        };
        assert_eq!(waiting.token(), Err(rejected));
        assert_eq!(Response::decode(b""), Err(StampError::ResponseMalformed));
    }

    #[test]
    fn every_status_is_read_back() {
        for code in 0..=255 {
            assert_eq!(Status::from_code(code).code(), code);
        }
    }
}

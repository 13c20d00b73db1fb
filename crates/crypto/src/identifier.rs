//! `AlgorithmIdentifier` of signatures, in certificates, lists, answers and CMS.

use der::asn1::AnyRef;
use der::oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence, Tag};
use spki::AlgorithmIdentifierRef;
use thiserror::Error;

use crate::{DigestAlgorithm, SignatureAlgorithm, oid, weak};

/// Why an identifier is not one of a signature that is verified here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// The algorithm has parameters that it must not have.
    #[error("the parameters of {oid} are not those of the algorithm")]
    Parameters {
        /// The algorithm.
        oid: ObjectIdentifier,
    },
    /// RSASSA-PSS in another form than the one that is offered.
    #[error("RSASSA-PSS: {why}")]
    Pss {
        /// What is other.
        why: &'static str,
    },
    /// The algorithm is not known.
    #[error("the algorithm {oid} is not supported")]
    Unknown {
        /// The algorithm.
        oid: ObjectIdentifier,
    },
    /// The algorithm is known and too weak.
    #[error("too weak: {why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

impl SignatureAlgorithm {
    /// The algorithm that an identifier means.
    ///
    /// The parameters of RSASSA-PKCS1-v1_5 and of the national algorithms are NULL or absent (RFC 4055 §5: absent ones
    /// must be accepted), those of ECDSA absent (RFC 5758 §3.2). RSASSA-PSS is taken in one form for each digest: its mask
    /// by the same digest, a salt of its length, the usual trailer (RFC 4055 §3.1).
    ///
    /// # Errors
    /// [`IdentifierError`]. SHA-1 with RSASSA-PKCS1-v1_5 is an algorithm ([`SignatureAlgorithm::is_weak`]).
    pub fn from_identifier(
        identifier: &AlgorithmIdentifierRef<'_>,
    ) -> Result<Self, IdentifierError> {
        let oid = identifier.oid;
        if oid == oid::RSASSA_PSS {
            return pss(identifier.parameters);
        }
        let algorithm = Self::from_oid(&oid).ok_or_else(|| match weak::of_oid(&oid) {
            Some(why) => IdentifierError::Weak { why },
            None => IdentifierError::Unknown { oid },
        })?;
        match identifier.parameters {
            None => Ok(algorithm),
            Some(parameters) if parameters.is_null() && !algorithm.has_no_parameters() => {
                Ok(algorithm)
            }
            Some(_) => Err(IdentifierError::Parameters { oid }),
        }
    }

    /// The identifier as DER: parameters NULL for RSASSA-PKCS1-v1_5 (RFC 4055 §5) and for GOST (the national profile),
    /// absent for ECDSA, and spelt out for RSASSA-PSS.
    #[must_use]
    pub fn identifier_der(self) -> Vec<u8> {
        let encoded = match self {
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => pss_der(self.digest()),
            _ => AlgorithmIdentifierRef {
                oid: self.oid(),
                parameters: (!self.has_no_parameters()).then_some(AnyRef::NULL),
            }
            .to_der(),
        };
        encoded.expect("an OID and its parameters have a DER form")
    }
}

/// `RSASSA-PSS-params` (RFC 4055 §3.1).
#[derive(Sequence)]
struct PssParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u32>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u32>,
}

fn pss(parameters: Option<AnyRef<'_>>) -> Result<SignatureAlgorithm, IdentifierError> {
    let refused = |why| Err(IdentifierError::Pss { why });
    let Some(parameters) = parameters else {
        return refused("the parameters are absent");
    };
    let Ok(read) = parameters.decode_as::<PssParameters<'_>>() else {
        return refused("the parameters are malformed");
    };
    // RFC 4055 §3.1: SHA-1 where nothing is said.
    let (Some(hash), Some(mask)) = (read.hash, read.mask) else {
        return Err(IdentifierError::Weak {
            why: "RSASSA-PSS with SHA-1",
        });
    };
    let digest = plain_digest(&hash);
    let algorithm = match digest {
        Some(DigestAlgorithm::Sha256) => SignatureAlgorithm::RsaPssSha256,
        Some(DigestAlgorithm::Sha384) => SignatureAlgorithm::RsaPssSha384,
        Some(DigestAlgorithm::Sha512) => SignatureAlgorithm::RsaPssSha512,
        Some(DigestAlgorithm::Sha1) => {
            return Err(IdentifierError::Weak {
                why: "RSASSA-PSS with SHA-1",
            });
        }
        _ => return refused("the digest is none of SHA-256, SHA-384 and SHA-512"),
    };
    let mask_digest = mask
        .parameters
        .and_then(|inner| inner.decode_as::<AlgorithmIdentifierRef<'_>>().ok())
        .filter(|_| mask.oid == oid::MGF1);
    if mask_digest.as_ref().and_then(plain_digest) != digest {
        return refused("the mask is not MGF1 by the digest of the signature");
    }
    let bytes = algorithm.digest().value_bytes();
    if read.salt_length.and_then(|salt| usize::try_from(salt).ok()) != Some(bytes) {
        return refused("the salt has not the length of the digest");
    }
    // RFC 4055 §3.1: "The trailerField field … SHOULD be 1"; DER leaves the default out.
    if read.trailer.is_some() {
        return refused("the trailer is spelt out");
    }
    Ok(algorithm)
}

/// A digest's identifier with parameters NULL or absent (RFC 4055 §2.1).
fn plain_digest(identifier: &AlgorithmIdentifierRef<'_>) -> Option<DigestAlgorithm> {
    identifier
        .parameters
        .is_none_or(AnyRef::is_null)
        .then(|| DigestAlgorithm::from_oid(&identifier.oid))
        .flatten()
}

fn pss_der(digest: DigestAlgorithm) -> der::Result<Vec<u8>> {
    let hash = AlgorithmIdentifierRef {
        oid: digest.oid(),
        parameters: Some(AnyRef::NULL),
    };
    let hash_der = hash.to_der()?;
    let parameters = PssParameters {
        hash: Some(hash),
        mask: Some(AlgorithmIdentifierRef {
            oid: oid::MGF1,
            parameters: Some(AnyRef::from_der(&hash_der)?),
        }),
        // A digest has at most 64 bytes.
        salt_length: u32::try_from(digest.value_bytes()).ok(),
        trailer: None,
    }
    .to_der()?;
    let parameters = AnyRef::from_der(&parameters)?;
    parameters.header().tag().assert_eq(Tag::Sequence)?;
    AlgorithmIdentifierRef {
        oid: oid::RSASSA_PSS,
        parameters: Some(parameters),
    }
    .to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(der: &[u8]) -> Result<SignatureAlgorithm, IdentifierError> {
        SignatureAlgorithm::from_identifier(&AlgorithmIdentifierRef::from_der(der).unwrap())
    }

    #[test]
    fn every_algorithm_is_found_by_the_identifier_that_is_written() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(read(&algorithm.identifier_der()), Ok(algorithm));
        }
    }

    /// Source: RFC 4055 §3.1 with SHA-256 for all, the encoding by hand.
    #[test]
    fn pss_with_sha_256_is_written_so() {
        let sha256 = [0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0];
        let expected = [
            &[
                0x30, 0x41, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10, 0x30, 0x34,
            ][..],
            &[0xa0, 15],
            &sha256,
            &[
                0xa1, 28, 0x30, 26, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8,
            ],
            &sha256,
            &[0xa2, 3, 2, 1, 32],
        ]
        .concat();
        assert_eq!(SignatureAlgorithm::RsaPssSha256.identifier_der(), expected);
        // Digests without parameters (RFC 4055 §2.1: both forms must be accepted).
        let bare = [0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
        let bare = [
            &[
                0x30, 0x3d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10, 0x30, 0x30,
            ][..],
            &[0xa0, 13],
            &bare,
            &[
                0xa1, 26, 0x30, 24, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8,
            ],
            &bare,
            &[0xa2, 3, 2, 1, 32],
        ]
        .concat();
        assert_eq!(read(&bare), Ok(SignatureAlgorithm::RsaPssSha256));
    }

    #[test]
    fn pss_in_any_other_form_is_refused_by_what_is_other() {
        let good = SignatureAlgorithm::RsaPssSha256.identifier_der();
        let changed = |at: usize, value: u8| {
            let mut bad = good.clone();
            bad[at] = value;
            read(&bad)
        };
        let refused = |why| Err(IdentifierError::Pss { why });
        assert_eq!(good[good.len() - 1], 32);
        for salt in [0, 20, 31, 33] {
            assert_eq!(
                changed(good.len() - 1, salt),
                refused("the salt has not the length of the digest")
            );
        }
        let [hash, mask_hash] = [30 - 1, good.len() - 8].map(|at| {
            assert_eq!(good[at - 8..=at], [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]);
            at
        });
        let mask = refused("the mask is not MGF1 by the digest of the signature");
        assert_eq!(changed(hash, 2), mask);
        assert_eq!(changed(mask_hash, 2), mask);
        assert_eq!(
            changed(hash, 4),
            refused("the digest is none of SHA-256, SHA-384 and SHA-512")
        );
        let pss = |parameters: &[u8]| {
            AlgorithmIdentifierRef {
                oid: oid::RSASSA_PSS,
                parameters: Some(AnyRef::from_der(parameters).unwrap()),
            }
            .to_der()
            .unwrap()
        };
        let weak = Err(IdentifierError::Weak {
            why: "RSASSA-PSS with SHA-1",
        });
        assert_eq!(read(&pss(&[0x30, 0])), weak);
        assert_eq!(read(&pss(&[5, 0])), refused("the parameters are malformed"));
        let bare = AlgorithmIdentifierRef {
            oid: oid::RSASSA_PSS,
            parameters: None,
        };
        assert_eq!(
            SignatureAlgorithm::from_identifier(&bare),
            refused("the parameters are absent")
        );
        // The trailer 1, which DER leaves out.
        let parameters = AlgorithmIdentifierRef::from_der(&good).unwrap();
        let value = parameters.parameters.unwrap().value().to_vec();
        let long = [&[0x30, 0x39][..], &value, &[0xa3, 3, 2, 1, 1]].concat();
        assert_eq!(read(&pss(&long)), refused("the trailer is spelt out"));
    }

    #[test]
    fn parameters_are_those_of_the_algorithm() {
        let with = |algorithm: SignatureAlgorithm, parameters| {
            SignatureAlgorithm::from_identifier(&AlgorithmIdentifierRef {
                oid: algorithm.oid(),
                parameters,
            })
        };
        let number = AnyRef::from_der(&[2, 1, 1]).unwrap();
        for algorithm in SignatureAlgorithm::ALL {
            if algorithm.oid() == oid::RSASSA_PSS {
                continue;
            }
            let oid = algorithm.oid();
            let refused = Err(IdentifierError::Parameters { oid });
            assert_eq!(with(algorithm, None), Ok(algorithm));
            let null = with(algorithm, Some(AnyRef::NULL));
            match algorithm.has_no_parameters() {
                true => assert_eq!(null, refused),
                false => assert_eq!(null, Ok(algorithm)),
            }
            assert_eq!(with(algorithm, Some(number)), refused);
        }
        let unknown = AlgorithmIdentifierRef {
            oid: oid::EC_PUBLIC_KEY,
            parameters: None,
        };
        assert_eq!(
            SignatureAlgorithm::from_identifier(&unknown),
            Err(IdentifierError::Unknown {
                oid: oid::EC_PUBLIC_KEY
            })
        );
        let md5 = AlgorithmIdentifierRef {
            oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
            parameters: Some(AnyRef::NULL),
        };
        assert_eq!(
            SignatureAlgorithm::from_identifier(&md5),
            Err(IdentifierError::Weak {
                why: "a signature with MD5"
            })
        );
    }
}

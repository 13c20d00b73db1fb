//! Project Wycheproof's cases for RSA (PKCS #1 v1.5 and PSS) and ECDSA.
//!
//! A case that we judge otherwise than its authors stands in a list of exceptions with the reason; an exception
//! that no case needs any more fails the run.
//!
//! Source: github.com/C2SP/wycheproof, through the crate of that name.

use std::collections::BTreeMap;

use qaqpa_crypto::{CryptoError, SignatureAlgorithm, verify};
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify as rsa, rsa_pss_verify as pss};

/// What we said of a case.
type Said = Result<(), CryptoError>;

/// A reason to judge otherwise, and how many cases it was needed for.
struct Exceptions(BTreeMap<&'static str, usize>);

impl Exceptions {
    fn expecting(reasons: &[&'static str]) -> Self {
        Self(reasons.iter().map(|reason| (*reason, 0)).collect())
    }

    fn needed(&mut self, reason: &'static str) {
        *self.0.get_mut(reason).expect("a reason of the list") += 1;
    }

    fn end(self) {
        for (reason, count) in self.0 {
            assert!(count > 0, "an exception that no case needs: {reason}");
        }
    }
}

/// Holds one case: "valid" is accepted, "invalid" refused as a bad signature or a bad key; `excuse` names the reason for
/// another verdict, where there is one.
fn judge(
    place: &str,
    expected: TestResult,
    said: &Said,
    excuse: Option<&'static str>,
    exceptions: &mut Exceptions,
) {
    if let Some(reason) = excuse {
        assert!(said.is_err(), "{place}: an exception that was accepted");
        exceptions.needed(reason);
        return;
    }
    match expected {
        TestResult::Valid => assert_eq!(*said, Ok(()), "{place}"),
        TestResult::Invalid => assert_eq!(*said, Err(CryptoError::BadSignature), "{place}"),
        TestResult::Acceptable => panic!("{place}: acceptable cases need a reason"),
    }
}

const WITHOUT_NULL: &str =
    "the digest's parameters in the padding are absent: RFC 8017 §9.2 writes NULL, and so do we";
const OTHER_FORM: &str =
    "a salt of another length than the digest's, or a mask by another digest: not offered";
const SMALL_EXPONENT: &str = "a public exponent below 65537 is weak (FIPS 186-5)";

#[test]
fn rsa_signatures_are_judged_as_wycheproof_does() {
    use SignatureAlgorithm::{RsaSha256, RsaSha384, RsaSha512};
    use rsa::TestName::{
        Rsa2048Sha256, Rsa2048Sha384, Rsa2048Sha512, Rsa3072Sha256, Rsa3072Sha384, Rsa3072Sha512,
        Rsa4096Sha256, Rsa4096Sha384, Rsa4096Sha512, Rsa8192Sha256, Rsa8192Sha384, Rsa8192Sha512,
    };
    let mut exceptions = Exceptions::expecting(&[SMALL_EXPONENT, WITHOUT_NULL]);
    let mut judged = 0;
    for (name, algorithm) in [
        (Rsa2048Sha256, RsaSha256),
        (Rsa2048Sha384, RsaSha384),
        (Rsa2048Sha512, RsaSha512),
        (Rsa3072Sha256, RsaSha256),
        (Rsa3072Sha384, RsaSha384),
        (Rsa3072Sha512, RsaSha512),
        (Rsa4096Sha256, RsaSha256),
        (Rsa4096Sha384, RsaSha384),
        (Rsa4096Sha512, RsaSha512),
        (Rsa8192Sha256, RsaSha256),
        (Rsa8192Sha384, RsaSha384),
        (Rsa8192Sha512, RsaSha512),
    ] {
        let set = rsa::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let weak = matches!(
                qaqpa_crypto::public::check_key(&group.der),
                Err(CryptoError::Weak { .. })
            );
            for test in group.tests {
                let said = verify(&group.der, algorithm, &test.msg, &test.sig);
                let excuse = if weak {
                    Some(SMALL_EXPONENT)
                } else if test.flags.contains(&rsa::TestFlag::MissingNull)
                    && test.result == TestResult::Acceptable
                {
                    Some(WITHOUT_NULL)
                } else {
                    None
                };
                let place = format!("{name:?} {} {}", test.tc_id, test.comment);
                judge(&place, test.result, &said, excuse, &mut exceptions);
                judged += 1;
            }
        }
    }
    exceptions.end();
    assert!(judged > 2_000, "{judged}");
}

#[test]
fn pss_signatures_are_judged_as_wycheproof_does_and_other_forms_of_it_refused() {
    use SignatureAlgorithm::{RsaPssSha256, RsaPssSha384, RsaPssSha512};
    use pss::TestName::{
        RsaPss2048Sha256Mgf1SaltLen0, RsaPss2048Sha256Mgf1SaltLen32, RsaPss2048Sha256Mgf1Sha1_20,
        RsaPss2048Sha384Mgf1SaltLen48, RsaPss3072Sha256Mgf1SaltLen32,
        RsaPss4096Sha256Mgf1SaltLen32, RsaPss4096Sha384Mgf1SaltLen48,
        RsaPss4096Sha512Mgf1SaltLen32, RsaPss4096Sha512Mgf1SaltLen64,
    };
    let mut exceptions = Exceptions::expecting(&[OTHER_FORM]);
    let mut judged = 0;
    for (name, algorithm, is_ours) in [
        (RsaPss2048Sha256Mgf1SaltLen32, RsaPssSha256, true),
        (RsaPss3072Sha256Mgf1SaltLen32, RsaPssSha256, true),
        (RsaPss4096Sha256Mgf1SaltLen32, RsaPssSha256, true),
        (RsaPss2048Sha384Mgf1SaltLen48, RsaPssSha384, true),
        (RsaPss4096Sha384Mgf1SaltLen48, RsaPssSha384, true),
        (RsaPss4096Sha512Mgf1SaltLen64, RsaPssSha512, true),
        (RsaPss2048Sha256Mgf1SaltLen0, RsaPssSha256, false),
        (RsaPss2048Sha256Mgf1Sha1_20, RsaPssSha256, false),
        (RsaPss4096Sha512Mgf1SaltLen32, RsaPssSha512, false),
    ] {
        let set = pss::TestSet::load(name).unwrap();
        for group in set.test_groups {
            for test in group.tests {
                // What is invalid in another form may be valid in ours.
                if !is_ours && test.result != TestResult::Valid {
                    continue;
                }
                let said = verify(&group.der, algorithm, &test.msg, &test.sig);
                let excuse = (!is_ours).then_some(OTHER_FORM);
                let place = format!("{name:?} {} {}", test.tc_id, test.comment);
                judge(&place, test.result, &said, excuse, &mut exceptions);
                judged += 1;
            }
        }
    }
    exceptions.end();
    assert!(judged > 500, "{judged}");
}

#[test]
fn ecdsa_signatures_are_judged_as_wycheproof_does_in_both_forms() {
    use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384};
    use ecdsa::TestName::{
        EcdsaSecp256r1Sha256, EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384,
        EcdsaSecp384r1Sha384P1363,
    };
    let mut exceptions = Exceptions::expecting(&[]);
    let mut judged = 0;
    for (name, algorithm, raw) in [
        (EcdsaSecp256r1Sha256, EcdsaSha256, false),
        (EcdsaSecp256r1Sha256P1363, EcdsaSha256, true),
        (EcdsaSecp384r1Sha384, EcdsaSha384, false),
        (EcdsaSecp384r1Sha384P1363, EcdsaSha384, true),
    ] {
        let set = ecdsa::TestSet::load(name).unwrap();
        for group in set.test_groups {
            for test in group.tests {
                let said = if raw {
                    algorithm
                        .value_from_xml(&test.sig)
                        .and_then(|value| verify(&group.der, algorithm, &test.msg, &value))
                } else {
                    verify(&group.der, algorithm, &test.msg, &test.sig)
                };
                let place = format!("{name:?} {} {}", test.tc_id, test.comment);
                judge(&place, test.result, &said, None, &mut exceptions);
                judged += 1;
            }
        }
    }
    exceptions.end();
    assert!(judged > 1_000, "{judged}");
}

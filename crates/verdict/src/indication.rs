//! Indications and sub-indications of ETSI EN 319 102-1, and the simulator's own beside them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The main result of an examination (EN 319 102-1, clause 5.1.3, table 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// Every check was made and passed.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// A check failed for good: no further evidence can turn it.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
    /// The evidence does not suffice to say either; by this simulator's policy that is a refusal too.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
}

impl Indication {
    /// The name in the standard: `TOTAL-PASSED`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL-PASSED",
            Self::TotalFailed => "TOTAL-FAILED",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

impl fmt::Display for Indication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! sub_indications {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $indication:ident, $own:literal;)+) => {
        /// The reason beside an indication that is not TOTAL-PASSED (EN 319 102-1, clause 5.1.3, table 6).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum SubIndication { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl SubIndication {
            /// Every sub-indication, alphabetically.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the standard: `SIG_CRYPTO_FAILURE`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The indication that this reason belongs to; a reason never stands beside another one.
            #[must_use]
            pub const fn indication(self) -> Indication {
                match self { $(Self::$variant => Indication::$indication,)+ }
            }

            /// Whether the standard does not know this reason, and the simulator adds it.
            #[must_use]
            pub const fn is_own(self) -> bool {
                match self { $(Self::$variant => $own,)+ }
            }
        }
    };
}

sub_indications! {
    /// Own: the BIN of the organisation that the request names is not the certificate's.
    BinMismatch = "BIN_MISMATCH", TotalFailed, true;
    /// The chain was found and does not verify, for a reason that has no name of its own.
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE", Indeterminate, false;
    /// Extensions of a certificate of the chain forbid this use (CA flag, path length, unknown critical extension).
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE", Indeterminate, false;
    /// An algorithm or key size of the signature or of the chain is weak or unknown.
    CryptoConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE", Indeterminate, false;
    /// As CRYPTO_CONSTRAINTS_FAILURE, of a time stamp: nothing proves when the signature existed.
    CryptoConstraintsFailureNoPoe = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", Indeterminate, false;
    /// Own: the document is signed, and does not read as what it is called: whom it names was not compared with the signer.
    DocumentUnread = "DOCUMENT_UNREAD", Indeterminate, true;
    /// The signature was made after the end of the certificate's validity.
    Expired = "EXPIRED", TotalFailed, false;
    /// The structure is not that of the base standard.
    FormatFailure = "FORMAT_FAILURE", TotalFailed, false;
    /// A reference's digest is not that of the data: the content was changed.
    HashFailure = "HASH_FAILURE", TotalFailed, false;
    /// Own: the IIN of the request is not the certificate's.
    IinMismatch = "IIN_MISMATCH", TotalFailed, true;
    /// The signature was made before the beginning of the certificate's validity.
    NotYetValid = "NOT_YET_VALID", TotalFailed, false;
    /// No chain leads from the signing certificate to a trust anchor.
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND", Indeterminate, false;
    /// A time stamp does not prove that the signature existed at its moment.
    NoPoe = "NO_POE", Indeterminate, false;
    /// The signing certificate cannot be identified.
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND", Indeterminate, false;
    /// A certificate is out of its validity, and nothing proves what it was when it counted: that of a time stamp's authority; or that of the
    /// signer, where evidence about its revocation is of later and does not reach back so far.
    OutOfBoundsNoPoe = "OUT_OF_BOUNDS_NO_POE", Indeterminate, false;
    /// The evidence about revocation is by an authority whose own certificate is out of its validity by now: nothing proves that the
    /// evidence is older than that.
    RevocationOutOfBoundsNoPoe = "REVOCATION_OUT_OF_BOUNDS_NO_POE", Indeterminate, false;
    /// The signing certificate was revoked before the moment that is judged.
    Revoked = "REVOKED", TotalFailed, false;
    /// The certificate of an authority of the chain is revoked.
    RevokedCaNoPoe = "REVOKED_CA_NO_POE", Indeterminate, false;
    /// The certificate of a time stamp's authority is revoked: nothing proves when the signature existed.
    RevokedNoPoe = "REVOKED_NO_POE", Indeterminate, false;
    /// The data that the signature refers to cannot be found in the document.
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND", Indeterminate, false;
    /// Own: the signature covers something else than what the recipient would read.
    SignedScopeMismatch = "SIGNED_SCOPE_MISMATCH", TotalFailed, true;
    /// The signature does not meet the profile (count, transforms).
    SigConstraintsFailure = "SIG_CONSTRAINTS_FAILURE", Indeterminate, false;
    /// The signature's value is not one of this key over this SignedInfo.
    SigCryptoFailure = "SIG_CRYPTO_FAILURE", TotalFailed, false;
    /// A time stamp is of a moment before the signing time, after the moment judged, or out of order.
    TimestampOrderFailure = "TIMESTAMP_ORDER_FAILURE", Indeterminate, false;
    /// The answer may be another one later: revocation unknown, or the certificate is on hold.
    TryLater = "TRY_LATER", Indeterminate, false;
    /// Own: the certificate is not one for signing.
    WrongCertificatePurpose = "WRONG_CERTIFICATE_PURPOSE", TotalFailed, true;
}

impl fmt::Display for SubIndication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_json_are_the_names_of_the_standard() {
        for sub in SubIndication::ALL {
            assert_eq!(
                serde_json::to_string(sub).unwrap(),
                format!("\"{}\"", sub.as_str())
            );
        }
        for indication in [
            Indication::TotalPassed,
            Indication::TotalFailed,
            Indication::Indeterminate,
        ] {
            assert_eq!(
                serde_json::to_string(&indication).unwrap(),
                format!("\"{}\"", indication.as_str())
            );
        }
    }

    #[test]
    fn the_reasons_stand_in_order() {
        assert!(
            SubIndication::ALL
                .windows(2)
                .all(|pair| pair[0].as_str() < pair[1].as_str())
        );
    }

    #[test]
    fn no_reason_stands_beside_total_passed() {
        assert!(
            SubIndication::ALL
                .iter()
                .all(|sub| sub.indication() != Indication::TotalPassed)
        );
    }

    #[test]
    fn the_simulators_own_reasons_are_marked() {
        let own: Vec<_> = SubIndication::ALL
            .iter()
            .filter(|sub| sub.is_own())
            .map(|sub| sub.as_str())
            .collect();
        assert_eq!(
            own,
            [
                "BIN_MISMATCH",
                "DOCUMENT_UNREAD",
                "IIN_MISMATCH",
                "SIGNED_SCOPE_MISMATCH",
                "WRONG_CERTIFICATE_PURPOSE"
            ]
        );
    }
}

//! Refusal labels: the stable names of every "no" that the simulator says.

use std::fmt;

macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The stable name of one reason for a refusal.
        ///
        /// People's scripts hold on to the text; texts in kk, ru and en key on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum RefusalLabel { $($(#[$doc])* $variant,)+ }

        impl RefusalLabel {
            /// Every label, alphabetically.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The label as it is shown: `certificate-revoked`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

labels! {
    /// A digest, signature or canonicalization algorithm that this simulator does not know.
    AlgorithmUnknown = "algorithm-unknown",
    /// An algorithm that is known and too weak (SHA-1, short RSA keys).
    AlgorithmWeak = "algorithm-weak",
    /// Condition 1: the IIN is not that of a living person of the person register.
    ApplicantUnknown = "applicant-unknown",
    /// The signed document is not an application or a result as the XSD asks.
    ApplicationMalformed = "application-malformed",
    /// Condition 2: the authority that issued the certificate, or one above it, is revoked or suspended itself.
    AuthorityRevoked = "authority-revoked",
    /// The BIN of the organisation that the request names is not the certificate's.
    BinMismatch = "bin-mismatch",
    /// The body is longer than the limit.
    BodyTooLarge = "body-too-large",
    /// Condition 2: the certificate's validity period is over.
    CertificateExpired = "certificate-expired",
    /// Condition 2: the certificate's validity period has not begun.
    CertificateNotYetValid = "certificate-not-yet-valid",
    /// Condition 2: the certificate is not one for signing (an authentication certificate, a wrong extended key usage).
    CertificatePurpose = "certificate-purpose",
    /// Condition 2: the certificate is revoked.
    CertificateRevoked = "certificate-revoked",
    /// Condition 2: the certificate is suspended (certificateHold).
    CertificateSuspended = "certificate-suspended",
    /// Condition 2: the content was changed after signing (a reference's digest differs).
    ContentChanged = "content-changed",
    /// A result names a message that was never accepted, or one of another applicant.
    CorrelationUnknown = "correlation-unknown",
    /// The envelope carries no business document.
    DataMissing = "data-missing",
    /// Condition 3: the attached documents are not those of the required list, or have faults.
    DocumentsRefused = "documents-refused",
    /// The XML has a document type declaration.
    DtdRefused = "dtd-refused",
    /// The bytes are XML but not an envelope of this channel.
    EnvelopeMalformed = "envelope-malformed",
    /// Condition 3: the applicant has no ground for the service.
    GroundsAbsent = "grounds-absent",
    /// The IIN has a wrong shape, date or check digit.
    IinInvalid = "iin-invalid",
    /// Condition 2: the IIN of the request is not the certificate's.
    IinMismatch = "iin-mismatch",
    /// Condition 2: the certificate's chain does not end at a trusted authority.
    IssuerUntrusted = "issuer-untrusted",
    /// A limit on the structure was exceeded (depth, attributes, references).
    LimitExceeded = "limit-exceeded",
    /// The `messageId` was used before with another body.
    MessageIdReused = "message-id-reused",
    /// Condition 1: the password is wrong, or nobody is registered with this IIN.
    PasswordWrong = "password-wrong",
    /// A signature's reference is not to this document, or not to all of it that is used.
    ReferenceRefused = "reference-refused",
    /// The same business signature came before under another `messageId`.
    Replayed = "replayed",
    /// The sender did not finish the request in time.
    RequestTimeout = "request-timeout",
    /// Condition 2: neither OCSP nor CRL could say whether the certificate is revoked.
    RevocationUnknown = "revocation-unknown",
    /// The certificate of the transport signature is not the sender's registered one.
    SenderCertificateMismatch = "sender-certificate-mismatch",
    /// The sender's password is wrong.
    SenderPasswordWrong = "sender-password-wrong",
    /// No such sender is registered, or it may not do this.
    SenderUnknown = "sender-unknown",
    /// The service is known by its title only, or struck out: the source prints no steps for it.
    ServiceNotInSource = "service-not-in-source",
    /// The catalogue does not know the service.
    ServiceUnknown = "service-unknown",
    /// The signature has not the structure that XMLDSig or the profile asks.
    SignatureMalformed = "signature-malformed",
    /// The business document has no signature.
    SignatureMissing = "signature-missing",
    /// The business document has more signatures than its roles.
    SignatureMultiple = "signature-multiple",
    /// The signature does not cover what the recipient would read.
    SignatureScope = "signature-scope",
    /// Condition 2: the signature's value is not one of this key over this SignedInfo.
    SignatureValueWrong = "signature-value-wrong",
    /// A transform that the profile does not allow.
    TransformRefused = "transform-refused",
    /// The certificate of the transport signature is expired, revoked, untrusted or not for signing.
    TransportCertificateRefused = "transport-certificate-refused",
    /// The transport signature does not verify, or does not cover the Body that is used.
    TransportSignatureInvalid = "transport-signature-invalid",
    /// The envelope has no transport signature.
    TransportSignatureMissing = "transport-signature-missing",
    /// The bytes are not well-formed XML (of the profile that is read here).
    XmlMalformed = "xml-malformed",
}

impl RefusalLabel {
    /// The label of that text, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|label| label.as_str() == text)
    }
}

impl fmt::Display for RefusalLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_kebab_case_unique_and_in_order() {
        let texts: Vec<_> = RefusalLabel::ALL
            .iter()
            .map(|label| label.as_str())
            .collect();
        assert!(texts.is_sorted());
        assert!(texts.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(
            texts
                .iter()
                .all(|t| t.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        );
    }

    #[test]
    fn every_label_reads_back() {
        for label in RefusalLabel::ALL {
            assert_eq!(RefusalLabel::parse(label.as_str()), Some(*label));
        }
        assert_eq!(RefusalLabel::parse("certificate-fine"), None);
    }
}

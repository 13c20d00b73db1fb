//! What a check found where it was not passed, as a closed list: what reports choose their words by.
//!
//! A refusal label is for machines, and a few of them stand for many findings: `signature-malformed` is a signature without its
//! certificate, a key file that was given for a message, and a time stamp that is not to be believed. What helps against them is
//! not the same. A cause is one such finding, and knows its check, its label and its sub-indication.

use std::fmt;

use qaqpa_model::RefusalLabel;
use serde::{Deserialize, Serialize};

use crate::indication::SubIndication;
use crate::rules::Rule;

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $rule:ident, $label:ident, $sub:ident;)+) => {
        /// Why a question was not answered with yes.
        ///
        /// Stored by its name: changing one needs a migration.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Cause { $($(#[$doc])* #[serde(rename = $id)] $variant,)+ }

        impl Cause {
            /// Every cause, by question and in the order in which these are asked.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in reports: `certificate-absent`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The check that was not passed.
            #[must_use]
            pub const fn rule(self) -> Rule {
                match self { $(Self::$variant => Rule::$rule,)+ }
            }

            /// The label of the refusal. The verdict about an envelope has the sender's own instead of most of them.
            #[must_use]
            pub const fn label(self) -> RefusalLabel {
                match self { $(Self::$variant => RefusalLabel::$label,)+ }
            }

            /// The standard's reason.
            #[must_use]
            pub const fn sub_indication(self) -> SubIndication {
                match self { $(Self::$variant => SubIndication::$sub,)+ }
            }
        }
    };
}

causes! {
    /// The file has no bytes.
    FileEmpty = "file-empty", XmlReadable, XmlMalformed, FormatFailure;
    /// The bytes are neither XML nor base64, PEM or DER of anything that is signed: a text, a picture, a PDF, JSON, an e-mail.
    FileOther = "file-other", XmlReadable, XmlMalformed, FormatFailure;
    /// PEM that is not one block alone: several certificates, or a block of another kind.
    FilePem = "file-pem", XmlReadable, XmlMalformed, FormatFailure;
    /// More bytes than are read.
    FileTooLong = "file-too-long", XmlReadable, LimitExceeded, FormatFailure;
    /// A document type declaration.
    XmlDtd = "xml-dtd", XmlReadable, DtdRefused, FormatFailure;
    /// XML in another encoding than UTF-8, which is not read here.
    XmlEncoding = "xml-encoding", XmlReadable, XmlMalformed, FormatFailure;
    /// A processing instruction, which is not read here.
    XmlInstruction = "xml-instruction", XmlReadable, XmlMalformed, FormatFailure;
    /// More elements, levels, attributes or comments than are read.
    XmlTooMany = "xml-too-many", XmlReadable, LimitExceeded, FormatFailure;
    /// XML that breaks a rule of XML 1.0 or of its namespaces.
    XmlBroken = "xml-broken", XmlReadable, XmlMalformed, FormatFailure;
    /// A file of keys (PKCS#12, PKCS#8) where a signed message belongs.
    MessageIsKey = "message-is-key", MessageReadable, SignatureMalformed, FormatFailure;
    /// More bytes than are read of a message or its content.
    MessageTooLong = "message-too-long", SignatureLimits, LimitExceeded, FormatFailure;
    /// Bytes that are not a signed message of the standard.
    MessageBroken = "message-broken", MessageReadable, SignatureMalformed, FormatFailure;
    /// A message with certificates perhaps, and no signer.
    MessageUnsigned = "message-unsigned", SignaturePresent, SignatureMissing, FormatFailure;
    /// No signature where the profile puts it.
    SignatureMissing = "signature-missing", SignaturePresent, SignatureMissing, FormatFailure;
    /// Several signatures where the profile has one.
    SignatureSeveral = "signature-several", SignatureSingle, SignatureMultiple, SigConstraintsFailure;
    /// A signature whose structure is not that of the standard and the profile.
    SignatureBroken = "signature-broken", SignatureForm, SignatureMalformed, FormatFailure;
    /// More references, transforms, certificates, signers or attributes than are read.
    SignatureTooMany = "signature-too-many", SignatureLimits, LimitExceeded, FormatFailure;
    /// The signature's, the digest's or the key's algorithm is not known.
    AlgorithmUnknown = "algorithm-unknown", AlgorithmKnown, AlgorithmUnknown, CryptoConstraintsFailure;
    /// The signature's, the digest's or the key's algorithm is too weak.
    AlgorithmWeak = "algorithm-weak", AlgorithmStrong, AlgorithmWeak, CryptoConstraintsFailure;
    /// The signature has no certificate and names none.
    CertificateAbsent = "certificate-absent", SigningCertificate, SignatureMalformed, NoSigningCertificateFound;
    /// The signature names its certificate (number, thumbprint, key identifier), and no such one is known here.
    CertificateNotAtHand = "certificate-not-at-hand", SigningCertificate, SignatureMalformed, NoSigningCertificateFound;
    /// What stands in the signature in the place of its certificate is none.
    CertificateBroken = "certificate-broken", SigningCertificate, SignatureMalformed, NoSigningCertificateFound;
    /// What was given as a certificate is none.
    CertificateNone = "certificate-none", SigningCertificate, IssuerUntrusted, NoSigningCertificateFound;
    /// The certificate is not the one that the signer of the message is identified by.
    CertificateOther = "certificate-other", SigningCertificate, SignatureMalformed, NoSigningCertificateFound;
    /// The message is signed without signed attributes, so that the digest of its content is not told apart from other octets.
    AttributesMissing = "attributes-missing", SignedAttributes, SignatureMalformed, FormatFailure;
    /// The signed attributes lack one, have one twice, or name another type of content.
    AttributesBroken = "attributes-broken", SignedAttributes, SignatureMalformed, FormatFailure;
    /// The signed attributes name other algorithms than the signature was made by.
    AlgorithmsOther = "algorithms-other", AlgorithmProtection, SignatureMalformed, SigConstraintsFailure;
    /// XAdES properties that are malformed, doubled, or not covered by the signature.
    PropertiesBroken = "properties-broken", PropertiesForm, SignatureMalformed, FormatFailure;
    /// What was signed names another certificate than the one whose key signed.
    NamedCertificateOther = "named-certificate-other", SigningCertificateNamed, SignatureMalformed, NoSigningCertificateFound;
    /// What was signed names the certificate rightly by its digest, and wrongly by issuer and number.
    NamedIssuerOther = "named-issuer-other", SigningCertificateNamed, SignatureMalformed, SigConstraintsFailure;
    /// XAdES properties that name no certificate.
    NamedCertificateMissing = "named-certificate-missing", SigningCertificateNamed, SignatureMalformed, SigConstraintsFailure;
    /// The signed attributes of a message name no certificate, and the policy demands it.
    CertificateUnstated = "certificate-unstated", SigningCertificateStated, SignatureMalformed, SigConstraintsFailure;
    /// Comments stand in the signed part, and the policy refuses them.
    CommentsPresent = "comments-present", CommentsAbsent, SignatureScope, SigConstraintsFailure;

    /// A reference that does not lead, without doubt, to a part of the document.
    ReferenceAstray = "reference-astray", ReferenceLocal, ReferenceRefused, SignedDataNotFound;
    /// A transform that selects or rewrites content.
    TransformOther = "transform-other", TransformAllowed, TransformRefused, SigConstraintsFailure;
    /// The message does not hold its content, and none was given beside it.
    ContentMissing = "content-missing", ContentGiven, ReferenceRefused, SignedDataNotFound;
    /// The message holds its content, and another was given beside it.
    ContentTwice = "content-twice", ContentGiven, SignatureScope, SignedScopeMismatch;
    /// The signature is about something else, or about less, than what is read.
    ScopeOther = "scope-other", ScopeCovered, SignatureScope, SignedScopeMismatch;

    /// The content is not that which was signed.
    ContentChanged = "content-changed", Digest, ContentChanged, HashFailure;
    /// The file that was given beside a message is not the one that was signed.
    ContentOther = "content-other", Digest, ContentChanged, HashFailure;

    /// The value is not one of the certificate's key over what was signed.
    ValueWrong = "value-wrong", SignatureValue, SignatureValueWrong, SigCryptoFailure;

    /// The time stamp is no token of the standard.
    StampBroken = "stamp-broken", StampForm, SignatureMalformed, NoPoe;
    /// The time stamp is about something else than this signature.
    StampOther = "stamp-other", StampImprint, SignatureMalformed, NoPoe;
    /// The time stamp's own signature is wrong.
    StampValueWrong = "stamp-value-wrong", StampSignature, SignatureMalformed, NoPoe;
    /// An algorithm of the time stamp, or of its authority's certificates, is too weak or not known.
    StampAlgorithm = "stamp-algorithm", StampAlgorithm, SignatureMalformed, CryptoConstraintsFailureNoPoe;
    /// The time stamp is not by a time-stamping authority whose certificate leads to a trusted one.
    StampUntrusted = "stamp-untrusted", StampAuthority, SignatureMalformed, NoPoe;
    /// The time stamp is under a policy that the national authority does not stamp under.
    StampPolicy = "stamp-policy", StampAuthority, SignatureMalformed, NoPoe;
    /// The certificate of the time stamp's authority, or of one above it, was not in force.
    StampNotInForce = "stamp-not-in-force", StampAuthority, SignatureMalformed, OutOfBoundsNoPoe;
    /// The time stamp is of after the moment judged.
    StampNotYet = "stamp-not-yet", StampOrder, SignatureMalformed, TimestampOrderFailure;
    /// The time stamp is of before the time at which the signer says that it signed.
    StampTooEarly = "stamp-too-early", StampOrder, SignatureMalformed, TimestampOrderFailure;
    /// A later time stamp is of an earlier moment than the one before it.
    StampDisordered = "stamp-disordered", StampOrder, SignatureMalformed, TimestampOrderFailure;
    /// The time stamp's authority, or one above it, is revoked or suspended.
    StampRevoked = "stamp-revoked", StampAuthorityNotRevoked, SignatureMalformed, RevokedNoPoe;
    /// Nobody could say whether the time stamp's authority is revoked.
    StampRevocationUnknown = "stamp-revocation-unknown", StampAuthorityNotRevoked, RevocationUnknown, TryLater;
    /// What is known about the revocation of the time stamp's authority is of after its certificate's end, and does not reach back.
    StampRevocationTooLate = "stamp-revocation-too-late", StampAuthorityNotRevoked, RevocationUnknown, OutOfBoundsNoPoe;
    /// What is known about the revocation of the time stamp's authority is by an authority whose own certificate is out of its period by now.
    StampRevocationByExpired = "stamp-revocation-by-expired", StampAuthorityNotRevoked, RevocationUnknown, RevocationOutOfBoundsNoPoe;

    /// No chain of issuers leads from the certificate to a trusted authority.
    ChainAstray = "chain-astray", ChainAnchored, IssuerUntrusted, NoCertificateChainFound;
    /// The search for a chain of issuers was given up.
    ChainTooLong = "chain-too-long", ChainBudget, IssuerUntrusted, NoCertificateChainFound;
    /// A certificate bears its issuer's name and not its signature.
    ChainForged = "chain-forged", ChainSignature, IssuerUntrusted, CertificateChainGeneralFailure;
    /// A certificate of the chain is signed by an algorithm that is not known.
    ChainAlgorithmUnknown = "chain-algorithm-unknown", ChainAlgorithm, AlgorithmUnknown, CryptoConstraintsFailure;
    /// A key or a signature of the chain is too weak.
    ChainAlgorithmWeak = "chain-algorithm-weak", ChainAlgorithm, AlgorithmWeak, CryptoConstraintsFailure;
    /// An authority's certificate is out of its period at the moment judged.
    AuthorityNotInForce = "authority-not-in-force", ChainValidity, IssuerUntrusted, CertificateChainGeneralFailure;
    /// A certificate of the chain has a critical extension that is not known.
    ExtensionUnknown = "extension-unknown", ChainCritical, IssuerUntrusted, ChainConstraintsFailure;
    /// A certificate was issued by one that is no authority's.
    IssuerNoAuthority = "issuer-no-authority", BasicConstraints, IssuerUntrusted, ChainConstraintsFailure;
    /// More authorities stand below one than it allows.
    IssuerTooFar = "issuer-too-far", PathLength, IssuerUntrusted, ChainConstraintsFailure;
    /// A certificate was issued by one whose key may not sign certificates.
    IssuerKeyUsage = "issuer-key-usage", KeyCertSign, IssuerUntrusted, ChainConstraintsFailure;
    /// A name in a certificate is not permitted by an authority above it.
    NameNotPermitted = "name-not-permitted", NameConstraints, IssuerUntrusted, ChainConstraintsFailure;
    /// The chain is valid for no policy that is wanted.
    PolicyNotPermitted = "policy-not-permitted", CertificatePolicies, IssuerUntrusted, ChainConstraintsFailure;

    /// The signer's certificate is not valid yet at the moment judged.
    CertificateNotYetValid = "certificate-not-yet-valid", NotBefore, CertificateNotYetValid, NotYetValid;
    /// The signer's certificate is no longer valid at the moment judged.
    CertificateExpired = "certificate-expired", NotAfter, CertificateExpired, Expired;

    /// An authority's certificate, which signs no documents.
    PurposeAuthority = "purpose-authority", EndEntity, CertificatePurpose, WrongCertificatePurpose;
    /// A certificate for logging in.
    PurposeAuthentication = "purpose-authentication", NotForAuthentication, CertificatePurpose, WrongCertificatePurpose;
    /// A certificate whose keyUsage is not that of signing documents.
    PurposeKeyUsage = "purpose-key-usage", KeyUsage, CertificatePurpose, WrongCertificatePurpose;
    /// A certificate whose extended keyUsage is not that of signing documents: of a responder, a server, a time-stamping authority.
    PurposeOther = "purpose-other", ExtendedKeyUsage, CertificatePurpose, WrongCertificatePurpose;

    /// The signer's certificate is revoked.
    CertificateRevoked = "certificate-revoked", SignerNotRevoked, CertificateRevoked, Revoked;
    /// The signer's certificate is suspended.
    CertificateSuspended = "certificate-suspended", SignerNotSuspended, CertificateSuspended, TryLater;
    /// An authority of the chain is revoked or suspended.
    AuthorityRevoked = "authority-revoked", AuthorityNotRevoked, AuthorityRevoked, RevokedCaNoPoe;
    /// Nobody could say whether a certificate is revoked.
    RevocationUnknown = "revocation-unknown", RevocationKnown, RevocationUnknown, TryLater;
    /// What is known about revocation is of after the certificate's end, and does not reach back.
    RevocationTooLate = "revocation-too-late", RevocationKnown, RevocationUnknown, OutOfBoundsNoPoe;
    /// What is known about revocation is by an authority whose own certificate is out of its period by now.
    RevocationByExpired = "revocation-by-expired", RevocationKnown, RevocationUnknown, RevocationOutOfBoundsNoPoe;

    /// The certificate's IIN is not that of the submitter.
    IinOther = "iin-other", IinSame, IinMismatch, IinMismatch;
    /// The certificate has no IIN, or more than one.
    IinAbsent = "iin-absent", IinSame, IinMismatch, IinMismatch;
    /// The verdict was read from storage, which keeps no proven signer to compare with the submitter.
    SubmitterUnread = "submitter-unread", IinSame, IinMismatch, TryLater;
    /// The document should name its submitter, and does not read: its structure is not that of the schema, or an attachment does not
    /// have its digest.
    FieldsUnread = "fields-unread", IinSame, ApplicationMalformed, DocumentUnread;
    /// The document should name its submitter, and does not read: an IIN in it is not valid.
    FieldsIin = "fields-iin", IinSame, IinInvalid, DocumentUnread;
    /// The document should name its submitter, and does not read: it has more, or larger, attachments than are read.
    FieldsLimit = "fields-limit", IinSame, LimitExceeded, DocumentUnread;

    /// The certificate's BIN is not that of the organisation.
    BinOther = "bin-other", BinSame, BinMismatch, BinMismatch;
    /// The certificate is of no organisation, or of more than one.
    BinAbsent = "bin-absent", BinSame, BinMismatch, BinMismatch;
    /// The certificate is of an organisation, and the request names none.
    BinUnnamed = "bin-unnamed", BinSame, BinMismatch, BinMismatch;
    /// The request is by somebody who acts in a role that the certificate does not give.
    RoleOther = "role-other", BinSame, BinMismatch, BinMismatch;
    /// The verdict was read from storage, which keeps no proven signer to ask for whom he signs.
    OrganisationUnread = "organisation-unread", BinSame, BinMismatch, TryLater;
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::verdict::CheckId;

    #[test]
    fn every_cause_has_its_own_name_which_is_the_stored_one() {
        let names: BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(names.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            let stored = serde_json::to_string(cause).unwrap();
            assert_eq!(stored, format!("\"{cause}\""));
        }
    }

    #[test]
    fn the_causes_of_a_question_stand_together_and_in_its_place() {
        let mut questions: Vec<_> = Cause::ALL
            .iter()
            .map(|cause| cause.rule().question())
            .collect();
        questions.dedup();
        use CheckId::*;
        assert_eq!(
            questions,
            [
                Structure, Scope, Content, Value, Timestamp, Chain, Validity, Purpose, Revocation,
                Iin, Bin
            ]
        );
    }

    /// What counts as evidence decides nothing by itself: another source may have answered.
    #[test]
    fn every_check_but_those_of_evidence_has_a_cause() {
        let with: BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.rule()).collect();
        for rule in Rule::ALL {
            let is_of_evidence = rule.id().starts_with("ocsp-") || rule.id().starts_with("crl-");
            assert_eq!(with.contains(rule), !is_of_evidence, "{rule}");
        }
    }
}

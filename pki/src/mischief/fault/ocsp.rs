//! Faults in what an OCSP answer says and in who signed it. The answer is well-formed, and signed anew where the
//! fault is not in the signature itself.

use super::faults;
use crate::mischief::verdict::Conduct::{Drops, Takes};
use crate::mischief::verdict::{DECEIVES, FORGED, Reached, believed};

faults! {
    /// In what an OCSP answer says.
    OcspFault at Meaning for [Ocsp];

    OtherSerial = "other-serial":
        "The answer is about the next serial number.",
        "An answer about another certificate, from a cache or a quick hand, must not serve for this one (RFC 6960 §3.2, 1).", Drops;
    OtherIssuerName = "other-issuer-name":
        "The certID has the digest of another issuer's name.",
        "Serial numbers are unique under one issuer only.", Drops;
    OtherIssuerKey = "other-issuer-key":
        "The certID has the digest of another issuer's key.",
        "Two authorities may bear one name, or one authority two keys.", Drops;
    UnknownHash = "unknown-hash":
        "The certID's digest algorithm is one that nobody knows.",
        "What cannot be compared does not match.", Drops;
    CertificateAbsent = "certificate-absent":
        "Two other certificates are answered, and not the one that was asked about.",
        "The first answer of several is not the answer.", Drops;
    CertificateLast = "certificate-last":
        "Two other certificates, both revoked, are answered before the one that was asked about.",
        "The answer is found by its certID, not by its place: a good certificate stays good.", Takes;
    CertificateTwice = "certificate-twice":
        "The certificate is answered twice: as it is, and as its opposite.",
        "What contradicts itself proves nothing.", Drops;
    NoAnswers = "no-answers":
        "A signed answer about nobody.",
        "No bad news is not good news.", Drops;

    ExpiredResponder = "expired-responder" [seconds = 60, 1..=31_536_000]:
        "The responder's certificate ended before it signed.",
        "A delegation ends; a stolen old key must not speak for the authority (RFC 6960 §3.2, 4).", Drops;
    FutureResponder = "future-responder" [seconds = 3_600, 1..=31_536_000]:
        "The responder's certificate has not begun.",
        "A delegation has a beginning too.", Drops;
    ForeignResponder = "foreign-responder":
        "The responder's certificate was signed by an unrelated authority.",
        "A signature that verifies is not yet one from somebody entitled (CVE-2022-43705).", Drops;
    SiblingResponder = "sibling-responder":
        "The responder's certificate was signed by the root, not by the issuer of the certificate.",
        "Only the issuer itself delegates: being of the same house does not suffice (RFC 6960 §4.2.2.2).", Drops;
    SelfSignedResponder = "self-signed-responder":
        "The responder's certificate bears the issuer's name and signed itself.",
        "A name is not a signature.", Drops;
    ResponderWithoutEku = "responder-without-eku":
        "The responder's certificate is the issuer's, and has another extended key usage than OCSPSigning.",
        "Any subscriber of the authority could answer about any other.", Drops;
    ResponderWithoutNocheck = "responder-without-nocheck":
        "The responder's certificate lacks id-pkix-ocsp-nocheck.",
        "Its own revocation would have to be asked, and nobody did.", Drops;
    ResponderWithoutSigning = "responder-without-signing":
        "The responder's key usage is keyEncipherment alone.",
        "Key usage binds responders too.", Drops;
    ResponderCritical = "responder-critical":
        "The responder's certificate has a critical extension that nobody knows.",
        "A critical extension that is not understood forbids the certificate's use.", Drops;
    ResponderAbsent = "responder-absent":
        "The answer brings no certificate, and its signer is nobody that is known.",
        "Whoever cannot be identified is not entitled.", Drops;
    ResponderMisnamed = "responder-misnamed":
        "The answer names another key as its responder than the one that signed.",
        "The responder is the one that the answer names, or nobody.", Drops;
    IssuerResponds = "issuer-responds":
        "The issuer itself signed the answer, without a delegate.",
        "RFC 6960 §2.6 allows it: refusing it would be too much.", Takes;

    FutureThisUpdate = "future-this-update" [seconds = 3_600, 301..=31_536_000]:
        "thisUpdate and producedAt lie ahead, by more than clocks may differ.",
        "An answer made in advance outlives a revocation.", Drops;
    SkewedThisUpdate = "skewed-this-update" [seconds = 240, 1..=299]:
        "thisUpdate and producedAt lie ahead by less than clocks may differ.",
        "Clocks differ by some minutes, and honest answers must survive it.", Takes;
    StaleThisUpdate = "stale-this-update" [seconds = 7_200, 3_601..=31_536_000]:
        "thisUpdate is two hours old, and no nextUpdate says that this is fine.",
        "Without nextUpdate the age is all that bounds a replay.", Drops;
    StaleNextUpdate = "stale-next-update" [seconds = 60, 1..=31_536_000]:
        "nextUpdate is past.",
        "RFC 6960 §4.2.2.1: such an answer is to be considered unreliable.", Drops;
    NoNextUpdate = "no-next-update":
        "nextUpdate is absent, thisUpdate is now.",
        "RFC 6960 §2.4: newer information is there at all times; a fresh answer is fine without it.", Takes;
    OldProducedAt = "old-produced-at" [seconds = 7_200, 3_601..=31_536_000]:
        "thisUpdate and producedAt are two hours old, nextUpdate is tomorrow.",
        "A promise of tomorrow does not make an old answer new where freshness is asked for.", Drops;
    FutureProducedAt = "future-produced-at" [seconds = 3_600, 301..=31_536_000]:
        "producedAt lies ahead, thisUpdate is now.",
        "What was signed tomorrow was not signed.", Drops;

    NonceMissing = "nonce-missing":
        "The nonce that was asked for does not come back.",
        "An answer without it may be an old one (where the policy asks for a nonce).", Drops;
    NonceWrong = "nonce-wrong":
        "Another nonce comes back.",
        "The answer to somebody else's question, or to yesterday's, replayed.", Drops;
    NonceTwice = "nonce-twice":
        "The right nonce comes back, and another one beside it.",
        "Two readers may look at two different ones.", Drops;
    NonceEmpty = "nonce-empty":
        "The nonce comes back without a byte.",
        "A comparison over the shorter length finds nothing unequal.", Drops;
    NonceLong = "nonce-long":
        "The right nonce comes back with a thousand bytes behind it.",
        "A comparison of the beginning is no comparison.", Drops;

    SignatureFlipped = "signature-flipped":
        "One bit of the signature is the other way.",
        "Evidence is signed evidence.", Drops;
    SignatureAbsent = "signature-absent":
        "The signature has no bytes.",
        "An empty signature is none; some libraries have said \"valid\" to it.", Drops;
    SignatureOfAnotherKey = "signature-of-another-key":
        "The signature was made by another key than that of the certificate beside it.",
        "A certificate beside a signature proves nothing about it.", Drops;
    ChangedAfterSigning = "changed-after-signing":
        "\"revoked\" was turned into \"good\" after the answer was signed.",
        "The status is under the signature, and the signature is to be verified before the status is read.", FORGED;
    AlgorithmWeak = "algorithm-weak":
        "The answer says that it was signed with SHA-1 and RSA.",
        "Weak algorithms are refused before any arithmetic.", Drops;
    AlgorithmMismatch = "algorithm-mismatch":
        "The answer names SHA-512 and RSA, and was signed by something else.",
        "The algorithm is what the answer says, or there is no signature.", Drops;
    AlgorithmUnknown = "algorithm-unknown":
        "The answer names a signature algorithm that nobody knows.",
        "What cannot be verified was not verified.", Drops;

    MalformedRequest = "malformed-request":
        "Status 1, malformedRequest.",
        "The responder says nothing about the certificate.", Drops;
    InternalError = "internal-error":
        "Status 2, internalError.",
        "The responder says nothing about the certificate.", Drops;
    TryLater = "try-later":
        "Status 3, tryLater.",
        "The responder asks to come again; \"later\" is not \"good\".", Drops;
    Status4 = "status-4":
        "Status 4, which RFC 6960 leaves out.",
        "A table of statuses with a hole in it.", Drops;
    SigRequired = "sig-required":
        "Status 5, sigRequired.",
        "The responder says nothing about the certificate.", Drops;
    Unauthorized = "unauthorized":
        "Status 6, unauthorized.",
        "RFC 5019 responders answer so about certificates that they do not know.", Drops;
    Status99 = "status-99":
        "Status 99, which nobody defined.",
        "What is not \"successful\" is not successful.", Drops;
    NoBytes = "no-bytes":
        "Status \"successful\" without an answer in it.",
        "Success of what? The signed part is what counts.", Drops;
    OtherType = "other-type":
        "The answer is of a type that nobody knows.",
        "Only id-pkix-ocsp-basic is defined.", Drops;
    Version2 = "version-2":
        "The answer says that it is of version 2.",
        "There is no version 2: what it would mean is not known.", Drops;
    CriticalExtension = "critical-extension":
        "The answer has a critical extension that nobody knows.",
        "Critical means: do not use it without understanding.", Drops;
    CriticalSingleExtension = "critical-single-extension":
        "The part about the certificate has a critical extension that nobody knows.",
        "The same, one level deeper, where readers forget to look.", Drops;

    GoodWhileRevoked = "good-while-revoked":
        "The certificate is said to be good, whatever the register says.",
        "R10: the responder lies or lags behind the list. Who asks both must take the worse; who asks one is deceived.", DECEIVES;
    RevokedWhileGood = "revoked-while-good":
        "The certificate is said to be revoked since an hour (keyCompromise).",
        "The authority's word counts; nobody looks for a better answer elsewhere.", believed(Reached::REVOKED);
    SuspendedWhileGood = "suspended-while-good":
        "The certificate is said to be on hold since an hour.",
        "A hold is no revocation and no \"good\": the answer may change.", believed(Reached::SUSPENDED);
    UnknownWhileGood = "unknown-while-good":
        "The responder says that it does not know the certificate.",
        "\"unknown\" is not \"good\", and a list that does not name the number proves no more.", believed(Reached::UNKNOWN);
    NeverIssued = "never-issued":
        "The answer is the one for certificates that were never issued (RFC 6960 §2.2).",
        "On hold since 1970 with extended-revoke is not a hold: there is no such certificate.", believed(Reached::REVOKED);
    RevokedAhead = "revoked-ahead" [seconds = 86_400, 1..=31_536_000]:
        "The certificate is said to be revoked since tomorrow.",
        "A date ahead is no permission until then: the worse reading counts.", believed(Reached::REVOKED);
    RemovedWhileGood = "removed-while-good":
        "The certificate is said to be revoked for the reason removeFromCRL.",
        "That reason has no meaning outside delta lists: the status counts.", believed(Reached::REVOKED);
}

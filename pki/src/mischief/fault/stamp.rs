//! Faults in what a time stamp says and in who signed it.

use super::faults;
use crate::mischief::verdict::Conduct::{Drops, Takes};

faults! {
    /// In what a time stamp says.
    StampFault at Meaning for [Tsp];

    OtherImprint = "stamp-other-imprint":
        "The token is about other data.",
        "A token proves when its own data existed, and nobody else's.", Drops;
    OtherDigest = "stamp-other-digest":
        "The token's imprint is by another digest algorithm than was asked for.",
        "The imprint is compared whole, algorithm and digest.", Drops;
    NonceWrong = "stamp-nonce-wrong":
        "The token repeats another nonce.",
        "The answer to somebody else's request, or an old one, replayed.", Drops;
    NonceMissing = "stamp-nonce-missing":
        "The token repeats no nonce, though one was sent.",
        "An old token may be the answer.", Drops;
    OtherPolicy = "stamp-other-policy":
        "The token is under another policy than the one asked for.",
        "A policy is the promise that was asked for; any other is none.", Drops;
    WithoutEku = "tsa-without-eku":
        "The signer's certificate has another extended key usage than timeStamping.",
        "Any subscriber of the authority could stamp (RFC 3161 §2.3).", Drops;
    MoreEku = "tsa-more-eku":
        "timeStamping is one of two extended key usages of the signer's certificate.",
        "RFC 3161 §2.3: it must be the only one.", Drops;
    EkuNotCritical = "tsa-eku-not-critical":
        "The signer's extended key usage is not critical.",
        "RFC 3161 §2.3: it must be, so that nobody overlooks it.", Drops;
    ExpiredTsa = "tsa-expired" [seconds = 60, 1..=31_536_000]:
        "The signer's certificate ended before genTime.",
        "A delegation ends; an old key must not date documents.", Drops;
    FutureTsa = "tsa-not-yet-valid" [seconds = 3_600, 1..=31_536_000]:
        "The signer's certificate begins after genTime.",
        "A delegation has a beginning too.", Drops;
    ForeignTsa = "tsa-foreign":
        "The signer's certificate was signed by an unrelated authority.",
        "A token that holds together is not yet one from somebody trusted.", Drops;
    Future = "stamp-future" [seconds = 86_400, 3_600..=31_536_000]:
        "genTime is tomorrow.",
        "What is stamped tomorrow could be signed after a revocation.", Drops;
    Past = "stamp-past" [seconds = 86_400, 3_600..=31_536_000]:
        "genTime is yesterday, before the data was signed.",
        "A stamp that is older than the signature in it is forged or another's.", Drops;
    SignatureFlipped = "stamp-signature-flipped":
        "One bit of the token's signature is the other way.",
        "Evidence is signed evidence.", Drops;
    OtherKey = "stamp-signature-of-another-key":
        "The token was signed by another key than that of the certificate in it.",
        "A certificate beside a signature proves nothing about it.", Drops;
    ChangedAfterSigning = "stamp-changed-after-signing":
        "genTime was changed after the token was signed.",
        "The digest of the content is among what is signed: it is to be compared.", Drops;
    OtherSigningCertificate = "stamp-other-signing-certificate":
        "The signed attributes name another certificate than the signer's.",
        "RFC 5035: without the binding, a certificate could be swapped for another with the same key.", Drops;
    NoSigningCertificate = "stamp-no-signing-certificate":
        "No signed attribute names the signer's certificate.",
        "RFC 3161 §2.4.2 demands it.", Drops;
    OneSigningCertificate = "stamp-old-attribute-only":
        "Only signingCertificate (SHA-1) names the signer's certificate.",
        "The national authority's tokens have no other: refusing it would be too much.", Takes;
    CertificateAbsent = "tsa-certificate-absent":
        "The token brings no certificate, though it was asked for.",
        "Whoever cannot be identified is not entitled.", Drops;
    GrantedWithoutToken = "granted-without-token":
        "The status is \"granted\", and there is no token.",
        "The token is what proves; the status is a courtesy.", Drops;
    RejectedWithToken = "rejected-with-token":
        "The status is \"rejection\", and there is a token.",
        "RFC 3161 §2.4.2: then there must be none; what contradicts itself proves nothing.", Drops;
    Waiting = "stamp-waiting":
        "The status is \"waiting\".",
        "There is no token yet; \"later\" is not \"granted\".", Drops;
    BadAlg = "bad-alg":
        "Rejected: badAlg.",
        "There is no token.", Drops;
    BadRequest = "bad-request":
        "Rejected: badRequest.",
        "There is no token.", Drops;
    BadDataFormat = "bad-data-format":
        "Rejected: badDataFormat.",
        "There is no token.", Drops;
    TimeNotAvailable = "time-not-available":
        "Rejected: timeNotAvailable.",
        "There is no token.", Drops;
    UnacceptedPolicy = "unaccepted-policy":
        "Rejected: unacceptedPolicy.",
        "There is no token.", Drops;
    UnacceptedExtension = "unaccepted-extension":
        "Rejected: unacceptedExtension.",
        "There is no token.", Drops;
    AddInfoNotAvailable = "add-info-not-available":
        "Rejected: addInfoNotAvailable.",
        "There is no token.", Drops;
    SystemFailure = "system-failure":
        "Rejected: systemFailure.",
        "There is no token.", Drops;
}

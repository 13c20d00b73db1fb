//! Faults in what a revocation list says and in who signed it.

use super::faults;
use crate::mischief::verdict::Conduct::{Drops, Takes};
use crate::mischief::verdict::{ADDED, DECEIVES, LIST_FORGED, Reached, listed};

faults! {
    /// In what a revocation list says.
    ListFault at Meaning for [Crl, Delta];

    SignatureFlipped = "list-signature-flipped":
        "One bit of the list's signature is the other way.",
        "Evidence is signed evidence.", Drops;
    SignatureAbsent = "list-signature-absent":
        "The list's signature has no bytes.",
        "An empty signature is none.", Drops;
    ChangedAfterSigning = "list-changed-after-signing" only [Crl]:
        "The certificate's entry was taken out of the list after it was signed.",
        "The entries are under the signature.", LIST_FORGED;
    AlgorithmMismatch = "list-algorithm-mismatch":
        "The signed part names another algorithm than the signature.",
        "RFC 5280 §5.1.1.2: both must be the same, or the one outside is not covered.", Drops;
    AlgorithmWeak = "list-algorithm-weak":
        "The list says, in both places, that it was signed with SHA-1 and RSA.",
        "Weak algorithms are refused before any arithmetic.", Drops;
    OtherIssuer = "list-other-issuer":
        "The list bears another issuer's name, signed by the right key.",
        "A list is its issuer's: the name is to be compared.", Drops;
    Foreign = "list-foreign":
        "The list bears the right name, signed by an unrelated authority's key.",
        "A name is not a signature.", Drops;
    Stale = "list-stale" [seconds = 60, 1..=31_536_000]:
        "nextUpdate is past.",
        "An old list does not know the new revocations.", Drops;
    Future = "list-future" [seconds = 3_600, 301..=31_536_000]:
        "thisUpdate lies ahead, by more than clocks may differ.",
        "A list made in advance outlives a revocation.", Drops;
    NoNextUpdate = "list-no-next-update":
        "nextUpdate is absent.",
        "RFC 5280 §5.1.2.5 demands it: without it nothing says when the list is old.", Drops;
    NoNumber = "list-no-number":
        "The list has no number.",
        "RFC 5280 §5.2.3 demands it: without it nobody can tell which of two is newer.", Drops;
    NumberBack = "list-number-back" only [Crl]:
        "The list's number is 1, whatever came before.",
        "Within its period the list is valid by itself (RFC 5280 §6.3): who refuses it refuses too much.", Takes;
    Version1 = "list-version-1":
        "The list is of version 1, and has extensions.",
        "Extensions exist in version 2 only: a reader of version 1 would overlook critical ones.", Drops;
    CriticalExtension = "list-critical-extension":
        "The list has a critical extension that nobody knows.",
        "RFC 5280 §5.2: such a list must not be used to determine the status.", Drops;
    EntryCriticalExtension = "entry-critical-extension" only [Crl]:
        "The entries have a critical extension that nobody knows.",
        "RFC 5280 §5.3: the same for an entry, and it may change whom the entry is about.", Drops;
    CertificateIssuer = "entry-certificate-issuer" only [Crl]:
        "The entries name another certificate issuer, as in indirect lists.",
        "Serial numbers of another authority must not count here.", Drops;
    DeltaInstead = "delta-instead" only [Crl]:
        "The list has a delta indicator: it names changes only.",
        "A delta without its base says nothing about who is not in it.", Drops;
    Partitioned = "list-partitioned":
        "The list is critically limited to certificates of authorities.",
        "A list for others says nothing about a person's certificate (RFC 5280 §5.2.5).", Drops;
    Indirect = "list-indirect":
        "The list is critically marked as indirect.",
        "It may speak for other authorities: who does not support that must leave it.", Drops;
    MissingEntry = "missing-entry" only [Crl]:
        "The certificate's entry is missing, and the list signed so. For everybody: the list is empty.",
        "R10: the list lies or lags behind the responder. Who asks both must take the worse; who asks one is deceived.", DECEIVES;
    ExtraEntry = "extra-entry" only [Crl]:
        "The certificate is listed as revoked since an hour (keyCompromise).",
        "The worse of two sources counts.", listed(Reached::REVOKED);
    HoldEntry = "hold-entry" only [Crl]:
        "The certificate is listed as on hold since an hour.",
        "A hold is no revocation and no \"good\".", listed(Reached::SUSPENDED);
    RemovedEntry = "removed-entry" only [Crl]:
        "The certificate is listed with the reason removeFromCRL, in a complete list.",
        "RFC 5280 §5.3.1: that reason exists in delta lists only; a complete list that has it says nothing clear about anybody.", Drops;
    EntryAhead = "entry-ahead" [seconds = 86_400, 1..=31_536_000] only [Crl]:
        "The certificate is listed as revoked since tomorrow.",
        "A date ahead is no permission until then: the worse reading counts.", listed(Reached::REVOKED);
    DeltaExtraEntry = "delta-extra-entry" only [Delta]:
        "The delta lists the certificate as revoked since an hour, and the complete list does not.",
        "Who reads deltas must add them; a delta without its base is nothing.", ADDED;
    DeltaBaseAhead = "delta-base-ahead" only [Delta]:
        "The delta is about changes since a list of the number 2147483647, which nobody has.",
        "RFC 5280 §5.2.4: a delta fits a complete list from its base on, and no older one.", Drops;
    DeltaWithoutIndicator = "delta-without-indicator" only [Delta]:
        "The delta lacks its indicator: a short list that claims to be complete.",
        "Taken for complete it forgets everybody who was revoked before.", Drops;
}

impl ListFault {
    /// Whether it is about one certificate, so that a rule may say whose.
    #[must_use]
    pub const fn is_about_a_certificate(self) -> bool {
        matches!(self, Self::ChangedAfterSigning | Self::MissingEntry) || self.adds()
    }

    /// Whether it puts a certificate into the list, so that a rule must say whose.
    #[must_use]
    pub const fn adds(self) -> bool {
        matches!(
            self,
            Self::ExtraEntry
                | Self::DeltaExtraEntry
                | Self::HoldEntry
                | Self::RemovedEntry
                | Self::EntryAhead
        )
    }
}

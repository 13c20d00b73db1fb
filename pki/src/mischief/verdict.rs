//! What a correct relying party must reach when it meets a fault.

use qaqpa_model::RefusalLabel;

use super::fault::Service;

/// A verdict: an indication and sub-indication of ETSI EN 319 102-1, and the label of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// `TOTAL-PASSED`, `TOTAL-FAILED`, `INDETERMINATE`.
    pub indication: &'static str,
    /// The reason; none beside `TOTAL-PASSED`.
    pub sub: Option<&'static str>,
    /// The label; none beside `TOTAL-PASSED`, nor where nobody is refused anything.
    pub label: Option<RefusalLabel>,
}

impl Reached {
    /// Everything was proven.
    pub const PASSED: Self = Self {
        indication: "TOTAL-PASSED",
        sub: None,
        label: None,
    };
    /// The certificate is revoked.
    pub const REVOKED: Self = refused("TOTAL-FAILED", "REVOKED", RefusalLabel::CertificateRevoked);
    /// The certificate is on hold, which may end.
    pub const SUSPENDED: Self = refused(
        "INDETERMINATE",
        "TRY_LATER",
        RefusalLabel::CertificateSuspended,
    );
    /// Nobody says anything that can be believed: never accepted, perhaps later.
    pub const UNKNOWN: Self = refused(
        "INDETERMINATE",
        "TRY_LATER",
        RefusalLabel::RevocationUnknown,
    );
    /// No chain leads to what is trusted.
    pub const NO_CHAIN: Self = refused(
        "INDETERMINATE",
        "NO_CERTIFICATE_CHAIN_FOUND",
        RefusalLabel::IssuerUntrusted,
    );
    /// The chain is there, and an authority in it is none.
    pub const NO_AUTHORITY: Self = refused(
        "INDETERMINATE",
        "CHAIN_CONSTRAINTS_FAILURE",
        RefusalLabel::IssuerUntrusted,
    );
    /// The chain is there and does not hold: a signature, or a period of an authority.
    pub const BAD_CHAIN: Self = refused(
        "INDETERMINATE",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        RefusalLabel::IssuerUntrusted,
    );
    /// There is no time stamp that proves when a signature existed.
    pub const NO_STAMP: Self = Self {
        indication: "INDETERMINATE",
        sub: Some("NO_POE"),
        label: None,
    };
}

const fn refused(indication: &'static str, sub: &'static str, label: RefusalLabel) -> Reached {
    Reached {
        indication,
        sub: Some(sub),
        label: Some(label),
    }
}

/// Which sources of revocation the relying party asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// OCSP first, the list where OCSP gave nothing that can be believed.
    OcspThenList,
    /// Both always; the worse counts.
    Both,
}

/// One fault put to the test: about whom is asked, how, and what must come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The ready-made identity whose certificate is examined.
    pub about: &'static str,
    /// Which sources are asked.
    pub asks: Asks,
    /// Where the other source answers honestly (the list beside OCSP, OCSP beside the list, the complete list
    /// beside its delta).
    pub helped: Reached,
    /// Where the other source is silent.
    pub alone: Reached,
}

/// What a correct relying party makes of an answer with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It takes it: the fault harms nothing that it relies on. These rows guard against refusing too much.
    Takes,
    /// It drops it: the answer is no evidence, and counts as if there were none.
    Drops,
    /// It takes it for what it says: see the trial.
    Says(Trial),
}

impl Conduct {
    /// The test of a fault on that service.
    #[must_use]
    pub const fn trial(self, service: Service) -> Trial {
        let (helped, alone) = match (self, service) {
            (Self::Says(trial), _) => return trial,
            // A delta is nothing without its base.
            (Self::Takes, Service::Delta) => (Reached::PASSED, Reached::UNKNOWN),
            (Self::Takes, _) => (Reached::PASSED, Reached::PASSED),
            (Self::Drops, Service::Ocsp | Service::Crl | Service::Delta) => {
                (Reached::PASSED, Reached::UNKNOWN)
            }
            (Self::Drops, Service::Cert) => (Reached::NO_CHAIN, Reached::NO_CHAIN),
            (Self::Drops, Service::Tsp) => (Reached::NO_STAMP, Reached::NO_STAMP),
        };
        Trial {
            about: GOOD,
            // A list that nobody asks for proves nothing about who asks.
            asks: match service {
                Service::Crl | Service::Delta => Asks::Both,
                Service::Ocsp | Service::Tsp | Service::Cert => Asks::OcspThenList,
            },
            helped,
            alone,
        }
    }
}

/// An identity whose certificate is good.
pub(super) const GOOD: &str = "citizen-1";
/// An identity whose certificate is revoked.
pub(super) const REVOKED: &str = "revoked";

/// A lie to the certificate's cost: whoever asks believes it.
pub(super) const fn believed(reached: Reached) -> Conduct {
    Conduct::Says(Trial {
        about: GOOD,
        asks: Asks::OcspThenList,
        helped: reached,
        alone: reached,
    })
}

/// A lie to the certificate's cost in a list: heard by whoever asks both, or the list alone.
pub(super) const fn listed(reached: Reached) -> Conduct {
    Conduct::Says(Trial {
        about: GOOD,
        asks: Asks::Both,
        helped: reached,
        alone: reached,
    })
}

/// A lie in favour of a revoked certificate, by the entitled signer: only the other source can contradict it.
pub(super) const DECEIVES: Conduct = Conduct::Says(Trial {
    about: REVOKED,
    asks: Asks::Both,
    helped: Reached::REVOKED,
    alone: Reached::PASSED,
});

/// An answer about a revoked certificate that was changed after it was signed.
pub(super) const FORGED: Conduct = Conduct::Says(Trial {
    about: REVOKED,
    asks: Asks::OcspThenList,
    helped: Reached::REVOKED,
    alone: Reached::UNKNOWN,
});

/// The same of a list.
pub(super) const LIST_FORGED: Conduct = Conduct::Says(Trial {
    about: REVOKED,
    asks: Asks::Both,
    helped: Reached::REVOKED,
    alone: Reached::UNKNOWN,
});

/// A lie to the certificate's cost in a delta: heard where there is a base.
pub(super) const ADDED: Conduct = Conduct::Says(Trial {
    about: GOOD,
    asks: Asks::Both,
    helped: Reached::REVOKED,
    alone: Reached::UNKNOWN,
});

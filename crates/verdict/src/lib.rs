//! One judgement about one signed document, from evidence.
//!
//! Sans-I/O: an [`Examination`] is begun with a [`Subject`], what is [`Known`] beforehand, a [`Policy`]
//! and the [`Moment`](qaqpa_model::Moment) that is judged. It says what it [`Need`]s, is fed, and gives
//! a [`Verdict`]; when every check passed, also [`Proven`], the only way to read the application.
//!
//! ```text
//! begin → advance → Wants(needs) → feed … → advance → Done → finish → (Verdict, Option<Proven>)
//! ```
//!
//! Three answers everywhere: pass, fail, undecided. Undecided revocation is a refusal (hard fail), with
//! the label `revocation-unknown` and the indication INDETERMINATE / TRY_LATER.
//!
//! ```
//! # use qaqpa_model::{Limits, Moment};
//! # use qaqpa_verdict::{Examination, Known, Policy, Progress, Received, Subject, Verdict};
//! fn judge(certificate_der: &[u8], known: &Known, at: Moment, seed: [u8; 32]) -> Verdict {
//!     let subject = Subject::Certificate { certificate_der, pool_der: &[] };
//!     let (policy, limits) = (Policy::default(), Limits::default());
//!     let mut examination = Examination::begin(subject, known, &policy, &limits, at, seed);
//!     while let Progress::Wants(needs) = examination.advance() {
//!         for need in needs {
//!             // Here somebody would go and ask `need.urls()`.
//!             examination.feed(need.id(), &Received::unavailable("nobody went", at));
//!         }
//!     }
//!     examination.finish().0
//! }
//! # let known = Known { anchors: qaqpa_x509::TrustAnchors::default(), pool: Vec::new() };
//! let verdict = judge(b"not a certificate", &known, Moment::from_unix_ms(0), [7; 32]);
//! assert!(!verdict.is_passed());
//! ```
//!
//! Indications are those of ETSI EN 319 102-1; what the standard does not know is marked as the
//! simulator's own ([`SubIndication::is_own`]).

mod border;
mod capsule;
mod cause;
mod checks;
mod diagnosis;
mod dossier;
mod examination;
mod facts;
mod indication;
mod inner;
mod judgement;
mod laboratory;
mod list;
mod matter;
mod message;
mod need;
mod policy;
mod proven;
mod replay;
pub mod report;
mod rules;
mod signature;
mod signatures;
mod sources;
mod stamps;
mod text;
mod uncovered;
mod verdict;

pub use capsule::{CAPSULE_BYTES_MAX, Capsule, CapsuleError, CapsuleGap};
pub use cause::Cause;
pub use checks::bin::confirm_bin;
pub use checks::iin::confirm_iin;
pub use diagnosis::{DiagnosisView, DigestCause, diagnose};
pub use dossier::{Dossier, Fed, KEPT_BYTES_MAX, KeptQuestion};
pub use examination::{Examination, Known, Subject};
pub use indication::{Indication, SubIndication};
pub use list::List;
pub use matter::{Matter, Opened};
pub use message::SignedMessage;
pub use need::{Attempt, Evidence, Need, NeedId, Progress, Question, Received};
pub use policy::{IS_LABORATORY, Nonce, OCSP_AGE_MAX, Policy, PolicyError, SKEW_MAX, Sources};
pub use proven::{Proven, ProvenContent, SignerIdentity};
pub use replay::{NoShelf, Shelf, replay};
pub use rules::{Held, Level, Rule, table as checks_table};
pub use signatures::{Signatures, profile_of, worst};
pub use sources::Believed;
pub use verdict::{
    CertificateView, CheckId, CheckReport, ConsumedView, EvidenceKind, EvidenceView, JudgedAs,
    Outcome, ReferenceView, RuleOutcome, RuleReport, ScopeView, SignerView, StampView, SubjectKind,
    TrustSource, VERSION, Verdict,
};

//! A refusal as an applicant is told of it: what, where in the regulation, on what evidence, and what to do.

use qaqpa_model::RefusalLabel;
use qaqpa_regulations::flow::Branch;
use qaqpa_regulations::{Flow, Meaning};
use qaqpa_verdict::Verdict;
use serde::{Deserialize, Serialize};

/// Why the portal or the gateway said no.
///
/// Stored in a notification's arguments: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The label's text.
    pub label: String,
    /// The sentence of the check that failed, with what it was based on; in English.
    #[serde(default)]
    pub why: String,
    /// The check that failed: `revocation`.
    #[serde(default)]
    pub check: String,
    /// The clause that asks the check.
    #[serde(default)]
    pub clause: String,
}

impl Refusal {
    /// A refusal without a check of the verdict behind it.
    #[must_use]
    pub fn plain(label: RefusalLabel, why: impl Into<String>) -> Self {
        Self {
            label: label.as_str().to_owned(),
            why: why.into(),
            check: String::new(),
            clause: String::new(),
        }
    }

    /// The refusal that a verdict leads to: the first check that did not pass names it.
    #[must_use]
    pub fn of_verdict(verdict: &Verdict, label: RefusalLabel) -> Self {
        let failed = verdict
            .checks
            .iter()
            .find(|check| check.label == Some(label));
        Self {
            label: label.as_str().to_owned(),
            why: failed.map_or_else(|| verdict.why().to_owned(), |check| check.why.clone()),
            check: failed.map_or_else(String::new, |check| check.id.as_str().to_owned()),
            clause: failed.map_or_else(String::new, |check| check.clause.to_string()),
        }
    }

    /// The label, if it is one that we know.
    #[must_use]
    pub fn label(&self) -> Option<RefusalLabel> {
        RefusalLabel::parse(&self.label)
    }

    /// The arguments of the notification that tells of it.
    #[must_use]
    pub fn to_args(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// The key of the text that says what an applicant can do about a refusal.
#[must_use]
pub const fn remedy_key(label: RefusalLabel) -> &'static str {
    use RefusalLabel as L;
    match label {
        L::PasswordWrong => "remedy-login",
        L::ApplicantUnknown => "remedy-person",
        L::IinInvalid => "remedy-iin",
        L::CertificateExpired => "remedy-renew-certificate",
        L::CertificateNotYetValid => "remedy-wait-certificate",
        L::CertificatePurpose => "remedy-signing-certificate",
        L::CertificateRevoked => "remedy-renew-certificate",
        L::CertificateSuspended => "remedy-resume-certificate",
        L::BinMismatch | L::IinMismatch => "remedy-own-certificate",
        L::AuthorityRevoked | L::IssuerUntrusted | L::AlgorithmWeak => "remedy-other-certificate",
        L::RevocationUnknown | L::RequestTimeout => "remedy-try-later",
        L::DocumentsRefused | L::GroundsAbsent => "remedy-documents",
        L::BodyTooLarge | L::LimitExceeded => "remedy-smaller",
        L::AlgorithmUnknown
        | L::ApplicationMalformed
        | L::ContentChanged
        | L::DtdRefused
        | L::ReferenceRefused
        | L::Replayed
        | L::SignatureMalformed
        | L::SignatureMissing
        | L::SignatureMultiple
        | L::SignatureScope
        | L::SignatureValueWrong
        | L::TransformRefused
        | L::XmlMalformed => "remedy-sign-again",
        _ => "remedy-operator",
    }
}

/// The key of the text that says what a label means.
#[must_use]
pub fn cause_key(label: &str) -> String {
    format!("cause-{label}")
}

/// The question of a flow whose "no" leads to the process of that meaning.
#[must_use]
pub fn condition_of(flow: &Flow, refusal: Meaning) -> Option<&qaqpa_regulations::Element> {
    let refused = flow.element_for(refusal)?;
    flow.elements
        .iter()
        .find(|element| matches!(&element.branch, Branch::Question { no, .. } if *no == refused.id))
}

/// Whether the gateway's refusal with this label is the certificate's condition answered with "no".
///
/// Other labels are faults between the portal and the gateway, which say nothing about the applicant.
#[must_use]
pub fn is_about_the_signature(label: RefusalLabel) -> bool {
    !matches!(remedy_key(label), "remedy-operator" | "remedy-try-later")
        || label == RefusalLabel::RevocationUnknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_a_remedy_and_the_channels_own_faults_are_the_operators() {
        for label in RefusalLabel::ALL {
            assert!(remedy_key(*label).starts_with("remedy-"));
        }
        for label in [
            RefusalLabel::SenderUnknown,
            RefusalLabel::SenderPasswordWrong,
            RefusalLabel::TransportSignatureInvalid,
            RefusalLabel::EnvelopeMalformed,
        ] {
            assert!(!is_about_the_signature(label), "{label}");
        }
        assert!(is_about_the_signature(RefusalLabel::CertificateRevoked));
        assert!(is_about_the_signature(RefusalLabel::RevocationUnknown));
    }
}

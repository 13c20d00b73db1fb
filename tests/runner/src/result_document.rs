//! The document out of the cabinet, judged as anybody can judge it: by the trusted certificates alone.

use qaqpa_model::{Limits, MessageId};
use qaqpa_wire::{Outcome, ResultDocument};
use qaqpa_x509::{Certificate, TrustAnchors, path};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::act::CabinetDocument;
use crate::error::RunError;
use crate::scenario::Scenario;
use crate::stand::Stand;

/// A document whose signature, chain and references to the application were checked here.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// Whether it grants the service.
    pub(crate) granted: bool,
    /// The signed bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Checks that the document is signed by somebody under the trusted authority, is about this
/// application, and says what the cabinet says it says.
pub(crate) async fn check(
    stand: &Stand,
    scenario: &Scenario,
    applicant: &str,
    message: &MessageId,
    document: CabinetDocument,
) -> Result<Checked, RunError> {
    let wrong = |what: String| RunError::Signing(format!("the cabinet's document: {what}"));
    if document.verdict != "TOTAL-PASSED" {
        return Err(wrong(format!(
            "the portal's verdict is {}",
            document.verdict
        )));
    }
    let parsed = Document::parse(&document.bytes, &XmlLimits::default())
        .map_err(|error| wrong(error.to_string()))?;
    let signature =
        find_enveloped(&parsed, &Bounds::default()).map_err(|error| wrong(error.to_string()))?;
    let certificates: Vec<Certificate> = signature
        .certificates()
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(error.to_string()))?;
    let signer = certificates
        .first()
        .ok_or_else(|| wrong("no certificate".to_owned()))?;
    let covered = signature
        .cover(signer.spki_der())
        .map_err(|error| wrong(error.to_string()))?;

    let trust = &stand.endpoints().trust.signature;
    let pem = std::fs::read(trust).map_err(|why| RunError::File {
        path: trust.display().to_string(),
        why: why.to_string(),
    })?;
    let anchors = TrustAnchors::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
    let now = stand.now().await?;
    path::build(
        signer,
        anchors.intermediates(),
        &anchors,
        now,
        &Limits::default(),
    )
    .map_err(|error| wrong(error.to_string()))?;

    let result = ResultDocument::read(&covered).map_err(|error| wrong(error.to_string()))?;
    if result.message_id != *message {
        return Err(wrong(format!("it is about message {}", result.message_id)));
    }
    if result.service != scenario.service {
        return Err(wrong(format!("it is about {}", result.service)));
    }
    if result.applicant.iin.reveal() != stand.person(applicant)?.iin {
        return Err(wrong("it is about another applicant".to_owned()));
    }
    let granted = result.outcome == Outcome::Granted;
    let shown = if granted { "granted" } else { "refused" };
    if document.outcome != shown {
        return Err(wrong(format!(
            "the cabinet says {}, the document {shown}",
            document.outcome
        )));
    }
    Ok(Checked {
        granted,
        bytes: document.bytes,
    })
}

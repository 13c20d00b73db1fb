//! Stage 3: the business document's signature, and the document read from what it covers.

use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::{Refused, with_change};
use qaqpa_model::{Iin, Limits, RefusalLabel, ServiceAtAct};
use qaqpa_verdict::{SignerIdentity, Subject, Verdict};
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::namespace::DOCUMENT;
use qaqpa_wire::{Application, DocumentError, Person, ResultDocument, StatusDocument};
use qaqpa_xml::Document;
use qaqpa_xmldsig::{Covered, Ledger, find_enveloped};
use serde_json::json;

use super::condition::said_no;
use super::open_envelope::{Addressed, Opened};
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// A document whose signature was judged TOTAL-PASSED at the moment of receipt, read from its covered
/// part alone.
///
/// Says nothing about whether the signer is the submitter.
#[derive(Debug)]
pub(crate) struct Judged {
    addressed: Addressed,
    letter: Letter,
    signer: SignerIdentity,
    signature: [u8; 32],
    verdict: Verdict,
}

/// The documents that travel.
#[derive(Debug)]
pub(crate) enum Letter {
    /// From a person to the state.
    Application(Application),
    /// From the state to a person.
    Result(ResultDocument),
    /// From the provider's system to whoever sent the application: no person signs it, and it names none.
    Status(StatusDocument),
}

/// [`Letter::kind`] of a status.
pub(crate) const STATUS: &str = "status";

impl Letter {
    /// Whose certificate must have signed, and the person for whom the service is asked.
    const fn persons(&self) -> Option<(&Iin, &Person)> {
        match self {
            Self::Application(application) => {
                Some((&application.submitter, &application.applicant))
            }
            Self::Result(result) => Some((&result.submitter, &result.applicant)),
            Self::Status(_) => None,
        }
    }

    pub(super) const fn service(&self) -> &ServiceAtAct {
        match self {
            Self::Application(application) => &application.service,
            Self::Result(result) => &result.service,
            Self::Status(status) => &status.service,
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Application(_) => "application",
            Self::Result(_) => "result",
            Self::Status(_) => STATUS,
        }
    }
}

/// What the later stages need.
#[derive(Debug)]
pub(crate) struct JudgedParts {
    pub(super) addressed: Addressed,
    pub(super) letter: Letter,
    pub(super) signer: SignerIdentity,
    pub(super) signature: [u8; 32],
    pub(super) verdict: Verdict,
}

impl Judged {
    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> JudgedParts {
        JudgedParts {
            addressed: self.addressed,
            letter: self.letter,
            signer: self.signer,
            signature: self.signature,
            verdict: self.verdict,
        }
    }
}

/// Judges the document's signature as of the moment of receipt.
pub(crate) async fn judge_signature(
    gateway: &Gateway,
    opened: Opened,
    record: &mut Record,
) -> Result<Judged, Turn> {
    let (addressed, examiner) = opened.into_parts();
    let document = Document::parse(&addressed.request.data.bytes, &xml_limits(&gateway.limits))
        .map_err(|error| Refused::new(label_of_xml(&error), format!("in data: {error}")))?;
    let (verdict, proven) = examiner
        .examine(Subject::Document(&document), record.at())
        .await;
    let Some(proven) = proven else {
        let refused = refusal(&document, &verdict, &gateway.limits);
        let (sender, service) = (&addressed.sender, &addressed.service);
        return Err(said_no(gateway, sender, service, refused).into());
    };
    // What is read below is noted, and stands in the stored verdict with the reference that covers each element.
    let ledger = Ledger::default();
    let covered = proven.covered.noted_in(&ledger);
    let letter = read(&covered, &gateway.limits);
    let verdict = verdict.with_consumed(&covered);
    let mut letter = letter.map_err(|error| {
        Refused::new(error.label(), error.to_string()).with_journal("verdict", verdict.to_json())
    })?;
    if let Letter::Application(application) = &mut letter {
        // They were held against their digests, and go on in the document: nobody reads them here again.
        application.attachments = Vec::new();
    }
    record.note("kind", json!(letter.kind()));
    if let Some((submitter, applicant)) = letter.persons() {
        record.note("submitter", json!(submitter.masked()));
        record.note("applicant", json!(applicant.iin.masked()));
    }
    Ok(Judged {
        signature: proven.signature_digest,
        signer: proven.signer,
        addressed,
        letter,
        verdict,
    })
}

fn read(covered: &Covered<'_>, limits: &Limits) -> Result<Letter, DocumentError> {
    if covered.root().is(DOCUMENT, "result") {
        return ResultDocument::read(covered).map(Letter::Result);
    }
    if covered.root().is(DOCUMENT, "status") {
        return StatusDocument::read(covered).map(Letter::Status);
    }
    Application::read(covered, limits).map(Letter::Application)
}

/// The verdict's label and reason; for changed content also what was digested, so that an integrator
/// can see where the bytes differ.
fn refusal(document: &Document, verdict: &Verdict, limits: &Limits) -> Refused {
    let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
    let mut refused = Refused::new(label, verdict.why());
    if let Some(sub) = verdict.sub_indication {
        refused = refused.with("indication", format!("{} / {sub}", verdict.indication));
    }
    if let Some(cause) = verdict.cause() {
        refused = refused.with("cause", cause.as_str());
    }
    with_change(refused, document, find_enveloped, limits)
        .with_journal("verdict", verdict.to_json())
}

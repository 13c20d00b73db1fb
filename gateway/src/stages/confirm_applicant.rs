//! Stage 4: the signer is the submitter, and this sender may send this kind of document.

use qaqpa_channel::Refused;
use qaqpa_model::{Actor, Answer, RefusalLabel, SenderId};
use qaqpa_verdict::{Verdict, confirm_iin};
use serde_json::json;

use super::condition::said_no;
use super::judge_signature::{Judged, JudgedParts, Letter};
use super::open_envelope::Addressed;
use crate::gateway::Gateway;
use crate::record::Record;

/// A document that its submitter signed, from a sender that may send it. Condition 2 is a yes.
///
/// Says nothing about whether the service is offered, or whether a result belongs to an application.
#[derive(Debug)]
pub(crate) struct Admitted {
    addressed: Addressed,
    letter: Letter,
    signature: [u8; 32],
    verdict: Verdict,
}

/// What the later stages need.
#[derive(Debug)]
pub(crate) struct AdmittedParts {
    pub(super) addressed: Addressed,
    pub(super) letter: Letter,
    pub(super) signature: [u8; 32],
    pub(super) verdict: Verdict,
}

impl Admitted {
    pub(super) const fn letter(&self) -> &Letter {
        &self.letter
    }

    pub(super) const fn addressed(&self) -> &Addressed {
        &self.addressed
    }

    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> AdmittedParts {
        AdmittedParts {
            addressed: self.addressed,
            letter: self.letter,
            signature: self.signature,
            verdict: self.verdict,
        }
    }
}

/// Compares the certificate's IIN with the submitter's, and the sender with the document.
pub(crate) fn confirm_applicant(
    gateway: &Gateway,
    judged: Judged,
    record: &mut Record,
) -> Result<Admitted, Refused> {
    let JudgedParts {
        addressed,
        letter,
        signer,
        signature,
        verdict,
    } = judged.into_parts();
    match confirm_iin(&signer, letter.submitter()) {
        Answer::Pass => {}
        Answer::Fail(label) | Answer::Undecided(label) => {
            record.note(
                "certificate-iin",
                json!(signer.iin.as_ref().map(qaqpa_model::Iin::masked)),
            );
            let refused = Refused::new(
                label,
                "the IIN in submitter/iin is not the one in the certificate that signed",
            )
            .with_journal("verdict", verdict.to_json());
            let (sender, service) = (&addressed.sender, &addressed.service);
            return Err(said_no(gateway, sender, service, refused));
        }
    }
    may_send(&addressed.sender, &letter)?;
    Ok(Admitted {
        addressed,
        letter,
        signature,
        verdict,
    })
}

/// Applications come from the portal and from integrators, results from the regional gateway alone.
fn may_send(sender: &SenderId, letter: &Letter) -> Result<(), Refused> {
    let may = match (Actor::parse(sender.as_str()), letter) {
        (Some(Actor::RegionalGateway), Letter::Result(_))
        | (Some(Actor::Portal) | None, Letter::Application(_)) => true,
        (_, Letter::Application(_) | Letter::Result(_)) => false,
    };
    if may {
        return Ok(());
    }
    Err(Refused::new(
        RefusalLabel::SenderUnknown,
        format!(
            "{sender} may not send a document of the kind {}",
            letter.kind()
        ),
    ))
}

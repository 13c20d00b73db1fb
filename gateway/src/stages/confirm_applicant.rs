//! Stage 4: the signer is the submitter, in the name of whom the document says, and this sender may send
//! this kind of document. A status has no submitter: the system that sends it has signed it.

use qaqpa_channel::Refused;
use qaqpa_model::{Actor, ActorName, Iin, RefusalLabel, SenderId};
use qaqpa_verdict::{SignerIdentity, Verdict};
use qaqpa_wire::Organisation;
use qaqpa_x509::profile::{self, Role};
use serde_json::json;

use super::condition::said_no;
use super::judge_signature::{Judged, JudgedParts, Letter};
use super::open_envelope::Addressed;
use crate::gateway::Gateway;
use crate::record::Record;

/// A document that its submitter signed, in the name of the organisation that it names or of none, from a
/// sender that may send it. Condition 2 is a yes.
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

/// Compares the certificate's IIN with the submitter's, its BIN with the organisation's, and the sender with
/// the document.
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
    let (sender, service) = (&addressed.sender, &addressed.service);
    let refuse = |verdict: &Verdict, label, why: String| {
        let mut refused = Refused::new(label, why);
        // Where the verdict itself is passed, what was found is none of its causes.
        if let Some(cause) = verdict.cause() {
            refused = refused.with("cause", cause.as_str());
        }
        let refused = refused.with_journal("verdict", verdict.to_json());
        said_no(gateway, sender, service, refused)
    };
    let signed_by = |verdict: Verdict, submitter: &Iin, record: &mut Record| {
        let verdict = verdict.with_submitter(submitter);
        let Some(label) = verdict.label else {
            return Ok(verdict);
        };
        record.note(
            "certificate-iin",
            json!(signer.iin.as_ref().map(Iin::masked)),
        );
        let why = "the IIN in submitter/iin is not the one in the certificate that signed";
        Err(refuse(&verdict, label, why.to_owned()))
    };
    let verdict = match &letter {
        Letter::Application(application) => {
            let verdict = signed_by(verdict, &application.submitter, record)?;
            match &application.organisation {
                Some(organisation) => {
                    let verdict = verdict.with_organisation(&organisation.bin);
                    if let Some(label) = verdict.label {
                        let why = "the certificate that signed is not of the organisation in submitter/bin";
                        return Err(refuse(&verdict, label, why.to_owned()));
                    }
                    acts_as(&signer, organisation)
                        .map_err(|why| refuse(&verdict, RefusalLabel::BinMismatch, why))?;
                    verdict
                }
                None => {
                    signs_for_itself(&signer)
                        .map_err(|why| refuse(&verdict, RefusalLabel::BinMismatch, why))?;
                    verdict
                }
            }
        }
        // An officer decides in the name of the state; the unit stands in the result.
        Letter::Result(result) => {
            let verdict = signed_by(verdict, &result.submitter, record)?;
            decides(&signer)
                .map_err(|why| refuse(&verdict, RefusalLabel::CertificatePurpose, why))?;
            verdict
        }
        // A machine's word: of the very system that sends it.
        Letter::Status(_) if signer.certificate.der() == addressed.certificate.der() => verdict,
        Letter::Status(_) => {
            let why = format!(
                "the status is signed by {:?}, not by {sender}, who sends it",
                signer.common_name
            );
            let label = RefusalLabel::SenderCertificateMismatch;
            return Err(refuse(&verdict, label, why));
        }
    };
    may_send(&addressed.sender, &letter)?;
    Ok(Admitted {
        addressed,
        letter,
        signature,
        verdict,
    })
}

/// Who says to act as somebody has a certificate that says so: an employee is no head. (B02)
fn acts_as(signer: &SignerIdentity, organisation: &Organisation) -> Result<(), String> {
    let Some(role) = organisation.role else {
        return Ok(());
    };
    let has = profile::roles(&signer.certificate)
        .iter()
        .any(|of| of.name() == role.as_str());
    if has {
        return Ok(());
    }
    Err(format!(
        "submitter/role is {}, and the certificate that signed does not give that role",
        role.as_str()
    ))
}

/// Only somebody of the provider decides: its head, or who works there or signs for it. Whoever has a certificate of their own alone
/// is nobody there, whatever the regional gateway says. (M01)
fn decides(signer: &SignerIdentity) -> Result<(), String> {
    let of_the_provider = [Role::Head, Role::RightToSign, Role::Employee];
    let roles = profile::roles(&signer.certificate);
    if roles.iter().any(|role| of_the_provider.contains(role)) {
        return Ok(());
    }
    Err(
        "the certificate that signed the result is neither of a head nor of an employee: \
         a private person decides no application"
            .to_owned(),
    )
}

/// What a person signs with the certificate of an organisation is the organisation's word, and an application
/// that names none is nobody's but the person's own. (B03)
fn signs_for_itself(signer: &SignerIdentity) -> Result<(), String> {
    let subject = signer.certificate.subject();
    if signer.bin.is_none() && subject.organization.is_none() {
        return Ok(());
    }
    Err(
        "the certificate that signed is of an organisation, and the application names none: \
         name it in submitter/bin, or sign with the person's own certificate"
            .to_owned(),
    )
}

/// Applications come from the portal and from integrators, statuses and results from regional gateways alone.
fn may_send(sender: &SenderId, letter: &Letter) -> Result<(), Refused> {
    let actor = ActorName::parse(sender.as_str()).map(|name| name.actor());
    let may = match (actor, letter) {
        (Some(Actor::RegionalGateway), Letter::Result(_) | Letter::Status(_))
        | (Some(Actor::Portal) | None, Letter::Application(_)) => true,
        (_, Letter::Application(_) | Letter::Result(_) | Letter::Status(_)) => false,
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

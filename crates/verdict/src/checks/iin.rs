//! Condition 2, the last question: is the signer the submitter whom the request names?

use qaqpa_model::{Answer, Iin, RefusalLabel};

use super::Finding;
use crate::cause::Cause;
use crate::proven::SignerIdentity;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str = "condition 2: the IIN in the request is the IIN in the certificate";

/// Compares the certificate's IIN with that of the submitter.
///
/// The only possible answers are a pass and [`RefusalLabel::IinMismatch`]: a certificate without an IIN
/// (an information system's, or one with two) is nobody's.
pub fn confirm_iin(signer: &SignerIdentity, submitter: &Iin) -> Answer<RefusalLabel> {
    // The acts: "the IIN […] given in the request [is the same as] the IIN given in the certificate".
    // Where a worker signs for an applicant, the submitter is the worker. (B01, K11)
    if signer.iin.as_ref() == Some(submitter) {
        Answer::Pass
    } else {
        Answer::Fail(RefusalLabel::IinMismatch)
    }
}

/// The same question as a finding; not asked where nobody is proven to have signed.
pub(crate) fn judge(signer: Option<&SignerIdentity>, submitter: &Iin) -> Finding {
    let id = CheckId::Iin;
    let Some(signer) = signer else {
        return Finding::not_asked(id, "an earlier question was answered with no");
    };
    match confirm_iin(signer, submitter) {
        Answer::Pass => Finding::pass(id, format!("the submitter {} signed", submitter.masked())),
        Answer::Fail(_) | Answer::Undecided(_) => match signer.iin {
            Some(iin) => Finding::fail(
                Cause::IinOther,
                format!(
                    "the certificate is of {}, and the request is of {}",
                    iin.masked(),
                    submitter.masked()
                ),
            ),
            None => Finding::fail(
                Cause::IinAbsent,
                "the certificate has no IIN, or more than one",
            ),
        },
    }
}

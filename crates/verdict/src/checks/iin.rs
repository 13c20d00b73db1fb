//! Condition 2, the last question: is the signer the submitter whom the request names?

use qaqpa_model::{Answer, Iin, RefusalLabel};

use crate::proven::SignerIdentity;

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

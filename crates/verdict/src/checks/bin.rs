//! Does the signer sign for the organisation that the request names?

use qaqpa_model::{Answer, Bin, RefusalLabel};

use super::Finding;
use crate::indication::SubIndication;
use crate::proven::SignerIdentity;
use crate::rules::Rule;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "the national profile: OU=BIN… is the organisation that the signer signs for";

/// Compares the certificate's BIN with that of the organisation.
///
/// The only possible answers are a pass and [`RefusalLabel::BinMismatch`]: a person's own certificate, and one with two
/// BINs, is no organisation's.
pub fn confirm_bin(signer: &SignerIdentity, organisation: &Bin) -> Answer<RefusalLabel> {
    // (B02, B03)
    if signer.bin.as_ref() == Some(organisation) {
        Answer::Pass
    } else {
        Answer::Fail(RefusalLabel::BinMismatch)
    }
}

/// The same question as a finding; not asked where nobody is proven to have signed.
pub(crate) fn judge(signer: Option<&SignerIdentity>, organisation: &Bin) -> Finding {
    let id = CheckId::Bin;
    let Some(signer) = signer else {
        return Finding::not_asked(id, "an earlier question was answered with no");
    };
    let named = organisation.reveal();
    match confirm_bin(signer, organisation) {
        Answer::Pass => Finding::pass(id, format!("signed for the organisation {named}")),
        Answer::Fail(label) | Answer::Undecided(label) => Finding::fail(
            Rule::BinSame,
            label,
            SubIndication::BinMismatch,
            match signer.bin {
                Some(bin) => format!(
                    "the certificate is of the organisation {}, and the request is of {named}",
                    bin.reveal()
                ),
                None => {
                    format!("the certificate is of no organisation, and the request is of {named}")
                }
            },
        ),
    }
}

//! Does the signer sign for the organisation that the request names?

use qaqpa_model::{Answer, Bin, RefusalLabel};
use qaqpa_x509::profile;

use super::Finding;
use crate::cause::Cause;
use crate::proven::SignerIdentity;
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

/// Whether the signer signs for himself alone; not asked where nobody is proven to have signed. What is signed with the
/// certificate of an organisation is the organisation's word, and a request that names none is nobody's but the person's own.
pub(crate) fn judge_own(signer: Option<&SignerIdentity>) -> Finding {
    let Some(signer) = signer else {
        return Finding::not_asked(CheckId::Bin, "an earlier question was answered with no");
    };
    let organisation = signer.certificate.subject().organization.as_deref();
    match (signer.bin, organisation) {
        (None, None) => Finding::pass(
            CheckId::Bin,
            "the certificate is of no organisation, and the request names none",
        ),
        (bin, name) => {
            let bin = bin.map(|bin| bin.reveal());
            let name = bin.as_deref().or(name).unwrap_or_default();
            let why = format!(
                "the certificate is of the organisation {name}, and the request names none"
            );
            Finding::fail(Cause::BinUnnamed, why)
        }
    }
}

/// Whether the certificate gives the role in which the request says that the signer acts.
pub(crate) fn judge_role(signer: Option<&SignerIdentity>, role: &str) -> Finding {
    let Some(signer) = signer else {
        return Finding::not_asked(CheckId::Bin, "an earlier question was answered with no");
    };
    let roles = profile::roles(&signer.certificate);
    if roles.iter().any(|has| has.name() == role) {
        return Finding::pass(
            CheckId::Bin,
            format!("the certificate gives the role {role}"),
        );
    }
    let has: Vec<_> = roles.iter().map(|role| role.name()).collect();
    let why = format!(
        "the request is by the role {role}, and the certificate gives {}",
        match has.as_slice() {
            [] => "none".to_owned(),
            has => has.join(", "),
        }
    );
    Finding::fail(Cause::RoleOther, why)
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
        Answer::Fail(_) | Answer::Undecided(_) => match signer.bin {
            Some(bin) => Finding::fail(
                Cause::BinOther,
                format!(
                    "the certificate is of the organisation {}, and the request is of {named}",
                    bin.reveal()
                ),
            ),
            None => Finding::fail(
                Cause::BinAbsent,
                format!("the certificate is of no organisation, and the request is of {named}"),
            ),
        },
    }
}

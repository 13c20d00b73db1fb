//! From facts to the verdict: the first question that was not passed decides.

use qaqpa_model::{Answer, Moment, RefusalLabel};
use qaqpa_x509::Certificate;

use crate::border;
use crate::cause::Cause;
use crate::checks::revocation::{self, Asked};
use crate::checks::{self, Finding};
use crate::examination::Facts;
use crate::facts::Account;
use crate::indication::Indication;
use crate::policy::{IS_LABORATORY, Policy};
use crate::proven::{Passed, SignerIdentity};
use crate::verdict::{
    CertificateView, CheckId, SignerView, SubjectKind, TrustSource, VERSION, Verdict,
};

/// Draws up the verdict, and the proof where every question was answered with yes.
pub(crate) fn draw_up<'d>(facts: Facts<'d>, policy: &Policy) -> (Verdict, Option<Passed<'d>>) {
    let mut findings = facts.findings;
    let revocation = if facts.path.is_some() && findings.iter().all(Finding::is_pass) {
        revocation::judge(&facts.asked, &facts.accounts, facts.moment, policy)
    } else {
        Finding::not_asked(
            CheckId::Revocation,
            "an earlier question was answered with no: nobody was asked",
        )
    };
    stamp_revocation(
        &mut findings,
        &facts.stamp_asked,
        &facts.accounts,
        facts.at,
        policy,
    );
    // A stamp whose authority turned out to be revoked, or not known to be good, proves no moment.
    let is_stamped = findings
        .iter()
        .any(|finding| finding.id == CheckId::Timestamp && finding.is_pass());
    findings.push(revocation);
    // Every question, not only those that were asked: a question that was left out is no pass.
    let is_passed = findings.iter().all(Finding::is_pass);
    let decisive = decisive(&findings);
    let signer = facts.signer.as_ref().map(SignerIdentity::read);
    let proven_signer = signer.clone().filter(|_| is_passed);
    let verdict = Verdict {
        version: VERSION,
        subject: facts.kind,
        profile: facts.profile,
        indication: match decisive {
            Some(cause) => cause.sub_indication().indication(),
            None if is_passed => Indication::TotalPassed,
            None => Indication::Indeterminate,
        },
        sub_indication: decisive.map(Cause::sub_indication),
        label: decisive.map(|cause| label(facts.kind, cause)),
        at: facts.at,
        claimed_signing_time: facts.claimed,
        best_signature_time: facts
            .stamp
            .as_ref()
            .filter(|_| is_stamped && facts.kind != SubjectKind::Transport)
            .map(|stamp| stamp.at),
        trust: TrustSource::Examiner,
        scope: facts.scope,
        signer: signer.as_ref().map(SignerIdentity::view),
        checks: findings
            .iter()
            .map(|finding| finding.report(facts.kind, policy, &facts.accounts))
            .collect(),
        laboratory: IS_LABORATORY.then(|| policy.weakened().collect()),
        policy: *policy,
        path: facts
            .path
            .as_ref()
            .map(|path| path.certificates().iter().map(view).collect())
            .unwrap_or_default(),
        evidence: facts
            .accounts
            .iter()
            .map(crate::facts::Account::view)
            .collect(),
        stamps: facts.stamps,
        consumed: Vec::new(),
        diagnosis: None,
        inner_signatures: facts.inner_signatures,
        dossier: facts.dossier,
        proven_signer: proven_signer.clone(),
        submitter: None,
        organisation: None,
        is_own: true,
    };
    let passed = match (proven_signer, facts.covered) {
        (Some(signer), Some((proof, signature_digest))) => Some(Passed {
            proof,
            signer,
            signature_digest,
        }),
        _ => None,
    };
    (verdict, passed)
}

/// The last check of a time stamp: its authority is known not to be revoked, whichever moment is judged and not only when it stamped.
fn stamp_revocation(
    findings: &mut [Finding],
    asked: &[Asked],
    accounts: &[Account],
    at: Moment,
    policy: &Policy,
) {
    if asked.is_empty() || !findings.iter().all(Finding::is_pass) {
        return;
    }
    let Some(stamp) = findings
        .iter_mut()
        .find(|finding| finding.id == CheckId::Timestamp)
    else {
        return;
    };
    let revocation = revocation::judge(asked, accounts, at, &Policy::default());
    let Some(cause) = revocation.cause() else {
        stamp.why = format!("{}; {}", stamp.why, revocation.why);
        stamp.idle.clear();
        return;
    };
    let why = format!("the stamp's authority: {}", revocation.why);
    *stamp = match cause {
        Cause::RevocationUnknown => Finding::undecided(Cause::StampRevocationUnknown, why),
        Cause::RevocationTooLate => Finding::undecided(Cause::StampRevocationTooLate, why),
        Cause::RevocationByExpired => Finding::undecided(Cause::StampRevocationByExpired, why),
        _ => Finding::fail(Cause::StampRevoked, why),
    }
    .under(policy);
}

/// What decides: the first question that was not passed. A stamp that nobody vouches for gives way to a signer who is known to be
/// revoked: it could only move the moment back, and he was revoked before that.
fn decisive(findings: &[Finding]) -> Option<Cause> {
    let mut bad = findings.iter().filter(|finding| finding.cause().is_some());
    let first = bad.next()?;
    let is_open =
        first.id == CheckId::Timestamp && matches!(first.answer, Some(Answer::Undecided(_)));
    let graver = bad.find(|finding| {
        is_open
            && finding.id == CheckId::Revocation
            && matches!(finding.answer, Some(Answer::Fail(_)))
    });
    graver.unwrap_or(first).cause()
}

/// The verdict's label: that of the deciding check, in the words of the subject.
fn label(kind: SubjectKind, cause: Cause) -> RefusalLabel {
    if kind != SubjectKind::Transport {
        return cause.label();
    }
    // The envelope's signature is the sender's matter: its labels tell the sender's system what to
    // mend, and the check beside tells why.
    match (cause.label(), cause.rule().question()) {
        (RefusalLabel::SignatureMissing, _) => RefusalLabel::TransportSignatureMissing,
        (
            label @ (RefusalLabel::DtdRefused
            | RefusalLabel::LimitExceeded
            | RefusalLabel::RevocationUnknown
            | RefusalLabel::XmlMalformed),
            _,
        ) => label,
        (_, CheckId::Structure | CheckId::Scope | CheckId::Content | CheckId::Value) => {
            RefusalLabel::TransportSignatureInvalid
        }
        _ => RefusalLabel::TransportCertificateRefused,
    }
}

impl SignerIdentity {
    /// Reads the names of a certificate; they prove nothing until every check has passed.
    fn read(certificate: &Certificate) -> Self {
        let subject = certificate.subject();
        Self {
            iin: subject.iin().ok(),
            bin: subject.bin,
            uid: subject.uid.clone(),
            common_name: checks::name(certificate),
            certificate: certificate.clone(),
        }
    }

    fn view(&self) -> SignerView {
        SignerView {
            common_name: self.common_name.clone(),
            iin_masked: self.iin.map(|iin| iin.masked()),
            bin: self.bin.map(|bin| bin.reveal()),
            system: self.uid.clone(),
            serial: self.certificate.serial_hex(),
            sha256: Some(border::hex(&qaqpa_crypto::sha256(self.certificate.der()))),
        }
    }
}

/// A certificate for reports.
pub(crate) fn view(certificate: &Certificate) -> CertificateView {
    CertificateView {
        subject: checks::name(certificate),
        serial: certificate.serial_hex(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        sha256: border::hex(&qaqpa_crypto::sha256(certificate.der())),
    }
}

//! Each fault of the meaning is the one that it says, and no other: the reason that the verifier names, and it is the
//! first of everything that is asked.

use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;
use qaqpa_pki::mischief::fault::{FaultKind, Level, Service};
use qaqpa_transport::{ClientLimits, HttpClient};
use qaqpa_x509::crl::{self, CrlPolicy, CrlStatus};
use qaqpa_x509::ocsp::{self, CertStatus, OcspPolicy, Request};
use qaqpa_x509::tsp::{self, Imprint, StampError, StampRequest, Stamped, Wanted};
use qaqpa_x509::{Certificate, RevocationReason, oid};
use serde_json::{Value, json};

use crate::stand::Stand;

/// Fault, and how the verifier's sentence begins.
#[rustfmt::skip]
const REASONS: &[(&str, &str)] = &[
    ("other-serial", "the answer does not speak of the certificate"),
    ("other-issuer-name", "the answer does not speak of the certificate"),
    ("other-issuer-key", "the answer does not speak of the certificate"),
    ("unknown-hash", "the answer does not speak of the certificate"),
    ("certificate-absent", "the answer does not speak of the certificate"),
    ("certificate-last", "Good"),
    ("certificate-twice", "the answer speaks of the certificate more than once"),
    ("no-answers", "the answer does not speak of the certificate"),
    ("expired-responder", "the responder's certificate was not usable: it was not within its period"),
    ("future-responder", "the responder's certificate was not usable: it was not within its period"),
    ("foreign-responder", "the answer's signer is neither the issuer nor delegated by it"),
    ("sibling-responder", "the answer's signer is neither the issuer nor delegated by it"),
    ("self-signed-responder", "the answer's signer is neither the issuer nor delegated by it"),
    ("responder-without-eku", "the answer's signer is neither the issuer nor delegated by it"),
    ("responder-without-nocheck", "the responder's certificate was not usable: it has no id-pkix-ocsp-nocheck"),
    ("responder-without-signing", "the responder's certificate was not usable: its key usage lacks digitalSignature"),
    ("responder-critical", "the responder's certificate was not usable: it has an unknown critical extension"),
    ("responder-absent", "the answer's signer is neither the issuer nor delegated by it"),
    ("responder-misnamed", "the answer's signer is neither the issuer nor delegated by it"),
    ("issuer-responds", "Good"),
    ("future-this-update", "the answer is of 20"),
    ("skewed-this-update", "Good"),
    ("stale-this-update", "the answer is out of date since 20"),
    ("stale-next-update", "the answer is out of date since 20"),
    ("no-next-update", "Good"),
    ("old-produced-at", "the answer is out of date since 20"),
    ("future-produced-at", "the answer is of 20"),
    ("nonce-missing", "the answer has no nonce"),
    ("nonce-wrong", "the answer's nonce is another one"),
    ("nonce-twice", "the answer has no nonce"),
    ("nonce-empty", "the answer's nonce is another one"),
    ("nonce-long", "the answer's nonce is another one"),
    ("signature-flipped", "the answer's signature is wrong"),
    ("signature-absent", "the answer's signature is wrong"),
    ("signature-of-another-key", "the answer's signature is wrong"),
    ("changed-after-signing", "the answer's signature is wrong"),
    ("algorithm-weak", "a signature with SHA-1"),
    ("algorithm-mismatch", "the answer's signature is wrong"),
    ("algorithm-unknown", "the answer is by 2.25.999, which is not supported"),
    ("malformed-request", "the responder gave no answer: MalformedRequest"),
    ("internal-error", "the responder gave no answer: InternalError"),
    ("try-later", "the responder gave no answer: TryLater"),
    ("status-4", "the responder gave no answer: Other(4)"),
    ("sig-required", "the responder gave no answer: SigRequired"),
    ("unauthorized", "the responder gave no answer: Unauthorized"),
    ("status-99", "the responder gave no answer: Other(99)"),
    ("no-bytes", "not the DER of an OCSP answer"),
    ("other-type", "the answer is by 2.25.999, which is not supported"),
    ("version-2", "not the DER of an OCSP answer"),
    ("critical-extension", "unknown critical extension 2.25.999"),
    ("critical-single-extension", "unknown critical extension 2.25.999"),
    ("good-while-revoked", "Good"),
    ("revoked-while-good", "Revoked, reason keyCompromise"),
    ("suspended-while-good", "Revoked, reason certificateHold"),
    ("unknown-while-good", "Unknown"),
    ("never-issued", "Revoked in 1970, reason certificateHold"),
    ("revoked-ahead", "Revoked ahead, reason keyCompromise"),
    ("removed-while-good", "Revoked, reason removeFromCRL"),
    ("list-signature-flipped", "the list's signature is wrong"),
    ("list-signature-absent", "the list's signature is wrong"),
    ("list-changed-after-signing", "the list's signature is wrong"),
    ("list-algorithm-mismatch", "not the DER of a revocation list"),
    ("list-algorithm-weak", "a signature with SHA-1"),
    ("list-other-issuer", "the list is another issuer's"),
    ("list-foreign", "the list's signature is wrong"),
    ("list-stale", "the list is out of date since 20"),
    ("list-future", "the list is of 20"),
    ("list-no-next-update", "the list has no nextUpdate"),
    ("list-no-number", "the list has no number"),
    ("list-number-back", "number 1, 3 entries"),
    ("list-version-1", "not the DER of a revocation list"),
    ("list-critical-extension", "unknown critical extension 2.25.999"),
    ("entry-critical-extension", "unknown critical extension 2.25.999"),
    ("entry-certificate-issuer", "the list is partitioned or indirect"),
    ("delta-instead", "a delta list where a complete one is wanted, or the reverse"),
    ("list-partitioned", "the list is partitioned or indirect"),
    ("list-indirect", "the list is partitioned or indirect"),
    ("missing-entry", "2 entries"),
    ("extra-entry", "4 entries, ours: Revoked, reason keyCompromise"),
    ("hold-entry", "4 entries, ours: Revoked, reason certificateHold"),
    ("removed-entry", "not the DER of a revocation list"),
    ("entry-ahead", "4 entries, ours: Revoked ahead, reason keyCompromise"),
    ("delta-extra-entry", "2 entries"),
    ("delta-base-ahead", "base 7fffffff"),
    ("delta-without-indicator", "a delta list where a complete one is wanted, or the reverse"),
    ("certificate-foreign", "FOREIGN TEST ROOT"),
    ("certificate-signature-flipped", "another signature"),
    ("certificate-expired", "ended"),
    ("certificate-without-ca", "no authority"),
    ("certificate-self-signed", "signed by itself"),
    ("stamp-other-imprint", "the token is about other data"),
    ("stamp-other-digest", "the token is about other data"),
    ("stamp-nonce-wrong", "the token's nonce is another one"),
    ("stamp-nonce-missing", "the token has no nonce"),
    ("stamp-other-policy", "the token is under the policy 2.25.999"),
    ("tsa-without-eku", "the signer's certificate is not a time-stamping authority's: its extended key usage lacks timeStamping"),
    ("tsa-more-eku", "the signer's certificate is not a time-stamping authority's: timeStamping is not its only"),
    ("tsa-eku-not-critical", "the signer's certificate is not a time-stamping authority's: its extended key usage is not critical"),
    ("tsa-expired", "the authority's certificate was not in force at 20"),
    ("tsa-not-yet-valid", "the authority's certificate was not in force at 20"),
    ("tsa-foreign", "signed by a stranger"),
    ("stamp-future", "the token is of 20"),
    ("stamp-past", "the token is of 20"),
    ("stamp-signature-flipped", "the token's signature is wrong"),
    ("stamp-signature-of-another-key", "the token's signature is wrong"),
    ("stamp-changed-after-signing", "the signed digest is not that of the content"),
    ("stamp-other-signing-certificate", "the token names another certificate than its signer's"),
    ("stamp-no-signing-certificate", "the token does not name its signer's certificate"),
    ("stamp-old-attribute-only", "signed by the issuer"),
    ("tsa-certificate-absent", "the signer's certificate is not at hand"),
    ("granted-without-token", "granted, and there is no token"),
    ("rejected-with-token", "not an answer of a time-stamping authority"),
    ("stamp-waiting", "the authority gave no token: Waiting []"),
    ("bad-alg", "the authority gave no token: Rejection [BadAlg]"),
    ("bad-request", "the authority gave no token: Rejection [BadRequest]"),
    ("bad-data-format", "the authority gave no token: Rejection [BadDataFormat]"),
    ("time-not-available", "the authority gave no token: Rejection [TimeNotAvailable]"),
    ("unaccepted-policy", "the authority gave no token: Rejection [UnacceptedPolicy]"),
    ("unaccepted-extension", "the authority gave no token: Rejection [UnacceptedExtension]"),
    ("add-info-not-available", "the authority gave no token: Rejection [AddInfoNotAvailable]"),
    ("system-failure", "the authority gave no token: Rejection [SystemFailure]"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_the_one_defect_that_it_names() {
    let stand = Stand::new().await;
    // A third entry, and a second number.
    stand.crl().await;
    stand.command("operator-1", "revoke").await.unwrap();
    let mut wrong = Vec::new();
    let kinds: Vec<_> = FaultKind::all()
        .filter(|kind| kind.entry().level == Level::Meaning)
        .collect();
    let named: Vec<_> = kinds.iter().map(|kind| kind.entry().name).collect();
    let listed: Vec<_> = REASONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, listed);
    for (kind, (name, reason)) in kinds.into_iter().zip(REASONS) {
        let entry = kind.entry();
        let service = entry.services[0];
        let about = entry.conduct.trial(service).about;
        let mut rule = json!({ "faults": [name], "service": service.as_str() });
        if matches!(kind, FaultKind::List(list) if list.is_about_a_certificate()) {
            rule["for"] = json!(about);
        }
        let rules = json!({ "rules": [rule] });
        let _: Value = stand.control().put("/mischief", &rules).await.unwrap();
        let said = stand.said(service, about).await;
        if !said.starts_with(reason) {
            wrong.push(format!("{name}: expected {reason:?}, found {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Stand {
    async fn said(&self, service: Service, about: &str) -> String {
        match service {
            Service::Ocsp => self.said_by_ocsp(about).await,
            Service::Crl => self.said_by_list(about).await,
            Service::Delta => self.said_by_delta().await,
            Service::Cert => self.said_by_certificate().await,
            Service::Tsp => match self.said_by_stamp().await {
                Ok(said) => said,
                Err(error) => error.to_string(),
            },
        }
    }

    async fn said_by_ocsp(&self, about: &str) -> String {
        let (issuing, now) = (self.issuing(), self.clock.now());
        let certificate = self.certificate(about);
        let request = Request::about(&certificate, &issuing, Some(&[7; 32]));
        let der = self.post_ocsp(request.encode()).await;
        let policy = OcspPolicy {
            age_max: Duration::from_secs(60 * 60),
            ..OcspPolicy::default()
        };
        match ocsp::verify(&der, &certificate, &issuing, Some(&[7; 32]), now, &policy) {
            Ok(answer) => match answer.status {
                CertStatus::Good => "Good".to_owned(),
                CertStatus::Unknown => "Unknown".to_owned(),
                CertStatus::Revoked { at, reason } => revoked(at, reason, now),
            },
            Err(error) => error.to_string(),
        }
    }

    async fn said_by_list(&self, about: &str) -> String {
        let der = self.get(&self.address("crl-rsa")).await.body;
        let now = self.clock.now();
        let list = match crl::verify(&der, &self.issuing(), now) {
            Ok(list) => list,
            Err(error) => return error.to_string(),
        };
        let count = list.entries().len();
        match list.status(self.certificate(about).serial()) {
            CrlStatus::NotListed if list.number_hex() == "01" => {
                format!("number 1, {count} entries")
            }
            CrlStatus::NotListed => format!("{count} entries"),
            CrlStatus::Revoked { at, reason } => {
                format!("{count} entries, ours: {}", revoked(at, reason, now))
            }
        }
    }

    async fn said_by_delta(&self) -> String {
        let der = self.get(&self.address("crl-rsa-delta")).await.body;
        let (issuing, policy) = (self.issuing(), CrlPolicy::default());
        match crl::verify_delta(&der, &issuing, self.clock.now(), &policy) {
            Ok(delta) if delta.base_hex() == "7fffffff" => "base 7fffffff".to_owned(),
            Ok(delta) => format!("{} entries", delta.entries().len()),
            Err(error) => error.to_string(),
        }
    }

    async fn said_by_certificate(&self) -> String {
        let der = self.get(&self.address("ca")).await.body;
        let (served, honest) = (Certificate::from_der(&der).unwrap(), self.issuing());
        let root = self.anchors().roots()[0].clone();
        if served.subject_der() != honest.subject_der() {
            return served.subject().common_name.clone().unwrap();
        }
        if served.issuer_der() == served.subject_der() {
            assert_eq!(served.verify_signature(honest.spki_der()), Ok(()));
            return "signed by itself".to_owned();
        }
        if served.verify_signature(root.spki_der()).is_err() {
            return "another signature".to_owned();
        }
        if served.not_after() < self.clock.now() {
            return "ended".to_owned();
        }
        let is_authority = if served.is_ca() { "an" } else { "no" };
        format!("{is_authority} authority")
    }

    async fn said_by_stamp(&self) -> Result<String, StampError> {
        let data = b"data";
        let request = StampRequest {
            imprint: Imprint::of(DigestAlgorithm::Sha256, data),
            policy: Some(oid::POLICY_TSP_RSA),
            nonce: Some(vec![0x3a; 8]),
            cert_req: true,
        };
        let now = self.clock.now();
        let client = HttpClient::plain(ClientLimits::default());
        let (url, query) = (self.address("tsp"), "application/timestamp-query");
        let answer = client.post(&url, query, request.encode()).await.unwrap();
        let answer = tsp::Response::decode(&answer.body)?;
        let wanted = Wanted {
            nonce: request.nonce.as_deref(),
            policy: request.policy,
            not_before: Some(now),
            at: now,
            skew_max: Duration::from_secs(5 * 60),
            accuracy_max: tsp::ACCURACY_MAX,
        };
        let stamp = tsp::verify(answer.token()?, Stamped::Data(data), &wanted, &[])?;
        let is_ours = stamp
            .tsa
            .verify_signature(self.issuing().spki_der())
            .is_ok();
        let by = if is_ours { "the issuer" } else { "a stranger" };
        Ok(format!("signed by {by}"))
    }
}

fn revoked(since: Moment, reason: Option<RevocationReason>, now: Moment) -> String {
    let when = if since.unix_ms() == 0 {
        " in 1970"
    } else if since > now {
        " ahead"
    } else {
        ""
    };
    format!(
        "Revoked{when}, reason {}",
        reason.map_or("none", RevocationReason::name)
    )
}

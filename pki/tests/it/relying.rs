//! Who relies on the authority learns that the authority itself is revoked: our own examiner, over real sockets.

use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_transport::{ClientLimits, HttpClient};
use qaqpa_verdict::{Known, Policy, SubIndication, Subject, Verdict};

use crate::stand::Stand;

/// A signer's certificate, examined as of now by OCSP at this address, or by lists where nobody is there.
async fn examined(stand: &Stand, about: &str, ocsp: &str) -> Verdict {
    examined_as_of(stand, about, ocsp, stand.clock.now()).await
}

/// The same as of a moment, by evidence of now.
async fn examined_as_of(stand: &Stand, about: &str, ocsp: &str, at: Moment) -> Verdict {
    let anchors = stand.anchors();
    let known = Known {
        pool: anchors.intermediates().to_vec(),
        anchors,
    };
    let nca = NcaAddresses {
        ocsp: ocsp.to_owned(),
        crl: stand.address("crl-rsa"),
    };
    let examiner = Examiner::new(
        &HttpClient::plain(ClientLimits::default()),
        Some(nca),
        known,
        Policy::default(),
        Limits::default(),
        stand.clock.clone(),
    );
    let certificate = stand.certificate(about);
    let subject = Subject::Certificate {
        certificate_der: certificate.der(),
        pool_der: &[],
    };
    examiner.examine(subject, at).await.0
}

/// The register forgets nobody: expiredCertsOnCRL and archiveCutoff say so.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_expired_since_is_still_known_to_have_been_good() {
    let stand = Stand::new().await;
    let responder = stand.address("ocsp");
    let end = stand.certificate("expired").not_after();
    assert!(end < stand.clock.now());
    for source in [&responder[..], "http://127.0.0.1:1/ocsp/"] {
        let then = examined_as_of(&stand, "expired", source, end).await;
        assert!(then.is_passed(), "{source}\n{}", then.to_text());
        let now = examined(&stand, "expired", source).await;
        assert_eq!(now.label, Some(RefusalLabel::CertificateExpired));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificates_of_a_revoked_authority_are_refused_by_ocsp_and_by_lists() {
    let stand = Stand::new().await;
    let responder = stand.address("ocsp");
    let sources = [&responder[..], "http://127.0.0.1:1/ocsp/"];
    for source in sources {
        let verdict = examined(&stand, "citizen-1", source).await;
        assert!(verdict.is_passed(), "{}", verdict.to_text());
        let about: Vec<_> = verdict.evidence.iter().map(|one| &one.about).collect();
        let issuing = stand.issuing().serial_hex();
        assert!(about.contains(&&issuing), "the authority was asked about");
    }
    stand.command("rsa-issuing", "revoke").await.unwrap();
    for source in sources {
        let verdict = examined(&stand, "citizen-1", source).await;
        assert_eq!(
            (verdict.label, verdict.sub_indication),
            (
                Some(RefusalLabel::AuthorityRevoked),
                Some(SubIndication::RevokedCaNoPoe)
            ),
            "{}",
            verdict.to_text()
        );
    }
    // The signer's own revocation is the nearer reason.
    let verdict = examined(&stand, "revoked", &responder).await;
    assert_eq!(verdict.label, Some(RefusalLabel::CertificateRevoked));
}

//! People and issuers of each kind of key, for the cases that ask about them all.

use qaqpa_crypto::KeyKind;
use qaqpa_model::Moment;
use qaqpa_pki::control::Issued;
use qaqpa_transport::{ControlError, HttpAnswer};
use qaqpa_x509::Certificate;
use qaqpa_x509::crl::{self, Crl, CrlPolicy, DeltaCrl};
use qaqpa_x509::ocsp::{self, OcspAnswer, OcspError, OcspPolicy, Request};
use serde_json::json;

use crate::stand::Stand;

impl Stand {
    /// A new certificate for a key of that kind.
    pub(crate) async fn issue(&self, kind: KeyKind, id: &str) -> Certificate {
        let order = json!({
            "id": id,
            "iin": self.identity("citizen-1").iin,
            "name": "ТЕСТОВА АЙГҮЛ",
            "key": kind.name(),
            "password": "secret-1",
        });
        let issued: Result<Issued, ControlError> = self.control().post("/issue", &order).await;
        Certificate::from_pem(issued.unwrap().certificate.as_bytes()).unwrap()
    }

    pub(crate) fn root_of(&self, kind: KeyKind) -> Certificate {
        self.chain_of(kind)[0].clone()
    }

    pub(crate) fn issuing_of(&self, kind: KeyKind) -> Certificate {
        self.chain_of(kind)[1].clone()
    }

    /// Root and issuing authority, as `DIR/trust/KIND.pem` has them.
    fn chain_of(&self, kind: KeyKind) -> Vec<Certificate> {
        let pem = std::fs::read(self.path().join(format!("trust/{kind}.pem"))).unwrap();
        Certificate::chain_from_pem(&pem).unwrap()
    }

    /// Asks about a certificate of any issuer, without a nonce; gives the bytes.
    pub(crate) async fn unsalted(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<u8> {
        self.post_ocsp(Request::about(certificate, issuer, None).encode())
            .await
    }

    pub(crate) fn proven(
        &self,
        response: &[u8],
        certificate: &Certificate,
        issuer: &Certificate,
        at: Moment,
    ) -> Result<OcspAnswer, OcspError> {
        let policy = OcspPolicy::default();
        ocsp::verify(response, certificate, issuer, None, at, &policy)
    }

    pub(crate) async fn list_bytes(&self, name: &str) -> HttpAnswer {
        let answer = self.get(&self.address(name)).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}");
        assert_eq!(answer.header("content-type"), Some("application/pkix-crl"));
        answer
    }

    /// The complete list of an issuing authority, proven.
    pub(crate) async fn complete(&self, kind: KeyKind) -> Crl {
        let answer = self.list_bytes(&format!("crl-{kind}")).await;
        crl::verify(&answer.body, &self.issuing_of(kind), self.clock.now()).unwrap()
    }

    /// The delta of an issuing authority, proven.
    pub(crate) async fn delta(&self, kind: KeyKind) -> DeltaCrl {
        let answer = self.list_bytes(&format!("crl-{kind}-delta")).await;
        let (issuer, now) = (self.issuing_of(kind), self.clock.now());
        crl::verify_delta(&answer.body, &issuer, now, &CrlPolicy::default()).unwrap()
    }

    /// A root's list, proven.
    pub(crate) async fn root_list(&self, kind: KeyKind) -> Crl {
        let answer = self.list_bytes(&format!("crl-{kind}-root")).await;
        crl::verify(&answer.body, &self.root_of(kind), self.clock.now()).unwrap()
    }
}

/// The kinds that OpenSSL can judge.
pub(crate) const JUDGED: [KeyKind; 2] = [KeyKind::Rsa, KeyKind::Ecdsa];

//! A regional gateway that answers with a bad document: each cause is refused under its own label and journalled, and nothing of it
//! reaches the portal.

use qaqpa_model::{Actor, Iin, MessageId, RefusalLabel as L};
use qaqpa_wire::{Application, ResultDocument};
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::CertStatus;

use crate::authority::{CITIZEN_1, CITIZEN_2};
use crate::messages::{application, message, new_id, person, result_of, seal, sign};
use crate::neighbour::Neighbour;
use crate::refusals::assert_refused;
use crate::stand::{Reply, Stand, eventually};

/// A portal's application that was accepted, and whoever waits for its result.
struct Asked {
    stand: Stand,
    portal: Neighbour,
    application: Application,
    message_id: MessageId,
}

impl Asked {
    async fn start() -> Self {
        let stand = Stand::start().await;
        let portal = Neighbour::start(stand.dir.path(), &stand.clock, Actor::Portal).await;
        let application = application();
        let signed = sign(
            &application.to_xml(),
            stand.authority.signatory("citizen-1"),
        );
        let message = message("portal", signed);
        let envelope = seal(&message.write(), stand.authority.signatory("system-portal"));
        stand
            .post_as(Actor::Portal, envelope)
            .await
            .acknowledgement();
        Self {
            stand,
            portal,
            application,
            message_id: message.message_id,
        }
    }

    /// The good result, in the name of this person.
    fn result_by(&self, iin: &str) -> ResultDocument {
        ResultDocument {
            submitter: Iin::parse(iin).unwrap(),
            ..self.good()
        }
    }

    fn good(&self) -> ResultDocument {
        result_of(&self.application, &self.message_id)
    }

    fn signed(&self, result: &ResultDocument, by: &str) -> Vec<u8> {
        sign(&result.to_xml(), self.stand.authority.signatory(by))
    }

    /// The regional gateway sends this as the answer.
    async fn send(&self, document: Vec<u8>) -> Reply {
        let mut message = message("regional-gateway", document);
        message.correlation_id = Some(self.message_id.clone());
        let system = self.stand.authority.signatory("system-regional-gateway");
        let envelope = seal(&message.write(), system);
        self.stand.post_as(Actor::RegionalGateway, envelope).await
    }

    async fn assert_refused(&self, name: &str, document: Vec<u8>, label: L) {
        let reply = self.send(document).await;
        assert_refused(&self.stand, name, &reply, label).await;
    }

    /// The good result is taken after all of them and is all that the portal ever gets.
    async fn assert_only_the_good_one_arrives(self, document: Vec<u8>) {
        self.send(document.clone()).await.acknowledgement();
        eventually("the result is delivered", async || {
            (!self.portal.accepted().is_empty()).then_some(())
        })
        .await;
        assert_eq!(self.portal.came(), 1);
        let accepted = self.portal.accepted();
        assert_eq!(accepted.len(), 1);
        assert_eq!(accepted[0].data.bytes, document);
    }
}

#[tokio::test]
async fn a_result_with_a_bad_signature_is_refused_for_its_cause() {
    let asked = Asked::start().await;
    let good = String::from_utf8(asked.signed(&asked.good(), "officer-1")).unwrap();
    let mut other_value = good.clone();
    let value = good.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let at = value + good[value..].find(char::is_alphanumeric).unwrap();
    let other = if good[at..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    other_value.replace_range(at..=at, other);
    let cases = [
        (
            "changed after signing",
            good.replace("Анықтама", "Анықтама2"),
            L::ContentChanged,
        ),
        ("another value", other_value, L::SignatureValueWrong),
        (
            "not signed",
            String::from_utf8(asked.good().to_xml()).unwrap(),
            L::SignatureMissing,
        ),
        ("cut", good[..good.len() - 1].to_owned(), L::XmlMalformed),
    ];
    for (name, document, label) in cases {
        assert_ne!(document, good, "{name}");
        asked
            .assert_refused(name, document.into_bytes(), label)
            .await;
    }
    asked
        .assert_only_the_good_one_arrives(good.into_bytes())
        .await;
}

#[tokio::test]
async fn a_result_by_a_bad_certificate_is_refused_for_its_cause() {
    let asked = Asked::start().await;
    for (by, label) in [
        ("expired", L::CertificateExpired),
        ("not-yet-valid", L::CertificateNotYetValid),
        ("foreign", L::IssuerUntrusted),
        ("auth-only", L::CertificatePurpose),
        // A citizen's own, in force and theirs: nobody's who decides for the state.
        ("citizen-1", L::CertificatePurpose),
    ] {
        let document = asked.signed(&asked.result_by(CITIZEN_1), by);
        asked.assert_refused(by, document, label).await;
    }
    let of_a_system = asked.signed(&asked.good(), "system-regional-gateway");
    asked
        .assert_refused("a system's", of_a_system, L::IinMismatch)
        .await;

    let good = asked.signed(&asked.good(), "officer-1");
    let authority = &asked.stand.authority;
    authority.revoke("officer-1", RevocationReason::CertificateHold);
    asked
        .assert_refused("suspended", good.clone(), L::CertificateSuspended)
        .await;
    authority.revoke("officer-1", RevocationReason::KeyCompromise);
    asked
        .assert_refused("revoked", good.clone(), L::CertificateRevoked)
        .await;
    authority.say("officer-1", CertStatus::Unknown);
    asked
        .assert_refused("nobody knows", good.clone(), L::RevocationUnknown)
        .await;
    authority.say("officer-1", CertStatus::Good);
    asked.assert_only_the_good_one_arrives(good).await;
}

#[tokio::test]
async fn a_result_by_a_head_is_taken_as_one_by_an_officer_is() {
    let asked = Asked::start().await;
    let document = asked.signed(&asked.result_by(CITIZEN_1), "company-head");
    asked.assert_only_the_good_one_arrives(document).await;
}

#[tokio::test]
async fn a_result_about_something_else_is_refused_for_its_cause() {
    let asked = Asked::start().await;
    let of_another_person = ResultDocument {
        applicant: person(CITIZEN_2),
        ..asked.good()
    };
    let of_another_application = ResultDocument {
        application_id: "another".to_owned(),
        ..asked.good()
    };
    let of_another_message = ResultDocument {
        message_id: new_id(),
        ..asked.good()
    };
    for (name, result, label) in [
        ("another person", of_another_person, L::CorrelationUnknown),
        (
            "another application",
            of_another_application,
            L::CorrelationUnknown,
        ),
        ("another message", of_another_message, L::CorrelationUnknown),
        ("another signer", asked.result_by(CITIZEN_2), L::IinMismatch),
    ] {
        asked
            .assert_refused(name, asked.signed(&result, "officer-1"), label)
            .await;
    }

    let authority = &asked.stand.authority;
    let application = sign(&application().to_xml(), authority.signatory("citizen-1"));
    asked
        .assert_refused("an application", application, L::SenderUnknown)
        .await;
    let good = String::from_utf8(asked.good().to_xml()).unwrap();
    let of_no_kind = good
        .replace("<result ", "<decision ")
        .replace("</result>", "</decision>");
    let of_no_kind = sign(of_no_kind.as_bytes(), authority.signatory("officer-1"));
    asked
        .assert_refused("of no kind", of_no_kind, L::ApplicationMalformed)
        .await;
    let good = asked.signed(&asked.good(), "officer-1");
    asked.assert_only_the_good_one_arrives(good).await;
}

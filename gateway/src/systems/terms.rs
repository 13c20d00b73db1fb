//! What is agreed with an information system.

use qaqpa_channel::AnswersOf;
use qaqpa_model::SenderId;
use qaqpa_x509::Certificate;
use serde_json::{Value, json};

/// What is agreed with one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// For which services it may send and fetch, as envelopes name them; `None` for every one.
    pub(crate) services: Option<Vec<String>>,
    /// Its own endpoint; without one it fetches.
    pub(crate) push: Option<String>,
    /// What its answers at its endpoint must be.
    pub(crate) answers: AnswersOf,
    /// Whether it is told at its endpoint where its messages are.
    pub(crate) notify: bool,
    /// The certificate that it shows in the TLS handshake, which is no national one's business; `None` where any or none
    /// will do.
    pub(crate) tls: Option<Certificate>,
    /// Whether every departure of its envelopes from the schema is refused.
    pub(crate) strict: bool,
    /// Messages a minute of the simulated clock; `None` for no limit.
    pub(crate) per_minute_max: Option<u32>,
    /// Bytes of an envelope; `None` for the limit of everybody.
    pub(crate) body_bytes_max: Option<usize>,
}

impl Terms {
    /// What is agreed with a system about which the register says nothing.
    pub(crate) const USUAL: Self = Self {
        services: None,
        push: None,
        answers: AnswersOf::Signed,
        notify: true,
        tls: None,
        strict: false,
        per_minute_max: None,
        body_bytes_max: None,
    };

    /// Whether the system may send for the service and fetch its messages.
    pub(crate) fn allows(&self, service: &str) -> bool {
        self.services
            .as_ref()
            .is_none_or(|services| services.iter().any(|allowed| allowed == service))
    }
}

/// A system that the register names.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) sender: SenderId,
    /// Its certificate; `None` for the ready-made one.
    pub(crate) certificate: Option<Certificate>,
    /// Its password, salted; `None` for the ready-made one, if there is one.
    pub(crate) password: Option<Password>,
    pub(crate) terms: Terms,
    /// Where it stands in the file.
    pub(crate) line: usize,
}

/// A password of the register: only what can be compared is kept.
#[derive(Clone)]
pub(crate) struct Password {
    pub(crate) salt: [u8; 16],
    pub(crate) digest: [u8; 32],
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// The whole register.
#[derive(Clone, Debug, Default)]
pub(crate) struct Register {
    pub(crate) systems: Vec<Registered>,
}

impl Register {
    pub(crate) fn system(&self, sender: &SenderId) -> Option<&Registered> {
        self.systems.iter().find(|system| system.sender == *sender)
    }

    /// The certificates that are the register's own.
    pub(crate) fn certificates(&self) -> Vec<Certificate> {
        let own = self.systems.iter();
        own.filter_map(|system| system.certificate.clone())
            .collect()
    }

    pub(crate) fn terms(&self, sender: &SenderId) -> &Terms {
        self.system(sender)
            .map_or(&Terms::USUAL, |system| &system.terms)
    }
}

impl Registered {
    /// The system as views show it: no password.
    pub(crate) fn view(&self) -> Value {
        let terms = &self.terms;
        json!({
            "sender": self.sender.as_str(),
            "line": self.line,
            "certificate": self.certificate.as_ref().map(shown),
            "tls": terms.tls.as_ref().map(shown),
            "password": self.password.is_some(),
            "services": terms.services,
            "push": terms.push,
            "answers": match terms.answers {
                AnswersOf::Signed => "signed",
                AnswersOf::Unsigned => "unsigned",
            },
            "notify": terms.notify,
            "strict": terms.strict,
            "per_minute_max": terms.per_minute_max,
            "body_bytes_max": terms.body_bytes_max,
        })
    }
}

/// A certificate as views show it.
fn shown(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject().common_name,
        "serial": certificate.serial_hex(),
        "not_after": certificate.not_after().to_string(),
    })
}

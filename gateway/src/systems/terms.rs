//! What is agreed with an information system.

use std::collections::HashMap;
use std::sync::Arc;

use qaqpa_channel::AnswersOf;
use qaqpa_model::SenderId;
use qaqpa_wire::Reading;
use qaqpa_x509::Certificate;
use serde_json::{Value, json};

/// What is agreed with one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// For which services it may send and fetch, as envelopes name them; `None` for every one.
    pub(crate) services: Option<Vec<String>>,
    /// Its own endpoint; without one it fetches.
    pub(crate) push: Option<String>,
    /// The authorities that its endpoint's TLS certificate may be under, as PEM; `None` for the simulator's own.
    pub(crate) push_trust: Option<Arc<[u8]>>,
    /// What its answers at its endpoint must be.
    pub(crate) answers: AnswersOf,
    /// Whether it is told statuses, and at its endpoint where its messages are.
    pub(crate) notify: bool,
    /// The certificate that it shows in the TLS handshake, which is no national one's business; `None` where any or none
    /// will do.
    pub(crate) tls: Option<Certificate>,
    /// Whether every departure of its envelopes, and of the answers of its endpoint, from the schema is refused.
    pub(crate) strict: bool,
    /// Messages within a minute of the simulated clock; `None` for the gateway's usual limit.
    pub(crate) per_minute_max: Option<u32>,
    /// Requests that are worked on at once; `None` for the gateway's usual limit.
    pub(crate) at_once_max: Option<u32>,
    /// Bytes of an envelope; `None` for the limit of everybody.
    pub(crate) body_bytes_max: Option<usize>,
}

impl Terms {
    /// What is agreed with a system about which the register says nothing.
    pub(crate) const USUAL: Self = Self {
        services: None,
        push: None,
        push_trust: None,
        answers: AnswersOf::Signed,
        notify: true,
        tls: None,
        strict: false,
        per_minute_max: None,
        at_once_max: None,
        body_bytes_max: None,
    };

    /// How what the system says is read.
    pub(crate) const fn reading(&self) -> Reading {
        if self.strict {
            Reading::Strict
        } else {
            Reading::Lenient
        }
    }

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

/// The whole register. Tens of thousands of systems fit: nothing that a message asks goes through all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Register {
    systems: Vec<Registered>,
    by_sender: HashMap<SenderId, usize>,
    by_certificate: HashMap<Vec<u8>, Vec<usize>>,
    certificates: Arc<[Certificate]>,
}

impl Register {
    /// The register of these systems; of two with one name the first counts.
    pub(crate) fn of(systems: Vec<Registered>) -> Self {
        let mut register = Self::default();
        for (at, system) in systems.iter().enumerate() {
            register
                .by_sender
                .entry(system.sender.clone())
                .or_insert(at);
            if let Some(certificate) = &system.certificate {
                let key = certificate.der().to_vec();
                register.by_certificate.entry(key).or_default().push(at);
            }
        }
        let own = systems.iter();
        register.certificates = own
            .filter_map(|system| system.certificate.clone())
            .collect();
        register.systems = systems;
        register
    }

    /// All, in the order of the file.
    pub(crate) fn systems(&self) -> &[Registered] {
        &self.systems
    }

    pub(crate) fn system(&self, sender: &SenderId) -> Option<&Registered> {
        self.systems.get(*self.by_sender.get(sender)?)
    }

    /// The systems for which the register itself names this certificate.
    pub(crate) fn with_certificate(
        &self,
        certificate: &Certificate,
    ) -> impl Iterator<Item = &Registered> {
        let places = self.by_certificate.get(certificate.der());
        let places = places.map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| self.systems.get(*at))
    }

    /// The certificates that are the register's own: the same list as long as this register is in force.
    pub(crate) const fn certificates(&self) -> &Arc<[Certificate]> {
        &self.certificates
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
            "push_trust": terms.push_trust.is_some(),
            "answers": match terms.answers {
                AnswersOf::Signed => "signed",
                AnswersOf::Unsigned => "unsigned",
            },
            "notify": terms.notify,
            "strict": terms.strict,
            "per_minute_max": terms.per_minute_max,
            "at_once_max": terms.at_once_max,
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

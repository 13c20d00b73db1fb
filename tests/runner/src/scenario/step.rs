//! What is done in a story: one step after the other.

use std::collections::BTreeMap;

use qaqpa_model::Actor;
use qaqpa_regulations::{Period, PeriodError};
use serde::{Deserialize, Serialize};

/// One step of a story. People act through pages, systems through channels; some steps set the stage.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Stage: the person register forgets this person until the story is over.
    Forget {
        /// A ready-made identity.
        who: String,
    },
    /// Stage: these sources of revocation answer nobody until the story is over.
    Silence {
        /// `ocsp`, `crl`.
        sources: Vec<Source>,
    },
    /// Stage: the authority's answers have faults, by a rule of docs/MISCHIEF.md, until `amend` or the story is over.
    Mischief(Box<Mischief>),
    /// Stage: the rules of this story's `mischief` steps end: one by its id, or all.
    Amend {
        /// The id of a rule.
        id: Option<String>,
    },
    /// Stage: the authority suspends this certificate until the story is over.
    Suspend {
        /// A ready-made identity, or an authority: `rsa-issuing`.
        certificate: String,
    },
    /// Stage: the clock of all actors goes on; the story has a simulator of its own.
    Advance {
        /// By so much: `31m`, `2h`, `3cd`, `9wd`.
        by: By,
    },
    /// A member of the staff looks at what is overdue in the workplace: the application is there, or is not.
    Overdue {
        /// A ready-made identity; whoever is of the unit and the role of the action, if there is none.
        who: Option<String>,
        /// The open action.
        action: String,
        /// Whether it is there.
        #[serde(default = "yes")]
        is: bool,
    },
    /// A person logs in on the portal.
    LogIn {
        /// A ready-made identity.
        who: String,
        /// A password of one's own invention, instead of the right one.
        password: Option<String>,
    },
    /// The citizen begins an application and fills the form with sample values.
    Prepare {
        /// Values instead of the samples.
        #[serde(default)]
        fields: BTreeMap<String, String>,
        /// One value keeps its field's rule and is not right: it does not agree with what the register, or an IIN, says.
        #[serde(default)]
        disagree: bool,
    },
    /// The citizen chooses the certificate of this identity's key file.
    Choose {
        /// A ready-made identity.
        key_of: String,
    },
    /// The citizen signs on the portal and sends.
    Sign {
        /// A ready-made identity.
        key_of: String,
    },
    /// The citizen downloads the document, signs it elsewhere, and uploads it.
    Upload {
        /// A ready-made identity.
        key_of: String,
        /// What is spoilt on the way.
        #[serde(default)]
        spoil: Spoil,
    },
    /// The officer opens the card and grants, or refuses on a ground of the catalogue.
    Decide {
        /// A ready-made identity; whoever is of the unit and the role of the action in which is decided, if there is none.
        who: Option<String>,
        /// The id of a ground; granted if there is none.
        ground: Option<String>,
    },
    /// The next member of the chain opens the card and ends the open action: signs, or completes it.
    Act {
        /// A ready-made identity; whoever is of the unit and the role of the action, if there is none.
        who: Option<String>,
        /// The open action (`action-2`), where nobody is named.
        action: Option<String>,
    },
    /// The citizen looks what was decided: of a reasoned refusal the document is opened and verified.
    Learn {},
    /// The citizen opens the document in the cabinet and verifies it.
    Receive {},
    /// An information system sends a signed application over the synchronous channel.
    Send {
        /// A registered sender.
        sender: String,
        /// Whose application it is.
        who: String,
        /// Whose key signs it.
        key_of: String,
        /// What is spoilt on the way.
        #[serde(default)]
        spoil: Spoil,
    },
}

/// How far a clock goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct By(pub Period);

impl TryFrom<String> for By {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Period::parse(&text).map(Self)
    }
}

const fn yes() -> bool {
    true
}

/// Whose deliberate faults a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Culprit {
    /// The gateway's messages and answers.
    Gateway,
    /// The authority's answers.
    #[default]
    Nca,
}

impl Culprit {
    /// The actor whose control port takes the rule.
    pub(crate) const fn actor(self) -> Actor {
        match self {
            Self::Gateway => Actor::Gateway,
            Self::Nca => Actor::Nca,
        }
    }
}

/// A rule of deliberate faults, as docs/MISCHIEF.md and docs/GATEWAY-MISCHIEF.md say; the actor reads it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mischief {
    /// Whose faults they are.
    #[serde(skip_serializing)]
    pub actor: Culprit,
    /// Its name among the rules that are on; the actor gives one where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The faults: `"stale-next-update"`, `{ fault = "delay", ms = 250 }`.
    pub faults: Vec<Fault>,
    /// Of the gateway's: where, `answer`, `delivery`, `register`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Of the gateway's: whose messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Of the gateway's: messages on their way to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Of the gateway's: which operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of the authority's: `ocsp`, `crl`, `delta`, `tsp`, `cert`; of the gateway's: `SERVICE@ACT`, or a register's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Whose certificate: a ready-made identity.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// These requests, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<Vec<u64>>,
    /// The first so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Those after so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Every so-manyth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// At most so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Each with this probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What chances follow from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// A fault, with its number where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Fault {
    /// As the catalogue sets it.
    Name(String),
    /// `{ fault = "delay", ms = 250 }`.
    With {
        /// The name.
        fault: String,
        /// The number, by its own key.
        #[serde(flatten)]
        dial: BTreeMap<String, u64>,
    },
}

/// A source of revocation evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Revocation lists.
    Crl,
    /// The OCSP responder.
    Ocsp,
}

impl Source {
    /// The name of the authority's service.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
        }
    }
}

/// What happens to a signed document on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spoil {
    /// Nothing.
    #[default]
    Nothing,
    /// A value of the content is changed after signing.
    Content,
    /// A second signature is put beside the first.
    Doubled,
    /// It is not signed at all.
    Unsigned,
    /// A bit of the signature's value is changed.
    Value,
}

//! How a stub is written: JSON on the control port, the same keys on the command line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A stub as it is written. Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenStub {
    /// Its name: letters, digits, `-`, `_`, `.`; `stub-1`, `stub-2`, … where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The service that it answers for: `SERVICE@ACT`; every service where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Which applications it answers; all that is said must hold.
    #[serde(default, skip_serializing_if = "WrittenWhen::is_empty")]
    pub when: WrittenWhen,
    /// What it answers.
    pub answer: AnswerKind,
    /// With `grant`: values of the result's fields, by their names, in place of those of the catalogue. May hold
    /// places: `{{applicant.name}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, String>,
    /// With `refuse`: a ground of the service, by its id; the first of the catalogue where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// With `refuse`: words that follow the ground. May hold places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The ready-made identity that signs (`head-1`); the member of the staff whom the act names where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// The stub with the highest priority answers; of equals the one that was added last.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// At most so many applications are answered; without end where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Answer so many milliseconds of the simulated clock after the application came; at once where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

/// Which applications a stub answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenWhen {
    /// The channel of the service: `portal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The system that sent it to the gateway: `portal`, `integrator-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The applicant's IIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicant: Option<String>,
    /// The IIN of who submits and signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitter: Option<String>,
    /// The BIN of the organisation in whose name is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Fields of the form with these values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, String>,
    /// Properties of the message with these values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub property: BTreeMap<String, String>,
}

/// What a stub answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// The document of the service, signed.
    #[default]
    Grant,
    /// Nothing: the application is left to people, whatever other stubs say.
    Leave,
    /// A reasoned refusal, signed.
    Refuse,
}

/// Every stub at once: what `PUT /stubs` takes, and what is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenStubs {
    /// What the ids of answers follow from, with the application's messageId; random ids where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The stubs.
    pub stubs: Vec<WrittenStub>,
}

impl WrittenWhen {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(number: &i32) -> bool {
    *number == 0
}

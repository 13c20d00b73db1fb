//! The shapes of the files, as serde reads them; what they mean is said in `resolve`.
//!
//! Changing a shape changes the format that analysts write: keep additions optional.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file of the catalogue before it is read.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    /// The path below the crate, or the path of an extra file.
    pub(crate) name: String,
    /// The TOML.
    pub(crate) text: String,
}

/// What a file says of itself; the other keys are read in a second pass.
#[derive(Debug, Deserialize)]
pub(crate) struct RawHead {
    pub(crate) kind: RawKind,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RawKind {
    Act,
    Calendar,
    Listing,
    Pattern,
    Service,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawText {
    #[serde(default)]
    pub(crate) kk: String,
    #[serde(default)]
    pub(crate) ru: String,
    #[serde(default)]
    pub(crate) en: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum RawMark {
    /// As the element that this belongs to (a printed cause stands in its condition's line).
    AsElement,
    Assumed,
    Derived {
        reason: String,
    },
    Printed {
        act: Option<String>,
        item: String,
        line: u32,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNote {
    pub(crate) text: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAct {
    #[serde(rename = "kind")]
    pub(crate) _kind: RawKind,
    pub(crate) id: String,
    pub(crate) title: RawText,
    pub(crate) body: RawText,
    pub(crate) date: String,
    pub(crate) number: String,
    pub(crate) registered: String,
    pub(crate) repealed: Option<String>,
    pub(crate) standard: RawText,
    /// Lines of the act's text file, against which printed marks are held.
    pub(crate) source_lines: u32,
    pub(crate) mark: Option<RawMark>,
    #[serde(default)]
    pub(crate) unit: Vec<RawUnit>,
    #[serde(default)]
    pub(crate) note: Vec<RawNote>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawUnit {
    pub(crate) id: String,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCalendar {
    #[serde(rename = "kind")]
    pub(crate) _kind: RawKind,
    pub(crate) id: String,
    pub(crate) weekend: Vec<String>,
    pub(crate) provisional_from: i16,
    pub(crate) mark: Option<RawMark>,
    #[serde(default)]
    pub(crate) holiday: Vec<RawHoliday>,
    #[serde(default)]
    pub(crate) moved: Vec<RawMoved>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMoved {
    /// `YYYY-MM-DD`, a working day of the week.
    pub(crate) off: String,
    /// `YYYY-MM-DD`, a day that would be off.
    pub(crate) worked: String,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawHoliday {
    pub(crate) title: RawText,
    /// `MM-DD`, every year …
    pub(crate) day: Option<String>,
    pub(crate) from_year: Option<i16>,
    pub(crate) to_year: Option<i16>,
    /// … or `YYYY-MM-DD`, listed.
    #[serde(default)]
    pub(crate) dates: Vec<String>,
    #[serde(default)]
    pub(crate) moves: bool,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPattern {
    #[serde(rename = "kind")]
    pub(crate) _kind: RawKind,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) preliminary: Vec<RawPreliminary>,
    pub(crate) actions_open_at: String,
    pub(crate) element: Vec<RawElement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPreliminary {
    pub(crate) meaning: String,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawElement {
    pub(crate) id: String,
    pub(crate) meaning: String,
    pub(crate) actor: String,
    pub(crate) performer: String,
    pub(crate) next: Option<String>,
    pub(crate) yes: Option<String>,
    pub(crate) no: Option<String>,
    pub(crate) end: Option<String>,
    #[serde(default)]
    pub(crate) cause: Vec<RawCause>,
    #[serde(default)]
    pub(crate) asked_again_at: Vec<String>,
    #[serde(default)]
    pub(crate) after_actions: bool,
    pub(crate) title: RawText,
    pub(crate) text: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCause {
    /// Only where one label has two causes.
    pub(crate) id: Option<String>,
    pub(crate) label: String,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawService {
    #[serde(rename = "kind")]
    pub(crate) _kind: RawKind,
    pub(crate) id: String,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
    pub(crate) form_of_service: RawNote,
    pub(crate) provider: String,
    #[serde(default)]
    pub(crate) field: Vec<RawField>,
    #[serde(default)]
    pub(crate) document: Vec<RawDocument>,
    #[serde(default)]
    pub(crate) ground: Vec<RawGround>,
    pub(crate) result: RawResult,
    pub(crate) flow: Vec<RawFlow>,
    #[serde(default)]
    pub(crate) note: Vec<RawNote>,
    #[serde(default)]
    pub(crate) statement: Vec<RawStatement>,
    #[serde(default)]
    pub(crate) discrepancy: Vec<RawDiscrepancy>,
    #[serde(default)]
    pub(crate) total: Vec<RawTotal>,
}

/// A service without a flow: named, amended in part, or struck out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawListing {
    #[serde(rename = "kind")]
    pub(crate) _kind: RawKind,
    pub(crate) id: String,
    pub(crate) title: RawText,
    pub(crate) standing: String,
    pub(crate) why: RawText,
    pub(crate) mark: Option<RawMark>,
    #[serde(default)]
    pub(crate) statement: Vec<RawStatement>,
    #[serde(default)]
    pub(crate) channel: Vec<RawListedChannel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawListedChannel {
    pub(crate) channel: String,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStatement {
    pub(crate) about: String,
    pub(crate) text: RawText,
    #[serde(default)]
    pub(crate) answers: Vec<RawText>,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDiscrepancy {
    pub(crate) printed: RawText,
    pub(crate) reading: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTotal {
    pub(crate) channel: Option<String>,
    pub(crate) period: String,
    #[serde(default = "yes")]
    pub(crate) acceptance_day_counted: bool,
    pub(crate) mark: Option<RawMark>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawField {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) label: RawText,
    pub(crate) hint: Option<RawText>,
    pub(crate) characters_min: Option<usize>,
    pub(crate) characters_max: Option<usize>,
    #[serde(default)]
    pub(crate) option: Vec<RawOption>,
    pub(crate) agrees: Option<RawAgreement>,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAgreement {
    /// `applicant`, or the field with the IIN of the person.
    pub(crate) with: String,
    #[serde(rename = "as")]
    pub(crate) as_to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOption {
    pub(crate) value: String,
    pub(crate) label: RawText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDocument {
    pub(crate) id: String,
    pub(crate) title: RawText,
    pub(crate) required: bool,
    pub(crate) media_types: Vec<String>,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGround {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawResult {
    pub(crate) title: RawText,
    pub(crate) referral_title: Option<RawText>,
    pub(crate) refusal_title: RawText,
    pub(crate) signed_by: String,
    pub(crate) mark: Option<RawMark>,
    #[serde(default)]
    pub(crate) content: Vec<RawContent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawContent {
    pub(crate) name: String,
    pub(crate) label: RawText,
    pub(crate) source: RawContentSource,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum RawContentSource {
    ApplicantIin,
    ApplicantName,
    Fixed(RawText),
    Form(String),
    Registry(String),
    Unit,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFlow {
    pub(crate) channel: String,
    pub(crate) pattern: String,
    pub(crate) variant: Option<RawVariant>,
    /// `false`: in the catalogue only, the actors do not offer it.
    #[serde(default = "yes")]
    pub(crate) played: bool,
    /// Elements of the pattern that this flow does not have.
    #[serde(default)]
    pub(crate) omit: Vec<String>,
    pub(crate) mark: Option<RawMark>,
    /// By element id: where this act prints it, and texts that differ from the pattern's.
    #[serde(default)]
    pub(crate) element: BTreeMap<String, RawOverride>,
    #[serde(default)]
    pub(crate) action: Vec<RawAction>,
    #[serde(default)]
    pub(crate) empty: Vec<RawEmpty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawVariant {
    pub(crate) id: String,
    pub(crate) title: RawText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEmpty {
    pub(crate) id: String,
    pub(crate) unit: String,
    pub(crate) mark: Option<RawMark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOverride {
    pub(crate) mark: Option<RawMark>,
    pub(crate) actor: Option<String>,
    pub(crate) performer: Option<String>,
    pub(crate) during: Option<String>,
    pub(crate) deadline: Option<String>,
    pub(crate) title: Option<RawText>,
    pub(crate) text: Option<RawText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAction {
    pub(crate) id: String,
    pub(crate) unit: String,
    pub(crate) role: String,
    pub(crate) does: Vec<String>,
    pub(crate) deadline: String,
    pub(crate) deadline_min: Option<String>,
    pub(crate) completion: Option<RawText>,
    pub(crate) next_printed: Option<u32>,
    pub(crate) tells: Option<String>,
    pub(crate) title: RawText,
    pub(crate) mark: Option<RawMark>,
}

//! An act of a local executive body, and the units that its services name.

use crate::mark::Mark;
use crate::service::Note;
use crate::text::Text;

/// An act (қаулы / постановление) that approves regulations of services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// `zhambyl-2019-23`.
    pub id: String,
    /// The official title.
    pub title: Text,
    /// The body that issued it.
    pub body: Text,
    /// The date of issue, `YYYY-MM-DD`.
    pub date: String,
    /// The number of the act.
    pub number: String,
    /// When and under which number it was registered, in words.
    pub registered: String,
    /// When and by what it was repealed, in words; `None` if it is in force.
    pub repealed: Option<String>,
    /// The standard behind "item 9" (documents) and "item 10" (refusal grounds), in words.
    pub standard: Text,
    /// The units that act in its services.
    pub units: Vec<Unit>,
    /// Notes on the source: printed discrepancies, gaps.
    pub notes: Vec<Note>,
    /// Where the act's own data stand.
    pub mark: Mark,
}

/// A structural-functional unit (ҚФБ / СФЕ): who performs an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// `education-department`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Where it comes from.
    pub mark: Mark,
}

impl Act {
    /// The unit of that id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }
}

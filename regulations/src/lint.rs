//! The rules that every file of the catalogue holds; they run whenever it is loaded.

use std::fmt;

mod flows;
mod lines;
mod marks;

pub(crate) use flows::{flow, pattern_order};
pub(crate) use lines::find_lines;
pub(crate) use marks::printed_places;

/// One departure from a rule, with the file and the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// The file.
    pub file: String,
    /// The line in the file, from 1, where the place begins.
    pub line: Option<u32>,
    /// The place in the file: `element process-3`, `form child-iin`.
    pub at: String,
    /// What is wrong, for the person who mends it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {} ({}): {}", self.at, self.rule.name(), self.what)
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// A named rule of the lint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule { $($(#[$doc])* $variant,)+ }

        impl Rule {
            /// Every rule, alphabetically.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The rule's name: `unreachable-element`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

rules! {
    /// The staff's actions are numbered from 1 without gaps, in their order.
    ActionOrder = "action-order",
    /// A certificate condition names each cause of its "no".
    CertificateCauses = "certificate-causes",
    /// A condition has a yes, a no and at least one cause; a process has none of them.
    ConditionBranches = "condition-branches",
    /// From every element an end can be reached.
    DeadCycle = "dead-cycle",
    /// No two things of one kind have the same id.
    Duplicate = "duplicate",
    /// Processes and conditions are each numbered from 1 without gaps, in their order.
    ElementOrder = "element-order",
    /// A process either leads on or ends; a flow has a delivery; a refusal comes only of a "no".
    Ends = "ends",
    /// The field's rule fits its kind.
    FieldRule = "field-rule",
    /// The file is TOML of its kind, without unknown keys.
    FileShape = "file-shape",
    /// An id, a date, a period or a name has its form.
    Form = "form",
    /// A condition's meaning is a question and a process's is not; no meaning comes twice.
    Meaning = "meaning",
    /// Every text has all three languages.
    MissingLanguage = "missing-language",
    /// Every statement carries a mark.
    MissingMark = "missing-mark",
    /// What a flow leaves out of its pattern is not overridden.
    Omit = "omit",
    /// A printed mark names a known act and a line of its text.
    PrintedPlace = "printed-place",
    /// Every element is reached from the first.
    UnreachableElement = "unreachable-element",
    /// What is referred to exists: act, pattern, element, unit, label, form field.
    UnknownReference = "unknown-reference",
    /// A word of a closed vocabulary is known.
    UnknownWord = "unknown-word",
}

/// Collects findings for one file.
pub(crate) struct Findings<'a> {
    file: String,
    all: &'a mut Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn of(file: &str, all: &'a mut Vec<Finding>) -> Self {
        Self {
            file: file.to_owned(),
            all,
        }
    }

    pub(crate) fn add(&mut self, rule: Rule, at: impl Into<String>, what: impl Into<String>) {
        let finding = Finding {
            rule,
            file: self.file.clone(),
            line: None,
            at: at.into(),
            what: what.into(),
        };
        self.all.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_names_are_unique() {
        let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
    }
}

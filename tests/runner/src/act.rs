//! People and systems acting: only through public pages and channels.

mod channel;
mod citizen;
mod document;
mod officer;

pub(crate) use channel::send;
pub(crate) use citizen::{CabinetDocument, Citizen};
pub(crate) use officer::Officer;

use qaqpa_model::RefusalLabel;

use crate::browser::Page;

/// How a step went, where it could be carried out at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Went {
    /// The story goes on.
    On,
    /// The simulator said no.
    Refused(SeenRefusal),
}

/// A refusal as the page or the fault shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeenRefusal {
    /// The condition that was answered with no; empty where the page names none.
    pub(crate) condition: String,
    /// The process that formed the refusal; empty where the page names none.
    pub(crate) element: String,
    /// The label's text.
    pub(crate) label: String,
}

impl SeenRefusal {
    /// The refusal that a page shows, if it shows one.
    pub(crate) fn on(page: &Page) -> Option<Self> {
        let refusal = page.element("section", "refusal")?;
        let read = |name: &str| refusal.attribute(name).unwrap_or_default().to_owned();
        Some(Self {
            condition: read("data-condition"),
            element: read("data-element"),
            label: read("data-label"),
        })
    }

    pub(crate) fn label(&self) -> Option<RefusalLabel> {
        RefusalLabel::parse(&self.label)
    }
}

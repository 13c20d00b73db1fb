//! The organisation (ұйым / организация) in whose name a person submits, as the application names it.

use qaqpa_model::Bin;
use qaqpa_xml::write::Writer;

use crate::soap::leaf;

/// In whose name the submitter acts, and as what.
///
/// Holding one says nothing about whether the signer may: the certificate says that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// The business identification number (БСН / БИН).
    pub bin: Bin,
    /// As what the submitter acts for it; `None` where the application does not say.
    pub role: Option<OrganisationRole>,
}

/// What a person may be to an organisation: the roles that the national profile writes into certificates of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrganisationRole {
    /// An employee (қызметкер / сотрудник).
    Employee,
    /// Has the right to sign financial documents.
    Financial,
    /// The first head (бірінші басшы / первый руководитель).
    Head,
    /// Of the personnel department.
    Personnel,
    /// Has the right to sign for the organisation.
    RightToSign,
}

impl OrganisationRole {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Employee,
        Self::Financial,
        Self::Head,
        Self::Personnel,
        Self::RightToSign,
    ];

    /// The word in the document: `head`, `right-to-sign`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Financial => "financial",
            Self::Head => "head",
            Self::Personnel => "personnel",
            Self::RightToSign => "right-to-sign",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl Organisation {
    /// An organisation, without a word about the role.
    #[must_use]
    pub const fn of(bin: Bin) -> Self {
        Self { bin, role: None }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        leaf(out, "bin", &self.bin.reveal());
        if let Some(role) = self.role {
            leaf(out, "role", role.as_str());
        }
    }
}

//! What a signature may have beside the least that its profile asks.

use qaqpa_xml::is_ncname;

use crate::error::SignError;

/// What a signature has beside the least that its profile asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The Id of the signature, which the caller makes unique (a UUID after a letter): the signature itself gets it, its
    /// value gets it with `-value`, its references with `-reference-1` and so on. Counter-signatures and XAdES need it.
    pub id: Option<String>,
    /// Whether signatures may stand beside this one: those that are there stay, and an enveloped one leaves all of them
    /// out by the subtraction of `/descendant::ds:Signature` (XPath Filter 2.0).
    pub parallel: bool,
    /// What goes into its `ds:Object`.
    pub properties: Option<PropertiesToSign>,
}

/// The qualifying properties of XAdES, as markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertiesToSign {
    /// A whole `xades:QualifyingProperties` that declares its own namespaces.
    pub markup: String,
    /// The Id of the `xades:SignedProperties` in it, which a second reference covers by exclusive C14N.
    pub signed_id: String,
}

impl Options {
    /// The options of a signature with this Id.
    #[must_use]
    pub fn with_id(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// The Id of the value of a signature with this Id.
    #[must_use]
    pub fn value_id(id: &str) -> String {
        format!("{id}-value")
    }

    /// The Id of a reference of a signature with this Id, by its number from 1.
    #[must_use]
    pub fn reference_id(id: &str, number: usize) -> String {
        format!("{id}-reference-{number}")
    }

    pub(super) fn check(&self) -> Result<(), SignError> {
        if self.id.as_deref().is_some_and(|id| !is_ncname(id)) {
            return Err(SignError::Structure {
                why: "the Id of the signature is not of name characters",
            });
        }
        if self.properties.is_some() && self.id.is_none() {
            return Err(SignError::Structure {
                why: "properties are about a signature with an Id",
            });
        }
        Ok(())
    }
}

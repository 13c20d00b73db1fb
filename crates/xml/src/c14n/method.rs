//! The canonicalization methods and their URIs.

/// How a subtree is made canonical.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Exclusive C14N 1.0 without comments.
    Exclusive {
        /// The `PrefixList` of `InclusiveNamespaces`; `#default` is the default namespace.
        inclusive_prefixes: Vec<String>,
    },
    /// Exclusive C14N 1.0 with comments.
    ExclusiveWithComments {
        /// The `PrefixList` of `InclusiveNamespaces`; `#default` is the default namespace.
        inclusive_prefixes: Vec<String>,
    },
    /// C14N 1.0 without comments.
    Inclusive,
    /// C14N 1.1 without comments.
    Inclusive11,
    /// C14N 1.1 with comments.
    Inclusive11WithComments,
    /// C14N 1.0 with comments.
    InclusiveWithComments,
}

impl Method {
    /// Exclusive C14N 1.0 without comments and without a `PrefixList`.
    #[must_use]
    pub const fn exclusive() -> Self {
        Self::Exclusive {
            inclusive_prefixes: Vec::new(),
        }
    }

    /// The method of that URI, compared exactly; an empty `PrefixList` if it is exclusive.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        let inclusive_prefixes = Vec::new();
        Some(match uri {
            "http://www.w3.org/2001/10/xml-exc-c14n#" => Self::Exclusive { inclusive_prefixes },
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => {
                Self::ExclusiveWithComments { inclusive_prefixes }
            }
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Self::Inclusive,
            "http://www.w3.org/2006/12/xml-c14n11" => Self::Inclusive11,
            "http://www.w3.org/2006/12/xml-c14n11#WithComments" => Self::Inclusive11WithComments,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => {
                Self::InclusiveWithComments
            }
            _ => return None,
        })
    }

    /// The URI of the method.
    #[must_use]
    pub const fn uri(&self) -> &'static str {
        match self {
            Self::Exclusive { .. } => "http://www.w3.org/2001/10/xml-exc-c14n#",
            Self::ExclusiveWithComments { .. } => {
                "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
            }
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            Self::Inclusive11 => "http://www.w3.org/2006/12/xml-c14n11",
            Self::Inclusive11WithComments => "http://www.w3.org/2006/12/xml-c14n11#WithComments",
            Self::InclusiveWithComments => {
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            }
        }
    }

    /// The same method over a node-set without comments.
    ///
    /// Same-document references `""` and `#id` select no comments (XMLDSig 1.1, §4.4.3.3), so that
    /// even a method "with comments" has none to show.
    #[must_use]
    pub fn without_comments(self) -> Self {
        match self {
            Self::ExclusiveWithComments { inclusive_prefixes } => {
                Self::Exclusive { inclusive_prefixes }
            }
            Self::Inclusive11WithComments => Self::Inclusive11,
            Self::InclusiveWithComments => Self::Inclusive,
            other => other,
        }
    }

    /// The same method with this `PrefixList`; `None` if it is inclusive and knows no such thing.
    #[must_use]
    pub fn with_prefix_list(self, inclusive_prefixes: Vec<String>) -> Option<Self> {
        match self {
            Self::Exclusive { .. } => Some(Self::Exclusive { inclusive_prefixes }),
            Self::ExclusiveWithComments { .. } => {
                Some(Self::ExclusiveWithComments { inclusive_prefixes })
            }
            _ => None,
        }
    }

    pub(crate) const fn has_comments(&self) -> bool {
        matches!(
            self,
            Self::ExclusiveWithComments { .. }
                | Self::Inclusive11WithComments
                | Self::InclusiveWithComments
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_by_its_uri_and_no_other_spelling() {
        for method in [
            Method::exclusive(),
            Method::ExclusiveWithComments {
                inclusive_prefixes: vec![],
            },
            Method::Inclusive,
            Method::Inclusive11,
            Method::Inclusive11WithComments,
            Method::InclusiveWithComments,
        ] {
            assert_eq!(Method::from_uri(method.uri()), Some(method.clone()));
            assert_eq!(Method::from_uri(&format!(" {}", method.uri())), None);
            assert_eq!(Method::from_uri(&method.uri().to_uppercase()), None);
        }
    }
}

//! Identifiers: each a type of its own, so that one cannot stand where another belongs.

use std::fmt;

use thiserror::Error;

/// Why a text is not an identifier of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text has a character that this identifier may not have.
    #[error("a character that is not allowed")]
    Character,
    /// The text is empty.
    #[error("empty")]
    Empty,
    /// The text is longer than the limit.
    #[error("too long")]
    Long,
    /// The text has not the parts that this identifier needs.
    #[error("not of the form that is asked for")]
    Shape,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Reads the identifier.
            ///
            /// # Errors
            /// [`IdError`] where the text is empty, too long or has other characters.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                if text.is_empty() {
                    return Err(IdError::Empty);
                }
                if text.len() > $max {
                    return Err(IdError::Long);
                }
                if !text.chars().all($allowed) {
                    return Err(IdError::Character);
                }
                Ok(Self(text.to_owned()))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

text_id!(
    /// The `messageId` of a message of the gateway: a UUID with or without braces, a decimal or a token.
    ///
    /// Compared as text: a braced and a bare UUID are different ids.
    MessageId, 64, |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '{' | '}' | '.' | ':')
);
text_id!(
    /// The `senderId` of an information system that may call the gateway.
    ///
    /// Holding one says nothing about whether that system is registered.
    SenderId, 64, |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
);
text_id!(
    /// An element of a flow: `process-5`, `condition-2`, `action-1`.
    ///
    /// Its number comes from the catalogue; code never writes one.
    ElementId, 64, |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
);
text_id!(
    /// A ready-made identity: `citizen-1`, `officer-1`, `expired`, `system-gateway`.
    IdentityId, 64, |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
);

/// A service of an act: `guardianship-certificate@zhambyl-2019-23`.
///
/// Holding one says nothing about whether the catalogue knows it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceAtAct {
    service: String,
    act: String,
}

impl ServiceAtAct {
    /// Reads `SERVICE@ACT`; both parts are lower-case ASCII letters, digits and hyphens.
    ///
    /// # Errors
    /// [`IdError`] where a part is missing, too long or has other characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (service, act) = text.split_once('@').ok_or(IdError::Shape)?;
        for part in [service, act] {
            if part.is_empty() {
                return Err(IdError::Empty);
            }
            if part.len() > 64 {
                return Err(IdError::Long);
            }
            if !part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                return Err(IdError::Character);
            }
        }
        Ok(Self {
            service: service.to_owned(),
            act: act.to_owned(),
        })
    }

    /// The service's part: `guardianship-certificate`.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The act's part: `zhambyl-2019-23`.
    #[must_use]
    pub fn act(&self) -> &str {
        &self.act
    }
}

impl fmt::Display for ServiceAtAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.service, self.act)
    }
}

impl fmt::Debug for ServiceAtAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceAtAct({self})")
    }
}

/// The SHA-256 digest of a message's bytes as they came over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// Lower-case hexadecimal, 64 characters.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for BodyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyDigest({})", self.to_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_that_are_met_on_the_wire_are_message_ids() {
        for text in [
            "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}",
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "1234567890",
            "0123456789abcdef0123456789abcdef01234567",
        ] {
            assert_eq!(
                MessageId::parse(text).map(|id| id.to_string()).as_deref(),
                Ok(text)
            );
        }
        assert_eq!(MessageId::parse(""), Err(IdError::Empty));
        assert_eq!(MessageId::parse("a b"), Err(IdError::Character));
        assert_eq!(MessageId::parse(&"a".repeat(65)), Err(IdError::Long));
    }

    #[test]
    fn a_service_needs_both_parts_and_no_path() {
        let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
        assert_eq!(
            (id.service(), id.act()),
            ("guardianship-certificate", "zhambyl-2019-23")
        );
        assert_eq!(
            ServiceAtAct::parse("guardianship-certificate"),
            Err(IdError::Shape)
        );
        assert_eq!(ServiceAtAct::parse("../x@y"), Err(IdError::Character));
        assert_eq!(ServiceAtAct::parse("@y"), Err(IdError::Empty));
    }
}

//! Closed lists of values with the contract's exact spellings.

/// An enum whose values are written exactly so and in no other way.
macro_rules! closed {
    ($(#[$doc:meta])* $name:ident in $element:literal { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The contract's spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }

            /// The value of the contract's exact spelling.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }

            /// Reads the element that must be there; another case, and `ACCEPTED` for `ACCTEPTED`, are departures.
            pub(crate) fn needed(
                fields: &mut $crate::fields::Fields<'_, '_>,
            ) -> Result<Self, $crate::WireError> {
                let text = fields.needed_text($element)?;
                let found = Self::ALL
                    .iter()
                    .copied()
                    .find(|value| $crate::closed::is_meant(value.as_str(), &text));
                let Some(value) = found else {
                    let known: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    return Err($crate::WireError::envelope(format!(
                        "<{}> is {:?}, not {}",
                        $element,
                        $crate::soap::limited(&text, 100),
                        known.join(" or "),
                    )));
                };
                if value.as_str() != text {
                    fields.notes.push($crate::Departure::Spelling {
                        element: $element,
                        expected: value.as_str(),
                    });
                }
                Ok(value)
            }

            pub(crate) fn write(self, out: &mut qaqpa_xml::write::Writer) {
                out.leaf($element, self.as_str());
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use closed;

/// Whether a text can only mean this value.
pub(crate) fn is_meant(value: &str, text: &str) -> bool {
    value.eq_ignore_ascii_case(text)
        || value
            .replace("ACCTEPTED", "ACCEPTED")
            .eq_ignore_ascii_case(text)
}

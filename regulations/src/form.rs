//! The form of a service: its fields with their rules, and the documents to attach.

use qaqpa_model::Iin;
use thiserror::Error;

use crate::mark::Mark;
use crate::text::Text;

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDef {
    /// Unique in its form: `child-iin`. Lower-case ASCII, digits, hyphens.
    pub name: String,
    /// What kind of value it takes.
    pub kind: FieldKind,
    /// Whether it must be filled.
    pub required: bool,
    /// What people read before the field.
    pub label: Text,
    /// A help below the field.
    pub hint: Option<Text>,
    /// The bounds of the value.
    pub rule: FieldRule,
    /// What the value must agree with, where the entered data are checked for being right.
    pub agrees: Option<Agreement>,
    /// Where it comes from.
    pub mark: Mark,
}

/// What the value of a field must agree with, beyond its form: what a register, or another field, says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The field that holds the person's IIN; `None` for the applicant.
    pub with: Option<String>,
    /// What of the person it is.
    pub as_to: Compared,
}

/// What of a person is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The date of birth, as the IIN has it.
    BirthDate,
    /// The given name, as the person register has it.
    GivenName,
    /// The surname, as the person register has it.
    Surname,
}

impl Compared {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::BirthDate, Self::GivenName, Self::Surname];

    /// The name in files: `birth-date`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BirthDate => "birth-date",
            Self::GivenName => "given-name",
            Self::Surname => "surname",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// The kind of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One of the options.
    Choice(Vec<FieldOption>),
    /// A date, `YYYY-MM-DD`.
    Date,
    /// An individual identification number.
    Iin,
    /// Lines of text.
    LongText,
    /// A name of a person: letters of any script, spaces, hyphens, apostrophes.
    Name,
    /// A telephone number: `+` and digits.
    Phone,
    /// One line of text.
    Text,
}

impl FieldKind {
    /// The name in files: `iin`, `long-text`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Choice(_) => "choice",
            Self::Date => "date",
            Self::Iin => "iin",
            Self::LongText => "long-text",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Text => "text",
        }
    }
}

/// One of a field's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOption {
    /// What the signed form carries.
    pub value: String,
    /// What people read.
    pub label: Text,
}

/// The bounds of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRule {
    /// The least number of characters of a filled value.
    pub characters_min: usize,
    /// The greatest number of characters.
    pub characters_max: usize,
}

/// A document that the applicant attaches as an electronic copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDef {
    /// Unique in its service: `birth-certificate`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Whether the application is incomplete without it.
    pub required: bool,
    /// The media types that are taken.
    pub media_types: Vec<String>,
    /// Where it comes from.
    pub mark: Mark,
}

/// Why a value does not fit its field. Texts for people key on [`FieldProblem::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// A character that the field does not take.
    #[error("a character that this field does not take")]
    Characters,
    /// Not a date of the calendar.
    #[error("not a date")]
    Date,
    /// Not an IIN: twelve digits, a date, a check digit.
    #[error("not an individual identification number")]
    Iin,
    /// More characters than the field takes.
    #[error("too long")]
    Long,
    /// A required field is empty.
    #[error("must be filled")]
    Missing,
    /// None of the options.
    #[error("none of the options")]
    Option,
    /// Not a telephone number.
    #[error("not a telephone number")]
    Phone,
    /// Fewer characters than the field takes.
    #[error("too short")]
    Short,
}

impl FieldProblem {
    /// The key of its text: `field-problem-missing`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Characters => "field-problem-characters",
            Self::Date => "field-problem-date",
            Self::Iin => "field-problem-iin",
            Self::Long => "field-problem-long",
            Self::Missing => "field-problem-missing",
            Self::Option => "field-problem-option",
            Self::Phone => "field-problem-phone",
            Self::Short => "field-problem-short",
        }
    }
}

impl FieldDef {
    /// Whether the value fits; an empty one fits where the field is not required.
    ///
    /// # Errors
    /// The first [`FieldProblem`] in the order: missing, length, then the kind's own.
    pub fn check(&self, value: &str) -> Result<(), FieldProblem> {
        if value.trim().is_empty() {
            return if self.required {
                Err(FieldProblem::Missing)
            } else {
                Ok(())
            };
        }
        let characters = value.chars().count();
        if characters > self.rule.characters_max {
            return Err(FieldProblem::Long);
        }
        if characters < self.rule.characters_min {
            return Err(FieldProblem::Short);
        }
        match &self.kind {
            FieldKind::Choice(options) => options
                .iter()
                .any(|option| option.value == value)
                .then_some(())
                .ok_or(FieldProblem::Option),
            FieldKind::Date => date(value),
            FieldKind::Iin => Iin::parse(value).map(drop).map_err(|_| FieldProblem::Iin),
            FieldKind::LongText => all(value, |c| {
                !c.is_control() || matches!(c, '\n' | '\r' | '\t')
            }),
            FieldKind::Name => all(value, |c| {
                c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.')
            }),
            FieldKind::Phone => phone(value),
            FieldKind::Text => all(value, |c| !c.is_control()),
        }
    }
}

impl DocumentDef {
    /// Whether a file of that media type is taken.
    #[must_use]
    pub fn takes(&self, media_type: &str) -> bool {
        self.media_types
            .iter()
            .any(|taken| taken.eq_ignore_ascii_case(media_type))
    }
}

fn all(value: &str, allowed: impl Fn(char) -> bool) -> Result<(), FieldProblem> {
    value
        .chars()
        .all(allowed)
        .then_some(())
        .ok_or(FieldProblem::Characters)
}

fn date(value: &str) -> Result<(), FieldProblem> {
    let shape = value.len() == 10 && value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if shape && value.parse::<jiff::civil::Date>().is_ok() {
        Ok(())
    } else {
        Err(FieldProblem::Date)
    }
}

fn phone(value: &str) -> Result<(), FieldProblem> {
    let digits = value.strip_prefix('+').unwrap_or(value);
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(FieldProblem::Phone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind, required: bool) -> FieldDef {
        let text = |t: &str| Text {
            kk: t.into(),
            ru: t.into(),
            en: t.into(),
        };
        FieldDef {
            name: "field".into(),
            kind,
            required,
            label: text("label"),
            hint: None,
            rule: FieldRule {
                characters_min: 2,
                characters_max: 12,
            },
            agrees: None,
            mark: Mark::Assumed,
        }
    }

    #[test]
    fn an_empty_value_fits_only_where_nothing_is_required() {
        assert_eq!(
            field(FieldKind::Text, true).check("  "),
            Err(FieldProblem::Missing)
        );
        assert_eq!(field(FieldKind::Text, false).check(""), Ok(()));
    }

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        assert_eq!(field(FieldKind::Name, true).check("Әбдірахманов"), Ok(()));
        assert_eq!(
            field(FieldKind::Name, true).check("Әбдірахманова"),
            Err(FieldProblem::Long)
        );
        assert_eq!(
            field(FieldKind::Name, true).check("Ә"),
            Err(FieldProblem::Short)
        );
    }

    #[test]
    fn each_kind_names_its_own_problem() {
        let is = |kind: FieldKind, value: &str| field(kind, true).check(value);
        assert_eq!(is(FieldKind::Iin, "931002451325"), Ok(()));
        assert_eq!(is(FieldKind::Iin, "931002451326"), Err(FieldProblem::Iin));
        assert_eq!(is(FieldKind::Date, "2015-02-28"), Ok(()));
        assert_eq!(is(FieldKind::Date, "2015-02-30"), Err(FieldProblem::Date));
        assert_eq!(is(FieldKind::Date, "28.02.2015"), Err(FieldProblem::Date));
        assert_eq!(is(FieldKind::Name, "Ахмет2"), Err(FieldProblem::Characters));
        assert_eq!(is(FieldKind::Text, "a\nb"), Err(FieldProblem::Characters));
        assert_eq!(is(FieldKind::LongText, "a\nb"), Ok(()));
        assert_eq!(is(FieldKind::Phone, "+77015550101"), Ok(()));
        assert_eq!(is(FieldKind::Phone, "8 701"), Err(FieldProblem::Phone));
        let option = FieldOption {
            value: "taraz".into(),
            label: Text {
                kk: "Тараз".into(),
                ru: "Тараз".into(),
                en: "Taraz".into(),
            },
        };
        assert_eq!(is(FieldKind::Choice(vec![option.clone()]), "taraz"), Ok(()));
        assert_eq!(
            is(FieldKind::Choice(vec![option]), "almaty"),
            Err(FieldProblem::Option)
        );
    }
}

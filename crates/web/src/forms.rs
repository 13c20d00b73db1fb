//! Controls of forms, with hints and errors where they belong.

use askama::Template;

use crate::texts::Words;

/// A control of a form. Make it with one of the constructors and render it with [`Field::html`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name in the form; also the id in the page.
    pub name: String,
    /// The label, in the visitor's language.
    pub label: String,
    /// What kind of control it is.
    pub kind: FieldKind,
    /// What stands in it; never shown for passwords and files.
    pub value: String,
    /// A line of help.
    pub hint: String,
    /// What is wrong with it; empty where nothing is.
    pub error: String,
    /// Whether the browser asks for it.
    pub required: bool,
    /// The browser's hint (`username`, `current-password`, `off`).
    pub autocomplete: String,
    /// At most so many characters; 0 for no limit.
    pub characters_max: usize,
    /// For [`FieldKind::Choice`].
    pub options: Vec<Choice>,
    /// For [`FieldKind::File`]: `.p12,.pfx`.
    pub accept: String,
}

/// What kind of control a field is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A list to choose from.
    Choice,
    /// A day.
    Date,
    /// A file.
    File,
    /// Several lines.
    LongText,
    /// Digits only: numbers of people.
    Number,
    /// Hidden letters.
    Password,
    /// One line.
    #[default]
    Text,
}

/// One entry of a list to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the visitor sees.
    pub label: String,
}

impl Field {
    /// A control of this kind.
    #[must_use]
    pub fn new(kind: FieldKind, name: &str, label: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            label: label.into(),
            kind,
            ..Self::default()
        }
    }

    /// The control as HTML, for a template to show with `|safe`.
    #[must_use]
    pub fn html(&self, words: &Words) -> String {
        let field = FieldBody { w: words, f: self };
        // Rendering into a string cannot fail but for a template's own errors, of which it has none.
        field.render().unwrap_or_default()
    }

    fn input_type(&self) -> &'static str {
        match self.kind {
            FieldKind::Date => "date",
            FieldKind::File => "file",
            FieldKind::Password => "password",
            _ => "text",
        }
    }

    /// What is shown in the control: secrets and files never come back.
    fn shown(&self) -> &str {
        match self.kind {
            FieldKind::Password | FieldKind::File => "",
            _ => &self.value,
        }
    }
}

#[derive(Template)]
#[template(path = "field.html")]
struct FieldBody<'p> {
    w: &'p Words,
    f: &'p Field,
}

/// The path to go on to, if it is one of this site: `/cabinet?x=1`, and nothing that leads elsewhere.
#[must_use]
pub fn local_path(next: &str) -> Option<&str> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 1024
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    local.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;
    use qaqpa_model::Lang;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(local_path("/cabinet?x=1"), Some("/cabinet?x=1"));
        for elsewhere in [
            "//evil.test",
            "https://evil.test",
            "/\\evil.test",
            "",
            "cabinet",
            "/a\r\nb",
            "/a b",
        ] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere:?}");
        }
    }

    #[test]
    fn a_field_escapes_what_it_shows_names_its_error_and_keeps_secrets() {
        let texts = Texts::new(&[]).unwrap();
        let words = texts.words(Lang::En);
        let mut field = Field::new(FieldKind::Text, "name", "A < B");
        field.value = "\"><script>".to_owned();
        field.error = "wrong".to_owned();
        let html = field.html(words);
        assert!(html.contains("A &#60; B"), "{html}");
        assert!(
            html.contains("aria-invalid=\"true\"")
                && html.contains("aria-describedby=\"name-help\"")
        );
        assert!(!html.contains("<script>"));
        let mut field = Field::new(FieldKind::Password, "password", "P");
        field.value = "secret".to_owned();
        assert!(!field.html(words).contains("secret"));
    }
}

//! As much of HTML as a person with a browser sees: tags with their attributes, and forms.
//!
//! Only for pages of a simulator under test; nothing is executed and nothing is trusted.

/// An opening tag with its attributes and the text right after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

/// A form with what a browser would send if nobody touched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is posted; empty is the page's own address.
    pub(crate) action: String,
    /// Whether the fields go as `multipart/form-data`.
    pub(crate) multipart: bool,
    /// The fields in their order with their values; files have none.
    pub(crate) fields: Vec<(String, String)>,
    /// The names of the fields for files.
    pub(crate) files: Vec<String>,
}

impl Tag {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn is(&self, name: &str, class: &str) -> bool {
        self.name == name
            && self
                .attribute("class")
                .is_some_and(|classes| classes.split_whitespace().any(|known| known == class))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Form {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
            || self.files.iter().any(|known| known == name)
    }
}

/// Every opening (or empty) tag of the page, in order; comments and declarations are left out.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if let Some(last) = tags.last_mut()
            && last.text.is_empty()
        {
            last.text = unescape(&rest[..start]);
        }
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let (tag, after) = tag(rest);
        rest = after;
        tags.extend(tag);
    }
    tags
}

/// Every form of the page.
pub(crate) fn forms(tags: &[Tag]) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for (place, tag) in tags.iter().enumerate() {
        if tag.name == "form" {
            forms.push(Form {
                action: tag.attribute("action").unwrap_or_default().to_owned(),
                multipart: tag.attribute("enctype") == Some("multipart/form-data"),
                fields: Vec::new(),
                files: Vec::new(),
            });
        }
        let (Some(form), Some(name)) = (forms.last_mut(), tag.attribute("name")) else {
            continue;
        };
        let value = tag.attribute("value").unwrap_or_default().to_owned();
        let checked = tag.attribute("checked").is_some();
        match (tag.name.as_str(), tag.attribute("type").unwrap_or("text")) {
            ("input", "file") => form.files.push(name.to_owned()),
            ("input", "checkbox" | "radio") if !checked => {}
            ("input", "submit" | "button" | "image" | "reset") => {}
            ("input", _) => form.fields.push((name.to_owned(), value)),
            ("textarea", _) => form.fields.push((name.to_owned(), tag.text.clone())),
            ("select", _) => form
                .fields
                .push((name.to_owned(), chosen(&tags[place + 1..]))),
            _ => {}
        }
    }
    forms
}

/// The value of the selected option, or of the first, of the select that has just begun.
fn chosen(after: &[Tag]) -> String {
    let options = || {
        after
            .iter()
            .take_while(|tag| tag.name == "option" || tag.name == "optgroup")
    };
    let selected = options().find(|tag| tag.attribute("selected").is_some());
    let value = selected.or_else(|| options().find(|tag| tag.name == "option"));
    value
        .and_then(|tag| tag.attribute("value"))
        .unwrap_or_default()
        .to_owned()
}

/// One tag from behind its `<`; `None` for closing tags and what is no tag.
fn tag(text: &str) -> (Option<Tag>, &str) {
    let name_end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .unwrap_or(text.len());
    let name = text[..name_end].to_ascii_lowercase();
    if name.is_empty() {
        return (None, text);
    }
    let mut attributes = Vec::new();
    let mut rest = &text[name_end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (
                Some(Tag {
                    name,
                    attributes,
                    text: String::new(),
                }),
                after,
            );
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        if end == 0 {
            // A stray character, or the end of the page.
            match rest.chars().next() {
                Some(stray) => rest = &rest[stray.len_utf8()..],
                None => {
                    return (
                        Some(Tag {
                            name,
                            attributes,
                            text: String::new(),
                        }),
                        rest,
                    );
                }
            }
            continue;
        }
        let key = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let value = match rest.strip_prefix('=') {
            None => String::new(),
            Some(after) => {
                let (value, after) = attribute_value(after.trim_start());
                rest = after;
                unescape(value)
            }
        };
        attributes.push((key, value));
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The text with its character references resolved; unknown ones stay.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = rest
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| character(&rest[1..end]).map(|character| (character, end)));
        match known {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = r#"<!doctype html><!-- <form action="/no"> -->
            <form method="post" action="/a?b=1&amp;c=2" enctype="multipart/form-data">
            <input type=hidden name=csrf value='t"1'><input name="iin" value="&#x41;&lt;">
            <input type="checkbox" name="off" value="on"><input type="checkbox" name="on" value="on" checked>
            <textarea name="note">two &amp; two</textarea>
            <select name="district"><option value="a">A</option><option value="b" selected>B</option></select>
            <input type="file" name="document.x"><button name="action" value="save">save</button></form>
            <form action="/b"><input name="q"></form>"#;
        let forms = forms(&tags(page));
        assert_eq!(forms.len(), 2);
        assert_eq!(forms[0].action, "/a?b=1&c=2");
        assert!(forms[0].multipart);
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            forms[0].fields,
            [
                field("csrf", "t\"1"),
                field("iin", "A<"),
                field("on", "on"),
                field("note", "two & two"),
                field("district", "b"),
            ]
        );
        assert_eq!(forms[0].files, ["document.x"]);
        assert_eq!(forms[1].fields, [field("q", "")]);
    }

    #[test]
    fn a_tag_is_found_by_one_of_its_classes() {
        let page = r#"<section class="wide refusal" data-label="iin-mismatch"><p>x</p></section>"#;
        let tags = tags(page);
        let refusal = tags
            .iter()
            .find(|tag| tag.is("section", "refusal"))
            .unwrap();
        assert_eq!(refusal.attribute("data-label"), Some("iin-mismatch"));
        assert_eq!(tags.len(), 2);
    }

    #[test]
    fn broken_pages_end_without_a_panic() {
        for page in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<!--",
            "<a =x>",
            "&",
            "&#xffffffff;",
            "<ә>",
        ] {
            let tags = tags(page);
            assert!(tags.len() <= 1, "{page}");
            assert_eq!(unescape(page).is_empty(), page.is_empty());
        }
    }
}

//! Base64 inside elements, in other lines.

use qaqpa_xml::Element;

use super::layout::{Layout, write};

/// Characters from which on a text of nothing but base64 is taken for base64: a digest has more.
const CHARACTERS_MIN: usize = 32;

/// Every long base64 in other lines: joined, or of 76 or 64 characters, as the usual tools write it.
pub(super) fn rewrapped<'d>(root: Element<'d>) -> impl Iterator<Item = String> + use<'d> {
    let mut ways = vec![(0, "", false, false)];
    for width in [76, 64] {
        for line_end in ["\n", "\r\n"] {
            for (before, after) in [(false, false), (false, true), (true, true)] {
                ways.push((width, line_end, before, after));
            }
        }
    }
    ways.into_iter()
        .map(move |(width, line_end, before, after)| {
            write(root, Layout::Kept, &|text| {
                let base64 = joined(text)?;
                Some(wrapped(&base64, width, line_end, before, after))
            })
        })
}

/// The characters alone, if the text is base64 and long enough.
fn joined(text: &str) -> Option<String> {
    let base64: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
        .collect();
    let body = base64.trim_end_matches('=');
    let is_base64 = base64.len() >= CHARACTERS_MIN
        && base64.len().is_multiple_of(4)
        && base64.len() - body.len() <= 2
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    is_base64.then_some(base64)
}

fn wrapped(base64: &str, width: usize, line_end: &str, before: bool, after: bool) -> String {
    if width == 0 {
        return base64.to_owned();
    }
    let mut lines = Vec::new();
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(width));
        lines.push(line);
        rest = more;
    }
    let mut text = lines.join(line_end);
    if before {
        text.insert_str(0, line_end);
    }
    if after {
        text.push_str(line_end);
    }
    text
}

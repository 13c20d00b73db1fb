//! White space: between elements, around texts, around the signature, at line ends.

use std::borrow::Cow;

use qaqpa_xml::write::escape_text;
use qaqpa_xml::{Element, Node};

/// How the white space between elements is written.
#[derive(Clone, Copy)]
pub(super) enum Layout<'a> {
    /// As it is.
    Kept,
    /// None.
    Joined,
    /// A line for each element, with this before it for each level.
    Indented(&'a str),
}

/// Writes an element of canonical octets again, with another layout and other texts in leaves.
pub(super) fn write(
    root: Element<'_>,
    layout: Layout<'_>,
    leaf: &dyn Fn(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(root.span().len());
    write_into(&mut out, root, 1, layout, leaf);
    out
}

fn write_into(
    out: &mut String,
    element: Element<'_>,
    depth: usize,
    layout: Layout<'_>,
    leaf: &dyn Fn(&str) -> Option<String>,
) {
    let source = element.document().source();
    let span = element.span();
    // Canonical octets have no `<a/>`.
    let content = element.content_span().unwrap_or(span.end..span.end);
    out.push_str(&source[span.start..content.start]);
    if element.children().next().is_none() {
        let text = element.text();
        match leaf(&text) {
            Some(other) => out.push_str(&escape_text(&other)),
            None => out.push_str(&source[content.clone()]),
        }
    } else if is_blank(&element.text()) {
        let line = |out: &mut String, depth: usize| {
            if let Layout::Indented(unit) = layout {
                out.push('\n');
                out.push_str(&unit.repeat(depth));
            }
        };
        for node in element.nodes() {
            match node {
                Node::Element(child) => {
                    line(out, depth);
                    write_into(out, child, depth + 1, layout, leaf);
                }
                Node::Text(text) => {
                    if matches!(layout, Layout::Kept) {
                        out.push_str(&escape_text(text));
                    }
                }
                Node::Comment(_) => {}
            }
        }
        line(out, depth - 1);
    } else {
        // Elements among text: their white space is text.
        for node in element.nodes() {
            match node {
                Node::Element(child) => write_into(out, child, depth + 1, Layout::Kept, leaf),
                Node::Text(text) => out.push_str(&escape_text(text)),
                Node::Comment(_) => {}
            }
        }
    }
    out.push_str(&source[content.end..span.end]);
}

/// White space between elements as before an indentation, or as before it was joined.
pub(super) fn indented<'d>(root: Element<'d>) -> impl Iterator<Item = String> + use<'d> {
    let layouts = [
        Layout::Joined,
        Layout::Indented("  "),
        Layout::Indented("    "),
        Layout::Indented("\t"),
        Layout::Indented(" "),
        Layout::Indented("   "),
        Layout::Indented(""),
    ];
    let as_they_are = layouts
        .into_iter()
        .map(move |layout| write(root, layout, &|_| None));
    // Printers put the texts of leaves on lines of their own, too.
    let trimmed = layouts
        .into_iter()
        .map(move |layout| write(root, layout, &trim));
    as_they_are.chain(trimmed)
}

/// Without the white space between elements, and without that around texts.
pub(super) fn joined<'d>(root: Element<'d>) -> impl Iterator<Item = String> + use<'d> {
    [false, true].into_iter().map(move |trimmed| {
        if trimmed {
            write(root, Layout::Joined, &trim)
        } else {
            write(root, Layout::Joined, &|_| None)
        }
    })
}

/// White space that was added around the signature (which left it at the end of the root), or around texts.
pub(super) fn around<'d>(root: Element<'d>) -> impl Iterator<Item = String> + use<'d> {
    let source = root.document().source();
    let content = root.content_span().unwrap_or(0..0);
    let inside = &source[content.clone()];
    let kept = inside.trim_end_matches(WHITE_SPACE).len();
    let blank = &inside[kept..];
    // Where a line ends within: before it or after it may be what was added.
    let cuts: Vec<usize> = blank
        .char_indices()
        .filter(|(_, c)| *c == '\n')
        .map(|(at, _)| at)
        .chain([blank.len()])
        .take(CUTS_MAX)
        .collect();
    let (before, after) = (
        &source[..content.start + kept],
        &source[content.end.max(content.start + kept)..],
    );
    let at_the_end = cuts.into_iter().flat_map(move |at| {
        [&blank[..at], &blank[at..]].map(|white| format!("{before}{white}{after}"))
    });
    let texts: [fn(&str) -> Option<String>; 3] = [trim, trim_lines, collapse];
    at_the_end.chain(
        texts
            .into_iter()
            .map(move |text| write(root, Layout::Kept, &text)),
    )
}

/// Line ends with and without carriage returns, which canonical octets show as `&#xD;`.
pub(super) fn line_ends(text: &str) -> impl Iterator<Item = String> + '_ {
    let ways: [fn(&str) -> Cow<'_, str>; 4] = [
        // They were added …
        |text| text.replace("&#xD;\n", "\n").into(),
        |text| text.replace("&#xD;", "").into(),
        |text| text.replace("&#xD;\n", "\n").replace("&#xD;", "\n").into(),
        // … or taken away.
        |text| {
            text.replace("&#xD;\n", "\n")
                .replace('\n', "&#xD;\n")
                .into()
        },
    ];
    ways.into_iter()
        .map(move |way| way(text).into_owned())
        .filter(move |candidate| candidate != text)
}

fn trim(text: &str) -> Option<String> {
    Some(text.trim_matches(WHITE_SPACE).to_owned())
}

/// Each line without the white space around it.
fn trim_lines(text: &str) -> Option<String> {
    let lines: Vec<_> = text
        .trim_matches(WHITE_SPACE)
        .split('\n')
        .map(|line| line.trim_matches(WHITE_SPACE))
        .collect();
    Some(lines.join("\n"))
}

/// Words with one space between them.
fn collapse(text: &str) -> Option<String> {
    let words: Vec<_> = text
        .split(WHITE_SPACE)
        .filter(|word| !word.is_empty())
        .collect();
    Some(words.join(" "))
}

fn is_blank(text: &str) -> bool {
    text.trim_matches(WHITE_SPACE).is_empty()
}

/// Places at the end of the root where a line may have been added.
const CUTS_MAX: usize = 8;

const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

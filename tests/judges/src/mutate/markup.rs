//! The same said otherwise, or nearly: quotes, order, white space, references, CDATA, comments, line ends; and text that says something else.

use super::{OfTree, place_of_content, put, some_character, some_text, somewhere};
use crate::rng::Rng;
use crate::tree::{Node, Tree};

pub(super) const ALL: &[(&str, OfTree)] = &[
    ("comment put in", comment),
    ("comment splits a text", comment_in_text),
    ("comment beside the root", comment_beside),
    ("instruction put in", instruction),
    ("text as CDATA", as_cdata),
    ("CDATA put in", cdata),
    ("character as reference", as_reference),
    ("reference put in", reference),
    ("text changed", text_changed),
    ("text added", text_added),
    ("text left out", text_left_out),
    ("white space put in", white_space),
    ("white space left out", white_space_left_out),
    ("line ends of one text", line_ends),
    ("quotes changed", quotes),
    ("attributes in another order", order),
    ("white space in tags", space_in_tags),
    ("empty tag written otherwise", empty_tag),
    ("attribute value as references", value_as_references),
    ("attribute value with white space", value_with_space),
    ("attribute value changed", value_changed),
];

fn comment(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = if rng.once_in(4) {
        somewhere(tree, rng)
    } else {
        place_of_content(tree, rng)
    };
    let text = rng.pick(&["", " a ", "<a>&amp;", "\r\n", "\u{4d9}"]);
    put(tree, &path, Node::Comment(text.to_owned()), rng)
}

fn comment_in_text(tree: &mut Tree, rng: &mut Rng) -> bool {
    split_text(tree, rng, Node::Comment(" x ".to_owned()))
}

fn split_text(tree: &mut Tree, rng: &mut Rng, between: Node) -> bool {
    let Some((path, index)) = some_text(tree, rng) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let Node::Text(text) = &element.children[index] else {
        return false;
    };
    let at = some_character(text, rng);
    let (before, after) = text.split_at(at);
    // Not within a reference.
    if before.rfind('&') > before.rfind(';') {
        return false;
    }
    let parts = [
        Node::Text(before.to_owned()),
        between,
        Node::Text(after.to_owned()),
    ];
    element.children.splice(index..=index, parts);
    true
}

fn comment_beside(tree: &mut Tree, rng: &mut Rng) -> bool {
    let node = Node::Comment(" beside ".to_owned());
    if rng.once_in(2) {
        tree.before.push(node)
    } else {
        tree.after.push(node)
    }
    true
}

fn instruction(tree: &mut Tree, rng: &mut Rng) -> bool {
    let node = Node::Instruction(
        rng.pick(&["a b", "xml-stylesheet href='a'", "a"])
            .to_owned(),
    );
    match rng.below(4) {
        0 => tree.before.push(node),
        1 => tree.after.push(node),
        _ => {
            let path = somewhere(tree, rng);
            return put(tree, &path, node, rng);
        }
    }
    true
}

fn as_cdata(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some_text(tree, rng) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let Node::Text(text) = &element.children[index] else {
        return false;
    };
    if text.contains(['&', '<']) || text.contains("]]>") {
        return false;
    }
    element.children[index] = Node::Cdata(text.clone());
    true
}

fn cdata(tree: &mut Tree, rng: &mut Rng) -> bool {
    let text = rng.pick(&["", "", "<b/>", "&amp;", "\r\n"]);
    match rng.once_in(2) {
        true => split_text(tree, rng, Node::Cdata(text.to_owned())),
        false => {
            let path = somewhere(tree, rng);
            put(tree, &path, Node::Cdata(text.to_owned()), rng)
        }
    }
}

fn referred(c: char, rng: &mut Rng) -> String {
    let code = u32::from(c);
    match rng.below(4) {
        0 => format!("&#{code};"),
        1 => format!("&#x{code:X};"),
        2 => format!("&#x{code:06x};"),
        _ => format!("&#000{code};"),
    }
}

fn as_reference(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_text(tree, rng, |text, rng| {
        let at = some_character(text, rng);
        if text[..at].rfind('&') > text[..at].rfind(';') || text[at..].starts_with('&') {
            return false;
        }
        let Some(c) = text[at..].chars().next() else {
            return false;
        };
        text.replace_range(at..at + c.len_utf8(), &referred(c, rng));
        true
    })
}

fn change_text(tree: &mut Tree, rng: &mut Rng, change: fn(&mut String, &mut Rng) -> bool) -> bool {
    let Some((path, index)) = some_text(tree, rng) else {
        return false;
    };
    match tree
        .at_mut(&path)
        .and_then(|element| element.children.get_mut(index))
    {
        Some(Node::Text(text)) => change(text, rng),
        _ => false,
    }
}

fn reference(tree: &mut Tree, rng: &mut Rng) -> bool {
    let text = rng.pick(&[
        "&#13;",
        "&#xD;",
        "&#10;",
        "&#9;",
        "&#32;",
        "&#x85;",
        "&#x2028;",
        "&#0;",
        "&#x1F;",
        "&#xFFFE;",
        "&#x10FFFF;",
        "&#x110000;",
        "&#xD800;",
        "&apos;",
        "&quot;",
        "&nbsp;",
        "&unknown;",
        "&#x;",
        "&;",
        "&#38;#38;",
        "&gt;",
        "&#xA0;",
    ]);
    let path = somewhere(tree, rng);
    put(tree, &path, Node::Text(text.to_owned()), rng)
}

fn text_changed(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_text(tree, rng, |text, rng| {
        let at = some_character(text, rng);
        let Some(c) = text[at..].chars().next() else {
            return false;
        };
        let new = rng.pick(&["0", "9", "a", "A", "\u{430}", " ", "", "e\u{301}", "="]);
        text.replace_range(at..at + c.len_utf8(), new);
        true
    })
}

fn text_added(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let text = rng.pick(&[
        "x",
        "0",
        "&lt;b&gt;",
        "]]&gt;",
        "\u{feff}",
        "\u{200b}",
        "\u{85}",
        "\u{2028}",
        "]]>",
        "\u{fffd}",
    ]);
    put(tree, &path, Node::Text(text.to_owned()), rng)
}

fn text_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some_text(tree, rng) else {
        return false;
    };
    tree.at_mut(&path).is_some_and(|element| {
        element.children.remove(index);
        true
    })
}

fn white_space(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let text = rng.pick(&[" ", "\n", "\t", "\r\n", "\r", "\n    "]);
    put(tree, &path, Node::Text(text.to_owned()), rng)
}

fn white_space_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let before = element.children.len();
    element
        .children
        .retain(|child| !matches!(child, Node::Text(text) if text.trim_ascii().is_empty()));
    element.children.len() != before
}

fn line_ends(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_text(tree, rng, |text, rng| {
        let new = rng.pick(&["\r\n", "\r", "&#13;\n", "&#10;"]);
        let changed = text.replace("\r\n", "\n").replace('\n', new);
        let differs = changed != *text;
        *text = changed;
        differs
    })
}

fn quotes(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let mut changed = false;
    for attribute in &mut element.attributes {
        let other = if attribute.quote == '"' { '\'' } else { '"' };
        if !attribute.value.contains(other) {
            attribute.quote = other;
            changed = true;
        }
    }
    changed
}

fn order(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let n = element.attributes.len();
    if n < 2 {
        return false;
    }
    element.attributes.rotate_left(1 + rng.below(n - 1));
    true
}

fn space_in_tags(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let space = rng.pick(&[" ", "\n", "\t", "\r\n"]);
    match rng.below(4) {
        0 => element.start_space = space.to_owned(),
        1 => element.end_space = space.to_owned(),
        2 => element
            .attributes
            .iter_mut()
            .for_each(|a| a.space = format!("{space} ")),
        _ => element
            .attributes
            .iter_mut()
            .for_each(|a| a.equals = format!("{space}={space}")),
    }
    true
}

fn empty_tag(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    element.open = !element.open;
    element.children.is_empty()
}

fn change_value(tree: &mut Tree, rng: &mut Rng, change: fn(&mut String, &mut Rng)) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let n = element.attributes.len();
    if n == 0 {
        return false;
    }
    change(&mut element.attributes[rng.below(n)].value, rng);
    true
}

fn value_as_references(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_value(tree, rng, |value, rng| {
        if !value.contains('&') {
            *value = value
                .chars()
                .map(|c| {
                    if rng.once_in(3) {
                        referred(c, rng)
                    } else {
                        c.to_string()
                    }
                })
                .collect();
        }
    })
}

fn value_with_space(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_value(tree, rng, |value, rng| {
        let space = rng.pick(&[" ", "\n", "\t", "&#9;", "&#10;", "&#13;", "\r\n", "&#32;"]);
        if rng.once_in(2) {
            value.insert_str(0, space)
        } else {
            value.push_str(space)
        }
    })
}

fn value_changed(tree: &mut Tree, rng: &mut Rng) -> bool {
    change_value(tree, rng, |value, rng| match rng.below(5) {
        0 => value.push('x'),
        1 => value.clear(),
        2 => *value = value.to_ascii_uppercase(),
        3 => {
            value.pop();
        }
        _ => value.push_str(rng.pick(&["&lt;", "<", "\u{4d9}", "&#x10;", "\"", "%20"])),
    })
}

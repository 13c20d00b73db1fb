//! A diagram as an SVG picture, with the path of a run on top where there is one.

mod paint;
mod way;

use std::fmt::Write as _;

use super::graph::LETTERS;
use super::layout::LINE;
use super::{Diagram, Edge, EdgeKind, Node, NodeKind, Overlay, Point, Pool, Rect};
use paint::{IN_BADGE, NOTE, NUMBER, Paint, TEXT, TITLE, Touch};
use way::Way;

/// Paints a diagram. A trail's steps are marked with their place in the run; traffic with how many went there, and what
/// nobody has reached is red and dashed. Ids begin with the diagram's, so that a page may have several.
#[must_use]
pub fn picture(diagram: &Diagram, overlay: Option<Overlay<'_>>) -> String {
    let mut out = String::new();
    let (width, height) = (diagram.width, diagram.height);
    let lang = diagram.lang.code();
    let (id, title) = (&diagram.id, escaped(&diagram.title));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{lang}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title\">\n\
         <title id=\"{id}-title\">{title}</title>\n{}\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <g {TEXT}>\n<text {TITLE} x=\"16\" y=\"28\">{title}</text>",
        markers(id)
    );
    for pool in &diagram.pools {
        pool_of(&mut out, pool);
    }
    let way = match overlay {
        None => Way::default(),
        Some(Overlay::Trail(trail)) => Way::of(diagram, trail),
        Some(Overlay::Traffic(traffic)) => Way::of_many(diagram, traffic),
    };
    for (index, edge) in diagram.edges.iter().enumerate() {
        line(&mut out, edge, id, way.of_edge(index));
    }
    for (index, node) in diagram.nodes.iter().enumerate() {
        let touch = way.of_node(index);
        let class = match touch.class() {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let _ = writeln!(out, "<g id=\"{id}-{}\"{class}>", escaped(&node.id));
        shape(&mut out, node, touch);
        texts(&mut out, node);
        out.push_str("</g>\n");
    }
    for (number, node) in &way.badges {
        if let Some(node) = diagram.nodes.get(*node) {
            badge(&mut out, node, *number);
        }
    }
    let bottom = diagram.pools.last().map_or(0, |pool| pool.bounds.bottom());
    for (number, note) in (1..).zip(&diagram.notes) {
        let y = bottom + number * (LINE + 3);
        let _ = writeln!(
            out,
            "<text {NOTE} x=\"16\" y=\"{y}\">{}</text>",
            escaped(note)
        );
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The ends of lines.
fn markers(id: &str) -> String {
    let head = |name: &str, size: u32, path: &str| {
        format!(
            "<marker id=\"{id}-{name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"{size}\" markerHeight=\"{size}\" \
             orient=\"auto\" markerUnits=\"userSpaceOnUse\">{path}</marker>"
        )
    };
    let arrow = |paint: &str| format!("<path d=\"M0 0L10 5L0 10z\" {paint}/>");
    [
        "<defs>".to_owned(),
        head("arrow", 8, &arrow("fill=\"#3d4a57\"")),
        head("arrow-went", 11, &arrow("fill=\"#7b1fa2\"")),
        head("open", 9, &arrow("fill=\"#fff\" stroke=\"#5c6670\"")),
        format!(
            "<marker id=\"{id}-begin\" viewBox=\"0 0 10 10\" refX=\"5\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" \
             markerUnits=\"userSpaceOnUse\"><circle cx=\"5\" cy=\"5\" r=\"4\" fill=\"#fff\" stroke=\"#5c6670\"/></marker>"
        ),
        "</defs>".to_owned(),
    ]
    .concat()
}

fn pool_of(out: &mut String, pool: &Pool) {
    let Rect {
        x,
        y,
        width,
        height,
    } = pool.bounds;
    let _ = writeln!(
        out,
        "<rect {} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>",
        Paint::POOL
    );
    let lines = i32::try_from(pool.title.len()).unwrap_or(0);
    let room = pool.lanes.first().map_or(0, |lane| lane.bounds.x) - x;
    let first = (room - lines * LINE) / 2 + 10;
    let middle = pool.bounds.middle();
    for (number, text) in (0..).zip(&pool.title) {
        let across = x + first + number * LINE;
        let _ = writeln!(
            out,
            "<text transform=\"translate({across} {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escaped(text)
        );
    }
    for lane in &pool.lanes {
        let Rect {
            x,
            y,
            width,
            height,
        } = lane.bounds;
        let _ = writeln!(
            out,
            "<rect {} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>",
            Paint::LANE
        );
        let lines = i32::try_from(lane.title.len()).unwrap_or(0);
        let first = lane.bounds.middle() - lines * LINE / 2 + 10;
        for (number, text) in (0..).zip(&lane.title) {
            let down = first + number * LINE;
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{down}\">{}</text>",
                x + 6,
                escaped(text)
            );
        }
    }
}

fn line(out: &mut String, edge: &Edge, id: &str, touch: Touch) {
    let path = edge
        .points
        .iter()
        .enumerate()
        .map(|(index, Point { x, y })| {
            let letter = if index == 0 { 'M' } else { 'L' };
            format!("{letter}{x} {y}")
        });
    let path: String = path.collect();
    let (begins, ends) = match edge.kind {
        EdgeKind::Sequence if touch == Touch::Went => ("", "arrow-went"),
        EdgeKind::Sequence | EdgeKind::Data => ("", "arrow"),
        EdgeKind::Message => ("begin", "open"),
    };
    let class = match touch.class() {
        "" => "line".to_owned(),
        class => format!("line {class}"),
    };
    let paint = Paint::of_edge(edge.kind, touch);
    let begins = match begins {
        "" => String::new(),
        name => format!(" marker-start=\"url(#{id}-{name})\""),
    };
    let _ = writeln!(
        out,
        "<path class=\"{class}\" {paint} d=\"{path}\"{begins} marker-end=\"url(#{id}-{ends})\"/>"
    );
    if let Some(Point { x, y }) = edge.label_at {
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(&edge.label)
        );
    }
}

fn shape(out: &mut String, node: &Node, touch: Touch) {
    let Rect {
        x,
        y,
        width,
        height,
    } = node.bounds;
    let (cx, cy) = (node.bounds.centre(), node.bounds.middle());
    let (paint, icon) = (Paint::of_node(node.kind, touch), Paint::ICON);
    let _ = match node.kind {
        NodeKind::Person | NodeKind::System => writeln!(
            out,
            "<rect {paint} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
        ),
        NodeKind::Condition => writeln!(
            out,
            "<path {paint} d=\"M{cx} {y}L{} {cy}L{cx} {}L{x} {cy}z\"/>\
             <path {icon} d=\"M{} {}l14 14m0 -14l-14 14\"/>",
            x + width,
            y + height,
            cx - 7,
            cy - 7
        ),
        NodeKind::Data => writeln!(
            out,
            "<path {paint} d=\"M{x} {y}h{}l10 10v{}h-{width}z\"/>\
             <path {icon} d=\"M{} {y}v10h10\"/>",
            width - 10,
            height - 10,
            x + width - 10
        ),
        NodeKind::Start | NodeKind::Told | NodeKind::End(_) | NodeKind::Done => writeln!(
            out,
            "<circle {paint} cx=\"{cx}\" cy=\"{cy}\" r=\"{}\"/>",
            width / 2
        ),
    };
    if matches!(node.kind, NodeKind::Told | NodeKind::Done) {
        let (left, top) = (cx - 8, cy - 5);
        let _ = writeln!(
            out,
            "<path {icon} d=\"M{left} {top}h16v11h-16zl8 6l8 -6\"/>"
        );
    }
}

/// What is written in an action, above and below a gateway, below a document.
fn texts(out: &mut String, node: &Node) {
    let number = (!node.number.is_empty()).then_some((&node.number, NUMBER));
    let titles = node.title.iter().map(|line| (line, ""));
    let notes = node.note.iter().map(|line| (line, NOTE));
    let titled: Vec<(&String, &str)> = number.into_iter().chain(titles).collect();
    let noted: Vec<(&String, &str)> = notes.collect();
    let bounds = &node.bounds;
    let rows = |lines: &[(&String, &str)]| i32::try_from(lines.len()).unwrap_or(0) * LINE;
    let mut written: Vec<(i32, &[(&String, &str)])> = Vec::new();
    let all = [titled.as_slice(), noted.as_slice()].concat();
    match node.kind {
        NodeKind::Condition => {
            written.push((bounds.y - 4 - rows(&titled), &titled));
            written.push((bounds.bottom() + 2, &noted));
        }
        NodeKind::Data => written.push((bounds.bottom() + 2, &all)),
        _ => written.push((bounds.middle() - rows(&all) / 2, &all)),
    }
    for (top, lines) in written {
        for (row, (text, look)) in (0..).zip(lines) {
            let y = top + row * LINE + LETTERS - 1;
            let _ = writeln!(
                out,
                "<text {look} x=\"{}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                bounds.centre(),
                escaped(text)
            );
        }
    }
}

/// A number for a node, at its upper left corner; of a gateway, which has its text there, at its lower one.
fn badge(out: &mut String, node: &Node, number: u32) {
    let (x, y) = match node.kind {
        NodeKind::Condition => (node.bounds.x + 6, node.bounds.bottom() - 6),
        _ => (node.bounds.x, node.bounds.y),
    };
    let _ = writeln!(
        out,
        "<circle class=\"order\" {} cx=\"{x}\" cy=\"{y}\" r=\"9\"/><text {IN_BADGE} x=\"{x}\" y=\"{}\">{number}</text>",
        Paint::BADGE,
        y + 4
    );
}

/// As text and attributes of XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(letter),
        }
    }
    out
}

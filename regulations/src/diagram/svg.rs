//! A diagram as an SVG picture, with the path of a run on top where there is one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::graph::LETTERS;
use super::layout::LINE;
use super::{Diagram, Edge, EdgeKind, Node, NodeKind, Overlay, Point, Pool, Rect, Traffic, Trail};
use crate::flow::End;

/// Everything that decides how it looks. The path of a run is thicker, too, for who does not tell colours apart.
const STYLE: &str = "
    text{font:11px 'Noto Sans','DejaVu Sans',Arial,sans-serif;fill:#1d2733}
    .title{font-size:15px;font-weight:600}
    .number{font-weight:600;fill:#3b5573}
    .note{fill:#6b4b00;font-style:italic}
    .way{fill:#1d2733}
    .pool{fill:#fff;stroke:#3b5573;stroke-width:1.5}
    .lane{fill:none;stroke:#aab7c4}
    .task{fill:#f3f8ff;stroke:#2a5d9f;stroke-width:1.5}
    .system{fill:#f5f5f2;stroke:#5c6670}
    .condition{fill:#fff8e1;stroke:#a06c00;stroke-width:1.5}
    .event{fill:#fff;stroke:#1d7a46;stroke-width:1.5}
    .delivered{stroke-width:4}
    .refused{stroke:#b3261e;stroke-width:4}
    .data{fill:#fff;stroke:#5c6670}
    .icon{fill:none;stroke:#5c6670}
    .line{fill:none;stroke:#3d4a57;stroke-width:1.3}
    .message{stroke-dasharray:7 4;stroke:#5c6670}
    .writes{stroke-dasharray:2 3}
    .went .shape{stroke:#7b1fa2;stroke-width:4}
    .line.went{stroke:#7b1fa2;stroke-width:3.5}
    .order{fill:#7b1fa2}
    .order+text{fill:#fff;font-size:10px;font-weight:600;text-anchor:middle}
    .missed .shape,.line.missed{stroke:#b3261e;stroke-width:3;stroke-dasharray:6 4}
    .left .shape{stroke:#b3261e;stroke-width:5;stroke-dasharray:6 3}
";

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
         <title id=\"{id}-title\">{title}</title>\n<style>{STYLE}</style>\n{}\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text class=\"title\" x=\"16\" y=\"28\">{title}</text>",
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
        let class = match () {
            () if way.edges.contains(&index) => " went",
            () if way.missed_edges.contains(&index) => " missed",
            () => "",
        };
        line(&mut out, edge, id, class);
    }
    for (index, node) in diagram.nodes.iter().enumerate() {
        let class = match () {
            () if way.left_at == Some(index) => " class=\"left\"",
            () if way.missed_nodes.contains(&index) => " class=\"missed\"",
            () if way.nodes.contains(&index) => " class=\"went\"",
            () => "",
        };
        let _ = writeln!(out, "<g id=\"{id}-{}\"{class}>", escaped(&node.id));
        shape(&mut out, node);
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
            "<text class=\"note\" x=\"16\" y=\"{y}\">{}</text>",
            escaped(note)
        );
    }
    out.push_str("</svg>\n");
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

/// The nodes and lines that runs have touched, and those that they should have.
#[derive(Default)]
struct Way {
    nodes: BTreeSet<usize>,
    edges: BTreeSet<usize>,
    missed_nodes: BTreeSet<usize>,
    missed_edges: BTreeSet<usize>,
    /// A number for a node: its place in the run, or how many runs.
    badges: Vec<(u32, usize)>,
    left_at: Option<usize>,
}

impl Way {
    /// Where many runs have gone. Lines that no outcome decides are neither covered nor missed.
    fn of_many(diagram: &Diagram, traffic: &Traffic) -> Self {
        let mut way = Self::default();
        for (index, node) in diagram.nodes.iter().enumerate() {
            // What the staff do is not counted: their actions have no outcomes.
            let Some(element) = node.element.as_ref().filter(|_| node.pool == 0) else {
                continue;
            };
            match traffic.elements.get(element) {
                Some(runs) if *runs > 0 => {
                    way.nodes.insert(index);
                    way.badges.push((*runs, index));
                }
                _ => {
                    way.missed_nodes.insert(index);
                }
            }
        }
        for (index, edge) in diagram.edges.iter().enumerate() {
            let from = diagram.nodes.get(edge.from);
            let element = from.and_then(|node| node.element.clone());
            let Some(decided) = element.zip(edge.outcome) else {
                continue;
            };
            let runs = traffic.outcomes.get(&decided).copied().unwrap_or(0);
            if runs > 0 {
                way.edges.insert(index);
            } else {
                way.missed_edges.insert(index);
            }
        }
        way
    }

    /// Where one run has gone.
    fn of(diagram: &Diagram, trail: &Trail) -> Self {
        let mut way = Self::default();
        let index = |element: &qaqpa_model::ElementId| {
            let mut nodes = diagram.nodes.iter();
            nodes.position(|node| node.element.as_ref() == Some(element))
        };
        way.left_at = trail.left_at.as_ref().and_then(index);
        // The last step of each pool, from which the next one was reached.
        let mut last: [Option<usize>; 2] = [None, None];
        let begins = [NodeKind::Start, NodeKind::Told];
        for (order, step) in (1..).zip(&trail.steps) {
            let Some(node) = index(step) else {
                continue;
            };
            let pool = diagram.nodes[node].pool.min(1);
            let before = last[pool].or_else(|| {
                let mut nodes = diagram.nodes.iter();
                nodes.position(|node| node.kind == begins[pool])
            });
            way.nodes.extend(before);
            way.nodes.insert(node);
            way.badges.push((order, node));
            if let Some(before) = before {
                way.edges.extend(diagram.joining(before, node));
            }
            last[pool] = Some(node);
        }
        // An end that was reached.
        for node in last.into_iter().flatten() {
            let ends = diagram.edges.iter().enumerate().find(|(_, edge)| {
                let kind = diagram.nodes[edge.to].kind;
                edge.from == node && matches!(kind, NodeKind::End(_) | NodeKind::Done)
            });
            if let Some((edge, end)) = ends {
                way.edges.insert(edge);
                way.nodes.insert(end.to);
            }
        }
        way
    }
}

impl Diagram {
    /// The lines by which a run has come from one node to another: the one between them, or the straight way past
    /// gateways that no element stands for.
    fn joining(&self, from: usize, to: usize) -> Vec<usize> {
        let sequences = || {
            let edges = self.edges.iter().enumerate();
            edges.filter(|(_, edge)| edge.kind == EdgeKind::Sequence)
        };
        if let Some((edge, _)) = sequences().find(|(_, edge)| (edge.from, edge.to) == (from, to)) {
            return vec![edge];
        }
        // Before the first element: who had done it before.
        let past = sequences()
            .filter(|(_, edge)| edge.from == from && self.nodes[edge.to].element.is_none());
        for (edge, first) in past {
            let second = sequences().find(|(_, edge)| (edge.from, edge.to) == (first.to, to));
            if let Some((second, _)) = second {
                return vec![edge, second];
            }
        }
        Vec::new()
    }
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
        "<rect class=\"pool\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
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
            "<rect class=\"lane\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
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

fn line(out: &mut String, edge: &Edge, id: &str, class: &str) {
    let path = edge
        .points
        .iter()
        .enumerate()
        .map(|(index, Point { x, y })| {
            let letter = if index == 0 { 'M' } else { 'L' };
            format!("{letter}{x} {y}")
        });
    let path: String = path.collect();
    let (kind, begins, ends) = match edge.kind {
        EdgeKind::Sequence if class == " went" => ("", "", "arrow-went"),
        EdgeKind::Sequence => ("", "", "arrow"),
        EdgeKind::Message => (" message", "begin", "open"),
        EdgeKind::Data => (" writes", "", "arrow"),
    };
    let begins = match begins {
        "" => String::new(),
        name => format!(" marker-start=\"url(#{id}-{name})\""),
    };
    let _ = writeln!(
        out,
        "<path class=\"line{kind}{class}\" d=\"{path}\"{begins} marker-end=\"url(#{id}-{ends})\"/>"
    );
    if let Some(Point { x, y }) = edge.label_at {
        let _ = writeln!(
            out,
            "<text class=\"way\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(&edge.label)
        );
    }
}

fn shape(out: &mut String, node: &Node) {
    let Rect {
        x,
        y,
        width,
        height,
    } = node.bounds;
    let (cx, cy) = (node.bounds.centre(), node.bounds.middle());
    let _ = match node.kind {
        NodeKind::Person | NodeKind::System => {
            let class = match node.kind {
                NodeKind::System => "task system",
                _ => "task",
            };
            writeln!(
                out,
                "<rect class=\"shape {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
            )
        }
        NodeKind::Condition => writeln!(
            out,
            "<path class=\"shape condition\" d=\"M{cx} {y}L{} {cy}L{cx} {}L{x} {cy}z\"/>\
             <path class=\"icon\" d=\"M{} {}l14 14m0 -14l-14 14\"/>",
            x + width,
            y + height,
            cx - 7,
            cy - 7
        ),
        NodeKind::Data => writeln!(
            out,
            "<path class=\"shape data\" d=\"M{x} {y}h{}l10 10v{}h-{width}z\"/>\
             <path class=\"icon\" d=\"M{} {y}v10h10\"/>",
            width - 10,
            height - 10,
            x + width - 10
        ),
        NodeKind::Start | NodeKind::Told | NodeKind::End(_) | NodeKind::Done => {
            let class = match node.kind {
                NodeKind::End(End::Refused) => " refused",
                NodeKind::End(End::Delivered) | NodeKind::Done => " delivered",
                _ => "",
            };
            writeln!(
                out,
                "<circle class=\"shape event{class}\" cx=\"{cx}\" cy=\"{cy}\" r=\"{}\"/>",
                width / 2
            )
        }
    };
    if matches!(node.kind, NodeKind::Told | NodeKind::Done) {
        let (left, top) = (cx - 8, cy - 5);
        let _ = writeln!(
            out,
            "<path class=\"icon\" d=\"M{left} {top}h16v11h-16zl8 6l8 -6\"/>"
        );
    }
}

/// What is written in an action, above and below a gateway, below a document.
fn texts(out: &mut String, node: &Node) {
    let number = (!node.number.is_empty()).then_some((&node.number, "number"));
    let titles = node.title.iter().map(|line| (line, ""));
    let notes = node.note.iter().map(|line| (line, "note"));
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
        for (row, (text, class)) in (0..).zip(lines) {
            let y = top + row * LINE + LETTERS - 1;
            let class = match *class {
                "" => String::new(),
                class => format!(" class=\"{class}\""),
            };
            let _ = writeln!(
                out,
                "<text{class} x=\"{}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
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
        "<circle class=\"order\" cx=\"{x}\" cy=\"{y}\" r=\"9\"/><text x=\"{x}\" y=\"{}\">{number}</text>",
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

//! A diagram as BPMN 2.0 XML (OMG formal/2013-12-09) with its layout (BPMN DI): one process a pool, joined by messages.
//!
//! Written as the usual tools write it, so that what they read and write again is the same. Our own attributes
//! ([`NAMESPACE`]) say which element of the catalogue a node is.

use std::fmt::Write as _;

use super::layout::LINE;
use super::{Diagram, Edge, EdgeKind, Node, NodeKind, Point, Pool, Rect};

/// The name space of what BPMN has no words for: `element` is the id of an element or action of the catalogue.
pub const NAMESPACE: &str = "urn:qaqpa:catalogue";

/// How wide the labels of gateways, events and documents are.
const LABEL: i32 = super::graph::OUTER_TEXT;

/// Writes a diagram as BPMN 2.0 XML.
#[must_use]
pub fn xml(diagram: &Diagram) -> String {
    let mut out = Writer::default();
    out.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let id = format!("definitions-{}", diagram.id);
    out.open(
        "bpmn:definitions",
        &[
            ("xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL"),
            ("xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"),
            ("xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC"),
            ("xmlns:di", "http://www.omg.org/spec/DD/20100524/DI"),
            ("xmlns:qaqpa", NAMESPACE),
            ("id", &id),
            ("targetNamespace", NAMESPACE),
            ("exporter", "qaqpa"),
            ("exporterVersion", env!("CARGO_PKG_VERSION")),
        ],
    );
    collaboration(&mut out, diagram);
    for (index, pool) in diagram.pools.iter().enumerate() {
        process(&mut out, diagram, index, pool);
    }
    layout(&mut out, diagram);
    out.close("bpmn:definitions");
    out.text
}

const COLLABORATION: &str = "collaboration";

fn collaboration(out: &mut Writer, diagram: &Diagram) {
    out.open(
        "bpmn:collaboration",
        &[("id", COLLABORATION), ("name", &diagram.title)],
    );
    for pool in &diagram.pools {
        let name = pool.title.join(" ");
        let process = process_id(pool);
        out.empty(
            "bpmn:participant",
            &[("id", &pool.id), ("name", &name), ("processRef", &process)],
        );
    }
    for edge in of_kind(diagram, EdgeKind::Message) {
        let (from, to) = ends(diagram, edge);
        out.empty(
            "bpmn:messageFlow",
            &[("id", &edge.id), ("sourceRef", from), ("targetRef", to)],
        );
    }
    out.close("bpmn:collaboration");
}

fn process_id(pool: &Pool) -> String {
    format!("process-of-{}", pool.id)
}

fn of_kind(diagram: &Diagram, kind: EdgeKind) -> impl Iterator<Item = &Edge> {
    diagram.edges.iter().filter(move |edge| edge.kind == kind)
}

fn ends<'d>(diagram: &'d Diagram, edge: &Edge) -> (&'d str, &'d str) {
    (&diagram.nodes[edge.from].id, &diagram.nodes[edge.to].id)
}

fn process(out: &mut Writer, diagram: &Diagram, index: usize, pool: &Pool) {
    out.open(
        "bpmn:process",
        &[("id", &process_id(pool)), ("isExecutable", "false")],
    );
    let own: Vec<&Node> = diagram
        .nodes
        .iter()
        .filter(|node| node.pool == index)
        .collect();
    out.open("bpmn:laneSet", &[("id", &format!("lanes-of-{}", pool.id))]);
    for (lane_index, lane) in pool.lanes.iter().enumerate() {
        let name = lane.title.join(" ");
        let attributes = [("id", lane_id(pool, &lane.id)), ("name", name)];
        let attributes = attributes
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let of_lane = own.iter().filter(|node| node.lane == lane_index);
        let flow_nodes: Vec<_> = of_lane.filter(|node| node.kind != NodeKind::Data).collect();
        if flow_nodes.is_empty() {
            out.empty("bpmn:lane", &attributes);
            continue;
        }
        out.open("bpmn:lane", &attributes);
        for node in flow_nodes {
            out.value("bpmn:flowNodeRef", &node.id);
        }
        out.close("bpmn:lane");
    }
    out.close("bpmn:laneSet");
    for node in &own {
        flow_node(out, diagram, node);
    }
    for edge in of_kind(diagram, EdgeKind::Sequence) {
        if diagram.nodes[edge.from].pool != index {
            continue;
        }
        let (from, to) = ends(diagram, edge);
        let mut attributes = vec![("id", edge.id.as_str())];
        if !edge.label.is_empty() {
            attributes.push(("name", &edge.label));
        }
        attributes.extend([("sourceRef", from), ("targetRef", to)]);
        out.empty("bpmn:sequenceFlow", &attributes);
    }
    out.close("bpmn:process");
}

/// Lanes of both pools may have the same name.
fn lane_id(pool: &Pool, lane: &str) -> String {
    format!("{}-{lane}", pool.id)
}

fn flow_node(out: &mut Writer, diagram: &Diagram, node: &Node) {
    let name = name_of(node);
    let object = format!("object-{}", node.id);
    let mut attributes = vec![("id", node.id.as_str())];
    if !name.is_empty() {
        attributes.push(("name", &name));
    }
    if node.kind == NodeKind::Data {
        attributes.push(("dataObjectRef", &object));
        out.empty("bpmn:dataObjectReference", &attributes);
        out.empty("bpmn:dataObject", &[("id", &object)]);
        return;
    }
    if let Some(element) = &node.element {
        attributes.push(("qaqpa:element", element.as_str()));
    }
    let tag = match node.kind {
        NodeKind::Start | NodeKind::Told => "bpmn:startEvent",
        NodeKind::End(_) | NodeKind::Done => "bpmn:endEvent",
        NodeKind::Person => "bpmn:userTask",
        NodeKind::System => "bpmn:serviceTask",
        NodeKind::Condition | NodeKind::Data => "bpmn:exclusiveGateway",
    };
    out.open(tag, &attributes);
    if !node.note.is_empty() {
        out.value("bpmn:documentation", &node.note.join(" "));
    }
    let is = |node: usize, id: &str| diagram.nodes[node].id == id;
    for edge in of_kind(diagram, EdgeKind::Sequence).filter(|edge| is(edge.to, &node.id)) {
        out.value("bpmn:incoming", &edge.id);
    }
    for edge in of_kind(diagram, EdgeKind::Sequence).filter(|edge| is(edge.from, &node.id)) {
        out.value("bpmn:outgoing", &edge.id);
    }
    for edge in of_kind(diagram, EdgeKind::Data).filter(|edge| is(edge.from, &node.id)) {
        out.open("bpmn:dataOutputAssociation", &[("id", &edge.id)]);
        out.value("bpmn:targetRef", ends(diagram, edge).1);
        out.close("bpmn:dataOutputAssociation");
    }
    if matches!(node.kind, NodeKind::Told | NodeKind::Done) {
        let id = format!("message-of-{}", node.id);
        out.empty("bpmn:messageEventDefinition", &[("id", &id)]);
    }
    out.close(tag);
}

/// Its number and its title.
fn name_of(node: &Node) -> String {
    let title = node.title.join(" ");
    match (node.number.is_empty(), title.is_empty()) {
        (true, _) => title,
        (false, true) => node.number.clone(),
        (false, false) => format!("{}: {title}", node.number),
    }
}

fn layout(out: &mut Writer, diagram: &Diagram) {
    out.open("bpmndi:BPMNDiagram", &[("id", "diagram")]);
    out.open(
        "bpmndi:BPMNPlane",
        &[("id", "plane"), ("bpmnElement", COLLABORATION)],
    );
    for pool in &diagram.pools {
        out.shape(&pool.id, &pool.bounds, &[("isHorizontal", "true")], None);
        for lane in &pool.lanes {
            let id = lane_id(pool, &lane.id);
            out.shape(&id, &lane.bounds, &[("isHorizontal", "true")], None);
        }
    }
    for node in &diagram.nodes {
        let marked: &[(&str, &str)] = match node.kind {
            NodeKind::Condition => &[("isMarkerVisible", "true")],
            _ => &[],
        };
        out.shape(&node.id, &node.bounds, marked, label_of(node));
    }
    for edge in &diagram.edges {
        out.open(
            "bpmndi:BPMNEdge",
            &[
                ("id", &format!("{}-di", edge.id)),
                ("bpmnElement", &edge.id),
            ],
        );
        for Point { x, y } in &edge.points {
            out.empty(
                "di:waypoint",
                &[("x", &x.to_string()), ("y", &y.to_string())],
            );
        }
        if let Some(Point { x, y }) = edge.label_at {
            let bounds = Rect {
                x,
                y: y - LINE + 2,
                width: 26,
                height: LINE,
            };
            out.label(&bounds);
        }
        out.close("bpmndi:BPMNEdge");
    }
    out.close("bpmndi:BPMNPlane");
    out.close("bpmndi:BPMNDiagram");
}

/// Where the name of a node stands that has no room inside.
fn label_of(node: &Node) -> Option<Rect> {
    let lines = usize::from(!node.number.is_empty()) + node.title.len();
    let height = i32::try_from(lines).unwrap_or(0) * LINE;
    let y = match node.kind {
        NodeKind::Condition => node.bounds.y - 4 - height,
        NodeKind::Data => node.bounds.bottom() + 2,
        _ => return None,
    };
    Some(Rect {
        x: node.bounds.centre() - LABEL / 2,
        y,
        width: LABEL,
        height,
    })
}

/// XML, each element on a line of its own.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{:1$}{text}", "", self.depth * 2);
    }

    fn begun(tag: &str, attributes: &[(&str, &str)]) -> String {
        let mut begun = format!("<{tag}");
        for (name, value) in attributes {
            let _ = write!(begun, " {name}=\"{}\"", attribute(value));
        }
        begun
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let begun = Self::begun(tag, attributes);
        self.line(&format!("{begun}>"));
        self.depth += 1;
    }

    fn close(&mut self, tag: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{tag}>"));
    }

    fn empty(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let begun = Self::begun(tag, attributes);
        self.line(&format!("{begun} />"));
    }

    fn value(&mut self, tag: &str, value: &str) {
        self.line(&format!("<{tag}>{}</{tag}>", content(value)));
    }

    fn bounds(&mut self, bounds: &Rect) {
        let [x, y, width, height] =
            [bounds.x, bounds.y, bounds.width, bounds.height].map(|one| one.to_string());
        let attributes = [("x", x), ("y", y), ("width", width), ("height", height)];
        let attributes = attributes
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.empty("dc:Bounds", &attributes);
    }

    fn label(&mut self, bounds: &Rect) {
        self.open("bpmndi:BPMNLabel", &[]);
        self.bounds(bounds);
        self.close("bpmndi:BPMNLabel");
    }

    fn shape(&mut self, of: &str, bounds: &Rect, more: &[(&str, &str)], label: Option<Rect>) {
        let id = format!("{of}-di");
        let attributes = [&[("id", id.as_str()), ("bpmnElement", of)], more].concat();
        self.open("bpmndi:BPMNShape", &attributes);
        self.bounds(bounds);
        if let Some(label) = label {
            self.label(&label);
        }
        self.close("bpmndi:BPMNShape");
    }
}

/// As the value of an attribute.
fn attribute(text: &str) -> String {
    let text = text.replace('&', "&#38;").replace('<', "&#60;");
    let text = text.replace('>', "&#62;").replace('"', "&#34;");
    text.replace('\'', "&#39;")
}

/// As the content of an element.
fn content(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

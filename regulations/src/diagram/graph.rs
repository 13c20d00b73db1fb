//! What of a flow there is to draw: who takes part, what is done and asked, and which line goes where. Nothing has a place yet.

use qaqpa_model::{ElementId, Lang};

use super::wrap;
use super::{Diagram, Edge, EdgeKind, Lane, Node, NodeKind, Pool, Rect, words};
use crate::flow::{ActionDef, Branch, Element, End, Flow};
use crate::service::Service;
use crate::vocabulary::{Meaning, Outcome, Performer, Role};

/// The size of the letters of titles.
pub(super) const LETTERS: i32 = 11;
/// How wide a text inside of an action may be.
pub(super) const TASK_TEXT: i32 = 136;
/// How wide a text beside an event, a gateway or a document may be.
pub(super) const OUTER_TEXT: i32 = 132;
/// How wide the title of a lane may be.
pub(super) const LANE_TEXT: i32 = 112;

/// Something to draw.
pub(super) struct Graph {
    pub(super) diagram: Diagram,
    /// The node at which the staff's work begins: their pool begins below it.
    pub(super) opens_at: usize,
}

/// Everything that is drawn of a flow.
pub(super) fn of(service: &Service, flow: &Flow, lang: Lang) -> Graph {
    let mut drawing = Drawing {
        service,
        flow,
        lang,
        performers: performers(flow),
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    let first = drawing.begin();
    for element in &flow.elements {
        drawing.element(element);
    }
    if let Some((from, start)) = first.zip(flow.start()) {
        drawing.preliminaries(from, &start.id);
    }
    for element in &flow.elements {
        drawing.branches(element);
    }
    let opens_at = drawing.index(&flow.actions_open_at).unwrap_or_default();
    let mut pools = vec![drawing.road()];
    if !flow.actions.is_empty() {
        pools.push(drawing.staff());
    }
    let notes = notes(flow, lang);
    let Drawing { nodes, edges, .. } = drawing;
    let variant = flow.variant.as_ref();
    let mut parts = vec![
        service.title.get(lang).to_owned(),
        words::channel(flow.channel, lang).to_owned(),
    ];
    parts.extend(variant.map(|variant| variant.title.get(lang).to_owned()));
    let mut id = vec![
        service.id.service(),
        service.id.act(),
        flow.channel.as_str(),
    ];
    id.extend(variant.map(|variant| variant.id.as_str()));
    Graph {
        diagram: Diagram {
            title: parts.join(" · "),
            id: id.join("-"),
            lang,
            width: 0,
            height: 0,
            pools,
            nodes,
            edges,
            notes,
        },
        opens_at,
    }
}

/// Columns of the act's table that print nothing.
fn notes(flow: &Flow, lang: Lang) -> Vec<String> {
    let empty = flow.empty_actions.iter();
    empty
        .map(|one| words::printed_empty(&one.id.as_str().replace('-', " "), &one.unit, lang))
        .collect()
}

/// Who performs something, in the order in which they come.
fn performers(flow: &Flow) -> Vec<Performer> {
    let mut performers = Vec::new();
    for element in &flow.elements {
        if !performers.contains(&element.performer) {
            performers.push(element.performer);
        }
    }
    performers
}

struct Drawing<'f> {
    service: &'f Service,
    flow: &'f Flow,
    lang: Lang,
    performers: Vec<Performer>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// The pool of the numbered steps, and that of the staff.
const ROAD: usize = 0;
const STAFF: usize = 1;

impl Drawing<'_> {
    fn text(&self, text: &str, width: i32) -> Vec<String> {
        wrap::lines(text, width, LETTERS)
    }

    fn add(&mut self, id: String, kind: NodeKind, pool: usize, lane: usize) -> usize {
        self.nodes.push(Node {
            id,
            kind,
            element: None,
            pool,
            lane,
            number: String::new(),
            title: Vec::new(),
            note: Vec::new(),
            bounds: Rect::default(),
        });
        self.nodes.len() - 1
    }

    fn join(&mut self, kind: EdgeKind, from: usize, to: usize, label: &str) {
        let of = |node: usize| self.nodes.get(node).map_or("", |node| node.id.as_str());
        self.edges.push(Edge {
            id: format!("{}-to-{}", of(from), of(to)),
            kind,
            from,
            to,
            outcome: None,
            label: label.to_owned(),
            points: Vec::new(),
            label_at: None,
        });
    }

    fn index(&self, element: &ElementId) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.position(|node| node.element.as_ref() == Some(element))
    }

    fn lane_of(&self, performer: Performer) -> usize {
        let mut performers = self.performers.iter();
        performers
            .position(|one| *one == performer)
            .unwrap_or_default()
    }

    /// The start, in the lane of whoever acts first.
    fn begin(&mut self) -> Option<usize> {
        let lane = self.lane_of(self.flow.start()?.performer);
        Some(self.add("start".to_owned(), NodeKind::Start, ROAD, lane))
    }

    /// What comes before the first step for those who need it, and then the first step.
    fn preliminaries(&mut self, start: usize, first: &ElementId) {
        let Some(first) = self.index(first) else {
            return;
        };
        let lane = self.nodes.get(first).map_or(0, |node| node.lane);
        let mut before = start;
        let mut label = "";
        for (number, preliminary) in (1..).zip(&self.flow.preliminaries) {
            let asked = self.add(format!("before-{number}"), NodeKind::Condition, ROAD, lane);
            let title = self.text(words::needed(self.lang), OUTER_TEXT);
            self.titled(asked, title);
            self.join(EdgeKind::Sequence, before, asked, label);
            let done = self.add(
                format!("preliminary-{number}"),
                NodeKind::Person,
                ROAD,
                lane,
            );
            let title = self.text(preliminary.title.get(self.lang), TASK_TEXT);
            self.titled(done, title);
            self.join(EdgeKind::Sequence, asked, done, words::no(self.lang));
            self.join(EdgeKind::Sequence, done, first, "");
            (before, label) = (asked, words::yes(self.lang));
        }
        self.join(EdgeKind::Sequence, before, first, label);
    }

    fn titled(&mut self, node: usize, title: Vec<String>) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.title = title;
        }
    }

    /// An element, its end where it is one, and what it writes.
    fn element(&mut self, element: &Element) {
        let lane = self.lane_of(element.performer);
        let condition = matches!(element.branch, Branch::Question { .. });
        let kind = match (condition, words::is_person(element.performer)) {
            (true, _) => NodeKind::Condition,
            (false, true) => NodeKind::Person,
            (false, false) => NodeKind::System,
        };
        let width = if condition { OUTER_TEXT } else { TASK_TEXT };
        let node = self.add(element.id.to_string(), kind, ROAD, lane);
        let title = self.text(element.title.get(self.lang), width);
        let note = self.text(&self.said_of(element), width);
        if let Some(node) = self.nodes.get_mut(node) {
            node.element = Some(element.id.clone());
            node.number = words::number_of(element, self.lang);
            (node.title, node.note) = (title, note);
        }
        if let Branch::End(end) = element.branch {
            let end_id = format!("end-{}", element.id);
            let end = self.add(end_id, NodeKind::End(end), ROAD, lane);
            self.join(EdgeKind::Sequence, node, end, "");
            self.by(Outcome::Done);
        }
        if let Some(written) = self.written(element) {
            let data = self.add(format!("data-{}", element.id), NodeKind::Data, ROAD, lane);
            let written = self.text(&written, OUTER_TEXT);
            self.titled(data, written);
            self.join(EdgeKind::Data, node, data, "");
        }
    }

    /// Deadline, and what ties it to other elements.
    fn said_of(&self, element: &Element) -> String {
        let mut said = Vec::new();
        if let Some(deadline) = element.deadline {
            said.push(words::within(None, deadline, self.lang));
        }
        if let Some(action) = element.during.as_ref().and_then(|id| self.flow.action(id)) {
            let action = words::number_of_action(action, self.lang);
            said.push(words::during(&action, self.lang));
        }
        for id in &element.asked_again_at {
            if let Some(later) = self.flow.element(id) {
                let later = words::number_of(later, self.lang);
                said.push(words::again_at(&later, self.lang));
            }
        }
        said.join("; ")
    }

    fn written(&self, element: &Element) -> Option<String> {
        if element.meaning == Meaning::DeliverResult {
            return Some(self.service.result.title.get(self.lang).to_owned());
        }
        words::written(element.meaning, self.lang).map(str::to_owned)
    }

    fn branches(&mut self, element: &Element) {
        let Some(from) = self.index(&element.id) else {
            return;
        };
        let ways = match &element.branch {
            Branch::End(_) => Vec::new(),
            Branch::Next(next) => vec![(next, "", Outcome::Done)],
            Branch::Question { yes, no } => vec![
                (yes, words::yes(self.lang), Outcome::Yes),
                (no, words::no(self.lang), Outcome::No),
            ],
        };
        for (to, label, outcome) in ways {
            if let Some(to) = self.index(to) {
                self.join(EdgeKind::Sequence, from, to, label);
                self.by(outcome);
            }
        }
    }

    /// The line that was drawn last is that of this outcome.
    fn by(&mut self, outcome: Outcome) {
        if let Some(edge) = self.edges.last_mut() {
            edge.outcome = Some(outcome);
        }
    }

    /// The pool of the numbered steps.
    fn road(&self) -> Pool {
        let lanes = self.performers.iter().map(|performer| Lane {
            id: format!("lane-{performer}"),
            title: self.text(words::performer(*performer, self.lang), LANE_TEXT),
            bounds: Rect::default(),
        });
        Pool {
            id: "road".to_owned(),
            title: vec![self.service.title.get(self.lang).to_owned()],
            bounds: Rect::default(),
            lanes: lanes.collect(),
        }
    }

    /// The pool of the staff: each unit and role has a lane, each action follows the one before.
    fn staff(&mut self) -> Pool {
        let mut lanes: Vec<(&str, Role)> = Vec::new();
        let flow = self.flow;
        for action in &flow.actions {
            let lane = (action.unit.as_str(), action.role);
            if !lanes.contains(&lane) {
                lanes.push(lane);
            }
        }
        let lane_of = |action: &ActionDef| {
            let lane = (action.unit.as_str(), action.role);
            lanes
                .iter()
                .position(|one| *one == lane)
                .unwrap_or_default()
        };
        let told = self.add("told".to_owned(), NodeKind::Told, STAFF, 0);
        let (mut before, mut lane) = (told, 0);
        for action in &flow.actions {
            lane = lane_of(action);
            let node = self.action(action, lane);
            self.join(EdgeKind::Sequence, before, node, "");
            before = node;
        }
        let done = self.add("done".to_owned(), NodeKind::Done, STAFF, lane);
        self.join(EdgeKind::Sequence, before, done, "");
        for teller in tellers(flow, &flow.actions_open_at) {
            if let Some(teller) = self.index(teller) {
                self.join(EdgeKind::Message, teller, told, "");
            }
        }
        for element in &flow.elements {
            let waits = match element.branch {
                Branch::End(End::Delivered) => true,
                Branch::End(End::Refused) => element.after_actions,
                _ => false,
            };
            if let Some(waiting) = self.index(&element.id).filter(|_| waits) {
                self.join(EdgeKind::Message, done, waiting, "");
            }
        }
        let unit_title = |unit: &str| {
            let mut actions = flow.actions.iter();
            actions
                .find(|action| action.unit == unit)
                .map_or("", |action| action.unit_title.get(self.lang))
        };
        let titled = lanes.iter().map(|(unit, role)| {
            let mut title = self.text(unit_title(unit), LANE_TEXT);
            title.extend(self.text(&format!("({})", words::role(*role, self.lang)), LANE_TEXT));
            Lane {
                id: format!("lane-{unit}-{role}"),
                title,
                bounds: Rect::default(),
            }
        });
        Pool {
            id: "staff".to_owned(),
            title: vec![words::staff(self.lang).to_owned()],
            bounds: Rect::default(),
            lanes: titled.collect(),
        }
    }

    fn action(&mut self, action: &ActionDef, lane: usize) -> usize {
        let kind = match action.role {
            Role::System => NodeKind::System,
            _ => NodeKind::Person,
        };
        let node = self.add(action.id.to_string(), kind, STAFF, lane);
        let title = self.text(action.title.get(self.lang), TASK_TEXT);
        let within = words::within(action.deadline_min, action.deadline, self.lang);
        let note = self.text(&within, TASK_TEXT);
        if let Some(node) = self.nodes.get_mut(node) {
            node.element = Some(action.id.clone());
            node.number = words::number_of_action(action, self.lang);
            (node.title, node.note) = (title, note);
        }
        node
    }
}

/// The processes after which the staff begin: the element itself, or those that lead to a condition at which they do.
fn tellers<'f>(flow: &'f Flow, opens_at: &'f ElementId) -> Vec<&'f ElementId> {
    let (mut found, mut seen, mut looked) = (Vec::new(), Vec::new(), vec![opens_at]);
    while let Some(id) = looked.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let Some(element) = flow.element(id) else {
            continue;
        };
        if !matches!(element.branch, Branch::Question { .. }) {
            found.push(&element.id);
            continue;
        }
        looked.extend(flow.elements.iter().filter_map(|before| {
            let leads = match &before.branch {
                Branch::End(_) => false,
                Branch::Next(next) => next == id,
                Branch::Question { yes, no } => yes == id || no == id,
            };
            leads.then_some(&before.id)
        }));
    }
    found
}

//! A flow as a picture, in the notation of the acts' own diagrams (BPMN): pools, lanes, events, actions, gateways, data.
//!
//! [`Diagram::of`] draws a flow in one language: the upper pool is what systems and people do in numbered steps, the lower
//! one what the provider's staff do meanwhile. [`svg`] paints it, with the path of a run on top where there is one; [`bpmn`]
//! writes it as BPMN 2.0 XML with the same layout.
//!
//! - `graph` says what there is to draw, `layout` where it stands, `route` how the lines go between.
//! - `words` are the texts that the catalogue does not have, `wrap` breaks texts into lines.

pub mod bpmn;
mod graph;
mod layout;
mod route;
pub mod svg;
mod words;
mod wrap;

use std::collections::BTreeMap;

use qaqpa_model::{ElementId, Lang};

use crate::flow::{End, Flow, Next};
use crate::service::Service;
use crate::vocabulary::Outcome;

/// A flow, drawn: everything has its place, in pixels from the upper left corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagram {
    /// The service and its channel.
    pub title: String,
    /// An XML name of the flow: unique among the flows of the catalogue.
    pub id: String,
    /// The language of every text.
    pub lang: Lang,
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// From top to bottom.
    pub pools: Vec<Pool>,
    /// Events, actions, gateways and data.
    pub nodes: Vec<Node>,
    /// The lines between them.
    pub edges: Vec<Edge>,
    /// What the picture cannot show, one sentence each.
    pub notes: Vec<String>,
}

/// Who takes part: a pool (пул) with its lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// An XML name.
    pub id: String,
    /// What it is called, broken into lines.
    pub title: Vec<String>,
    /// Where it is.
    pub bounds: Rect,
    /// From top to bottom.
    pub lanes: Vec<Lane>,
}

/// Who acts: a lane (дорожка) of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// An XML name.
    pub id: String,
    /// Who it is, broken into lines.
    pub title: Vec<String>,
    /// Where it is: all of it, with its title.
    pub bounds: Rect,
}

/// Something that happens, is done or asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// An XML name.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// The element or action of the flow that it is.
    pub element: Option<ElementId>,
    /// The pool, as an index.
    pub pool: usize,
    /// The lane of the pool, as an index.
    pub lane: usize,
    /// Its number for people: `process 5`; empty where it has none.
    pub number: String,
    /// What it is called, broken into lines.
    pub title: Vec<String>,
    /// What else is said of it: deadlines; broken into lines.
    pub note: Vec<String>,
    /// Where it is, without a title that stands outside of it.
    pub bounds: Rect,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Where every applicant begins (start event).
    Start,
    /// The staff begin when they are told (message start event).
    Told,
    /// The flow ends so (end event).
    End(End),
    /// The staff have done everything (message end event).
    Done,
    /// An action of people (user task).
    Person,
    /// An action of a system (service task).
    System,
    /// A condition (exclusive gateway).
    Condition,
    /// A document or a message (data object).
    Data,
}

/// A line from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// An XML name.
    pub id: String,
    /// What it is.
    pub kind: EdgeKind,
    /// Where it begins, as an index of the nodes.
    pub from: usize,
    /// Where it ends, as an index of the nodes.
    pub to: usize,
    /// The outcome of the element from which it leads; `None` where no outcome decides.
    pub outcome: Option<Outcome>,
    /// `yes` or `no`, in the language of the diagram; empty where there is nothing to say.
    pub label: String,
    /// Its corners, from beginning to end: at least two, each right or left of, above or below the one before.
    pub points: Vec<Point>,
    /// Where the label stands: its left end, on the line of its letters.
    pub label_at: Option<Point>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// What comes next (sequence flow).
    Sequence,
    /// What one pool tells the other (message flow).
    Message,
    /// What an action writes (data output association).
    Data,
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left side.
    pub x: i32,
    /// Its upper side.
    pub y: i32,
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
}

/// The way that one request has gone: to be shown on top of a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// Elements and actions of the flow in the order in which they were recorded; each stands for what it led to.
    pub steps: Vec<ElementId>,
    /// The first of them that should not have been, or that was expected and did not come.
    pub left_at: Option<ElementId>,
}

/// How often many runs together have gone each way: to be shown on top of a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many runs have passed an element.
    pub elements: BTreeMap<ElementId, u32>,
    /// How many have left it with this outcome.
    pub outcomes: BTreeMap<(ElementId, Outcome), u32>,
}

/// What is shown on top of a diagram.
#[derive(Clone, Copy, Debug)]
pub enum Overlay<'o> {
    /// The path of one run.
    Trail(&'o Trail),
    /// What many runs have covered, and what they have not.
    Traffic(&'o Traffic),
}

impl Trail {
    /// The way through a flow as far as it is known what came of each element.
    #[must_use]
    pub fn along(flow: &Flow, outcome_of: impl Fn(&ElementId) -> Option<Outcome>) -> Self {
        let mut steps = Vec::new();
        let mut next = flow.start();
        // No further than there are elements: a way may lead back.
        while let Some(element) = next.filter(|_| steps.len() < flow.elements.len()) {
            let Some(outcome) = outcome_of(&element.id) else {
                break;
            };
            steps.push(element.id.clone());
            next = match flow.next(&element.id, outcome) {
                Some(Next::Element(after)) => Some(after),
                Some(Next::End(_)) | None => None,
            };
        }
        Self {
            steps,
            left_at: None,
        }
    }
}

impl Diagram {
    /// Draws a flow of the service.
    #[must_use]
    pub fn of(service: &Service, flow: &Flow, lang: Lang) -> Self {
        layout::laid_out(graph::of(service, flow, lang))
    }

    /// The node that is this element or action of the flow.
    #[must_use]
    pub fn node_of(&self, element: &ElementId) -> Option<&Node> {
        let mut nodes = self.nodes.iter();
        nodes.find(|node| node.element.as_ref() == Some(element))
    }
}

impl NodeKind {
    /// Whether it is an action: a box with its text inside.
    #[must_use]
    pub const fn is_task(self) -> bool {
        matches!(self, Self::Person | Self::System)
    }

    /// Whether it is an event: a circle.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::Start | Self::Told | Self::End(_) | Self::Done)
    }
}

impl Rect {
    /// Its right side.
    #[must_use]
    pub const fn right(&self) -> i32 {
        self.x + self.width
    }

    /// Its lower side.
    #[must_use]
    pub const fn bottom(&self) -> i32 {
        self.y + self.height
    }

    /// The middle of its height.
    #[must_use]
    pub const fn middle(&self) -> i32 {
        self.y + self.height / 2
    }

    /// The middle of its width.
    #[must_use]
    pub const fn centre(&self) -> i32 {
        self.x + self.width / 2
    }
}

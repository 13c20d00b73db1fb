//! Which nodes and lines of a diagram runs have touched.

use std::collections::BTreeSet;

use super::paint::Touch;
use crate::diagram::{Diagram, EdgeKind, NodeKind, Traffic, Trail};

/// The nodes and lines that runs have touched, and those that they should have.
#[derive(Default)]
pub(super) struct Way {
    nodes: BTreeSet<usize>,
    edges: BTreeSet<usize>,
    missed_nodes: BTreeSet<usize>,
    missed_edges: BTreeSet<usize>,
    /// A number for a node: its place in the run, or how many runs.
    pub(super) badges: Vec<(u32, usize)>,
    left_at: Option<usize>,
}

impl Way {
    /// How a node is to be shown.
    pub(super) fn of_node(&self, index: usize) -> Touch {
        if self.left_at == Some(index) {
            Touch::Left
        } else if self.missed_nodes.contains(&index) {
            Touch::Missed
        } else if self.nodes.contains(&index) {
            Touch::Went
        } else {
            Touch::None
        }
    }

    /// How a line is to be shown.
    pub(super) fn of_edge(&self, index: usize) -> Touch {
        if self.edges.contains(&index) {
            Touch::Went
        } else if self.missed_edges.contains(&index) {
            Touch::Missed
        } else {
            Touch::None
        }
    }

    /// Where many runs have gone. Lines that no outcome decides are neither covered nor missed.
    pub(super) fn of_many(diagram: &Diagram, traffic: &Traffic) -> Self {
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
    pub(super) fn of(diagram: &Diagram, trail: &Trail) -> Self {
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

//! How the lines go: to the right out of a node, up or down only in the gaps between columns, to the right into the next one.
//! Each upright piece of a gap has a track of its own, so that no line runs on another and none goes through a node.

use std::collections::BTreeMap;
use std::ops::Range;

use super::layout::TRACK;
use super::{Diagram, Edge, EdgeKind, Node, Point};

/// Left of the first track of a gap, and right of its last one, where the labels stand.
const BEFORE_TRACKS: i32 = 12;
const AFTER_TRACKS: i32 = 16;
const FOR_LABEL: i32 = 30;

/// Up to so many tracks of a gap every order is tried.
const TRIED_MAX: usize = 6;

/// What is known before the lines are.
pub(super) struct Grid {
    /// The column of each node.
    pub(super) columns: Vec<usize>,
    /// How wide each column is.
    pub(super) widths: Vec<i32>,
    /// At which height a line passes by the columns between its ends, by the line.
    pub(super) passing: BTreeMap<usize, i32>,
    /// The height of the first message between the pools.
    pub(super) corridor: i32,
}

/// The columns that a line passes by.
pub(super) fn between(from: usize, to: usize) -> Range<usize> {
    if to > from {
        from + 1..to
    } else {
        to..from + 1
    }
}

/// An upright piece of a line in a gap.
#[derive(Clone, Debug)]
struct Piece {
    edge: usize,
    gap: usize,
    enters: i32,
    leaves: i32,
    track: usize,
}

/// Draws all lines, puts the nodes into their columns from `left` on, and gives the right end of everything.
pub(super) fn lines(diagram: &mut Diagram, grid: &mut Grid, left: i32) -> i32 {
    let mut pieces = pieces(diagram, grid);
    let gaps = grid.widths.len() + 1;
    for gap in 0..gaps {
        order(&mut pieces, gap);
    }
    let tracks = |gap: usize| {
        let of_gap = pieces.iter().filter(|piece| piece.gap == gap);
        of_gap.map(|piece| piece.track + 1).max().unwrap_or(0)
    };
    let is_labelled = |gap: usize| {
        let mut edges = diagram.edges.iter();
        edges.any(|edge| !edge.label.is_empty() && grid.columns[edge.from] + 1 == gap)
    };
    // Where each gap begins, and where its tracks end.
    let (mut begins, mut ends, mut x) = (Vec::new(), Vec::new(), left);
    for gap in 0..gaps {
        begins.push(x);
        x += BEFORE_TRACKS + TRACK * i32::try_from(tracks(gap)).unwrap_or(0);
        ends.push(x);
        x += if is_labelled(gap) {
            FOR_LABEL
        } else {
            AFTER_TRACKS
        };
        if let Some(width) = grid.widths.get(gap) {
            x += width;
        }
    }
    let right = x;
    for (node, column) in diagram.nodes.iter_mut().zip(&grid.columns) {
        let next = begins.get(column + 1).copied().unwrap_or(right);
        let middle = next - grid.widths[*column] / 2;
        node.bounds.x = middle - node.bounds.width / 2;
    }
    let track_x = |piece: &Piece| {
        begins[piece.gap] + BEFORE_TRACKS + TRACK * i32::try_from(piece.track).unwrap_or(0)
    };
    for index in 0..diagram.edges.len() {
        let edge = &diagram.edges[index];
        let (from, to) = (&diagram.nodes[edge.from], &diagram.nodes[edge.to]);
        let mut points = Vec::new();
        if edge.kind == EdgeKind::Data {
            let x = from.bounds.centre();
            points.push(at(x, from.bounds.bottom()));
            points.push(at(x, to.bounds.y));
        } else {
            let (leaves, comes) = (height(edge, from), height(edge, to));
            points.push(at(from.bounds.right(), leaves));
            for piece in pieces.iter().filter(|piece| piece.edge == index) {
                points.push(at(track_x(piece), piece.enters));
                points.push(at(track_x(piece), piece.leaves));
            }
            points.push(at(to.bounds.x, comes));
        }
        points.dedup();
        let first_gap = grid.columns[edge.from] + 1;
        let label_y = pieces
            .iter()
            .find(|piece| piece.edge == index && piece.gap == first_gap)
            .map_or(height(edge, from), |piece| piece.leaves);
        let label_at = (!edge.label.is_empty()).then(|| at(ends[first_gap] - 2, label_y - 4));
        let edge = &mut diagram.edges[index];
        (edge.points, edge.label_at) = (points, label_at);
    }
    right
}

const fn at(x: i32, y: i32) -> Point {
    Point { x, y }
}

/// At which height a line meets a node: messages below the others.
fn height(edge: &Edge, node: &Node) -> i32 {
    let bounds = &node.bounds;
    match edge.kind {
        EdgeKind::Message if node.kind.is_task() => bounds.y + bounds.height * 3 / 4,
        _ => bounds.middle(),
    }
}

/// All upright pieces, each line's in its order.
fn pieces(diagram: &Diagram, grid: &Grid) -> Vec<Piece> {
    let (mut pieces, mut messages) = (Vec::new(), 0);
    for (index, edge) in diagram.edges.iter().enumerate() {
        let (from, to) = (&diagram.nodes[edge.from], &diagram.nodes[edge.to]);
        let (out, into) = (grid.columns[edge.from] + 1, grid.columns[edge.to]);
        let (leaves, comes) = (height(edge, from), height(edge, to));
        let mut piece = |gap: usize, enters: i32, leaves: i32| {
            if enters != leaves {
                pieces.push(Piece {
                    edge: index,
                    gap,
                    enters,
                    leaves,
                    track: 0,
                });
            }
        };
        match edge.kind {
            EdgeKind::Data => {}
            EdgeKind::Message => {
                let along = grid.corridor + TRACK * messages;
                messages += 1;
                piece(out, leaves, along);
                piece(into, along, comes);
            }
            EdgeKind::Sequence => match grid.passing.get(&index) {
                Some(along) => {
                    piece(out, leaves, *along);
                    piece(into, *along, comes);
                }
                None => piece(out, leaves, comes),
            },
        }
    }
    pieces
}

/// Gives the pieces of a gap their tracks: the order with the fewest crossings.
fn order(pieces: &mut [Piece], gap: usize) {
    let mut own: Vec<&mut Piece> = pieces.iter_mut().filter(|piece| piece.gap == gap).collect();
    let count = own.len();
    let mut best: Vec<usize> = (0..count).collect();
    if count <= TRIED_MAX {
        let mut least = usize::MAX;
        let mut tried: Vec<usize> = (0..count).collect();
        permutations(&mut tried, 0, &mut |tracks| {
            let crossings = crossings(&own, tracks);
            if crossings < least {
                least = crossings;
                best = tracks.to_vec();
            }
        });
    }
    for (piece, track) in own.iter_mut().zip(best) {
        piece.track = track;
    }
}

/// Every order, in the same order always.
fn permutations(items: &mut Vec<usize>, from: usize, visit: &mut impl FnMut(&[usize])) {
    if from + 1 >= items.len() {
        visit(items);
        return;
    }
    for other in from..items.len() {
        items.swap(from, other);
        permutations(items, from + 1, visit);
        items.swap(from, other);
    }
}

/// How often lines cross in a gap if its pieces have these tracks; one that runs on another counts as ten.
fn crossings(pieces: &[&mut Piece], tracks: &[usize]) -> usize {
    let mut count = 0;
    for (piece, track) in pieces.iter().zip(tracks) {
        let (high, low) = (
            piece.enters.min(piece.leaves),
            piece.enters.max(piece.leaves),
        );
        for (other, others) in pieces.iter().zip(tracks) {
            let is_within = |y: i32| high < y && y < low;
            if (track < others && is_within(other.enters))
                || (track > others && is_within(other.leaves))
            {
                count += 1;
            }
            if others < track && other.leaves == piece.enters && other.edge != piece.edge {
                count += 10;
            }
        }
    }
    count
}

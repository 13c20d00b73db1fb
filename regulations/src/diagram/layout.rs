//! Where everything stands: columns by the order of the steps, lanes from top to bottom, in each lane as many rows as are needed
//! for nothing to stand on anything else.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, LANE_TEXT, LETTERS, OUTER_TEXT, TASK_TEXT};
use super::route::{self, Grid};
use super::{Diagram, EdgeKind, Node, NodeKind, Rect, wrap};

/// The height of a line of letters.
pub(super) const LINE: i32 = 13;
/// The sides of a gateway and of a document, the diameter of an event.
const GATEWAY: i32 = 50;
const DATA: (i32, i32) = (36, 46);
const EVENT: i32 = 36;
/// How wide an action is.
const TASK: i32 = TASK_TEXT + 24;
const TASK_HEIGHT_MIN: i32 = 60;
/// How wide the title of a lane is, with its margins.
const LANE_TITLE: i32 = LANE_TEXT + 12;
/// Free room between rows, and above and below the rows of a lane.
const ROW_GAP: i32 = 12;
const LANE_MARGIN: i32 = 12;
/// Around everything, and for the title above.
const MARGIN: i32 = 16;
const TITLE: i32 = 24;
/// Half of a row in which only lines go.
const LINES_ONLY: i32 = 6;
/// Between the pools, and for each message more.
const CORRIDOR: i32 = 24;
pub(super) const TRACK: i32 = 10;

/// A row of a lane: pool, lane, row.
type Row = (usize, usize, usize);

/// Gives everything its place.
pub(super) fn laid_out(graph: Graph) -> Diagram {
    let Graph {
        mut diagram,
        opens_at,
    } = graph;
    let columns = columns(&diagram, opens_at);
    let (rows, passing) = rows(&diagram, &columns);
    let middles = stack(&mut diagram, &rows, &passing);
    for (node, row) in diagram.nodes.iter_mut().zip(&rows) {
        let (width, height) = size(node);
        let middle = middles.get(row).copied().unwrap_or_default();
        node.bounds = Rect {
            x: 0,
            y: middle - height / 2,
            width,
            height,
        };
    }
    let widths = widths(&diagram.nodes, &columns);
    let passing = passing.into_iter().map(|(edge, row)| {
        let middle = middles.get(&row).copied().unwrap_or_default();
        (edge, middle)
    });
    let mut grid = Grid {
        columns,
        widths,
        passing: passing.collect(),
        corridor: corridor(&diagram),
    };
    let titles = diagram.pools.iter().map(|pool| pool.title.len());
    let pool_title = LINE * i32::try_from(titles.max().unwrap_or(1)).unwrap_or(1) + 12;
    let right = route::lines(&mut diagram, &mut grid, MARGIN + pool_title + LANE_TITLE);
    for pool in &mut diagram.pools {
        pool.bounds.x = MARGIN;
        pool.bounds.width = right - MARGIN;
        for lane in &mut pool.lanes {
            lane.bounds.x = MARGIN + pool_title;
            lane.bounds.width = right - lane.bounds.x;
        }
    }
    let bottom = diagram.pools.last().map_or(0, |pool| pool.bounds.bottom());
    let notes = i32::try_from(diagram.notes.len()).unwrap_or(0);
    diagram.width = right + MARGIN;
    diagram.height = bottom + MARGIN + notes * (LINE + 3);
    diagram
}

/// The column of each node: one more than the farthest before it. The staff begin below the step at which they are told.
fn columns(diagram: &Diagram, opens_at: usize) -> Vec<usize> {
    let mut columns = vec![0; diagram.nodes.len()];
    // As often as there are nodes: a line that leads back would go on for ever.
    for _ in 0..diagram.nodes.len() {
        let mut is_still = true;
        let sequences = diagram
            .edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Sequence);
        for edge in sequences {
            let least = columns[edge.from] + 1;
            if columns[edge.to] < least && least < diagram.nodes.len() {
                columns[edge.to] = least;
                is_still = false;
            }
        }
        if is_still {
            break;
        }
    }
    let begin = columns[opens_at];
    for (node, column) in diagram.nodes.iter().zip(&mut columns) {
        if node.pool > 0 {
            *column += begin;
        }
    }
    for edge in diagram
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Data)
    {
        columns[edge.to] = columns[edge.from];
    }
    columns
}

/// The row of each node, and of each line that passes by columns on its way.
fn rows(diagram: &Diagram, columns: &[usize]) -> (Vec<Row>, BTreeMap<usize, Row>) {
    let nodes = &diagram.nodes;
    let mut taken: BTreeSet<(Row, usize)> = BTreeSet::new();
    let mut rows: Vec<Option<Row>> = vec![None; nodes.len()];
    let written: BTreeMap<usize, usize> = diagram
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Data)
        .map(|edge| (edge.from, edge.to))
        .collect();
    let mut order: Vec<usize> = (0..nodes.len())
        .filter(|node| nodes[*node].kind != NodeKind::Data)
        .collect();
    // The first line to a node is the straight one: of a condition that is its "yes".
    let first = |node: &usize| {
        let mut before = diagram.edges.iter();
        before.position(|edge| edge.to == *node && edge.kind == EdgeKind::Sequence)
    };
    order.sort_by_key(|node| (columns[*node], first(node)));
    for node in order {
        let (pool, lane, column) = (nodes[node].pool, nodes[node].lane, columns[node]);
        let before = diagram.edges.iter().find(|edge| edge.to == node);
        let straight = before
            .and_then(|edge| rows[edge.from])
            .filter(|row| (row.0, row.1) == (pool, lane))
            .map(|row| row.2);
        let has_data = written.get(&node).copied();
        let is_free = |row: usize| {
            let below = has_data.is_none() || !taken.contains(&((pool, lane, row + 1), column));
            below && !taken.contains(&((pool, lane, row), column))
        };
        let row = straight
            .filter(|row| is_free(*row))
            .unwrap_or_else(|| (0..).find(|row| is_free(*row)).unwrap_or_default());
        taken.insert(((pool, lane, row), column));
        rows[node] = Some((pool, lane, row));
        if let Some(data) = has_data {
            taken.insert(((pool, lane, row + 1), column));
            rows[data] = Some((pool, lane, row + 1));
        }
    }
    let rows: Vec<Row> = rows.into_iter().map(Option::unwrap_or_default).collect();
    let mut passing = BTreeMap::new();
    for (index, edge) in diagram.edges.iter().enumerate() {
        if edge.kind != EdgeKind::Sequence {
            continue;
        }
        let between = route::between(columns[edge.from], columns[edge.to]);
        if between.is_empty() {
            continue;
        }
        let (pool, lane, _) = rows[edge.to];
        let free = (0..).find(|row| {
            let mut cells = between.clone();
            cells.all(|column| !taken.contains(&((pool, lane, *row), column)))
        });
        let row = (pool, lane, free.unwrap_or_default());
        taken.extend(between.map(|column| (row, column)));
        passing.insert(index, row);
    }
    (rows, passing)
}

/// Stands pools, lanes and rows on one another; the middle of each row.
fn stack(
    diagram: &mut Diagram,
    rows: &[Row],
    passing: &BTreeMap<usize, Row>,
) -> BTreeMap<Row, i32> {
    let mut halves: BTreeMap<Row, (i32, i32)> = BTreeMap::new();
    for row in passing.values() {
        halves.entry(*row).or_insert((LINES_ONLY, LINES_ONLY));
    }
    for (node, row) in diagram.nodes.iter().zip(rows) {
        let (above, below) = halves_of(node);
        let half = halves.entry(*row).or_insert((0, 0));
        *half = (half.0.max(above), half.1.max(below));
    }
    let corridor = corridor_height(diagram);
    let mut middles = BTreeMap::new();
    let mut y = MARGIN + TITLE;
    for (pool_index, pool) in diagram.pools.iter_mut().enumerate() {
        if pool_index > 0 {
            y += corridor;
        }
        pool.bounds.y = y;
        for (lane_index, lane) in pool.lanes.iter_mut().enumerate() {
            lane.bounds.y = y;
            let mut down = y + LANE_MARGIN;
            let of_lane =
                halves.range((pool_index, lane_index, 0)..(pool_index, lane_index + 1, 0));
            for (row, (above, below)) in of_lane {
                if row.2 > 0 {
                    down += ROW_GAP;
                }
                middles.insert(*row, down + above);
                down += above + below;
            }
            // Tools that stand the title upright have room for three lines of it.
            let upright = wrap::width_of(&lane.title.join(" "), LETTERS) / 3;
            let lying = i32::try_from(lane.title.len()).unwrap_or(0) * LINE;
            let titled = upright.max(lying) + 2 * LANE_MARGIN;
            lane.bounds.height = (down + LANE_MARGIN - y).max(titled);
            y += lane.bounds.height;
        }
        pool.bounds.height = y - pool.bounds.y;
        // It stands upright, in as many lines as it needs.
        let title = pool.title.join(" ");
        pool.title = wrap::lines(&title, pool.bounds.height - LANE_MARGIN, LETTERS);
    }
    middles
}

/// How high the room between the pools is.
fn corridor_height(diagram: &Diagram) -> i32 {
    let edges = diagram.edges.iter();
    let messages = edges.filter(|edge| edge.kind == EdgeKind::Message).count();
    CORRIDOR + TRACK * i32::try_from(messages).unwrap_or(0)
}

/// Where the first message goes along between the pools.
fn corridor(diagram: &Diagram) -> i32 {
    diagram.pools.first().map_or(0, |pool| pool.bounds.bottom()) + CORRIDOR / 2
}

/// How wide and how high a node is, without what is written beside it.
fn size(node: &Node) -> (i32, i32) {
    match node.kind {
        NodeKind::Person | NodeKind::System => (TASK, (lines_of(node) + 26).max(TASK_HEIGHT_MIN)),
        NodeKind::Condition => (GATEWAY, GATEWAY),
        NodeKind::Data => DATA,
        NodeKind::Start | NodeKind::Told | NodeKind::End(_) | NodeKind::Done => (EVENT, EVENT),
    }
}

/// The height of all that is written of a node.
fn lines_of(node: &Node) -> i32 {
    let number = usize::from(!node.number.is_empty());
    let lines = number + node.title.len() + node.note.len();
    i32::try_from(lines).unwrap_or(0) * LINE
}

/// How far a node reaches above and below its middle, with what is written there.
fn halves_of(node: &Node) -> (i32, i32) {
    let half = size(node).1 / 2;
    let note = i32::try_from(node.note.len()).unwrap_or(0) * LINE;
    match node.kind {
        NodeKind::Condition => (half + lines_of(node) - note + 6, half + note + 4),
        NodeKind::Data => (half, half + lines_of(node) + 6),
        _ => (half, half),
    }
}

/// How wide each column is.
fn widths(nodes: &[Node], columns: &[usize]) -> Vec<i32> {
    let mut widths = vec![0; columns.iter().max().map_or(0, |last| last + 1)];
    for (node, column) in nodes.iter().zip(columns) {
        let width = match node.kind {
            NodeKind::Condition | NodeKind::Data => OUTER_TEXT,
            _ => node.bounds.width,
        };
        widths[*column] = width.max(widths[*column]);
    }
    widths
}

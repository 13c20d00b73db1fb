//! Every flow of the catalogue is drawn, in every language, so that it can be read.

use qaqpa_model::{ElementId, Lang};
use qaqpa_regulations::diagram::{Diagram, Edge, EdgeKind, Node, Overlay, Point, Rect, Trail, svg};
use qaqpa_regulations::flow::Branch;
use qaqpa_regulations::{Catalogue, Flow, Service};

const LANGS: [Lang; 3] = [Lang::Kk, Lang::Ru, Lang::En];

/// Every flow of the acts with its drawing in each language.
fn each(check: impl Fn(&Service, &Flow, &Diagram)) {
    let catalogue = Catalogue::embedded().unwrap();
    let mut drawn = 0;
    for service in catalogue.regulated() {
        for flow in &service.flows {
            for lang in LANGS {
                check(service, flow, &Diagram::of(service, flow, lang));
                drawn += 1;
            }
        }
    }
    assert!(drawn > 100, "{drawn}");
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    one.x < other.right()
        && other.x < one.right()
        && one.y < other.bottom()
        && other.y < one.bottom()
}

fn holds(outer: &Rect, inner: &Rect) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

/// The straight piece between two corners, as a rectangle without a width.
fn piece(from: Point, to: Point) -> Rect {
    Rect {
        x: from.x.min(to.x),
        y: from.y.min(to.y),
        width: (from.x - to.x).abs(),
        height: (from.y - to.y).abs(),
    }
}

/// Whether a piece of a line goes through the inside of a rectangle; along its side or up to it is not through it.
fn goes_through(piece: &Rect, rect: &Rect) -> bool {
    let across = piece.x < rect.right() && rect.x < piece.right();
    let down = piece.y < rect.bottom() && rect.y < piece.bottom();
    across && down
}

#[test]
fn a_line_through_a_node_is_seen_and_one_up_to_it_is_none() {
    let rect = |x, y, width, height| Rect {
        x,
        y,
        width,
        height,
    };
    let node = rect(100, 100, 50, 40);
    for (through, piece) in [
        (true, rect(50, 120, 200, 0)),
        (true, rect(125, 50, 0, 200)),
        (true, rect(110, 110, 10, 0)),
        (false, rect(50, 120, 50, 0)),
        (false, rect(150, 120, 50, 0)),
        (false, rect(100, 50, 0, 200)),
        (false, rect(125, 140, 0, 30)),
        (false, rect(50, 90, 200, 0)),
    ] {
        assert_eq!(goes_through(&piece, &node), through, "{piece:?}");
    }
}

#[test]
fn whatever_a_flow_has_is_in_its_picture() {
    each(|service, flow, diagram| {
        let named = |node: &&Node| node.element.is_some();
        let count = diagram.nodes.iter().filter(named).count();
        let id = &service.id;
        assert_eq!(count, flow.elements.len() + flow.actions.len(), "{id}");
        for element in &flow.elements {
            assert!(
                diagram.node_of(&element.id).is_some(),
                "{id} {}",
                element.id
            );
        }
        let sequence = |edge: &&Edge| edge.kind == EdgeKind::Sequence;
        let ways: usize = flow
            .elements
            .iter()
            .map(|element| match element.branch {
                Branch::Question { .. } => 2,
                _ => 1,
            })
            .sum();
        let before = 1 + 3 * flow.preliminaries.len();
        let staff = if flow.actions.is_empty() {
            0
        } else {
            flow.actions.len() + 1
        };
        let lines = diagram.edges.iter().filter(sequence).count();
        assert_eq!(lines, ways + before + staff, "{id}");
    });
}

#[test]
fn nothing_stands_on_anything_else_and_everything_in_its_lane() {
    each(|service, flow, diagram| {
        let what = format!("{} {} {:?}", service.id, flow.channel, diagram.lang);
        for (index, node) in diagram.nodes.iter().enumerate() {
            let lane = &diagram.pools[node.pool].lanes[node.lane];
            assert!(holds(&lane.bounds, &node.bounds), "{what}: {}", node.id);
            for other in &diagram.nodes[index + 1..] {
                let both = overlap(&node.bounds, &other.bounds);
                assert!(!both, "{what}: {} and {}", node.id, other.id);
            }
        }
        let mut lower = 0;
        for pool in &diagram.pools {
            assert!(pool.bounds.y >= lower, "{what}");
            lower = pool.bounds.bottom();
            for lane in &pool.lanes {
                assert!(holds(&pool.bounds, &lane.bounds), "{what}: {}", lane.id);
            }
            for pair in pool.lanes.windows(2) {
                assert_eq!(pair[0].bounds.bottom(), pair[1].bounds.y, "{what}");
            }
        }
        assert!(diagram.height >= lower);
    });
}

#[test]
fn lines_are_straight_and_go_through_nothing() {
    each(|service, flow, diagram| {
        let what = format!("{} {} {:?}", service.id, flow.channel, diagram.lang);
        for edge in &diagram.edges {
            let (from, to) = (&diagram.nodes[edge.from], &diagram.nodes[edge.to]);
            let (first, last) = (edge.points[0], *edge.points.last().unwrap());
            assert!(touches(&from.bounds, first), "{what}: {}", edge.id);
            assert!(touches(&to.bounds, last), "{what}: {}", edge.id);
            for pair in edge.points.windows(2) {
                let straight = pair[0].x == pair[1].x || pair[0].y == pair[1].y;
                assert!(straight, "{what}: {} {:?}", edge.id, edge.points);
                let piece = piece(pair[0], pair[1]);
                for node in &diagram.nodes {
                    let through = goes_through(&piece, &node.bounds);
                    assert!(!through, "{what}: {} through {}", edge.id, node.id);
                }
            }
        }
    });
}

fn touches(bounds: &Rect, point: Point) -> bool {
    let beside = point.x == bounds.x || point.x == bounds.right();
    let above = point.y == bounds.y || point.y == bounds.bottom();
    let within_height = bounds.y <= point.y && point.y <= bounds.bottom();
    let within_width = bounds.x <= point.x && point.x <= bounds.right();
    (beside && within_height) || (above && within_width)
}

/// The picture in the documents: `QAQPA_GOLDEN=write` writes it anew.
#[test]
fn the_picture_in_the_documents_is_the_one_that_is_drawn() {
    let catalogue = Catalogue::embedded().unwrap();
    let mut services = catalogue.regulated().iter();
    let id = "guardianship-certificate@zhambyl-2019-23";
    let service = services
        .find(|service| service.id.to_string() == id)
        .unwrap();
    let diagram = Diagram::of(service, &service.flows[0], Lang::En);
    let steps = [
        "process-1",
        "condition-1",
        "process-3",
        "condition-2",
        "process-5",
        "process-6",
        "condition-3",
        "action-1",
        "process-8",
    ];
    let trail = Trail {
        steps: steps.map(|step| ElementId::parse(step).unwrap()).to_vec(),
        left_at: None,
    };
    let drawn = svg::picture(&diagram, Some(Overlay::Trail(&trail)));
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/pictures/guardianship-certificate.svg"
    );
    if std::env::var_os("QAQPA_GOLDEN").is_some() {
        std::fs::write(file, &drawn).unwrap();
    }
    assert!(
        std::fs::read_to_string(file).unwrap() == drawn,
        "{file} is out of date"
    );
    // The whole way, from the start to the end: nothing was refused.
    assert_eq!(drawn.matches("class=\"line went\"").count(), 12);
    assert_eq!(drawn.matches("class=\"order\"").count(), steps.len());
    for node in ["start", "end-process-8", "told", "done"] {
        assert!(
            drawn.contains(&format!("<g id=\"{}-{node}\" class=\"went\">", diagram.id)),
            "{node}"
        );
    }
    for node in ["process-2", "end-process-7", "preliminary-1"] {
        assert!(
            drawn.contains(&format!("<g id=\"{}-{node}\">", diagram.id)),
            "{node}"
        );
    }
}

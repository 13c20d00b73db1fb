//! Cost grows with the bytes of a document, and not faster, whatever stands in them.
//!
//! One large document is timed against many small ones of as many bytes together, in turn: a machine that is busy slows
//! both. Work that grows with the square would take [`TIMES`] times as long.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use qaqpa_xml::c14n::{Method, Sink, Subtree, canonicalize_into};
use qaqpa_xml::{Document, XmlLimits};

const LIMITS: XmlLimits = XmlLimits {
    bytes_max: 64 << 20,
    depth_max: 1 << 24,
    elements_max: 1 << 24,
    attributes_max: 1 << 24,
};

/// Counts octets.
struct Count(usize);

impl Sink for Count {
    fn write(&mut self, octets: &[u8]) {
        self.0 += octets.len();
    }
}

/// Reads the document and writes it canonically, by every kind of method, as a whole and from the innermost element.
fn run(text: &str) {
    let document = Document::parse(text.as_bytes(), &LIMITS).unwrap();
    let innermost = document.elements().last().unwrap();
    let listed = Method::Exclusive {
        inclusive_prefixes: vec!["p".to_owned(), "a1".to_owned(), "#default".to_owned()],
    };
    for method in [Method::Inclusive11, Method::exclusive(), listed] {
        for subtree in [Subtree::document(&document), Subtree::element(innermost)] {
            let mut count = Count(0);
            canonicalize_into(&subtree, &method, &mut count).unwrap();
            assert!(count.0 > 0);
        }
    }
    for id in 0..64 {
        assert!(document.attributes_called_id(&format!("id{id}")).count() <= 1);
    }
}

/// How many small documents are as much as a large one.
const TIMES: usize = 16;

/// The least part of a second that any of some rounds took, of two sides in turn.
fn fastest(mut sides: [&mut dyn FnMut(); 2]) -> [Duration; 2] {
    let mut times = [Duration::MAX; 2];
    for _ in 0..4 {
        for (time, side) in times.iter_mut().zip(&mut sides) {
            let start = Instant::now();
            side();
            *time = start.elapsed().min(*time);
        }
    }
    times
}

fn is_linear(make: impl Fn(usize) -> String) {
    const SMALL: usize = 250;
    let (small, large) = (make(SMALL), make(SMALL * TIMES));
    let [many_small, one_large] =
        fastest([&mut || (0..TIMES).for_each(|_| run(&small)), &mut || {
            run(&large)
        }]);
    assert!(
        one_large < many_small * 5,
        "{TIMES} small ones: {many_small:?}, one large: {one_large:?}"
    );
}

fn repeated(start: &str, n: usize, end: &str, item: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for number in 0..n {
        text.push_str(&item(number));
    }
    text.push_str(end);
    text
}

#[test]
fn size_costs_in_proportion() {
    is_linear(|n| format!("<a>{}</a>", "0123456789".repeat(10 * n)));
}

#[test]
fn elements_and_their_ids_cost_in_proportion() {
    is_linear(|n| repeated("<a>", n, "</a>", |i| format!("<b id='id{i}'/>")));
}

#[test]
fn depth_costs_in_proportion() {
    is_linear(|n| format!("{}{}", "<a xml:lang='kk'>".repeat(n), "</a>".repeat(n)));
}

#[test]
fn depth_with_declarations_at_every_step_costs_in_proportion() {
    is_linear(|n| {
        let starts = repeated("", n, "", |i| format!("<p{i}:a xmlns:p{i}='urn:{i}'>"));
        let mut text = starts;
        for i in (0..n).rev() {
            write!(text, "</p{i}:a>").unwrap();
        }
        text
    });
}

#[test]
fn attributes_of_one_element_cost_in_proportion() {
    is_linear(|n| repeated("<a", n, "/>", |i| format!(" x{}='1'", n - i)));
    is_linear(|n| {
        repeated("<a xmlns:p='urn:p'", n, "/>", |i| {
            format!(" p:x{}='1'", n - i)
        })
    });
}

#[test]
fn namespaces_of_one_element_cost_in_proportion() {
    is_linear(|n| {
        repeated("<a", n, "><b/><c/><d/></a>", |i| {
            format!(" xmlns:a{i}='urn:{i}'")
        })
    });
}

#[test]
fn one_prefix_that_is_declared_again_and_again_costs_in_proportion() {
    is_linear(|n| repeated("<a>", n, "</a>", |i| format!("<p:b xmlns:p='urn:{i}'/>")));
}

#[test]
fn references_and_cdata_sections_cost_in_proportion() {
    is_linear(|n| repeated("<a>", n, "</a>", |_| "&amp;&#13;<![CDATA[x]]>".to_owned()));
    is_linear(|n| format!("<a b='{}'/>", "&lt;\r\n".repeat(n)));
}

#[test]
fn comments_cost_in_proportion() {
    is_linear(|n| repeated("<a>", n, "</a>", |_| "<!-- > - > -->".to_owned()));
}

#[test]
fn what_never_ends_is_refused_in_proportion() {
    for start in [
        "<a>&",
        "<a><!--",
        "<a><![CDATA[",
        "<a b='",
        "<a><?x ",
        "<",
        "<!D",
        "<a>]]",
    ] {
        for filling in ["&", "a", ">", "'", "-", "]", "<"] {
            let refused = |n: usize| {
                let text = format!("{start}{}", filling.repeat(n));
                move || assert!(Document::parse(text.as_bytes(), &LIMITS).is_err())
            };
            let (small, large) = (refused(1_000), refused(1_000 * TIMES));
            let [many_small, one_large] =
                fastest([&mut || (0..TIMES).for_each(|_| small()), &mut || large()]);
            assert!(
                one_large < many_small * 5,
                "{start} {filling}: {many_small:?}, {one_large:?}"
            );
        }
    }
}

/// What is reserved beforehand is bounded by the limits, not by what the beginning promises.
#[test]
fn a_beginning_full_of_tags_reserves_no_more_than_the_limits_allow() {
    let text = format!("<a>{}{}</a>", "<b/>".repeat(4000), "x".repeat(8 << 20));
    let limits = XmlLimits {
        elements_max: 4001,
        ..XmlLimits::default()
    };
    let document = Document::parse(text.as_bytes(), &limits).unwrap();
    assert_eq!(document.elements().count(), 4001);
}

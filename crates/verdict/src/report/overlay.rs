//! The signed scope, drawn over the document: each element with what covers it, and whether the consumer read it.
//!
//! A drawing proves nothing: it shows what the references say, and whether their signature was proven. What may be read is
//! decided by [`Covered`](qaqpa_xmldsig::Covered) alone.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::rc::Rc;

use qaqpa_model::Lang;
use qaqpa_xml::{Document, Element, Node, NodeId};
use qaqpa_xmldsig::{Extent, FoundSignature, places};

use super::words::phrases;
use crate::checks::masked;
use crate::text::clean;
use crate::verdict::Verdict;

/// Characters of a text or of a value that are shown; longer ones are cut off.
const TEXT_CHARACTERS_MAX: usize = 72;
/// Elements and comments that are drawn; of longer documents the beginning is.
const LINES_MAX: usize = 4_000;
/// Characters of a name, and of a way, that are shown.
const WAY_CHARACTERS_MAX: usize = 200;
/// Attributes of one element that are drawn.
const ATTRIBUTES_MAX: usize = 64;
/// References that are named beside one element.
const NAMES_MAX: usize = 16;
/// Steps of indentation; what is deeper stands under what is above it.
const INDENT_MAX: usize = 24;

/// What is drawn beside an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// References of proven signatures cover it: their names (`1`; of several signatures `2.1`).
    Covered(Vec<String>),
    /// It is (a part of) one of the signatures.
    Signature,
    /// No reference covers it.
    Uncovered,
    /// References of signatures that are not proven refer to it: their names.
    Unproven(Vec<String>),
}

impl Mark {
    /// The mark of the drawing as text.
    #[must_use]
    pub fn sign(&self) -> String {
        match self {
            Self::Covered(names) => names.join(","),
            Self::Signature => "s".to_owned(),
            Self::Uncovered => "\u{b7}".to_owned(),
            Self::Unproven(names) => format!("({})", names.join(",")),
        }
    }
}

/// One element (or comment) of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) mark: Mark,
    pub(super) is_consumed: bool,
    /// The name as written; empty for a comment.
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// The text of this element alone, or of the comment.
    pub(super) text: String,
    /// The way from the root, the end of it where it is long.
    pub(super) path: String,
}

/// The signed scope of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    pub(super) lines: Vec<Line>,
    /// Elements that are not drawn any more.
    pub(super) more: usize,
    /// How many elements references of proven signatures cover.
    pub covered: usize,
    /// How many elements references of signatures that are not proven refer to, and none of a proven one covers.
    pub unproven: usize,
    /// How many elements no reference refers to, the signatures' own apart.
    pub uncovered: usize,
    /// How many elements the consumer read.
    pub consumed: usize,
}

/// One signature over the document.
struct Layer<'d> {
    signature: NodeId,
    is_proven: bool,
    extents: Vec<(String, Extent<'d>)>,
}

impl<'d> Layer<'d> {
    fn of(found: &FoundSignature<'d>, verdict: &Verdict, name: &str) -> Self {
        let extents = found.extents().into_iter().enumerate();
        Self {
            signature: found.element().id(),
            is_proven: is_proven(verdict),
            extents: extents
                .map(|(number, extent)| (format!("{name}{}", number + 1), extent))
                .collect(),
        }
    }
}

impl Overlay {
    /// Draws the signed scope of a document: its signatures, each with its verdict.
    #[must_use]
    pub fn draw<'d>(
        document: &'d Document,
        signatures: &[(&FoundSignature<'d>, &Verdict)],
    ) -> Self {
        let layers: Vec<Layer<'d>> = signatures
            .iter()
            .enumerate()
            .map(|(place, (found, verdict))| {
                let name = match signatures.len() {
                    1 => String::new(),
                    _ => format!("{}.", place + 1),
                };
                Layer::of(found, verdict, &name)
            })
            .collect();
        let consumed = signatures
            .iter()
            .flat_map(|(_, verdict)| &verdict.consumed)
            .map(|element| element.path.as_str());
        let mut overlay = Self {
            lines: Vec::new(),
            more: 0,
            covered: 0,
            unproven: 0,
            uncovered: 0,
            consumed: 0,
        };
        overlay.walk(document, &layers, &Ways::of(consumed));
        overlay
    }

    /// One walk. What waits on the stack is of one step each, so that it takes as much as the document, however deep it is.
    fn walk(&mut self, document: &Document, layers: &[Layer<'_>], consumed: &Ways<'_>) {
        let root = document.root();
        let mut stack = vec![Step::Element(Visit {
            element: root,
            depth: 0,
            step: None,
            above: None,
            way: consumed.below(Some(Ways::TOP), root.name()),
            inside: Rc::default(),
            in_signature: false,
        })];
        while let Some(step) = stack.pop() {
            let mut visit = match step {
                Step::Element(visit) => visit,
                Step::Comment(depth, text) => {
                    self.add(|_| comment(depth, text));
                    continue;
                }
            };
            visit.enter(layers);
            let is_consumed = consumed.has(visit.way);
            self.consumed += usize::from(is_consumed);
            match visit.inside.is_empty() {
                true if visit.in_signature => {}
                true => self.uncovered += 1,
                false if visit.is_covered(layers) => self.covered += 1,
                false => self.unproven += 1,
            }
            let drawn = self.add(|lines| line(&visit, layers, lines, is_consumed));
            let from = stack.len();
            let mut steps = places(visit.element);
            for node in visit.element.nodes() {
                match node {
                    Node::Element(child) => {
                        let step = steps.remove(&child.id());
                        let name = step.as_deref().unwrap_or(child.name());
                        stack.push(Step::Element(Visit {
                            element: child,
                            depth: visit.depth + 1,
                            way: consumed.below(visit.way, name),
                            step,
                            above: drawn,
                            inside: Rc::clone(&visit.inside),
                            in_signature: visit.in_signature,
                        }));
                    }
                    // A comment is nobody's: no reference within a document covers one, and nothing reads it.
                    Node::Comment(text) => stack.push(Step::Comment(visit.depth + 1, text)),
                    Node::Text(_) => {}
                }
            }
            stack[from..].reverse();
        }
    }

    /// Draws one more line, if there is room for it: nothing of any other is made. Its place is returned.
    fn add(&mut self, line: impl FnOnce(&[Line]) -> Line) -> Option<usize> {
        if self.lines.len() < LINES_MAX {
            let line = line(&self.lines);
            self.lines.push(line);
            return Some(self.lines.len() - 1);
        }
        self.more += 1;
        None
    }

    /// The drawing as text, with its legend.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut out = format!("{}\n\n", phrases::SCOPE_TITLE.of(lang));
        let width = self
            .lines
            .iter()
            .map(|line| line.mark.sign().chars().count())
            .max();
        let width = width.unwrap_or(1);
        for line in &self.lines {
            let read = if line.is_consumed { "=" } else { " " };
            let indent = "  ".repeat(line.depth.min(INDENT_MAX));
            let _ = write!(out, "{:>width$}{read} {indent}", line.mark.sign());
            if line.name.is_empty() {
                let _ = writeln!(out, "<!-- {} -->", line.text);
                continue;
            }
            let _ = write!(out, "{}", line.name);
            for (name, value) in &line.attributes {
                let _ = write!(out, " {name}=\"{value}\"");
            }
            match line.text.is_empty() {
                true => out.push('\n'),
                false => {
                    let _ = writeln!(out, ": {}", line.text);
                }
            }
        }
        if self.more > 0 {
            let _ = writeln!(out, "… +{}", self.more);
        }
        let _ = writeln!(out, "\n{}", phrases::LEGEND.of(lang));
        for (sign, meaning) in legend() {
            let _ = writeln!(out, "  {sign:<3} {}", meaning.of(lang));
        }
        for (what, count) in self.counts() {
            let _ = writeln!(out, "{}: {count}", what.of(lang));
        }
        out
    }

    pub(super) fn counts(&self) -> [(super::words::Text, usize); 4] {
        [
            (phrases::COVERED_PARTS, self.covered),
            (phrases::UNPROVEN_PARTS, self.unproven),
            (phrases::UNCOVERED_PARTS, self.uncovered),
            (phrases::CONSUMED_PARTS, self.consumed),
        ]
    }
}

/// The signs and their meanings.
pub(super) const fn legend() -> [(&'static str, super::words::Text); 5] {
    [
        ("1", phrases::MARK_COVERED),
        ("(1)", phrases::MARK_UNPROVEN),
        ("\u{b7}", phrases::MARK_UNCOVERED),
        ("s", phrases::MARK_SIGNATURE),
        ("=", phrases::MARK_CONSUMED),
    ]
}

/// Whether value, digests and scope were all proven; the certificate is another matter.
fn is_proven(verdict: &Verdict) -> bool {
    let scope = verdict.scope.as_ref();
    scope.is_some_and(|scope| {
        scope.covered.is_some() || scope.counter_signs.is_some() && verdict.is_passed()
    })
}

/// What is drawn next.
enum Step<'d> {
    Element(Visit<'d>),
    Comment(usize, &'d str),
}

/// The ways of what was read, by their steps.
struct Ways<'v> {
    /// The place of each step below the one of its parent.
    places: HashMap<(usize, &'v str), usize>,
    ends: BTreeSet<usize>,
}

impl<'v> Ways<'v> {
    /// Above the root.
    const TOP: usize = 0;

    fn of(paths: impl Iterator<Item = &'v str>) -> Self {
        let mut places = HashMap::new();
        let mut ends = BTreeSet::new();
        for path in paths {
            let mut at = Self::TOP;
            for step in path.split('/').skip(1) {
                let next = places.len() + 1;
                at = *places.entry((at, step)).or_insert(next);
            }
            ends.insert(at);
        }
        Self { places, ends }
    }

    /// One step on; nothing where nobody read anything there.
    fn below(&self, at: Option<usize>, step: &str) -> Option<usize> {
        self.places.get(&(at?, step)).copied()
    }

    fn has(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| self.ends.contains(&at))
    }
}

/// An element on the way, and which extents reach it.
struct Visit<'d> {
    element: Element<'d>,
    depth: usize,
    /// The step to it, where that is not its name alone.
    step: Option<String>,
    /// The line of its parent.
    above: Option<usize>,
    /// Where it stands among the ways of what was read.
    way: Option<usize>,
    /// The extents (layer and place) within which it stands: shared with all around it that stand within the same.
    inside: Rc<BTreeSet<(usize, usize)>>,
    in_signature: bool,
}

impl Visit<'_> {
    fn enter(&mut self, layers: &[Layer<'_>]) {
        for (layer, of) in layers.iter().enumerate() {
            self.in_signature |= of.signature == self.element.id();
            for (place, (_, extent)) in of.extents.iter().enumerate() {
                let one = (layer, place);
                if extent.target == self.element {
                    Rc::make_mut(&mut self.inside).insert(one);
                } else if self.inside.contains(&one) && extent.leaves_out(&self.element) {
                    Rc::make_mut(&mut self.inside).remove(&one);
                }
            }
        }
    }

    fn is_covered(&self, layers: &[Layer<'_>]) -> bool {
        let mut inside = self.inside.iter();
        inside.any(|(layer, _)| layers[*layer].is_proven)
    }

    fn mark(&self, layers: &[Layer<'_>]) -> Mark {
        let named = |is_proven: bool| -> Vec<String> {
            let inside = self.inside.iter();
            let of = inside.filter(|(layer, _)| layers[*layer].is_proven == is_proven);
            of.take(NAMES_MAX)
                .map(|(layer, place)| layers[*layer].extents[*place].0.clone())
                .collect()
        };
        let (proven, unproven) = (named(true), named(false));
        match (proven.is_empty(), unproven.is_empty()) {
            (false, _) => Mark::Covered(proven),
            (true, false) => Mark::Unproven(unproven),
            (true, true) if self.in_signature => Mark::Signature,
            (true, true) => Mark::Uncovered,
        }
    }

    /// The way to it: that of its parent, which is drawn above it, and one step.
    fn path(&self, lines: &[Line]) -> String {
        let above = self.above.and_then(|place| lines.get(place));
        let above = above.map_or("", |line| line.path.as_str());
        let step = self.step.as_deref().unwrap_or(self.element.name());
        let path = format!("{above}/{}", beginning(step));
        match path.chars().count().checked_sub(WAY_CHARACTERS_MAX) {
            None | Some(0) => path,
            Some(over) => {
                let end: String = path.chars().skip(over).collect();
                format!("\u{2026}{end}")
            }
        }
    }
}

fn line(visit: &Visit<'_>, layers: &[Layer<'_>], lines: &[Line], is_consumed: bool) -> Line {
    let element = visit.element;
    let written = |prefix: Option<&str>, local: &str| match prefix {
        Some(prefix) => format!("{}:{}", beginning(prefix), beginning(local)),
        None => beginning(local),
    };
    Line {
        depth: visit.depth,
        mark: visit.mark(layers),
        is_consumed,
        name: written(element.prefix(), element.name()),
        attributes: element
            .attributes()
            .take(ATTRIBUTES_MAX)
            .map(|attribute| (beginning(attribute.local), shown(attribute.value)))
            .collect(),
        text: shown(&element.text()),
        path: visit.path(lines),
    }
}

/// A name, cut off where it is long.
fn beginning(name: &str) -> String {
    match name.char_indices().nth(WAY_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}\u{2026}", &name[..end]),
        None => name.to_owned(),
    }
}

fn comment(depth: usize, text: &str) -> Line {
    Line {
        depth,
        mark: Mark::Uncovered,
        is_consumed: false,
        name: String::new(),
        attributes: Vec::new(),
        text: shown(text),
        path: String::new(),
    }
}

/// A text on one line, personal numbers masked, shortened.
fn shown(text: &str) -> String {
    let mut characters = text.trim().chars();
    // Some more than is shown, so that a number at the cut is masked as one.
    let beginning: String = characters.by_ref().take(TEXT_CHARACTERS_MAX + 16).collect();
    let whole = clean(&masked(&beginning));
    let rest = characters.count();
    if rest == 0 && whole.chars().count() <= TEXT_CHARACTERS_MAX {
        return whole;
    }
    let kept: String = whole.chars().take(TEXT_CHARACTERS_MAX).collect();
    format!("{kept}… ({})", text.len())
}

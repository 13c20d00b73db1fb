//! XES (IEEE 1849-2016): `log` > `trace` > `event`, each with keys and values.

use qaqpa_xml::{Document, Element, XmlError, XmlLimits};

use super::log::{Column, Gather, LogError, LogProblem, Row};

/// Attributes of one element: `log` has the most, with its version, features and name spaces.
const ATTRIBUTES_MAX: usize = 16;
/// Attributes may hold attributes (§4.3), lists of lists: deeper than this nobody writes.
const DEPTH_MAX: usize = 16;
/// Elements for each event: its attributes, and some that we do not read.
const ELEMENTS_MAX: usize = 6_000_000;

pub(super) fn read(text: &str, gather: &mut Gather<'_>) -> Result<(), LogError> {
    let limits = XmlLimits {
        bytes_max: text.len(),
        depth_max: DEPTH_MAX,
        elements_max: ELEMENTS_MAX,
        attributes_max: ATTRIBUTES_MAX,
    };
    let document = Document::parse(text.as_bytes(), &limits).map_err(|error| wrong(&error))?;
    let root = document.root();
    if root.name() != "log" {
        return Err(not_xes(root, format!("the root is {:?}", root.name())));
    }
    for trace in root.children() {
        match trace.name() {
            "trace" => read_trace(trace, gather)?,
            "event" => {
                let found = "an event outside a trace belongs to no case".to_owned();
                return Err(not_xes(trace, found));
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_trace(trace: Element<'_>, gather: &mut Gather<'_>) -> Result<(), LogError> {
    let line = trace.position().line;
    let key = |gather: &Gather<'_>, column: Column| {
        let said = gather.renamed(column);
        said.unwrap_or(column.xes_key()).to_owned()
    };
    let keys: Vec<(Column, String)> = Column::ALL
        .iter()
        .map(|column| (*column, key(gather, *column)))
        .collect();
    let name = |column: Column| {
        let found = keys.iter().find(|(one, _)| *one == column);
        found.map_or_else(String::new, |(_, key)| key.clone())
    };
    let id = value(trace, &name(Column::Case));
    if gather.has_case(id) {
        let id = id.trim().chars().take(64).collect();
        return Err(LogError::at(line, LogProblem::CaseTwice { id }).of(&name(Column::Case)));
    }
    let case = gather
        .case(id, line)
        .map_err(|error| error.of(&name(Column::Case)))?;
    let events = || trace.children().filter(|child| child.name() == "event");
    for said_by in std::iter::once(trace).chain(events()) {
        let line = said_by.position().line;
        for column in [Column::Service, Column::Channel, Column::Variant] {
            let said = value(said_by, &name(column));
            gather
                .say(case, column, said, line)
                .map_err(|error| error.of(&name(column)))?;
        }
    }
    for event in events() {
        let of = |column| value(event, &name(column));
        let row = Row {
            line: event.position().line,
            activity: of(Column::Activity),
            outcome: of(Column::Outcome),
            time: of(Column::Time),
            resource: of(Column::Resource),
            lifecycle: of(Column::Lifecycle),
        };
        gather.event(case, &row, name)?;
    }
    Ok(())
}

/// The value of the attribute of that key, of whatever type (§4.3); the first one, if a careless writer has two.
fn value<'d>(of: Element<'d>, key: &str) -> &'d str {
    of.children()
        .filter(|child| !matches!(child.name(), "event" | "trace"))
        .find(|child| child.attribute(None, "key") == Some(key))
        .and_then(|child| child.attribute(None, "value"))
        .unwrap_or_default()
}

fn not_xes(at: Element<'_>, found: String) -> LogError {
    LogError::at(at.position().line, LogProblem::NotXes { found })
}

fn wrong(error: &XmlError) -> LogError {
    let why = error.to_string();
    let line = match error {
        XmlError::Dtd { at }
        | XmlError::DuplicateAttribute { at, .. }
        | XmlError::Namespace { at, .. }
        | XmlError::NotWellFormed { at, .. }
        | XmlError::ProcessingInstruction { at }
        | XmlError::RelativeNamespace { at, .. }
        | XmlError::UnknownEntity { at, .. } => Some(at.line),
        _ => None,
    };
    LogError {
        line,
        column: None,
        problem: LogProblem::Xml { why },
    }
}

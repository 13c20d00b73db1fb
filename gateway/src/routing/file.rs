//! A file of routes: read, and refused with the line of each fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use qaqpa_model::{Actor, ActorName, ServiceAtAct};
use qaqpa_regulations::{Catalogue, FieldKind};
use serde::Deserialize;
use toml::Spanned;

use super::table::{Direction, Question, Route, Routes, Services, Target};

/// The version of the format.
const VERSION: u32 = 1;

/// Why a file of routes is not taken: every fault with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoutesError {
    /// The file, as people know it.
    pub(crate) file: String,
    pub(crate) faults: Vec<Fault>,
}

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) why: String,
}

impl fmt::Display for RoutesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.faults.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}, line {}: {}", self.file, fault.line, fault.why)?;
        }
        Ok(())
    }
}

impl std::error::Error for RoutesError {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<u32>,
    region_field: Option<String>,
    #[serde(default)]
    actor: Vec<RawActor>,
    #[serde(default)]
    region: Vec<RawRegion>,
    #[serde(default)]
    route: Vec<RawRoute>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawActor {
    name: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegion {
    name: Spanned<String>,
    within: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoute {
    direction: Direction,
    service: Spanned<String>,
    region: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
}

/// A service that applications may be for, and the regions that its form can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    id: ServiceAtAct,
    /// Each field with options, and those; a field of another kind can name anything and is left out.
    choices: BTreeMap<String, Vec<String>>,
}

impl Served {
    /// The services of a catalogue that have steps.
    pub(crate) fn all(catalogue: &Catalogue) -> Vec<Self> {
        let offered = catalogue.services().iter();
        offered
            .filter(|service| !service.flows.is_empty())
            .map(|service| Self {
                id: service.id.clone(),
                choices: service
                    .form
                    .iter()
                    .filter_map(|field| match &field.kind {
                        FieldKind::Choice(options) if field.required => {
                            let values = options.iter().map(|option| option.value.clone());
                            Some((field.name.clone(), values.collect()))
                        }
                        _ => None,
                    })
                    .collect(),
            })
            .collect()
    }

    fn regions(&self, field: Option<&str>) -> Vec<Option<&str>> {
        match field.and_then(|field| self.choices.get(field)) {
            Some(values) => values.iter().map(|value| Some(value.as_str())).collect(),
            None => vec![None],
        }
    }
}

/// Reads a file and holds every rule over it.
pub(crate) fn read(file: &str, text: &str, served: &[Served]) -> Result<Routes, RoutesError> {
    let mut reader = Reader {
        text,
        faults: Vec::new(),
    };
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            reader.fault(&error.span().unwrap_or_default(), error.message());
            return Err(reader.refused(file));
        }
    };
    let routes = reader.routes(&raw, served);
    if reader.faults.is_empty() {
        Ok(routes)
    } else {
        Err(reader.refused(file))
    }
}

struct Reader<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn refused(mut self, file: &str) -> RoutesError {
        self.faults.sort();
        RoutesError {
            file: file.to_owned(),
            faults: self.faults,
        }
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    fn last_line(&self) -> usize {
        self.text.lines().count().max(1)
    }

    fn fault(&mut self, span: &Range<usize>, why: impl Into<String>) {
        let line = self.line(span);
        let why = why.into();
        self.faults.push(Fault { line, why });
    }

    fn routes(&mut self, raw: &RawFile, served: &[Served]) -> Routes {
        if *raw.version.get_ref() != VERSION {
            let why = format!("the version is {}, not {VERSION}", raw.version.get_ref());
            self.fault(&raw.version.span(), why);
        }
        let mut routes = Routes {
            region_field: raw.region_field.clone(),
            actors: self.actors(&raw.actor),
            regions: self.regions(&raw.region),
            routes: Vec::new(),
        };
        for raw in &raw.route {
            if let Some(route) = self.route(raw, &routes, served) {
                routes.routes.push(route);
            }
        }
        if self.faults.is_empty() {
            self.every_service_has_a_route(&routes, served);
        }
        routes
    }

    fn actors(&mut self, raw: &[RawActor]) -> Vec<ActorName> {
        let mut actors = Vec::new();
        for actor in raw {
            let name = actor.name.get_ref();
            match ActorName::parse(name) {
                None => self.fault(&actor.name.span(), format!("there is no actor {name:?}")),
                Some(known) if actors.contains(&known) => {
                    self.fault(&actor.name.span(), format!("{name} is named twice"));
                }
                Some(known) => actors.push(known),
            }
        }
        actors
    }

    fn regions(&mut self, raw: &[RawRegion]) -> BTreeMap<String, Option<String>> {
        let mut regions = BTreeMap::new();
        for region in raw {
            let within = region
                .within
                .as_ref()
                .map(|within| within.get_ref().clone());
            let name = region.name.get_ref();
            if regions.insert(name.clone(), within).is_some() {
                self.fault(
                    &region.name.span(),
                    format!("the region {name:?} is named twice"),
                );
            }
        }
        for region in raw {
            let Some(within) = &region.within else {
                continue;
            };
            if !regions.contains_key(within.get_ref()) {
                let why = format!("there is no region {:?}", within.get_ref());
                self.fault(&within.span(), why);
            } else if let Some(way) = loop_of(&regions, region.name.get_ref()) {
                self.fault(
                    &within.span(),
                    format!("a loop: {}", way.join(" lies within ")),
                );
            }
        }
        regions
    }

    fn route(&mut self, raw: &RawRoute, of: &Routes, served: &[Served]) -> Option<Route> {
        let before = self.faults.len();
        let services = self.services(raw, served);
        let region = raw.region.as_ref().map(|region| {
            let name = region.get_ref();
            if raw.direction != Direction::Provider {
                let why = format!(
                    "only applications name a region: {}",
                    raw.direction.as_str()
                );
                self.fault(&region.span(), why);
            } else if of.region_field.is_none() {
                let why = "a region needs a region_field, the signed field that names it";
                self.fault(&region.span(), why);
            } else if !of.regions.contains_key(name) {
                self.fault(&region.span(), format!("there is no region {name:?}"));
            }
            name.clone()
        });
        let Some(to) = &raw.to else {
            self.fault(
                &raw.service.span(),
                "a route without an actor: it has no `to`",
            );
            return None;
        };
        let to = self.target(raw.direction, to, &of.actors)?;
        let services = services?;
        let line = self.line(&raw.service.span());
        let twin = of.routes.iter().find(|other| {
            other.direction == raw.direction && other.services == services && other.region == region
        });
        if let Some(twin) = twin {
            let why = format!("the same messages as the route of line {}", twin.line);
            self.fault(&raw.service.span(), why);
        }
        (self.faults.len() == before).then_some(Route {
            direction: raw.direction,
            services,
            region,
            to,
            line,
        })
    }

    fn services(&mut self, raw: &RawRoute, served: &[Served]) -> Option<Services> {
        let text = raw.service.get_ref();
        let span = raw.service.span();
        let in_catalogue = |service: &str| served.iter().any(|one| one.id.to_string() == *service);
        if raw.direction == Direction::Register {
            if text.is_empty() || text.contains('*') || in_catalogue(text) {
                let why = format!("a register is asked by its own serviceId, not by {text:?}");
                self.fault(&span, why);
                return None;
            }
            return Some(Services::One(text.clone()));
        }
        if text == "*" {
            return Some(Services::All);
        }
        if let Some(act) = text.strip_prefix("*@") {
            let of_act = |one: &Served| one.id.to_string().ends_with(&format!("@{act}"));
            if !served.iter().any(of_act) {
                self.fault(
                    &span,
                    format!("the catalogue has no service of the act {act:?}"),
                );
                return None;
            }
            return Some(Services::OfAct(act.to_owned()));
        }
        if !in_catalogue(text) {
            self.fault(&span, format!("the catalogue has no service {text:?}"));
            return None;
        }
        Some(Services::One(text.clone()))
    }

    fn target(
        &mut self,
        direction: Direction,
        to: &Spanned<String>,
        actors: &[ActorName],
    ) -> Option<Target> {
        let name = to.get_ref();
        let sender = name == "sender";
        let actor = ActorName::parse(name);
        let why = match (direction, &actor) {
            (Direction::Applicant, _) if sender => return Some(Target::Sender),
            (Direction::Applicant, Some(actor)) if actor.actor() == Actor::RegionalGateway => {
                format!("a loop: results come from {name}")
            }
            (_, _) if sender => "a loop: it would go back to who sent it".to_owned(),
            (_, Some(actor)) if actor.actor() == Actor::Gateway => {
                "a loop: the gateway would send it to itself".to_owned()
            }
            (Direction::Provider | Direction::Register, Some(actor))
                if actor.actor() == Actor::Portal =>
            {
                format!("a loop: it would go back to {name}, which sends such messages")
            }
            (_, None) => format!("a route without an actor: there is no actor {name:?}"),
            (_, Some(actor)) if !actors.contains(actor) => {
                format!("a route without an actor: no [[actor]] of this file is {name}")
            }
            (_, Some(actor)) if matches!(actor.actor(), Actor::RegionalGateway | Actor::Portal) => {
                return Some(Target::Actor(actor.clone()));
            }
            (_, Some(_)) => format!("{name} takes no messages"),
        };
        self.fault(&to.span(), why);
        None
    }

    fn every_service_has_a_route(&mut self, routes: &Routes, served: &[Served]) {
        for service in served {
            let id = service.id.to_string();
            let mut missing = BTreeSet::new();
            for region in service.regions(routes.region_field.as_deref()) {
                let found = routes.find(Question {
                    direction: Direction::Provider,
                    service: &id,
                    region,
                });
                if found.is_none() {
                    missing.insert(region.unwrap_or("no region"));
                }
            }
            if !missing.is_empty() {
                let regions: Vec<_> = missing.into_iter().collect();
                let why = format!(
                    "a service without a route: applications for {id} ({})",
                    regions.join(", ")
                );
                self.at_the_end(why);
            }
            let back = Question {
                direction: Direction::Applicant,
                service: &id,
                region: None,
            };
            if routes.find(back).is_none() {
                self.at_the_end(format!("a service without a route: results of {id}"));
            }
        }
    }

    /// What is missing has no line: the file's last.
    fn at_the_end(&mut self, why: String) {
        let line = self.last_line();
        self.faults.push(Fault { line, why });
    }
}

/// The way from a region back to itself, if there is one.
fn loop_of<'r>(
    regions: &'r BTreeMap<String, Option<String>>,
    from: &'r str,
) -> Option<Vec<&'r str>> {
    let mut way = vec![from];
    let mut at = from;
    for _ in 0..regions.len() {
        at = regions.get(at)?.as_deref()?;
        way.push(at);
        if at == from {
            return Some(way);
        }
    }
    None
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;

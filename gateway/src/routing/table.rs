//! The routes in force, and which one is taken.

use std::collections::BTreeMap;
use std::fmt;

use qaqpa_model::ActorName;
use serde::Deserialize;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub(crate) enum Direction {
    /// A result, to whoever asked.
    #[serde(rename = "to-applicant")]
    Applicant,
    /// An application, to the provider of the service.
    #[serde(rename = "to-provider")]
    Provider,
    /// A question to a register, which answers at once.
    #[serde(rename = "to-register")]
    Register,
}

impl Direction {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Applicant => "to-applicant",
            Self::Provider => "to-provider",
            Self::Register => "to-register",
        }
    }
}

/// Which services a route is for. The later, the narrower.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Services {
    /// `*`
    All,
    /// `*@ACT`
    OfAct(String),
    /// `SERVICE@ACT`, or the serviceId of a register.
    One(String),
}

impl Services {
    fn takes(&self, service: &str) -> bool {
        match self {
            Self::All => true,
            Self::OfAct(act) => service.split_once('@').is_some_and(|(_, of)| of == act),
            Self::One(one) => one == service,
        }
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::OfAct(act) => write!(f, "*@{act}"),
            Self::One(one) => f.write_str(one),
        }
    }
}

/// Who is at the end of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// One actor.
    Actor(ActorName),
    /// The system whose application is answered.
    Sender,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Actor(name) => name.fmt(f),
            Self::Sender => f.write_str("sender"),
        }
    }
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) direction: Direction,
    pub(crate) services: Services,
    /// The region; `None` for every one.
    pub(crate) region: Option<String>,
    pub(crate) to: Target,
    /// Where it stands in its file, from 1.
    pub(crate) line: usize,
}

/// What a route is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'q> {
    pub(crate) direction: Direction,
    pub(crate) service: &'q str,
    /// As the signed form names it.
    pub(crate) region: Option<&'q str>,
}

/// All routes of one file, which was found to be without fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Routes {
    /// The field of the signed form that names the region.
    pub(crate) region_field: Option<String>,
    /// Each region, and the one that it lies in.
    pub(crate) regions: BTreeMap<String, Option<String>>,
    pub(crate) actors: Vec<ActorName>,
    pub(crate) routes: Vec<Route>,
}

impl Routes {
    /// The route that is taken: of the narrowest region, then of the narrowest service.
    pub(crate) fn find(&self, question: Question<'_>) -> Option<&Route> {
        let of = |region: Option<&str>| {
            self.routes
                .iter()
                .filter(|route| {
                    route.direction == question.direction
                        && route.services.takes(question.service)
                        && route.region.as_deref() == region
                })
                .max_by(|one, other| one.services.cmp(&other.services))
        };
        let mut region = question.region;
        // A region lies in fewer regions than there are: a file where one lies in itself does not load.
        for _ in 0..=self.regions.len() {
            let Some(name) = region else { break };
            if let Some(found) = of(Some(name)) {
                return Some(found);
            }
            region = self.regions.get(name).and_then(Option::as_deref);
        }
        of(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(services: Services, region: Option<&str>, to: &str) -> Route {
        Route {
            direction: Direction::Provider,
            services,
            region: region.map(str::to_owned),
            to: Target::Actor(ActorName::parse(to).unwrap()),
            line: 1,
        }
    }

    fn routes() -> Routes {
        let one = || Services::One("birth@act".to_owned());
        Routes {
            region_field: Some("district".to_owned()),
            regions: BTreeMap::from([
                ("oblast".to_owned(), None),
                ("taraz".to_owned(), Some("oblast".to_owned())),
                ("quarter".to_owned(), Some("taraz".to_owned())),
            ]),
            actors: Vec::new(),
            routes: vec![
                route(Services::All, None, "regional-gateway"),
                route(one(), None, "regional-gateway.birth"),
                route(
                    Services::OfAct("act".to_owned()),
                    Some("taraz"),
                    "regional-gateway.taraz",
                ),
                route(one(), Some("oblast"), "regional-gateway.oblast"),
            ],
        }
    }

    fn to(service: &str, region: Option<&str>) -> String {
        let routes = routes();
        let found = routes.find(Question {
            direction: Direction::Provider,
            service,
            region,
        });
        found.unwrap().to.to_string()
    }

    #[test]
    fn the_narrowest_region_decides_and_then_the_narrowest_service() {
        assert_eq!(to("other@elsewhere", None), "regional-gateway");
        assert_eq!(to("birth@act", None), "regional-gateway.birth");
        assert_eq!(to("birth@act", Some("unknown")), "regional-gateway.birth");
        assert_eq!(to("birth@act", Some("oblast")), "regional-gateway.oblast");
        assert_eq!(to("birth@act", Some("taraz")), "regional-gateway.taraz");
        assert_eq!(to("other@act", Some("quarter")), "regional-gateway.taraz");
        assert_eq!(to("other@elsewhere", Some("taraz")), "regional-gateway");
        assert_eq!(to("other@act", Some("oblast")), "regional-gateway");
    }

    #[test]
    fn a_route_of_another_direction_is_none() {
        let question = Question {
            direction: Direction::Applicant,
            service: "birth@act",
            region: None,
        };
        assert_eq!(routes().find(question), None);
    }
}

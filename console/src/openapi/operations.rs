//! The table: what each control port can be asked.

mod common;
mod gateway;
mod mischief;
mod nca;
mod others;
mod regional;

use common::{COMMON, JOURNAL, STORED};
use gateway::GATEWAY;
use nca::NCA;
use others::{CONSOLE, PORTAL};
use qaqpa_model::Actor;
use regional::REGIONAL;

use super::shapes::Shape;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Delete,
    Get,
    Post,
    Put,
}

/// One thing that a control port can be asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// What it does, in one sentence.
    pub(super) does: &'static str,
    /// What its query may say: name, type, meaning.
    asks: &'static [(&'static str, &'static str, &'static str)],
    pub(super) takes: Option<Shape>,
    pub(super) gives: (u16, Shape),
    /// The labels of its own refusals, by status.
    pub(super) refuses: &'static [(u16, &'static str)],
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) is: &'static str,
    pub(super) means: &'static str,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
        }
    }
}

impl Operation {
    /// Parameters of path and query.
    pub(super) fn parameters(&self) -> impl Iterator<Item = Parameter> {
        let of_path = self.path.split('{').skip(1).filter_map(|rest| {
            let name = rest.split('}').next()?;
            let means = match name {
                "branch" => "the name of a regional gateway",
                "id" => "the name or number that the list shows",
                "message" => "a messageId",
                "name" => "an identity or a serial number, or a snapshot's name",
                "pack" => "a pack of people, or all",
                "request" => "an OCSP request in base64, escaped",
                _ => "the document's name",
            };
            Some(Parameter {
                name,
                place: Place::Path,
                is: "string",
                means,
            })
        });
        let of_query = self.asks.iter().map(|(name, is, means)| Parameter {
            name,
            place: Place::Query,
            is,
            means,
        });
        of_path.chain(of_query)
    }

    /// Whether no token is asked for.
    pub(super) fn is_open(&self) -> bool {
        self.path.starts_with("/health")
    }

    /// The first part of the path.
    pub(super) fn tag(&self) -> &'static str {
        let path = self.path.trim_start_matches('/');
        path.split('/').next().unwrap_or(path)
    }
}

/// What the control port of an actor can be asked.
pub(super) fn of(actor: Actor) -> impl Iterator<Item = &'static Operation> {
    let (stored, own): (&'static [Operation], &'static [Operation]) = match actor {
        Actor::Console => (STORED, CONSOLE),
        Actor::Gateway => (STORED, GATEWAY),
        Actor::Nca => (&[], NCA),
        Actor::Portal => (STORED, PORTAL),
        Actor::RegionalGateway => (STORED, REGIONAL),
    };
    COMMON.iter().chain(JOURNAL).chain(stored).chain(own)
}

/// What is not said: nothing asked, nothing taken, nothing refused of its own.
const fn operation(
    method: Method,
    path: &'static str,
    does: &'static str,
    gives: (u16, Shape),
) -> Operation {
    Operation {
        method,
        path,
        does,
        asks: &[],
        takes: None,
        gives,
        refuses: &[],
    }
}

impl Operation {
    const fn asking(mut self, asks: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        self.asks = asks;
        self
    }

    const fn taking(mut self, shape: Shape) -> Self {
        self.takes = Some(shape);
        self
    }

    const fn refusing(mut self, refuses: &'static [(u16, &'static str)]) -> Self {
        self.refuses = refuses;
        self
    }
}

//! Everything in which a request departs from what the WSDL and its schemas say, inside the envelope and around it.

use qaqpa_channel::Refused;
use qaqpa_channel::envelope::{asks_for_strict, insist};
use qaqpa_model::RefusalLabel;
use qaqpa_wire::{Departure, Property};
use qaqpa_xml::Document;

use crate::record::Arrival;
use crate::systems::Terms;

/// The departures of one request that was read.
#[derive(Debug)]
pub(super) struct Form {
    departures: Vec<Departure>,
}

impl Form {
    /// Of the envelope that the schema was held against, with those of its headers and of its signature's place.
    ///
    /// A signature that is missing is named beside other departures; alone it is refused under its own name.
    pub(super) fn of(arrival: &Arrival, document: &Document, inside: Vec<Departure>) -> Self {
        let mut departures: Vec<_> = of_headers(arrival).chain(inside).collect();
        match Departure::of_signature(document) {
            Some(Departure::Unsigned) if departures.is_empty() => {}
            of_signature => departures.extend(of_signature),
        }
        Self { departures }
    }

    pub(super) fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// Refuses the departures where the gateway is strict with everybody.
    pub(super) fn hold_everybody(&self, strict: bool) -> Result<(), Refused> {
        if strict {
            insist(&self.departures)?;
        }
        Ok(())
    }

    /// Refuses the departures where the system is registered so, or the request asks for it.
    pub(super) fn hold(&self, terms: &Terms, properties: &[Property]) -> Result<(), Refused> {
        self.hold_everybody(terms.strict || asks_for_strict(properties))
    }
}

/// The refusal of an envelope that cannot be read, with what is known of its headers.
pub(super) fn with_headers(refused: Refused, arrival: &Arrival) -> Refused {
    if refused.label != RefusalLabel::EnvelopeMalformed {
        return refused;
    }
    of_headers(arrival).fold(refused, |refused, departure| {
        refused.with("departure", departure.to_string())
    })
}

fn of_headers(arrival: &Arrival) -> impl Iterator<Item = Departure> {
    let of_type = Departure::of_content_type(arrival.content_type.as_deref());
    let of_action = Departure::of_soap_action(arrival.soap_action.as_deref());
    of_type.into_iter().chain(of_action)
}

//! `qaqpa services [show SERVICE@ACT]`: the catalogue.

use qaqpa_model::ServiceAtAct;
use qaqpa_regulations::{Catalogue, Channel, view};

use crate::cli::{Format, ServicesCommand};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

/// Shows the catalogue or one service.
pub(crate) fn run(
    settings: &Settings,
    command: Option<&ServicesCommand>,
    format: Format,
) -> Outcome {
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    match command {
        None => list(&catalogue, settings, format),
        Some(ServicesCommand::Show { service, channel }) => {
            show(&catalogue, settings, service, channel.as_deref(), format)
        }
    }
}

fn list(catalogue: &Catalogue, settings: &Settings, format: Format) -> Outcome {
    if format == Format::Json {
        output::say_json(&view::services_json(catalogue))?;
        return Ok(Exit::Yes);
    }
    for service in catalogue.regulated() {
        output::say(format_args!(
            "{}\n    {}",
            service.id,
            service.title.get(settings.lang)
        ));
        for flow in &service.flows {
            output::say(format_args!("    {}", view::flow_name(flow)));
        }
    }
    for listing in catalogue.listings() {
        output::say(format_args!(
            "{}\n    {}\n    {}: {}",
            listing.id,
            listing.title.get(settings.lang),
            listing.standing,
            listing.why.get(settings.lang)
        ));
    }
    output::say(
        "\n`qaqpa services show SERVICE@ACT` shows a service with its flows, steps and deadlines.",
    );
    Ok(Exit::Yes)
}

fn show(
    catalogue: &Catalogue,
    settings: &Settings,
    service: &str,
    channel: Option<&str>,
    format: Format,
) -> Outcome {
    let id = ServiceAtAct::parse(service)
        .map_err(|error| Failure::usage(format!("{service:?} is not SERVICE@ACT: {error}")))?;
    if let Some(listing) = catalogue.listing(&id) {
        if format == Format::Json {
            output::say_json(&view::listing_json(listing))?;
        } else {
            output::say(view::listing_text(listing, settings.lang));
        }
        return Ok(Exit::Yes);
    }
    let service = catalogue
        .regulation(&id)
        .ok_or_else(|| Failure::no(catalogue.answer(&id, None).to_string()))?;
    if format == Format::Json {
        output::say_json(&view::service_json(service))?;
        return Ok(Exit::Yes);
    }
    let Some(channel) = channel else {
        if let Some(act) = catalogue.act(id.act()) {
            output::say(view::act_text(act, settings.lang));
        }
        output::say(view::service_text(service, settings.lang));
        return Ok(Exit::Yes);
    };
    let wanted = Channel::parse(channel);
    let mut flows = service
        .flows
        .iter()
        .filter(|flow| Some(flow.channel) == wanted)
        .peekable();
    if flows.peek().is_none() {
        let has: Vec<&str> = service
            .flows
            .iter()
            .map(|flow| flow.channel.as_str())
            .collect();
        return Err(Failure::no(format!("{id} has no channel {channel:?}"))
            .remedy(format!("it has {}", has.join(", "))));
    }
    for flow in flows {
        output::say(view::flow_text(service, flow, settings.lang));
    }
    Ok(Exit::Yes)
}

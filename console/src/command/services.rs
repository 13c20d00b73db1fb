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
    for service in catalogue.services() {
        output::say(format_args!(
            "{}\n    {}",
            service.id,
            service.title.get(settings.lang)
        ));
        for flow in &service.flows {
            output::say(format_args!("    {} · {}", flow.channel, flow.pattern));
        }
    }
    output::say("\n`qaqpa services show SERVICE@ACT` shows a flow with its steps and deadlines.");
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
    let service = catalogue.service(&id).ok_or_else(|| {
        Failure::no(format!("the catalogue has no {id}"))
            .remedy("`qaqpa services` lists what it has")
    })?;
    if format == Format::Json {
        output::say_json(&view::service_json(service))?;
        return Ok(Exit::Yes);
    }
    let Some(channel) = channel else {
        output::say(view::service_text(service, settings.lang));
        return Ok(Exit::Yes);
    };
    let flow = Channel::parse(channel)
        .and_then(|channel| service.flow(channel))
        .ok_or_else(|| {
            let has: Vec<&str> = service
                .flows
                .iter()
                .map(|flow| flow.channel.as_str())
                .collect();
            Failure::no(format!("{id} has no channel {channel:?}"))
                .remedy(format!("it has {}", has.join(", ")))
        })?;
    output::say(view::flow_text(service, flow, settings.lang));
    Ok(Exit::Yes)
}

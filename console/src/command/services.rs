//! `qaqpa services [show SERVICE@ACT]`: the catalogue.

use qaqpa_model::{ElementId, ServiceAtAct};
use qaqpa_regulations::diagram::{Diagram, Overlay, Trail, bpmn, svg};
use qaqpa_regulations::{Catalogue, Flow, Service, view};

use crate::cli::{Format, ServicesCommand, ShowService};
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
        Some(ServicesCommand::Show(wanted)) => show(&catalogue, settings, wanted, format),
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
    wanted: &ShowService,
    format: Format,
) -> Outcome {
    if !wanted.trail.is_empty() && format != Format::Svg {
        return Err(Failure::usage("--trail is drawn on a picture").remedy("add --format svg"));
    }
    let id = ServiceAtAct::parse(&wanted.service).map_err(|error| {
        Failure::usage(format!("{:?} is not SERVICE@ACT: {error}", wanted.service))
    })?;
    let is_drawing = matches!(format, Format::Svg | Format::Bpmn);
    if let Some(listing) = catalogue.listing(&id) {
        match format {
            Format::Json => output::say_json(&view::listing_json(listing))?,
            _ if is_drawing => return Err(Failure::no(catalogue.answer(&id, None).to_string())),
            _ => output::say(view::listing_text(listing, settings.lang)),
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
    if is_drawing {
        let flow = one_flow(service, wanted)?;
        let diagram = Diagram::of(service, flow, settings.lang);
        let drawn = match format {
            Format::Bpmn => bpmn::xml(&diagram),
            _ => {
                let trail = trail(flow, &wanted.trail)?;
                svg::picture(&diagram, trail.as_ref().map(Overlay::Trail))
            }
        };
        output::say_bytes(drawn.as_bytes());
        return Ok(Exit::Yes);
    }
    if wanted.channel.is_none() {
        if let Some(act) = catalogue.act(id.act()) {
            output::say(view::act_text(act, settings.lang));
        }
        output::say(view::service_text(service, settings.lang));
        return Ok(Exit::Yes);
    }
    for flow in flows(service, wanted)? {
        output::say(view::flow_text(service, flow, settings.lang));
    }
    Ok(Exit::Yes)
}

/// The flows of the channel and the variant that are named; all where none is.
fn flows<'s>(service: &'s Service, wanted: &ShowService) -> Result<Vec<&'s Flow>, Failure> {
    let Some(channel) = &wanted.channel else {
        return Ok(service.flows.iter().collect());
    };
    let is_of_channel = |flow: &&Flow| flow.channel.as_str() == channel;
    let of_channel: Vec<&Flow> = service.flows.iter().filter(is_of_channel).collect();
    if of_channel.is_empty() {
        let has: Vec<&str> = service
            .flows
            .iter()
            .map(|flow| flow.channel.as_str())
            .collect();
        let what = format!("{} has no channel {channel:?}", service.id);
        return Err(Failure::no(what).remedy(format!("it has {}", has.join(", "))));
    }
    let Some(variant) = &wanted.variant else {
        return Ok(of_channel);
    };
    let of_variant = of_channel
        .iter()
        .filter(|flow| variant_of(flow) == Some(variant));
    let of_variant: Vec<&Flow> = of_variant.copied().collect();
    if of_variant.is_empty() {
        let has: Vec<&str> = of_channel
            .iter()
            .filter_map(|flow| variant_of(flow))
            .collect();
        let what = format!(
            "{} has no variant {variant:?} through {channel}",
            service.id
        );
        let has = match has.as_slice() {
            [] => "its flow has no variants: leave --variant out".to_owned(),
            has => format!("it has {}", has.join(", ")),
        };
        return Err(Failure::no(what).remedy(has));
    }
    Ok(of_variant)
}

fn variant_of(flow: &Flow) -> Option<&str> {
    flow.variant.as_ref().map(|variant| variant.id.as_str())
}

/// The one flow to draw.
fn one_flow<'s>(service: &'s Service, wanted: &ShowService) -> Result<&'s Flow, Failure> {
    let flows = flows(service, wanted)?;
    if let [flow] = flows.as_slice() {
        return Ok(flow);
    }
    let each = flows.iter().map(|flow| match variant_of(flow) {
        Some(variant) => format!("--channel {} --variant {variant}", flow.channel),
        None => format!("--channel {}", flow.channel),
    });
    let each: Vec<String> = each.collect();
    let what = format!(
        "{} has {} flows, and one is drawn at a time",
        service.id,
        flows.len()
    );
    Err(Failure::usage(what).remedy(format!("add one of: {}", each.join("; "))))
}

/// The path of a run, each step an element or action of the flow; `None` where none is asked for.
fn trail(flow: &Flow, steps: &[String]) -> Result<Option<Trail>, Failure> {
    if steps.is_empty() {
        return Ok(None);
    }
    let elements = flow.elements.iter().map(|element| &element.id);
    let known: Vec<&ElementId> = elements
        .chain(flow.actions.iter().map(|action| &action.id))
        .collect();
    let each = steps.iter().map(|step| {
        let mut known_ids = known.iter();
        let found = known_ids.find(|id| id.as_str() == step.trim());
        found.map(|id| (*id).clone()).ok_or_else(|| {
            let has: Vec<&str> = known.iter().map(|id| id.as_str()).collect();
            Failure::usage(format!("--trail: the flow has no {step:?}"))
                .remedy(format!("it has {}", has.join(", ")))
        })
    });
    Ok(Some(Trail {
        steps: each.collect::<Result<_, _>>()?,
        left_at: None,
    }))
}

//! `qaqpa sample`: a valid request to start from.

use qaqpa_model::{Bin, Iin, Lang, ServiceAtAct};
use qaqpa_regulations::Catalogue;
use qaqpa_transport::{Clock, ClockState, identities};
use qaqpa_wire::{Application, Organisation, Person};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Signer, sign_enveloped};

use crate::cli::Sample;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output, running};

/// Writes the application, signed if it is asked, to standard output.
pub(crate) fn run(settings: &Settings, options: &Sample) -> Outcome {
    let id = ServiceAtAct::parse(&options.service).map_err(|error| {
        Failure::usage(format!("{:?} is not SERVICE@ACT: {error}", options.service))
            .remedy("`qaqpa services` lists them")
    })?;
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    let service = catalogue.service(&id).ok_or_else(|| {
        Failure::no(format!("the catalogue has no {id}"))
            .remedy("`qaqpa services` lists what it has")
    })?;
    let index = identities::read(&settings.data)
        .map_err(Failure::own)?
        .ok_or_else(|| {
            Failure::no(format!(
                "{} has no ready-made identities",
                settings.data.display()
            ))
            .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR")
        })?;
    let who = options.signed_by.as_deref().unwrap_or("citizen-1");
    let identity = index.identity(who).ok_or_else(|| {
        let known: Vec<&str> = index
            .identities
            .iter()
            .map(|identity| identity.id.as_str())
            .collect();
        Failure::usage(format!("no identity {who:?}"))
            .remedy(format!("one of {}", known.join(", ")))
    })?;
    let iin = Iin::parse(&identity.iin).map_err(Failure::own)?;
    // Whose certificate is of an organisation submits in its name.
    let organisation = identity
        .organization
        .as_ref()
        .map(|organization| Bin::parse(&organization.bin).map(Organisation::of))
        .transpose()
        .map_err(Failure::own)?;
    let clock = Clock::with_offset(
        ClockState::load(&settings.data)
            .map_err(Failure::own)?
            .offset_ms,
    );
    let application = Application {
        application_id: uuid::Uuid::new_v4().to_string(),
        service: id,
        channel: "portal".to_owned(),
        created_at: clock.now(),
        submitter: iin,
        organisation,
        applicant: Person {
            iin,
            surname: identity.name.surname.clone(),
            given_name: identity.name.given.clone(),
            patronymic: identity.name.patronymic.clone(),
        },
        form: qaqpa_runner::sample::form(service, Lang::Kk),
        attachments: qaqpa_runner::sample::attachments(service),
    };
    let unsigned = application.to_xml();
    if options.signed_by.is_none() {
        output::say_bytes(&unsigned);
        return Ok(Exit::Yes);
    }
    let endpoints = running::endpoints(&settings.data)?;
    let entry = endpoints
        .identity(who)
        .ok_or_else(|| Failure::own(format!("endpoints.json has no identity {who}")))?;
    let file = key_input::key_file(&entry.key, &entry.password)?;
    let signer = Signer::of(&file.key, file.certificate.der());
    let signed = sign_enveloped(&unsigned, &signer, &XmlLimits::default()).map_err(Failure::own)?;
    output::say_bytes(&signed);
    Ok(Exit::Yes)
}

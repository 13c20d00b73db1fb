//! `qaqpa sample`: a valid request to start from.

use qaqpa_crypto::sha256;
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
    let service = catalogue
        .service(&id)
        .ok_or_else(|| Failure::no(catalogue.answer(&id, None).to_string()))?;
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
    let applicant = Person {
        iin,
        surname: identity.name.surname.clone(),
        given_name: identity.name.given.clone(),
        patronymic: identity.name.patronymic.clone(),
    };
    let application = Application {
        application_id: application_id(options, &id, who),
        service: id,
        channel: "portal".to_owned(),
        created_at: clock.now(),
        submitter: iin,
        organisation,
        form: qaqpa_runner::sample::form_of(service, Lang::Kk, &applicant),
        applicant,
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

/// Random; with a seed, what follows from it.
fn application_id(options: &Sample, service: &ServiceAtAct, who: &str) -> String {
    let id = match options.seed {
        None => uuid::Uuid::new_v4(),
        Some(seed) => {
            let from = format!("{seed} application {service} {who}");
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&sha256(from.as_bytes())[..16]);
            uuid::Builder::from_random_bytes(bytes).into_uuid()
        }
    };
    id.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_id_and_another_one_another() {
        let service = ServiceAtAct::parse("a@b").unwrap();
        let id = |seed, who| {
            let options = Sample {
                service: service.to_string(),
                signed_by: None,
                seed,
            };
            application_id(&options, &service, who)
        };
        assert_eq!(id(Some(7), "citizen-1"), id(Some(7), "citizen-1"));
        assert_ne!(id(Some(7), "citizen-1"), id(Some(8), "citizen-1"));
        assert_ne!(id(Some(7), "citizen-1"), id(Some(7), "citizen-2"));
        assert_ne!(id(None, "citizen-1"), id(None, "citizen-1"));
    }
}

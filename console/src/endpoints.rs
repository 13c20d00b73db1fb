//! Puts `endpoints.json` together from what the actors registered.

use std::collections::BTreeMap;
use std::path::Path;

use qaqpa_model::{Actor, ActorName};
use qaqpa_regulations::Catalogue;
use qaqpa_runner::endpoints::{
    Control, Endpoints, Gateway, IdentityEntry, Nca, Sender, ServiceEntry, Trust, Wsdl,
};
use qaqpa_transport::identities::Index;
use qaqpa_transport::{ActorRecord, identities, paths, registry};

/// The actors that the console tells the clock, the authority first: the others read its new certificates.
pub(crate) const NEIGHBOURS: [Actor; 4] = [
    Actor::Nca,
    Actor::Gateway,
    Actor::RegionalGateway,
    Actor::Portal,
];

/// Key types as `endpoints.json` names them, and as the authority does: `gost` is the national profile of today.
const KEY_TYPES: [(&str, &str); 4] = [
    ("rsa", "rsa"),
    ("gost", "gost-2015"),
    ("gost-2004", "gost-2004"),
    ("ecdsa", "ecdsa"),
];

/// The endpoints as of now, or the name of what is still missing.
pub(crate) fn assemble(data: &Path, catalogue: &Catalogue) -> Result<Endpoints, String> {
    let mut records = BTreeMap::new();
    for actor in Actor::ALL {
        let record = registry::read(data, actor).map_err(|error| error.to_string())?;
        records.insert(
            actor.name(),
            record.ok_or_else(|| format!("{actor} is not up"))?,
        );
    }
    let index = identities::read(data)
        .map_err(|error| error.to_string())?
        .ok_or("the authority has made no identities yet")?;
    let of = |actor: Actor, name: &str| address(&records, actor, name);
    let lists = |suffix: &str| {
        let list = |(key, kind): (&str, &str)| {
            let address = of(Actor::Nca, &format!("crl-{kind}{suffix}"))?;
            Ok((key.to_owned(), address))
        };
        KEY_TYPES
            .into_iter()
            .map(list)
            .collect::<Result<_, String>>()
    };
    let sync = of(Actor::Gateway, "sync")?;
    let asynchronous = of(Actor::Gateway, "async")?;
    let xsd = of(Actor::Gateway, "xsd")?;
    Ok(Endpoints {
        version: Endpoints::VERSION,
        gateway: Gateway {
            wsdl: Wsdl {
                sync: format!("{sync}?wsdl"),
                asynchronous: format!("{asynchronous}?wsdl"),
            },
            health: of(Actor::Gateway, "health")?,
            sync,
            asynchronous,
        },
        nca: Nca {
            ocsp: of(Actor::Nca, "ocsp")?,
            tsp: of(Actor::Nca, "tsp")?,
            crl: lists("")?,
            delta: lists("-delta")?,
            ca: of(Actor::Nca, "ca")?,
        },
        portal: of(Actor::Portal, "pages")?,
        centre: of(Actor::Portal, "centre").ok(),
        workplace: of(Actor::RegionalGateway, "workplace")?,
        console: of(Actor::Console, "console")?,
        control: Control {
            url: records
                .get(Actor::Console.name())
                .map(|record| record.control.clone())
                .unwrap_or_default(),
            token_file: paths::control_token(data),
            actors: NEIGHBOURS
                .iter()
                .filter_map(|actor| {
                    records
                        .get(actor.name())
                        .map(|record| (actor.name().to_owned(), record.control.clone()))
                })
                .collect(),
        },
        trust: Trust {
            tls: paths::trust_tls(data),
            signature: paths::trust_signature(data),
            gateway_certificate: paths::trust_gateway(data),
        },
        senders: senders(data, &index),
        services: catalogue
            .services()
            .iter()
            .map(|service| ServiceEntry {
                id: service.id.to_string(),
                service_id: service.id.to_string(),
                xsd: format!("{xsd}{}.xsd", service.id),
            })
            .collect(),
        identities: people(data, &index),
    })
}

fn address(
    records: &BTreeMap<&str, ActorRecord>,
    actor: Actor,
    name: &str,
) -> Result<String, String> {
    records
        .get(actor.name())
        .and_then(|record| record.addresses.get(name))
        .cloned()
        .ok_or_else(|| format!("{actor} announced no address {name:?}"))
}

/// The systems that people may be; the actors' own keys are not handed out.
fn senders(data: &Path, index: &Index) -> Vec<Sender> {
    index
        .systems
        .iter()
        .filter_map(|system| {
            let sender_id = system.sender_id.clone()?;
            if ActorName::parse(&sender_id).is_some() {
                return None;
            }
            Some(Sender {
                sender_id,
                password: system.sender_password.clone()?,
                key: data.join(&system.key),
                key_password: system.key_password.clone(),
            })
        })
        .collect()
}

fn people(data: &Path, index: &Index) -> Vec<IdentityEntry> {
    index
        .identities
        .iter()
        .map(|identity| IdentityEntry {
            id: identity.id.clone(),
            role: identity.role.clone(),
            iin: identity.iin.clone(),
            key: data.join(&identity.key),
            password: identity.password.clone(),
            portal_password: Some(identity.portal_password.clone()).filter(|text| !text.is_empty()),
            unit: identity.unit.clone(),
            post: identity.post.clone(),
            pack: identity.pack.clone(),
            key_kind: identity.key_kind.clone(),
            expected: identity.expected.clone(),
            label: identity.label.clone(),
        })
        .collect()
}

//! `DIR/identities/index.json`: who the ready-made people and systems are, and what is between them.

use std::path::PathBuf;

use qaqpa_transport::identities::{self, Identity, Index, PersonName, SystemIdentity};
use qaqpa_transport::random_hex;
use qaqpa_x509::profile::Purpose;

use crate::PkiError;
use crate::personas::{KEY_PASSWORD, Pack, Packs, Persona};
use crate::roster::branches::BranchSystem;

/// The index of everybody; the systems' secrets are kept from the old one.
pub(super) fn new_index(
    old: &Index,
    packs: Packs,
    branches: &[BranchSystem],
) -> Result<Index, PkiError> {
    let mut index = Index::default();
    let kept = |secret: Option<String>| secret.unwrap_or_else(random_hex::<16>);
    for pack in packs.iter() {
        for persona in pack.people() {
            index.identities.push(identity(persona, pack)?);
        }
        for persona in pack.systems() {
            let known = old.system(persona.id);
            index.systems.push(SystemIdentity {
                sender_id: persona.sender_id.map(str::to_owned),
                id: persona.id.to_owned(),
                key: key_path(persona.id),
                key_password: kept(known.map(|system| system.key_password.clone())),
                sender_password: persona
                    .sender_id
                    .map(|_| kept(known.and_then(|system| system.sender_password.clone()))),
            });
        }
        for person in pack.keyless() {
            index.keyless.push(identities::Keyless {
                id: person.id.to_owned(),
                iin: person.iin()?.reveal(),
                name: name(person.name),
                pack: pack.name().to_owned(),
                about: person.about.to_owned(),
            });
        }
        for relation in pack.relations() {
            index.relations.push(identities::Relation {
                kind: relation.kind.name().to_owned(),
                from: relation.from.to_owned(),
                to: match relation.organization {
                    Some(organization) => organization.bin()?.reveal(),
                    None => relation.to.to_owned(),
                },
                role: relation.role.map(|role| role.name().to_owned()),
                document: relation.document.map(str::to_owned),
                since: relation.since.map(str::to_owned),
                until: relation.until.map(str::to_owned),
            });
        }
    }
    for branch in branches {
        let known = old.system(&branch.id);
        index.systems.push(SystemIdentity {
            sender_id: Some(branch.sender_id.clone()),
            id: branch.id.clone(),
            key: key_path(&branch.id),
            key_password: kept(known.map(|system| system.key_password.clone())),
            sender_password: Some(kept(
                known.and_then(|system| system.sender_password.clone()),
            )),
        });
    }
    Ok(index)
}

fn identity(persona: &Persona, pack: Pack) -> Result<Identity, PkiError> {
    let organization = match persona.organization {
        Some(organization) => Some(identities::Organization {
            name: organization.name.to_owned(),
            bin: organization.bin()?.reveal(),
        }),
        None => None,
    };
    let purpose = match persona.purpose {
        Purpose::Sign => "sign",
        Purpose::Authenticate => "authenticate",
    };
    Ok(Identity {
        id: persona.id.to_owned(),
        role: persona.role.name().to_owned(),
        iin: persona.iin()?.reveal(),
        name: name(persona.name),
        key: key_path(persona.id),
        password: KEY_PASSWORD.to_owned(),
        portal_password: persona.portal_password(),
        unit: persona.unit.map(str::to_owned),
        post: persona.post.map(str::to_owned),
        pack: Some(pack.name().to_owned()),
        key_kind: Some(persona.key.name().to_owned()),
        purpose: Some(purpose.to_owned()),
        organization,
        about: Some(persona.about.to_owned()),
        expected: Some(persona.expected.verdict().to_owned()),
        label: persona.expected.label().map(str::to_owned),
    })
}

fn name(name: [&'static str; 3]) -> PersonName {
    let [surname, given, patronymic] = name.map(str::to_owned);
    PersonName {
        surname,
        given,
        patronymic: Some(patronymic),
    }
}

/// Where the key file of an identity is, within the data folder.
pub(super) fn key_path(id: &str) -> PathBuf {
    PathBuf::from("identities").join(format!("{id}.p12"))
}

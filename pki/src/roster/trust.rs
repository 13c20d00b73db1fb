//! `DIR/trust`: what others should trust.

use std::collections::BTreeMap;
use std::path::Path;

use qaqpa_crypto::KeyKind;
use qaqpa_transport::{files, paths};
use qaqpa_x509::Certificate;

use crate::PkiError;
use crate::authority::{Authority, IssuerName, blocking};

/// `DIR/trust/signature.pem`, one file for each kind of key, and `DIR/trust/gateway.pem`, written where they say
/// something else.
pub(super) async fn write_trust(
    authority: &Authority,
    roster: &BTreeMap<String, String>,
) -> Result<(), PkiError> {
    let register = authority.store.authority();
    let gateway = match roster.get("system-gateway") {
        Some(serial) => {
            register
                .by_serial(IssuerName::Issuing(KeyKind::Rsa).as_str(), serial)
                .await?
        }
        None => None,
    };
    let gateway = match gateway {
        Some(record) => Some(Certificate::from_der(&record.der)?.to_pem()),
        None => None,
    };
    let (data, vault) = (authority.data.clone(), authority.vault.clone());
    blocking(move || {
        let all = paths::trust_signature(&data);
        write_if_new(&all, &vault.trust_pem())?;
        for chain in vault.chains() {
            write_if_new(
                &all.with_file_name(format!("{}.pem", chain.kind)),
                &chain.trust_pem(),
            )?;
        }
        match gateway {
            Some(gateway) => write_if_new(&paths::trust_gateway(&data), &gateway),
            None => Ok(()),
        }
    })
    .await
}

fn write_if_new(path: &Path, text: &str) -> Result<(), PkiError> {
    if files::read_if_there(path)?.as_deref() != Some(text.as_bytes()) {
        files::write_private(path, text.as_bytes())?;
    }
    Ok(())
}

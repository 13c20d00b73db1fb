//! Signs revocation lists from the register.

use qaqpa_model::Moment;
use qaqpa_store::RevocationList;
use qaqpa_x509::crl::{self, CrlToIssue, RevokedEntry};
use qaqpa_x509::ocsp::CertStatus;

use crate::PkiError;
use crate::authority::{Authority, IssuerName, blocking, status_at};
use crate::doors::{delta_path, list_name};
use crate::vault::Signer;

/// The complete list of an issuer, as of now: the last one while it says what the register says and is in
/// its period, else a new one with the next number.
///
/// # Errors
/// [`PkiError`] where the register could not be read or the list not be signed.
pub async fn current(authority: &Authority, issuer: IssuerName) -> Result<Vec<u8>, PkiError> {
    let _only_one = authority.lists.lock().await;
    let now = authority.clock.now();
    let name = list_name(issuer);
    let entries = entries(authority, issuer, now).await?;
    if let Some(last) = authority.store.authority().latest_list(name).await?
        && last.at <= now
        && now < last.next_update
        && says(authority.issuer(issuer), &last, &entries, now)
    {
        return Ok(last.der);
    }
    let number = authority
        .store
        .counters()
        .next(&format!("crl-{name}"))
        .await?;
    let list = CrlToIssue {
        number,
        this_update: now,
        next_update: now.plus(authority.config.crl()),
        entries,
        freshest_crl_url: match issuer {
            IssuerName::Issuing(kind) => Some(authority.doors.url(&delta_path(kind))),
            _ => None,
        },
    };
    let next_update = list.next_update;
    let signer = authority.issuer(issuer).clone();
    let der = blocking(move || Ok(crl::issue(&list, &signer.certificate, &signer.key)?)).await?;
    let kept = RevocationList {
        name: name.to_owned(),
        number,
        der: der.clone(),
        at: now,
        next_update,
    };
    authority.store.authority().save_list(kept).await?;
    Ok(der)
}

/// Whether a list is ours, in its period, and has exactly these entries.
fn says(signer: &Signer, last: &RevocationList, entries: &[RevokedEntry], now: Moment) -> bool {
    crl::verify(&last.der, &signer.certificate, now)
        .is_ok_and(|list| list.has_exactly(entries))
}

async fn entries(
    authority: &Authority,
    issuer: IssuerName,
    now: Moment,
) -> Result<Vec<RevokedEntry>, PkiError> {
    let revoked = authority.store.authority().revoked(issuer.as_str()).await?;
    let mut entries = Vec::with_capacity(revoked.len());
    for record in revoked {
        if let CertStatus::Revoked { at, reason } = status_at(record.state, now) {
            let serial = hex::decode(&record.serial).map_err(|_| PkiError::Unreadable {
                what: "a serial number of the register",
            })?;
            entries.push(RevokedEntry { serial, at, reason });
        }
    }
    Ok(entries)
}

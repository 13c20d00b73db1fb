//! What a register names beside itself: files of certificates, and endpoints.
//!
//! What is said about one that is not taken does not repeat the text: it may be a password, whose line has slipped.

use std::path::Path;
use std::sync::Arc;

use qaqpa_channel::AnswersOf;
use qaqpa_transport::{ClientTls, HttpError, Reach};
use qaqpa_x509::Certificate;

/// Bytes of a file of certificates: the longest one that is met has four thousand.
const CERTIFICATE_BYTES_MAX: u64 = 65_536;

/// How PEM begins.
pub(super) const PEM_BEGINS: &str = "-----BEGIN";

/// An endpoint must be one that is called at all, and whose answers somebody vouches for.
pub(super) fn check_endpoint(push: &str, answers: AnswersOf, reach: Reach) -> Result<(), String> {
    let after = push
        .strip_prefix("https://")
        .or_else(|| push.strip_prefix("http://"));
    let Some(after) = after else {
        return Err("an address that begins with https:// or http:// is expected".to_owned());
    };
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("an address with a name and a password in it is not called".to_owned());
    }
    reach.allows(push).map_err(|error| match error {
        HttpError::Forbidden { host } => format!(
            "{host} is not on this machine: set push-reach = \"anywhere\" under [gateway] in the configuration to call others"
        ),
        _ => "this is no address that can be called: https://HOST:PORT/PATH is expected".to_owned(),
    })?;
    let plain = push.starts_with("http://");
    let elsewhere = Reach::Loopback.allows(push).is_err();
    if plain && elsewhere && matches!(answers, AnswersOf::Unsigned) {
        return Err(
            "an answer without a signature and without TLS is anybody's: use https, or let the system sign"
                .to_owned(),
        );
    }
    Ok(())
}

/// The authorities of an endpoint's TLS certificate: PEM, found good here so that it is at the endpoint, too.
pub(super) fn trust(named: &str, folder: &Path) -> Result<Arc<[u8]>, String> {
    let pem = pem(named, folder)?;
    ClientTls::trusting_pem(&pem).map_err(|error| error.to_string())?;
    Ok(pem.into())
}

/// A system's certificate. Those of the authorities above it may follow.
pub(super) fn certificate(named: &str, folder: &Path) -> Result<Certificate, String> {
    let pem = pem(named, folder)?;
    let found = Certificate::chain_from_pem(&pem).map_err(|error| error.to_string())?;
    let own = found.into_iter().next();
    own.ok_or_else(|| "no certificate in it".to_owned())
}

/// Whether it is PEM itself, and not the name of a file.
pub(super) fn is_pem(named: &str) -> bool {
    named.trim_start().starts_with(PEM_BEGINS)
}

/// PEM in the text itself, or in the file of that name in the folder.
pub(super) fn pem(named: &str, folder: &Path) -> Result<Vec<u8>, String> {
    if is_pem(named) {
        return Ok(named.as_bytes().to_vec());
    }
    let path = folder.join(named);
    // The kind of the error alone: its text may name the path.
    let failed =
        |error: std::io::Error| format!("the file that is named cannot be read: {}", error.kind());
    let length = std::fs::metadata(&path).map_err(failed)?.len();
    if length > CERTIFICATE_BYTES_MAX {
        return Err(format!(
            "the file that is named is longer than {CERTIFICATE_BYTES_MAX} bytes"
        ));
    }
    std::fs::read(&path).map_err(failed)
}

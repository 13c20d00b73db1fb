//! `qaqpa sign`: signs an XML document with a key file.

use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_by_id, sign_enveloped, sign_wsse};

use crate::cli::{Sign, SignProfile};
use crate::exit::{Exit, Failure, Outcome};
use crate::{key_input, output};

/// Signs, and writes the signed document to standard output.
pub(crate) fn run(options: &Sign) -> Outcome {
    let document = key_input::read_file(&options.file)?;
    let password = key_input::password(options.password_file.as_deref(), "Password of the key file: ")?;
    let file = key_input::key_file(&options.key, &password)?;
    let signer = Signer {
        key: &file.key,
        certificate_der: file.certificate.der(),
        algorithm: SignatureAlgorithm::RsaSha256,
    };
    let limits = XmlLimits::default();
    let signed = match options.profile {
        SignProfile::Enveloped => sign_enveloped(&document, &signer, &limits),
        SignProfile::ById => sign_by_id(&document, &signer, &limits),
        SignProfile::Wsse => {
            let seed = uuid::Uuid::new_v4().to_string();
            sign_wsse(&document, &signer, WsseKeyInfo::KeyIdentifier, &seed, &limits)
        }
    };
    let signed = signed.map_err(|error| {
        Failure::no(format!("{}: {error}", options.file.display()))
    })?;
    output::say_bytes(&signed);
    Ok(Exit::Yes)
}

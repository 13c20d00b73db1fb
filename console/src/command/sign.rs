//! `qaqpa sign`: signs an XML document with a key file.

use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_by_id, sign_enveloped, sign_wsse};

use crate::cli::{Sign, SignProfile};
use crate::exit::{Exit, Failure, Outcome};
use crate::{key_input, output};

/// Signs, and writes the signed document to standard output.
pub(crate) fn run(options: &Sign) -> Outcome {
    let document = key_input::read_file(&options.file)?;
    let password = key_input::password(
        options.password_file.as_deref(),
        "Password of the key file: ",
    )?;
    let file = key_input::key_file(&options.key, &password)?;
    let signer = Signer::of(&file.key, file.certificate.der());
    let limits = XmlLimits::default();
    let signed = match options.profile {
        SignProfile::Enveloped => sign_enveloped(&document, &signer, &limits),
        SignProfile::ById => {
            let id = root_id(&document, &limits)?;
            sign_by_id(&document, &id, &signer, &limits)
        }
        SignProfile::Wsse => {
            let seed = uuid::Uuid::new_v4().to_string();
            sign_wsse(
                &document,
                &signer,
                WsseKeyInfo::KeyIdentifier,
                &seed,
                &limits,
            )
        }
    };
    let signed =
        signed.map_err(|error| Failure::no(format!("{}: {error}", options.file.display())))?;
    output::say_bytes(&signed);
    Ok(Exit::Yes)
}

/// The Id of the root, which the by-id profile refers to.
fn root_id(document: &[u8], limits: &XmlLimits) -> Result<String, Failure> {
    let document = Document::parse(document, limits).map_err(Failure::no)?;
    let root = document.root();
    ["Id", "ID", "id"]
        .into_iter()
        .find_map(|name| root.attribute(None, name))
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::no("the root has no Id attribute")
                .remedy("write one, or sign with --profile enveloped")
        })
}

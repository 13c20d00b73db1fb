//! The very octets that are digested, written into a folder: to compare with the signer's.

use std::path::Path;

use qaqpa_ades::cms;
use qaqpa_verdict::Matter;
use qaqpa_xmldsig::FoundSignature;

use crate::exit::Failure;
use crate::output;

/// Of XML the canonical octets of each reference; of a message its content and the attributes of each signer.
///
/// # Errors
/// Where the folder is not written. A file that has no such octets is no error, and is told.
pub(super) fn write(
    matter: &Matter,
    found: Option<&[FoundSignature<'_>]>,
    folder: &Path,
) -> Result<(), Failure> {
    let files = match (matter, found) {
        (Matter::Cms { message, content }, _) => of_message(message, content.as_deref()),
        (_, Some(found)) => of_xml(found),
        _ => Vec::new(),
    };
    if files.is_empty() {
        output::progress(
            "--canonical: the file has nothing that is digested, so nothing is written",
        );
        return Ok(());
    }
    let complain = |error: std::io::Error| Failure::usage(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(complain)?;
    for (name, octets) in files {
        std::fs::write(folder.join(name), octets).map_err(complain)?;
    }
    Ok(())
}

fn of_xml(found: &[FoundSignature<'_>]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (place, found) in found.iter().enumerate() {
        for number in 0..found.extents().len() {
            if let Some(octets) = found.canonical_octets(number) {
                let name = format!("signature-{}-reference-{}.c14n", place + 1, number + 1);
                files.push((name, octets));
            }
        }
    }
    files
}

/// RFC 5652 §5.4: the digest of the content is among the attributes, and the signature is over those.
fn of_message(message: &[u8], content: Option<&[u8]>) -> Vec<(String, Vec<u8>)> {
    let Ok(found) = cms::read(message, content, &cms::Bounds::default()) else {
        return Vec::new();
    };
    let mut files = vec![("content.bin".to_owned(), found.unproven_content().to_vec())];
    for (place, signer) in found.signers().enumerate() {
        if let Ok(said) = signer.said() {
            let name = format!("signature-{}-attributes.der", place + 1);
            files.push((name, said.signed_octets));
        }
    }
    files
}

//! A register as every machine can read it: what it names stands in the text itself.

use super::file::{RegisterError, Surroundings, files_named, read};
use super::named;

/// The text, checked, with the PEM of each file in the place of its name.
///
/// # Errors
/// [`RegisterError`] where it has a fault, by the lines of the text as it was given.
pub(super) fn portable(
    name: &str,
    text: &str,
    around: Surroundings<'_>,
) -> Result<String, RegisterError> {
    read(name, text, around)?;
    let mut files = files_named(text);
    files.sort_by_key(|file| file.span().start);
    let mut written = text.to_owned();
    // From behind, so that the places before stay what they are.
    for file in files.iter().rev() {
        let span = file.span();
        let refused = |why: String| RegisterError {
            file: name.to_owned(),
            faults: vec![(text[..span.start].matches('\n').count() + 1, why)],
        };
        let pem = named::pem(file.get_ref(), around.folder).map_err(refused)?;
        let pem = String::from_utf8_lossy(&pem);
        // What people write above it is not for machines.
        let begins = pem.find(named::PEM_BEGINS).unwrap_or(0);
        let value = toml::Value::String(pem[begins..].to_owned()).to_string();
        written.replace_range(span, &value);
    }
    read(name, &written, around)?;
    Ok(written)
}

//! Distinguished names: the subject as the national profile writes it, names to write, and names as text.

mod subject;
mod text;
mod write;

use der::asn1::{Any, Ia5StringRef};
use der::{Tag, Tagged};
use x509_cert::ext::pkix::name::DirectoryString;

pub use subject::{IinError, SubjectName};
pub(crate) use text::{text, text_means};
pub use write::{NameToWrite, TextType};

/// The text of a directory string; `None` for other types and for texts with control characters.
fn text_of(value: &Any) -> Option<String> {
    let text = match value.tag() {
        Tag::Ia5String => value
            .decode_as::<Ia5StringRef<'_>>()
            .ok()?
            .as_str()
            .to_owned(),
        _ => String::from(DirectoryString::try_from(value).ok()?),
    };
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

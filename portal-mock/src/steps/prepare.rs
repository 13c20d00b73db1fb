//! The applicant fills the form within its structure and format rules, and attaches the documents.
//!
//! Everything is checked here, whatever the browser has checked before: the rules are the
//! catalogue's, the limits are those of the whole simulator.

use std::collections::BTreeMap;

use qaqpa_model::Limits;
use qaqpa_regulations::{DocumentDef, FieldProblem, Service};
use qaqpa_store::{Attachment, NewAttachment};

use crate::routes::{DOCUMENT_PREFIX, FIELD_PREFIX};

/// One thing that is still to be corrected; the text keys on `key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The form's field: `field.child-iin`, `document.birth-certificate`.
    pub field: String,
    /// The key of the text.
    pub key: &'static str,
    /// The text's arguments.
    pub args: Vec<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(field: impl Into<String>, key: &'static str) -> Self {
        Self {
            field: field.into(),
            key,
            args: Vec::new(),
        }
    }

    pub(crate) fn saying(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// A file as the browser sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Which required document it is meant to be.
    pub document: String,
    /// The file's name, as the browser states it.
    pub name: String,
    /// The media type, as the browser states it.
    pub stated_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The answers of a posted form: only fields that the service has, without needless white space.
#[must_use]
pub fn answers(service: &Service, posted: &[(String, String)]) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    for field in &service.form {
        let name = format!("{FIELD_PREFIX}{}", field.name);
        let Some((_, value)) = posted.iter().find(|(posted, _)| *posted == name) else {
            continue;
        };
        // Browsers end lines with CR LF; signed text has LF, as XML reads it.
        let value = value.replace("\r\n", "\n").replace('\r', "\n");
        answers.insert(field.name.clone(), value.trim().to_owned());
    }
    answers
}

/// Checks every answer against its field's rule.
#[must_use]
pub fn check_answers(service: &Service, answers: &BTreeMap<String, String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for field in &service.form {
        let value = answers.get(&field.name).map_or("", String::as_str);
        let checked = field.check(value).and_then(|()| {
            let fits = value.chars().all(is_writable);
            fits.then_some(()).ok_or(FieldProblem::Characters)
        });
        if let Err(problem) = checked {
            let name = format!("{FIELD_PREFIX}{}", field.name);
            problems.push(
                Problem::new(name, problem.key())
                    .saying("min", field.rule.characters_min)
                    .saying("max", field.rule.characters_max),
            );
        }
    }
    problems
}

/// Whether XML can carry the character (XML 1.0 §2.2), beyond what the kinds of fields refuse.
const fn is_writable(c: char) -> bool {
    !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Checks that every required document is attached.
#[must_use]
pub fn check_documents(service: &Service, attached: &[Attachment]) -> Vec<Problem> {
    service
        .documents
        .iter()
        .filter(|document| document.required)
        .filter(|document| !attached.iter().any(|file| file.document == document.id))
        .map(|document| {
            Problem::new(
                format!("{DOCUMENT_PREFIX}{}", document.id),
                "error-document-missing",
            )
        })
        .collect()
}

/// Takes one file for one required document.
///
/// The media type is what the bytes show, not what the browser states.
///
/// # Errors
/// The [`Problem`] of this file.
pub fn take_file(
    definition: &DocumentDef,
    upload: Upload,
    limits: &Limits,
) -> Result<NewAttachment, Problem> {
    let problem = |key| Problem::new(format!("{DOCUMENT_PREFIX}{}", definition.id), key);
    if upload.bytes.is_empty() {
        return Err(problem("error-document-empty"));
    }
    if upload.bytes.len() > limits.attachment_bytes_max {
        return Err(problem("error-document-size").saying("megabytes", megabytes(limits)));
    }
    let name = file_name(&upload.name).ok_or_else(|| problem("error-document-name"))?;
    let media_type = media_type(&upload.bytes, &upload.stated_type);
    if !definition.takes(media_type) {
        return Err(
            problem("error-document-type").saying("types", definition.media_types.join(", "))
        );
    }
    Ok(NewAttachment {
        document: definition.id.clone(),
        name,
        media_type: media_type.to_owned(),
        bytes: upload.bytes,
    })
}

/// Checks that the new file fits with the others into one message.
///
/// # Errors
/// The [`Problem`] of the new file.
pub fn check_total<'f>(
    others: impl Iterator<Item = &'f Attachment>,
    new: NewAttachment,
    limits: &Limits,
) -> Result<NewAttachment, Problem> {
    let size = u64::try_from(new.bytes.len()).unwrap_or(u64::MAX);
    let total = others.fold(size, |total, file| total.saturating_add(file.size));
    let max = total_max(limits);
    if total > max {
        let field = format!("{DOCUMENT_PREFIX}{}", new.document);
        return Err(
            Problem::new(field, "error-document-total").saying("megabytes", max / (1024 * 1024))
        );
    }
    Ok(new)
}

/// Bytes of all attachments together: three quarters of a message (base64), less the rest of it.
fn total_max(limits: &Limits) -> u64 {
    const REST: u64 = 512 * 1024;
    let body = u64::try_from(limits.body_bytes_max).unwrap_or(u64::MAX);
    (body / 4 * 3).saturating_sub(REST)
}

/// Whole megabytes of one attachment's limit, for people.
#[must_use]
pub const fn megabytes(limits: &Limits) -> usize {
    limits.attachment_bytes_max / (1024 * 1024)
}

/// What the bytes are; the stated type only where the bytes have no mark of their own.
fn media_type<'t>(bytes: &[u8], stated: &'t str) -> &'t str {
    const MARKED: [(&[u8], &str); 3] = [
        (b"%PDF-", "application/pdf"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"\x89PNG\r\n\x1A\n", "image/png"),
    ];
    if let Some((_, found)) = MARKED.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return found;
    }
    let stated = stated.split(';').next().unwrap_or_default().trim();
    // A type that has a mark, without the mark: it is not what it says.
    if MARKED.iter().any(|(_, marked)| *marked == stated) {
        return "application/octet-stream";
    }
    stated
}

/// The last part of a path, without characters that a file name or an XML attribute cannot have.
fn file_name(stated: &str) -> Option<String> {
    let last = stated.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}' | '"'))
        .take(120)
        .collect();
    let name = name.trim().to_owned();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

#[cfg(test)]
mod tests {
    use qaqpa_model::ServiceAtAct;
    use qaqpa_regulations::Catalogue;

    use super::*;

    fn guardianship(catalogue: &Catalogue) -> &Service {
        let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
        catalogue.service(&id).unwrap()
    }

    fn definition() -> DocumentDef {
        let catalogue = Catalogue::embedded().unwrap();
        let mut document = guardianship(&catalogue).documents[0].clone();
        document.media_types = vec!["application/pdf".to_owned(), "image/png".to_owned()];
        document
    }

    fn upload(name: &str, stated: &str, bytes: &[u8]) -> Upload {
        Upload {
            document: String::new(),
            name: name.to_owned(),
            stated_type: stated.to_owned(),
            bytes: bytes.to_vec(),
        }
    }

    fn key(upload: Upload, limits: &Limits) -> Result<(String, String), &'static str> {
        take_file(&definition(), upload, limits)
            .map(|file| (file.name, file.media_type))
            .map_err(|problem| problem.key)
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let limits = Limits::default();
        assert_eq!(
            key(upload("a.pdf", "image/png", b"%PDF-1.4"), &limits),
            Ok(("a.pdf".to_owned(), "application/pdf".to_owned()))
        );
        assert_eq!(
            key(
                upload("a.pdf", "application/pdf", b"MZ\x90 not a pdf"),
                &limits
            ),
            Err("error-document-type")
        );
        assert_eq!(
            key(upload("a.exe", "application/x-dosexec", b"MZ"), &limits),
            Err("error-document-type")
        );
    }

    #[test]
    fn empty_and_large_files_are_refused() {
        let limits = Limits {
            attachment_bytes_max: 8,
            ..Limits::default()
        };
        assert_eq!(
            key(upload("a.pdf", "application/pdf", b""), &limits),
            Err("error-document-empty")
        );
        assert_eq!(
            key(upload("a.pdf", "application/pdf", b"%PDF-1.4"), &limits)
                .map(|(_, media_type)| media_type),
            Ok("application/pdf".to_owned())
        );
        assert_eq!(
            key(upload("a.pdf", "application/pdf", b"%PDF-1.4\n"), &limits),
            Err("error-document-size")
        );
    }

    #[test]
    fn a_files_name_is_never_a_path() {
        assert_eq!(
            file_name("../../etc/passwd.pdf").as_deref(),
            Some("passwd.pdf")
        );
        assert_eq!(
            file_name("C:\\Users\\куәлік.pdf").as_deref(),
            Some("куәлік.pdf")
        );
        assert_eq!(file_name("a\u{0}b\n.pdf").as_deref(), Some("ab.pdf"));
        assert_eq!(file_name(".."), None);
        assert_eq!(file_name("///"), None);
    }

    #[test]
    fn answers_keep_only_the_services_fields_and_unix_lines() {
        let catalogue = Catalogue::embedded().unwrap();
        let service = guardianship(&catalogue);
        let first = &service.form[0].name;
        let posted = vec![
            (format!("{FIELD_PREFIX}{first}"), "  a\r\nb\rc ".to_owned()),
            ("field.not-there".to_owned(), "x".to_owned()),
        ];
        let answers = answers(service, &posted);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[first], "a\nb\nc");
    }

    #[test]
    fn a_character_that_no_document_can_carry_is_refused() {
        let catalogue = Catalogue::embedded().unwrap();
        let service = guardianship(&catalogue);
        let purpose = BTreeMap::from([("purpose".to_owned(), "for\u{ffff}this".to_owned())]);
        let problems = check_answers(service, &purpose);
        let named = problems.iter().find(|p| p.field == "field.purpose");
        assert_eq!(named.map(|p| p.key), Some("field-problem-characters"));
    }

    #[test]
    fn what_is_required_and_missing_is_named_field_by_field() {
        let catalogue = Catalogue::embedded().unwrap();
        let service = guardianship(&catalogue);
        let problems = check_answers(service, &BTreeMap::new());
        let required: Vec<String> = service
            .form
            .iter()
            .filter(|field| field.required)
            .map(|field| format!("field.{}", field.name))
            .collect();
        let named: Vec<String> = problems.iter().map(|p| p.field.clone()).collect();
        assert_eq!(named, required);
        assert!(problems.iter().all(|p| p.key == "field-problem-missing"));
        let documents = check_documents(service, &[]);
        assert_eq!(
            documents.len(),
            service.documents.iter().filter(|d| d.required).count()
        );
    }
}

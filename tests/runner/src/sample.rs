//! A valid filling of any service's form, from the catalogue alone.

use qaqpa_model::Lang;
use qaqpa_model::iin::check_digit;
use qaqpa_regulations::{Agreement, Compared, DocumentDef, FieldDef, FieldKind, Service};
use qaqpa_wire::{Attachment, FormField, Person};

/// The first eleven digits of the sample child: born 2015-03-12, a girl. Nobody's number: serial 0000.
const CHILD: [u8; 11] = [1, 5, 0, 3, 1, 2, 6, 0, 0, 0, 0];
/// The child's date of birth, as the number has it.
const CHILD_BORN: &str = "2015-03-12";

/// The smallest PNG: one transparent pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A value for every field of the form that must be filled, in that language where it is a text.
///
/// The values keep the form's rules ([`FieldDef::check`]) unless a rule asks for a length that no
/// sample has.
#[must_use]
pub fn form(service: &Service, lang: Lang) -> Vec<FormField> {
    let required = service.form.iter().filter(|field| field.required);
    required
        .map(|field| FormField {
            name: field.name.clone(),
            value: value(field, lang),
        })
        .collect()
}

/// Whether the person register knows what stands in this field, so that it need not be entered.
#[must_use]
pub fn is_known(service: &Service, field: &str) -> bool {
    let agrees = service.field(field).and_then(|field| field.agrees.as_ref());
    agrees.is_some_and(|agrees| agrees.with.is_none())
}

/// A value that keeps the rule of its field and is not right: it does not agree with what is known. `None` where no field
/// of the form has to agree with anything.
#[must_use]
pub fn disagreeing(service: &Service) -> Option<FormField> {
    let field = service.form.iter().find(|field| field.agrees.is_some())?;
    let value = match field.kind {
        FieldKind::Date => "1901-01-01",
        _ => "Бөтен",
    };
    Some(FormField {
        name: field.name.clone(),
        value: value.to_owned(),
    })
}

/// The sample with what is known of this applicant.
#[must_use]
pub fn form_of(service: &Service, lang: Lang, applicant: &Person) -> Vec<FormField> {
    let mut form = form(service, lang);
    for filled in &mut form {
        let agrees = service.field(&filled.name);
        let Some(Agreement { with: None, as_to }) = agrees.and_then(|field| field.agrees.as_ref())
        else {
            continue;
        };
        filled.value = match as_to {
            Compared::BirthDate => applicant.iin.birth_date(),
            Compared::GivenName => applicant.given_name.clone(),
            Compared::Surname => applicant.surname.clone(),
        };
    }
    form
}

/// A file for every document that is required.
#[must_use]
pub fn attachments(service: &Service) -> Vec<Attachment> {
    service
        .documents
        .iter()
        .filter(|document| document.required)
        .map(attachment)
        .collect()
}

/// A file for one document, of a media type that it takes.
#[must_use]
pub fn attachment(document: &DocumentDef) -> Attachment {
    let (extension, media_type, bytes) = if document.takes("application/pdf") {
        (
            "pdf",
            "application/pdf",
            pdf(&format!("TEST {}", document.id)),
        )
    } else if document.takes("image/png") {
        ("png", "image/png", PNG.to_vec())
    } else {
        (
            "txt",
            "text/plain",
            format!("TEST {}\n", document.id).into_bytes(),
        )
    };
    Attachment {
        document: document.id.clone(),
        name: format!("{}.{extension}", document.id),
        media_type: media_type.to_owned(),
        bytes,
    }
}

fn value(field: &FieldDef, lang: Lang) -> String {
    let value = match &field.kind {
        FieldKind::Choice(options) => {
            return options
                .first()
                .map(|option| option.value.clone())
                .unwrap_or_default();
        }
        FieldKind::Date => CHILD_BORN.to_owned(),
        FieldKind::Iin => child_iin(),
        FieldKind::Phone => "+77015550101".to_owned(),
        FieldKind::Name => name(&field.name, lang).to_owned(),
        FieldKind::Text | FieldKind::LongText => match lang {
            Lang::Kk => "Сынақ орны",
            Lang::Ru => "Место для проверки",
            Lang::En => "A place for trials",
        }
        .to_owned(),
    };
    let characters = value.chars().count();
    let short = field.rule.characters_min.saturating_sub(characters);
    let padded = if short > 0 && matches!(field.kind, FieldKind::Text | FieldKind::LongText) {
        format!("{value}{}", "а".repeat(short))
    } else {
        value
    };
    padded.chars().take(field.rule.characters_max).collect()
}

fn name(field: &str, lang: Lang) -> &'static str {
    match (field.contains("surname"), lang) {
        (true, Lang::Kk | Lang::Ru) => "Тестова",
        (true, Lang::En) => "Testova",
        (false, Lang::Kk) => "Сынақгүл",
        (false, Lang::Ru) => "Проба",
        (false, Lang::En) => "Proba",
    }
}

fn child_iin() -> String {
    // Serials from 0000 on: the first that has a check digit.
    let mut digits = CHILD;
    for serial in 0..10u8 {
        digits[10] = serial;
        if let Some(control) = check_digit(&digits) {
            let shown = digits.iter().chain([&control]);
            return shown.map(|digit| char::from(b'0' + digit)).collect();
        }
    }
    String::new()
}

/// A whole PDF of one page with one line of Latin text.
fn pdf(line: &str) -> Vec<u8> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || " -.".contains(c) {
            c
        } else {
            '?'
        }
    };
    let line: String = line.chars().map(plain).collect();
    let page = format!("BT /F1 24 Tf 60 740 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = out.len();
    out.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    out.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use qaqpa_regulations::Catalogue;

    use super::*;

    #[test]
    fn the_sample_keeps_every_rule_of_every_form_in_every_language() {
        let catalogue = Catalogue::embedded().unwrap();
        for service in catalogue.services() {
            for lang in Lang::ALL {
                let filled = form(service, lang);
                for field in service.form.iter().filter(|field| field.required) {
                    let sample = filled
                        .iter()
                        .find(|filled| filled.name == field.name)
                        .unwrap();
                    assert_eq!(field.check(&sample.value), Ok(()), "{}", field.name);
                }
            }
        }
    }

    #[test]
    fn every_required_document_gets_a_file_that_it_takes() {
        let catalogue = Catalogue::embedded().unwrap();
        for service in catalogue.services() {
            let files = attachments(service);
            for document in service
                .documents
                .iter()
                .filter(|document| document.required)
            {
                let file = files
                    .iter()
                    .find(|file| file.document == document.id)
                    .unwrap();
                assert!(document.takes(&file.media_type));
                assert!(file.bytes.starts_with(b"%PDF-1.4\n") && file.bytes.ends_with(b"%%EOF\n"));
            }
        }
    }

    #[test]
    fn the_pdfs_cross_references_point_at_its_objects() {
        let bytes = pdf("TEST a-b");
        let text = String::from_utf8(bytes).unwrap();
        let table = text.split("xref\n0 6\n").nth(1).unwrap();
        for (number, line) in (1..=5).zip(table.lines().skip(1)) {
            let offset: usize = line[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{number} 0 obj\n")));
        }
    }
}

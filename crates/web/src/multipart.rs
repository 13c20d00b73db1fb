//! `multipart/form-data`, read from a body that is already whole, into memory that is wiped.
//!
//! Key files and their passwords come this way. They are never written anywhere, and the memory that
//! this reader copies them to is wiped when the values are dropped. Source: RFC 7578, RFC 2046 §5.1.1.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use zeroize::Zeroizing;

use crate::problem::Problem;

/// Parts of one form: fields, files and empty file controls together.
pub const PARTS_MAX: usize = 128;
/// Bytes of the headers of one part.
pub const PART_HEAD_BYTES_MAX: usize = 4096;

/// A form with files. An axum extractor.
#[derive(Debug, Default)]
pub struct Multipart {
    fields: Vec<(String, Zeroizing<Vec<u8>>)>,
    files: Vec<UploadedFile>,
}

/// A file of a form, as the browser describes it.
pub struct UploadedFile {
    /// The control's name.
    pub field: String,
    /// The file's name without folders; what the visitor says, not what is true.
    pub name: String,
    /// The media type; what the visitor says, not what is true.
    pub media_type: String,
    /// The content, in memory that is wiped when this is dropped.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadedFile")
            .field("field", &self.field)
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Why a body is not such a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MultipartError {
    /// The content type is another, or has no usable boundary.
    #[error("not multipart/form-data with a boundary")]
    ContentType,
    /// The body is not framed by its boundary.
    #[error("the parts are not framed by the boundary")]
    Framing,
    /// A part has no usable `Content-Disposition: form-data; name=…`.
    #[error("a part without a name")]
    Head,
    /// More than [`PARTS_MAX`] parts.
    #[error("too many parts")]
    TooMany,
}

impl Multipart {
    /// Reads a whole body.
    ///
    /// # Errors
    /// [`MultipartError`].
    pub fn read(content_type: &str, body: &[u8]) -> Result<Self, MultipartError> {
        let boundary = boundary(content_type).ok_or(MultipartError::ContentType)?;
        let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
        // The first delimiter stands at the very beginning, or after a preamble that is to be ignored.
        let mut rest = if body.starts_with(&delimiter[2..]) {
            &body[delimiter.len() - 2..]
        } else {
            after(body, &delimiter).ok_or(MultipartError::Framing)?
        };
        let mut form = Self::default();
        loop {
            // Spaces and tabs may follow a delimiter ("transport padding").
            let padding = rest
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let line = &rest[padding..];
            if padding == 0 && line.starts_with(b"--") {
                return Ok(form);
            }
            if !line.starts_with(b"\r\n") {
                return Err(MultipartError::Framing);
            }
            let end = find(line, &delimiter).ok_or(MultipartError::Framing)?;
            // Where the delimiter follows at once, its line end is ours, and the part is nothing at all.
            let part = line.get(2..end).ok_or(MultipartError::Head)?;
            if form.fields.len() + form.files.len() >= PARTS_MAX {
                return Err(MultipartError::TooMany);
            }
            form.add(part)?;
            rest = &line[end + delimiter.len()..];
        }
    }

    /// The text of a field; `None` where it is missing or not UTF-8. The first, if there are several.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == name)?;
        std::str::from_utf8(value).ok()
    }

    /// A copy of a field's text that is wiped when dropped: a password.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Zeroizing<String>> {
        self.text(name).map(|text| Zeroizing::new(text.to_owned()))
    }

    /// Every field's name and text, in the form's order; those that are not UTF-8 are left out.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value).ok()?)))
    }

    /// The file of a control; `None` where none was chosen.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        self.files.iter().find(|file| file.field == name)
    }

    /// Takes the file of a control out of the form.
    pub fn take_file(&mut self, name: &str) -> Option<UploadedFile> {
        let at = self.files.iter().position(|file| file.field == name)?;
        Some(self.files.swap_remove(at))
    }

    /// Every file, in the form's order.
    #[must_use]
    pub fn files(&self) -> &[UploadedFile] {
        &self.files
    }

    fn add(&mut self, part: &[u8]) -> Result<(), MultipartError> {
        let (head, content) = if let Some(content) = part.strip_prefix(b"\r\n") {
            (&[][..], content)
        } else {
            let end = find(part, b"\r\n\r\n").ok_or(MultipartError::Head)?;
            (&part[..end], &part[end + 4..])
        };
        if head.len() > PART_HEAD_BYTES_MAX {
            return Err(MultipartError::Head);
        }
        let head = std::str::from_utf8(head).map_err(|_| MultipartError::Head)?;
        let header = |wanted: &str| {
            head.split("\r\n").find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.trim()
                    .eq_ignore_ascii_case(wanted)
                    .then(|| value.trim())
            })
        };
        let disposition = header("content-disposition").ok_or(MultipartError::Head)?;
        let parameters = disposition
            .get(..9)
            .filter(|kind| kind.eq_ignore_ascii_case("form-data"))
            .map(|_| &disposition[9..])
            .ok_or(MultipartError::Head)?;
        let name = parameter(parameters, "name").ok_or(MultipartError::Head)?;
        let Some(file_name) = parameter(parameters, "filename") else {
            self.fields.push((name, Zeroizing::new(content.to_vec())));
            return Ok(());
        };
        if file_name.is_empty() && content.is_empty() {
            return Ok(()); // a file control that was left empty
        }
        self.files.push(UploadedFile {
            field: name,
            name: without_folders(&file_name),
            media_type: header("content-type")
                .unwrap_or("application/octet-stream")
                .to_owned(),
            bytes: Zeroizing::new(content.to_vec()),
        });
        Ok(())
    }
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = content_type(request.headers()).to_owned();
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large"))?;
        Self::read(&content_type, &body).map_err(|error| {
            let status = match error {
                MultipartError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                _ => StatusCode::BAD_REQUEST,
            };
            Problem::new(status, "form-malformed").because(error)
        })
    }
}

pub(crate) fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(&format!(";{parameters}"), "boundary")?;
    let fits = (1..=70).contains(&boundary.len())
        && boundary.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    fits.then_some(boundary)
}

/// A parameter of a header: `; name="value"` or `; name=value`. Browsers write `"` as `%22` (WHATWG).
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start().strip_prefix(';')?.trim_start();
        let (name, after) = rest.split_once('=')?;
        let value;
        if let Some(quoted) = after.strip_prefix('"') {
            let mut text = String::new();
            let mut end = None;
            let mut chars = quoted.char_indices();
            while let Some((at, c)) = chars.next() {
                match c {
                    '"' => {
                        end = Some(at + 1);
                        break;
                    }
                    // Old clients escape with a backslash; names of Windows files do not end in a quote.
                    '\\' if quoted[at + 1..].starts_with(['"', '\\']) => {
                        text.extend(chars.next().map(|(_, c)| c));
                    }
                    c => text.push(c),
                }
            }
            rest = &quoted[end?..];
            value = text
                .replace("%22", "\"")
                .replace("%0D", "")
                .replace("%0A", "");
        } else {
            let end = after.find(';').unwrap_or(after.len());
            value = after[..end].trim().to_owned();
            rest = &after[end..];
        }
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
}

fn without_folders(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(255).collect()
}

fn after<'b>(body: &'b [u8], needle: &[u8]) -> Option<&'b [u8]> {
    find(body, needle).map(|at| &body[at + needle.len()..])
}

/// The first place of `needle`, which is never empty here.
fn find(body: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    loop {
        let at = from + body.get(from..)?.iter().position(|byte| byte == first)?;
        if body[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundaryX";

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend_from_slice(b"------WebKitFormBoundaryX\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"------WebKitFormBoundaryX--\r\n");
        body
    }

    #[test]
    fn fields_and_files_come_out_byte_for_byte() {
        let key = b"\x30\x82\r\n--\r\n------WebKitFormBoundary\0\xff";
        let body = body(&[
            ("Content-Disposition: form-data; name=\"_csrf\"", b"abc"),
            (
                "Content-Disposition: form-data; name=\"key\"; filename=\"C:\\keys\\a%22b.p12\"\r\nContent-Type: application/x-pkcs12",
                key,
            ),
            (
                "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream",
                b"",
            ),
            (
                "content-disposition: form-data; name=name",
                "Құпия".as_bytes(),
            ),
            ("Content-Disposition: form-data; name=\"empty\"", b""),
        ]);
        let form = Multipart::read(TYPE, &body).unwrap();
        assert_eq!(
            form.texts().collect::<Vec<_>>(),
            [("_csrf", "abc"), ("name", "Құпия"), ("empty", "")]
        );
        assert_eq!(form.files().len(), 1);
        let file = form.file("key").unwrap();
        assert_eq!(
            (file.name.as_str(), file.bytes.as_slice()),
            ("a\"b.p12", &key[..])
        );
        assert_eq!(file.media_type, "application/x-pkcs12");
        assert!(form.file("none").is_none());
    }

    #[test]
    fn a_form_that_breaks_off_at_any_byte_is_refused() {
        let whole = body(&[("Content-Disposition: form-data; name=\"a\"", b"1")]);
        // The line end after the last delimiter may be missing.
        for length in 0..whole.len() {
            assert_eq!(
                Multipart::read(TYPE, &whole[..length]).is_ok(),
                length >= whole.len() - 2,
                "{length}"
            );
        }
    }

    #[test]
    fn each_fault_has_its_name() {
        let read = |content_type: &str, body: &[u8]| Multipart::read(content_type, body).map(drop);
        assert_eq!(
            read("application/x-www-form-urlencoded", b"a=1"),
            Err(MultipartError::ContentType)
        );
        assert_eq!(
            read("multipart/form-data; boundary=", b""),
            Err(MultipartError::ContentType)
        );
        assert_eq!(
            read("multipart/form-data; boundary=\"x", b"--x--"),
            Err(MultipartError::ContentType)
        );
        let quoted = "multipart/form-data; boundary=\"x\"";
        assert_eq!(read(quoted, b"--x--"), Ok(()));
        assert_eq!(read(quoted, b"--x\r\n--x--"), Err(MultipartError::Head));
        assert_eq!(
            read(quoted, b"--x\r\n\r\nvalue\r\n--x--"),
            Err(MultipartError::Head)
        );
        assert_eq!(read(quoted, b"--xy\r\n"), Err(MultipartError::Framing));
        let many = body(&vec![
            (
                "Content-Disposition: form-data; name=\"a\"",
                &b"1"[..]
            );
            PARTS_MAX + 1
        ]);
        assert_eq!(read(TYPE, &many), Err(MultipartError::TooMany));
    }

    #[test]
    fn what_the_visitor_calls_a_file_has_no_folders_and_no_controls() {
        assert_eq!(without_folders("../../etc/passwd"), "passwd");
        assert_eq!(without_folders("a\u{0}b\n.xml"), "ab.xml");
        assert_eq!(without_folders(""), "");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(head in ".{0,80}", body: Vec<u8>) {
            let _ = Multipart::read(&format!("multipart/form-data; boundary={head}"), &body);
            let framed = [b"--x\r\n", body.as_slice(), b"\r\n--x--"].concat();
            let _ = Multipart::read("multipart/form-data; boundary=x", &framed);
        }

        #[test]
        fn what_is_written_is_read(name in "[^\"\\\\\\p{C}]{1,20}", content: Vec<u8>) {
            let head = format!("Content-Disposition: form-data; name=\"f\"; filename=\"{}\"", name.replace(['/', '%'], "_"));
            let body = body(&[(&head, &content)]);
            let form = Multipart::read(TYPE, &body).unwrap();
            let file = form.file("f").unwrap();
            proptest::prop_assert_eq!(file.bytes.as_slice(), content.as_slice());
            proptest::prop_assert_eq!(&file.name, &name.replace(['/', '%'], "_"));
        }
    }
}

//! Key files and passwords, as commands are given them.

use std::io::Read as _;
use std::path::Path;

use qaqpa_x509::pkcs12::{self, KeyFile, Pkcs12Error};
use zeroize::Zeroizing;

use crate::exit::Failure;

/// Bytes of a document or key file that a command reads; a longer one is refused, for its beginning is another file.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Reads a file, or standard input for `-`.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, FILE_BYTES_MAX)
}

/// Reads a capsule: as [`read_file`], but longer, for lists of revoked certificates.
pub(crate) fn read_capsule(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, qaqpa_verdict::CAPSULE_BYTES_MAX as u64)
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let complain = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    // One byte more than is taken, to notice that there is more.
    let enough = bytes_max.saturating_add(1);
    if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(enough)
            .read_to_end(&mut bytes)
            .map_err(complain)?;
    } else {
        let file = std::fs::File::open(path).map_err(complain)?;
        file.take(enough)
            .read_to_end(&mut bytes)
            .map_err(complain)?;
    }
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::usage(format!(
            "{}: longer than {bytes_max} bytes, and a part of it is not what was given",
            path.display()
        )));
    }
    Ok(bytes)
}

/// The first line of the password file, or what is typed at the prompt.
pub(crate) fn password(file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(path) => {
            let text = Zeroizing::new(
                std::fs::read_to_string(path)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?,
            );
            Ok(Zeroizing::new(
                text.lines().next().unwrap_or_default().to_owned(),
            ))
        }
        None => rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|error| {
                Failure::usage(format!("no password: {error}"))
                    .remedy("write it on the first line of a file and give --password-file FILE")
            }),
    }
}

/// Opens a key file with one key.
pub(crate) fn key_file(path: &Path, password: &str) -> Result<KeyFile, Failure> {
    key_file_of(path, password, None)
}

/// Opens a key file: the key of that name, where it may have several.
pub(crate) fn key_file_of(
    path: &Path,
    password: &str,
    alias: Option<&str>,
) -> Result<KeyFile, Failure> {
    let bytes = Zeroizing::new(read_file(path)?);
    let read = match alias {
        Some(alias) => pkcs12::read_alias(&bytes, password, alias),
        None => pkcs12::read(&bytes, password),
    };
    read.map_err(|error| {
        let failure = Failure::no(format!("{}: {error}", path.display()));
        match (error, pkcs12::aliases(&bytes, password)) {
            (Pkcs12Error::AliasUnknown { .. } | Pkcs12Error::SeveralKeys, Ok(names)) => {
                failure.remedy(format!("give --alias NAME, one of {}", names.join(", ")))
            }
            _ => failure,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_file_is_read_whole_or_refused_and_never_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"1234").unwrap();
        assert_eq!(read(&path, 4).ok(), Some(b"1234".to_vec()));
        let refused = read(&path, 3).unwrap_err();
        assert_eq!(refused.exit, crate::exit::Exit::Usage);
        assert!(
            refused.message.contains("longer than 3 bytes"),
            "{refused:?}"
        );
    }
}

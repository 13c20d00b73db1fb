//! The token of the control ports.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::files::{self, FileError};
use crate::paths;
use crate::random::random_hex;

/// The random token that opens the control ports of one simulator: 64 hexadecimal characters.
#[derive(Clone)]
pub struct ControlToken(Arc<str>);

impl ControlToken {
    /// Reads `DIR/control-token`, or makes it (0600): whoever comes first.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::Malformed`] where the file holds something else.
    pub fn open_or_create(dir: &Path) -> Result<Self, FileError> {
        let path = paths::control_token(dir);
        let bytes = match files::read_if_there(&path)? {
            Some(bytes) => bytes,
            None => files::write_private_once(&path, random_hex::<32>().as_bytes())?,
        };
        Self::of_bytes(&path, &bytes)
    }

    /// Reads `DIR/control-token`.
    ///
    /// # Errors
    /// [`FileError`]; [`FileError::Malformed`] where there is no token.
    pub fn read(dir: &Path) -> Result<Self, FileError> {
        let path = paths::control_token(dir);
        let bytes = files::read_if_there(&path)?.unwrap_or_default();
        Self::of_bytes(&path, &bytes)
    }

    /// The token as it is sent.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether this is the token; takes as long for a nearly right one as for any other.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        let (own, given) = (self.0.as_bytes(), given.as_bytes());
        if own.len() != given.len() {
            return false; // the length is no secret
        }
        let differing = own.iter().zip(given).fold(0, |so_far, (own, given)| {
            std::hint::black_box(so_far | (own ^ given))
        });
        differing == 0
    }

    fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, FileError> {
        let text = String::from_utf8_lossy(bytes);
        let token = text.trim();
        if token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(token.into()));
        }
        Err(FileError::Malformed {
            path: path.to_owned(),
            why: "not a token of 64 hexadecimal characters".to_owned(),
        })
    }
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_stays_the_same_and_only_itself_opens() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ControlToken::read(dir.path()).is_err());
        let token = ControlToken::open_or_create(dir.path()).unwrap();
        let again = ControlToken::open_or_create(dir.path()).unwrap();
        assert_eq!(token.reveal(), again.reveal());
        assert!(token.is(again.reveal()));
        assert!(!token.is("") && !token.is(&token.reveal()[1..]));
        let mut other = token.reveal().to_owned();
        let last = if other.pop() == Some('0') { '1' } else { '0' };
        other.push(last);
        assert!(!token.is(&other));
        assert_eq!(format!("{token:?}"), "ControlToken");
    }

    #[test]
    fn a_damaged_token_file_is_named_and_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(paths::control_token(dir.path()), "short").unwrap();
        assert!(matches!(
            ControlToken::open_or_create(dir.path()),
            Err(FileError::Malformed { .. })
        ));
    }
}

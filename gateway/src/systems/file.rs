//! The register's file: read, and refused with the line of each fault.
//!
//! ```toml
//! version = 1
//!
//! [[system]]
//! sender = "integrator-1"              # what the envelope names
//! certificate = "integrator-1.pem"     # beside this file; without it the ready-made one
//! tls = "integrator-1-tls.pem"         # shown in the TLS handshake; without it any or none
//! password = "…"                       # without it the ready-made one, or none
//! services = ["SERVICE@ACT"]           # without it every one
//! push = "https://127.0.0.1:9443/async/"
//! answers = "unsigned"                 # what answers at `push` may be; "signed" without it
//! notify = true                        # whether status changes are pushed, too
//! strict = true                        # refuses every departure from the schema
//! per_minute_max = 600
//! body_bytes_max = 1000000
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use qaqpa_channel::AnswersOf;
use qaqpa_crypto::sha256;
use qaqpa_model::{Actor, SenderId, ServiceAtAct};
use qaqpa_regulations::Catalogue;
use qaqpa_transport::random_bytes;
use qaqpa_x509::Certificate;
use serde::Deserialize;
use toml::Spanned;

use super::terms::{Password, Register, Registered, Terms};

/// The version of the format.
const VERSION: u32 = 1;

/// Why a register is not taken: every fault with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegisterError {
    /// The file, as people know it.
    pub(crate) file: String,
    /// Lines from 1, and what is wrong there.
    pub(crate) faults: Vec<(usize, String)>,
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (line, why)) in self.faults.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}, line {line}: {why}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegisterError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<u32>,
    #[serde(default)]
    system: Vec<RawSystem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSystem {
    sender: Spanned<String>,
    certificate: Option<Spanned<String>>,
    tls: Option<Spanned<String>>,
    password: Option<String>,
    services: Option<Vec<Spanned<String>>>,
    push: Option<Spanned<String>>,
    #[serde(default)]
    answers: RawAnswers,
    #[serde(default = "yes")]
    notify: bool,
    #[serde(default)]
    strict: bool,
    per_minute_max: Option<u32>,
    body_bytes_max: Option<usize>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawAnswers {
    #[default]
    Signed,
    Unsigned,
}

const fn yes() -> bool {
    true
}

/// Reads a register. Certificates are files beside it (`folder`), or PEM in the text itself.
pub(super) fn read(
    name: &str,
    text: &str,
    folder: &Path,
    catalogue: &Catalogue,
) -> Result<Register, RegisterError> {
    let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let refused = |faults| RegisterError {
        file: name.to_owned(),
        faults,
    };
    let raw: RawFile = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(1, |span| line(span.start));
        refused(vec![(at, error.message().to_owned())])
    })?;
    let mut faults = Vec::new();
    if *raw.version.get_ref() != VERSION {
        let at = line(raw.version.span().start);
        faults.push((at, format!("the version is not {VERSION}")));
    }
    let mut seen = BTreeSet::new();
    let mut systems = Vec::with_capacity(raw.system.len());
    for system in raw.system {
        let at = line(system.sender.span().start);
        if !seen.insert(system.sender.get_ref().clone()) {
            let again = format!("{:?} is registered twice", system.sender.get_ref());
            faults.push((at, again));
        }
        match take(system, folder, catalogue, &line) {
            Ok(system) => systems.push(system),
            Err(mut found) => faults.append(&mut found),
        }
    }
    if faults.is_empty() {
        return Ok(Register { systems });
    }
    faults.sort();
    Err(refused(faults))
}

fn take(
    raw: RawSystem,
    folder: &Path,
    catalogue: &Catalogue,
    line: &impl Fn(usize) -> usize,
) -> Result<Registered, Vec<(usize, String)>> {
    let mut faults = Vec::new();
    let at = line(raw.sender.span().start);
    let sender = SenderId::parse(raw.sender.get_ref())
        .map_err(|error| faults.push((at, format!("sender: {error}"))))
        .ok();
    if Actor::parse(raw.sender.get_ref()).is_some() {
        let why = format!("{} is an actor of the simulator", raw.sender.get_ref());
        faults.push((at, why));
    }
    let mut read = |named: Option<Spanned<String>>| {
        let named = named?;
        let read = read_certificate(named.get_ref(), folder);
        read.map_err(|why| faults.push((line(named.span().start), why)))
            .ok()
    };
    let (certificate, tls) = (read(raw.certificate), read(raw.tls));
    let services = raw.services.map(|services| {
        let mut known = Vec::with_capacity(services.len());
        for service in services {
            // A service of an act is in the catalogue; any other name is a register's, which the routes know.
            let name = service.get_ref();
            let act = name.contains('@');
            if act && !ServiceAtAct::parse(name).is_ok_and(|id| catalogue.service(&id).is_some()) {
                let why = format!("the catalogue has no service {name:?}");
                faults.push((line(service.span().start), why));
            }
            known.push(service.into_inner());
        }
        known
    });
    if let Some(push) = &raw.push
        && !(push.get_ref().starts_with("https://") || push.get_ref().starts_with("http://"))
    {
        let why = format!("push: {:?} is no address of HTTP", push.get_ref());
        faults.push((line(push.span().start), why));
    }
    match sender {
        Some(sender) if faults.is_empty() => Ok(Registered {
            sender,
            certificate,
            password: raw.password.as_deref().map(Password::of),
            terms: Terms {
                services,
                push: raw.push.map(Spanned::into_inner),
                answers: match raw.answers {
                    RawAnswers::Signed => AnswersOf::Signed,
                    RawAnswers::Unsigned => AnswersOf::Unsigned,
                },
                notify: raw.notify,
                tls,
                strict: raw.strict,
                per_minute_max: raw.per_minute_max,
                body_bytes_max: raw.body_bytes_max,
            },
            line: at,
        }),
        _ => Err(faults),
    }
}

/// Bytes of a certificate's file: the longest that is met has four thousand.
const CERTIFICATE_BYTES_MAX: u64 = 65_536;

fn read_certificate(named: &str, folder: &Path) -> Result<Certificate, String> {
    let pem = if named.trim_start().starts_with("-----BEGIN") {
        named.as_bytes().to_vec()
    } else {
        let path = folder.join(named);
        let failed = |why: String| format!("certificate: {}: {why}", path.display());
        let length = std::fs::metadata(&path).map_err(|error| failed(error.to_string()))?;
        if length.len() > CERTIFICATE_BYTES_MAX {
            return Err(failed(format!("longer than {CERTIFICATE_BYTES_MAX} bytes")));
        }
        std::fs::read(&path).map_err(|error| failed(error.to_string()))?
    };
    // The first is the system's own; those of the authorities above it may follow.
    let found =
        Certificate::chain_from_pem(&pem).map_err(|error| format!("certificate: {error}"))?;
    let own = found.into_iter().next();
    own.ok_or_else(|| "certificate: no certificate in it".to_owned())
}

impl Password {
    fn of(text: &str) -> Self {
        let salt = random_bytes::<16>();
        Self {
            salt,
            digest: salted(&salt, text),
        }
    }

    /// Whether it is this one, compared in constant time.
    pub(crate) fn is(&self, offered: &str) -> bool {
        qaqpa_crypto::constant_time_eq(&self.digest, &salted(&self.salt, offered))
    }
}

fn salted(salt: &[u8; 16], password: &str) -> [u8; 32] {
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(password.as_bytes());
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Register, RegisterError> {
        let folder = Path::new("/nowhere");
        read(
            "systems.toml",
            text,
            folder,
            &Catalogue::embedded().unwrap(),
        )
    }

    #[test]
    fn a_register_says_what_is_agreed_and_the_rest_is_usual() {
        let register = read_text(
            r#"
version = 1
[[system]]
sender = "integrator-1"
password = "secret"
services = ["guardianship-certificate@zhambyl-2019-23"]
push = "http://127.0.0.1:9000/async"
answers = "unsigned"
strict = true
per_minute_max = 2
[[system]]
sender = "integrator-2"
"#,
        )
        .unwrap();
        let id = |text| SenderId::parse(text).unwrap();
        let first = register.system(&id("integrator-1")).unwrap();
        assert_eq!(
            (first.line, first.terms.strict, first.terms.notify),
            (4, true, true)
        );
        assert_eq!(first.terms.answers, AnswersOf::Unsigned);
        assert!(
            first
                .terms
                .allows("guardianship-certificate@zhambyl-2019-23")
        );
        assert!(!first.terms.allows("GBDFL_UniversalServiceSync"));
        let password = first.password.as_ref().unwrap();
        assert!(password.is("secret") && !password.is("Secret"));
        assert!(!format!("{first:?} {}", first.view()).contains("secret"));
        assert_eq!(*register.terms(&id("integrator-2")), Terms::USUAL);
        assert_eq!(*register.terms(&id("somebody")), Terms::USUAL);
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let text = r#"version = 2
[[system]]
sender = "portal"
[[system]]
sender = "a b"
services = ["no-such@act"]
push = "ftp://x"
[[system]]
sender = "c"
certificate = "no-such.pem"
[[system]]
sender = "c"
"#;
        let error = read_text(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "systems.toml, line 1: the version is not 1\n\
             systems.toml, line 3: portal is an actor of the simulator\n\
             systems.toml, line 5: sender: a character that is not allowed\n\
             systems.toml, line 6: the catalogue has no service \"no-such@act\"\n\
             systems.toml, line 7: push: \"ftp://x\" is no address of HTTP\n\
             systems.toml, line 10: certificate: /nowhere/no-such.pem: No such file or directory (os error 2)\n\
             systems.toml, line 12: \"c\" is registered twice"
        );
        let unknown = read_text("version = 1\n[[system]]\nsender = \"a\"\npusch = \"x\"\n");
        assert_eq!(unknown.unwrap_err().faults[0].0, 4);
    }
}

//! `qaqpa ca trust`: the TEST authority's certificates, and how to trust them.

use std::fmt::Write as _;
use std::path::Path;

use qaqpa_crypto::{DigestAlgorithm, KeyKind};
use qaqpa_transport::paths;
use qaqpa_x509::Certificate;
use serde_json::{Value, json};

use super::guide::{self, Files, Recipe};
use crate::cli::{Format, Trust};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output};

/// One of the authority's certificates.
struct Anchor {
    kind: KeyKind,
    /// `root` or `issuing`.
    level: &'static str,
    certificate: Certificate,
}

pub(super) fn run(settings: &Settings, options: &Trust, format: Format) -> Outcome {
    let kinds = match options.key {
        Some(key) => vec![key.kind()],
        None => KeyKind::ALL.to_vec(),
    };
    let signature = paths::trust_signature(&settings.data);
    let mut anchors = Vec::new();
    for kind in kinds {
        let path = signature.with_file_name(format!("{kind}.pem"));
        anchors.extend(read(kind, &path)?);
    }
    let mut files = Files {
        signature: match options.key {
            Some(key) => signature.with_file_name(format!("{}.pem", key.kind())),
            None => signature.clone(),
        },
        first: signature.with_file_name(match options.key {
            Some(key) => format!("{}.pem", key.kind()),
            None => "rsa.pem".to_owned(),
        }),
        tls: paths::trust_tls(&settings.data),
    };
    if let Some(out) = &options.out {
        files = write(out, &anchors, &files, format)?;
        let text = text(&anchors, &guide::recipes(&files));
        let path = out.join("README.txt");
        std::fs::write(&path, text).map_err(|error| cannot(&path, &error))?;
    }
    let recipes = guide::recipes(&files);
    match format {
        Format::Json => output::say_json(&as_json(&anchors, &files, &recipes))?,
        Format::Der if options.out.is_none() => {
            return Err(Failure::usage("DER has one certificate a file: where to?")
                .remedy("give --out DIR"));
        }
        _ if options.out.is_some() => say_files(options.out.as_deref()),
        Format::Pem => output::say_bytes(pem(&anchors).as_bytes()),
        _ => output::say_bytes(text(&anchors, &recipes).as_bytes()),
    }
    Ok(Exit::Yes)
}

/// The root and the issuing authority of one kind, as the authority wrote them.
fn read(kind: KeyKind, path: &Path) -> Result<Vec<Anchor>, Failure> {
    let bytes = key_input::read_file(path).map_err(|failure| {
        failure.remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR")
    })?;
    let unreadable = || Failure::own(format!("{}: not the authority's file", path.display()));
    let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
    const END: &str = "-----END CERTIFICATE-----\n";
    let blocks = text
        .split_inclusive(END)
        .filter(|block| block.contains(END));
    let levels = ["root", "issuing"].into_iter();
    blocks
        .zip(levels)
        .map(|(block, level)| {
            Ok(Anchor {
                kind,
                level,
                certificate: Certificate::from_pem(block.as_bytes()).map_err(|_| unreadable())?,
            })
        })
        .collect()
}

impl Anchor {
    fn title(&self) -> String {
        format!(
            "{} {}: {}, until {}, SHA-256 {}",
            self.kind,
            self.level,
            self.certificate.subject(),
            self.certificate.not_after(),
            self.digest()
        )
    }

    fn digest(&self) -> String {
        DigestAlgorithm::Sha256
            .digest(self.certificate.der())
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect()
    }

    /// `qaqpa-test-rsa-root`.
    fn file_stem(&self) -> String {
        format!("qaqpa-test-{}-{}", self.kind, self.level)
    }
}

fn pem(anchors: &[Anchor]) -> String {
    anchors
        .iter()
        .map(|anchor| anchor.certificate.to_pem())
        .collect()
}

/// The guide as comments, which every reader of PEM skips, and the certificates.
fn text(anchors: &[Anchor], recipes: &[Recipe]) -> String {
    let mut text = String::new();
    for line in guide::text(recipes).lines() {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
    }
    for anchor in anchors {
        let _ = write!(
            text,
            "\n# {}\n{}",
            anchor.title(),
            anchor.certificate.to_pem()
        );
    }
    text
}

fn as_json(anchors: &[Anchor], files: &Files, recipes: &[Recipe]) -> Value {
    let certificate = |anchor: &Anchor| {
        json!({
            "key": anchor.kind.name(),
            "level": anchor.level,
            "subject": anchor.certificate.subject().to_string(),
            "not_before": anchor.certificate.not_before().to_string(),
            "not_after": anchor.certificate.not_after().to_string(),
            "sha256": anchor.digest(),
            "pem": anchor.certificate.to_pem(),
        })
    };
    json!({
        "warning": guide::WARNING,
        "files": { "signature": files.signature, "tls": files.tls },
        "certificates": anchors.iter().map(certificate).collect::<Vec<_>>(),
        "recipes": recipes.iter().map(Recipe::as_json).collect::<Vec<_>>(),
    })
}

/// Writes one file a certificate, and all in one; gives back where the guide's files are.
fn write(out: &Path, anchors: &[Anchor], files: &Files, format: Format) -> Result<Files, Failure> {
    std::fs::create_dir_all(out).map_err(|error| cannot(out, &error))?;
    let out = std::path::absolute(out).map_err(|error| cannot(out, &error))?;
    let put = |name: String, bytes: &[u8]| {
        let path = out.join(name);
        std::fs::write(&path, bytes).map_err(|error| cannot(&path, &error))?;
        Ok::<_, Failure>(path)
    };
    for anchor in anchors {
        match format {
            Format::Der => put(
                format!("{}.cer", anchor.file_stem()),
                anchor.certificate.der(),
            )?,
            _ => put(
                format!("{}.pem", anchor.file_stem()),
                anchor.certificate.to_pem().as_bytes(),
            )?,
        };
    }
    let tls = key_input::read_file(&files.tls)?;
    let first = anchors
        .first()
        .map(|anchor| anchor.certificate.to_pem())
        .unwrap_or_default();
    Ok(Files {
        signature: put("qaqpa-test.pem".to_owned(), pem(anchors).as_bytes())?,
        first: put("qaqpa-test-first-root.pem".to_owned(), first.as_bytes())?,
        tls: put("qaqpa-test-tls.pem".to_owned(), &tls)?,
    })
}

fn say_files(out: Option<&Path>) {
    let Some(out) = out else { return };
    let mut names: Vec<String> = std::fs::read_dir(out)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().display().to_string())
        .collect();
    names.sort();
    names.iter().for_each(output::say);
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{}: {error}", path.display()))
}

//! `qaqpa ca issue`: a certificate with a new key file, or for a PKCS#10 request.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_transport::{ControlClient, files};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::text;
use crate::cli::{Format, Issue};
use crate::exit::{Exit, Failure, Outcome};
use crate::{key_input, output, running};

pub(super) async fn run(authority: &ControlClient, options: &Issue, format: Format) -> Outcome {
    let mut order = json!({
        "id": options.id,
        "iin": options.iin,
        "name": options.name,
        "role": options.role.name(),
        "purpose": options.purpose.name(),
        "bin": options.bin,
        "organization": options.organization,
        "not_before": options.not_before,
        "not_after": options.not_after,
        "days": options.days,
        "test_identity": options.test_identity,
    });
    match &options.csr {
        Some(path) => order["csr"] = json!(request_pem(&key_input::read_file(path)?)?),
        None => {
            let prompt = "Password of the new key file: ";
            let password = key_input::password(options.password_file.as_deref(), prompt)?;
            order["key"] = json!(options.key.kind().name());
            order["password"] = json!(password.as_str());
        }
    }
    let answer: Value = authority
        .post("/issue", &order)
        .await
        .map_err(running::refused)?;
    let path = match answer["p12"].as_str() {
        Some(key) => {
            let key = Zeroizing::new(STANDARD.decode(key).map_err(Failure::own)?);
            let path = place(&options.out, text(&answer["file_name"]));
            files::write_private(&path, &key).map_err(Failure::usage)?;
            path
        }
        None => {
            let chain = format!("{}{}", text(&answer["certificate"]), text(&answer["chain"]));
            let path = place(&options.out, &format!("{}.pem", options.id));
            std::fs::write(&path, chain)
                .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            path
        }
    };
    for notice in answer["notices"].as_array().into_iter().flatten() {
        let (label, meaning) = (text(&notice["label"]), text(&notice["meaning"]));
        output::progress(format_args!("warning: {label}: {meaning}"));
    }
    let is_request = options.csr.is_some();
    match format {
        Format::Json => {
            let mut shown = json!({
                "id": options.id,
                "serial": answer["serial"],
                "key_kind": answer["key_kind"],
                "not_before": answer["not_before"],
                "not_after": answer["not_after"],
                "notices": answer.get("notices").cloned().unwrap_or_else(|| json!([])),
            });
            shown[if is_request { "certificate" } else { "key" }] = json!(path);
            output::say_json(&shown)?;
        }
        _ => output::say(format_args!(
            "{}: serial {}, {} {}",
            options.id,
            text(&answer["serial"]),
            if is_request {
                "certificate"
            } else {
                "key file"
            },
            path.display()
        )),
    }
    Ok(Exit::Yes)
}

/// The file, or the name in the folder.
fn place(out: &Path, name: &str) -> PathBuf {
    if out.is_dir() {
        out.join(name)
    } else {
        out.to_owned()
    }
}

/// A request as PEM, from PEM or DER.
fn request_pem(bytes: &[u8]) -> Result<String, Failure> {
    if bytes.first() != Some(&0x30) {
        return String::from_utf8(bytes.to_vec())
            .map_err(|_| Failure::no("csr-malformed: the request is neither PEM nor DER"));
    }
    let mut pem = "-----BEGIN CERTIFICATE REQUEST-----\n".to_owned();
    for line in STANDARD.encode(bytes).as_bytes().chunks(64) {
        pem.push_str(std::str::from_utf8(line).map_err(Failure::own)?);
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE REQUEST-----\n");
    Ok(pem)
}

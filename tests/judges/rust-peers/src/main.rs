//! The judges that are Rust crates, in a process of their own.
//!
//!     qaqpa-judges-peers bergshamra|xml-sec KEYS_FOLDER
//!
//! Asked on stdin: `LENGTH PROFILE KEY ALGORITHM\n` and LENGTH bytes. Answers on stdout: `accept` or `refuse REASON`.
//! For benches (`bench.rs`): `LENGTH TASK KEY ALGORITHM TIMES\n` and a batch.

mod bench;

use std::collections::HashMap;
use std::io::{BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra_dsig::{DsigContext, VerifyResult};
use bergshamra_keys::{Key, KeyData, KeyUsage, KeysManager};
use xml_sec::IdAttributeRegistration;
use xml_sec::xmldsig::{DsigStatus, VerificationKey, VerifyContext};

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// The longest document that a bench asks about.
const BYTES_MAX: usize = 64 << 20;

type Verdict = Result<(), String>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [name, folder] => serve(name, Path::new(folder)),
        _ => Err("usage: qaqpa-judges-peers bergshamra|xml-sec KEYS_FOLDER".into()),
    }
}

/// Answers questions until stdin ends.
fn serve(name: &str, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut keys: HashMap<String, Vec<u8>> = HashMap::new();
    std::panic::set_hook(Box::new(|_| {}));
    loop {
        let mut header = String::new();
        if input.read_line(&mut header)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = header.split_whitespace().collect();
        let (&[length, profile, key, algorithm] | &[length, profile, key, algorithm, _]) =
            &words[..]
        else {
            return Err("not a question".into());
        };
        let mut bytes = vec![0; length.parse()?];
        input.read_exact(&mut bytes)?;
        if let Some(times) = words.get(4) {
            let task = bench::Task {
                judge: name,
                name: profile,
                key,
                folder,
                times: times.parse()?,
            };
            task.answer(&bytes, &mut input, &mut output)?;
            continue;
        }
        let spki = keys
            .entry(key.to_owned())
            .or_insert_with(|| pem(&folder.join(format!("{key}.public.pem"))));
        let verdict = catch_unwind(AssertUnwindSafe(|| match name {
            "bergshamra" => by_bergshamra(&bytes, profile, key, spki),
            _ => by_xml_sec(&bytes, profile, algorithm, spki),
        }));
        let line = match verdict {
            Ok(Ok(())) => "accept".to_owned(),
            Ok(Err(reason)) => format!(
                "refuse {}",
                reason.split_whitespace().collect::<Vec<_>>().join(" ")
            ),
            Err(_) => "panicked".to_owned(),
        };
        writeln!(output, "{line}")?;
        output.flush()?;
    }
}

/// bergshamra takes text: what is not UTF-8 is not its to read, and a byte order mark is not text.
fn text(bytes: &[u8]) -> Result<&str, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| "judge: not UTF-8".to_owned())
}

/// The key in the shape that bergshamra keeps.
fn bergshamra_context(spki: &[u8], key: &str, profile: &str) -> Result<DsigContext, String> {
    let family = if key.starts_with("rsa") {
        kryptering::KeyAlgorithm::Rsa
    } else if key == "p256" {
        kryptering::KeyAlgorithm::Ec(kryptering::EcCurve::P256)
    } else {
        kryptering::KeyAlgorithm::Ec(kryptering::EcCurve::P384)
    };
    let data =
        KeyData::from_spki_der(family, spki).map_err(|error| format!("judge: key: {error}"))?;
    let mut manager = KeysManager::new();
    manager.add_key(Key::new(data, KeyUsage::Verify));
    // Strict positions are of SAML: a Body is no sibling of its signature.
    Ok(DsigContext::new(manager).with_strict_verification(profile != "wsse"))
}

fn by_bergshamra(bytes: &[u8], profile: &str, key: &str, spki: &[u8]) -> Verdict {
    let context = bergshamra_context(spki, key, profile)?;
    let results = bergshamra_dsig::verify::verify_all(&context, text(bytes)?)
        .map_err(|error| error.to_string())?;
    if results.len() > 1 && profile != "wsse" {
        return Err(format!("policy: {} signatures", results.len()));
    }
    match results.first() {
        Some(result) if result.all_reference_digests_verified() => Ok(()),
        Some(VerifyResult::Invalid { reason }) => Err(reason.clone()),
        _ => Err("no reference was verified".to_owned()),
    }
}

fn by_xml_sec(bytes: &[u8], profile: &str, algorithm: &str, spki: &[u8]) -> Verdict {
    let algorithm =
        xml_sec::xmldsig::SignatureAlgorithm::from_uri(algorithm).ok_or("judge: algorithm")?;
    let key = VerificationKey {
        algorithm,
        public_key_bytes: spki.to_vec(),
        certificate_der: None,
        name: None,
    };
    let ids = [IdAttributeRegistration::global("Id").with_attribute_namespace(Some(WSU))];
    let mut context = VerifyContext::new().key(&key).id_attributes(&ids);
    if profile == "wsse" {
        context = context.first_document_signature();
    }
    let text = xml_sec::xml_input::decode_xml_bounded(bytes, None, BYTES_MAX)
        .map_err(|error| error.to_string())?;
    let result = context.verify(&text).map_err(|error| error.to_string())?;
    match result.status {
        DsigStatus::Valid if !result.signed_info_references.is_empty() => Ok(()),
        status => Err(format!("{status:?}")),
    }
}

fn pem(path: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap_or_default()
}

//! Ourselves and the floor as workers, asked as the other judges are.

use std::error::Error;
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{PrivateKey, PublicKey, SignatureAlgorithm};
use qaqpa_judges::keys::pem;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{self, Crl, CrlStatus};
use qaqpa_x509::{Certificate, TrustAnchors, path};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Signer, find_enveloped, sign_enveloped};
use quick_xml::events::Event;
use quick_xml::reader::NsReader;

type Done<T> = Result<T, Box<dyn Error>>;

/// What a worker has ready before it begins.
struct Ready {
    /// The given key, ready for us and for the floor.
    key: PublicKey,
    parsed: ParsedPublicKey,
    private: Option<PrivateKey>,
    certificate: Vec<u8>,
    trust: Option<Trust>,
    limits: XmlLimits,
}

struct Trust {
    anchors: TrustAnchors,
    pool: Vec<Certificate>,
    issuing_key: ParsedPublicKey,
    list: Crl,
    at: Moment,
}

/// Answers questions of benches until stdin ends.
pub fn serve(name: &str, folder: &Path) -> Done<()> {
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    loop {
        let mut header = String::new();
        if input.read_line(&mut header)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = header.split_whitespace().collect();
        let [length, task, key, _algorithm, times] = words[..] else {
            return Err("not a question".into());
        };
        let mut batch = vec![0; length.parse()?];
        input.read_exact(&mut batch)?;
        let ready = ready(folder, key)?;
        let times: u64 = times.parse()?;
        let documents = documents(batch);
        let mut copies = ahead(documents, times);
        writeln!(output, "ready")?;
        output.flush()?;
        input.read_line(&mut String::new())?;
        let mut done = Ok(());
        for _ in 0..times {
            for document in copies.next() {
                done = done.and_then(|()| match (name, task) {
                    ("ours", "sign") => ready.sign(&document),
                    ("ours", _) => ready.verify(document, task),
                    (_, "sign") => ready.sign_floor(&document),
                    _ => ready.verify_floor(&document, task),
                });
            }
        }
        match done {
            Ok(()) => writeln!(output, "accept")?,
            Err(error) => writeln!(output, "refuse {error}")?,
        }
        output.flush()?;
    }
}

/// The documents of a batch. One alone keeps its memory: its length is moved out of the way.
fn documents(mut batch: Vec<u8>) -> Vec<Vec<u8>> {
    let length = |batch: &[u8]| {
        batch
            .first_chunk::<4>()
            .map(|length| u32::from_be_bytes(*length) as usize)
    };
    if length(&batch) == Some(batch.len() - 4) {
        batch.drain(..4);
        return vec![batch];
    }
    let mut documents = Vec::new();
    let mut rest = &batch[..];
    while let Some(length) = length(rest) {
        let (document, after) = rest[4..].split_at(length);
        documents.push(document.to_vec());
        rest = after;
    }
    documents
}

/// Documents to be given away: whoever received a body owns it. Large ones are copied ahead, so that no copy is measured.
enum Copies {
    Ahead(Vec<Vec<Vec<u8>>>),
    OneByOne(Vec<Vec<u8>>),
}

fn ahead(documents: Vec<Vec<u8>>, times: u64) -> Copies {
    if documents.iter().map(Vec::len).sum::<usize>() < 512 << 10 {
        return Copies::OneByOne(documents);
    }
    let mut all: Vec<_> = (1..times).map(|_| documents.clone()).collect();
    all.push(documents);
    Copies::Ahead(all)
}

impl Copies {
    fn next(&mut self) -> Vec<Vec<u8>> {
        match self {
            Self::Ahead(all) => all.pop().unwrap_or_default(),
            Self::OneByOne(documents) => documents.clone(),
        }
    }
}

fn parsed(spki: &[u8]) -> Done<ParsedPublicKey> {
    Ok(ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki)
        .map_err(|_| "the key cannot be read")?)
}

fn ready(folder: &Path, key: &str) -> Done<Ready> {
    let spki = pem(&folder.join(format!("{key}.public.pem")));
    let private = PrivateKey::from_pkcs8_der(&pem(&folder.join(format!("{key}.private.pem")))).ok();
    let certificate = pem(&folder.join(format!("{key}.certificate.pem")));
    let trust = folder
        .join("root.der")
        .exists()
        .then(|| trust(folder))
        .transpose()?;
    let limits = XmlLimits {
        bytes_max: 64 << 20,
        elements_max: 2_000_000,
        ..XmlLimits::default()
    };
    Ok(Ready {
        parsed: parsed(&spki)?,
        key: PublicKey::from_spki_der(&spki)?,
        private,
        certificate,
        trust,
        limits,
    })
}

fn trust(folder: &Path) -> Done<Trust> {
    let read = |file: &str| -> Done<Certificate> {
        Ok(Certificate::from_der(&std::fs::read(folder.join(file))?)?)
    };
    let (root, issuing) = (read("root.der")?, read("issuing.der")?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let at = Moment::from_unix_ms(now.try_into()?);
    let list = crl::verify(&std::fs::read(folder.join("issuing.crl"))?, &issuing, at)?;
    let issuing_key = parsed(issuing.spki_der())?;
    Ok(Trust {
        anchors: TrustAnchors::new([root]),
        pool: vec![issuing],
        issuing_key,
        list,
        at,
    })
}

impl Ready {
    fn verify(&self, bytes: Vec<u8>, task: &str) -> Done<()> {
        let document = Document::parse_owned(bytes, &self.limits)?;
        let found = find_enveloped(&document, &Bounds::default())?;
        let Some(trust) = self.trust.as_ref().filter(|_| task != "verify") else {
            found.cover_by_key(&self.key)?;
            return Ok(());
        };
        let certificate =
            Certificate::from_der(found.certificates().first().ok_or("no certificate")?)?;
        let path = path::build(
            &certificate,
            &trust.pool,
            &trust.anchors,
            trust.at,
            &Limits::default(),
        )?;
        if task == "chain-crl" {
            let in_time =
                trust.list.this_update() <= trust.at && trust.at <= trust.list.next_update();
            let clear = matches!(
                trust.list.status(path.leaf().serial()),
                CrlStatus::NotListed
            );
            if !in_time || !clear {
                return Err("revoked, or not known".into());
            }
        }
        found.cover(path.leaf().spki_der())?;
        Ok(())
    }

    fn sign(&self, bytes: &[u8]) -> Done<()> {
        let key = self.private.as_ref().ok_or("no private key")?;
        sign_enveloped(bytes, &Signer::of(key, &self.certificate), &self.limits)?;
        Ok(())
    }

    /// What nobody can do without: namespaces resolved, the bytes hashed, the value verified. It proves nothing.
    fn verify_floor(&self, bytes: &[u8], task: &str) -> Done<()> {
        let mut reader = NsReader::from_reader(bytes);
        let (mut value, mut certificate, mut inside) = (Vec::new(), Vec::new(), 0);
        loop {
            match reader.read_resolved_event()? {
                (_, Event::Start(start)) => {
                    inside = match start.local_name().as_ref() {
                        "SignatureValue" => 1,
                        "X509Certificate" => 2,
                        _ => 0,
                    };
                }
                (_, Event::Text(text)) => match inside {
                    1 => value = STANDARD.decode(text.as_ref())?,
                    2 => certificate = STANDARD.decode(text.as_ref())?,
                    _ => {}
                },
                (_, Event::End(_)) => inside = 0,
                (_, Event::Eof) => break,
                _ => {}
            }
        }
        std::hint::black_box(digest::digest(&digest::SHA256, bytes));
        // The template's SignedInfo has no white space and declares nothing: these are nearly its canonical octets.
        let start = find(bytes, b"<ds:SignedInfo>").ok_or("no SignedInfo")?;
        let end = find(bytes, b"</ds:SignedInfo>").ok_or("no SignedInfo")?;
        let key = match self.trust.as_ref().filter(|_| task != "verify") {
            None => None,
            Some(trust) => {
                let certificate = Certificate::from_der(&certificate)?;
                let verified = trust
                    .issuing_key
                    .verify_sig(certificate.tbs_der(), certificate.signature());
                verified.map_err(|_| "the certificate is not the authority's")?;
                Some(parsed(certificate.spki_der())?)
            }
        };
        // A wrong value takes as long as a right one.
        std::hint::black_box(
            key.as_ref()
                .unwrap_or(&self.parsed)
                .verify_sig(&bytes[start..end], &value)
                .is_ok(),
        );
        Ok(())
    }

    /// A signature over the bytes.
    fn sign_floor(&self, bytes: &[u8]) -> Done<()> {
        let key = self.private.as_ref().ok_or("no private key")?;
        std::hint::black_box(key.sign(SignatureAlgorithm::RsaSha256, bytes)?);
        Ok(())
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

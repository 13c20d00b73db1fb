//! The same libraries, measured: a task is done to a batch of documents, many times.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;

use bergshamra_dsig::DsigContext;
use bergshamra_keys::{Key, KeyData, KeyUsage, KeysManager};
use xml_sec::xmldsig::{DsigStatus, SignatureAlgorithm, VerificationKey, VerifyContext};

use crate::{bergshamra_context, pem};

/// What is asked for: `verify`, `chain`, `chain-crl` or `sign`.
pub struct Task<'a> {
    pub judge: &'a str,
    pub name: &'a str,
    pub key: &'a str,
    pub folder: &'a Path,
    pub times: u64,
}

type Work<'w> = Box<dyn Fn(&str) -> Result<(), String> + 'w>;

impl Task<'_> {
    /// Says `ready`, waits for a line, does it, and says `accept` or `refuse REASON`.
    pub fn answer(
        &self,
        batch: &[u8],
        input: &mut impl BufRead,
        output: &mut impl Write,
    ) -> Result<(), Box<dyn Error>> {
        let spki = pem(&self.folder.join(format!("{}.public.pem", self.key)));
        let rsa_sha256 =
            SignatureAlgorithm::from_uri("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        let key = VerificationKey {
            algorithm: rsa_sha256.ok_or("no RSA")?,
            public_key_bytes: spki.clone(),
            certificate_der: None,
            name: None,
        };
        let context = self.context(&spki)?;
        let work: Work<'_> = match (self.judge, self.name) {
            ("bergshamra", "sign") => Box::new(|xml| {
                bergshamra_dsig::sign::sign(&context, xml)
                    .map(|_| ())
                    .map_err(|error| error.to_string())
            }),
            ("bergshamra", _) => Box::new(|xml| {
                let result = bergshamra_dsig::verify::verify(&context, xml)
                    .map_err(|error| error.to_string())?;
                if result.all_reference_digests_verified() {
                    Ok(())
                } else {
                    Err(format!("{result:?}"))
                }
            }),
            ("xml-sec", "verify") => Box::new(|xml| {
                let result = VerifyContext::new()
                    .key(&key)
                    .verify(xml)
                    .map_err(|error| error.to_string())?;
                if matches!(result.status, DsigStatus::Valid) {
                    Ok(())
                } else {
                    Err(format!("{:?}", result.status))
                }
            }),
            _ => {
                writeln!(output, "refuse not measured")?;
                output.flush()?;
                return Ok(());
            }
        };
        writeln!(output, "ready")?;
        output.flush()?;
        input.read_line(&mut String::new())?;
        match self.all(batch, &work) {
            Ok(()) => writeln!(output, "accept")?,
            Err(reason) => writeln!(output, "refuse {}", reason.replace('\n', " "))?,
        }
        Ok(output.flush()?)
    }

    fn all(&self, batch: &[u8], work: &Work<'_>) -> Result<(), String> {
        for _ in 0..self.times {
            let mut rest = batch;
            while let Some((length, after)) = rest.split_first_chunk::<4>() {
                let (document, after) = after.split_at(u32::from_be_bytes(*length) as usize);
                rest = after;
                work(std::str::from_utf8(document).map_err(|error| error.to_string())?)?;
            }
        }
        Ok(())
    }

    fn context(&self, spki: &[u8]) -> Result<DsigContext, Box<dyn Error>> {
        let read = |file: &str| std::fs::read(self.folder.join(file));
        match self.name {
            "verify" => Ok(bergshamra_context(spki, "rsa", "enveloped")?),
            "sign" => {
                let pkcs8 = pem(&self.folder.join(format!("{}.private.pem", self.key)));
                let data = KeyData::from_pkcs8_der(kryptering::KeyAlgorithm::Rsa, &pkcs8)
                    .map_err(|e| e.to_string())?;
                let mut manager = KeysManager::new();
                manager.add_key(Key::new(data, KeyUsage::Sign));
                Ok(DsigContext::new(manager))
            }
            _ => {
                let mut manager = KeysManager::new();
                manager.add_trusted_cert(read("root.der")?);
                manager.add_untrusted_cert(read("issuing.der")?);
                if self.name == "chain-crl" {
                    manager.add_crl(read("root.crl")?);
                    manager.add_crl(read("issuing.crl")?);
                }
                Ok(DsigContext::new(manager)
                    .with_trusted_keys_only(false)
                    .with_enabled_key_data_x509(true))
            }
        }
    }
}

//! The certificates of a world: a TEST authority with its people, and whatever a case makes of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::{NameToWrite, TextType};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, oid};

use super::der::{resigned, resigned_with_sha1, swapped, unhex};
use super::keys::{ForgeKey, Keys};
use super::knobs::{CertificateKnobs, ExtensionKnob};
use super::moments::moment;
use super::{ForgeError, IIN, OTHER_IIN};

/// Certificates by name, made when they are first asked for.
pub(super) struct Certificates<'w> {
    keys: &'w Keys,
    noon: Moment,
    knobs: &'w BTreeMap<String, CertificateKnobs>,
    /// Real ones, of a running simulator.
    given: &'w BTreeMap<String, Vec<u8>>,
    made: RefCell<BTreeMap<String, Vec<u8>>>,
    depth: RefCell<usize>,
}

/// Certificates may name each other so deep.
const DEPTH_MAX: usize = 40;

impl<'w> Certificates<'w> {
    pub(super) fn new(
        keys: &'w Keys,
        noon: Moment,
        knobs: &'w BTreeMap<String, CertificateKnobs>,
        given: &'w BTreeMap<String, Vec<u8>>,
    ) -> Self {
        Self {
            keys,
            noon,
            knobs,
            given,
            made: RefCell::default(),
            depth: RefCell::default(),
        }
    }

    /// The bytes of a certificate: of a case's own, or of the world's.
    pub(super) fn der(&self, name: &str) -> Result<Vec<u8>, ForgeError> {
        if let Some(der) = self
            .given
            .get(name)
            .filter(|_| !self.knobs.contains_key(name))
        {
            return Ok(der.clone());
        }
        if let Some(der) = self.made.borrow().get(name) {
            return Ok(der.clone());
        }
        if *self.depth.borrow() > DEPTH_MAX {
            return Err(ForgeError::new(format!("{name:?} is issued in a circle")));
        }
        *self.depth.borrow_mut() += 1;
        let der = self.make(name);
        *self.depth.borrow_mut() -= 1;
        let der = der.map_err(|error| ForgeError::new(format!("certificate {name:?}: {error}")))?;
        self.made.borrow_mut().insert(name.to_owned(), der.clone());
        Ok(der)
    }

    /// A certificate that is well formed.
    pub(super) fn certificate(&self, name: &str) -> Result<Certificate, ForgeError> {
        Certificate::from_der(&self.der(name)?)
            .map_err(|error| ForgeError::new(format!("certificate {name:?}: {error}")))
    }

    /// The private half of a certificate's key.
    pub(super) fn key(&self, name: &str) -> Result<ForgeKey, ForgeError> {
        self.keys.named(&self.key_name(name))
    }

    pub(super) fn key_named(&self, name: &str) -> Result<ForgeKey, ForgeError> {
        self.keys.named(name)
    }

    fn key_name(&self, name: &str) -> String {
        let knobs = self.knobs.get(name);
        match knobs.and_then(|knobs| knobs.key.clone()) {
            Some(key) => key,
            // A new certificate has a key of its own: the certificate that it is modelled after keeps its own.
            None => name.to_owned(),
        }
    }

    /// The certificate that a request is about, with its name and its issuer.
    pub(super) fn asked_about(
        &self,
        asked: &qaqpa_x509::ocsp::CertId,
    ) -> Option<(String, Certificate, Certificate)> {
        let own = self.knobs.keys().map(String::as_str);
        let names: Vec<&str> = own.chain(WORLD.iter().copied()).collect();
        let all: Vec<_> = names
            .into_iter()
            .filter_map(|name| Some((name, self.certificate(name).ok()?)))
            .collect();
        let (_, issuer) = all.iter().find(|(_, issuer)| asked.names_issuer(issuer))?;
        let mut of_issuer = all.iter().filter(|(_, found)| {
            found.serial() == asked.serial() && found.issuer_der() == issuer.subject_der()
        });
        let (name, found) = of_issuer.next()?;
        Some(((*name).to_owned(), found.clone(), issuer.clone()))
    }

    /// The name of the certificate whose key this is, among those that a case can name.
    pub(super) fn name_of_key(&self, spki_der: &[u8]) -> Option<String> {
        let own = self.knobs.keys().map(String::as_str);
        let all: Vec<&str> = own.chain(WORLD.iter().copied()).collect();
        all.into_iter()
            .find(|name| self.key(name).is_ok_and(|key| key.spki_der() == spki_der))
            .map(str::to_owned)
    }

    fn make(&self, name: &str) -> Result<Vec<u8>, ForgeError> {
        let none = CertificateKnobs::default();
        let knobs = self.knobs.get(name).unwrap_or(&none);
        let like = knobs.like.as_deref().unwrap_or(name);
        let key = self.keys.named(&self.key_name(name))?;
        let spki = match &knobs.spki {
            Some(hex) => unhex(hex)?,
            None => key.spki_der(),
        };
        let mut spec = self.model(like, &spki)?;
        self.turn(&mut spec, knobs)?;
        let issuer_name = knobs
            .issuer
            .clone()
            .unwrap_or_else(|| issuer_of(like).to_owned());
        let own = issuer_name == name || issuer_name == "self";
        let issuer_key = match &knobs.signed_by {
            Some(signer) => self.keys.named(signer)?,
            None if own => key,
            None => self.key(&issuer_name)?,
        };
        let honest = issuer_key.honest()?;
        let der = if own && like.ends_with("root") && is_plain_root(knobs) {
            let root = issue::root(spec.subject.clone(), honest, spec.validity);
            root.map_err(ForgeError::issue)?.der().to_vec()
        } else {
            let issuer = if own {
                issue::root(spec.subject.clone(), honest, spec.validity)
                    .map_err(ForgeError::issue)?
            } else {
                self.certificate(&issuer_name)?
            };
            let issued = Issuer {
                certificate: &issuer,
                key: honest,
            };
            issue::issue_der(&spec, issuer.subject_der(), issued).map_err(ForgeError::issue)?
        };
        let der = if knobs.sha1 {
            resigned_with_sha1(&der, &issuer_key)?
        } else {
            resigned(&der, &knobs.swap, &issuer_key)?
        };
        let mut der = swapped(&der, &knobs.spoil)?;
        if let (true, Some(last)) = (knobs.flip, der.last_mut()) {
            *last ^= 1;
        }
        der.extend(unhex(&knobs.trailing)?);
        Ok(der)
    }

    /// A certificate as it should be.
    fn model(&self, like: &str, spki_der: &[u8]) -> Result<CertificateSpec, ForgeError> {
        let authority = |name: &str| named(name);
        let spec = |subject, validity| {
            CertificateSpec::new(subject, spki_der, validity).map_err(ForgeError::issue)
        };
        let years = self.period(2 * 365, 9 * 365);
        let year = self.period(100, 265);
        let signing = KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN);
        Ok(match like {
            "root" | "foreign-root" => CertificateSpec {
                basic: Some((true, None)),
                key_usage: Some(signing),
                ..spec(authority(common_name(like)), years)?
            },
            "issuing" | "foreign" => CertificateSpec {
                basic: Some((true, Some(0))),
                key_usage: Some(signing),
                addresses: addresses("root"),
                ..spec(authority(common_name(like)), years)?
            },
            "responder" | "foreign-responder" => CertificateSpec {
                key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
                extended_key_usage: vec![oid::EKU_OCSP_SIGNING],
                ocsp_nocheck: true,
                ..spec(authority(common_name(like)), year)?
            },
            "tsa" => CertificateSpec {
                key_usage: Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)),
                extended_key_usage: vec![oid::EKU_TIME_STAMPING],
                extended_key_usage_critical: true,
                addresses: addresses("issuing"),
                ..spec(authority(common_name(like)), year)?
            },
            "system" => {
                let subject = NameToWrite::new()
                    .with(oid::COMMON_NAME, "QAQPA TEST SYSTEM")
                    .with(oid::USER_ID, "1.3.6.1.4.1.32473.398.9")
                    .with(oid::COUNTRY, "KZ");
                let mut spec = spec(subject, year)?;
                spec.set_purpose(Purpose::Sign, &[Role::LegalEntity, Role::InformationSystem]);
                spec.addresses = addresses("issuing");
                spec
            }
            "person" | "other" | "foreign-person" => {
                let iin = if like == "other" { OTHER_IIN } else { IIN };
                let mut spec = spec(person(iin), year)?;
                spec.set_purpose(Purpose::Sign, &[Role::Individual]);
                spec.addresses = addresses("issuing");
                spec
            }
            _ => {
                return Err(ForgeError::new(format!(
                    "nobody is called {like:?}; `like` says after whom it is modelled"
                )));
            }
        })
    }

    fn period(&self, before: u64, after: u64) -> Validity {
        let day = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        Validity {
            not_before: self.noon.minus(day(before)),
            not_after: self.noon.plus(day(after)),
        }
    }

    /// Turns the knobs of a case.
    fn turn(&self, spec: &mut CertificateSpec, knobs: &CertificateKnobs) -> Result<(), ForgeError> {
        if let Some(text) = &knobs.not_before {
            spec.validity.not_before = moment(self.noon, text)?;
        }
        if let Some(text) = &knobs.not_after {
            spec.validity.not_after = moment(self.noon, text)?;
        }
        match knobs.basic.as_deref() {
            None => {}
            Some("none") => spec.basic = None,
            Some("end-entity") => spec.basic = Some((false, None)),
            Some("ca") => spec.basic = Some((true, None)),
            Some(text) => {
                let length = text.strip_prefix("ca:").and_then(|n| n.parse().ok());
                let length = length.ok_or_else(|| ForgeError::new(format!("basic {text:?}")))?;
                spec.basic = Some((true, Some(length)));
            }
        }
        if let Some(bits) = &knobs.key_usage {
            spec.key_usage = usage(bits)?;
        }
        if let Some(oids) = &knobs.extended_key_usage {
            spec.extended_key_usage = oids
                .iter()
                .map(|text| purpose(text))
                .collect::<Result<_, _>>()?;
        }
        if let Some(critical) = knobs.extended_key_usage_critical {
            spec.extended_key_usage_critical = critical;
        }
        if let Some(hex) = &knobs.serial {
            spec.serial = unhex(hex)?;
        }
        if let Some(subject) = &knobs.subject {
            spec.subject = name(subject)?;
        }
        if let Some(policies) = &knobs.policies {
            spec.policies = policies
                .iter()
                .map(|text| identifier(text))
                .collect::<Result<_, _>>()?;
        }
        if let Some(nocheck) = knobs.ocsp_nocheck {
            spec.ocsp_nocheck = nocheck;
        }
        spec.others.extend(extensions(&knobs.extensions)?);
        Ok(())
    }
}

/// Whether `issue::root` itself makes it.
fn is_plain_root(knobs: &CertificateKnobs) -> bool {
    knobs.extensions.is_empty()
        && knobs.basic.is_none()
        && knobs.key_usage.is_none()
        && knobs.serial.is_none()
}

/// The certificates that every world has.
const WORLD: &[&str] = &[
    "root",
    "issuing",
    "responder",
    "person",
    "other",
    "system",
    "foreign-root",
    "foreign",
    "foreign-responder",
    "foreign-person",
    "tsa",
    "stranger",
];

fn issuer_of(like: &str) -> &'static str {
    match like {
        "root" => "root",
        "foreign-root" => "foreign-root",
        "issuing" => "root",
        "foreign" => "foreign-root",
        "foreign-responder" | "foreign-person" => "foreign",
        _ => "issuing",
    }
}

fn common_name(like: &str) -> &'static str {
    match like {
        "root" => "QAQPA TEST FORGE ROOT",
        "issuing" => "QAQPA TEST FORGE CA",
        "responder" => "QAQPA TEST FORGE OCSP",
        "tsa" => "QAQPA TEST FORGE TSA",
        "foreign-root" => "SOMEBODY ELSE TEST ROOT",
        "foreign" => "SOMEBODY ELSE TEST CA",
        _ => "SOMEBODY ELSE TEST OCSP",
    }
}

fn named(common_name: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, common_name)
        .with(oid::COUNTRY, "KZ")
}

fn person(iin: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, "ТЕСТОВА СЫНАҚГҮЛ")
        .with(oid::SURNAME, "ТЕСТОВА")
        .with(oid::SERIAL_NUMBER, &format!("IIN{iin}"))
        .with(oid::COUNTRY, "KZ")
}

fn addresses(issuer: &str) -> Addresses {
    Addresses {
        ocsp: Some("http://127.0.0.1:9/ocsp/".to_owned()),
        ca_issuers: Some(format!("http://127.0.0.1:9/cert/{issuer}.cer")),
        crl: Some(format!("http://127.0.0.1:9/crl/{issuer}.crl")),
        delta_crl: None,
    }
}

/// An OID by its digits.
pub(super) fn identifier(text: &str) -> Result<ObjectIdentifier, ForgeError> {
    ObjectIdentifier::new(text).map_err(|error| ForgeError::new(format!("OID {text:?}: {error}")))
}

/// Extensions as they are.
pub(super) fn extensions(
    knobs: &[ExtensionKnob],
) -> Result<Vec<(ObjectIdentifier, bool, Vec<u8>)>, ForgeError> {
    let one = |knob: &ExtensionKnob| Ok((identifier(&knob.oid)?, knob.critical, unhex(&knob.der)?));
    knobs.iter().map(one).collect()
}

fn purpose(text: &str) -> Result<ObjectIdentifier, ForgeError> {
    Ok(match text {
        "emailProtection" => oid::EKU_EMAIL_PROTECTION,
        "clientAuth" => oid::EKU_CLIENT_AUTH,
        "timeStamping" => oid::EKU_TIME_STAMPING,
        "OCSPSigning" => oid::EKU_OCSP_SIGNING,
        "individual" => oid::EKU_INDIVIDUAL,
        other => return identifier(other),
    })
}

fn usage(bits: &[String]) -> Result<Option<KeyUsage>, ForgeError> {
    let mut all = KeyUsage::NONE;
    for bit in bits {
        all = all.and(match bit.as_str() {
            "digitalSignature" => KeyUsage::DIGITAL_SIGNATURE,
            "nonRepudiation" => KeyUsage::NON_REPUDIATION,
            "keyEncipherment" => KeyUsage::KEY_ENCIPHERMENT,
            "dataEncipherment" => KeyUsage::DATA_ENCIPHERMENT,
            "keyAgreement" => KeyUsage::KEY_AGREEMENT,
            "keyCertSign" => KeyUsage::KEY_CERT_SIGN,
            "cRLSign" => KeyUsage::CRL_SIGN,
            other => return Err(ForgeError::new(format!("no bit {other:?}"))),
        });
    }
    Ok((!bits.is_empty()).then_some(all))
}

fn name(attributes: &[[String; 2]]) -> Result<NameToWrite, ForgeError> {
    let mut name = NameToWrite::new();
    for [attribute, text] in attributes {
        let (joined, attribute) = match attribute.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, attribute.as_str()),
        };
        let (attribute, written) = match attribute.split_once(':') {
            Some((attribute, written)) => (attribute, Some(written)),
            None => (attribute, None),
        };
        let oid = match attribute {
            "CN" => oid::COMMON_NAME,
            "SN" => oid::SURNAME,
            "SERIALNUMBER" => oid::SERIAL_NUMBER,
            "C" => oid::COUNTRY,
            "O" => oid::ORGANIZATION,
            "OU" => oid::ORGANIZATIONAL_UNIT,
            "GN" => oid::GIVEN_NAME,
            "UID" => oid::USER_ID,
            "E" => oid::EMAIL,
            other => return Err(ForgeError::new(format!("no attribute {other:?}"))),
        };
        name = match (joined, written) {
            (true, _) => name.joined_with(oid, text),
            (false, None) => name.with(oid, text),
            (false, Some("bmp")) => name.with_as(oid, text, TextType::Bmp),
            (false, Some("utf8")) => name.with_as(oid, text, TextType::Utf8),
            (false, Some("teletex")) => name.with_as(oid, text, TextType::Teletex),
            (false, Some("ia5")) => name.with_as(oid, text, TextType::Ia5),
            (false, Some(other)) => return Err(ForgeError::new(format!("no type {other:?}"))),
        };
    }
    Ok(name)
}

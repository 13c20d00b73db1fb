//! A signer without scruples: signs whatever structure a case writes.
//!
//! A template has `@D0@`, `@D1@` … where the digests of its references go, in this order, and `@V@` (or `@V:key@`) where
//! a value goes; what covers a value is written `@E0@` … and `@W@`, and filled afterwards. It is written apart from the
//! code under test: references are resolved by any attribute, transforms are taken by their URI, and what is unknown is
//! passed over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm, sha256};
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element, XmlLimits};

use super::ForgeError;
use super::certificates::Certificates;
use super::keys::{ForgeKey, digest_info};
use super::knobs::{MadeKnob, ReferenceKnobs, SignatureKnobs};
use super::names::{DS, ENVELOPED, uri};

/// The markup of a signature that is not made yet.
pub(super) fn markup(
    knobs: &SignatureKnobs,
    default: &ReferenceKnobs,
    canonicalization: &str,
    algorithm: SignatureAlgorithm,
    key_info: &str,
) -> String {
    let prefix = match knobs.prefix.as_deref() {
        None => "ds:".to_owned(),
        Some("") => String::new(),
        Some(prefix) => format!("{prefix}:"),
    };
    let declared = match knobs.prefix.as_deref() {
        Some("") => format!("xmlns=\"{DS}\""),
        _ => format!("xmlns:{}=\"{DS}\"", prefix.trim_end_matches(':')),
    };
    let own = [default.clone()];
    let references = knobs.references.as_deref().unwrap_or(&own);
    let references: String = references
        .iter()
        .enumerate()
        .map(|(number, reference)| reference_markup(number, reference, default, algorithm))
        .collect();
    let canonicalization = knobs
        .canonicalization
        .as_deref()
        .unwrap_or(canonicalization);
    let canonicalization = method("CanonicalizationMethod", canonicalization, "");
    let signature_method = method(
        "SignatureMethod",
        knobs.method.as_deref().unwrap_or(algorithm.uri()),
        &knobs.method_inside,
    );
    let key_info = match key_info {
        "" => String::new(),
        inside => format!("<ds:KeyInfo>{inside}</ds:KeyInfo>"),
    };
    let attributes = match knobs.attributes.as_str() {
        "" => String::new(),
        attributes => format!(" {attributes}"),
    };
    let value = match &knobs.key {
        Some(key) => format!("@V:{key}@"),
        None => "@V@".to_owned(),
    };
    let object = &knobs.object;
    let text = format!(
        "<ds:Signature DECLARED{attributes}><ds:SignedInfo>{canonicalization}{signature_method}{references}</ds:SignedInfo>\
         <ds:SignatureValue>{value}</ds:SignatureValue>{key_info}{object}</ds:Signature>"
    );
    text.replace("<ds:", &format!("<{prefix}"))
        .replace("</ds:", &format!("</{prefix}"))
        .replacen("DECLARED", &declared, 1)
}

fn reference_markup(
    number: usize,
    reference: &ReferenceKnobs,
    default: &ReferenceKnobs,
    algorithm: SignatureAlgorithm,
) -> String {
    let target = reference.uri.as_ref().or(default.uri.as_ref());
    let target = match target.map(String::as_str) {
        Some("(none)") => String::new(),
        Some(target) => format!(" URI=\"{target}\""),
        None => " URI=\"\"".to_owned(),
    };
    let transforms = reference
        .transforms
        .as_ref()
        .or(default.transforms.as_ref());
    let transforms: String = transforms
        .into_iter()
        .flatten()
        .map(|transform| match transform.starts_with('<') {
            true => transform.clone(),
            false => method("Transform", transform, ""),
        })
        .collect();
    let transforms = match transforms.as_str() {
        "" => String::new(),
        inside => format!("<ds:Transforms>{inside}</ds:Transforms>"),
    };
    let digest = reference
        .digest
        .as_deref()
        .unwrap_or(algorithm.digest().uri());
    let digest = method("DigestMethod", digest, "");
    let value = reference
        .value
        .clone()
        .unwrap_or_else(|| format!("@D{number}@"));
    let attributes = match reference.attributes.as_str() {
        "" => String::new(),
        attributes => format!(" {}", attributes.replace("manifest", uri("manifest"))),
    };
    format!(
        "<ds:Reference{target}{attributes}>{transforms}{digest}<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )
}

fn method(name: &str, algorithm: &str, inside: &str) -> String {
    let algorithm = match algorithm {
        "(empty)" => "",
        named => uri(named),
    };
    match inside {
        "" => format!("<ds:{name} Algorithm=\"{algorithm}\"/>"),
        inside => format!("<ds:{name} Algorithm=\"{algorithm}\">{inside}</ds:{name}>"),
    }
}

/// Fills a template in.
pub(super) fn fill(
    template: String,
    knobs: &SignatureKnobs,
    default_key: &ForgeKey,
    certificates: &Certificates<'_>,
) -> Result<String, ForgeError> {
    let mut xml = template;
    for (digests, value) in [("@D", "@V"), ("@E", "@W")] {
        for number in 0..16 {
            let mark = format!("{digests}{number}@");
            if xml.contains(&mark) {
                let document = parse(&xml)?;
                let digest = digest_at(&document, &mark)?;
                xml = xml.replace(&mark, &STANDARD.encode(digest));
            }
        }
        while let Some(start) = xml.find(value) {
            let end = xml[start + 1..].find('@').map(|end| start + end + 2);
            let mark = xml[start..end.unwrap_or(start + 3)].to_owned();
            let key = match mark.trim_matches('@').split_once(':') {
                Some((_, name)) => certificates.key_named(name)?,
                None => default_key.clone(),
            };
            let octets = {
                let document = parse(&xml)?;
                signed_info_of(&document, &mark)?
            };
            let made = value_of(knobs, &key, &octets)?;
            let text = match knobs.wrapped {
                true => wrapped(&STANDARD.encode(made)),
                false => STANDARD.encode(made),
            };
            xml = xml.replacen(&mark, &text, 1);
        }
    }
    Ok(xml)
}

fn parse(xml: &str) -> Result<Document, ForgeError> {
    // Edits before signing may make what only a forge reads: its own limits are wide.
    Document::parse(xml.as_bytes(), &XmlLimits::default())
        .map_err(|error| ForgeError::new(format!("what is to be signed cannot be read: {error}")))
}

fn all<'d>(document: &'d Document) -> impl Iterator<Item = Element<'d>> {
    std::iter::once(document.root()).chain(document.root().descendants())
}

fn digest_at(document: &Document, mark: &str) -> Result<Vec<u8>, ForgeError> {
    let reference = all(document)
        .find(|one| one.name() == "DigestValue" && one.text() == mark)
        .and_then(|value| value.parent())
        .ok_or_else(|| ForgeError::new(format!("{mark} is in no DigestValue")))?;
    let algorithm = reference
        .children()
        .find(|one| one.name() == "DigestMethod")
        .and_then(|method| DigestAlgorithm::from_uri(method.attribute(None, "Algorithm")?));
    let octets = octets(reference)?;
    Ok(algorithm.unwrap_or(DigestAlgorithm::Sha256).digest(&octets))
}

/// What the reference is about, by its URI and its transforms, those that are known.
fn octets(reference: Element<'_>) -> Result<Vec<u8>, ForgeError> {
    let document = reference.document();
    let target = reference.attribute(None, "URI").unwrap_or_default();
    let id = target
        .trim_start_matches("#xpointer(id('")
        .trim_end_matches("'))")
        .trim_start_matches('#');
    let mut subtree = match id {
        "" => Subtree::document(document),
        id => Subtree::element(
            all(document)
                .find(|one| one.attributes().any(|attribute| attribute.value == id))
                .unwrap_or(document.root()),
        ),
    };
    let mut canonicalization = Method::Inclusive;
    for transform in reference
        .descendants()
        .filter(|one| one.name() == "Transform")
    {
        let algorithm = transform.attribute(None, "Algorithm").unwrap_or_default();
        if algorithm == ENVELOPED {
            let signature = reference
                .ancestors_and_self()
                .find(|one| one.name() == "Signature")
                .ok_or_else(|| ForgeError::new("a Reference outside of every Signature"))?;
            subtree = subtree.without(signature.id());
        } else if let Some(named) = Method::from_uri(algorithm) {
            canonicalization = with_prefixes(named, transform);
        }
    }
    canonicalize(&subtree, &canonicalization.without_comments())
        .map_err(|error| ForgeError::new(format!("{target:?}: {error}")))
}

fn with_prefixes(method: Method, element: Element<'_>) -> Method {
    let list = element
        .children()
        .find_map(|child| child.attribute(None, "PrefixList"));
    match list {
        None => method,
        Some(list) => {
            let prefixes = list.split_whitespace().map(str::to_owned).collect();
            method.clone().with_prefix_list(prefixes).unwrap_or(method)
        }
    }
}

fn signed_info_of(document: &Document, mark: &str) -> Result<Vec<u8>, ForgeError> {
    let signed_info = all(document)
        .find(|one| one.name() == "SignatureValue" && one.text() == mark)
        .and_then(|value| value.parent())
        .and_then(|signature| signature.children().find(|one| one.name() == "SignedInfo"))
        .ok_or_else(|| ForgeError::new(format!("{mark} has no SignedInfo")))?;
    let canonicalization = signed_info
        .children()
        .find(|one| one.name() == "CanonicalizationMethod")
        .and_then(|method| {
            let named = Method::from_uri(method.attribute(None, "Algorithm")?)?;
            Some(with_prefixes(named, method))
        });
    let canonicalization = canonicalization.unwrap_or(Method::Inclusive);
    canonicalize(&Subtree::element(signed_info), &canonicalization)
        .map_err(|error| ForgeError::new(error.to_string()))
}

/// The value over SignedInfo, as the case wants it made.
fn value_of(knobs: &SignatureKnobs, key: &ForgeKey, octets: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let named = knobs.method.as_deref().map(uri);
    let algorithm = named
        .and_then(SignatureAlgorithm::from_uri)
        .filter(|named| fits(*named, key))
        .unwrap_or(key.algorithm());
    let by_the_book = || -> Result<Vec<u8>, ForgeError> {
        let value = key.sign(algorithm, octets)?;
        algorithm.value_to_xml(value).map_err(ForgeError::key)
    };
    let halves = |value: Vec<u8>| {
        let middle = value.len() / 2;
        (value[..middle].to_vec(), value[middle..].to_vec())
    };
    Ok(match knobs.made {
        MadeKnob::ByTheBook => by_the_book()?,
        MadeKnob::HmacSha1 => hmac(
            |bytes| DigestAlgorithm::Sha1.digest(bytes),
            &key.spki_der(),
            octets,
        ),
        MadeKnob::HmacSha256 => hmac(|bytes| sha256(bytes).to_vec(), &key.spki_der(), octets),
        MadeKnob::HmacSha256Pem => {
            let pem = wrapped(&STANDARD.encode(key.spki_der()));
            let pem = format!("-----BEGIN PUBLIC KEY-----{pem}-----END PUBLIC KEY-----\n");
            hmac(|bytes| sha256(bytes).to_vec(), pem.as_bytes(), octets)
        }
        MadeKnob::ShortPadding => {
            let info = digest_info(DigestAlgorithm::Sha256, &sha256(octets));
            let mut block = vec![0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
            block.extend(info);
            block.resize(key.modulus_bytes()?, 0x5a);
            key.private(&block)?
        }
        MadeKnob::NoNull => {
            // SEQUENCE { OID } without parameters.
            let with = digest_info(DigestAlgorithm::Sha256, &sha256(octets));
            let mut without = with.clone();
            without.drain(15..17);
            without[1] -= 2;
            without[3] -= 2;
            padded(key, &without)?
        }
        MadeKnob::BareDigest => padded(key, &sha256(octets))?,
        MadeKnob::Der => key.sign(algorithm, octets)?,
        MadeKnob::Zeros => vec![0; by_the_book()?.len()],
        MadeKnob::AllOnes => vec![0xff; by_the_book()?.len()],
        MadeKnob::Swapped => {
            let (r, s) = halves(by_the_book()?);
            [s, r].concat()
        }
        MadeKnob::Reversed => {
            let (mut r, mut s) = halves(by_the_book()?);
            r.reverse();
            s.reverse();
            [r, s].concat()
        }
        MadeKnob::Longer => [by_the_book()?, vec![0]].concat(),
        MadeKnob::Shorter => {
            let mut value = by_the_book()?;
            value.pop();
            value
        }
    })
}

/// Whether the method is one that this key can sign by: else it signs by its own, and the method is a lie.
fn fits(algorithm: SignatureAlgorithm, key: &ForgeKey) -> bool {
    match key {
        ForgeKey::Raw(_) => true,
        ForgeKey::Honest(key) => key.sign(algorithm, b"").is_ok(),
    }
}

fn padded(key: &ForgeKey, content: &[u8]) -> Result<Vec<u8>, ForgeError> {
    let size = key.modulus_bytes()?;
    let mut block = vec![0xff; size - content.len()];
    block[0] = 0;
    block[1] = 1;
    if let Some(last) = block.last_mut() {
        *last = 0;
    }
    block.extend_from_slice(content);
    key.private(&block)
}

/// HMAC (RFC 2104) over blocks of 64 bytes.
fn hmac(digest: impl Fn(&[u8]) -> Vec<u8>, secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = if secret.len() > 64 {
        digest(secret)
    } else {
        secret.to_vec()
    };
    block.resize(64, 0);
    let with = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = digest(&[with(0x36), message.to_vec()].concat());
    digest(&[with(0x5c), inner].concat())
}

/// Base64 in lines of 76, with one line end before and one after.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines = String::from("\n");
    let mut rest = text;
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(76));
        lines.push_str(line);
        lines.push('\n');
        rest = more;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 4231, test case 2.
    #[test]
    fn the_mac_is_the_one_of_the_published_vector() {
        let mac = hmac(
            |bytes| sha256(bytes).to_vec(),
            b"Jefe",
            b"what do ya want for nothing?",
        );
        assert_eq!(
            hex::encode(mac),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}

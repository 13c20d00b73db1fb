//! A signer without scruples: signs whatever structure a case writes.
//!
//! A template has `@D0@`, `@D1@` … where the digests of its references go, in this order, and `@V@` (or `@V:key@`; of further
//! signatures `@V.1@`, …) where a value goes; what covers a value is written `@E0@` … and `@W@`, and filled afterwards; last the
//! time stamps, `@S.0.0@`. It is written apart from the code under test: references are resolved by any attribute, transforms
//! are taken by their URI, and what is unknown is passed over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm, sha256};
use qaqpa_model::Moment;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element, XmlLimits};

use super::ForgeError;
use super::certificates::Certificates;
use super::keys::{ForgeKey, digest_info};
use super::knobs::{MadeKnob, ReferenceKnobs, SignatureKnobs, StampKnobs};
use super::names::{DS, ENVELOPED, uri};
use super::stamps;

/// One of the signatures of a document: how it is made, and by which key.
pub(super) struct Signing<'k> {
    pub(super) knobs: &'k SignatureKnobs,
    pub(super) key: ForgeKey,
}

/// References of one signature, so that those of several have marks of their own.
const REFERENCES_OF_ONE: usize = 4;
/// Marks of digests: four signatures', or many of one.
const DIGESTS: usize = 16;

/// The markup of a signature that is not made yet; `number` is its place among several.
pub(super) fn markup(
    knobs: &SignatureKnobs,
    number: usize,
    default: &ReferenceKnobs,
    canonicalization: &str,
    algorithm: SignatureAlgorithm,
    key_info: &str,
) -> String {
    let digests = if knobs.later { 'E' } else { 'D' };
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
        .zip(number * REFERENCES_OF_ONE..)
        .map(|(reference, place)| {
            let mark = format!("@{digests}{place}@");
            reference_markup(&mark, reference, default, algorithm)
        })
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
    let values = if knobs.later { 'W' } else { 'V' };
    let value = match number {
        0 => format!("@{values}@"),
        number => format!("@{values}.{number}@"),
    };
    // What is about the value finds it by its Id.
    let value_id = match (&knobs.properties, number) {
        (None, 0) => String::new(),
        (_, number) => format!(" Id=\"{}\"", value_id(number)),
    };
    let object = &knobs.object;
    let text = format!(
        "<ds:Signature DECLARED{attributes}><ds:SignedInfo>{canonicalization}{signature_method}{references}</ds:SignedInfo>\
         <ds:SignatureValue{value_id}>{value}</ds:SignatureValue>{key_info}{object}</ds:Signature>"
    );
    text.replace("<ds:", &format!("<{prefix}"))
        .replace("</ds:", &format!("</{prefix}"))
        .replacen("DECLARED", &declared, 1)
}

/// The Id of a signature that has properties, or stands beside others.
pub(super) fn signature_id(number: usize) -> String {
    format!("sig-{number}")
}

fn value_id(number: usize) -> String {
    format!("{}-value", signature_id(number))
}

fn reference_markup(
    mark: &str,
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
        .map(|transform| match transform.as_str() {
            SUBTRACT => method("Transform", FILTER2, &subtraction()),
            whole if whole.starts_with('<') => whole.to_owned(),
            named => method("Transform", named, ""),
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
    let value = reference.value.clone().unwrap_or_else(|| mark.to_owned());
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

/// The transform that leaves every signature out, by its short name.
pub(super) const SUBTRACT: &str = "subtract-signatures";
const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const EVERY_SIGNATURE: &str = "/descendant::ds:Signature";

fn subtraction() -> String {
    format!("<f:XPath xmlns:f=\"{FILTER2}\" Filter=\"subtract\">{EVERY_SIGNATURE}</f:XPath>")
}

/// Fills a template in; the first of the signers is the one of marks without a number.
pub(super) fn fill(
    template: String,
    signers: &[Signing<'_>],
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<String, ForgeError> {
    let mut xml = template;
    for (digests, value) in [("@D", "@V"), ("@E", "@W")] {
        for number in 0..DIGESTS {
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
            let word = mark.trim_matches('@');
            let number = word
                .split_once('.')
                .and_then(|(_, place)| place.parse().ok());
            let signing = signers
                .get(number.unwrap_or(0))
                .ok_or_else(|| ForgeError::new(format!("nobody signs {mark}")))?;
            let key = match word.split_once(':') {
                Some((_, name)) => certificates.key_named(name)?,
                None => signing.key.clone(),
            };
            let knobs = signing.knobs;
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
    for (number, signing) in signers.iter().enumerate() {
        for (place, stamp) in signing.knobs.stamps.iter().enumerate() {
            let mark = format!("@S.{number}.{place}@");
            let token = stamp_at(&parse(&xml)?, &mark, stamp, noon, certificates)?;
            xml = xml.replace(&mark, &STANDARD.encode(token));
        }
    }
    Ok(xml)
}

/// The token over the value of the signature that the mark stands in (EN 319 132-1 §5.3).
fn stamp_at(
    document: &Document,
    mark: &str,
    stamp: &StampKnobs,
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let place = all(document)
        .find(|one| one.name() == "EncapsulatedTimeStamp" && one.text() == mark)
        .ok_or_else(|| {
            ForgeError::new(format!("{mark} is in no time stamp: are there properties?"))
        })?;
    let value = place
        .ancestors_and_self()
        .find(|one| one.name() == "Signature")
        .and_then(|signature| {
            signature
                .children()
                .find(|one| one.name() == "SignatureValue")
        })
        .ok_or_else(|| ForgeError::new(format!("{mark} stands in no signature")))?;
    let method = place
        .parent()
        .and_then(|stamp| {
            stamp
                .children()
                .find(|one| one.name() == "CanonicalizationMethod")
        })
        .and_then(|method| Method::from_uri(method.attribute(None, "Algorithm")?))
        .unwrap_or(Method::Inclusive);
    let octets = canonicalize(&Subtree::element(value), &method)
        .map_err(|error| ForgeError::new(error.to_string()))?;
    stamps::token(stamp, &octets, noon, certificates)
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
        } else if algorithm == FILTER2 && subtracts_signatures(transform) {
            let signatures = all(document).filter(|one| one.name() == "Signature");
            subtree = subtree.without_all(signatures.map(|one| one.id()).collect::<Vec<_>>());
        } else if let Some(named) = Method::from_uri(algorithm) {
            canonicalization = with_prefixes(named, transform);
        }
    }
    canonicalize(&subtree, &canonicalization.without_comments())
        .map_err(|error| ForgeError::new(format!("{target:?}: {error}")))
}

fn subtracts_signatures(transform: Element<'_>) -> bool {
    transform
        .children()
        .any(|filter| filter.text().trim() == EVERY_SIGNATURE)
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
pub(super) fn hmac(digest: impl Fn(&[u8]) -> Vec<u8>, secret: &[u8], message: &[u8]) -> Vec<u8> {
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

//! When two names are the same name (RFC 5280 §7.1).

use der::asn1::{Any, BmpString, Ia5StringRef, PrintableStringRef, Utf8StringRef};
use der::{Decode, Encode, Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use crate::oid;

/// A name in the form in which names are compared: one key for each RDN.
///
/// PrintableString and UTF8String are one text, in lower case, with the spaces at its ends dropped and those inside it
/// run together; so is the IA5String of emailAddress and domainComponent. A value of another type is its bytes. Equal
/// keys mean that one name may stand for the other in a chain, where a signature still has to prove it; whoever shows or
/// stores a name takes its bytes.
///
/// Source: RFC 5280 §7.1 and §7.3, RFC 4518 §2.2, §2.3 (folding by Unicode's lower case) and §2.6.1. Compatibility forms
/// (NFKC) are not unified: names that differ by them stay two names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NameKey(Vec<RdnKey>);

/// One RDN, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct RdnKey {
    exact: Vec<u8>,
    meaning: Meaning,
}

/// What an RDN means where the types of its strings do not matter: for constraints, which nobody may get round by writing
/// a name in another type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Meaning {
    /// The exact key says it.
    Exact,
    /// A key of texts of whatever type.
    Texts(Vec<u8>),
    /// A value is of a type that is not read as text here.
    Unknown,
}

impl NameKey {
    /// The key of a name's DER.
    pub(crate) fn from_der(name_der: &[u8]) -> der::Result<Self> {
        Self::of(&RdnSequence::from_der(name_der)?)
    }

    pub(crate) fn of(name: &RdnSequence) -> der::Result<Self> {
        name.iter().map(rdn_key).collect::<Result<_, _>>().map(Self)
    }

    /// The name of one RDN more, below this one.
    pub(crate) fn with(&self, rdn: &RelativeDistinguishedName) -> der::Result<Self> {
        let mut longer = self.clone();
        longer.0.push(rdn_key(rdn)?);
        Ok(longer)
    }

    /// Whether the name is this one or below it in the tree of names, whatever the types of its strings; `None` where a
    /// value that would tell is not one that is read as text here.
    pub(crate) fn holds(&self, name: &Self) -> Option<bool> {
        if name.0.len() < self.0.len() {
            return Some(false);
        }
        let pairs = self.0.iter().zip(&name.0);
        let answers: Vec<_> = pairs.map(|(base, rdn)| base.means(rdn)).collect();
        if answers.contains(&Some(false)) {
            return Some(false);
        }
        (!answers.contains(&None)).then_some(true)
    }

    /// Whether it has no RDN.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl RdnKey {
    /// Whether both mean the same, where that can be said.
    fn means(&self, other: &Self) -> Option<bool> {
        if self.exact == other.exact {
            return Some(true);
        }
        Some(self.meaning()? == other.meaning()?)
    }

    fn meaning(&self) -> Option<&[u8]> {
        match &self.meaning {
            Meaning::Exact => Some(&self.exact),
            Meaning::Texts(key) => Some(key),
            Meaning::Unknown => None,
        }
    }
}

/// The tag of UTF8String.
const UTF8_STRING: u8 = 0x0c;

fn rdn_key(rdn: &RelativeDistinguishedName) -> der::Result<RdnKey> {
    let keys = rdn.iter().map(exact_key).collect::<der::Result<Vec<_>>>()?;
    let is_exact = keys.iter().all(|key| matches!(key, Key::Text(_)));
    let meaning = match is_exact {
        true => Meaning::Exact,
        false => meaning_of(rdn, &keys)?,
    };
    let exact = keys
        .into_iter()
        .map(|(Key::Text(key) | Key::Bytes(key))| key);
    Ok(RdnKey {
        exact: in_order(exact.collect()),
        meaning,
    })
}

/// What an RDN means, where not all its values are of the types that are compared as texts.
fn meaning_of(rdn: &RelativeDistinguishedName, keys: &[Key]) -> der::Result<Meaning> {
    let mut texts = Vec::with_capacity(keys.len());
    for (attribute, key) in rdn.iter().zip(keys) {
        texts.push(match key {
            Key::Text(key) => key.clone(),
            Key::Bytes(_) => match text_of_another_type(&attribute.value) {
                Some(text) => text_key(attribute, &text)?,
                None => return Ok(Meaning::Unknown),
            },
        });
    }
    Ok(Meaning::Texts(in_order(texts)))
}

/// The RDN's attributes, each with its lengths in front, in one order whatever the order they came in.
fn in_order(mut attributes: Vec<Vec<u8>>) -> Vec<u8> {
    if attributes.len() == 1 {
        return attributes.swap_remove(0);
    }
    attributes.sort();
    attributes.concat()
}

/// The key of one attribute.
enum Key {
    Text(Vec<u8>),
    Bytes(Vec<u8>),
}

fn exact_key(attribute: &AttributeTypeAndValue) -> der::Result<Key> {
    let value = &attribute.value;
    let text = match value.tag() {
        Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>()?.as_str(),
        Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>()?.as_str(),
        Tag::Ia5String if matches!(attribute.oid, oid::EMAIL | oid::DOMAIN_COMPONENT) => {
            value.decode_as::<Ia5StringRef<'_>>()?.as_str()
        }
        _ => {
            let mut key = attribute.oid.to_der()?;
            value.encode_to_vec(&mut key)?;
            return Ok(Key::Bytes(key));
        }
    };
    text_key(attribute, text).map(Key::Text)
}

/// A text with the tag of UTF8String, whatever it came with.
fn text_key(attribute: &AttributeTypeAndValue, text: &str) -> der::Result<Vec<u8>> {
    let prepared = prepare(text);
    let mut key = Vec::with_capacity(32 + prepared.len());
    attribute.oid.encode_to_vec(&mut key)?;
    key.push(UTF8_STRING);
    key.extend(prepared.len().to_be_bytes());
    key.extend_from_slice(prepared.as_bytes());
    Ok(key)
}

/// The text of a string that RFC 5280 §7.1 does not ask to be compared as one: BMPString, and those whose bytes are ASCII.
fn text_of_another_type(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::BmpString => Some(value.decode_as::<BmpString>().ok()?.to_string()),
        Tag::Ia5String | Tag::NumericString | Tag::TeletexString | Tag::VisibleString => {
            let bytes = value.value();
            // What other bytes mean in T.61 is anybody's guess.
            bytes
                .is_ascii()
                .then(|| String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    }
}

/// A text as it is compared: mapped, folded, its insignificant spaces gone.
pub(crate) fn prepare(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len());
    prepare_into(text, &mut prepared);
    prepared
}

fn prepare_into(text: &str, prepared: &mut String) {
    if text.is_ascii() {
        return prepare_ascii(text, prepared);
    }
    let mut space = false;
    for c in text.chars().filter(|c| !is_dropped(*c)) {
        if is_space(c) {
            space = !prepared.is_empty();
            continue;
        }
        if space {
            prepared.push(' ');
            space = false;
        }
        prepared.extend(c.to_lowercase());
    }
}

/// The same for ASCII, where the tables are short.
fn prepare_ascii(text: &str, prepared: &mut String) {
    let mut space = false;
    for byte in text.bytes() {
        match byte {
            b'\t'..=b'\r' | b' ' => space = !prepared.is_empty(),
            0..=0x1f | 0x7f => {}
            _ => {
                if std::mem::take(&mut space) {
                    prepared.push(' ');
                }
                prepared.push(char::from(byte.to_ascii_lowercase()));
            }
        }
    }
}

/// RFC 4518 §2.2: mapped to a space.
const fn is_space(c: char) -> bool {
    matches!(
        c,
        '\u{9}'..='\u{d}'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'..='\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// RFC 4518 §2.2: mapped to nothing.
const fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{1806}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2063}'
            | '\u{206a}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffc}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}'
            | '\u{e0020}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use der::asn1::{Any, TeletexStringRef};

    use super::*;
    use crate::ObjectIdentifier;

    fn utf8(text: &str) -> Any {
        Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap()
    }

    fn printable(text: &str) -> Any {
        Any::encode_from(&PrintableStringRef::new(text).unwrap()).unwrap()
    }

    fn rdn(attributes: &[(ObjectIdentifier, Any)]) -> RelativeDistinguishedName {
        let mut rdn = RelativeDistinguishedName::default();
        for (oid, value) in attributes {
            let (oid, value) = (*oid, value.clone());
            rdn.insert(AttributeTypeAndValue { oid, value }).unwrap();
        }
        rdn
    }

    fn key(rdns: &[RelativeDistinguishedName]) -> NameKey {
        let mut name = RdnSequence::default();
        for rdn in rdns {
            name.push(rdn.clone());
        }
        NameKey::from_der(&name.to_der().unwrap()).unwrap()
    }

    fn common_name(value: Any) -> NameKey {
        key(&[rdn(&[(oid::COMMON_NAME, value)])])
    }

    #[test]
    fn case_spaces_and_string_types_do_not_matter() {
        let one = common_name(printable("Test  Authority"));
        for other in [
            printable("test authority"),
            printable(" TEST AUTHORITY  "),
            utf8("Test\u{a0}Authority"),
            utf8("Te\u{ad}st\tAuthor\u{200b}ity"),
        ] {
            assert_eq!(common_name(other), one);
        }
        assert_eq!(common_name(utf8("ҰЙЫМ")), common_name(utf8("ұйым")));
    }

    #[test]
    fn what_is_another_name_stays_one() {
        let one = common_name(printable("Test Authority"));
        for other in [
            printable("TestAuthority"),
            printable("Test Authority 2"),
            // Latin and Cyrillic letters that look alike.
            utf8("Тest Authority"),
            Any::encode_from(&TeletexStringRef::new("Test Authority").unwrap()).unwrap(),
        ] {
            assert_ne!(common_name(other), one);
        }
        let unit = rdn(&[(oid::ORGANIZATIONAL_UNIT, printable("Test Authority"))]);
        assert_ne!(key(&[unit]), one);
    }

    #[test]
    fn the_order_of_rdns_matters_and_that_within_one_does_not() {
        let a = (oid::COMMON_NAME, printable("a"));
        let b = (oid::ORGANIZATION, printable("b"));
        let [both, turned] = [[a.clone(), b.clone()], [b.clone(), a.clone()]].map(|all| rdn(&all));
        let [one, two] = [[a], [b]].map(|all| rdn(&all));
        let in_turn = key(&[one.clone(), two.clone()]);
        assert_ne!(in_turn, key(&[two, one]));
        assert_ne!(in_turn, key(std::slice::from_ref(&both)));
        assert_eq!(key(&[both]), key(&[turned]));
    }

    #[test]
    fn a_name_holds_itself_and_what_is_below_it() {
        let country = rdn(&[(oid::COUNTRY, printable("KZ"))]);
        let unit = rdn(&[(oid::ORGANIZATION, utf8("Ұйым"))]);
        let top = key(std::slice::from_ref(&country));
        let below = key(&[country, unit.clone()]);
        assert_eq!(top.holds(&top), Some(true));
        assert_eq!(top.holds(&below), Some(true));
        assert_eq!(below.holds(&top), Some(false));
        assert!(key(&[]).is_empty());
        assert_eq!(key(&[]).holds(&top), Some(true));
        assert_eq!(top.with(&unit).unwrap(), below);
        assert_eq!(key(&[unit]).holds(&below), Some(false));
    }

    #[test]
    fn a_name_is_held_whatever_the_types_of_its_strings_or_cannot_be_judged() {
        let base = common_name(utf8("BAD"));
        let typed = |tag, value: &[u8]| common_name(Any::new(tag, value).unwrap());
        for same in [
            typed(Tag::BmpString, &[0, b'b', 0, b'A', 0, b'D']),
            typed(Tag::TeletexString, b"bad"),
            typed(Tag::Ia5String, b" Bad"),
            typed(Tag::VisibleString, b"BAD"),
        ] {
            assert_ne!(same, base);
            assert_eq!(
                (base.holds(&same), same.holds(&base)),
                (Some(true), Some(true))
            );
        }
        assert_eq!(base.holds(&typed(Tag::BmpString, &[0, b'B'])), Some(false));
        for dark in [
            typed(Tag::TeletexString, b"B\xc1D"),
            typed(Tag::BmpString, &[0xd8, 0]),
            typed(Tag::OctetString, b"BAD"),
        ] {
            assert_eq!((base.holds(&dark), dark.holds(&dark)), (None, Some(true)));
        }
        // One RDN that differs for certain is enough.
        let country = |code| rdn(&[(oid::COUNTRY, printable(code))]);
        let dark = rdn(&[(
            oid::COMMON_NAME,
            Any::new(Tag::OctetString, &b"BAD"[..]).unwrap(),
        )]);
        let one = key(&[country("KZ"), rdn(&[(oid::COMMON_NAME, utf8("BAD"))])]);
        assert_eq!(one.holds(&key(&[country("KG"), dark.clone()])), Some(false));
        assert_eq!(one.holds(&key(&[country("KZ"), dark])), None);
    }

    proptest::proptest! {
        #[test]
        fn a_prepared_text_is_prepared(text in "\\PC{0,40}") {
            let once = prepare(&text);
            proptest::prop_assert_eq!(&prepare(&once), &once);
            // What is not ASCII takes the long way; an accent drops nothing else.
            let long = format!("{text}\u{ad}");
            proptest::prop_assert_eq!(&prepare(&long), &once);
            proptest::prop_assert_eq!(prepare(&format!(" \t{text}\u{200b} ")), once);
        }
    }
}

//! What is done to an envelope that is signed and ready to leave.
//!
//! Only our own envelopes are spoilt, whose writing is known: they are changed as text, and signed again where the
//! signature should be good.

use std::fmt;
use std::sync::Arc;

use qaqpa_channel::Systems;
use qaqpa_channel::systems::OwnSystem;
use qaqpa_crypto::PrivateKey;
use qaqpa_mischief::Dice;
use qaqpa_model::Limits;
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};

use super::kind::Kind;

/// Everything that is done to one envelope. Clones do the same.
#[derive(Clone)]
pub(crate) struct Spoil {
    /// Each with the dice of the first rule that has it.
    pub(super) kinds: Vec<(Kind, Dice)>,
    /// Whose the envelope is: our own.
    pub(super) systems: Arc<Systems>,
    /// The key that is not the gateway's.
    pub(super) other: Option<PrivateKey>,
    /// Whether it is an answer, which names the certificate by issuer and number, or a message, which brings it.
    pub(super) is_answer: bool,
    pub(super) limits: Limits,
}

impl fmt::Debug for Spoil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.kinds.iter().map(|(kind, _)| kind).collect();
        f.debug_struct("Spoil")
            .field("kinds", &kinds)
            .finish_non_exhaustive()
    }
}

impl Spoil {
    /// The envelope with its faults; as it was where there is nothing that could have them.
    pub(crate) fn apply(&self, honest: Vec<u8>) -> Vec<u8> {
        let Ok(text) = String::from_utf8(honest.clone()) else {
            return honest;
        };
        let mut bare = without_signature(&text);
        let mut changed = false;
        for (kind, dice) in &self.kinds {
            let spoilt = match kind {
                Kind::WrongCorrelation => with_correlation(&bare, &dice.clone().guid()),
                Kind::WrongNamespace => with_namespace(&bare),
                Kind::StatusLie => with_lie(&bare),
                _ => None,
            };
            if let Some(spoilt) = spoilt {
                bare = spoilt;
                changed = true;
            }
        }
        let has = |kind| self.kinds.iter().any(|(one, _)| *one == kind);
        let system = &self.systems.own;
        let signed = if has(Kind::Unsigned) {
            Some(bare.into_bytes())
        } else if let Some(other) = self.other.as_ref().filter(|_| has(Kind::OtherKey)) {
            self.sign(&bare, other, system)
        } else if changed {
            self.sign(&bare, &system.key, system)
        } else {
            None
        };
        let mut bytes = signed.unwrap_or(honest);
        for (kind, dice) in &self.kinds {
            if *kind == Kind::CorruptByte {
                corrupt(&mut bytes, &mut dice.clone());
            }
        }
        bytes
    }

    /// From now on a fault of that kind is not done.
    pub(super) fn leave_out(&mut self, kind: Kind) {
        self.kinds.retain(|(one, _)| *one != kind);
    }

    /// Whether an envelope has what a fault of that kind changes: what has no correlationId keeps having none.
    pub(crate) fn finds(&self, kind: Kind, envelope: &[u8]) -> bool {
        let text = String::from_utf8_lossy(envelope);
        match kind {
            Kind::WrongCorrelation => with_correlation(&text, "").is_some(),
            Kind::WrongNamespace => with_namespace(&text).is_some(),
            Kind::StatusLie => with_lie(&text).is_some(),
            Kind::CorruptByte => !corruptible(envelope).is_empty(),
            Kind::OtherKey => self.other.is_some(),
            _ => true,
        }
    }

    fn sign(&self, bare: &str, key: &PrivateKey, system: &OwnSystem) -> Option<Vec<u8>> {
        let key_info = if self.is_answer {
            WsseKeyInfo::IssuerSerial {
                issuer_name: system.certificate.issuer_name(),
                serial_decimal: system.certificate.serial_decimal(),
            }
        } else {
            WsseKeyInfo::KeyIdentifier
        };
        let signer = Signer::of(key, system.certificate.der());
        let limits = qaqpa_channel::envelope::xml_limits(&self.limits);
        let signed = sign_wsse(bare.as_bytes(), &signer, key_info, "mischief", &limits);
        signed
            .inspect_err(|error| tracing::error!(%error, "mischief: the envelope leaves as it is"))
            .ok()
    }
}

/// The envelope as it was before it was signed.
fn without_signature(text: &str) -> String {
    let mut bare = text.to_owned();
    if let Some((begin, end)) = part(&bare, "<wsse:Security", "</wsse:Security>") {
        bare.replace_range(begin..end, "");
    }
    // The signature's Id of the Body stands first in its tag.
    if let Some((begin, end)) = part(&bare, " xmlns:wsu=\"", " wsu:Id=\"") {
        let close = bare[end..].find('"').map_or(end, |quote| end + quote + 1);
        bare.replace_range(begin..close, "");
    }
    bare
}

/// From the beginning of `open` to the end of the `close` that follows it.
fn part(text: &str, open: &str, close: &str) -> Option<(usize, usize)> {
    let begin = text.find(open)?;
    let end = begin + text[begin..].find(close)? + close.len();
    Some((begin, end))
}

/// Puts a text into the first element of that name.
fn with(text: &str, element: &str, value: &str) -> Option<String> {
    let (begin, end) = part(text, &format!("<{element}>"), &format!("</{element}>"))?;
    let mut changed = text.to_owned();
    changed.replace_range(begin..end, &format!("<{element}>{value}</{element}>"));
    Some(changed)
}

fn with_correlation(text: &str, guid: &str) -> Option<String> {
    with(text, "correlationId", guid)
}

fn with_namespace(text: &str) -> Option<String> {
    let changed = text.replacen("/v10/Types", "/v9/Types", 1);
    (changed != text).then_some(changed)
}

fn with_lie(text: &str) -> Option<String> {
    let states = [
        (">SCSS001<", ">SCSE003<"),
        (">DELIVERED<", ">NOT_DELIVERED<"),
        (">NOT_DELIVERED<", ">DELIVERED<"),
        (">ON_DELIVERY<", ">DELIVERED<"),
        (">DELIVERY_STOPPED<", ">DELIVERED<"),
    ];
    // A state is looked for first: beside it SCSS001 says only that the question was understood.
    let (_, end) = part(text, "<messageState>", "</messageState>").unwrap_or_default();
    let place = |(is, lie)| {
        let found: Option<usize> = text.find(is);
        found.map(|at| (at, is, lie))
    };
    let (at, is, lie): (usize, &str, &str) = if end > 0 {
        states[1..].iter().copied().find_map(place)?
    } else {
        place(states[0])?
    };
    let mut changed = text.to_owned();
    changed.replace_range(at..at + is.len(), lie);
    Some(changed)
}

/// Another letter or digit in the place of one in a text of the Body: the envelope stays well-formed, so that nothing but
/// its signature tells.
fn corrupt(bytes: &mut [u8], dice: &mut Dice) {
    let places = corruptible(bytes);
    let place = dice.one_of(&places);
    if let Some(byte) = place.and_then(|at| bytes.get_mut(*at)) {
        *byte = if *byte == b'7' { b'8' } else { b'7' };
    }
}

/// Where the letters and digits of the Body's texts are: between tags, and not within a reference (`&amp;`).
fn corruptible(bytes: &[u8]) -> Vec<usize> {
    let is_body = |five: &[u8]| five == b":Body";
    let (Some(begin), Some(end)) = (
        bytes.windows(5).position(is_body),
        bytes.windows(5).rposition(is_body),
    ) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    // The first one stands in its own tag, the last one in the end tag.
    let (mut in_tag, mut in_reference) = (true, false);
    for (at, byte) in bytes.iter().enumerate().take(end).skip(begin) {
        match byte {
            b'<' => in_tag = true,
            b'>' => in_tag = false,
            b'&' => in_reference = true,
            b';' => in_reference = false,
            byte if !in_tag && !in_reference && byte.is_ascii_alphanumeric() => places.push(at),
            _ => {}
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = concat!(
        r#"<soap:Envelope xmlns:soap="s"><soap:Header><wsse:Security xmlns:wsse="a" xmlns:wsu="b">x</wsse:Security>"#,
        r#"</soap:Header><soap:Body xmlns:wsu="b" wsu:Id="id-1"><ns:r xmlns:ns="http://x/v10/Types"><response>"#,
        r"<correlationId>1</correlationId><code>SCSS001</code></response></ns:r></soap:Body></soap:Envelope>",
    );

    #[test]
    fn the_signature_is_taken_out_with_its_id_and_nothing_else() {
        let bare = without_signature(SIGNED);
        assert!(
            bare.contains("<soap:Header></soap:Header><soap:Body><ns:r"),
            "{bare}"
        );
        assert_eq!(without_signature(&bare), bare);
    }

    #[test]
    fn only_the_named_part_is_changed() {
        assert_eq!(
            with_correlation(SIGNED, "{2}").unwrap(),
            SIGNED.replace("<correlationId>1<", "<correlationId>{2}<")
        );
        assert_eq!(with_namespace(SIGNED).unwrap(), SIGNED.replace("v10", "v9"));
        assert_eq!(
            with_lie(SIGNED).unwrap(),
            SIGNED.replace("SCSS001", "SCSE003")
        );
        let state = |state: &str| {
            format!("<messageState>{state}</messageState><statusCode>SCSS001</statusCode>")
        };
        for (is, lie) in [
            ("DELIVERED", "NOT_DELIVERED"),
            ("NOT_DELIVERED", "DELIVERED"),
            ("ON_DELIVERY", "DELIVERED"),
            ("DELIVERY_STOPPED", "DELIVERED"),
        ] {
            assert_eq!(with_lie(&state(is)), Some(state(lie)));
        }
        assert_eq!(with_lie("<a/>"), None);
    }

    #[test]
    fn the_byte_that_is_corrupted_is_one_of_a_text_in_the_body_whatever_the_seed() {
        let places = corruptible(SIGNED.as_bytes());
        let texts: String = places
            .iter()
            .map(|at| char::from(SIGNED.as_bytes()[*at]))
            .collect();
        assert_eq!(texts, "1SCSS001");
        for seed in 0..100 {
            let mut changed = SIGNED.as_bytes().to_vec();
            corrupt(&mut changed, &mut Dice::new(seed, "a", 1));
            let differ: Vec<usize> = (0..SIGNED.len())
                .filter(|at| changed[*at] != SIGNED.as_bytes()[*at])
                .collect();
            assert_eq!((differ.len(), changed.len()), (1, SIGNED.len()));
            assert!(places.contains(&differ[0]), "seed {seed}: {differ:?}");
        }
        let quoted = "<s:Body a=\"b\"><c>&amp;x&#49;</c></s:Body>";
        assert_eq!(corruptible(quoted.as_bytes()), [quoted.find('x').unwrap()]);
        assert_eq!(corruptible(b"<s:Body><c/></s:Body>"), [0_usize; 0]);
        assert_eq!(corruptible(b"<a>1</a>"), [0_usize; 0]);
    }
}

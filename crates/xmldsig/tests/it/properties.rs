//! Whatever is done to a signed document, either it is refused or it reads as it was signed.

use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, WsseKeyInfo, find_by_id, find_enveloped, find_wsse};

use crate::people::{self, APPLICATION, all_text, applicant};

fn enveloped() -> &'static str {
    static SIGNED: OnceLock<String> = OnceLock::new();
    SIGNED.get_or_init(|| people::enveloped(APPLICATION))
}

fn transported() -> &'static str {
    static SIGNED: OnceLock<String> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let key_info = WsseKeyInfo::KeyIdentifier;
        people::transported(key_info, "1")
    })
}

/// What is read through the signature, by any finder; `None` if it is refused.
fn read(xml: &str) -> Option<String> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).ok()?;
    let bounds = Bounds::default();
    let by_id = find_by_id(&document, &bounds).and_then(|found| found.cover(applicant().spki()));
    let covered = find_enveloped(&document, &bounds)
        .or_else(|_| find_wsse(&document, &bounds))
        .and_then(|found| found.cover(applicant().spki()))
        .or(by_id)
        .ok()?;
    Some(all_text(covered.root()))
}

/// Moves, copies, drops or inserts pieces of a text, at borders of markup more often than elsewhere.
fn damaged(xml: &'static str) -> impl Strategy<Value = String> {
    let borders: Vec<usize> = xml
        .char_indices()
        .filter(|(_, c)| matches!(c, '<' | '>' | '"' | ' '))
        .flat_map(|(at, _)| [at, at + 1])
        .collect();
    let border = prop::sample::select(borders);
    let junk = prop::sample::select(vec![
        "",
        "<!-- x -->",
        "<x/>",
        "&#13;",
        " ",
        "\r\n",
        "<![CDATA[]]>",
        "Id=\"app\" ",
        "<ds:Object/>",
        "=",
        "A",
    ]);
    (border.clone(), border.clone(), border, junk).prop_map(move |(a, b, to, junk)| {
        let (from, until) = (a.min(b), a.max(b));
        let piece = &xml[from..until];
        let kept = if junk.len() % 2 == 0 { piece } else { "" };
        let (before, after) = xml.split_at(to);
        if to <= from {
            format!(
                "{before}{junk}{piece}{}{kept}{}",
                &xml[to..from],
                &xml[until..]
            )
        } else if to >= until {
            format!(
                "{}{kept}{}{piece}{junk}{after}",
                &xml[..from],
                &xml[until..to]
            )
        } else {
            format!("{before}{junk}{after}")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_document_reads_as_signed_or_not_at_all(xml in damaged(enveloped())) {
        if let Some(read_now) = read(&xml) {
            prop_assert_eq!(read_now, read(enveloped()).unwrap(), "{}", xml);
        }
    }

    #[test]
    fn a_damaged_envelope_reads_as_signed_or_not_at_all(xml in damaged(transported())) {
        if let Some(read_now) = read(&xml) {
            prop_assert_eq!(read_now, read(transported()).unwrap(), "{}", xml);
        }
    }

    #[test]
    fn everything_that_is_signed_verifies_and_reads_as_it_was(
        value in "[ -~\\t\\n\\r\\u{400}-\\u{4ff}]{0,40}",
        attribute in "[ -~\\t\\n\\u{400}-\\u{4ff}]{0,20}",
    ) {
        let mut xml = qaqpa_xml::write::Writer::new();
        xml.start("a").attribute("xmlns", "urn:a").attribute("x", &attribute);
        xml.leaf("b", &value);
        let xml = xml.finish();
        let signed = people::enveloped(&xml);
        let document = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
        let covered = find_enveloped(&document, &Bounds::default()).unwrap().cover(applicant().spki()).unwrap();
        prop_assert_eq!(covered.root().attribute(None, "x").unwrap(), attribute);
        prop_assert_eq!(covered.root().child(Some("urn:a"), "b").unwrap().text(), value);
    }
}

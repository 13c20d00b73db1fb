//! XPath Filter 2.0: one filter, recognised as it is written; every other is refused by name.

use qaqpa_xmldsig::SignatureError;

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature};
use crate::people::{applicant, judge_enveloped};

const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";

/// A reference whose first transform is the filter with these parameters.
fn filtered(uri: &str, parameters: &str, more: &[&str]) -> String {
    let mut transforms = vec![FILTER2];
    transforms.extend(more);
    with_filter(&reference(0, uri, &transforms), parameters)
}

/// The reference, each filter of which gets these parameters.
fn with_filter(reference: &str, parameters: &str) -> String {
    reference.replace(
        &format!("<ds:Transform Algorithm=\"{FILTER2}\"/>"),
        &format!("<ds:Transform Algorithm=\"{FILTER2}\">{parameters}</ds:Transform>"),
    )
}

fn filter(expression: &str) -> String {
    format!("<f:XPath xmlns:f=\"{FILTER2}\" Filter=\"subtract\">{expression}</f:XPath>")
}

fn judge(reference: &str) -> Result<String, SignatureError> {
    let template = format!(
        "<a Id=\"r\"><b Id=\"b\">x</b>{}</a>",
        signature(INCLUSIVE, reference)
    );
    judge_enveloped(&forge(&template, applicant()), applicant().spki())
}

#[test]
fn the_subtraction_of_all_signatures_is_accepted_in_every_spelling_of_its_prefix() {
    let other = format!(
        "<XPath xmlns=\"{FILTER2}\" xmlns:q=\"http://www.w3.org/2000/09/xmldsig#\" Filter=\"subtract\">\n/descendant::q:Signature </XPath>\n"
    );
    for parameters in [filter("/descendant::ds:Signature"), other] {
        for uri in ["", "#r"] {
            for more in [&[][..], &[INCLUSIVE], &[EXCLUSIVE]] {
                judge(&filtered(uri, &parameters, more)).unwrap();
            }
        }
    }
}

#[test]
fn w23_every_other_filter_is_refused() {
    let good = filter("/descendant::ds:Signature");
    for parameters in [
        String::new(),
        filter(""),
        filter("/descendant::Signature"),
        filter("/descendant::no:Signature"),
        filter("/descendant::f:Signature"),
        filter("/descendant::ds:Signature[1]"),
        filter("/descendant::ds:Signature | /descendant::b"),
        filter("//ds:Signature"),
        filter("here()/ancestor::ds:Signature[1]"),
        filter("/descendant::ds:Signature<b/>"),
        filter("/descendant::ds:signature"),
        good.replace("subtract", "intersect"),
        good.replace("subtract", "union"),
        good.replace(" Filter=\"subtract\"", ""),
        good.replace(" Filter", " x=\"1\" Filter"),
        good.replace(FILTER2, "urn:filter"),
        good.replace("XPath", "Xpath"),
        format!("{good}{good}"),
        format!("x{good}"),
    ] {
        assert_eq!(
            judge(&filtered("", &parameters, &[])),
            Err(SignatureError::TransformRefused {
                uri: FILTER2.to_owned()
            }),
            "{parameters}"
        );
    }
}

#[test]
fn the_filter_stands_before_canonicalization_and_once() {
    let good = filter("/descendant::ds:Signature");
    judge(&with_filter(
        &reference(0, "", &[ENVELOPED, FILTER2]),
        &good,
    ))
    .unwrap();
    let twice = filtered("", &good, &[FILTER2]);
    let refused = |uri: &str| {
        Err(SignatureError::TransformRefused {
            uri: uri.to_owned(),
        })
    };
    assert_eq!(judge(&twice), refused(FILTER2));
    assert_eq!(
        judge(&filtered("", &good, &[ENVELOPED])),
        refused(ENVELOPED)
    );
    for method in [INCLUSIVE, EXCLUSIVE] {
        let after = with_filter(&reference(0, "", &[method, FILTER2]), &good);
        assert_eq!(judge(&after), refused(FILTER2));
    }
}

#[test]
fn only_signatures_at_the_root_are_left_out() {
    let good = filter("/descendant::ds:Signature");
    let refused = |uri: &str, why| {
        Err(SignatureError::ReferenceRefused {
            uri: uri.to_owned(),
            why,
        })
    };
    assert_eq!(
        judge(&filtered("#b", &good, &[])),
        refused(
            "#b",
            "enveloped-signature belongs exactly where the signature is inside"
        )
    );
    // Content that calls itself a signature, elsewhere than where signatures stand.
    let hidden =
        "<a><b><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">evil</Signature></b>@S@</a>";
    let template = hidden.replace("@S@", &signature(INCLUSIVE, &filtered("", &good, &[])));
    let xml = forge(&template, applicant());
    let document = crate::people::parse(&xml);
    let signature = document.root().children().last().unwrap();
    // The counting of signatures refuses it before; the reference does so by itself.
    assert!(signature.name() == "Signature");
    assert_eq!(
        judge_enveloped(&xml, applicant().spki()),
        Err(SignatureError::Multiple { n: 2 })
    );
    assert!(matches!(
        qaqpa_xmldsig::find_all(
            &document,
            qaqpa_xmldsig::Profile::Enveloped,
            &qaqpa_xmldsig::Bounds::default()
        ),
        Err(SignatureError::Scope { .. })
    ));
}

//! Several signatures: co-signatures in any order, counter-signatures, detached ones.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, Options, PartKind, Profile, PropertiesToSign, Role, SignError, SignatureError,
    SignatureLimit, counter_sign, find_all, find_detached, find_enveloped, sign_by_id,
    sign_by_id_with, sign_detached, sign_enveloped, sign_enveloped_with,
};

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature};
use crate::people::{
    APPLICATION, Person, all_text, applicant, ecdsa_signer, parse, stranger, text,
};

fn parallel(id: &str) -> Options {
    Options {
        parallel: true,
        ..Options::with_id(id)
    }
}

fn co_sign(xml: &str, id: &str, person: &Person) -> Result<String, SignError> {
    let options = parallel(id);
    sign_enveloped_with(
        xml.as_bytes(),
        &person.signer(),
        &options,
        &XmlLimits::default(),
    )
    .map(text)
}

fn found_all(xml: &str, profile: Profile) -> Result<usize, SignatureError> {
    let document = parse(xml);
    find_all(&document, profile, &Bounds::default()).map(|all| all.len())
}

/// Case OK5: co-signatures of two persons, whoever signs first, and whoever's signature stands first.
#[test]
fn ok5_co_signatures_in_any_order_all_cover_the_content_and_not_each_other() {
    let one = co_sign(APPLICATION, "a", applicant()).unwrap();
    let both = co_sign(&one, "b", ecdsa_signer()).unwrap();
    let three = co_sign(&both, "c", stranger()).unwrap();
    let document = parse(&three);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let people = [applicant(), ecdsa_signer(), stranger()];
    assert_eq!(all.len(), 3);
    for (found, person) in all.iter().zip(people) {
        assert_eq!(found.role(), Role::Content);
        let covered = found.cover(person.spki()).unwrap();
        assert_eq!(covered.root().children().count(), 3, "no signature is read");
        assert!(all_text(covered.root()).contains("iin:931002451325\n"));
        let [part] = covered.parts() else {
            panic!("one part");
        };
        assert_eq!((part.uri.as_str(), part.kind), ("", PartKind::Content));
    }
    // In another order, and with one taken away.
    let second = &three[all[1].element().span()];
    let moved = three
        .replace(second, "")
        .replace("<submitter>", &format!("{second}<submitter>"));
    let document = parse(&moved);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    for (found, person) in all.iter().zip([ecdsa_signer(), applicant(), stranger()]) {
        found.cover(person.spki()).unwrap();
    }
    let document = parse(&three.replace(second, ""));
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    for (found, person) in all.iter().zip([applicant(), stranger()]) {
        found.cover(person.spki()).unwrap();
    }
    // The profile of one signature still refuses several.
    assert_eq!(
        find_enveloped(&parse(&three), &Bounds::default()).unwrap_err(),
        SignatureError::Multiple { n: 3 }
    );
    let one = parse(&one);
    let found = find_enveloped(&one, &Bounds::default()).unwrap();
    found.cover(applicant().spki()).unwrap();
}

#[test]
fn changed_content_breaks_every_co_signature() {
    let both = co_sign(
        &co_sign(APPLICATION, "a", applicant()).unwrap(),
        "b",
        stranger(),
    )
    .unwrap();
    let changed = both.replace("931002451325", "931002451326");
    let document = parse(&changed);
    for found in find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap() {
        assert!(matches!(
            found.verify_digests(),
            Err(SignatureError::DigestMismatch { .. })
        ));
    }
}

/// A signature about the whole root cannot have another beside it: nobody is made to break it.
#[test]
fn what_another_signature_would_break_is_not_signed_again() {
    let limits = XmlLimits::default();
    let signer = applicant().signer();
    let enveloped = sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).unwrap();
    let around = sign_by_id(APPLICATION.as_bytes(), "app", &signer, &limits).unwrap();
    let would_break = Err(SignError::Structure {
        why: "a signature that is there is about the whole root, and another would break it",
    });
    for signed in [enveloped, around] {
        assert_eq!(co_sign(&text(signed), "b", stranger()), would_break);
    }
    let broken = APPLICATION.replace(
        "<form>",
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/><form>",
    );
    assert_eq!(
        co_sign(&broken, "b", stranger()),
        Err(SignError::Structure {
            why: "a signature that is there cannot be read"
        })
    );
    let inside = APPLICATION.replace(
        "<form>",
        "<form><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>",
    );
    assert_eq!(
        co_sign(&inside, "b", stranger()),
        Err(SignError::AlreadySigned)
    );
    assert_eq!(
        co_sign(APPLICATION, "a b", stranger()),
        Err(SignError::Structure {
            why: "the Id of the signature is not of name characters"
        })
    );
}

#[test]
fn co_signatures_beside_one_element_verify_in_any_order() {
    let limits = XmlLimits::default();
    let mut xml = "<m><p Id=\"p1\">good</p></m>".to_owned();
    for (id, person) in [("a", applicant()), ("b", stranger())] {
        let options = parallel(id);
        let signed =
            sign_by_id_with(xml.as_bytes(), "p1", &person.signer(), &options, &limits).unwrap();
        xml = text(signed);
    }
    let document = parse(&xml);
    let all = find_all(&document, Profile::ById, &Bounds::default()).unwrap();
    for (found, person) in all.iter().zip([applicant(), stranger()]) {
        assert_eq!(
            all_text(found.cover(person.spki()).unwrap().root()),
            "p Id=p1:good\n"
        );
    }
    assert_eq!(all.len(), 2);
    assert_eq!(
        found_all(&xml.replace("<m>", "<m><evil/>"), Profile::ById),
        Err(SignatureError::Malformed {
            why: "not exactly one element beside Signature".to_owned()
        })
    );
}

/// Case W12: a good signature over something else does not lend itself to the content.
#[test]
fn w12_a_co_signature_over_something_else_covers_nothing_that_is_read() {
    let decoy = forge(
        &format!(
            "<m><p Id=\"p1\">evil</p><p2 Id=\"p2\">x</p2>{}</m>",
            signature(EXCLUSIVE, &reference(0, "#p2", &[EXCLUSIVE]))
        ),
        applicant(),
    );
    let document = parse(&decoy);
    let all = find_all(&document, Profile::Detached, &Bounds::default()).unwrap();
    assert!(matches!(
        all[0].cover(applicant().spki()),
        Err(SignatureError::Scope {
            why: "no reference is about it",
            ..
        })
    ));
    // In the enveloped profile neither.
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    assert!(matches!(
        all[0].verify_scope(),
        Err(SignatureError::Scope { .. })
    ));
}

#[test]
fn a_counter_signature_is_about_a_value_and_gives_nothing_else_to_read() {
    let limits = XmlLimits::default();
    let one = co_sign(APPLICATION, "a", applicant()).unwrap();
    let options = Options::with_id("b");
    let xml = text(
        counter_sign(
            one.as_bytes(),
            &Options::value_id("a"),
            &stranger().signer(),
            &options,
            &limits,
        )
        .unwrap(),
    );
    let document = parse(&xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    let [first, second] = all.as_slice() else {
        panic!("two signatures");
    };
    assert_eq!(first.role(), Role::Content);
    assert_eq!(second.role(), Role::CounterSignature { of: 0 });
    first.cover(applicant().spki()).unwrap();
    let covered = second.cover(stranger().spki()).unwrap();
    assert_eq!(covered.root().name(), "SignatureValue");
    assert_eq!(covered.contents().count(), 0);
    assert_eq!(covered.parts()[0].kind, PartKind::SignatureValue);
    assert_eq!(
        second.signed_references()[0].kind.as_deref(),
        Some("http://uri.etsi.org/01903#CountersignedSignature")
    );
    // Another value at its place is not the one that was counter-signed.
    let value = first.value_element().text().into_owned();
    let changed = xml.replacen(value.trim(), &"A".repeat(344), 1);
    let document = parse(&changed);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    assert!(matches!(
        all[1].cover(stranger().spki()),
        Err(SignatureError::DigestMismatch { .. })
    ));
    // What is no value is not counter-signed.
    assert_eq!(
        counter_sign(
            one.as_bytes(),
            "app",
            &stranger().signer(),
            &options,
            &limits
        ),
        Err(SignError::Structure {
            why: "what is counter-signed is the value of a signature"
        })
    );
    assert_eq!(
        counter_sign(
            one.as_bytes(),
            "no-value",
            &stranger().signer(),
            &options,
            &limits
        ),
        Err(SignError::Structure {
            why: "not exactly one element has this Id"
        })
    );
}

#[test]
fn the_type_of_a_counter_signature_belongs_to_a_value() {
    let typed = reference(0, "", &[ENVELOPED]).replace(
        "<ds:Reference ",
        "<ds:Reference Type=\"http://uri.etsi.org/01903#CountersignedSignature\" ",
    );
    let xml = forge(
        &format!("<a>x{}</a>", signature(INCLUSIVE, &typed)),
        applicant(),
    );
    assert_eq!(
        found_all(&xml, Profile::Enveloped),
        Err(SignatureError::ReferenceRefused {
            uri: String::new(),
            why: "its Type names something else than its target"
        })
    );
}

#[test]
fn a_detached_signature_covers_every_element_beside_it() {
    let limits = XmlLimits::default();
    let plain = "<m xmlns:q=\"urn:q\"><a Id=\"a1\">one</a>\n<b xmlns=\"urn:b\" ID=\"b1\" q:x=\"1\">two</b></m>";
    let signed = sign_detached(
        plain.as_bytes(),
        &applicant().signer(),
        &Options::default(),
        &limits,
    );
    let xml = text(signed.unwrap());
    let document = parse(&xml);
    let found = find_detached(&document, &Bounds::default()).unwrap();
    let covered = found.cover(applicant().spki()).unwrap();
    assert_eq!(all_text(covered.root()), "a Id=a1:one\n");
    let contents: Vec<_> = covered.contents().map(all_text).collect();
    assert_eq!(contents, ["a Id=a1:one\n", "b ID=b1 x=1:two\n"]);
    // One more element, and one taken away.
    let more = parse(&xml.replace("\n<b", "<c Id=\"c1\"/><b"));
    let found = find_detached(&more, &Bounds::default()).unwrap();
    assert!(matches!(
        found.cover(applicant().spki()),
        Err(SignatureError::Scope {
            why: "no reference is about it",
            ..
        })
    ));
    let changed = xml.replace("two", "three");
    let document = parse(&changed);
    assert!(matches!(
        find_detached(&document, &Bounds::default())
            .unwrap()
            .cover(applicant().spki()),
        Err(SignatureError::DigestMismatch { uri, .. }) if uri == "#b1"
    ));
    for (plain, why) in [
        ("<m/>", "the root has no children to sign"),
        ("<m><a/></m>", "a child of the root has no Id"),
        (
            "<m><a Id='x'/><b Id='x'/></m>",
            "not exactly one element has this Id",
        ),
    ] {
        assert_eq!(
            sign_detached(
                plain.as_bytes(),
                &applicant().signer(),
                &Options::default(),
                &limits
            ),
            Err(SignError::Structure { why })
        );
    }
}

#[test]
fn missing_misplaced_and_too_many_signatures_are_named() {
    assert_eq!(
        found_all(APPLICATION, Profile::Enveloped),
        Err(SignatureError::Missing)
    );
    let one = co_sign(APPLICATION, "a", applicant()).unwrap();
    let wrapped = one
        .replace("<ds:Signature ", "<w><ds:Signature ")
        .replace("</ds:Signature>", "</ds:Signature></w>");
    assert!(matches!(
        found_all(&wrapped, Profile::Enveloped),
        Err(SignatureError::Scope {
            why: "the signature is not at the place of its profile",
            ..
        })
    ));
    let many = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>".repeat(17);
    assert_eq!(
        found_all(&format!("<a>{many}</a>"), Profile::Enveloped),
        Err(SignatureError::Limit {
            what: SignatureLimit::Signatures,
            max: 16
        })
    );
}

#[test]
fn a_counter_signature_is_of_one_value() {
    let both = co_sign(
        &co_sign(APPLICATION, "a", applicant()).unwrap(),
        "b",
        stranger(),
    )
    .unwrap();
    // The document has two References already.
    let values = [
        reference(2, "#a-value", &[EXCLUSIVE]),
        reference(3, "#b-value", &[EXCLUSIVE]),
    ];
    let counter = |references: &str| {
        let signature = signature(EXCLUSIVE, references);
        forge(
            &both.replace("</application>", &format!("{signature}</application>")),
            applicant(),
        )
    };
    assert_eq!(
        found_all(&counter(&values.concat()), Profile::Enveloped),
        Err(SignatureError::Malformed {
            why: "a counter-signature of more than one value".to_owned()
        })
    );
    // One that is about the content as well is a signature of the content.
    let content = reference(3, "", &[ENVELOPED]);
    let xml = counter(&[values[0].as_str(), &content].concat());
    let document = parse(&xml);
    let all = find_all(&document, Profile::Enveloped, &Bounds::default()).unwrap();
    assert_eq!(all[2].role(), Role::Content);
    let covered = all[2].cover(applicant().spki()).unwrap();
    let kinds: Vec<_> = covered.parts().iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [PartKind::Other, PartKind::Content]);
}

#[test]
fn a_detached_signature_of_nothing_is_refused() {
    let alone = forge(
        &format!(
            "<m Id=\"m\">{}</m>",
            signature(EXCLUSIVE, &reference(0, "", &[ENVELOPED]))
        ),
        applicant(),
    );
    let nothing = SignatureError::Malformed {
        why: "no element beside Signature".to_owned(),
    };
    assert_eq!(found_all(&alone, Profile::Detached), Err(nothing.clone()));
    assert_eq!(
        find_detached(&parse(&alone), &Bounds::default()).unwrap_err(),
        nothing
    );
}

#[test]
fn properties_need_a_signature_with_an_id_and_an_element_with_theirs() {
    let sign = |id: Option<&str>, signed_id: &str| {
        let options = Options {
            id: id.map(str::to_owned),
            parallel: false,
            properties: Some(PropertiesToSign {
                markup: "<p Id=\"p1\"/>".to_owned(),
                signed_id: signed_id.to_owned(),
            }),
        };
        let signer = applicant().signer();
        sign_enveloped_with(
            APPLICATION.as_bytes(),
            &signer,
            &options,
            &XmlLimits::default(),
        )
    };
    sign(Some("a"), "p1").unwrap();
    assert_eq!(
        sign(None, "p1"),
        Err(SignError::Structure {
            why: "properties are about a signature with an Id"
        })
    );
    assert_eq!(
        sign(Some("a"), "p2"),
        Err(SignError::Structure {
            why: "not exactly one element has the Id of the signed properties"
        })
    );
}

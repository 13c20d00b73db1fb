use der::asn1::OctetStringRef;
use der::{Encode, Tag};
use qaqpa_ades::cms::{self, Bounds, CmsError, Place, SigningCertificate};
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};
use qaqpa_x509::cms::attributes::attribute;
use qaqpa_x509::cms::parts::{context, sequence, tlv};
use qaqpa_x509::cms::signer;
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use super::draft::{Draft, Whole, content_type, message_digest, signing_certificate, signing_time};
use super::stand::{CONTENT, read, signed, stand};

const COUNTER_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");

fn covered(message: &[u8], certificate: &Certificate) -> Result<(), CmsError> {
    let found = read(message);
    let covered = found.signers().next().unwrap().cover(certificate)?;
    assert_eq!(covered.bytes(), CONTENT);
    Ok(())
}

/// A case, the digest's and the signature's identifier, and the verdict.
type Algorithms<'a> = (&'a str, Vec<u8>, Vec<u8>, Result<(), CmsError>);

fn malformed<T>(what: &'static str) -> Result<T, CmsError> {
    Err(CmsError::Malformed { what })
}

/// One defect a case; the key really signed each.
#[test]
fn signed_attributes_with_one_defect_are_refused_by_name() {
    let person = &stand().p256;
    let draft = || Draft::of(person);
    let digest = || message_digest(&DigestAlgorithm::Sha256.digest(CONTENT));
    let twice = |oid| Err(CmsError::AttributeTwice { oid });
    let values = |oid| Err(CmsError::AttributeValues { oid });
    let two = |oid: ObjectIdentifier, value: &[u8]| {
        let set = tlv(Tag::Set, &[value, value].concat()).unwrap();
        sequence(&[&oid.to_der().unwrap(), &set]).unwrap()
    };
    let protection = |digest, algorithm: SignatureAlgorithm| {
        let identifier = algorithm.identifier_der();
        // The same value under the tag [1].
        let tagged = [&[0xa1], &identifier[1..]].concat();
        let value = sequence(&[&signer::digest_der(digest).unwrap(), &tagged]).unwrap();
        attribute(
            ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52"),
            &value,
        )
        .unwrap()
    };
    let other = &stand().rsa;
    let (sha256, sha384) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha384);
    let (ours, theirs) = (
        SignatureAlgorithm::EcdsaSha256,
        SignatureAlgorithm::EcdsaSha384,
    );
    let signed_as = CmsError::ContentTypeOther {
        said: oid::CONTENT_DATA,
        signed: oid::CMS_TST_INFO,
    };
    #[rustfmt::skip]
    let table: Vec<(&str, Draft<'_>, Result<(), CmsError>)> = vec![
        ("nothing is wrong", draft(), Ok(())),
        ("a digest alone with its content type", draft().with(|a| a.truncate(2)), Ok(())),
        ("no contentType", draft().with(|a| { a.remove(0); }), Err(CmsError::ContentTypeMissing)),
        ("another contentType", draft().with(|a| a[0] = content_type(oid::CMS_TST_INFO)), Err(signed_as)),
        ("contentType twice", draft().with(|a| a.push(content_type(oid::CONTENT_DATA))),
            twice(oid::ATTRIBUTE_CONTENT_TYPE)),
        ("two content types in one", draft().with(|a| a[0] = two(oid::ATTRIBUTE_CONTENT_TYPE, &oid::CONTENT_DATA.to_der().unwrap())),
            values(oid::ATTRIBUTE_CONTENT_TYPE)),
        ("no messageDigest", draft().with(|a| { a.remove(1); }), Err(CmsError::MessageDigestMissing)),
        ("messageDigest twice", draft().with(|a| a.push(digest())), twice(oid::ATTRIBUTE_MESSAGE_DIGEST)),
        ("the digest of something else", draft().with(|a| a[1] = message_digest(&sha256.digest(b"other"))),
            Err(CmsError::ContentDigestWrong)),
        ("an empty digest", draft().with(|a| a[1] = message_digest(&[])), Err(CmsError::ContentDigestWrong)),
        ("a digest that is no OCTET STRING", draft().with(|a| a[1] = attribute(oid::ATTRIBUTE_MESSAGE_DIGEST, &[5, 0]).unwrap()),
            malformed("the attribute messageDigest")),
        ("signingTime twice", draft().with(|a| a.push(signing_time())), twice(oid::ATTRIBUTE_SIGNING_TIME)),
        ("a signingTime that is none", draft().with(|a| a[2] = attribute(oid::ATTRIBUTE_SIGNING_TIME, b"\x17\x0b2611220500Z").unwrap()),
            malformed("the attribute signingTime")),
        ("another's certificate", draft().with(|a| a[3] = signing_certificate(SigningCertificate::V2, other)),
            Err(CmsError::SigningCertificateWrong)),
        ("another's certificate by SHA-1", draft().with(|a| a[3] = signing_certificate(SigningCertificate::V1, other)),
            Err(CmsError::SigningCertificateWrong)),
        ("another's certificate beside the own", draft().with(|a| a.push(signing_certificate(SigningCertificate::V1, other))),
            Err(CmsError::SigningCertificateWrong)),
        ("signingCertificate that is none", draft().with(|a| a[3] = attribute(SigningCertificate::V2.oid(), &[0x30, 0]).unwrap()),
            malformed("the attribute signingCertificate")),
        ("the algorithms that are used", draft().with(|a| a.push(protection(sha256, ours))), Ok(())),
        ("another digest than is used", draft().with(|a| a.push(protection(sha384, ours))), Err(CmsError::AlgorithmsOther)),
        ("another algorithm than is used", draft().with(|a| a.push(protection(sha256, theirs))), Err(CmsError::AlgorithmsOther)),
        ("no attributes", draft().with(Vec::clear), Err(CmsError::ContentTypeMissing)),
        ("a signature over the content alone", Draft { signed: None, ..draft() }, Err(CmsError::SignedAttributesMissing)),
        ("an attribute that nobody knows", draft().with(|a| a.push(attribute(oid::COMMON_NAME, &[5, 0]).unwrap())), Ok(())),
    ];
    for (case, draft, expected) in table {
        assert_eq!(draft.digest(), sha256);
        assert_eq!(
            covered(&draft.message(), &person.certificate),
            expected,
            "{case}"
        );
    }
}

#[test]
fn algorithms_that_do_not_fit_or_are_weak_are_refused_by_name() {
    let rsa = &stand().rsa;
    let sha = |digest| signer::digest_der(digest).unwrap();
    let weak = |why| Err(CmsError::Weak { why });
    let unsupported = |oid: &str| {
        Err(CmsError::Unsupported {
            oid: oid.to_owned(),
        })
    };
    let identifier = |oid: ObjectIdentifier| sequence(&[&oid.to_der().unwrap(), &[5, 0]]).unwrap();
    let md5 = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
    let pss = SignatureAlgorithm::RsaPssSha256.identifier_der();
    let short_salt = {
        let mut der = pss.clone();
        *der.last_mut().unwrap() = 20;
        der
    };
    let strong = SignatureAlgorithm::RsaSha256.identifier_der();
    #[rustfmt::skip]
    let table: Vec<Algorithms<'_>> = vec![
        ("SHA-1 by the key's name", sha(DigestAlgorithm::Sha1), signer::algorithm_der(SignatureAlgorithm::RsaSha256),
            weak("a signature with SHA-1")),
        ("SHA-1 by its own name", sha(DigestAlgorithm::Sha1), SignatureAlgorithm::RsaSha1.identifier_der(),
            weak("a signature with SHA-1")),
        ("MD5", identifier(md5), strong.clone(), weak("a digest with MD5")),
        ("a digest that the signature has not", sha(DigestAlgorithm::Sha384), strong,
            malformed("digest and signature are of different algorithms")),
        ("PSS with a short salt", sha(DigestAlgorithm::Sha256), short_salt,
            unsupported("RSASSA-PSS: the salt has not the length of the digest")),
        ("an algorithm for keys of another kind", sha(DigestAlgorithm::Sha256), SignatureAlgorithm::EcdsaSha256.identifier_der(),
            Err(CmsError::BadSignature)),
        ("PSS that was not signed", sha(DigestAlgorithm::Sha256), pss, Err(CmsError::BadSignature)),
        ("an unknown one", sha(DigestAlgorithm::Sha256), identifier(oid::COMMON_NAME), unsupported("2.5.4.3")),
        ("an unknown digest", identifier(oid::COMMON_NAME), signer::algorithm_der(SignatureAlgorithm::RsaSha256),
            unsupported("2.5.4.3")),
    ];
    for (case, digest, algorithm, expected) in table {
        // The attribute holds the digest that is named, so that nothing else is wrong.
        let named = signer::digest_of(&digest).unwrap_or(DigestAlgorithm::Sha256);
        let draft = Draft {
            digest,
            algorithm,
            ..Draft::of(rsa).with(|a| a[1] = message_digest(&named.digest(CONTENT)))
        };
        assert_eq!(
            covered(&draft.message(), &rsa.certificate),
            expected,
            "{case}"
        );
    }
}

#[test]
fn the_signer_is_who_the_message_says_and_no_other() {
    let stand = stand();
    let message = signed(Place::Attached, &[&stand.p256]);
    assert_eq!(
        covered(&message, &stand.p384.certificate),
        Err(CmsError::SignerOther)
    );
    // Named by the key's identifier.
    let ski = stand.p256.certificate.ski().unwrap();
    let by_key = [&[0x80, ski.len().to_le_bytes()[0]], ski].concat();
    let draft = |version, sid: &[u8]| Draft {
        version,
        sid: sid.to_vec(),
        ..Draft::of(&stand.p256)
    };
    let named = signer::issuer_and_serial(&stand.p256.certificate).unwrap();
    assert_eq!(
        covered(&draft(3, &by_key).message(), &stand.p256.certificate),
        Ok(())
    );
    for (version, sid) in [(1, &by_key), (3, &named), (0, &named), (4, &by_key)] {
        assert_eq!(
            cms::read(&draft(version, sid).message(), None, &Bounds::default()).map(|_| ()),
            malformed("the version of SignerInfo")
        );
    }
    // Somebody else's name over the signer's signature.
    let named = signer::issuer_and_serial(&stand.p384.certificate).unwrap();
    let message = draft(1, &named).message();
    assert_eq!(
        covered(&message, &stand.p256.certificate),
        Err(CmsError::SignerOther)
    );
    assert_eq!(
        covered(&message, &stand.p384.certificate),
        Err(CmsError::SigningCertificateWrong)
    );
}

#[test]
fn the_content_is_in_one_place() {
    let person = &stand().p256;
    let [attached, detached] =
        [Place::Attached, Place::Detached].map(|place| signed(place, &[person]));
    let read = |message: &[u8], beside| {
        cms::read(message, beside, &Bounds::default()).map(|found| {
            let covered = found.signers().next().unwrap().cover(&person.certificate);
            covered.map(|_| ())
        })
    };
    assert_eq!(read(&attached, None), Ok(Ok(())));
    assert_eq!(read(&detached, Some(CONTENT)), Ok(Ok(())));
    // The same bytes, too: which of the two is meant nobody could say of others.
    assert_eq!(read(&attached, Some(CONTENT)), Err(CmsError::ContentBoth));
    assert_eq!(read(&attached, Some(b"")), Err(CmsError::ContentBoth));
    assert_eq!(read(&detached, None), Err(CmsError::ContentMissing));
    for other in [&CONTENT[1..], b"", b"other"] {
        assert_eq!(
            read(&detached, Some(other)),
            Ok(Err(CmsError::ContentDigestWrong))
        );
    }
    // The content of a type that is not data is signed as what it is.
    let draft = Draft::of(person).with(|a| a[0] = content_type(oid::CMS_TST_INFO));
    let whole = Whole {
        version: 3,
        content_type: oid::CMS_TST_INFO,
        ..Whole::default()
    };
    assert_eq!(read(&whole.of(&[draft.signer_info()]), None), Ok(Ok(())));
    let as_data = Draft::of(person).signer_info();
    assert_eq!(
        read(&whole.of(&[as_data]), None),
        Ok(Err(CmsError::ContentTypeOther {
            said: oid::CMS_TST_INFO,
            signed: oid::CONTENT_DATA
        }))
    );
}

#[test]
fn what_is_no_signed_message_is_refused_by_the_part() {
    let info = Draft::of(&stand().p256).signer_info();
    let whole = |change: &dyn Fn(&mut Whole)| {
        let mut whole = Whole::default();
        change(&mut whole);
        whole.of(std::slice::from_ref(&info))
    };
    let certificates = tlv(context(0), stand().p256.certificate.der()).unwrap();
    let lists = tlv(context(1), &[]).unwrap();
    #[rustfmt::skip]
    let table: Vec<(&str, Vec<u8>, Result<(), CmsError>)> = vec![
        ("nothing is wrong", whole(&|_| {}), Ok(())),
        ("certificates and lists", whole(&|w| w.between = [&certificates[..], &lists].concat()), Ok(())),
        ("lists before certificates", whole(&|w| w.between = [&lists[..], &certificates].concat()), malformed("SignedData")),
        ("certificates twice", whole(&|w| w.between = [&certificates[..], &certificates].concat()), malformed("SignedData")),
        ("something else", whole(&|w| w.between = tlv(context(2), &[]).unwrap()), malformed("SignedData")),
        ("enveloped data", whole(&|w| w.kind = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3")), malformed("it is no SignedData")),
        ("version 2", whole(&|w| w.version = 2), malformed("the version of SignedData")),
        ("version 6", whole(&|w| w.version = 6), malformed("the version of SignedData")),
        ("a content that is no OCTET STRING", whole(&|w| w.content = Some(vec![5, 0])), malformed("the content")),
        ("a content of two parts", whole(&|w| w.content = Some(vec![4, 0, 4, 0])), malformed("the content")),
        ("an empty [0]", whole(&|w| w.content = Some(vec![])), malformed("the content")),
        ("no signers", Whole::default().of(&[]), Err(CmsError::SignersMissing)),
        ("a signer that is none", Whole::default().of(&[vec![0x30, 0]]), malformed("SignerInfo")),
        ("nothing", vec![], malformed("it is not BER")),
        ("something behind it", [whole(&|_| {}), vec![0]].concat(), malformed("it is not BER")),
        ("an empty sequence", vec![0x30, 0], malformed("ContentInfo")),
        ("a text", b"-----BEGIN CMS-----".to_vec(), malformed("it is not BER")),
    ];
    for (case, message, expected) in table {
        let found = cms::read(&message, None, &Bounds::default()).map(|_| ());
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn a_counter_signature_has_rules_of_its_own() {
    let stand = stand();
    let message = signed(Place::Attached, &[&stand.rsa]);
    let value = read(&message)
        .signers()
        .next()
        .unwrap()
        .signature_value()
        .unwrap()
        .to_vec();
    let counter = || {
        Draft::over(&stand.p256, &value).with(|a| {
            a.remove(0);
        })
    };
    let with = |counter: Draft<'_>| {
        let mut draft = Draft::of(&stand.rsa);
        draft.unsigned = vec![attribute(COUNTER_SIGNATURE, &counter.signer_info()).unwrap()];
        let message = draft.message();
        let found = read(&message);
        let signer = found.signers().next().unwrap();
        // RSASSA-PKCS1-v1_5 gives the same value again.
        assert_eq!(signer.signature_value().unwrap(), value);
        let counters = signer.counter_signers()?;
        counters[0].cover(&stand.p256.certificate).map(|_| ())
    };
    assert_eq!(with(counter()), Ok(()));
    assert_eq!(
        with(counter().with(|a| a.push(content_type(oid::CONTENT_DATA)))),
        Err(CmsError::ContentTypePresent)
    );
    // Over the content, or over another signature: not over this one.
    for other in [CONTENT, b"another value"] {
        let digest = DigestAlgorithm::Sha256.digest(other);
        assert_eq!(
            with(counter().with(|a| a[0] = message_digest(&digest))),
            Err(CmsError::ContentDigestWrong)
        );
    }
    let mut signed_bare = counter();
    signed_bare.signed = None;
    assert_eq!(with(signed_bare), Err(CmsError::SignedAttributesMissing));
    let mut nested = counter();
    nested.unsigned = vec![attribute(COUNTER_SIGNATURE, &counter().signer_info()).unwrap()];
    assert_eq!(with(nested), Err(CmsError::CounterSignatureNested));
}

#[test]
fn unsigned_attributes_that_are_swapped_prove_nothing_of_the_other_signature() {
    let stand = stand();
    let bounds = Bounds::default();
    let [one, two] = [&stand.rsa, &stand.gost_2015].map(|person| {
        let message = signed(Place::Attached, &[person]);
        cms::counter_sign(&message, 0, &stand.p256.signs(), &[], &bounds).unwrap()
    });
    let counter_in = |message: &[u8]| -> Vec<u8> {
        let start = message
            .windows(11)
            .rposition(|part| part == [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 6])
            .unwrap();
        // SEQUENCE with a length of two bytes before the OID.
        message[start - 4..].to_vec()
    };
    let mut draft = Draft::of(&stand.rsa);
    draft.unsigned = vec![counter_in(&two)];
    let swapped = draft.message();
    let found = read(&swapped);
    let signer = found.signers().next().unwrap();
    assert_eq!(
        signer.cover(&stand.rsa.certificate).unwrap().bytes(),
        CONTENT
    );
    let counters = signer.counter_signers().unwrap();
    assert_eq!(
        counters[0].cover(&stand.p256.certificate),
        Err(CmsError::ContentDigestWrong)
    );
    draft.unsigned = vec![counter_in(&one)];
    let own = draft.message();
    let found = read(&own);
    let signer = found.signers().next().unwrap();
    let counters = signer.counter_signers().unwrap();
    assert!(counters[0].cover(&stand.p256.certificate).is_ok());
}

#[test]
fn there_is_a_limit_on_everything() {
    let stand = stand();
    let person = &stand.p256;
    let bounds = Bounds {
        bytes_max: 64 * 1024,
        certificates_max: 2,
        signers_max: 2,
        stamps_max: 1,
    };
    let too_many = |what, max| Err(CmsError::TooMany { what, max });
    let read = |message: &[u8]| cms::read(message, None, &bounds).map(|_| ());
    let people = stand.people();
    assert_eq!(read(&signed(Place::Attached, &people[..2])), Ok(()));
    assert_eq!(
        read(&signed(Place::Attached, &people[..3])),
        too_many("certificates", 2)
    );
    let signers = [person.signs(), person.signs(), person.signs()];
    let three = cms::sign(CONTENT, Place::Attached, &signers, &[]).unwrap();
    assert_eq!(read(&three), too_many("signers", 2));
    let long = cms::sign(&[7; 64 * 1024], Place::Attached, &[person.signs()], &[]).unwrap();
    assert_eq!(read(&long), too_many("bytes", 64 * 1024));
    let list = OctetStringRef::new(b"list").unwrap().to_der().unwrap();
    let whole = Whole {
        between: tlv(context(1), &list.repeat(3)).unwrap(),
        ..Whole::default()
    };
    assert_eq!(
        read(&whole.of(&[Draft::of(person).signer_info()])),
        too_many("revocation lists", 2)
    );
    let message = signed(Place::Attached, &[person]);
    let wide = Bounds::default();
    let stamped = cms::add_timestamp(&message, 0, &[0x30, 0], &wide).unwrap();
    let stamped = cms::add_timestamp(&stamped, 0, &[0x30, 2, 5, 0], &wide).unwrap();
    let found = cms::read(&stamped, None, &bounds).unwrap();
    let signer = found.signers().next().unwrap();
    assert_eq!(signer.timestamps().map(|_| ()), too_many("time stamps", 1));
    let mut countered = message;
    for _ in 0..3 {
        countered = cms::counter_sign(&countered, 0, &person.signs(), &[], &wide).unwrap();
    }
    let found = cms::read(&countered, None, &bounds).unwrap();
    let signer = found.signers().next().unwrap();
    assert_eq!(
        signer.counter_signers().map(|_| ()),
        too_many("counter-signers", 2)
    );
    let crowd = Draft::of(person).with(|attributes| {
        attributes.extend((0..30_u8).map(|number| {
            let kind = ObjectIdentifier::new_unwrap("1.2.3")
                .push_arc(number.into())
                .unwrap();
            attribute(kind, &[5, 0]).unwrap()
        }));
    });
    assert_eq!(
        covered(&crowd.message(), &person.certificate),
        malformed("the attributes")
    );
}

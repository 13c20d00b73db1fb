//! Key files as the national authority writes them, and other old ones: BER in every layer, 3DES, RC2, SHA-1.

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};
use proptest::prelude::*;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_crypto::password::{Password, Work};
use qaqpa_x509::ber::{self, BerError};
use qaqpa_x509::pkcs12::{self, Pkcs12Error};

use crate::key_files::{PASSWORD, openssl_writes};
use crate::stand::Stand;
use crate::tools::Desk;

const OLD: [&str; 7] = [
    "-legacy",
    "-certpbe",
    "PBE-SHA1-RC2-40",
    "-keypbe",
    "PBE-SHA1-3DES",
    "-macalg",
    "sha1",
];
const OPEN: [&str; 4] = ["-certpbe", "NONE", "-keypbe", "NONE"];

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82][..], &length, content].concat()
}

/// The same value in the loosest BER: indefinite lengths, OCTET STRINGs in parts of 100 bytes.
fn loose(der: &[u8]) -> Vec<u8> {
    let value = AnyRef::from_der(der).unwrap();
    let tag = der[0];
    if value.tag() == Tag::OctetString {
        let parts: Vec<u8> = value
            .value()
            .chunks(100)
            .flat_map(|part| tlv(4, part))
            .collect();
        return [&[0x24, 0x80][..], &parts, &[0, 0]].concat();
    }
    if tag & 0x20 == 0 {
        return tlv(tag, value.value());
    }
    let mut reader = SliceReader::new(value.value()).unwrap();
    let mut content = Vec::new();
    while !reader.is_finished() {
        content.extend(loose(reader.tlv_bytes().unwrap()));
    }
    [&[tag, 0x80][..], &content, &[0, 0]].concat()
}

/// The same with `[0] IMPLICIT OCTET STRING` in parts: what only a reader who knows the structure can put together.
fn loose_safe(safe_der: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    each(safe_der, |content| {
        let mut fields = Vec::new();
        each(content, |field| fields.push(field.to_vec()));
        // 1.2.840.113549.1.7.6
        let encrypted = fields[0].ends_with(&[7, 6]);
        let value = AnyRef::from_der(&fields[1]).unwrap().value();
        if encrypted {
            let mut data = Vec::new();
            each(value, |field| data.push(field.to_vec()));
            let mut inner = Vec::new();
            each(&data[1], |field| inner.push(field.to_vec()));
            let octets = AnyRef::from_der(&inner[2]).unwrap();
            assert_eq!(
                octets.tag(),
                Tag::ContextSpecific {
                    constructed: false,
                    number: TagNumber(0)
                }
            );
            let parts: Vec<u8> = octets
                .value()
                .chunks(100)
                .flat_map(|part| tlv(4, part))
                .collect();
            let octets = [&[0xa0, 0x80][..], &parts, &[0, 0]].concat();
            let inner = tlv(0x30, &[inner[0].clone(), inner[1].clone(), octets].concat());
            let data = tlv(0x30, &[data[0].clone(), inner].concat());
            written.extend(tlv(0x30, &[fields[0].clone(), tlv(0xa0, &data)].concat()));
        } else {
            // SafeContents in the open: loose too, inside an OCTET STRING in parts.
            let bags = <&OctetStringRef>::from_der(value).unwrap();
            let bags = OctetStringRef::new(&loose(bags.as_bytes()))
                .unwrap()
                .to_der()
                .unwrap();
            let content = [&[0xa0, 0x80][..], &loose(&bags), &[0, 0]].concat();
            written.extend(tlv(0x30, &[fields[0].clone(), content].concat()));
        }
    });
    [&[0x30, 0x80][..], &written, &[0, 0]].concat()
}

fn each(list_der: &[u8], mut what: impl FnMut(&[u8])) {
    let list = AnyRef::from_der(list_der).unwrap();
    let mut reader = SliceReader::new(list.value()).unwrap();
    while !reader.is_finished() {
        what(reader.tlv_bytes().unwrap());
    }
}

/// `AuthenticatedSafe` of a file that OpenSSL wrote.
fn safe_of(file: &[u8]) -> Vec<u8> {
    let mut fields = Vec::new();
    each(file, |field| fields.push(field.to_vec()));
    let mut content = Vec::new();
    each(&fields[1], |field| content.push(field.to_vec()));
    let octets = AnyRef::from_der(&content[1]).unwrap().value();
    <&OctetStringRef>::from_der(octets)
        .unwrap()
        .as_bytes()
        .to_vec()
}

/// A file around a safe, with a MAC of SHA-1.
fn file_around(safe: &[u8], password: &Password, iterations: u32) -> Vec<u8> {
    let salt = [7; 8];
    let mut work = Work {
        iterations_left: u32::MAX,
    };
    let shown = iterations.clamp(1, 10_000);
    let mac = password
        .mac(DigestAlgorithm::Sha1, &salt, shown, safe, &mut work)
        .unwrap();
    let sha1 = [0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0];
    let digest = tlv(0x30, &[&sha1[..], &tlv(4, &mac)].concat());
    let iterations = iterations.to_der().unwrap();
    let mac = tlv(0x30, &[&digest[..], &tlv(4, &salt), &iterations].concat());
    let data = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let safe = tlv(0xa0, &tlv(4, safe));
    let content = tlv(0x30, &[&data[..], &safe].concat());
    tlv(0x30, &[&[2, 1, 3][..], &content, &mac].concat())
}

#[test]
fn files_in_every_old_encryption_are_read() {
    let stand = Stand::new();
    for options in [
        &OLD[..],
        &["-legacy"],
        &["-legacy", "-descert"],
        &[
            "-legacy",
            "-certpbe",
            "PBE-SHA1-RC2-128",
            "-keypbe",
            "PBE-SHA1-RC2-128",
        ],
        &["-certpbe", "AES-128-CBC", "-keypbe", "AES-192-CBC"],
        &[
            "-certpbe",
            "DES-EDE3-CBC",
            "-keypbe",
            "AES-256-CBC",
            "-macalg",
            "sha512",
        ],
        &["-macalg", "sha384", "-iter", "10000"],
        // An attribute in the PKCS#8 key, as Microsoft's files have.
        &["-keysig"],
        &OPEN,
    ] {
        let bytes = openssl_writes(&stand, PASSWORD, options);
        let file = pkcs12::read(&bytes, PASSWORD).unwrap_or_else(|e| panic!("{options:?}: {e}"));
        assert_eq!(file.certificate, stand.leaf, "{options:?}");
        assert_eq!(file.chain, [stand.issuing.clone(), stand.root.clone()]);
        assert_eq!(
            pkcs12::read(&bytes, "Qwerty13").unwrap_err(),
            Pkcs12Error::WrongPassword,
            "{options:?}"
        );
    }
}

#[test]
fn files_of_javas_old_form_are_read() {
    let desk = Desk::new();
    desk.keytool(&[
        "-J-Dkeystore.pkcs12.legacy",
        "-genkeypair",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=TEST, C=KZ",
        "-alias",
        "x",
        "-keystore",
        "java.p12",
        "-storepass",
        PASSWORD,
    ])
    .yes();
    let info = desk
        .openssl(&[
            "pkcs12",
            "-legacy",
            "-in",
            "java.p12",
            "-passin",
            "pass:Qwerty12",
            "-info",
            "-noout",
        ])
        .yes();
    assert!(info.contains("MAC: sha1"), "{info}");
    assert!(info.contains("pbeWithSHA1And40BitRC2-CBC"), "{info}");
    assert!(info.contains("pbeWithSHA1And3-KeyTripleDES-CBC"), "{info}");
    let bytes = desk.read("java.p12");
    let file = pkcs12::read(&bytes, PASSWORD).unwrap();
    assert_eq!(file.certificate.issuer_name(), "CN=TEST,C=KZ");
    assert_eq!(pkcs12::aliases(&bytes, PASSWORD).unwrap(), ["x"]);
}

#[test]
fn files_with_ber_in_every_layer_are_read() {
    let stand = Stand::new();
    for options in [&OLD[..], &OPEN, &[]] {
        let der = openssl_writes(&stand, PASSWORD, options);
        // The outer layer alone: the MAC stays as it is.
        let outside = loose(&der);
        // The safe too, as Java's other library writes it.
        let inside = file_around(&loose_safe(&safe_of(&der)), &Password::of(PASSWORD), 2048);
        let both = loose(&ber::to_definite(&inside).unwrap());
        for ber in [outside, inside, both] {
            let file = pkcs12::read(&ber, PASSWORD).unwrap_or_else(|e| panic!("{options:?}: {e}"));
            assert_eq!(file.certificate, stand.leaf);
            assert_eq!(file.chain.len(), 2);
            assert_eq!(
                pkcs12::read(&ber, "Qwerty13").unwrap_err(),
                Pkcs12Error::WrongPassword
            );
        }
    }
}

#[test]
fn an_empty_password_and_none_at_all_are_both_read_with_the_empty_one() {
    let stand = Stand::new();
    for options in [&OLD[..], &OPEN, &[]] {
        let empty = openssl_writes(&stand, "", options);
        assert_eq!(pkcs12::read(&empty, "").unwrap().certificate, stand.leaf);
    }
    let safe = safe_of(&openssl_writes(&stand, "", &OPEN));
    let none = file_around(&safe, &Password::none(), 1);
    assert_eq!(pkcs12::read(&none, "").unwrap().certificate, stand.leaf);
    assert_eq!(
        pkcs12::read(&none, "x").unwrap_err(),
        Pkcs12Error::WrongPassword
    );
}

#[test]
fn a_file_that_was_changed_is_told_from_a_wrong_password() {
    let stand = Stand::new();
    for options in [&OLD[..], &[]] {
        let good = openssl_writes(&stand, PASSWORD, options);
        // In the middle of what is encrypted, and in the MAC, which stands at the end.
        for at in [good.len() / 2, good.len() - 20] {
            let mut changed = good.clone();
            changed[at] ^= 1;
            assert_eq!(
                pkcs12::read(&changed, PASSWORD).unwrap_err(),
                Pkcs12Error::Malformed {
                    why: "the file was changed after it was made".to_owned()
                },
                "{options:?}"
            );
            assert_eq!(
                pkcs12::read(&changed, "Qwerty13").unwrap_err(),
                Pkcs12Error::WrongPassword
            );
        }
    }
}

#[test]
fn a_file_that_asks_for_minutes_of_work_is_refused() {
    let stand = Stand::new();
    let safe = safe_of(&openssl_writes(&stand, PASSWORD, &OPEN));
    let password = Password::of(PASSWORD);
    let huge = file_around(&safe, &password, 3_000_001);
    assert_eq!(
        pkcs12::read(&huge, PASSWORD).unwrap_err(),
        Pkcs12Error::TooMuchWork
    );
    assert!(pkcs12::read(&file_around(&safe, &password, 10_000), PASSWORD).is_ok());
    assert!(matches!(
        pkcs12::read(&file_around(&safe, &password, 0), PASSWORD),
        Err(Pkcs12Error::Malformed { .. })
    ));
}

/// DER values of three types, up to four deep.
fn any_der() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| definite(&[4], &bytes)),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(|bytes| definite(&[0x80], &bytes)),
        Just(vec![5, 0]),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        (
            prop::sample::select(vec![&[0x30][..], &[0x31], &[0xa0], &[0x7f, 0x81, 0x01]]),
            prop::collection::vec(inner, 0..6),
        )
            .prop_map(|(tag, parts)| definite(tag, &parts.concat()))
    })
}

fn definite(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let length = match length {
        0..=0x7f => vec![u8::try_from(length).unwrap()],
        0x80..=0xff => vec![0x81, u8::try_from(length).unwrap()],
        _ => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            vec![0x82, high, low]
        }
    };
    [tag, &length, content].concat()
}

proptest! {
    #[test]
    fn der_comes_out_of_the_normaliser_as_it_went_in(der in any_der()) {
        prop_assert_eq!(ber::to_definite(&der).unwrap(), der);
    }

    #[test]
    fn loose_ber_becomes_the_der_that_it_was_made_of(der in any_der()) {
        // The test's own loosening does not know tags of several bytes.
        prop_assume!(!der.contains(&0x7f));
        prop_assert_eq!(ber::to_definite(&loose(&der)).unwrap(), der);
    }

    #[test]
    fn no_bytes_make_the_normaliser_panic_and_twice_is_once(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        match ber::to_definite(&bytes) {
            Ok(definite) => prop_assert_eq!(ber::to_definite(&definite).unwrap(), definite),
            Err(error) => prop_assert_ne!(error, BerError::TooLong),
        }
    }
}

//! Streebog-512 and GOST 34.311 against published digests.

use gost94::{Digest, Gost94Test};
use proptest::prelude::*;
use qaqpa_crypto::gost::{gost34311, streebog512};
use streebog::Streebog512;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Source: RFC 6986 §10.1.1, M1; the RFC prints numbers, their bytes are the other way round.
#[test]
fn streebog_of_the_first_example_is_the_published_one() {
    let message = b"012345678901234567890123456789012345678901234567890123456789012";
    assert_eq!(
        hex(&streebog512(message)),
        concat!(
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa",
            "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
        )
    );
}

/// Source: RFC 6986 §10.2.1, M2: a line of the Lay of Igor's Host in Windows-1251.
#[test]
fn streebog_of_the_second_example_is_the_published_one() {
    let message = [
        "d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1",
        "f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb",
    ]
    .concat();
    let (pairs, _) = message.as_bytes().as_chunks::<2>();
    let message: Vec<u8> = pairs
        .iter()
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(
        hex(&streebog512(&message)),
        concat!(
            "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376",
            "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
        )
    );
}

/// Every length around the blocks, and bytes whose sum carries through all of Σ.
#[test]
fn streebog_of_every_short_length_is_the_librarys() {
    for length in 0..=260 {
        for byte in [0, 0x5A, 0xFF] {
            let message = vec![byte; length];
            let expected: [u8; 64] = Streebog512::digest(&message).into();
            assert_eq!(streebog512(&message), expected, "{length} of {byte:#x}");
        }
    }
}

proptest! {
    #[test]
    fn streebog_of_any_bytes_is_the_librarys(
        message in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let expected: [u8; 64] = Streebog512::digest(&message).into();
        prop_assert_eq!(streebog512(&message), expected);
    }

    #[test]
    fn gost_34311_does_not_depend_on_how_the_bytes_come(
        message in prop::collection::vec(any::<u8>(), 0..600),
        cuts in prop::collection::vec(0usize..600, 0..5),
    ) {
        let mut hash = Gost94Test::new();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.min(&message.len()).to_owned()).collect();
        cuts.sort_unstable();
        let mut from = 0;
        for to in cuts.into_iter().chain([message.len()]) {
            hash.update(&message[from..to]);
            from = to;
        }
        let expected: [u8; 32] = hash.finalize().into();
        prop_assert_eq!(gost34311(&message), expected);
    }
}

/// Source: RFC 5831 §7.3 (the messages of 32 and 50 bytes) and the examples commonly published for the test parameters.
#[test]
fn gost_34311_with_the_test_parameters_is_the_published_one() {
    let million = vec![b'a'; 1_000_000];
    let cases: [(&[u8], &str); 8] = [
        (
            b"",
            "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d",
        ),
        (
            b"a",
            "d42c539e367c66e9c88a801f6649349c21871b4344c6a573f849fdce62f314dd",
        ),
        (
            b"abc",
            "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d",
        ),
        (
            b"message digest",
            "ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d",
        ),
        (
            b"This is message, length=32 bytes",
            "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
        ),
        (
            b"Suppose the original message has length = 50 bytes",
            "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208",
        ),
        (
            &[b'U'; 128],
            "53a3a3ed25180cef0c1d85a074273e551c25660a87062a52d926a9e8fe5733a4",
        ),
        (
            &million,
            "5c00ccc2734cdd3332d3d4749576e3c1a7dbaf0e7ea74e9fa602413c90a129fa",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(
            hex(&gost34311(message)),
            expected,
            "{} bytes",
            message.len()
        );
    }
}

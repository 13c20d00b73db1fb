//! Signatures and digests against Debian's GOST engine (`libengine-gost-openssl`), which knows nothing of ours.
//!
//! It shares both curves and Streebog, but not the national OIDs, and writes a signature as s‖r, each big-endian: the
//! bytes of ours the other way round. Keys are little-endian there too, and so is the digest's number. Of GOST R 34.11-94
//! it has only the CryptoPro S-box: so the national digest (test S-box) is not judged by it, only the library's code with
//! that S-box. The Russian OIDs stand nowhere but here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gost94::{Digest, Gost94CryptoPro};
use qaqpa_crypto::gost::{Curve, SigningKey, VerifyingKey, gost34311, streebog512};

/// SubjectPublicKeyInfo of the engine up to x‖y: GOST R 34.10-2012 (512 bits), its parameter set A, Streebog-512.
const SPKI_512: &str = concat!(
    "3081aa302106082a85030701010102301506092a8503070102010201",
    "06082a850307010102030381840004",
    "8180"
);
/// The same for 256 bits: CryptoPro-A and Streebog-256.
const SPKI_256: &str = concat!(
    "3066301f06082a85030701010101301306072a850302022301",
    "06082a85030701010202034300",
    "0440"
);

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("gost-engine")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn openssl(folder: &Path, arguments: &str) -> Output {
    Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is installed by scripts/setup")
}

fn succeed(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = openssl(folder, arguments);
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .bytes()
        .filter(|byte| byte.is_ascii_hexdigit())
        .collect();
    let (pairs, _) = digits.as_chunks::<2>();
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

fn spki(key: &VerifyingKey) -> Vec<u8> {
    let mut der = from_hex(match key.curve() {
        Curve::CryptoProA => SPKI_256,
        Curve::Tc26A512 => SPKI_512,
    });
    der.extend_from_slice(key.xy());
    der
}

/// Signs a digest by a key that the engine made, and reads that key: the last bytes of its PKCS#8 are the scalar.
fn signed_by_the_engine(
    folder: &Path,
    curve: Curve,
    algorithm: &str,
    digest: &[u8],
) -> (SigningKey, Vec<u8>) {
    let generate = format!(
        "genpkey -engine gost -algorithm {algorithm} -pkeyopt paramset:A -outform DER -out key.der"
    );
    succeed(folder, &generate);
    fs::write(folder.join("digest"), digest).unwrap();
    succeed(
        folder,
        "pkeyutl -engine gost -sign -keyform DER -inkey key.der -in digest -out signature",
    );
    let der = fs::read(folder.join("key.der")).unwrap();
    let scalar = &der[der.len() - curve.bytes()..];
    (
        SigningKey::from_scalar(curve, scalar).unwrap(),
        reversed(&fs::read(folder.join("signature")).unwrap()),
    )
}

fn engine_accepts(folder: &Path, key: &VerifyingKey, digest: &[u8], signature: &[u8]) -> bool {
    fs::write(folder.join("public.der"), spki(key)).unwrap();
    fs::write(folder.join("ours.digest"), digest).unwrap();
    fs::write(folder.join("ours.signature"), reversed(signature)).unwrap();
    let output = openssl(
        folder,
        "pkeyutl -engine gost -verify -pubin -keyform DER -inkey public.der -in ours.digest \
         -sigfile ours.signature",
    );
    let said = String::from_utf8_lossy(&output.stdout);
    match output.status.success() {
        true => assert!(said.contains("Signature Verified Successfully"), "{said}"),
        false => assert!(
            said.contains("Signature Verification Failure"),
            "{output:?}"
        ),
    }
    output.status.success()
}

fn check(name: &str, curve: Curve, algorithm: &str, digest_of: fn(&[u8]) -> Vec<u8>) {
    let folder = folder(name);
    for round in 0..4u8 {
        let digest = digest_of(&[round; 100]);
        let mut other = digest.clone();
        other[0] ^= 1;

        let (key, signature) = signed_by_the_engine(&folder, curve, algorithm, &digest);
        assert_eq!(key.public().verify(&digest, &signature), Ok(()));
        assert!(key.public().verify(&other, &signature).is_err());
        // The engine finds the same public key for the scalar.
        let public = succeed(
            &folder,
            "pkey -engine gost -inform DER -in key.der -pubout -outform DER",
        );
        assert_eq!(
            public[public.len() - 2 * curve.bytes()..],
            *key.public().xy()
        );

        let ours = SigningKey::generate(curve).unwrap();
        let signature = ours.sign(&digest).unwrap();
        assert!(engine_accepts(&folder, ours.public(), &digest, &signature));
        assert!(!engine_accepts(&folder, ours.public(), &other, &signature));
    }
}

#[test]
fn signatures_of_512_bits_are_accepted_both_ways() {
    check("512", Curve::Tc26A512, "gost2012_512", |message| {
        streebog512(message).to_vec()
    });
}

/// The digest is the national one, with the test S-box: the engine takes any 32 bytes.
#[test]
fn signatures_of_256_bits_are_accepted_both_ways() {
    check("256", Curve::CryptoProA, "gost2012_256", |message| {
        gost34311(message).to_vec()
    });
    check("2001", Curve::CryptoProA, "gost2001", |message| {
        gost34311(message).to_vec()
    });
}

/// A message hashed and signed by the engine in one step, as its certificates are.
#[test]
fn a_message_signed_by_the_engine_is_accepted_by_its_streebog_digest() {
    let folder = folder("message");
    let (key, _) = signed_by_the_engine(&folder, Curve::Tc26A512, "gost2012_512", &[1; 64]);
    let message = "Қазақстан".repeat(1000);
    fs::write(folder.join("message"), &message).unwrap();
    succeed(
        &folder,
        "dgst -engine gost -md_gost12_512 -keyform DER -sign key.der -out signature message",
    );
    let signature = reversed(&fs::read(folder.join("signature")).unwrap());
    let digest = streebog512(message.as_bytes());
    assert_eq!(key.public().verify(&digest, &signature), Ok(()));
}

/// Digests of files by the engine, in the files' order.
fn digests(folder: &Path, algorithm: &str, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut arguments = format!("dgst -engine gost -{algorithm} -r");
    for (i, message) in messages.iter().enumerate() {
        fs::write(folder.join(i.to_string()), message).unwrap();
        arguments.push_str(&format!(" {i}"));
    }
    let said = String::from_utf8(succeed(folder, &arguments)).unwrap();
    said.lines()
        .map(|line| from_hex(line.split(' ').next().unwrap()))
        .collect()
}

/// Messages of every length around the blocks and some long ones; zeros, and bytes whose sum carries.
fn messages() -> Vec<Vec<u8>> {
    let long = [1000, 4095, 4096, 65_537, 1_000_003];
    let lengths = (0..=200).chain(long);
    lengths
        .map(|length| match length % 3 {
            0 => vec![0xFF; length],
            1 => vec![0; length],
            _ => (0..length).map(|i| (i * 7 + i / 256) as u8).collect(),
        })
        .collect()
}

#[test]
fn streebog_of_many_lengths_is_the_engines() {
    let messages = messages();
    let theirs = digests(&folder("streebog"), "md_gost12_512", &messages);
    assert_eq!(theirs.len(), messages.len());
    for (message, digest) in messages.iter().zip(theirs) {
        assert_eq!(
            streebog512(message).to_vec(),
            digest,
            "{} bytes",
            message.len()
        );
    }
}

/// The code that hashes with the test S-box, with the S-box that the engine has: padding, lengths and sums.
///
/// Not of the empty message: the engine hashes a block of zeros for it, the library none; the digest commonly published
/// for it is the library's.
#[test]
fn gost_r_34_11_94_of_many_lengths_is_the_engines_where_the_s_box_is_shared() {
    let messages = messages().split_off(1);
    let theirs = digests(&folder("gost94"), "md_gost94", &messages);
    assert_eq!(theirs.len(), messages.len());
    for (message, digest) in messages.iter().zip(theirs) {
        let ours = Gost94CryptoPro::digest(message).to_vec();
        assert_eq!(ours, digest, "{} bytes", message.len());
    }
}

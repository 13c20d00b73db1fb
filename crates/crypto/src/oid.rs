//! Object identifiers of keys, curves and the national algorithms.

use der::oid::ObjectIdentifier;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        $($(#[$doc])* pub const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)+
    };
}

oids! {
    /// RSA keys, rsaEncryption (RFC 8017 A.1).
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1",
    /// RSASSA-PSS signatures, whose parameters say the digest (RFC 8017 A.2.3).
    RSASSA_PSS = "1.2.840.113549.1.1.10",
    /// The mask of RSASSA-PSS (RFC 8017 A.2.1).
    MGF1 = "1.2.840.113549.1.1.8",
    /// Elliptic-curve keys, id-ecPublicKey (RFC 5480 §2.1.1).
    EC_PUBLIC_KEY = "1.2.840.10045.2.1",
    /// The curve P-256, secp256r1 (RFC 5480 §2.1.1.1).
    CURVE_P256 = "1.2.840.10045.3.1.7",
    /// The curve P-384, secp384r1 (RFC 5480 §2.1.1.1).
    CURVE_P384 = "1.3.132.0.34",

    /// National keys of GOST 34.310-2004.
    KEY_GOST_2004 = "1.2.398.3.10.1.1.1.1",
    /// The curve of GOST 34.310-2004 keys: CryptoPro-A.
    CURVE_GOST_2004 = "1.2.398.3.10.1.1.1.1.1",
    /// The S-box of the digest that goes with GOST 34.310-2004 keys.
    SBOX_GOST_34311 = "1.2.398.3.10.1.3.1.1.0",
    /// Signatures of GOST 34.310-2004 with GOST 34.311-95.
    SIGNATURE_GOST_2004 = "1.2.398.3.10.1.1.1.2",
    /// The digest GOST 34.311-95.
    DIGEST_GOST_34311 = "1.2.398.3.10.1.3.1",

    /// National keys of GOST 34.10-2015 with 512 bits.
    KEY_GOST_2015 = "1.2.398.3.10.1.1.2.2",
    /// The curve of GOST 34.10-2015 keys with 512 bits: TC26-512-A.
    CURVE_GOST_2015 = "1.2.398.3.10.1.1.2.2.1",
    /// Signatures of GOST 34.10-2015 with Streebog-512.
    SIGNATURE_GOST_2015 = "1.2.398.3.10.1.1.2.3.2",
    /// The digest Streebog-512 (GOST 34.11-2015).
    DIGEST_STREEBOG_512 = "1.2.398.3.10.1.3.3",
}

//! What any bytes may do to the readers, the canonicalizer and the verifiers: nothing but what is promised here.
//!
//! Each target is a function of some bytes that panics where a promise is broken, and the readers' own panics break one
//! too. Two drivers call them: libFuzzer (`libfuzzer/`, a workspace of its own) for as long as one likes, and a test of
//! every run, with every seed and some thousands of [mutations] that are always the same.

mod certificates;
mod events;
mod gost;
mod messages;
pub mod mutations;
mod protocols;
mod signatures;
mod wire;
mod xml;

pub use certificates::{ber_definite, certificate_read, crl_read, key_file_read, pkcs10_read};
pub use events::event_log;
pub use gost::gost_verify;
pub use messages::{SIGNED, cms_verify};
pub use protocols::{STAMPED, ocsp_request, ocsp_response, tsp_request, tsp_token};
pub use signatures::{reading, wsse_verify, xades_verify, xmldsig_verify};
pub use wire::wire_read;
pub use xml::{c14n, xml_parse};

/// A promise about any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name: of the function, of the folder of its seeds, and of libFuzzer's binary.
    pub name: &'static str,
    /// Holds the promise, or panics.
    pub hold: fn(&[u8]),
    /// The kind of text that its seeds are: what mutations put in.
    pub language: Language,
    /// Mutations of each test run, over all seeds: so many that it takes seconds.
    pub mutations: u32,
}

/// What a target reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// ASN.1 in DER or BER.
    Der,
    /// Bytes of fixed places.
    Plain,
    /// XML.
    Xml,
}

/// Every target, by name.
pub const TARGETS: [Target; 18] = [
    target("ber_definite", ber_definite, Language::Der, 20000),
    target("c14n", c14n, Language::Xml, 3000),
    target("certificate_read", certificate_read, Language::Der, 10000),
    target("cms_verify", cms_verify, Language::Der, 6000),
    target("crl_read", crl_read, Language::Der, 6000),
    target("event_log", event_log, Language::Xml, 5000),
    target("gost_verify", gost_verify, Language::Plain, 3000),
    target("key_file_read", key_file_read, Language::Der, 600),
    target("ocsp_request", ocsp_request, Language::Der, 20000),
    target("ocsp_response", ocsp_response, Language::Der, 10000),
    target("pkcs10_read", pkcs10_read, Language::Der, 10000),
    target("tsp_request", tsp_request, Language::Der, 20000),
    target("tsp_token", tsp_token, Language::Der, 10000),
    target("wire_read", wire_read, Language::Xml, 10000),
    target("wsse_verify", wsse_verify, Language::Xml, 5000),
    target("xades_verify", xades_verify, Language::Xml, 5000),
    target("xml_parse", xml_parse, Language::Xml, 10000),
    target("xmldsig_verify", xmldsig_verify, Language::Xml, 8000),
];

const fn target(name: &'static str, hold: fn(&[u8]), language: Language, mutations: u32) -> Target {
    Target {
        name,
        hold,
        language,
        mutations,
    }
}

/// A public constant that a target's seeds were made with.
#[macro_export]
#[doc(hidden)]
macro_rules! seed {
    ($path:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/", $path))
    };
}

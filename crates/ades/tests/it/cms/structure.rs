//! What asn1crypto reads in messages of the national algorithms, which OpenSSL does not know.

use qaqpa_ades::cms::{self, Bounds, Place};

use super::stand::{CONTENT, signed, stand};
use crate::tools::Desk;

#[test]
fn messages_have_the_national_structure() {
    let stand = stand();
    for (person, key, bytes) in [
        (
            &stand.gost_2004,
            ("1.2.398.3.10.1.3.1", "1.2.398.3.10.1.1.1.2"),
            64,
        ),
        (
            &stand.gost_2015,
            ("1.2.398.3.10.1.3.3", "1.2.398.3.10.1.1.2.3.2"),
            128,
        ),
    ] {
        let (digest, algorithm) = key;
        let message = signed(Place::Attached, &[person]);
        let value = {
            let found = cms::read(&message, None, &Bounds::default()).unwrap();
            let signer = found.signers().next().unwrap();
            signer.signature_value().unwrap().to_vec()
        };
        let stamped = cms::add_timestamp(&message, 0, &stand.token(&value), &Bounds::default());
        let desk = Desk::new();
        desk.put("value.der", stamped.unwrap());
        assert_eq!(
            desk.python("structure.py", &["cms", "value.der"]).yes(),
            format!(
                "version: v1\ndigest: {digest} (NULL)\ncontent: 1.2.840.113549.1.7.1 {}\n\
                 certificates: 1\nsigner: v1 issuer_and_serial_number\n\
                 signer's digest: {digest} (NULL)\n\
                 signed: 1.2.840.113549.1.9.16.2.47\nsigned: 1.2.840.113549.1.9.3\n\
                 signed: 1.2.840.113549.1.9.4\nsigned: 1.2.840.113549.1.9.5\n\
                 signature: {algorithm} (NULL)\nsignature bytes: {bytes}\n\
                 unsigned: 1.2.840.113549.1.9.16.2.14\n",
                CONTENT.len()
            )
        );
    }
}

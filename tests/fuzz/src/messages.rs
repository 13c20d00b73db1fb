//! CMS messages: the seeds are signed with keys that were thrown away, so that nothing else can be right.

use qaqpa_ades::cms::{self, Bounds};
use qaqpa_x509::Certificate;

/// What the seeds of [`cms_verify`] sign.
pub const SIGNED: &[u8] = b"TEST data to sign";

const SIGNER: &[u8] = crate::seed!("cms_verify/signer.cer");
const SECOND: &[u8] = crate::seed!("cms_verify/second.cer");
/// The seed that has counter-signatures.
const COUNTER_SIGNED: &[u8] = crate::seed!("cms_verify/several.der");

/// A message is accepted only about what the seeds sign; so is a counter-signature, only about a signature of theirs.
pub fn cms_verify(bytes: &[u8]) {
    let known = [SIGNER, SECOND].map(|der| Certificate::from_der(der).expect("a certificate"));
    for detached in [None, Some(SIGNED), Some(&b"other data"[..])] {
        let Ok(found) = cms::read(bytes, detached, &Bounds::default()) else {
            continue;
        };
        let _ = (found.content_type(), found.revocation_lists().len());
        assert_eq!(found.is_detached(), detached.is_some());
        for signer in found.signers() {
            let _ = (
                signer.certificate(&known),
                signer.algorithm(),
                signer.claimed_signing_time(),
                signer.timestamps(),
            );
            for certificate in &known {
                if let Ok(covered) = signer.cover(certificate) {
                    assert_eq!(covered.bytes(), SIGNED);
                }
            }
            for counter in signer.counter_signers().unwrap_or_default() {
                let _ = (counter.certificate(&known), counter.timestamps());
                for certificate in &known {
                    if let Ok(covered) = counter.cover(certificate) {
                        let value = covered.value();
                        assert_eq!(Ok(value), signer.signature_value());
                        let mut places = COUNTER_SIGNED.windows(value.len().max(1));
                        assert!(places.any(|place| place == value));
                    }
                }
            }
        }
    }
}

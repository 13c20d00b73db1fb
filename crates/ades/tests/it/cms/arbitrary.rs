//! Whatever comes: nothing panics, and what is covered is what was signed.

use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_ades::cms::{self, Bounds, Place};

use super::stand::{CONTENT, signed, stand};

fn sample() -> &'static [u8] {
    static SAMPLE: OnceLock<Vec<u8>> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let stand = stand();
        let bounds = Bounds::default();
        let message = signed(Place::Attached, &[&stand.p256, &stand.rsa]);
        let message = cms::counter_sign(&message, 0, &stand.p384.signs(), &[], &bounds).unwrap();
        cms::add_timestamp(&message, 1, &stand.token(b"x"), &bounds).unwrap()
    })
}

/// Reads everything that can be read; gives back what was covered.
fn read_all(message: &[u8], beside: Option<&[u8]>) -> Vec<Vec<u8>> {
    let mut covered = Vec::new();
    let Ok(found) = cms::read(message, beside, &Bounds::default()) else {
        return covered;
    };
    for signer in found.signers() {
        let _ = (signer.algorithm(), signer.claimed_signing_time());
        let _ = signer.timestamps();
        for person in stand().people() {
            let content = signer.cover(&person.certificate);
            covered.extend(content.map(|content| content.bytes().to_vec()));
        }
        for counter in signer.counter_signers().unwrap_or_default() {
            let _ = counter.timestamps();
            for person in stand().people() {
                if let Ok(value) = counter.cover(&person.certificate) {
                    assert_eq!(Ok(value.value()), signer.signature_value());
                }
            }
        }
    }
    covered
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(read_all(&bytes, None).is_empty());
        prop_assert!(read_all(&bytes, Some(&bytes)).is_empty());
    }

    #[test]
    fn a_message_with_changed_bytes_covers_what_was_signed_or_nothing(
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
        cut in any::<prop::sample::Index>(),
    ) {
        let mut message = sample().to_vec();
        let place = at.index(message.len());
        message[place] ^= 1 << bit;
        for covered in read_all(&message, None) {
            prop_assert_eq!(&covered, CONTENT);
        }
        message.truncate(cut.index(message.len()));
        prop_assert!(read_all(&message, None).is_empty());
    }
}

#[test]
fn a_message_that_is_whole_covers_its_content_by_both_signers() {
    assert_eq!(read_all(sample(), None), [CONTENT, CONTENT]);
}

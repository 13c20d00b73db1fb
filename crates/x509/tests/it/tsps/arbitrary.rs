//! Whatever comes: nothing panics, and what is believed is what was stamped.

use super::*;

fn sample() -> &'static (Vec<u8>, Vec<u8>) {
    static SAMPLE: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, DATA));
        (
            Tsa::new().token(&stamp()),
            request.with_nonce(&[7; 8]).encode(),
        )
    })
}

fn read_all(bytes: &[u8]) -> Option<Stamp> {
    let _ = StampRequest::decode(bytes).map(|request| request.encode());
    let _ = Response::decode(bytes).map(|answer| answer.token().map(<[u8]>::len));
    judge(bytes).ok()
}

proptest! {
    #[test]
    fn noise_makes_no_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(read_all(&bytes), None);
    }

    /// A flipped bit either is noticed or stands where nothing is signed: in the certificates that were not used.
    #[test]
    fn a_flipped_bit_changes_nothing_that_is_believed(place in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (token, request) = sample();
        for sample in [token, request] {
            let place = place.index(sample.len());
            let mut flipped = sample.clone();
            flipped[place] ^= 1 << bit;
            if let Some(stamp) = read_all(&flipped) {
                let whole = judge(token).unwrap();
                prop_assert_eq!(
                    (stamp.gen_time, stamp.serial, stamp.tsa),
                    (whole.gen_time, whole.serial, whole.tsa)
                );
            }
            prop_assert_eq!(read_all(&sample[..place]), None);
        }
    }
}

use std::time::Duration;

use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::{self, CrlPolicy, CrlStatus, CrlToIssue, RevokedEntry};

use crate::stand::{DAY, Stand, at};

/// Entries of the list. Ten times as many, which the default policy still reads, are for `benches/crl.rs`: without
/// optimization they take a minute.
const ENTRIES: u32 = 100_000;

fn serial(number: u32) -> Vec<u8> {
    // Multiplying by an odd number permutes the numbers of 32 bits; none is zero but the first.
    let scattered = number.wrapping_add(1).wrapping_mul(0x9e37_79b1);
    [&[1, 2, 3, 4][..], &scattered.to_be_bytes()].concat()
}

#[test]
fn a_long_list_is_made_judged_and_consulted() {
    let stand = Stand::new();
    let hold = Some(RevocationReason::CertificateHold);
    let of = |number: u32| RevokedEntry {
        serial: serial(number),
        at: at().minus(Duration::from_secs(u64::from(number))),
        reason: hold.filter(|_| number.is_multiple_of(3)),
    };
    let mut list = CrlToIssue {
        number: 1,
        this_update: at(),
        next_update: at().plus(DAY),
        entries: (0..ENTRIES).map(of).collect(),
        freshest_crl_url: None,
    };
    let der = crl::issue(&list, &stand.issuing, &stand.issuing_key).unwrap();
    let read = crl::verify(&der, &stand.issuing, at()).unwrap();
    assert_eq!(read.entries().len(), ENTRIES as usize);
    for number in (0..ENTRIES).step_by(997) {
        let entry = of(number);
        let (at, reason) = (entry.at, entry.reason);
        assert_eq!(
            read.status(&entry.serial),
            CrlStatus::Revoked { at, reason }
        );
        assert_eq!(read.status(&serial(ENTRIES + number)), CrlStatus::NotListed);
    }
    assert!(read.has_exactly(&list.entries));
    list.entries.swap_remove(77);
    assert!(!read.has_exactly(&list.entries));
    let one_less = CrlPolicy {
        entries_max: ENTRIES as usize - 1,
        ..CrlPolicy::default()
    };
    assert_eq!(
        crl::verify_within(&der, &stand.issuing, at(), &one_less),
        Err(crl::CrlError::TooLong {
            max: ENTRIES as usize - 1
        })
    );
}

use std::time::Duration;

use qaqpa_ades::cms::{self, Bounds, CmsError, NewSigner, Place, SignError, SigningCertificate};
use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_x509::oid;
use qaqpa_x509::tsp::{self, StampError, Stamped, Wanted};

use super::stand::{CONTENT, at, place_of, read, signed, stand};

#[test]
fn every_kind_of_key_signs_attached_and_detached() {
    for person in stand().people() {
        let attached = signed(Place::Attached, &[person]);
        let detached = signed(Place::Detached, &[person]);
        assert!(attached.windows(CONTENT.len()).any(|part| part == CONTENT));
        assert!(!detached.windows(CONTENT.len()).any(|part| part == CONTENT));
        for (message, beside) in [(&attached, None), (&detached, Some(CONTENT))] {
            let found = cms::read(message, beside, &Bounds::default()).unwrap();
            assert_eq!(found.is_detached(), beside.is_some());
            assert_eq!(
                found.certificates(),
                std::slice::from_ref(&person.certificate)
            );
            let signer = found.signers().next().unwrap();
            assert_eq!(signer.certificate(&[]), Some(&person.certificate));
            assert_eq!(signer.algorithm(), Ok(person.key.signature_algorithm()));
            assert_eq!(signer.claimed_signing_time(), Ok(Some(at())));
            assert_eq!(
                (signer.timestamps(), found.signers().len()),
                (Ok(vec![]), 1)
            );
            let covered = signer.cover(&person.certificate).unwrap();
            assert_eq!(covered.bytes(), CONTENT);
            assert_eq!(covered.content_type(), oid::CONTENT_DATA);
            assert_eq!(covered.signing_time(), Some(at()));
            assert_eq!(covered.names_certificate(), Some(SigningCertificate::V2));
        }
    }
}

#[test]
fn an_rsa_key_signs_by_each_of_its_algorithms() {
    let person = &stand().rsa;
    for algorithm in SignatureAlgorithm::ALL {
        let signer = NewSigner {
            algorithm,
            ..person.signs()
        };
        let message = cms::sign(CONTENT, Place::Attached, &[signer], &[]);
        match (
            algorithm.is_weak(),
            algorithm.to_string().starts_with("RSA"),
        ) {
            (false, true) => {
                let found = read(&message.unwrap());
                let signer = found.signers().next().unwrap();
                assert_eq!(signer.algorithm(), Ok(algorithm));
                assert_eq!(signer.cover(&person.certificate).unwrap().bytes(), CONTENT);
            }
            _ => assert!(
                matches!(message, Err(SignError::Signature(_))),
                "{algorithm}"
            ),
        }
    }
}

#[test]
fn what_a_signer_says_of_himself_is_written_as_asked() {
    let person = &stand().p256;
    for signing_certificate in [
        None,
        Some(SigningCertificate::V1),
        Some(SigningCertificate::V2),
    ] {
        for signing_time in [None, Some(at())] {
            let signer = NewSigner {
                signing_certificate,
                signing_time,
                ..person.signs()
            };
            let message = cms::sign(CONTENT, Place::Attached, &[signer], &[]).unwrap();
            let found = read(&message);
            let covered = found
                .signers()
                .next()
                .unwrap()
                .cover(&person.certificate)
                .unwrap();
            assert_eq!(covered.names_certificate(), signing_certificate);
            assert_eq!(covered.signing_time(), signing_time);
        }
    }
}

#[test]
fn each_of_several_signers_has_a_verdict_of_his_own() {
    let stand = stand();
    let good = signed(
        Place::Attached,
        &[&stand.rsa, &stand.p256, &stand.gost_2015],
    );
    let found = read(&good);
    assert_eq!(found.signers().len(), 3);
    let broken = found.signers().nth(place_of(&found, &stand.rsa)).unwrap();
    let value = broken.signature_value().unwrap().to_vec();
    let start = good
        .windows(value.len())
        .position(|part| part == value)
        .unwrap();
    let mut bad = good.clone();
    bad[start + 9] ^= 4;
    let found = read(&bad);
    for (person, expected) in [
        (&stand.rsa, Err(CmsError::BadSignature)),
        (&stand.p256, Ok(CONTENT)),
        (&stand.gost_2015, Ok(CONTENT)),
    ] {
        let signer = found.signers().nth(place_of(&found, person)).unwrap();
        let covered = signer.cover(&person.certificate);
        assert_eq!(covered.map(|covered| covered.bytes()), expected);
    }
}

#[test]
fn a_second_signer_joins_and_the_first_stays_as_he_was() {
    let stand = stand();
    for (place, beside) in [(Place::Attached, None), (Place::Detached, Some(CONTENT))] {
        let first = signed(place, &[&stand.gost_2015]);
        let bounds = Bounds::default();
        let both = cms::co_sign(&first, beside, &stand.rsa.signs(), &[], &bounds).unwrap();
        let found = cms::read(&both, beside, &bounds).unwrap();
        assert_eq!((found.signers().len(), found.certificates().len()), (2, 2));
        for person in [&stand.gost_2015, &stand.rsa] {
            let signer = found.signers().nth(place_of(&found, person)).unwrap();
            assert_eq!(signer.cover(&person.certificate).unwrap().bytes(), CONTENT);
        }
        assert_eq!(
            cms::co_sign(
                &first,
                beside.xor(Some(CONTENT)),
                &stand.rsa.signs(),
                &[],
                &bounds
            ),
            Err(SignError::Message(match place {
                Place::Attached => CmsError::ContentBoth,
                Place::Detached => CmsError::ContentMissing,
            }))
        );
    }
}

#[test]
fn a_counter_signature_is_over_the_value_it_stands_in_and_no_other() {
    let stand = stand();
    let bounds = Bounds::default();
    let message = signed(Place::Attached, &[&stand.gost_2015]);
    let countered = cms::counter_sign(&message, 0, &stand.p384.signs(), &[], &bounds).unwrap();
    let countered = cms::counter_sign(&countered, 0, &stand.rsa.signs(), &[], &bounds).unwrap();
    let found = read(&countered);
    let signer = found.signers().next().unwrap();
    assert_eq!(
        signer.cover(&stand.gost_2015.certificate).unwrap().bytes(),
        CONTENT
    );
    let counters = signer.counter_signers().unwrap();
    assert_eq!(counters.len(), 2);
    for counter in &counters {
        let certificate = counter.certificate(&[]).unwrap();
        let covered = counter.cover(certificate).unwrap();
        assert_eq!(covered.value(), signer.signature_value().unwrap());
        assert_eq!(covered.signing_time(), Some(at()));
        assert_eq!(covered.names_certificate(), Some(SigningCertificate::V2));
        let other = &stand.p256.certificate;
        assert_eq!(counter.cover(other), Err(CmsError::SignerOther));
    }
    assert_eq!(
        cms::counter_sign(&message, 1, &stand.rsa.signs(), &[], &bounds),
        Err(SignError::SignerUnknown { position: 1 })
    );
}

/// What `tsp::verify` is asked of a token over a signature.
fn judge_stamp(token: &[u8], value: &[u8]) -> Result<(), StampError> {
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: None,
        at: at(),
        skew_max: Duration::ZERO,
        accuracy_max: tsp::ACCURACY_MAX,
    };
    tsp::verify(token, Stamped::Data(value), &wanted, &[]).map(|_| ())
}

#[test]
fn a_time_stamp_is_about_the_signature_it_stands_at() {
    let stand = stand();
    let bounds = Bounds::default();
    let mut message = signed(Place::Attached, &[&stand.gost_2004, &stand.p256]);
    for person in [&stand.gost_2004, &stand.p256] {
        let found = read(&message);
        let place = place_of(&found, person);
        let value = found
            .signers()
            .nth(place)
            .unwrap()
            .signature_value()
            .unwrap()
            .to_vec();
        message = cms::add_timestamp(&message, place, &stand.token(&value), &bounds).unwrap();
    }
    let found = read(&message);
    let signers: Vec<_> = found.signers().collect();
    for (at, signer) in signers.iter().enumerate() {
        let certificate = signer.certificate(&[]).unwrap();
        assert_eq!(signer.cover(certificate).unwrap().bytes(), CONTENT);
        let tokens = signer.timestamps().unwrap();
        assert_eq!(tokens.len(), 1);
        let [own, other] = [at, 1 - at].map(|at| signers[at].signature_value().unwrap());
        assert_eq!(judge_stamp(tokens[0], own), Ok(()));
        // The stamp of another signature, moved here, would be about another value.
        assert_eq!(judge_stamp(tokens[0], other), Err(StampError::ImprintWrong));
    }
    assert_eq!(
        cms::add_timestamp(&message, 0, b"token", &bounds),
        Err(SignError::TokenMalformed)
    );
}

#[test]
fn nobody_signs_with_anothers_certificate_and_no_message_is_without_a_signer() {
    let stand = stand();
    let mixed = NewSigner {
        certificate: &stand.p384.certificate,
        ..stand.rsa.signs()
    };
    assert_eq!(
        cms::sign(CONTENT, Place::Attached, &[mixed], &[]),
        Err(SignError::CertificateOther)
    );
    assert_eq!(
        cms::sign(CONTENT, Place::Attached, &[], &[]),
        Err(SignError::SignersMissing)
    );
}

/// Who changes a message on its way can put a namesake before the signer's certificate.
#[test]
fn of_certificates_with_one_name_the_one_whose_key_signed_is_found() {
    let stand = stand();
    let namesake = stand.namesake(&stand.p256);
    let detached = signed(Place::Detached, &[&stand.p256]);
    let both = [namesake.clone(), stand.p256.certificate.clone()];
    let signers = [stand.p256.signs()];
    let crowded = cms::sign(CONTENT, Place::Detached, &signers, &both).unwrap();
    for (message, candidates) in [(&detached, &both[..]), (&crowded, &[])] {
        let found = cms::read(message, Some(CONTENT), &Bounds::default()).unwrap();
        let signer = found.signers().next().unwrap();
        assert_eq!(
            signer.certificate(candidates),
            Some(&stand.p256.certificate)
        );
        assert_eq!(
            signer.cover(&namesake),
            Err(CmsError::SigningCertificateWrong)
        );
    }
}

/// Each namesake costs a verification: the first eight are tried, and no more.
#[test]
fn of_a_crowd_of_namesakes_the_first_few_are_tried() {
    let stand = stand();
    let signer = NewSigner {
        signing_certificate: None,
        ..stand.p256.signs()
    };
    let mut message = cms::sign(CONTENT, Place::Detached, &[signer], &[]).unwrap();
    // The signer's own certificate does not read in the message any more, so that it is looked for among others.
    let own = stand.p256.certificate.der();
    let at = message.windows(own.len()).position(|part| part == own);
    message[at.unwrap() + 4] ^= 1;
    let found = cms::read(&message, Some(CONTENT), &Bounds::default()).unwrap();
    assert_eq!(found.certificates(), []);
    let signer = found.signers().next().unwrap();
    for (before, is_found) in [(7, true), (8, false)] {
        let mut candidates: Vec<_> = (0..before).map(|_| stand.namesake(&stand.p256)).collect();
        candidates.push(stand.p256.certificate.clone());
        let certificate = signer.certificate(&candidates).unwrap();
        assert_eq!(*certificate == stand.p256.certificate, is_found);
        assert_eq!(signer.cover(certificate).is_ok(), is_found);
    }
}

/// Whose key signed is seen by the few octets of the attributes: the content, which may be long, is not digested for each namesake.
#[test]
fn the_certificate_whose_key_signed_is_found_where_the_content_was_changed() {
    let stand = stand();
    let candidates = [stand.namesake(&stand.p256), stand.p256.certificate.clone()];
    let signer = NewSigner {
        signing_certificate: None,
        ..stand.p256.signs()
    };
    let message = cms::sign(CONTENT, Place::Detached, &[signer], &[]).unwrap();
    for (content, covered) in [
        (CONTENT, Ok(())),
        (&b"other"[..], Err(CmsError::ContentDigestWrong)),
    ] {
        let found = cms::read(&message, Some(content), &Bounds::default()).unwrap();
        let signer = found.signers().next().unwrap();
        let certificate = signer.certificate(&candidates).unwrap();
        assert_eq!(*certificate, stand.p256.certificate);
        // Twice: the digest is kept, and tells the same.
        for _ in 0..2 {
            assert_eq!(signer.cover(certificate).map(|_| ()), covered);
        }
    }
}

#[test]
fn certificates_of_a_chain_stand_in_the_message_once() {
    let stand = stand();
    let chain = [stand.root.clone(), stand.rsa.certificate.clone()];
    let signers = [stand.rsa.signs(), stand.rsa.signs()];
    let message = cms::sign(CONTENT, Place::Detached, &signers, &chain).unwrap();
    let found = cms::read(&message, Some(CONTENT), &Bounds::default()).unwrap();
    assert_eq!(found.certificates().len(), 2);
    assert_eq!(found.revocation_lists(), [] as [Vec<u8>; 0]);
}

//! Time-stamp tokens (RFC 3161), written field by field, apart from the code under test.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;
use qaqpa_x509::{oid, tsp};

use super::ForgeError;
use super::certificates::{Certificates, identifier};
use super::der::{swapped, unhex};
use super::knobs::{FormKnob, InsteadKnob, SignerKnobs, StampKnobs};
use super::message::{Parts, Writer, compose, generalized_time, identifier_der};
use super::moments::moment;
use super::names::uri;
use super::raw_rsa::tlv;

/// The national authority's policy for RSA.
const POLICY: &str = "1.2.398.3.3.2.6.2";
/// PKIStatusInfo: granted, and nothing after it.
const GRANTED_WITHOUT_TOKEN: [u8; 7] = [0x30, 5, 0x30, 3, 2, 1, 0];

/// The token over these octets, or what a case puts in its place.
pub(super) fn token(
    knobs: &StampKnobs,
    octets: &[u8],
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let by = knobs.by.as_deref().unwrap_or("tsa");
    let info = info(knobs, octets, noon, certificates)?;
    let at = moment_of(knobs, noon)?;
    let signer = SignerKnobs {
        by: Some(by.to_owned()),
        key: knobs.key.clone(),
        signing_time: Some(at.to_utc_string()),
        signing_certificate: knobs.named.clone(),
        ..SignerKnobs::default()
    };
    let writer = Writer {
        knobs: &signer,
        noon,
        certificates,
    };
    let own = [by.to_owned()];
    let held = knobs.certificates.as_deref().unwrap_or(&own);
    let parts = Parts {
        // RFC 5652 §5.1: 3, because the content is not id-data.
        version: 3,
        content_type: oid::CMS_TST_INFO,
        content: Some(&info),
        certificates: held
            .iter()
            .map(|name| certificates.der(name))
            .collect::<Result<_, _>>()?,
        signers: vec![writer.info(&info, Some(oid::CMS_TST_INFO))?],
        form: FormKnob::Der,
    };
    let mut token = swapped(&compose(&parts), &knobs.spoil)?;
    if let (true, Some(last)) = (knobs.flip, token.last_mut()) {
        // The value of the only signer stands at the end.
        *last ^= 1;
    }
    if let Some(length) = knobs.cut {
        token.truncate(length);
    }
    token.extend(unhex(&knobs.trailing)?);
    Ok(match knobs.instead {
        InsteadKnob::Token => token,
        InsteadKnob::Response => tsp::granted(&token),
        InsteadKnob::GrantedWithoutToken => GRANTED_WITHOUT_TOKEN.to_vec(),
        InsteadKnob::Rejected => tsp::rejected(tsp::Failure::TimeNotAvailable, "no clock"),
        InsteadKnob::BareInfo => info,
    })
}

fn moment_of(knobs: &StampKnobs, noon: Moment) -> Result<Moment, ForgeError> {
    knobs
        .at
        .as_deref()
        .map_or(Ok(noon), |text| moment(noon, text))
}

/// TSTInfo (RFC 3161 §2.4.2).
fn info(
    knobs: &StampKnobs,
    octets: &[u8],
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let digest = match knobs.digest.as_deref() {
        None => DigestAlgorithm::Sha256,
        Some(name) => DigestAlgorithm::from_uri(uri(name))
            .ok_or_else(|| ForgeError::new(format!("no digest {name:?}")))?,
    };
    let octets = knobs.about.as_deref().map_or(octets, str::as_bytes);
    let imprint = [
        identifier_der(digest.oid()),
        tlv(0x04, &digest.digest(octets)),
    ];
    let policy = identifier(knobs.policy.as_deref().unwrap_or(POLICY))?;
    let mut parts = vec![
        tlv(0x02, &[1]),
        tlv(0x06, policy.as_bytes()),
        tlv(0x30, &imprint.concat()),
        tlv(0x02, &[7]),
        generalized_time(moment_of(knobs, noon)?),
    ];
    if let Some(seconds) = knobs.accuracy_s {
        // A leading zero keeps it positive.
        let seconds = [&[0][..], &seconds.to_be_bytes()].concat();
        let significant = seconds
            .windows(2)
            .take_while(|two| two[0] == 0 && two[1] < 0x80);
        let from = significant.count();
        parts.push(tlv(0x30, &tlv(0x02, &seconds[from..])));
    }
    if knobs.ordering {
        parts.push(tlv(0x01, &[0xff]));
    }
    if let Some(nonce) = &knobs.nonce {
        parts.push(tlv(0x02, &unhex(nonce)?));
    }
    let named = match knobs.tsa_name.as_deref() {
        Some("") => None,
        Some(name) => Some(name),
        None => Some(knobs.by.as_deref().unwrap_or("tsa")),
    };
    if let Some(name) = named {
        // GeneralName directoryName [4], explicit as [0].
        let name = certificates.certificate(name)?.subject_der().to_vec();
        parts.push(tlv(0xa0, &tlv(0xa4, &name)));
    }
    Ok(tlv(0x30, &parts.concat()))
}

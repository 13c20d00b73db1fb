//! The stand of every case: a TEST authority, a responder, a citizen, a system, and defaults that are valid.
//!
//! Keys are made once a process; certificates, answers and documents are made by each case, so that a
//! case can have its one defect.

use std::sync::OnceLock;
use std::time::Duration;

use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_model::{Iin, Limits, Moment, RefusalLabel};
use qaqpa_verdict::{
    Examination, Known, Need, Policy, Progress, Proven, Received, SubIndication, Subject, Verdict,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, KeyUsage, RevocationReason, TrustAnchors, crl, ocsp, oid};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::Signer;

/// The citizen's IIN: a published vector that nobody's register holds.
pub(crate) const IIN: &str = "931002451325";
/// Another citizen's.
pub(crate) const OTHER_IIN: &str = "061211600012";
/// The seed of every examination here: cases are repeatable.
pub(crate) const SEED: [u8; 32] = [7; 32];

/// The moment that is judged where a case says nothing else.
pub(crate) fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn days(days: u64) -> Duration {
    seconds(days * 24 * 60 * 60)
}

pub(crate) struct Keys {
    pub(crate) root: PrivateKey,
    pub(crate) issuing: PrivateKey,
    pub(crate) responder: PrivateKey,
    pub(crate) citizen: PrivateKey,
    pub(crate) stranger: PrivateKey,
}

/// The keys of this process.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let make = || PrivateKey::generate_rsa_2048().unwrap();
        Keys {
            root: make(),
            issuing: make(),
            responder: make(),
            citizen: make(),
            stranger: make(),
        }
    })
}

/// A TEST authority with one citizen.
pub(crate) struct Stand {
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
    pub(crate) responder: Certificate,
    pub(crate) citizen: Certificate,
}

/// What an OCSP answer says; its defaults are those of a live responder about a good certificate.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: ocsp::CertStatus,
    pub(crate) this_update: Moment,
    pub(crate) next_update: Option<Moment>,
    pub(crate) produced_at: Moment,
    pub(crate) extended_revoke: bool,
    /// Since when the responder keeps what it knows of certificates that expired, where it says so.
    pub(crate) archive_cutoff: Option<Moment>,
}

impl Answer {
    pub(crate) fn good() -> Self {
        Self {
            status: ocsp::CertStatus::Good,
            this_update: noon(),
            next_update: Some(noon().plus(seconds(600))),
            produced_at: noon(),
            extended_revoke: true,
            archive_cutoff: None,
        }
    }

    /// By a responder that forgets nobody.
    pub(crate) fn archived(self) -> Self {
        Self {
            archive_cutoff: Some(ten_years().not_before),
            ..self
        }
    }

    pub(crate) fn revoked(at: Moment, reason: Option<RevocationReason>) -> Self {
        Self {
            status: ocsp::CertStatus::Revoked { at, reason },
            ..Self::good()
        }
    }
}

pub(crate) fn ten_years() -> Validity {
    Validity {
        not_before: noon().minus(days(365)),
        not_after: noon().plus(days(9 * 365)),
    }
}

pub(crate) fn one_year() -> Validity {
    Validity {
        not_before: noon().minus(days(100)),
        not_after: noon().plus(days(265)),
    }
}

pub(crate) fn addresses() -> Addresses {
    Addresses {
        ocsp: Some("http://127.0.0.1:9/ocsp/".to_owned()),
        ca_issuers: Some("http://127.0.0.1:9/cert/issuing.cer".to_owned()),
        crl: Some("http://127.0.0.1:9/crl/rsa.crl".to_owned()),
        delta_crl: None,
    }
}

pub(crate) fn person_name(iin: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, "ТЕСТОВ ТЕСТ")
        .with(oid::SURNAME, "ТЕСТОВ")
        .with(oid::SERIAL_NUMBER, &format!("IIN{iin}"))
        .with(oid::COUNTRY, "KZ")
        .with(oid::GIVEN_NAME, "ТЕСТОВИЧ")
}

/// A citizen's certificate for signing, as the national profile writes it; cases change one field.
pub(crate) fn citizen_spec() -> CertificateSpec {
    CertificateSpec {
        subject: person_name(IIN),
        spki_der: keys().citizen.spki_der().to_vec(),
        serial: vec![0x2a, 0x17],
        validity: one_year(),
        basic: Some((false, None)),
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)),
        extended_key_usage: vec![oid::EKU_EMAIL_PROTECTION, oid::EKU_INDIVIDUAL],
        extended_key_usage_critical: false,
        policies: Vec::new(),
        addresses: addresses(),
        ocsp_nocheck: false,
        others: Vec::new(),
    }
}

/// An authority's certificate; cases change one field.
pub(crate) fn authority_spec(name: &str, key: &PrivateKey) -> CertificateSpec {
    CertificateSpec {
        subject: NameToWrite::new()
            .with(oid::COMMON_NAME, name)
            .with(oid::COUNTRY, "KZ"),
        spki_der: key.spki_der().to_vec(),
        serial: vec![0x0c, 0x01],
        validity: ten_years(),
        basic: Some((true, Some(0))),
        key_usage: Some(KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN)),
        extended_key_usage: Vec::new(),
        extended_key_usage_critical: false,
        policies: Vec::new(),
        addresses: Addresses::default(),
        ocsp_nocheck: false,
        others: Vec::new(),
    }
}

pub(crate) fn root_named(name: &str, key: &PrivateKey) -> Certificate {
    let subject = NameToWrite::new()
        .with(oid::COMMON_NAME, name)
        .with(oid::COUNTRY, "KZ");
    issue::root(subject, key, ten_years()).unwrap()
}

pub(crate) fn responder_name() -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, "QAQPA TEST OCSP")
        .with(oid::COUNTRY, "KZ")
}

impl Stand {
    pub(crate) fn new() -> Self {
        let root = root_named("QAQPA TEST ROOT", &keys().root);
        let root_issuer = Issuer {
            certificate: &root,
            key: &keys().root,
        };
        let issuing = issue::issue(
            &authority_spec("QAQPA TEST CA", &keys().issuing),
            root_issuer,
        )
        .unwrap();
        let issuer = Issuer {
            certificate: &issuing,
            key: &keys().issuing,
        };
        let responder = issue::responder(
            responder_name(),
            keys().responder.spki_der(),
            one_year(),
            issuer,
        )
        .unwrap();
        let citizen = issue::issue(&citizen_spec(), issuer).unwrap();
        Self {
            root,
            issuing,
            responder,
            citizen,
        }
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.issuing,
            key: &keys().issuing,
        }
    }

    pub(crate) fn known(&self) -> Known {
        Known {
            anchors: TrustAnchors::new([self.root.clone()]),
            pool: vec![self.issuing.clone()],
        }
    }

    /// The stand with another certificate for the citizen's key.
    pub(crate) fn with_citizen(mut self, spec: &CertificateSpec) -> Self {
        self.citizen = issue::issue(spec, self.issuer()).unwrap();
        self
    }

    /// A document signed with the citizen's key and certificate by the national profile.
    pub(crate) fn signed(&self, xml: &str) -> String {
        let signer = Signer {
            key: &keys().citizen,
            certificate_der: self.citizen.der(),
            algorithm: SignatureAlgorithm::RsaSha256,
        };
        let bytes =
            qaqpa_xmldsig::sign_enveloped(xml.as_bytes(), &signer, &XmlLimits::default()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// An OCSP answer to a need, signed by the delegated responder.
    pub(crate) fn ocsp(&self, need: &Need, answer: &Answer) -> Vec<u8> {
        self.ocsp_by(need, answer, &self.responder, &keys().responder)
    }

    pub(crate) fn ocsp_by(
        &self,
        need: &Need,
        answer: &Answer,
        responder: &Certificate,
        key: &PrivateKey,
    ) -> Vec<u8> {
        answered(need, answer, responder, key)
    }

    /// A list of the issuing authority with these entries.
    pub(crate) fn crl(&self, entries: Vec<crl::RevokedEntry>) -> Vec<u8> {
        crl::issue(&self.list(entries), &self.issuing, &keys().issuing).unwrap()
    }

    pub(crate) fn list(&self, entries: Vec<crl::RevokedEntry>) -> crl::CrlToIssue {
        crl::CrlToIssue {
            number: 1,
            this_update: noon().minus(seconds(60)),
            next_update: noon().plus(days(1)),
            entries,
            freshest_crl_url: None,
        }
    }

    pub(crate) fn listed(&self, reason: Option<RevocationReason>) -> crl::RevokedEntry {
        crl::RevokedEntry {
            serial: self.citizen.serial().to_vec(),
            at: noon().minus(seconds(3600)),
            reason,
        }
    }

    /// Feeds every need with a good answer.
    pub(crate) fn all_good(&self, need: &Need) -> Received {
        match need {
            Need::Ocsp { .. } => Received::bytes(self.ocsp(need, &Answer::good()), noon()),
            _ => Received::bytes(self.crl(Vec::new()), noon()),
        }
    }
}

/// An application as the portal writes it, before signing.
pub(crate) fn application() -> String {
    format!(
        "<application xmlns=\"urn:qaqpa:document:1\" version=\"1\">\
         <applicationId>a-1</applicationId>\
         <service>guardianship-certificate@zhambyl-2019-23</service>\
         <channel>portal</channel>\
         <submitter><iin>{IIN}</iin></submitter>\
         <form><field name=\"address\">Тараз қ., Төле би к-сі, 1</field></form>\
         </application>"
    )
}

/// What became of an examination, in the words of the tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    Passed,
    Refused(RefusalLabel, SubIndication),
}

pub(crate) fn judged(verdict: &Verdict) -> Judged {
    use qaqpa_verdict::Indication;
    match (verdict.label, verdict.sub_indication) {
        (None, None) => {
            assert_eq!(verdict.indication, Indication::TotalPassed);
            Judged::Passed
        }
        (Some(label), Some(sub)) => {
            assert_eq!(
                verdict.indication,
                sub.indication(),
                "{}",
                verdict.to_text()
            );
            Judged::Refused(label, sub)
        }
        other => panic!("{other:?}\n{}", verdict.to_text()),
    }
}

/// Runs an examination whose needs about the signer are met by `meet`; counts them. The authorities above are in force.
pub(crate) fn run<'d>(
    subject: Subject<'d>,
    known: &Known,
    policy: &Policy,
    at: Moment,
    mut meet: impl FnMut(&Need) -> Received,
) -> (Verdict, Option<Proven<'d>>, usize) {
    let mut met = 0;
    let (verdict, proven, _) = run_all(subject, known, policy, at, |need| {
        if is_about_an_authority(need) {
            return Received::bytes(in_force(need), noon());
        }
        met += 1;
        meet(need)
    });
    (verdict, proven, met)
}

/// Whether a need is about a certificate above the signer's.
pub(crate) fn is_about_an_authority(need: &Need) -> bool {
    need.id().place() > 0
}

thread_local! {
    /// Keys of authorities that a case made for itself.
    static KNOWN: std::cell::RefCell<Vec<PrivateKey>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// From now on this case's authorities include the holder of that key.
pub(crate) fn know(key: &PrivateKey) {
    KNOWN.with_borrow_mut(|known| known.push(key.clone()));
}

/// An OCSP answer to a need.
fn answered(need: &Need, answer: &Answer, responder: &Certificate, key: &PrivateKey) -> Vec<u8> {
    let Need::Ocsp {
        request_der,
        certificate,
        issuer,
        ..
    } = need
    else {
        panic!("not a need of an OCSP answer: {need:?}");
    };
    let request = ocsp::Request::decode(request_der, 1).unwrap();
    assert!(request.cert_ids[0].matches(certificate, issuer));
    let response = ocsp::Response {
        answers: request
            .cert_ids
            .into_iter()
            .map(|cert_id| ocsp::SingleAnswer {
                cert_id,
                status: answer.status,
                this_update: answer.this_update,
                next_update: answer.next_update,
            })
            .collect(),
        nonce: request.nonce,
        produced_at: answer.produced_at,
        extended_revoke: answer.extended_revoke,
    };
    match answer.archive_cutoff {
        None => ocsp::respond(&response, responder, key).unwrap(),
        Some(cutoff) => ocsp::respond_archived(&response, cutoff, responder, key).unwrap(),
    }
}

/// An OCSP answer to a need, signed by the issuer itself.
pub(crate) fn by_issuer(need: &Need, answer: &Answer) -> Vec<u8> {
    let issuer = need.issuer();
    answered(need, answer, issuer, &key_of(issuer))
}

/// The issuer's own word that the certificate is neither revoked nor suspended.
fn in_force(need: &Need) -> Vec<u8> {
    match need {
        Need::Ocsp { .. } => by_issuer(need, &Answer::good()),
        _ => {
            let issuer = need.issuer();
            crl::issue(&Stand::new().list(Vec::new()), issuer, &key_of(issuer)).unwrap()
        }
    }
}

/// Good evidence for every need, about the signer by the stand's own responder.
pub(crate) fn in_force_by(stand: &Stand, need: &Need) -> Received {
    if is_about_an_authority(need) {
        return Received::bytes(in_force(need), noon());
    }
    stand.all_good(need)
}

fn key_of(issuer: &Certificate) -> PrivateKey {
    let mut all = KNOWN.with_borrow(Clone::clone);
    let keys = keys();
    all.extend([&keys.root, &keys.issuing, &keys.stranger].map(Clone::clone));
    all.into_iter()
        .find(|key| key.spki_der() == issuer.spki_der())
        .unwrap_or_else(|| panic!("nobody knows the key of {issuer:?}"))
}

/// Runs an examination whose needs are met by `meet`, those about authorities too; counts the needs.
pub(crate) fn run_all<'d>(
    subject: Subject<'d>,
    known: &Known,
    policy: &Policy,
    at: Moment,
    mut meet: impl FnMut(&Need) -> Received,
) -> (Verdict, Option<Proven<'d>>, usize) {
    let mut examination = Examination::begin(subject, known, policy, &Limits::default(), at, SEED);
    let mut met = 0;
    while let Progress::Wants(needs) = examination.advance() {
        assert!(!needs.is_empty(), "wants something");
        for need in needs {
            met += 1;
            assert!(met < 32, "an examination ends");
            let received = meet(&need);
            examination.feed(need.id(), &received);
        }
    }
    let (verdict, proven) = examination.finish();
    assert_eq!(
        proven.is_some(),
        verdict.is_passed() && verdict.scope.is_some(),
        "a proof is there exactly where a signature passed: {}",
        verdict.to_text()
    );
    (verdict, proven, met)
}

/// Examines a document at noon with good evidence; gives the verdict and the number of needs.
pub(crate) fn examine(stand: &Stand, xml: &str) -> (Verdict, usize) {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default())
        .unwrap_or_else(|error| panic!("{error}\n{xml}"));
    let (verdict, _, met) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| stand.all_good(need),
    );
    (verdict, met)
}

/// Examines the citizen's certificate alone at noon with good evidence.
pub(crate) fn examine_certificate(stand: &Stand, known: &Known) -> (Verdict, usize) {
    let (verdict, _, met) = run(
        Subject::Certificate {
            certificate_der: stand.citizen.der(),
            pool_der: &[],
        },
        known,
        &Policy::default(),
        noon(),
        |need| stand.all_good(need),
    );
    (verdict, met)
}

pub(crate) fn iin(text: &str) -> Iin {
    Iin::parse(text).unwrap()
}

//! Forging OCSP answers.

use std::time::Duration;

use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, CertificateSpec, Issuer};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, oid};

use super::{
    DAY, ForgeError, NOBODY_KNOWS, SHA_1_WITH_RSA, SHA_512_WITH_RSA, Seal, ahead, algorithm_named,
    algorithm_of, another, critical_extension, extension, generalized, oid_node, over, place_of,
    seal, sequence, signed,
};
use crate::mischief::fault::OcspFault;
use crate::mischief::tree::{ENUMERATED, INTEGER, NULL, Node, OCTET_STRING, branch, leaf};
use crate::vault::Signer;

/// What a forger of OCSP answers has at hand.
#[derive(Debug)]
pub(in crate::mischief) struct OcspDesk<'a> {
    /// The honest responder.
    pub(in crate::mischief) responder: &'a Signer,
    /// The issuer of the certificates asked about.
    pub(in crate::mischief) issuer: &'a Signer,
    /// Another authority of the same house.
    pub(in crate::mischief) sibling: &'a Signer,
    /// An authority that nobody trusts.
    pub(in crate::mischief) foreign: &'a Signer,
    /// The moment of the answer.
    pub(in crate::mischief) now: Moment,
}

/// The honest answer with these faults, in this order.
///
/// # Errors
/// [`ForgeError`]: the answer has nothing to change, or nothing could be signed.
pub(in crate::mischief) fn ocsp(
    honest: &[u8],
    faults: &[(OcspFault, u64)],
    desk: &OcspDesk<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let mut draft = Draft::of(honest, desk).ok_or(ForgeError::NothingToChange)?;
    for (fault, amount) in faults {
        draft.spoil(*fault, Duration::from_secs(*amount));
    }
    draft.write()
}

/// An answer in parts.
struct Draft<'a> {
    desk: &'a OcspDesk<'a>,
    /// Instead of "successful": nothing else is written then.
    failure: Option<u8>,
    bytes: bool,
    kind: ObjectIdentifier,
    /// `ResponseData`.
    data: Node,
    /// Where in it the responder's id stands; producedAt, the answers and the extensions follow.
    first: usize,
    /// The signature that the honest answer had.
    before: Vec<u8>,
    seal: Seal,
    algorithm: Option<Node>,
    signer: Signs,
    delegate: Option<Delegate<'a>>,
    certificates: bool,
    misnamed: bool,
}

/// Whose key signs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signs {
    Responder,
    Issuer,
    Stranger,
}

/// A certificate for the responder's key, to be made.
struct Delegate<'a> {
    spec: CertificateSpec,
    /// Who signs it, under which name.
    by: &'a PrivateKey,
    issuer: &'a Certificate,
    issuer_name: &'a Certificate,
}

/// `[0] EXPLICIT`, `[1] EXPLICIT`, `[2] EXPLICIT`.
const TAG_0: u8 = 0xa0;
const TAG_1: u8 = 0xa1;
const TAG_2: u8 = 0xa2;
/// Implicit, primitive: good and unknown of `CertStatus`.
const GOOD: u8 = 0x80;
const UNKNOWN: u8 = 0x82;

const HOUR: Duration = Duration::from_secs(60 * 60);

impl<'a> Draft<'a> {
    fn of(honest: &[u8], desk: &'a OcspDesk<'a>) -> Option<Self> {
        let whole = Node::read(honest)?;
        // OCSPResponse { status, [0] { SEQUENCE { type, OCTET STRING { BasicOCSPResponse } } } }
        let basic = whole.at(1)?.at(0)?.at(1)?.bytes();
        let basic = Node::read(basic)?;
        let data = basic.at(0)?.clone();
        let first = data
            .children()
            .iter()
            .position(|child| matches!(child.tag(), TAG_1 | TAG_2))?;
        Some(Self {
            desk,
            failure: None,
            bytes: true,
            kind: oid::OCSP_BASIC,
            first,
            before: basic.at(2)?.bytes().get(1..)?.to_vec(),
            data,
            seal: Seal::Right,
            algorithm: None,
            signer: Signs::Responder,
            delegate: None,
            certificates: true,
            misnamed: false,
        })
    }

    fn spoil(&mut self, fault: OcspFault, time: Duration) {
        use OcspFault as F;
        let now = self.desk.now;
        match fault {
            F::OtherSerial => self.each_id(|id| change_last_byte(id, 3)),
            F::OtherIssuerName => self.each_id(|id| change_last_byte(id, 1)),
            F::OtherIssuerKey => self.each_id(|id| change_last_byte(id, 2)),
            F::UnknownHash => self.each_id(|id| put(id, 0, algorithm_named(NOBODY_KNOWS))),
            F::CertificateAbsent => self.answers(others),
            F::CertificateLast => self.answers(|answers| {
                let revoked = |single: &mut Node| put(single, 1, revoked(now.minus(HOUR), Some(1)));
                let mut all = others(answers);
                all.iter_mut().for_each(revoked);
                all.extend_from_slice(answers);
                all
            }),
            F::CertificateTwice => self.answers(|answers| {
                let mut all = answers.to_vec();
                for single in answers {
                    let mut opposite = single.clone();
                    let is_good = single.at(1).is_some_and(|status| status.tag() == GOOD);
                    let status = if is_good {
                        revoked(now.minus(HOUR), Some(1))
                    } else {
                        leaf(GOOD, [])
                    };
                    put(&mut opposite, 1, status);
                    all.push(opposite);
                }
                all
            }),
            F::NoAnswers => self.answers(|_| Vec::new()),

            F::ExpiredResponder => self.delegate().spec.validity = over(now, time),
            F::FutureResponder => self.delegate().spec.validity = ahead(now, time),
            F::ForeignResponder => self.delegated_by(self.desk.foreign),
            F::SiblingResponder => self.delegated_by(self.desk.sibling),
            F::SelfSignedResponder => {
                let responder = self.desk.responder;
                let delegate = self.delegate();
                delegate.by = &responder.key;
                delegate.issuer = &responder.certificate;
            }
            F::ResponderWithoutEku => {
                self.delegate().spec.extended_key_usage = vec![oid::EKU_EMAIL_PROTECTION];
            }
            F::ResponderWithoutNocheck => self.delegate().spec.ocsp_nocheck = false,
            F::ResponderWithoutSigning => {
                self.delegate().spec.key_usage = Some(KeyUsage::KEY_ENCIPHERMENT);
            }
            F::ResponderCritical => {
                let null = leaf(NULL, []).write();
                self.delegate().spec.others.push((NOBODY_KNOWS, true, null));
            }
            F::ResponderAbsent => self.certificates = false,
            F::ResponderMisnamed => self.misnamed = true,
            F::IssuerResponds => self.signer = Signs::Issuer,

            F::FutureThisUpdate | F::SkewedThisUpdate => {
                self.produced_at(now.plus(time));
                self.updates(Some(now.plus(time)), Some(now.plus(time + DAY)));
            }
            F::StaleThisUpdate => self.updates(Some(now.minus(time)), None),
            F::StaleNextUpdate => self.updates(
                Some(now.minus(time + Duration::from_secs(60))),
                Some(now.minus(time)),
            ),
            F::NoNextUpdate => self.updates(Some(now), None),
            F::OldProducedAt => {
                self.produced_at(now.minus(time));
                self.updates(Some(now.minus(time)), Some(now.plus(DAY)));
            }
            F::FutureProducedAt => self.produced_at(now.plus(time)),

            F::NonceMissing => self.nonce(|_| None),
            F::NonceWrong => self.nonce(|nonce| {
                let mut other = nonce.to_vec();
                if let Some(last) = other.last_mut() {
                    *last ^= 1;
                }
                Some(other)
            }),
            F::NonceTwice => {
                let nonce = nonce_extension(&[7; 32]);
                self.extensions().push(nonce);
            }
            F::NonceEmpty => self.nonce(|_| Some(Vec::new())),
            F::NonceLong => self.nonce(|nonce| Some([nonce, &[0; 1000]].concat())),

            F::SignatureFlipped => self.seal = Seal::Flipped,
            F::SignatureAbsent => self.seal = Seal::Absent,
            F::SignatureOfAnotherKey => self.signer = Signs::Stranger,
            F::ChangedAfterSigning => {
                self.seal = Seal::BeforeTheChange;
                self.statuses(|| leaf(GOOD, []));
            }
            F::AlgorithmWeak => self.algorithm = Some(algorithm_named(SHA_1_WITH_RSA)),
            F::AlgorithmMismatch => self.algorithm = Some(algorithm_named(SHA_512_WITH_RSA)),
            F::AlgorithmUnknown => self.algorithm = Some(algorithm_named(NOBODY_KNOWS)),

            F::MalformedRequest => self.failure = Some(1),
            F::InternalError => self.failure = Some(2),
            F::TryLater => self.failure = Some(3),
            F::Status4 => self.failure = Some(4),
            F::SigRequired => self.failure = Some(5),
            F::Unauthorized => self.failure = Some(6),
            F::Status99 => self.failure = Some(99),
            F::NoBytes => self.bytes = false,
            F::OtherType => self.kind = NOBODY_KNOWS,
            F::Version2 => {
                let first = self.first;
                if let Some(parts) = self.data.children_mut() {
                    // What stands before the responder's id is the version.
                    parts.splice(..first, [branch(TAG_0, [leaf(INTEGER, [1])])]);
                    self.first = 1;
                }
            }
            F::CriticalExtension => self.extensions().push(critical_extension()),
            F::CriticalSingleExtension => self.each(|single| {
                let Some(parts) = single.children_mut() else {
                    return;
                };
                // The honest answer has an archiveCutoff there.
                let there = parts.iter_mut().find(|part| part.tag() == TAG_1);
                let list = there.and_then(|part| part.at_mut(0));
                match list.and_then(Node::children_mut) {
                    Some(extensions) => extensions.push(critical_extension()),
                    None => parts.push(branch(TAG_1, [sequence([critical_extension()])])),
                }
            }),

            F::GoodWhileRevoked => self.statuses(|| leaf(GOOD, [])),
            F::RevokedWhileGood => self.statuses(|| revoked(now.minus(HOUR), Some(1))),
            F::SuspendedWhileGood => self.statuses(|| revoked(now.minus(HOUR), Some(6))),
            F::UnknownWhileGood => self.statuses(|| leaf(UNKNOWN, [])),
            F::NeverIssued => {
                self.statuses(|| revoked(Moment::from_unix_ms(0), Some(6)));
                let extended = oid::OCSP_EXTENDED_REVOKE;
                let extensions = self.extensions();
                if place_of(extensions, extended).is_none() {
                    extensions.push(extension(extended, false, leaf(NULL, []).write()));
                }
            }
            F::RevokedAhead => self.statuses(|| revoked(now.plus(time), Some(1))),
            F::RemovedWhileGood => self.statuses(|| revoked(now.minus(HOUR), Some(8))),
        }
    }

    fn each(&mut self, change: impl Fn(&mut Node)) {
        let answers = self.data.at_mut(self.first + 2);
        if let Some(answers) = answers.and_then(Node::children_mut) {
            answers.iter_mut().for_each(change);
        }
    }

    fn each_id(&mut self, change: impl Fn(&mut Node)) {
        self.each(|single| {
            if let Some(id) = single.at_mut(0) {
                change(id);
            }
        });
    }

    fn answers(&mut self, change: impl Fn(&[Node]) -> Vec<Node>) {
        let answers = self.data.at_mut(self.first + 2);
        if let Some(answers) = answers.and_then(Node::children_mut) {
            *answers = change(answers);
        }
    }

    fn statuses(&mut self, status: impl Fn() -> Node) {
        self.each(|single| put(single, 1, status()));
    }

    fn produced_at(&mut self, moment: Moment) {
        put(&mut self.data, self.first + 1, generalized(moment));
    }

    /// thisUpdate where there is one, and nextUpdate or none.
    fn updates(&mut self, this: Option<Moment>, next: Option<Moment>) {
        self.each(|single| {
            if let Some(this) = this {
                put(single, 2, generalized(this));
            }
            if let Some(parts) = single.children_mut() {
                parts.retain(|part| part.tag() != TAG_0);
                if let Some(next) = next {
                    let place = parts.len().min(3);
                    parts.insert(place, branch(TAG_0, [generalized(next)]));
                }
            }
        });
    }

    fn extensions(&mut self) -> &mut Vec<Node> {
        let place = self.first + 3;
        let missing = || branch(TAG_1, [sequence([])]);
        if self.data.at(place).is_none()
            && let Some(parts) = self.data.children_mut()
        {
            parts.push(missing());
        }
        self.data
            .at_mut(place)
            .and_then(|wrapped| wrapped.at_mut(0))
            .and_then(Node::children_mut)
            .expect(
                "extensions are a list: the honest answer's, or the one that was just put there",
            )
    }

    /// Another nonce, or none.
    fn nonce(&mut self, other: impl Fn(&[u8]) -> Option<Vec<u8>>) {
        let extensions = self.extensions();
        let Some(place) = place_of(extensions, oid::OCSP_NONCE) else {
            return;
        };
        let value = extensions[place].children().last();
        let inner = value.and_then(|value| Node::read(value.bytes()));
        let nonce = inner.map(|inner| inner.bytes().to_vec());
        match other(&nonce.unwrap_or_default()) {
            Some(nonce) => extensions[place] = nonce_extension(&nonce),
            None => {
                extensions.remove(place);
            }
        }
    }

    /// The responder's certificate, to be made anew.
    fn delegate(&mut self) -> &mut Delegate<'a> {
        let desk = self.desk;
        self.delegate.get_or_insert_with(|| {
            let called = "QAQPA TEST OCSP RESPONDER (FORGED)";
            let honest = &desk.responder.certificate;
            Delegate {
                spec: another(honest, called, CertificateSpec::of_responder),
                by: &desk.issuer.key,
                issuer: &desk.issuer.certificate,
                issuer_name: &desk.issuer.certificate,
            }
        })
    }

    fn delegated_by(&mut self, authority: &'a Signer) {
        let delegate = self.delegate();
        delegate.by = &authority.key;
        delegate.issuer = &authority.certificate;
        delegate.issuer_name = &authority.certificate;
    }

    fn write(mut self) -> Result<Vec<u8>, ForgeError> {
        if let Some(code) = self.failure {
            return Ok(sequence([leaf(ENUMERATED, [code])]).write());
        }
        let successful = leaf(ENUMERATED, [0]);
        if !self.bytes {
            return Ok(sequence([successful]).write());
        }
        let desk = self.desk;
        let (certificate, key) = match (self.signer, &self.delegate) {
            (Signs::Issuer, _) => (desk.issuer.certificate.clone(), &desk.issuer.key),
            (signs, delegate) => {
                let certificate = match delegate {
                    None => desk.responder.certificate.clone(),
                    Some(delegate) => delegate.make()?,
                };
                let key = match signs {
                    Signs::Stranger => &desk.foreign.key,
                    Signs::Issuer | Signs::Responder => &desk.responder.key,
                };
                (certificate, key)
            }
        };
        let named = if self.misnamed {
            &desk.foreign.certificate
        } else {
            &certificate
        };
        // What was changed after signing keeps its responder, or the old signature could not verify even without
        // the change.
        if self.seal != Seal::BeforeTheChange {
            let hash = DigestAlgorithm::Sha1.digest(named.public_key_bytes());
            let id = branch(TAG_2, [leaf(OCTET_STRING, hash)]);
            put(&mut self.data, self.first, id);
        }
        let signature = seal(&self.data, key, self.seal, &self.before)?;
        let algorithm = self.algorithm.unwrap_or_else(|| algorithm_of(key.kind()));
        let mut basic = signed(self.data, algorithm, &signature).to_vec();
        if self.certificates {
            let certificate = Node::read(certificate.der()).ok_or(ForgeError::NothingToChange)?;
            basic.push(branch(TAG_0, [sequence([certificate])]));
        }
        let bytes = sequence([
            oid_node(self.kind),
            leaf(OCTET_STRING, sequence(basic).write()),
        ]);
        Ok(sequence([successful, branch(TAG_0, [bytes])]).write())
    }
}

impl Delegate<'_> {
    fn make(&self) -> Result<Certificate, ForgeError> {
        let issuer = Issuer {
            certificate: self.issuer,
            key: self.by,
        };
        let der = issue::issue_der(&self.spec, self.issuer_name.subject_der(), issuer)?;
        Ok(Certificate::from_der(&der).map_err(qaqpa_x509::issue::IssueError::from)?)
    }
}

/// The same answers about two other serial numbers.
fn others(answers: &[Node]) -> Vec<Node> {
    let Some(single) = answers.first() else {
        return Vec::new();
    };
    let other = |place: u8| {
        let mut other = single.clone();
        if let Some(serial) = other.at_mut(0).and_then(|id| id.at_mut(3)) {
            *serial = leaf(INTEGER, [0x51, place]);
        }
        other
    };
    vec![other(1), other(2)]
}

fn put(node: &mut Node, place: usize, other: Node) {
    if let Some(part) = node.at_mut(place) {
        *part = other;
    }
}

fn change_last_byte(node: &mut Node, place: usize) {
    if let Some(Node::Leaf { bytes, .. }) = node.at_mut(place)
        && let Some(last) = bytes.last_mut()
    {
        *last ^= 1;
    }
}

/// `[1] IMPLICIT RevokedInfo`.
fn revoked(since: Moment, reason: Option<u8>) -> Node {
    let mut parts = vec![generalized(since)];
    parts.extend(reason.map(|code| branch(TAG_0, [leaf(ENUMERATED, [code])])));
    branch(TAG_1, parts)
}

fn nonce_extension(nonce: &[u8]) -> Node {
    extension(oid::OCSP_NONCE, false, leaf(OCTET_STRING, nonce).write())
}

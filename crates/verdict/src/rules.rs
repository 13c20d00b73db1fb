//! Every check, one line each: its name, the question that it belongs to, its level by default, and its clause.
//!
//! A question ([`CheckId`]) is answered with yes where each of its checks is. A policy gives each check a level
//! ([`Level`]); what no policy can change, because a value of a type could not be made without it, says so ([`Held::Types`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::verdict::{CheckId, SubjectKind};

/// What follows where a check is not passed, from the strictest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing: the check is not made, and stands in the report as ignored.
    Ignore,
    /// It stands in the report.
    Inform,
    /// It stands in the report, as a warning.
    Warn,
    /// The verdict is no pass.
    Fail,
}

impl Level {
    /// The word in policies and reports: `fail`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Inform => "inform",
            Self::Ignore => "ignore",
        }
    }

    /// The level of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Fail, Self::Warn, Self::Inform, Self::Ignore]
            .into_iter()
            .find(|level| level.as_str() == word)
    }
}

/// What holds a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A check that a laboratory's policy can leave out.
    Policy,
    /// A type whose values cannot be made otherwise: no policy reaches it, a laboratory's neither. Why, in words.
    Types(&'static str),
}

macro_rules! rules {
    ($($variant:ident = $id:literal, $question:ident, $level:ident, $held:expr, $clause:literal $(, cms $of_messages:literal)?;)+) => {
        /// One check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $clause] #[serde(rename = $id)] $variant,)+
        }

        impl Rule {
            /// Every check, by question and in the order in which they are made.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in policies and reports: `ocsp-nonce`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The question that it belongs to.
            #[must_use]
            pub const fn question(self) -> CheckId {
                match self { $(Self::$variant => CheckId::$question,)+ }
            }

            /// Its level by default; no policy may be weaker.
            #[must_use]
            pub const fn default_level(self) -> Level {
                match self { $(Self::$variant => Level::$level,)+ }
            }

            /// What holds it.
            #[must_use]
            pub const fn held(self) -> Held {
                match self { $(Self::$variant => $held,)+ }
            }

            /// The clause that asks for it; of a CMS message, [`Self::clause_of`] may know another one.
            #[must_use]
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$variant => $clause,)+ }
            }

            /// The clause that asks for it of a CMS message, where it is another one.
            const fn clause_of_messages(self) -> Option<&'static str> {
                match self {
                    $($(Self::$variant => Some($of_messages),)?)+
                    _ => None,
                }
            }
        }
    };
}

const POLICY: Held = Held::Policy;
const STAMP: Held = Held::Types("without a proven Stamp there is no moment to judge at");
const TREE: Held = Held::Types("only the one bounded reader makes a Document");
const FOUND: Held = Held::Types("only a strict reading makes a FoundSignature");
const ALGORITHM: Held = Held::Types("SignatureAlgorithm and DigestAlgorithm have no other values");
const REFERENCE: Held = Held::Types("a Reference holds its target in the same tree");
const TRANSFORM: Held = Held::Types("Transforms have no other values");
const KEY: Held = Held::Types("without a certificate there is no key to verify with");

rules! {
    XmlReadable = "xml-readable", Structure, Fail, TREE, "XML 1.0; Namespaces in XML 1.0; no DTD, no processing instruction, UTF-8 only";
    MessageReadable = "message-readable", Structure, Fail, Held::Types("only a strict reading makes a message's parts"), "RFC 5652 §3, §5.1–5.3: ContentInfo, SignedData, SignerInfo";
    SignaturePresent = "signature-present", Structure, Fail, FOUND, "EN 319 102-1 §5.2.2: format checking", cms "RFC 5652 §5.1: signerInfos; EN 319 102-1 §5.2.2: format checking";
    SignatureSingle = "signature-single", Structure, Fail, FOUND, "the profile: one signature, where its profile puts it";
    SignatureForm = "signature-form", Structure, Fail, FOUND, "XML Signature 1.1 §4: SignedInfo, SignatureValue, KeyInfo, one each and in this order";
    SignatureLimits = "signature-limits", Structure, Fail, FOUND, "XML Signature 1.1 Best Practices §2.1: bounded references, transforms and certificates", cms "RFC 5652 §14: bounded bytes, signers, attributes, certificates and time stamps";
    AlgorithmKnown = "algorithm-known", Structure, Fail, ALGORITHM, "EN 319 102-1 §5.2.8.2; XML Signature 1.1 §6", cms "EN 319 102-1 §5.2.8.2; RFC 5652 §10.1.1, §10.1.2: digest and signature algorithms by their OIDs";
    AlgorithmStrong = "algorithm-strong", Structure, Fail, ALGORITHM, "EN 319 102-1 §5.2.8.2; ETSI TS 119 312: no SHA-1, no short keys";
    SigningCertificate = "signing-certificate", Structure, Fail, KEY, "EN 319 102-1 §5.2.3: identification of the signing certificate", cms "RFC 5652 §5.3: SignerIdentifier; EN 319 102-1 §5.2.3: identification of the signing certificate";
    SignedAttributes = "signed-attributes", Structure, Fail, Held::Types("the attributes hold the digest that is compared"), "RFC 5652 §5.3, §11.1, §11.2, §11.4: contentType as the content's and messageDigest, each once";
    AlgorithmProtection = "algorithm-protection", Structure, Fail, Held::Types("the attributes are not proven where they name other algorithms"), "RFC 6211 §2, §3: the signed algorithms are those of the signature";
    PropertiesForm = "properties-form", Structure, Fail, Held::Types("only a strict reading makes the properties"), "EN 319 132-1 §4.3, §5.2: qualifying properties, covered by the signature";
    SigningCertificateNamed = "signing-certificate-named", Structure, Fail, Held::Types("only the signer's certificate confirms the properties"), "EN 319 102-1 §5.2.3.4; EN 319 132-1 §5.2.2: SigningCertificateV2 names the signer's certificate", cms "EN 319 102-1 §5.2.3.4; EN 319 122-1 §5.2.2; RFC 5035 §5.4: signingCertificateV2 names the signer's certificate";
    SigningCertificateStated = "signing-certificate-stated", Structure, Warn, POLICY, "EN 319 102-1 §5.2.3; EN 319 122-1 §5.2.2: the signed attributes of a message name the signer's certificate (in XAdES, signing-certificate-named asks it)";
    CommentsAbsent = "comments-absent", Structure, Inform, POLICY, "XML Signature 1.1 Best Practices §2.3: comments are not signed, and nobody reads them here";

    ReferenceLocal = "reference-local", Scope, Fail, REFERENCE, "XML Signature 1.1 §4.4.3.1: the document's own parts, found without doubt";
    TransformAllowed = "transform-allowed", Scope, Fail, TRANSFORM, "XML Signature 1.1 §8.1.2: see what is signed";
    ContentGiven = "content-given", Scope, Fail, Held::Types("without its octets there is nothing to digest"), "RFC 5652 §5.2: the content is in the message or beside it, and not both";
    ScopeCovered = "scope-covered", Scope, Fail, POLICY, "XML Signature 1.1 §8.1.1: only what is signed is secure";

    Digest = "digest", Content, Fail, POLICY, "XML Signature 1.1 §3.2.1: reference validation", cms "RFC 5652 §5.4, §11.2: messageDigest is the digest of the content";

    SignatureValue = "signature-value", Value, Fail, POLICY, "XML Signature 1.1 §3.2.2: signature validation", cms "RFC 5652 §5.6: signature verification";

    StampForm = "stamp-form", Timestamp, Fail, STAMP, "RFC 3161 §2.4.2; RFC 5652 §5: the token's structure";
    StampImprint = "stamp-imprint", Timestamp, Fail, STAMP, "EN 319 132-1 §5.3: a stamp of this signature's value", cms "RFC 3161 appendix A; EN 319 122-1 §5.3: a stamp of this signature's value";
    StampSignature = "stamp-signature", Timestamp, Fail, STAMP, "RFC 5652 §5.4, §5.6: the token's signature";
    StampAlgorithm = "stamp-algorithm", Timestamp, Fail, STAMP, "ETSI TS 119 312: strong and known algorithms";
    StampAuthority = "stamp-authority", Timestamp, Fail, STAMP, "RFC 3161 §2.3; RFC 5280 §6.1: a time-stamping authority with a path to an anchor, in force, by a policy of the national one";
    StampOrder = "stamp-order", Timestamp, Fail, STAMP, "EN 319 102-1 §5.5.4: not before the signing time, not after the moment judged, in order";
    StampAuthorityNotRevoked = "stamp-authority-not-revoked", Timestamp, Fail, POLICY, "EN 319 102-1 §5.4: the authority's certificates are known not to be revoked";

    ChainAnchored = "chain-anchored", Chain, Fail, POLICY, "RFC 5280 §6.1 (b): certificate 1 is issued by the trust anchor";
    ChainBudget = "chain-budget", Chain, Fail, Held::Types("the search ends where its budget does"), "RFC 4158 §2.4: a bounded search";
    ChainSignature = "chain-signature", Chain, Fail, POLICY, "RFC 5280 §6.1.3 (a)(1): the issuer's signature";
    ChainAlgorithm = "chain-algorithm", Chain, Fail, POLICY, "EN 319 102-1 §5.2.6.4; ETSI TS 119 312: strong keys and signatures of the chain";
    ChainValidity = "chain-validity", Chain, Fail, POLICY, "RFC 5280 §6.1.3 (a)(2): the authorities' validity periods";
    ChainCritical = "chain-critical", Chain, Fail, POLICY, "RFC 5280 §6.1.4 (o): no unknown critical extension";
    BasicConstraints = "basic-constraints", Chain, Fail, POLICY, "RFC 5280 §6.1.4 (k): issuers are authorities";
    PathLength = "path-length", Chain, Fail, POLICY, "RFC 5280 §6.1.4 (m): pathLenConstraint";
    KeyCertSign = "key-cert-sign", Chain, Fail, POLICY, "RFC 5280 §6.1.4 (n): keyCertSign";
    NameConstraints = "name-constraints", Chain, Fail, POLICY, "RFC 5280 §6.1.3 (b), (c): name constraints";
    CertificatePolicies = "certificate-policies", Chain, Fail, POLICY, "RFC 5280 §6.1.3 (d)–(f), §6.1.4 (a): certificate policies";

    NotBefore = "not-before", Validity, Fail, POLICY, "RFC 5280 §4.1.2.5: the signer's certificate is in force already";
    NotAfter = "not-after", Validity, Fail, POLICY, "RFC 5280 §4.1.2.5: the signer's certificate is still in force";

    EndEntity = "end-entity", Purpose, Fail, POLICY, "the national profile: an authority's certificate signs no documents";
    NotForAuthentication = "not-for-authentication", Purpose, Fail, POLICY, "the national profile: a certificate for logging in signs no documents";
    KeyUsage = "key-usage", Purpose, Fail, POLICY, "RFC 5280 §4.2.1.3: digitalSignature and nonRepudiation";
    ExtendedKeyUsage = "extended-key-usage", Purpose, Fail, POLICY, "RFC 5280 §4.2.1.12; the national profile: emailProtection";

    OcspReadable = "ocsp-readable", Revocation, Fail, Held::Types("what is no successful answer has no status to read"), "RFC 6960 §4.2.1: a successful basic answer";
    OcspResponder = "ocsp-responder", Revocation, Fail, POLICY, "RFC 6960 §4.2.2.2: the issuer, or whom it delegated for OCSP signing";
    OcspSignature = "ocsp-signature", Revocation, Fail, POLICY, "RFC 6960 §3.2 (2): the signature on the response is valid";
    OcspAlgorithm = "ocsp-algorithm", Revocation, Fail, Held::Types("SignatureAlgorithm has no other values"), "EN 319 102-1 §5.2.6.4: a strong and known algorithm";
    OcspResponderUsable = "ocsp-responder-usable", Revocation, Fail, POLICY, "RFC 6960 §4.2.2.2.1: the responder's certificate in force, with nocheck";
    OcspCritical = "ocsp-critical", Revocation, Fail, POLICY, "RFC 6960 §4.4: no unknown critical extension";
    OcspNonce = "ocsp-nonce", Revocation, Fail, POLICY, "RFC 9654 §2.1: the nonce of the request";
    OcspCertId = "ocsp-cert-id", Revocation, Fail, POLICY, "RFC 6960 §3.2 (1): an answer about the certificate asked about, and one only";
    OcspNotYet = "ocsp-not-yet", Revocation, Fail, POLICY, "RFC 6960 §3.2 (5): not from the future";
    OcspFresh = "ocsp-fresh", Revocation, Fail, POLICY, "RFC 6960 §3.2 (5), (6): recent enough, before nextUpdate";
    OcspArchive = "ocsp-archive", Revocation, Fail, Held::Types("an OcspAnswer that says good reaches back to the certificate's end"), "RFC 6960 §4.4.4: of after the certificate's end, by a responder that keeps its knowledge for so long (archiveCutoff)";
    CrlReadable = "crl-readable", Revocation, Fail, Held::Types("what is no list has no entries to read"), "RFC 5280 §5.1: a list of version 2";
    CrlSignature = "crl-signature", Revocation, Fail, POLICY, "RFC 5280 §6.3.3 (g): the list's signature";
    CrlSigner = "crl-signer", Revocation, Fail, POLICY, "RFC 5280 §6.3.3 (b), (f): the issuer's own list, signed with cRLSign";
    CrlAlgorithm = "crl-algorithm", Revocation, Fail, Held::Types("SignatureAlgorithm has no other values"), "EN 319 102-1 §5.2.6.4: a strong and known algorithm";
    CrlCritical = "crl-critical", Revocation, Fail, POLICY, "RFC 5280 §5.2: no unknown critical extension";
    CrlScope = "crl-scope", Revocation, Fail, Held::Types("a list is asked only about what its distribution point is about"), "RFC 5280 §6.3.3 (b), (d), (e): for this kind of certificate and every reason";
    CrlNotYet = "crl-not-yet", Revocation, Fail, POLICY, "RFC 5280 §5.1.2.4: not from the future";
    CrlFresh = "crl-fresh", Revocation, Fail, POLICY, "RFC 5280 §5.1.2.5, §6.3.3 (a): before nextUpdate";
    CrlArchive = "crl-archive", Revocation, Fail, Held::Types("a list that does not reach back to the certificate's end is no Clear"), "X.509 §8.5.2.12: of after the certificate's end, a list that keeps entries for so long (expiredCertsOnCRL)";
    RevocationKnown = "revocation-known", Revocation, Fail, POLICY, "EN 319 102-1 §5.2.6.4: revocation status of every certificate below the anchor";
    SignerNotRevoked = "signer-not-revoked", Revocation, Fail, POLICY, "RFC 5280 §6.1.3 (a)(3); condition 2: absence from the revoked list";
    SignerNotSuspended = "signer-not-suspended", Revocation, Fail, POLICY, "EN 319 102-1 §5.2.6.4: a certificate on hold";
    AuthorityNotRevoked = "authority-not-revoked", Revocation, Fail, POLICY, "EN 319 102-1, table 6, REVOKED_CA_NO_POE";

    IinSame = "iin-same", Iin, Fail, POLICY, "condition 2: the IIN in the request is the IIN in the certificate";

    BinSame = "bin-same", Bin, Fail, POLICY, "the national profile: the BIN in the request is the BIN in the certificate";
}

impl Rule {
    /// The check of this name.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// The checks of a question, in the order in which they are made.
    pub fn of(question: CheckId) -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |rule| rule.question() == question)
    }

    /// The clause that asks for it of a subject of this kind.
    #[must_use]
    pub const fn clause_of(self, kind: SubjectKind) -> &'static str {
        match (kind, self.clause_of_messages()) {
            (SubjectKind::Cms, Some(clause)) => clause,
            _ => self.clause(),
        }
    }

    /// Whether a subject of this kind is asked it: some are about XML alone, some about CMS messages alone, and a certificate
    /// alone has no signature to be asked about.
    #[must_use]
    pub const fn is_asked_of(self, kind: SubjectKind) -> bool {
        let is_message = matches!(kind, SubjectKind::Cms);
        match self {
            Self::SigningCertificate => true,
            _ if matches!(kind, SubjectKind::Certificate)
                && matches!(self.question(), CheckId::Structure) =>
            {
                false
            }
            Self::AlgorithmProtection
            | Self::ContentGiven
            | Self::MessageReadable
            | Self::SignedAttributes
            | Self::SigningCertificateStated => is_message,
            Self::CommentsAbsent
            | Self::PropertiesForm
            | Self::ReferenceLocal
            | Self::ScopeCovered
            | Self::SignatureForm
            | Self::SignatureSingle
            | Self::TransformAllowed
            | Self::XmlReadable => !is_message,
            _ => true,
        }
    }

    /// Its place in [`Self::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// The table of all checks as Markdown (docs/CHECKS.md).
#[must_use]
pub fn table() -> String {
    use fmt::Write as _;
    let mut out = String::from(
        "# The checks of a verdict\n\n\
         Written from `crates/verdict/src/rules.rs`; a test holds it. A question of a verdict is answered with yes where each of its checks\n\
         is. `crates/verdict/policies/default.toml` gives each a level, and no policy is weaker. A check that a *type* holds cannot be left\n\
         out at all: without it there would be no value to go on with. The others can be left out one by one in builds with the cargo\n\
         feature `laboratory`, whose reports say LABORATORY.\n",
    );
    let mut question = None;
    for rule in Rule::ALL {
        if question != Some(rule.question()) {
            question = Some(rule.question());
            let _ = write!(
                out,
                "\n## {}\n| check | level | held by | clause |\n|---|---|---|---|\n",
                rule.question().as_str()
            );
        }
        let held = match rule.held() {
            Held::Policy => "policy".to_owned(),
            Held::Types(why) => format!("type: {why}"),
        };
        let level = rule.default_level().as_str();
        let clause = match rule.clause_of_messages() {
            Some(of_messages) => format!("{}. Of CMS messages: {of_messages}", rule.clause()),
            None => rule.clause().to_owned(),
        };
        let _ = writeln!(out, "| `{rule}` | {level} | {held} | {clause} |");
    }
    out
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_check_has_its_own_name_and_stands_with_its_question() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(rule.index(), index);
            assert_eq!(Rule::parse(rule.id()), Some(*rule));
        }
        let questions: Vec<_> = Rule::ALL.iter().map(|rule| rule.question()).collect();
        let mut runs = questions.clone();
        runs.dedup();
        let distinct: BTreeSet<_> = questions.iter().map(|id| id.as_str()).collect();
        assert_eq!(
            runs.len(),
            distinct.len(),
            "a question's checks stand together"
        );
    }

    #[test]
    fn levels_are_in_their_order() {
        assert!(Level::Fail > Level::Warn && Level::Warn > Level::Inform);
        assert!(Level::Inform > Level::Ignore);
        assert_eq!(Level::parse("warn"), Some(Level::Warn));
        assert_eq!(Level::parse("off"), None);
    }
}

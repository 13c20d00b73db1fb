//! Business documents: families W, D, C, A and K of the corpus, as far as one signed document has them.
//!
//! A row is a document with one defect; what it is changed from verifies (the first row of each table).

use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{CheckId, Outcome, Policy, SubIndication as S, Subject};
use qaqpa_x509::issue::{self, CertificateSpec, Issuer};
use qaqpa_xml::{Document, XmlLimits};

use crate::forge::{
    C14N, C14N_COMMENTS, DS, ENVELOPED, EXC_C14N, Forge, HERE, Reference, SHA256, bare,
    signature_of, transform, x509_data,
};
use crate::stand::{
    IIN, Judged, OTHER_IIN, Stand, application, citizen_spec, examine, judged, keys, noon,
    person_name, run,
};

const MALFORMED: Judged = Judged::Refused(L::SignatureMalformed, S::FormatFailure);
const CHANGED: Judged = Judged::Refused(L::ContentChanged, S::HashFailure);
const SCOPE: Judged = Judged::Refused(L::SignatureScope, S::SignedScopeMismatch);
const REFERENCE: Judged = Judged::Refused(L::ReferenceRefused, S::SignedDataNotFound);
const TRANSFORM: Judged = Judged::Refused(L::TransformRefused, S::SigConstraintsFailure);
const MULTIPLE: Judged = Judged::Refused(L::SignatureMultiple, S::SigConstraintsFailure);
const MISSING: Judged = Judged::Refused(L::SignatureMissing, S::FormatFailure);
const VALUE: Judged = Judged::Refused(L::SignatureValueWrong, S::SigCryptoFailure);
const WEAK: Judged = Judged::Refused(L::AlgorithmWeak, S::CryptoConstraintsFailure);
const UNKNOWN: Judged = Judged::Refused(L::AlgorithmUnknown, S::CryptoConstraintsFailure);
const LIMIT: Judged = Judged::Refused(L::LimitExceeded, S::FormatFailure);
const NO_CERTIFICATE: Judged = Judged::Refused(L::SignatureMalformed, S::NoSigningCertificateFound);

/// Examines every row; whoever is refused before the last question sends us nowhere.
fn check(stand: &Stand, table: Vec<(&str, String, Judged)>) {
    for (case, xml, expected) in table {
        let (verdict, met) = examine(stand, &xml);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        let asked = usize::from(expected == Judged::Passed);
        assert_eq!(met, asked, "{case}: needs\n{}", verdict.to_text());
    }
}

/// The application with the signature's place as its last child.
fn template() -> String {
    application().replace("</application>", &format!("{HERE}</application>"))
}

fn evil() -> String {
    application().replace(IIN, OTHER_IIN)
}

fn evil_with(extra: &str) -> String {
    evil().replace("</application>", &format!("{extra}</application>"))
}

#[test]
fn a_signed_application_passes_and_says_what_was_signed_by_whom() {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    let document = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
    let (verdict, proven, met) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| stand.all_good(need),
    );
    assert_eq!((judged(&verdict), met), (Judged::Passed, 1));
    let proven = proven.unwrap();
    let root = proven.covered.root();
    let submitter = root.child(root.namespace(), "submitter").unwrap();
    let iin = submitter.child(root.namespace(), "iin").unwrap();
    assert_eq!(iin.text(), IIN);
    assert!(
        root.descendants()
            .all(|element| element.name() != "Signature"),
        "the signature itself is not signed, and cannot be read"
    );
    assert_eq!(proven.signer.certificate, stand.citizen);
    let scope = verdict.scope.as_ref().unwrap();
    assert_eq!(
        scope.covered.as_deref(),
        Some("{urn:qaqpa:document:1}application")
    );
    assert_eq!(scope.references.len(), 1);
    assert_eq!(scope.references[0].uri, "");
    assert_eq!(scope.references[0].transforms, [ENVELOPED, C14N_COMMENTS]);
    let digest: String = proven
        .signature_digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(scope.value_sha256, digest);
    assert!(
        verdict
            .checks
            .iter()
            .all(|check| check.outcome == Outcome::Pass)
    );
}

/// Source: Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be" (2012); SAML Raider.
#[test]
fn a_document_wrapped_around_a_captured_one_is_refused() {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    let sig = signature_of(&signed);
    let original = bare(&signed);
    let sig_holding =
        |content: &str| sig.replace("</ds:Signature>", &format!("{content}</ds:Signature>"));
    assert_ne!(sig_holding("x"), sig, "the signer writes ds:");
    let object = format!("<ds:Object>{original}</ds:Object>");
    #[rustfmt::skip]
    check(&stand, vec![
        ("nothing is changed",                                     signed.clone(),                                            Judged::Passed),
        ("W01 XSW1 the original inside the Signature",             evil_with(&sig_holding(&original)),                        MALFORMED),
        ("W02 XSW2 the original before the Signature",             evil_with(&format!("{original}{sig}")),                    CHANGED),
        ("W03 XSW3 the evil one first, both under a new root",     format!("<r>{}{signed}</r>", evil()),                      SCOPE),
        ("W04 XSW4 the evil one wraps the original",               evil_with(&signed),                                        SCOPE),
        ("W05 XSW5 the original at the end of the evil one",       evil_with(&format!("{sig}{original}")),                    CHANGED),
        ("W06 XSW6 the same inside the Signature, at the front",   evil_with(&sig.replacen('>', &format!(">{original}"), 1)), MALFORMED),
        ("W07 XSW7 an evil copy in open content before",           signed.replacen('>', &format!("><Extensions>{}</Extensions>", evil()), 1), CHANGED),
        ("W08 XSW8 the original inside Object",                    evil_with(&sig_holding(&object)),                          MALFORMED),
        ("W12 a second signature beside the good one",             signed.replace(&sig, &format!("{sig}{sig}")),              MULTIPLE),
        ("W13 a signed document as part of an unsigned one",       format!("<application xmlns=\"urn:qaqpa:document:1\"><form>{signed}</form></application>"), SCOPE),
        ("W14 the Signature of an attachment inside",              evil_with(&format!("<attachments>{signed}</attachments>")), SCOPE),
        ("W21 a third party's Signature inside the form",          signed.replace("<form>", &format!("<form>{sig}")),         MULTIPLE),
        ("W22 the payload twice, one with an xsi:type",            signed.replace("<form>", "<submitter xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"><iin>061211600012</iin></submitter><form>"), CHANGED),
        ("the Signature moved one level down",                     original.replace("</form>", &format!("{sig}</form>")),     SCOPE),
        ("the Signature taken away",                               original.clone(),                                          MISSING),
        ("the Signature on another's document",                    evil_with(&sig),                                           CHANGED),
        ("one letter of the content",                              signed.replace("Тараз", "Тарaз"),                          CHANGED),
        ("one letter of an attribute",                             signed.replace("name=\"address\"", "name=\"addresz\""),    CHANGED),
        ("white space in the content (pretty-printed after)",      signed.replace("<form>", "\n  <form>"),                    CHANGED),
    ]);
}

/// The signer's own key bends the rules: value and digests are right, and it is refused all the same.
#[test]
fn a_signature_that_covers_less_than_is_read_is_refused() {
    let stand = Stand::new();
    let with = |references: Vec<Reference>| {
        let mut forge = Forge::new(&stand);
        forge.references = references;
        forge
    };
    let identified = template()
        .replace("<application ", "<application Id=\"a\" ")
        .replace("<form>", "<form Id=\"f\">");
    let enveloped = || Reference::to("", &[ENVELOPED, C14N_COMMENTS]);
    let wrong = |reference: Reference| Reference {
        digest: Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()),
        ..reference
    };
    let raw = |attributes: &str| Reference {
        attributes: attributes.to_owned(),
        ..enveloped()
    };
    let transforms = |content: &str| Reference {
        transforms: content.to_owned(),
        ..enveloped()
    };
    let manifest = " URI=\"\" Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\"";
    let xpath = format!(
        "{}<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>self::x</XPath></Transform>",
        transform(ENVELOPED)
    );
    let filter2 = transform("http://www.w3.org/2002/06/xmldsig-filter2");
    let xslt = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></Transform>";
    let two_payloads = format!(
        "<applications xmlns=\"urn:qaqpa:document:1\"><application Id=\"a\"><x/></application><application><y/></application>{HERE}</applications>"
    );
    let sign = |references: Vec<Reference>| with(references).sign(&identified);
    #[rustfmt::skip]
    check(&stand, vec![
        ("the profile, written by hand",                   sign(vec![enveloped()]),                                    Judged::Passed),
        ("the root by its Id",                             sign(vec![Reference::to("#a", &[ENVELOPED, C14N])]),        Judged::Passed),
        ("a good decoy beside the document",               sign(vec![enveloped(), Reference::to("#f", &[C14N])]),      Judged::Passed),
        ("W11 a fragment only",                            sign(vec![Reference::to("#f", &[C14N])]),                   SCOPE),
        ("W15 two payloads, one signed",                   with(vec![Reference::to("#a", &[C14N])]).sign(&two_payloads), SCOPE),
        ("W16 a good decoy first, the document's digest wrong", sign(vec![Reference::to("#f", &[C14N]), wrong(enveloped())]), CHANGED),
        ("W16 the document good, the decoy's digest wrong",     sign(vec![enveloped(), wrong(Reference::to("#f", &[C14N]))]), CHANGED),
        ("W16 the document twice",                         sign(vec![enveloped(), enveloped()]),                       SCOPE),
        ("W17 an xpointer",                                sign(vec![raw(" URI=\"#xpointer(id('a'))\"")]),             REFERENCE),
        ("W17 a bare name in another case",                sign(vec![Reference::to("#A", &[ENVELOPED, C14N])]),        REFERENCE),
        ("W17 a file",                                     sign(vec![raw(" URI=\"file:///etc/passwd\"")]),             REFERENCE),
        ("W17 somebody's server",                          sign(vec![raw(" URI=\"http://127.0.0.1/x\"")]),             REFERENCE),
        ("W18 URI=\"\" without enveloped-signature",       sign(vec![Reference::to("", &[C14N])]),                     REFERENCE),
        ("W18 enveloped-signature where it is not inside", sign(vec![enveloped(), Reference::to("#f", &[ENVELOPED, C14N])]), REFERENCE),
        ("W19 no URI",                                     sign(vec![raw("")]),                                        REFERENCE),
        ("W20 a Manifest",                                 sign(vec![raw(manifest)]),                                  REFERENCE),
        ("W23 an XPath transform",                         sign(vec![transforms(&xpath)]),                             TRANSFORM),
        ("W23 an XPath filter 2",                          sign(vec![transforms(&filter2)]),                           TRANSFORM),
        ("W24 an XSLT transform",                          sign(vec![transforms(xslt)]),                               TRANSFORM),
        ("W25 a base64 transform",                         sign(vec![Reference::to("", &[ENVELOPED, "http://www.w3.org/2000/09/xmldsig#base64"])]), TRANSFORM),
        ("a transform after canonicalization",             sign(vec![Reference::to("", &[C14N, ENVELOPED])]),          TRANSFORM),
        ("enveloped-signature twice",                      sign(vec![Reference::to("", &[ENVELOPED, ENVELOPED, C14N, C14N, C14N])]), TRANSFORM),
        ("X06 nine references",                            sign(vec![enveloped(), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N]), Reference::to("#f", &[C14N])]), LIMIT),
    ]);
}

/// D: ids and text that two readers could read differently.
#[test]
fn an_id_in_doubt_is_refused_and_harmless_spelling_is_not() {
    let stand = Stand::new();
    let by_id = |template: String, uri: &str| {
        let mut forge = Forge::new(&stand);
        forge.references = vec![Reference::to(uri, &[ENVELOPED, C14N])];
        forge.sign(&template)
    };
    let root = |id: &str| template().replace("<application ", &format!("<application {id} "));
    let signed = stand.signed(&application());
    let sig = signature_of(&signed);
    let forged = Forge::new(&stand).sign(&template());
    #[rustfmt::skip]
    check(&stand, vec![
        ("OK9 xml:id",                                by_id(root("xml:id=\"a\""), "#a"),                                     Judged::Passed),
        ("OK9 id",                                    by_id(root("id=\"a\""), "#a"),                                         Judged::Passed),
        ("D01 two elements with the Id",              by_id(root("Id=\"a\"").replace("<form>", "<form Id=\"a\">"), "#a"),    REFERENCE),
        ("D02 the same by another attribute",         by_id(root("Id=\"a\"").replace("<form>", "<form xml:id=\"a\">"), "#a"), REFERENCE),
        ("D13 the same with a foreign prefix",        by_id(root("Id=\"a\" xmlns:x=\"urn:x\" x:ID=\"b\""), "#a"),            REFERENCE),
        ("D04 an empty fragment",                     by_id(root("Id=\"\""), "#"),                                           REFERENCE),
        ("D04 a quote in the fragment",               by_id(root("Id=\"a\""), "#a']"),                                       REFERENCE),
        ("D06 a comment inside the signed text",      signed.replace(IIN, "931002<!---->451325"),                            Judged::Passed),
        ("D07 a CDATA section of the same characters", signed.replace(IIN, "931002<![CDATA[451325]]>"),                      Judged::Passed),
        ("D07 a CDATA section more",                  signed.replace(IIN, "931002451325<![CDATA[0]]>"),                      CHANGED),
        ("D14 the signature without a prefix (OK1)",  forged.clone(),                                                        Judged::Passed),
        ("D15 a namespace that looks alike",          signed.replace(&sig, &sig.replace(DS, "http://www.w3.org/2000/09/xmldsig")), MISSING),
        ("D16 an IIN in Arabic digits",               signed.replace(IIN, "٩٣١٠٠٢٤٥١٣٢٥"),                                  CHANGED),
        ("D16 a zero-width character",                signed.replace(IIN, "931002\u{200b}451325"),                           CHANGED),
        ("D17 line ends of the wire (OK3)",           Forge::new(&stand).sign(&template().replace("<form>", "\n<form>")).replace('\n', "\r\n"), Judged::Passed),
        ("D17 a carriage return by reference",        signed.replace("<form>", "&#13;<form>"),                               CHANGED),
        ("D17 a tab in an attribute",                 signed.replace("name=\"address\"", "name=\"address\t\""),              CHANGED),
        ("a reordered attribute, another quote",      signed.replace("version=\"1\"", "version='1'"),                        Judged::Passed),
        ("OK12 a comment that nobody reads",          signed.replace("<form>", "<!-- x --><form>"),                          Judged::Passed),
    ]);
}

#[test]
fn a_comment_is_flagged_and_the_text_is_read_whole() {
    let stand = Stand::new();
    let signed = stand
        .signed(&application())
        .replace(IIN, "931002<!---->451325");
    let document = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
    let (verdict, proven, _) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| stand.all_good(need),
    );
    assert!(verdict.scope.as_ref().unwrap().has_comments);
    assert!(verdict.to_text().contains("comments stand in it"));
    let covered = proven.unwrap().covered;
    let iin = covered
        .root()
        .descendants()
        .find(|element| element.name() == "iin")
        .unwrap();
    assert_eq!(
        iin.text(),
        IIN,
        "CVE-2017-11428: never the part before the comment"
    );
}

/// C: the signature's own structure.
#[test]
fn a_signature_of_another_structure_is_refused() {
    let stand = Stand::new();
    let signed = Forge::new(&stand).sign(&template());
    let part = |name: &str| {
        let begin = signed.find(&format!("<{name}>")).unwrap();
        let end = signed.find(&format!("</{name}>")).unwrap() + name.len() + 3;
        signed[begin..end].to_owned()
    };
    let (info, value, key_info) = (part("SignedInfo"), part("SignatureValue"), part("KeyInfo"));
    let digest = part("DigestValue");
    let certificate = part("X509Certificate");
    let twice = |part: &str| signed.replace(part, &format!("{part}{part}"));
    let comment_in = |part: &str| signed.replace(part, &part.replacen('>', "><!--x-->", 1));
    let forge = |change: &dyn Fn(&mut Forge)| {
        let mut forge = Forge::new(&stand);
        change(&mut forge);
        forge.sign(&template())
    };
    let prefix_list = format!(
        "{}<Transform Algorithm=\"{EXC_C14N}\"><InclusiveNamespaces xmlns=\"{EXC_C14N}\" PrefixList=\"a b\"></InclusiveNamespaces></Transform>",
        transform(ENVELOPED)
    );
    #[rustfmt::skip]
    check(&stand, vec![
        ("nothing is changed",                         signed.clone(),                                                     Judged::Passed),
        ("OK4 exclusive canonicalization of SignedInfo", forge(&|f| f.canonicalization = EXC_C14N.to_owned()),             Judged::Passed),
        ("C02 two SignedInfo",                         twice(&info),                                                       MALFORMED),
        ("C02 a bent SignedInfo first",                signed.replace(&info, &format!("{}{info}", info.replace(SHA256, C14N))), MALFORMED),
        ("C03 SignedInfo wrapped",                     signed.replace(&info, &format!("<Wrap>{info}</Wrap>")),             MALFORMED),
        ("C03 SignedInfo not first",                   signed.replace(&info, "").replace(&value, &format!("{value}{info}")), MALFORMED),
        ("C04 a comment in DigestValue",               comment_in(&digest),                                                MALFORMED),
        ("C05 a comment in SignatureValue",            comment_in(&value),                                                 MALFORMED),
        ("C05 a comment in X509Certificate",           comment_in(&certificate),                                           MALFORMED),
        ("C05 an element in SignatureValue",           signed.replace(&value, &value.replacen('>', "><x/>", 1)),           MALFORMED),
        ("C05 an element in X509Certificate",          signed.replace(&certificate, &certificate.replacen('>', "><x/>", 1)), MALFORMED),
        ("C05 white space in SignatureValue",          signed.replace(&value, &value.replacen('>', ">\n ", 1)),            Judged::Passed),
        ("C06 an unknown canonicalization",            forge(&|f| f.canonicalization = "urn:x".to_owned()),                UNKNOWN),
        ("C06 XSLT as canonicalization",               forge(&|f| f.canonicalization = "http://www.w3.org/TR/1999/REC-xslt-19991116".to_owned()), UNKNOWN),
        ("C08 a PrefixList of prefixes that are not there", forge(&|f| f.references[0].transforms = prefix_list.clone()), Judged::Passed),
        ("C11 two SignatureValue",                     twice(&value),                                                      MALFORMED),
        ("C11 two KeyInfo",                            twice(&key_info),                                                   MALFORMED),
        ("C11 an unknown child",                       signed.replace(&key_info, &format!("{key_info}<Extra></Extra>")),   MALFORMED),
        ("C11 an Object",                              forge(&|f| f.tail = "<Object></Object>".to_owned()),                MALFORMED),
        ("C11 KeyInfo before SignatureValue",          signed.replace(&key_info, "").replace(&value, &format!("{key_info}{value}")), MALFORMED),
        ("no reference at all",                        forge(&|f| f.references.clear()),                                   MALFORMED),
        ("no SignatureValue",                          signed.replace(&value, ""),                                         MALFORMED),
        ("an empty SignatureValue",                    signed.replace(&value, "<SignatureValue></SignatureValue>"),        MALFORMED),
    ]);
}

/// A: algorithms. The value is right in every row: it is the algorithm that is refused.
#[test]
fn a_weak_or_unknown_algorithm_is_named() {
    let stand = Stand::new();
    let forge = |change: &dyn Fn(&mut Forge)| {
        let mut forge = Forge::new(&stand);
        change(&mut forge);
        forge.sign(&template())
    };
    let method = |uri: &str| forge(&|f| f.method = uri.to_owned());
    let digest = |uri: &str, value: &str| {
        forge(&|f| {
            f.references[0].digest_method = uri.to_owned();
            f.references[0].digest = Some(value.to_owned());
        })
    };
    let sha1 = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    let sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    #[rustfmt::skip]
    check(&stand, vec![
        ("nothing is changed",                    forge(&|_| ()),                                                         Judged::Passed),
        ("A01 HMAC truncated to nothing",         forge(&|f| { f.method = hmac.to_owned(); f.method_content = "<HMACOutputLength>0</HMACOutputLength>".to_owned(); }), MALFORMED),
        ("A02 HMAC with the public key",          method(hmac),                                                           UNKNOWN),
        ("A02 HMAC-SHA1",                         method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"),                  UNKNOWN),
        ("A03 RSA with SHA-1",                    method("http://www.w3.org/2000/09/xmldsig#rsa-sha1"),                   WEAK),
        ("A03 the same by its old national name", method("http://www.w3.org/2001/04/xmldsig-more#rsa-sha1"),              WEAK),
        ("A03 RSA with MD5",                      method("http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),               UNKNOWN),
        ("A03 a SHA-1 digest",                    digest("http://www.w3.org/2000/09/xmldsig#sha1", sha1),                 WEAK),
        ("A03 an MD5 digest",                     digest("http://www.w3.org/2001/04/xmldsig-more#md5", "1B2M2Y8AsgTpgAmY7PhCfg=="), UNKNOWN),
        ("A07 no algorithm",                      method(""),                                                             UNKNOWN),
        ("A07 none",                              method("none"),                                                         UNKNOWN),
        ("A07 another case",                      method("http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256"),            UNKNOWN),
        ("A07 a trailing space",                  method("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 "),           UNKNOWN),
        ("A07 RSA-SHA512 over an RSA-SHA256 value", method("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),          VALUE),
        ("A08 a digest of another length",        digest(SHA256, sha1),                                                   MALFORMED),
        ("A08 an empty digest",                   digest(SHA256, ""),                                                     MALFORMED),
        ("A08 a digest with stray bits",          digest(SHA256, &sha256.replace("FU=", "FV=")),                          MALFORMED),
        ("A08 a digest that is not base64",       digest(SHA256, &sha256.replace('+', "-")),                              MALFORMED),
        ("A08 the digest of nothing (C01)",       digest(SHA256, sha256),                                                 CHANGED),
    ]);
}

/// K01–K04: whose key it is.
#[test]
fn the_key_is_the_first_certificates_and_no_other() {
    let stand = Stand::new();
    let other = issue::issue(
        &CertificateSpec {
            subject: person_name(OTHER_IIN),
            spki_der: keys().stranger.spki_der().to_vec(),
            serial: vec![0x66],
            ..citizen_spec()
        },
        stand.issuer(),
    )
    .unwrap();
    let clone = {
        let root =
            issue::root(person_name(IIN), &keys().stranger, crate::stand::one_year()).unwrap();
        let spec = CertificateSpec {
            spki_der: keys().stranger.spki_der().to_vec(),
            ..citizen_spec()
        };
        issue::issue(
            &spec,
            Issuer {
                certificate: &root,
                key: &keys().stranger,
            },
        )
        .unwrap()
    };
    let citizen = stand.citizen.der();
    let forge = |key_info: Option<String>| {
        let mut forge = Forge::new(&stand);
        forge.key_info = key_info;
        forge.sign(&template())
    };
    let by_stranger = |key_info: String| {
        let mut forge = Forge::new(&stand);
        forge.key_info = Some(key_info);
        forge.key = &keys().stranger;
        forge.sign(&template())
    };
    let key_value = "<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>";
    let issuer_serial = |issuer: &str, serial: &str| {
        format!(
            "<X509Data><X509IssuerSerial><X509IssuerName>{issuer}</X509IssuerName><X509SerialNumber>{serial}</X509SerialNumber></X509IssuerSerial></X509Data>"
        )
    };
    let retrieval = "<RetrievalMethod URI=\"http://127.0.0.1/key\"></RetrievalMethod>";
    let untrusted = |sub| Judged::Refused(L::IssuerUntrusted, sub);
    #[rustfmt::skip]
    check(&stand, vec![
        ("nothing is changed",                               forge(Some(x509_data(&[citizen]))),                               Judged::Passed),
        ("the chain goes with it",                           forge(Some(x509_data(&[citizen, stand.issuing.der(), stand.root.der()]))), Judged::Passed),
        ("K01 a self-issued clone of the citizen's",         by_stranger(x509_data(&[clone.der()])),                           untrusted(S::NoCertificateChainFound)),
        ("K02 a KeyValue of another key",                    forge(Some(format!("{key_value}{}", x509_data(&[citizen])))),     Judged::Passed),
        ("K02 the KeyValue alone",                           forge(Some(key_value.to_owned())),                                NO_CERTIFICATE),
        ("K03 another's certificate first",                  forge(Some(x509_data(&[other.der(), citizen]))),                  VALUE),
        ("K03 the attacker's key, the citizen's name first", by_stranger(x509_data(&[citizen, other.der()])),                  VALUE),
        ("K03 the authority's certificate first",            forge(Some(x509_data(&[stand.issuing.der(), citizen]))),          VALUE),
        ("K03 another's certificate alone",                  forge(Some(x509_data(&[other.der()]))),                           VALUE),
        ("K04 a RetrievalMethod",                            forge(Some(format!("{retrieval}{}", x509_data(&[citizen])))),     REFERENCE),
        ("no KeyInfo",                                       forge(None),                                                      NO_CERTIFICATE),
        ("a KeyName only",                                   forge(Some("<KeyName>citizen</KeyName>".to_owned())),             NO_CERTIFICATE),
        ("bytes that are no certificate",                    forge(Some(x509_data(&[b"certificate"]))),                        NO_CERTIFICATE),
        ("an issuer and serial number of nobody known",      forge(Some(issuer_serial("CN=X,C=KZ", "5"))),                     NO_CERTIFICATE),
    ]);
}

/// Every byte of the signature's value counts.
#[test]
fn a_value_with_one_bit_turned_is_refused() {
    let stand = Stand::new();
    let signed = Forge::new(&stand).sign(&template());
    let begin = signed.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
    for place in [0, 100, 300] {
        let mut bent = signed.clone();
        let old = &signed[begin + place..=begin + place];
        let new = if old == "A" { "B" } else { "A" };
        bent.replace_range(begin + place..=begin + place, new);
        let (verdict, met) = examine(&stand, &bent);
        assert_eq!((judged(&verdict), met), (VALUE, 0), "{place}");
    }
}

/// The order of the questions: the first that is answered with no gives the label, and the others that
/// can be asked without help still tell what they found.
#[test]
fn the_first_no_gives_the_label_and_the_rest_still_tell() {
    let mut spec = citizen_spec();
    spec.validity.not_after = noon().minus(crate::stand::days(1));
    let stand = Stand::new().with_citizen(&spec);
    let changed = stand.signed(&application()).replace("Тараз", "Шу");
    let (verdict, met) = examine(&stand, &changed);
    assert_eq!((judged(&verdict), met), (CHANGED, 0));
    let outcome = |id| verdict.check(id).unwrap().outcome;
    assert_eq!(outcome(CheckId::Structure), Outcome::Pass);
    assert_eq!(outcome(CheckId::Scope), Outcome::Pass);
    assert_eq!(outcome(CheckId::Content), Outcome::Fail);
    assert_eq!(outcome(CheckId::Value), Outcome::NotAsked);
    assert_eq!(outcome(CheckId::Chain), Outcome::Pass);
    assert_eq!(outcome(CheckId::Validity), Outcome::Fail);
    assert_eq!(outcome(CheckId::Revocation), Outcome::NotAsked);
    let unchanged = stand.signed(&application());
    let (verdict, met) = examine(&stand, &unchanged);
    assert_eq!(
        (judged(&verdict), met),
        (Judged::Refused(L::CertificateExpired, S::Expired), 0)
    );
}

/// D03, D05, D08, D09, D12, C01, X01: what two parsers could read differently never becomes a document.
#[test]
fn what_is_not_plain_xml_never_becomes_a_document() {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    #[rustfmt::skip]
    let table: Vec<(&str, String)> = vec![
        ("D03 an internal DTD",             format!("<!DOCTYPE a [<!ATTLIST form x ID #IMPLIED>]>{signed}")),
        ("D05 an entity",                   signed.replace(IIN, "&iin;")),
        ("D08 a processing instruction",    signed.replace("<form>", "<?p not-an-?>admin<form>")),
        ("D09 a DOCTYPE of two readings",   format!("<!DOCTYPE r SYSTEM 'x\"><!--'>{signed}")),
        ("D12 two roots",                   format!("{signed}{signed}")),
        ("D12 junk after the root",         format!("{signed}junk")),
        ("C01 a relative namespace",        signed.replace("<form>", "<form xmlns:a=\"1\">")),
        ("a second XML declaration",        format!("<?xml version=\"1.0\"?><?xml version=\"1.0\"?>{signed}")),
        ("a NUL",                           signed.replace(IIN, "\0")),
    ];
    for (case, xml) in table {
        assert!(
            Document::parse(xml.as_bytes(), &XmlLimits::default()).is_err(),
            "{case}"
        );
    }
}

/// Every character of the signed text in turn.
#[test]
fn every_changed_character_of_the_text_is_noticed() {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    let end = signed.find("<ds:Signature").unwrap();
    let mut in_text = false;
    let mut changed = 0;
    for (place, c) in signed[..end].char_indices() {
        match c {
            '<' => in_text = false,
            '>' => in_text = true,
            _ if in_text => {
                let other = if c == 'x' { 'y' } else { 'x' };
                let mut bent = signed.clone();
                bent.replace_range(place..place + c.len_utf8(), &other.to_string());
                let (verdict, met) = examine(&stand, &bent);
                assert_eq!((judged(&verdict), met), (CHANGED, 0), "{c} at {place}");
                changed += 1;
            }
            _ => {}
        }
    }
    assert!(changed > 80, "{changed} characters were tried");
}

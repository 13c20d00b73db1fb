//! Name constraints and policies of authorities, each verdict beside OpenSSL's.

mod policies;

use qaqpa_model::Limits;
use qaqpa_x509::issue::{self, CertificateSpec, Issuer};
use qaqpa_x509::name::{NameToWrite, TextType};
use qaqpa_x509::path::{self, Path, PathError, PathInputs};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, oid};

use crate::stand::{Stand, around, at, key, name, root_life};
use crate::tools::{Desk, seconds};

/// One value with its tag and length.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match value.len() {
        short @ ..0x80 => out.push(u8::try_from(short).unwrap()),
        long => {
            out.push(0x82);
            out.extend(u16::try_from(long).unwrap().to_be_bytes());
        }
    }
    out.extend(value);
    out
}

#[derive(Clone, Copy, Debug)]
enum Name<'a> {
    Mail(&'a str),
    Dns(&'a str),
    Uri(&'a str),
    Ip(&'a [u8]),
    /// A directory name of a commonName alone.
    Directory(&'a str),
    /// registeredID 1.2.3: a form that is not looked into.
    Registered,
}

impl Name<'_> {
    fn der(self) -> Vec<u8> {
        match self {
            Self::Mail(mail) => tlv(0x81, mail.as_bytes()),
            Self::Dns(dns) => tlv(0x82, dns.as_bytes()),
            Self::Uri(uri) => tlv(0x86, uri.as_bytes()),
            Self::Ip(octets) => tlv(0x87, octets),
            Self::Directory(common_name) => {
                let text = tlv(0x0c, common_name.as_bytes());
                let attribute = tlv(0x30, &[&[0x06, 3, 0x55, 4, 3][..], &text].concat());
                tlv(0xa4, &tlv(0x30, &tlv(0x31, &attribute)))
            }
            Self::Registered => tlv(0x88, &[0x2a, 3]),
        }
    }
}

/// The value of nameConstraints.
fn constraints(permitted: &[Name<'_>], excluded: &[Name<'_>]) -> Vec<u8> {
    let trees = |tag, names: &[Name<'_>]| match names {
        [] => Vec::new(),
        names => {
            let trees: Vec<u8> = names
                .iter()
                .flat_map(|name| tlv(0x30, &name.der()))
                .collect();
            tlv(tag, &trees)
        }
    };
    tlv(
        0x30,
        &[trees(0xa0, permitted), trees(0xa1, excluded)].concat(),
    )
}

/// The value of nameConstraints that excludes a directory name of a commonName alone.
fn without(common_name: &str) -> Others {
    constrained(&constraints(&[], &[Name::Directory(common_name)]))
}

/// A name that is excluded stays so in every type of string that a name can be written as.
#[test]
fn an_excluded_name_is_not_got_round_by_another_type_of_string() {
    let stand = Stand::new();
    let refused = Err(PathError::NameConstraint {
        position: 0,
        form: "directory name",
    });
    let verdict = |common_name: &str, written| {
        let subject = NameToWrite::new().with_as(oid::COMMON_NAME, common_name, written);
        let chain = chain(&stand, &[without("BAD")], subject, vec![]);
        judged(&stand, &chain, &PathInputs::default()).map(|_| ())
    };
    use TextType::{Bmp, Ia5, Printable, Teletex, Utf8};
    for written in [Bmp, Ia5, Printable, Teletex, Utf8] {
        assert_eq!(verdict("bad", written), refused, "{written:?}");
        assert_eq!(verdict("GOOD", written), Ok(()), "{written:?}");
    }
}

type Others = Vec<(ObjectIdentifier, bool, Vec<u8>)>;

/// A chain below the stand's root: authorities with these extensions, and a leaf with its name and its extensions.
fn chain(
    stand: &Stand,
    authorities: &[Others],
    subject: NameToWrite,
    leaf: Others,
) -> Vec<Certificate> {
    let mut above = (stand.root.clone(), key(0));
    let mut chain = Vec::new();
    for (index, others) in authorities.iter().enumerate() {
        let own = key(1 + index);
        let title = format!("TEST AUTHORITY {index}");
        let mut spec = CertificateSpec::new(name(&title), own.spki_der(), root_life()).unwrap();
        spec.basic = Some((true, None));
        spec.key_usage = Some(KeyUsage::KEY_CERT_SIGN);
        spec.others = others.clone();
        let by = Issuer {
            certificate: &above.0,
            key: &above.1,
        };
        let certificate = issue::issue(&spec, by).unwrap();
        chain.insert(0, certificate.clone());
        above = (certificate, own);
    }
    let mut spec = CertificateSpec::new(subject, key(4).spki_der(), around()).unwrap();
    spec.others = leaf;
    let by = Issuer {
        certificate: &above.0,
        key: &above.1,
    };
    chain.insert(0, issue::issue(&spec, by).unwrap());
    chain
}

/// Our verdict, after OpenSSL has given the same one.
fn judged(stand: &Stand, chain: &[Certificate], inputs: &PathInputs) -> Result<Path, PathError> {
    let desk = Desk::new();
    let pem: String = chain[1..].iter().map(Certificate::to_pem).collect();
    desk.put("leaf.pem", chain[0].to_pem());
    desk.put("pool.pem", pem);
    desk.put("root.pem", stand.root.to_pem());
    let time = seconds(at());
    let mut arguments = vec!["verify", "-attime", &time, "-policy_check"];
    let policies: Vec<String> = inputs
        .initial_policies
        .iter()
        .map(ToString::to_string)
        .collect();
    for policy in &policies {
        arguments.extend(["-policy", policy]);
    }
    for (asked, flag) in [
        (inputs.require_explicit_policy, "-explicit_policy"),
        (inputs.inhibit_policy_mapping, "-inhibit_map"),
        (inputs.inhibit_any_policy, "-inhibit_any"),
    ] {
        arguments.extend(asked.then_some(flag));
    }
    arguments.extend(["-CAfile", "root.pem", "-untrusted", "pool.pem", "leaf.pem"]);
    let said = desk.openssl(&arguments);
    let ours = ours(stand, chain, inputs);
    assert_eq!(
        said.ok,
        ours.is_ok(),
        "OpenSSL: {}\nours: {ours:?}",
        said.text
    );
    ours
}

fn ours(stand: &Stand, chain: &[Certificate], inputs: &PathInputs) -> Result<Path, PathError> {
    let limits = Limits::default();
    path::build_with(
        &chain[0],
        &chain[1..],
        &stand.anchors(),
        at(),
        &limits,
        inputs,
    )
}

fn constrained(names: &[u8]) -> Others {
    vec![(oid::NAME_CONSTRAINTS, true, names.to_vec())]
}

fn alternative(names: &[Name<'_>]) -> Others {
    let names: Vec<u8> = names.iter().flat_map(|name| name.der()).collect();
    vec![(oid::SUBJECT_ALT_NAME, false, tlv(0x30, &names))]
}

/// Pairs around each rule of RFC 5280 §4.2.1.10: a constraint, names that satisfy it as permitted, names that do not.
#[test]
fn names_are_in_a_subtree_or_not() {
    use Name::{Dns, Ip, Mail, Uri};
    let stand = Stand::new();
    let rules: [(Name<'_>, &[Name<'_>], &[Name<'_>]); 8] = [
        (
            Dns("test.kz"),
            &[Dns("test.kz"), Dns("a.b.TEST.KZ")],
            &[Dns("atest.kz"), Dns("kz"), Dns("test.kz.org")],
        ),
        (
            Mail("test.kz"),
            &[Mail("any@test.kz"), Mail("any@TEST.kz")],
            &[Mail("any@a.test.kz"), Mail("any@kz")],
        ),
        (
            Mail(".test.kz"),
            &[Mail("any@a.test.kz"), Mail("any@a.b.test.kz")],
            &[Mail("any@test.kz"), Mail("any@atest.kz")],
        ),
        (
            Mail("One@test.kz"),
            &[Mail("One@test.kz"), Mail("One@TEST.kz")],
            &[Mail("one@test.kz"), Mail("other@test.kz")],
        ),
        (
            Uri("test.kz"),
            &[Uri("http://test.kz/a?b#c"), Uri("https://TEST.kz:8443/")],
            &[Uri("http://a.test.kz/"), Uri("http://test.kz.org/")],
        ),
        (
            Uri(".test.kz"),
            &[Uri("http://a.test.kz"), Uri("ldap://a.b.test.kz:389/x")],
            &[Uri("http://test.kz/"), Uri("http://kz/")],
        ),
        (
            Ip(&[10, 1, 0, 0, 255, 255, 0, 0]),
            &[Ip(&[10, 1, 2, 3])],
            &[Ip(&[10, 2, 2, 3]), Ip(&[0; 16])],
        ),
        (Ip(&[0; 32]), &[Ip(&[7; 16])], &[Ip(&[10, 1, 2, 3])]),
    ];
    let inputs = PathInputs::default();
    for (base, within, without) in rules {
        let verdict = |permitted: &[Name<'_>], excluded: &[Name<'_>], name: Name<'_>| {
            let authority = constrained(&constraints(permitted, excluded));
            let chain = chain(
                &stand,
                &[authority],
                self::name("LEAF"),
                alternative(&[name]),
            );
            judged(&stand, &chain, &inputs).map(|_| ())
        };
        let refused = |verdict: Result<(), PathError>, name: &Name<'_>| {
            assert!(
                matches!(verdict, Err(PathError::NameConstraint { position: 0, .. })),
                "{base:?} {name:?} {verdict:?}"
            );
        };
        for name in within {
            assert_eq!(verdict(&[base], &[], *name), Ok(()), "{base:?} {name:?}");
            refused(verdict(&[], &[base], *name), name);
        }
        for name in without {
            refused(verdict(&[base], &[], *name), name);
            assert_eq!(verdict(&[], &[base], *name), Ok(()), "{base:?} {name:?}");
        }
        // Names of other forms are not concerned.
        assert_eq!(verdict(&[base], &[], Name::Registered), Ok(()));
    }
}

/// What cannot be judged is not within what is permitted, and is within what is excluded.
#[test]
fn names_that_cannot_be_judged_are_refused() {
    use Name::{Dns, Ip, Mail, Registered, Uri};
    let stand = Stand::new();
    for (base, name) in [
        (Uri("test.kz"), Uri("urn:test.kz")),
        (Uri("test.kz"), Uri("http://10.0.0.1/")),
        (Uri("test.kz"), Uri("http://[::1]/")),
        (Mail("test.kz"), Mail("test.kz")),
        (Mail("test.kz"), Mail("@test.kz")),
        (Dns("test.kz"), Dns("a..test.kz")),
        (Dns("test.kz"), Dns("")),
        (Ip(&[10, 0, 0, 0, 255, 0, 0, 0]), Ip(&[10, 0, 0])),
        (Registered, Registered),
    ] {
        for constraints in [constraints(&[base], &[]), constraints(&[], &[base])] {
            let chain = chain(
                &stand,
                &[constrained(&constraints)],
                self::name("LEAF"),
                alternative(&[name]),
            );
            let verdict = ours(&stand, &chain, &PathInputs::default()).map(|_| ());
            assert!(
                matches!(verdict, Err(PathError::NameConstraint { position: 0, .. })),
                "{base:?} {name:?} {verdict:?}"
            );
        }
    }
    // What stands before an "@" in an address is no host.
    let user = chain(
        &stand,
        &[constrained(&constraints(&[Uri("test.kz")], &[]))],
        name("LEAF"),
        alternative(&[Uri("http://test.kz@other.kz/")]),
    );
    let form = "address (URI)";
    let verdict = ours(&stand, &user, &PathInputs::default());
    assert_eq!(
        verdict,
        Err(PathError::NameConstraint { position: 0, form })
    );
    // A wildcard would stand for what is excluded.
    let chain = chain(
        &stand,
        &[constrained(&constraints(&[], &[Dns("secret.test.kz")]))],
        name("LEAF"),
        alternative(&[Dns("*.test.kz")]),
    );
    let verdict = ours(&stand, &chain, &PathInputs::default());
    let form = "DNS name";
    assert_eq!(
        verdict,
        Err(PathError::NameConstraint { position: 0, form })
    );
}

#[test]
fn subjects_are_directory_names_and_their_addresses_count() {
    use Name::{Directory, Mail};
    let stand = Stand::new();
    let verdict = |base: Name<'_>, subject: NameToWrite, others: Others| {
        let permitted = constrained(&constraints(&[base], &[]));
        let chain = chain(&stand, &[permitted], subject, others);
        judged(&stand, &chain, &PathInputs::default()).map(|_| ())
    };
    let called = |text: &str| NameToWrite::new().with(oid::COMMON_NAME, text);
    let refused = |form| Err(PathError::NameConstraint { position: 0, form });
    let unit = called("One  Unit").with(oid::SURNAME, "below");
    assert_eq!(verdict(Directory("ONE UNIT"), unit, vec![]), Ok(()));
    assert_eq!(
        verdict(Directory("one unit"), called("Other Unit"), vec![]),
        refused("directory name")
    );
    let mail = |text: &str| called("X").with(oid::EMAIL, text);
    assert_eq!(verdict(Mail("test.kz"), mail("a@test.kz"), vec![]), Ok(()));
    assert_eq!(
        verdict(Mail("test.kz"), mail("a@other.kz"), vec![]),
        refused("e-mail address")
    );
}

#[test]
fn constraints_add_up_down_the_path_and_spare_no_authority() {
    use Name::{Directory, Dns};
    let stand = Stand::new();
    let verdict = |authorities: &[Others], leaf: Others| {
        let chain = chain(&stand, authorities, name("LEAF"), leaf);
        judged(&stand, &chain, &PathInputs::default()).map(|_| ())
    };
    let both = [
        constrained(&constraints(&[Dns("kz")], &[])),
        constrained(&constraints(
            &[Dns("test.kz"), Dns("org")],
            &[Dns("bad.test.kz")],
        )),
    ];
    let refused = |position, form| Err(PathError::NameConstraint { position, form });
    assert_eq!(verdict(&both, alternative(&[Dns("a.test.kz")])), Ok(()));
    for name in ["a.org", "other.kz", "x.bad.test.kz"] {
        assert_eq!(
            verdict(&both, alternative(&[Dns(name)])),
            refused(0, "DNS name"),
            "{name}"
        );
    }
    // The authority below bears a name that the one above does not permit.
    let strict = [constrained(&constraints(&[Directory("LEAF")], &[])), vec![]];
    assert_eq!(verdict(&strict, vec![]), refused(1, "directory name"));
}

#[test]
fn a_crowd_of_names_and_constraints_is_not_compared_to_its_end() {
    let stand = Stand::new();
    let bases: Vec<String> = (0..500).map(|n| format!("n{n}.kz")).collect();
    let bases: Vec<_> = bases.iter().map(|base| Name::Dns(base)).collect();
    let crowd = constrained(&constraints(&[], &bases));
    let names: Vec<String> = (0..500).map(|n| format!("n{n}.org")).collect();
    let names: Vec<_> = names.iter().map(|name| Name::Dns(name)).collect();
    let chain = chain(&stand, &[crowd], name("LEAF"), alternative(&names));
    let verdict = ours(&stand, &chain, &PathInputs::default());
    assert_eq!(verdict, Err(PathError::Budget { max: 100_000 }));
}

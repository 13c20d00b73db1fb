//! Policies.

use super::*;

fn policy(number: u32) -> ObjectIdentifier {
    ObjectIdentifier::new(&format!("1.3.6.1.4.1.32473.7.{number}")).unwrap()
}

fn policies(list: &[ObjectIdentifier]) -> (ObjectIdentifier, bool, Vec<u8>) {
    let list: Vec<u8> = list
        .iter()
        .flat_map(|oid| tlv(0x30, &tlv(0x06, oid.as_bytes())))
        .collect();
    (oid::CERTIFICATE_POLICIES, false, tlv(0x30, &list))
}

fn mappings(list: &[(ObjectIdentifier, ObjectIdentifier)]) -> (ObjectIdentifier, bool, Vec<u8>) {
    let list: Vec<u8> = list
        .iter()
        .flat_map(|(issuer, subject)| {
            let both = [tlv(0x06, issuer.as_bytes()), tlv(0x06, subject.as_bytes())];
            tlv(0x30, &both.concat())
        })
        .collect();
    (oid::POLICY_MAPPINGS, true, tlv(0x30, &list))
}

fn wanting(list: &[ObjectIdentifier]) -> PathInputs {
    PathInputs {
        initial_policies: list.to_vec(),
        require_explicit_policy: true,
        ..PathInputs::default()
    }
}

#[test]
fn a_path_says_what_policies_it_is_valid_for() {
    let stand = Stand::new();
    let (one, two, three) = (policy(1), policy(2), policy(3));
    let any = oid::ANY_POLICY;
    let none = Err(PathError::Policy { position: 0 });
    let verdict = |above: &[ObjectIdentifier], below: &[ObjectIdentifier], inputs: &PathInputs| {
        let chain = chain(
            &stand,
            &[vec![policies(above)]],
            name("LEAF"),
            vec![policies(below)],
        );
        judged(&stand, &chain, inputs).map(|path| path.policies().to_vec())
    };
    let whatever = wanting(&[any]);
    assert_eq!(
        verdict(&[one, two], &[two, three], &whatever),
        Ok(vec![two])
    );
    assert_eq!(
        verdict(&[any], &[three, one], &whatever),
        Ok(vec![one, three])
    );
    assert_eq!(verdict(&[any], &[any], &whatever), Ok(vec![any]));
    assert_eq!(verdict(&[any], &[any], &wanting(&[two])), Ok(vec![two]));
    assert_eq!(
        verdict(&[one], &[one, two], &wanting(&[one, three])),
        Ok(vec![one])
    );
    assert_eq!(verdict(&[one], &[one], &wanting(&[two])), none);
    assert_eq!(verdict(&[one], &[two], &whatever), none);
    // Nothing is required by default: the same path is good for no policy.
    assert_eq!(verdict(&[one], &[two], &PathInputs::default()), Ok(vec![]));
    let mut no_any = whatever.clone();
    no_any.inhibit_any_policy = true;
    assert_eq!(
        verdict(&[any], &[one], &no_any),
        Err(PathError::Policy { position: 1 })
    );
}

#[test]
fn a_policy_that_was_mapped_is_told_by_its_name_at_the_anchor() {
    let stand = Stand::new();
    let (one, two) = (policy(1), policy(2));
    let authority = vec![policies(&[one]), mappings(&[(one, two)])];
    let chain = chain(&stand, &[authority], name("LEAF"), vec![policies(&[two])]);
    let verdict =
        |inputs: &PathInputs| judged(&stand, &chain, inputs).map(|path| path.policies().to_vec());
    assert_eq!(verdict(&wanting(&[oid::ANY_POLICY])), Ok(vec![one]));
    assert_eq!(verdict(&wanting(&[one])), Ok(vec![one]));
    assert_eq!(
        verdict(&wanting(&[two])),
        Err(PathError::Policy { position: 0 })
    );
    let mut inhibited = wanting(&[one]);
    inhibited.inhibit_policy_mapping = true;
    assert_eq!(verdict(&inhibited), Err(PathError::Policy { position: 0 }));
}

/// CVE-2023-0464: a tree of policies would double with each authority.
#[test]
fn policies_that_would_grow_with_every_authority_do_not() {
    let stand = Stand::new();
    let all: Vec<_> = (0..100).map(policy).collect();
    let crossed: Vec<_> = all
        .iter()
        .flat_map(|issuer| [(*issuer, policy(0)), (*issuer, policy(1))])
        .collect();
    let authority = vec![policies(&all), mappings(&crossed)];
    let authorities = [authority.clone(), authority.clone(), authority];
    let long = chain(&stand, &authorities, name("LEAF"), vec![policies(&all)]);
    let path = ours(&stand, &long, &wanting(&[oid::ANY_POLICY])).unwrap();
    assert_eq!(path.policies(), {
        let mut sorted = all;
        sorted.sort();
        sorted
    });
    let crowd: Vec<_> = (0..257).map(policy).collect();
    let crowd = chain(&stand, &[vec![policies(&crowd)]], name("LEAF"), vec![]);
    assert_eq!(
        ours(&stand, &crowd, &PathInputs::default()).map(|_| ()),
        Err(PathError::Budget { max: 256 })
    );
}

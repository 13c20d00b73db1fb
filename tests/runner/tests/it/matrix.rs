//! The matrix: for every check a case that it refuses, and that passes when it alone (or the smallest overlapping set) is off.
//!
//! `tests/attacks/matrix.toml` holds it, with a case for each check that a type holds. Every build proves that the case of a row is
//! refused by its check; `tests/laboratory` that it passes without.

use std::collections::BTreeSet;

use qaqpa_runner::attack::{corpus, matrix};
use qaqpa_runner::forge::World;
use qaqpa_verdict::Rule;

#[test]
fn every_check_has_a_row_and_no_other() {
    let rows = matrix().unwrap();
    let shown: BTreeSet<_> = rows.keys().map(String::as_str).collect();
    let all: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(shown, all);
    let cases = corpus().unwrap();
    for (rule, row) in rows {
        assert!(
            cases.iter().any(|case| case.id == row.case),
            "{rule}: {}",
            row.case
        );
        assert_eq!(
            row.with.is_empty(),
            row.why.is_none(),
            "{rule}: an overlap has a reason"
        );
    }
}

/// What is weighed as evidence decides nothing by itself: the question that it leaves open does, and names the check that counted
/// the evidence out.
fn is_of_evidence(rule: Rule) -> bool {
    rule.id().starts_with("ocsp-") || rule.id().starts_with("crl-")
}

#[test]
fn the_case_of_each_row_is_refused_by_its_check() {
    let world = World::of_the_corpus();
    let cases = corpus().unwrap();
    let mut wrong = Vec::new();
    for (id, row) in matrix().unwrap() {
        let case = cases.iter().find(|case| case.id == row.case).unwrap();
        let failed = world.forge(&case.build).unwrap().judge().unwrap().rules;
        let rule = Rule::parse(&id).unwrap();
        let expected = match is_of_evidence(rule) {
            // Counted out by this check and by no other one, so that nothing is left that says "good".
            true => vec![rule, Rule::RevocationKnown],
            false => vec![rule],
        };
        let overlaps: Vec<_> = row.with.iter().filter_map(|id| Rule::parse(id)).collect();
        let is_its_own = failed == expected
            // Of checks that refuse the same, the first that is made decides.
            || matches!(failed[..], [decided] if overlaps.contains(&decided));
        if !is_its_own {
            wrong.push(format!(
                "{id}: {} is refused by {failed:?}, not by {expected:?}",
                case.id
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

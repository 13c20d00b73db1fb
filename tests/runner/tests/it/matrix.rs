//! The matrix: for every check a case that passes when that check alone (or the smallest overlapping set) is off.
//!
//! `tests/attacks/matrix.toml` holds it; this proves each of its rows, in a laboratory build.

use qaqpa_runner::attack::{corpus, matrix};
use qaqpa_verdict::{Held, Level, Rule};

/// Checks whose attack the forge cannot build, with where it is.
const ELSEWHERE: [(&str, &str); 2] = [
    (
        "bin-same",
        "needs a request that names an organisation: crates/verdict/tests/it/certificates.rs has the cases",
    ),
    (
        "stamp-authority-not-revoked",
        "needs a stamped document: crates/verdict/tests/it/stamped.rs has the attack",
    ),
];

#[test]
fn every_check_that_a_policy_holds_has_a_row_and_no_other() {
    let rows = matrix().unwrap();
    let mut shown: Vec<_> = rows.keys().map(String::as_str).collect();
    shown.extend(ELSEWHERE.iter().map(|(rule, _)| *rule));
    shown.sort_unstable();
    let mut held: Vec<_> = Rule::ALL
        .iter()
        .filter(|rule| rule.held() == Held::Policy && rule.default_level() == Level::Fail)
        .map(|rule| rule.id())
        .collect();
    held.sort_unstable();
    assert_eq!(shown, held);
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

#[cfg(feature = "laboratory")]
#[test]
fn without_the_check_the_attack_passes_and_with_it_it_does_not() {
    let world = qaqpa_runner::forge::World::of_the_corpus();
    let cases = corpus().unwrap();
    let mut wrong = Vec::new();
    for (id, row) in matrix().unwrap() {
        let case = cases.iter().find(|case| case.id == row.case).unwrap();
        let forged = world.forge(&case.build).unwrap();
        let rule = |id: &str| Rule::parse(id).unwrap();
        let set: Vec<_> = std::iter::once(&id)
            .chain(&row.with)
            .map(|id| rule(id))
            .collect();
        let passes = |rules: &[Rule]| forged.judge_without(rules).unwrap().label.is_none();
        if !passes(&set) {
            wrong.push(format!("{id}: {} is refused without {set:?}", case.id));
        }
        for left in 0..set.len() {
            let mut fewer = set.clone();
            let kept = fewer.remove(left);
            if passes(&fewer) {
                wrong.push(format!("{id}: {} passes though {kept} is made", case.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! The matrix, switched off: without the check the attack passes, and with it it does not.
//!
//! A test target of its own, so that the whole workspace can be built once for everything else and only the few crates with
//! checks once more for this: `cargo test --workspace --features qaqpa-runner/laboratory --test laboratory`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use qaqpa_runner::attack::{corpus, matrix};
use qaqpa_runner::forge::World;
use qaqpa_verdict::{Held, Rule};

#[test]
fn without_the_check_the_attack_passes_and_with_it_it_does_not() {
    let world = World::of_the_corpus();
    let cases = corpus().unwrap();
    let mut wrong = Vec::new();
    for (id, row) in matrix().unwrap() {
        if Rule::parse(&id).unwrap().held() != Held::Policy {
            continue;
        }
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

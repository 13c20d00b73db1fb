//! docs/ATTACKS.md: the corpus told family by family, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qaqpa_verdict::{Held, Level as RuleLevel, Rule};

use super::{Case, Catalogue, Expected, Family, Level, Row};

/// The whole page.
#[must_use]
pub fn markdown(
    cases: &[Case],
    families: &[Family],
    catalogue: &Catalogue,
    rows: &BTreeMap<String, Row>,
) -> String {
    let count = |verdict| {
        cases
            .iter()
            .filter(|case| case.expect.verdict == verdict)
            .count()
    };
    let mut page = format!(
        "{HEAD}\nThere are {} cases that must be refused and {} that must be accepted.\n",
        count(Expected::Refuse),
        count(Expected::Accept)
    );
    for family in families {
        let _ = writeln!(
            page,
            "\n## {}\n\n**What happened.** {}\n",
            family.title,
            family.story.trim()
        );
        let _ = writeln!(
            page,
            "**Why our design answers it.** {}\n",
            family.answer.trim()
        );
        let tests = family.tests.iter().map(|test| format!("- `{test}`\n"));
        let _ = writeln!(
            page,
            "**Tests beside the cases.**\n\n{}",
            tests.collect::<String>()
        );
        page.push_str(
            "| case | what is done | what comes of it | known from |\n|---|---|---|---|\n",
        );
        for case in cases.iter().filter(|case| case.family == family.name) {
            row(&mut page, case);
        }
    }
    matrix(&mut page, rows);
    page.push_str(CLASSES);
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for class in cases.iter().flat_map(|case| &case.classes) {
        *shown.entry(class).or_default() += 1;
    }
    for (class, about) in &catalogue.classes {
        let count = shown.get(class.as_str()).copied().unwrap_or_default();
        let elsewhere = catalogue
            .elsewhere
            .get(class)
            .map_or_else(String::new, |tests| {
                let named = tests.tests.iter().map(|test| format!("<br>`{test}`"));
                format!("{}{}", cell(&tests.why), named.collect::<String>())
            });
        let _ = writeln!(
            page,
            "| {class} | {} | {count} | {elsewhere} |",
            cell(about)
        );
    }
    page
}

/// What each check is good for.
fn matrix(page: &mut String, rows: &BTreeMap<String, Row>) {
    page.push_str(MATRIX);
    let of_policies = |rule: &Rule| rule.held() == Held::Policy;
    for rule in Rule::ALL.iter().filter(|rule| of_policies(rule)) {
        let Some(row) = rows.get(rule.id()) else {
            continue;
        };
        let with = match &row.why {
            None => String::new(),
            Some(why) => format!("`{}`: {}", row.with.join("`, `"), cell(why)),
        };
        let _ = writeln!(page, "| `{rule}` | `{}` | {with} |", row.case);
    }
    page.push_str("\nWhat a type holds cannot be switched off: without it there would be no value to go on with. A case that it refuses:\n\n| check | case | why it cannot |\n|---|---|---|\n");
    for rule in Rule::ALL {
        if let (Held::Types(why), Some(row)) = (rule.held(), rows.get(rule.id())) {
            let _ = writeln!(page, "| `{rule}` | `{}` | {} |", row.case, cell(why));
        }
    }
    page.push_str("\nBy default these only inform or warn:");
    for rule in Rule::ALL {
        if rule.default_level() != RuleLevel::Fail {
            let _ = write!(page, " `{rule}`");
        }
    }
    page.push_str(".\n");
}

fn row(page: &mut String, case: &Case) {
    let expect = &case.expect;
    let outcome = match expect.verdict {
        Expected::Accept => "accepted".to_owned(),
        Expected::Refuse => {
            let parts = [
                expect.indication.as_deref(),
                expect.sub_indication.as_deref(),
            ];
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            let label = expect.label.as_deref().unwrap_or_default();
            match parts.is_empty() {
                true => format!("`{label}`"),
                false => format!("{}, `{label}`", parts.join(" / ")),
            }
        }
    };
    let level = match case.level {
        Level::Verdict => "",
        Level::Gateway => " (against a running simulator)",
    };
    let _ = writeln!(
        page,
        "| `{}` | {}: {}{level} | {outcome} | {} |",
        case.id,
        cell(&case.title),
        cell(&case.done),
        cell(&case.source)
    );
}

/// A text in a table: no bars, no line ends, no markup of its own.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('\n', " ")
        .replace('<', "&lt;")
        .replace('*', "\\*")
        .replace('_', "\\_")
}

const MATRIX: &str = "
## The matrix

Each check (docs/CHECKS.md) has a row, and `the_case_of_each_row_is_refused_by_its_check` shows that the case is refused by that check and
by no other of its question. A check of evidence refuses by counting out what its source said, so that nothing says \"good\". Where checks overlap, one
of those named decides.

What a policy holds can be switched off, in builds with the cargo feature `laboratory` alone; there
`without_the_check_the_attack_passes_and_with_it_it_does_not` proves that the case passes without it, or without the smallest set that
refuses the same, in both directions.

| check | case | off together with |
|---|---|---|
";

const CLASSES: &str = "
## Classes

Each class of the catalogue: how many cases show it, and, where cases cannot, which tests do. A class without either fails
`every_class_of_the_catalogue_has_a_case_that_runs_or_a_test_elsewhere`.

| class | about | cases | elsewhere |
|---|---|---|---|
";

const HEAD: &str = "# Attacks, and why they fail

This page is written from the case files in `tests/attacks`; a test holds it true (`QAQPA_WRITE_ATTACKS=1 cargo test -p qaqpa-runner
--test it page` writes it anew). Each row is a test too: `every_case_gives_exactly_its_label_and_indication` in
`tests/runner/tests/it/attacks.rs` builds the case and asks the verifier, and the answer must be exactly what stands here.

A case is a document (or an envelope, or a certificate) that is right in everything but one thing. The controls are right in everything, and must
be accepted: a verifier that refuses all shows nothing.

```sh
qaqpa attack list                                  # the corpus
qaqpa attack run                                   # against ourselves, in this process
qaqpa attack run --against qaqpa-data/endpoints.json
qaqpa attack run --http http://127.0.0.1:14579 --world DIR
qaqpa attack run --command 'xmlsec1 --verify --trusted-pem {trust} --verification-gmt-time {time} {file}'
```
";

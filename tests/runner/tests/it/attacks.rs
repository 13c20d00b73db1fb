//! The attack corpus against ourselves: each case gives exactly its label and its indication.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use qaqpa_runner::attack::{
    Case, Expected, Level, catalogue, corpus, families, matrix, page, read, run_case,
};
use qaqpa_runner::forge::World;

#[test]
fn every_case_gives_exactly_its_label_and_indication() {
    let world = World::of_the_corpus();
    let mut wrong = Vec::new();
    for case in cases() {
        match run_case(&world, &case) {
            Ok(ran) => wrong.extend(
                ran.difference
                    .map(|difference| format!("{}/{}: {difference}", case.family, case.id)),
            ),
            Err(error) => wrong.push(format!("{}/{}: {error}", case.family, case.id)),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The files as they are now.
fn cases() -> Vec<Case> {
    read(&top().join("tests/attacks")).unwrap()
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_corpus_that_is_built_in_is_the_one_of_the_files() {
    let (built_in, files) = (corpus().unwrap(), cases());
    // Not as one assertion: thousands of lines say less than a name.
    let differs = files.iter().find(|case| !built_in.contains(case));
    assert_eq!(differs.map(|case| &case.id), None);
    assert_eq!(built_in.len(), files.len());
}

#[test]
fn there_are_two_hundred_attacks_thirty_controls_and_no_id_twice() {
    let cases = cases();
    let count = |verdict| {
        let counted = cases.iter().filter(|case| case.expect.verdict == verdict);
        counted.filter(|case| case.level == Level::Verdict).count()
    };
    assert!(
        count(Expected::Refuse) >= 200,
        "{}",
        count(Expected::Refuse)
    );
    assert!(count(Expected::Accept) >= 30, "{}", count(Expected::Accept));
    let ids: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
    assert_eq!(ids.len(), cases.len());
}

/// How many classes of each letter there are: the catalogue may not forget one.
const CLASSES: [(&str, u32); 12] = [
    ("A", 10),
    ("B", 9),
    ("C", 12),
    ("D", 17),
    ("K", 13),
    ("M", 7),
    ("OK", 12),
    ("P", 9),
    ("R", 12),
    ("T", 2),
    ("W", 25),
    ("X", 10),
];

#[test]
fn the_catalogue_has_every_class() {
    let mut expected: BTreeSet<String> = CLASSES
        .iter()
        .flat_map(|(letter, last)| {
            (1..=*last).map(move |number| match *letter {
                "OK" => format!("OK{number}"),
                letter => format!("{letter}{number:02}"),
            })
        })
        .collect();
    // The corpus's own: the bases of all cases.
    expected.insert("OK0".to_owned());
    let listed: BTreeSet<_> = catalogue().unwrap().classes.into_keys().collect();
    assert_eq!(listed, expected);
}

#[test]
fn every_class_of_the_catalogue_has_a_case_that_runs_or_a_test_elsewhere() {
    let catalogue = catalogue().unwrap();
    let shown: BTreeSet<String> = cases().into_iter().flat_map(|case| case.classes).collect();
    for class in shown.iter().chain(catalogue.elsewhere.keys()) {
        assert!(
            catalogue.classes.contains_key(class),
            "{class} is not in the catalogue"
        );
    }
    let neither: Vec<_> = catalogue
        .classes
        .keys()
        .filter(|class| !shown.contains(*class) && !catalogue.elsewhere.contains_key(*class))
        .collect();
    assert!(neither.is_empty(), "neither a case nor a test: {neither:?}");
}

#[test]
fn every_test_that_the_catalogue_or_a_family_names_is_there_and_runs() {
    let mut named: Vec<(String, Vec<String>)> = Vec::new();
    for (class, elsewhere) in catalogue().unwrap().elsewhere {
        assert!(!elsewhere.why.trim().is_empty(), "{class}");
        named.push((class, elsewhere.tests));
    }
    named.extend(
        families()
            .unwrap()
            .into_iter()
            .map(|family| (family.name, family.tests)),
    );
    for (by, tests) in named {
        assert!(!tests.is_empty(), "{by} names no test");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            if let Err(why) = is_test_that_runs(file, name) {
                panic!("{by}: {test}: {why}");
            }
        }
    }
}

/// Whether this file of the repository holds a test of that name, which runs in every build.
fn is_test_that_runs(file: &str, name: &str) -> Result<(), String> {
    let read = |path: &str| std::fs::read_to_string(top().join(path)).unwrap_or_default();
    runs(&read(file), name)?;
    for (list, room) in lists_above(file) {
        let text = read(&list);
        let found = is_built_always(&text, &room);
        found.map_err(|why| format!("{list}: mod {room}: {why}"))?;
    }
    Ok(())
}

/// The files that list a file's room, and those above it, up to the crate's own: `it/main.rs` lists `cms`, and `it/cms.rs` lists `made`.
fn lists_above(file: &str) -> Vec<(String, String)> {
    let house = ["/tests/it/", "/src/"]
        .iter()
        .find_map(|house| file.find(house).map(|at| at + house.len()));
    let Some((house, rooms)) = house.map(|at| file.split_at(at)) else {
        return Vec::new();
    };
    let root = match house.ends_with("/src/") {
        true => format!("{house}lib.rs"),
        false => format!("{house}main.rs"),
    };
    let rooms = rooms.trim_end_matches(".rs").trim_end_matches("/mod");
    let mut lists = Vec::new();
    let mut above = None;
    for room in rooms
        .split('/')
        .filter(|room| !["lib", "main"].contains(room))
    {
        let list = above.as_ref().map_or_else(
            || root.clone(),
            |above: &String| format!("{house}{above}.rs"),
        );
        lists.push((list, room.to_owned()));
        above = Some(above.map_or_else(|| room.to_owned(), |above| format!("{above}/{room}")));
    }
    lists
}

/// Whether a list of rooms names this one under no condition, and is itself under none.
fn is_built_always(list: &str, room: &str) -> Result<(), String> {
    let is_room = |line: &str| {
        let visible = line
            .strip_prefix("pub(crate) ")
            .or(line.strip_prefix("pub "));
        visible.unwrap_or(line) == format!("mod {room};")
    };
    match attributes_of(list, is_room)? {
        attributes if !attributes.is_empty() => Err(format!("not built always: {attributes:?}")),
        _ => is_unconditional(list),
    }
}

/// Whether no attribute of the whole file leaves it out.
fn is_unconditional(text: &str) -> Result<(), String> {
    match text.lines().find(|line| line.trim().starts_with("#![cfg")) {
        Some(line) => Err(format!("the file is not built always: {line}")),
        None => Ok(()),
    }
}

/// Whether a function of that name is marked as a test, and by nothing that leaves it out.
fn runs(text: &str, name: &str) -> Result<(), String> {
    let heads = [format!("fn {name}()"), format!("async fn {name}()")];
    let is_head = |line: &str| heads.iter().any(|head| line.starts_with(head.as_str()));
    let attributes = attributes_of(text, is_head)?;
    let marks = |line: &&&str| **line == "#[test]" || line.starts_with("#[tokio::test");
    if attributes.iter().filter(marks).count() != 1 {
        return Err(format!("it is no test: {attributes:?}"));
    }
    let left_out = |line: &&str| line.starts_with("#[ignore") || line.starts_with("#[cfg");
    if attributes.iter().any(left_out) {
        return Err("it does not run in every build".to_owned());
    }
    // Tests beside the code stand in a room of their own, which every build of tests has.
    let is_inside = |line: &&str| is_head(line.trim()) && line.starts_with(' ');
    if text.lines().any(|line| is_inside(&line)) {
        let attributes = attributes_of(text, |line| line == "mod tests {")?;
        if attributes != ["#[cfg(test)]"] {
            return Err(format!("its room is not built always: {attributes:?}"));
        }
    }
    is_unconditional(text)
}

/// The attributes right above the first such line; comments between them are none.
///
/// # Errors
/// Where there is no such line, and where an attribute of several lines stands above it, which is not read here.
fn attributes_of(text: &str, is_head: impl Fn(&str) -> bool) -> Result<Vec<&str>, String> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| is_head(line));
    let mut attributes = Vec::new();
    for line in lines[..at.ok_or("there is no such line")?].iter().rev() {
        if line.starts_with("//") {
            continue;
        }
        if !line.starts_with("#[") {
            return match line.ends_with(']') {
                true => Err(format!("an attribute of several lines: {line}")),
                false => Ok(attributes),
            };
        }
        attributes.push(*line);
    }
    Ok(attributes)
}

#[test]
fn only_what_is_marked_as_a_test_and_always_built_counts_as_one() {
    let sound = "// A word.\n#[test]\nfn sound() {}\n";
    assert_eq!(runs(sound, "sound"), Ok(()));
    let slow = "#[tokio::test(flavor = \"multi_thread\")]\nasync fn slow() {\n";
    assert_eq!(runs(slow, "slow"), Ok(()));
    // A name so long that the brace stands below.
    let long = "#[tokio::test]\nasync fn long()\n{\n";
    assert_eq!(runs(long, "long"), Ok(()));
    let beside = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn sound() {}\n}\n";
    assert_eq!(runs(beside, "sound"), Ok(()));
    for text in [
        "/// Helps a test.\nfn helper() {}\n",
        "#[test]\nfn other() {}\n\nfn helper() {}\n",
        "// #[test]\nfn helper() {}\n",
        "#[test]\n#[ignore = \"slow\"]\nfn helper() {}\n",
        "#[cfg(feature = \"laboratory\")]\n#[test]\nfn helper() {}\n",
        "#[cfg(all(\n    unix,\n    feature = \"laboratory\",\n))]\n#[test]\nfn helper() {}\n",
        "#![cfg(unix)]\n#[test]\nfn helper() {}\n",
        "// fn helper() {}\n",
        "#[cfg(all(test, unix))]\nmod tests {\n    #[test]\n    fn helper() {}\n}\n",
        "mod others {\n    #[test]\n    fn helper() {}\n}\n",
    ] {
        assert!(runs(text, "helper").is_err(), "{text}");
    }
}

#[test]
fn a_test_counts_where_its_room_and_those_above_it_are_built_always() {
    let list = |file| {
        let above = lists_above(file).into_iter();
        above
            .map(|(list, room)| format!("{list} {room}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(list("a/tests/it/doors.rs"), ["a/tests/it/main.rs doors"]);
    assert_eq!(
        list("a/tests/it/cms/made.rs"),
        ["a/tests/it/main.rs cms", "a/tests/it/cms.rs made"]
    );
    assert_eq!(list("a/src/compare.rs"), ["a/src/lib.rs compare"]);
    assert!(list("a/src/lib.rs").is_empty());
    assert_eq!(is_built_always("mod a;\npub(crate) mod b;\n", "b"), Ok(()));
    for text in [
        "mod a;\n",
        "#[cfg(unix)]\nmod b;\n",
        "#[cfg(all(\n    unix,\n))]\nmod b;\n",
        "#![cfg(unix)]\nmod b;\n",
    ] {
        assert!(is_built_always(text, "b").is_err(), "{text}");
    }
}

#[test]
fn every_family_tells_its_story() {
    let of_cases: BTreeSet<_> = cases().into_iter().map(|case| case.family).collect();
    let told: BTreeSet<_> = families()
        .unwrap()
        .into_iter()
        .map(|family| family.name)
        .collect();
    assert_eq!(of_cases, told);
}

#[test]
fn the_page_is_written_from_the_cases() {
    let path = top().join("docs/ATTACKS.md");
    let page = page::markdown(
        &corpus().unwrap(),
        &families().unwrap(),
        &catalogue().unwrap(),
        &matrix().unwrap(),
    );
    if std::env::var_os("QAQPA_WRITE_ATTACKS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/ATTACKS.md is old: QAQPA_WRITE_ATTACKS=1 writes it anew"
    );
}

#[test]
fn an_unknown_key_is_refused_with_its_file_and_line() {
    let text = "id = \"x\"\nclasses = [\"W01\"]\ntitle = \"t\"\ndone = \"d\"\nsource = \"s\"\nmeans = \"m\"\n\
                profiles = [\"enveloped\"]\nexpect = { verdict = \"accept\" }\n[build]\nsubject = \"document\"\nsurprise = 1\n";
    let error = Case::parse("wrapping/x/case.toml", text).unwrap_err();
    assert_eq!(error.file, "wrapping/x/case.toml:11");
    assert!(error.why.contains("surprise"), "{error}");
}

#[test]
fn a_case_whose_edit_finds_nothing_is_an_error_and_no_pass() {
    let world = World::of_the_corpus();
    let mut case = cases()
        .into_iter()
        .find(|case| case.id == "ok00-plain")
        .unwrap();
    case.build.after.push(qaqpa_runner::forge::knobs::Edit {
        find: "nowhere".to_owned(),
        ..Default::default()
    });
    let error = run_case(&world, &case).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the case cannot be built: \"nowhere\" is not there"
    );
}

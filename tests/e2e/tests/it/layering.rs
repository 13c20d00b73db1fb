//! Imports point only downwards; no actor imports an actor.
//!
//! The table is the one of docs/ARCHITECTURE.md, kept as code: this test reads every Cargo.toml.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folder, and the workspace packages that it may import.
const TABLE: &[(&str, &[&str])] = &[
    ("crates/model", &[]),
    ("crates/xml", &[]),
    ("crates/crypto", &[]),
    ("crates/x509", &["model", "crypto"]),
    ("crates/xmldsig", &["xml", "crypto"]),
    ("regulations", &["model", "xml"]),
    ("crates/wire", &["model", "xml", "crypto", "xmldsig"]),
    (
        "crates/ades",
        &["model", "xml", "crypto", "x509", "xmldsig"],
    ),
    (
        "crates/verdict",
        &["model", "xml", "crypto", "x509", "xmldsig", "ades"],
    ),
    ("crates/store", &["model", "crypto"]),
    ("crates/transport", &["model"]),
    ("crates/mischief", &["model", "crypto", "transport"]),
    (
        "crates/evidence",
        &[
            "verdict",
            "transport",
            "store",
            "x509",
            "xmldsig",
            "model",
            "xml",
            "crypto",
        ],
    ),
    (
        "crates/channel",
        &[
            "evidence",
            "wire",
            "verdict",
            "transport",
            "store",
            "x509",
            "xmldsig",
            "model",
            "xml",
            "crypto",
        ],
    ),
    ("crates/web", &["model", "transport", "store"]),
    (
        "pki",
        &[
            "model",
            "crypto",
            "x509",
            "store",
            "transport",
            "mischief",
            "web",
        ],
    ),
    ("gateway", FLOORS_0_TO_3),
    ("regional-gateway", FLOORS_0_TO_3),
    ("portal-mock", FLOORS_0_TO_3),
    (
        "tests/fuzz",
        &[
            "model",
            "xml",
            "crypto",
            "x509",
            "xmldsig",
            "regulations",
            "ades",
            "wire",
        ],
    ),
    (
        "tests/runner",
        &[
            "model",
            "xml",
            "crypto",
            "x509",
            "xmldsig",
            "regulations",
            "wire",
            "ades",
            "verdict",
            "transport",
        ],
    ),
];

const FLOORS_0_TO_3: &[&str] = &[
    "model",
    "xml",
    "crypto",
    "x509",
    "xmldsig",
    "regulations",
    "wire",
    "ades",
    "verdict",
    "store",
    "transport",
    "mischief",
    "evidence",
    "channel",
    "web",
];

/// Only the one XML parser may see the XML library; only the store may see the database's.
const WRAPPED: &[(&str, &str)] = &[
    ("quick-xml", "crates/xml"),
    ("sqlx", "crates/store"),
    ("rusqlite", "crates/store"),
    ("aws-lc-rs", "crates/crypto"),
];

#[test]
fn every_import_points_downwards_as_the_table_says() {
    let table: BTreeMap<&str, BTreeSet<String>> = TABLE
        .iter()
        .map(|(folder, may)| {
            (
                *folder,
                may.iter().map(|name| format!("qaqpa-{name}")).collect(),
            )
        })
        .collect();
    let mut broken = Vec::new();
    for folder in members() {
        let Some(may) = table.get(folder.as_str()) else {
            assert!(
                matches!(folder.as_str(), "console" | "tests/e2e"),
                "{folder} is a member of the workspace and not in the table"
            );
            continue;
        };
        for import in imports(&folder)
            .into_iter()
            .filter(|name| name.starts_with("qaqpa"))
        {
            if !may.contains(&import) {
                broken.push(format!("{folder} imports {import}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn each_dangerous_library_has_one_home() {
    for (library, home) in WRAPPED {
        let users: Vec<String> = members()
            .into_iter()
            .filter(|folder| imports(folder).contains(*library) && folder != home)
            .collect();
        assert_eq!(
            users,
            Vec::<String>::new(),
            "{library} belongs to {home} alone"
        );
    }
}

#[test]
fn the_paths_named_in_the_architecture_exist() {
    let text = std::fs::read_to_string(top().join("docs/ARCHITECTURE.md")).unwrap();
    let missing: Vec<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| {
            let first = code.split('/').next().unwrap_or_default();
            let is_place = matches!(
                first,
                "crates"
                    | "regulations"
                    | "pki"
                    | "gateway"
                    | "regional-gateway"
                    | "portal-mock"
                    | "console"
                    | "tests"
                    | "docs"
                    | "scripts"
            );
            is_place && code.contains('/') && !code.contains([' ', '<', '{', '*', '…'])
        })
        .filter(|path| !top().join(path).exists())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn members() -> Vec<String> {
    let manifest = manifest(Path::new(""));
    let patterns = manifest["workspace"]["members"].as_array().unwrap().clone();
    let mut folders = Vec::new();
    for pattern in patterns {
        let pattern = pattern.as_str().unwrap();
        match pattern.strip_suffix("/*") {
            None => folders.push(pattern.to_owned()),
            Some(parent) => {
                for entry in std::fs::read_dir(top().join(parent)).unwrap() {
                    folders.push(format!(
                        "{parent}/{}",
                        entry.unwrap().file_name().to_string_lossy()
                    ));
                }
            }
        }
    }
    assert!(
        folders.len() > 15,
        "the workspace's members were read: {folders:?}"
    );
    folders
}

/// What the package is built from; what only its tests use may come from any floor.
fn imports(folder: &str) -> BTreeSet<String> {
    let manifest = manifest(Path::new(folder));
    manifest
        .get("dependencies")
        .and_then(toml::Value::as_table)
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

fn manifest(folder: &Path) -> toml::Value {
    let path = top().join(folder).join("Cargo.toml");
    toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

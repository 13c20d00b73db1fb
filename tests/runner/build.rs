//! Lists the scenario files and the attack cases, so that a new one is one new file and no code.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let tests = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?)
        .join("..")
        .canonicalize()?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let scenarios = tests.join("scenarios");
    println!("cargo:rerun-if-changed={}", scenarios.display());
    let mut files = entries(&scenarios)?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    std::fs::write(
        out.join("scenarios.rs"),
        table("FILES", &files, &scenarios)?,
    )?;

    // FAMILY/family.toml, FAMILY/ID/case.toml
    let attacks = tests.join("attacks");
    println!("cargo:rerun-if-changed={}", attacks.display());
    let (mut cases, mut families) = (Vec::new(), Vec::new());
    for family in entries(&attacks)?.iter().filter(|path| path.is_dir()) {
        println!("cargo:rerun-if-changed={}", family.display());
        for entry in entries(family)? {
            println!("cargo:rerun-if-changed={}", entry.display());
            match entry.is_dir() {
                true => cases.push(entry.join("case.toml")),
                false => families.push(entry),
            }
        }
    }
    let mut code = table("FILES", &cases, &attacks)?;
    code.push_str(&table("FAMILIES", &families, &attacks)?);
    for (name, file) in [("CATALOGUE", "catalogue.toml"), ("MATRIX", "matrix.toml")] {
        let file = attacks.join(file);
        println!("cargo:rerun-if-changed={}", file.display());
        writeln!(
            code,
            "pub(super) const {name}: &str = include_str!({:?});",
            file.display().to_string()
        )?;
    }
    std::fs::write(out.join("attacks.rs"), code)?;
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        entries.push(entry?.path());
    }
    entries.sort();
    Ok(entries)
}

/// A table of names (below the folder) and texts.
fn table(name: &str, files: &[PathBuf], folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = format!("pub(super) const {name}: &[(&str, &str)] = &[\n");
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.strip_prefix(folder)?.to_string_lossy();
        writeln!(
            code,
            "    ({name:?}, include_str!({:?})),",
            file.display().to_string()
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}

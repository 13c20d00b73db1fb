//! docs/COMMANDS.md: every command, written from the command line itself.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};

use super::Cli;

const HEAD: &str = "# Commands

This page is written from `console/src/cli.rs`; a test holds it true (`QAQPA_WRITE=1 cargo test -p qaqpa cli` writes it
anew). `qaqpa COMMAND --help` tells more of each, with examples. Exit codes: 0 yes, 1 no, 2 undecided, 64 usage or
configuration, 70 own fault.

";

fn page() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut page = String::from(HEAD);
    page.push_str("| command | does | its options |\n|---|---|---|\n");
    rows(&cli, "qaqpa", &mut page);
    page.push_str("\n## Options of every command\n| option | means |\n|---|---|\n");
    for option in cli.get_arguments().filter(|arg| arg.is_global_set()) {
        if let Some(shown) = option_of(option) {
            let means = option.get_help().map(ToString::to_string);
            let _ = writeln!(page, "| {shown} | {} |", cell(&means.unwrap_or_default()));
        }
    }
    page
}

fn rows(command: &Command, path: &str, page: &mut String) {
    let inner = command.get_subcommands();
    let inner: Vec<_> = inner.filter(|one| one.get_name() != "help").collect();
    let stands_alone = inner.is_empty() || !command.is_subcommand_required_set();
    if stands_alone && path != "qaqpa" {
        row(command, path, page);
    }
    for one in inner {
        rows(one, &format!("{path} {}", one.get_name()), page);
    }
}

fn row(command: &Command, path: &str, page: &mut String) {
    let mut usage = path.to_owned();
    for positional in command.get_positionals() {
        let _ = write!(usage, " {positional}");
    }
    let about = command.get_about().map(ToString::to_string);
    let own = command.get_arguments().filter(|arg| !arg.is_global_set());
    let options: Vec<_> = own.filter_map(option_of).collect();
    let _ = writeln!(
        page,
        "| `{}` | {} | {} |",
        cell(&usage),
        cell(&about.unwrap_or_default()),
        options.join(", ")
    );
}

/// `--name VALUE`, of what has a name.
fn option_of(option: &Arg) -> Option<String> {
    let name = option
        .get_long()
        .filter(|name| !matches!(*name, "help" | "version"))?;
    let values = option.get_value_names().unwrap_or_default();
    let values = values.iter().map(|value| format!(" {value}"));
    let values: String = values
        .filter(|_| option.get_action().takes_values())
        .collect();
    Some(cell(&format!("`--{name}{values}`")))
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn docs_tell_of_every_command_as_it_is() {
    let top = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let path = top.join("docs/COMMANDS.md");
    let page = page();
    for command in [
        "`qaqpa mischief catalogue`",
        "`qaqpa journal prune`",
        "`qaqpa up`",
    ] {
        assert!(page.contains(command), "{page}");
    }
    if std::env::var_os("QAQPA_WRITE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/COMMANDS.md is out of date: write it with QAQPA_WRITE=1"
    );
}

//! Examples in helps are tables: a line that is longer than the terminal is broken in the middle of one.

use clap::{Command, CommandFactory};

use super::Cli;

/// The width that clap takes where there is no terminal.
const COLUMNS: usize = 100;

fn too_long(command: &Command, path: &str, found: &mut Vec<String>) {
    let help = command.get_after_help().map(ToString::to_string);
    for line in help.iter().flat_map(|help| help.lines()) {
        if line.chars().count() > COLUMNS {
            found.push(format!("{path}: {line}"));
        }
    }
    for inner in command.get_subcommands() {
        too_long(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

#[test]
fn no_line_of_an_example_is_broken_where_it_is_shown() {
    let mut found = Vec::new();
    too_long(&Cli::command(), "qaqpa", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

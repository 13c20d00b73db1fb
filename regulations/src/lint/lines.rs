//! The line of a finding: where its place begins in the file.

use super::Finding;
use crate::file::SourceFile;

/// Gives every finding the line of its place, as far as the file shows it.
pub(crate) fn find_lines(findings: &mut [Finding], files: &[SourceFile]) {
    for finding in findings {
        // The first line of a file that has none of the place is still the file's.
        finding.line = files
            .iter()
            .find(|file| file.name == finding.file)
            .map(|file| place(finding, &file.text).unwrap_or(1));
    }
}

fn place(finding: &Finding, text: &str) -> Option<u32> {
    // TOML's own errors say it: "TOML parse error at line 3, column 1".
    if let Some((_, after)) = finding.what.split_once("at line ") {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        return digits.parse().ok();
    }
    let mut from = 0;
    let mut found = None;
    // "element process-3, cause iin-mismatch": each part is looked for below the one before it.
    for part in finding.at.split(", ") {
        let (kind, name) = part.split_once(' ').unwrap_or((part, part));
        let line = text
            .lines()
            .enumerate()
            .skip(from)
            .find(|(_, line)| names(line.trim(), kind, name))
            .map(|(at, _)| at);
        if let Some(line) = line {
            from = line;
            found = Some(line);
        }
    }
    u32::try_from(found? + 1).ok()
}

/// Whether a line begins what a finding calls `kind name`.
fn names(line: &str, kind: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let keys = [
        "id", "name", "label", "channel", "value", "meaning", "about", "period",
    ];
    let by_key = line.split_once('=').is_some_and(|(key, value)| {
        keys.contains(&key.trim()) && value.trim().starts_with(&quoted)
    });
    by_key
        || (line.starts_with(name) && line[name.len()..].trim_start().starts_with('='))
        || (line.starts_with(kind) && line[kind.len()..].trim_start().starts_with('='))
        || line == format!("[{kind}]")
        || (name == kind && line == format!("[[{kind}]]"))
}

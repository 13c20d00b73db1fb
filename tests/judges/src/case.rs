//! Documents that are kept: what was found once, and witnesses of the differences that are known.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::template::Profile;

/// A kept document: `NAME.toml`, and the document itself in `NAME.xml`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its file's name without the ending.
    #[serde(skip)]
    pub name: String,
    /// The profile that it is judged by.
    pub profile: String,
    /// The key that signed it.
    pub key: String,
    /// The URI of its signature algorithm.
    pub algorithm: String,
    /// How it came about.
    pub story: Vec<String>,
    /// `found`: what we have to say: `accept`, `refuse`, or `agree` (no difference that is not listed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The judge that differs from us, or `all`.
    pub judge: String,
    /// What its reason begins with (ours, if the judge is `all`).
    pub reason: String,
    /// `known`: a listed difference is of documents that hold all of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<String>,
    /// `known`: and where the value of an attribute, as it is written, holds one of these characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub values_with: String,
    /// `known`: and of these profiles; of any, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
    /// `known`: why the judges differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// `known`: why the witness does not show the difference each time, where it does not: its judge remembers earlier documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsteady: Option<String>,
    /// `known`: the clause by which we decide as we do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The document.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Case {
    /// The profile; one that is not known is the file's fault.
    pub fn parsed_profile(&self) -> Profile {
        Profile::parse(&self.profile)
            .unwrap_or_else(|| panic!("{}: profile {:?}", self.name, self.profile))
    }

    /// Whether this entry lists such a difference of such a document; both kinds of quotes are the same to it, and so is a character
    /// and a reference to it. A star in a part stands for whatever stands within one tag.
    pub fn lists(&self, judge: &str, reason: &str, profile: Profile, bytes: &[u8]) -> bool {
        let plain = without_references(bytes);
        let holds = |part: &String| holds(bytes, part) || holds(&plain, part);
        self.judge == judge
            && reason.starts_with(&self.reason)
            && (self.profiles.is_empty() || self.profiles.iter().any(|name| name == profile.name()))
            && self.contains.iter().all(holds)
            && (self.values_with.is_empty() || has_value_with(bytes, self.values_with.as_bytes()))
    }

    /// Writes it into a folder.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = toml::to_string_pretty(self).map_err(std::io::Error::other)?;
        std::fs::write(folder.join(format!("{}.toml", self.name)), text)?;
        std::fs::write(folder.join(format!("{}.xml", self.name)), &self.bytes)
    }
}

/// Whether the pieces of a part, between its stars, follow one another within a tag.
fn holds(bytes: &[u8], part: &str) -> bool {
    let same = |byte: &u8, other: &u8| byte == other || (*byte == b'\'' && *other == b'"');
    let begins = |bytes: &[u8], piece: &[u8]| {
        bytes.len() >= piece.len() && bytes.iter().zip(piece).all(|(a, b)| same(a, b))
    };
    let pieces: Vec<&[u8]> = part.split('*').map(str::as_bytes).collect();
    let follow = |start: usize| {
        let mut rest = &bytes[start..];
        for (place, piece) in pieces.iter().enumerate() {
            let within = match place {
                0 => 0,
                _ => rest
                    .iter()
                    .take_while(|byte| !matches!(byte, b'<' | b'>'))
                    .count(),
            };
            match (0..=within).find(|at| begins(&rest[*at..], piece)) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    };
    (0..=bytes.len()).any(follow)
}

/// The bytes with the characters in the place of numeric references to ASCII.
fn without_references(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        match rest
            .starts_with(b"&#")
            .then(|| referred(&rest[2..]))
            .flatten()
        {
            Some((byte, length)) => {
                plain.push(byte);
                rest = &rest[2 + length..];
            }
            None => {
                plain.push(*first);
                rest = more;
            }
        }
    }
    plain
}

/// The ASCII character of a reference after its `&#`, and the length of what names it.
fn referred(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(16).position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(&text[..end]).ok()?;
    let number = match digits.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let byte = u8::try_from(number.ok()?).ok().filter(u8::is_ascii)?;
    Some((byte, end + 1))
}

/// Whether the value of an attribute holds one of these bytes, as it is written.
fn has_value_with(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[start..];
        for (begin, end) in [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>")] {
            if rest.starts_with(begin) {
                let found = rest.windows(end.len()).position(|window| window == end);
                rest = &rest[found.unwrap_or(rest.len() - 1)..];
            }
        }
        let mut quote = None;
        let mut length = 0;
        for byte in rest {
            length += 1;
            match (quote, *byte) {
                (None, b'>') => break,
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == byte => quote = None,
                (Some(_), byte) if wanted.contains(&byte) => return true,
                _ => {}
            }
        }
        rest = &rest[length..];
    }
    false
}

/// Every case of a folder, by name.
pub fn load(folder: &str) -> Vec<Case> {
    let folder = folder_of(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .map_while(Result::ok)
        .map(|entry| entry.path())
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// Where `known` and `found` are.
pub fn folder_of(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn read(file: &Path) -> Case {
    let complain = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", file.display()) };
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| complain(&error));
    let mut case: Case = toml::from_str(&text).unwrap_or_else(|error| complain(&error));
    case.name = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
        .to_owned();
    case.bytes = std::fs::read(file.with_extension("xml")).unwrap_or_else(|error| complain(&error));
    case
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_part_is_found_however_it_is_spelt_and_a_star_stays_within_a_tag() {
        let text =
            br#"<d:V xmlns='' Id="v"><![CDATA[x]]></d:V><T A="a&#x74;&#116;p:"/><b></b><!-- -->"#;
        for (part, expected) in [
            ("V*><![CDATA[", true),
            ("xmlns=\"\"*Id", true),
            ("T*><![CDATA[", false),
            ("<b>*</b>", true),
            ("V*<!--", false),
        ] {
            assert_eq!(super::holds(text, part), expected, "{part}");
        }
        assert!(!super::holds(text, "attp:"));
        let plain = super::without_references(text);
        assert!(super::holds(&plain, "attp:"));
        for left in ["&#x;", "&#", "&#233;", "&#xZ;", "&amp;"] {
            assert_eq!(super::without_references(left.as_bytes()), left.as_bytes());
        }
    }

    use super::*;

    #[test]
    fn white_space_is_found_in_values_of_attributes_and_nowhere_else() {
        for (xml, expected) in [
            ("<a b='x\ty'/>", true),
            ("<a b=\"'\" c=\"\n\"/>", true),
            ("<!-- ' --><a\nb='x'><![CDATA[<a b='\t'>]]></a>", false),
            ("<a\tb='x'\n>\t'\t'<c/></a>", false),
            ("<!-- <a b='\t'>", false),
        ] {
            assert_eq!(has_value_with(xml.as_bytes(), b"\t\n\r"), expected, "{xml}");
        }
    }
}

//! A case of the corpus, as its file says.

use std::path::Path;

use qaqpa_model::RefusalLabel;
use qaqpa_verdict::SubIndication;
use serde::Deserialize;
use thiserror::Error;

use super::family::wrong;
use crate::forge::Build;

/// One attack or one control: what is done, and what a correct verifier makes of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// Unique: `w01-original-inside-signature`; the folder is called so.
    pub id: String,
    /// The folder above it.
    #[serde(skip)]
    pub family: String,
    /// The classes of the catalogue that it shows: `W01`.
    pub classes: Vec<String>,
    /// What it is called.
    pub title: String,
    /// What is done.
    pub done: String,
    /// What happened to whom: a CVE, a paper, a standard.
    pub source: String,
    /// What it means where a verifier decides otherwise.
    pub means: String,
    /// Where it can be run.
    #[serde(default)]
    pub level: Level,
    /// The profiles of signatures to which it applies.
    pub profiles: Vec<Profile>,
    /// What must come of it.
    pub expect: Expect,
    /// How it is built, of a case of the verdict.
    #[serde(default)]
    pub build: Build,
    /// How it is sent, of a case of the gateway.
    pub send: Option<super::send::Send>,
}

/// Where a case can be run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Anywhere: a signed document (or certificate) and its evidence.
    #[default]
    Verdict,
    /// Only against a running simulator: messages, senders, repeats.
    Gateway,
}

/// A profile of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Enveloped over the whole document.
    Enveloped,
    /// Over an element by its Id.
    ById,
    /// WS-Security over the Body.
    Wsse,
    /// A certificate alone.
    Certificate,
    /// A message on the channel.
    Channel,
    /// XAdES: with signed properties, perhaps stamped.
    Xades,
    /// A CMS message.
    Cms,
}

/// What must come of a case.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// Refused or accepted.
    pub verdict: Expected,
    /// The refusal label.
    pub label: Option<String>,
    /// The indication.
    pub indication: Option<String>,
    /// The sub-indication.
    pub sub_indication: Option<String>,
}

/// Refused or accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// A correct verifier says no (or cannot decide, and so does not accept).
    Refuse,
    /// A correct verifier says yes.
    Accept,
}

/// Why a file is no case.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {why}")]
pub struct CaseError {
    /// The file, with the line where it is known.
    pub file: String,
    /// What is wrong.
    pub why: String,
}

impl Expected {
    /// The word of the reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Accept => "accept",
        }
    }
}

impl Case {
    /// Reads a case; `file` is `FAMILY/ID/case.toml`.
    ///
    /// # Errors
    /// [`CaseError`] with the file and the line.
    pub fn parse(file: &str, text: &str) -> Result<Self, CaseError> {
        let mut case: Self = toml::from_str(text).map_err(|error| wrong(file, text, &error))?;
        let refused = |why: String| CaseError {
            file: file.to_owned(),
            why,
        };
        let mut folders = Path::new(file).iter().map(|part| part.to_string_lossy());
        case.family = folders.next().unwrap_or_default().into_owned();
        if folders.next().as_deref() != Some(&case.id) {
            return Err(refused(format!("the folder is not called {:?}", case.id)));
        }
        case.check().map_err(refused)?;
        Ok(case)
    }

    fn check(&self) -> Result<(), String> {
        if self.classes.is_empty() || self.profiles.is_empty() {
            return Err("classes and profiles name at least one each".to_owned());
        }
        for text in [&self.title, &self.done, &self.source, &self.means] {
            if text.trim().is_empty() {
                return Err("title, done, source and means are told".to_owned());
            }
        }
        let expect = &self.expect;
        if let Some(label) = &expect.label
            && RefusalLabel::parse(label).is_none()
        {
            return Err(format!("no refusal has the label {label:?}"));
        }
        if let Some(sub) = &expect.sub_indication {
            let known = SubIndication::ALL
                .iter()
                .find(|known| known.as_str() == sub);
            let known = known.ok_or_else(|| format!("no sub-indication {sub:?}"))?;
            if expect.indication.as_deref() != Some(known.indication().as_str()) {
                return Err(format!("{sub} belongs to {}", known.indication().as_str()));
            }
        }
        match (
            expect.verdict,
            &expect.label,
            self.level,
            &expect.sub_indication,
        ) {
            (Expected::Refuse, Some(_), Level::Verdict, Some(_))
            | (Expected::Refuse, Some(_), Level::Gateway, _)
            | (Expected::Accept, None, _, None) => Ok(()),
            _ => {
                Err("a refusal has a label (and an indication), an acceptance has none".to_owned())
            }
        }
    }
}

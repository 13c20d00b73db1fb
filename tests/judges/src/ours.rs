//! Our own verdict.

use std::panic::{AssertUnwindSafe, catch_unwind};

use qaqpa_xml::{Document, XmlError, XmlLimits};
use qaqpa_xmldsig::{Bounds, SignatureError, find_by_id, find_enveloped, find_wsse};

use crate::template::Profile;
use crate::view::{View, of_covered};

/// What we say about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ours {
    /// Accepted, and this is read.
    Accepts(View),
    /// A bug: the verifier fell over.
    Panics(String),
    /// Refused: the kind of the refusal, and all of it.
    Refuses(String),
}

impl Ours {
    /// In one line.
    pub fn line(&self) -> String {
        match self {
            Self::Accepts(_) => "accept".to_owned(),
            Self::Panics(message) => format!("panic {message}"),
            Self::Refuses(reason) => format!("refuse {reason}"),
        }
    }
}

/// Judges a document with the key given.
pub fn judge(profile: Profile, bytes: &[u8], spki: &[u8]) -> Ours {
    catch_unwind(AssertUnwindSafe(|| accept_or_refuse(profile, bytes, spki))).unwrap_or_else(
        |panic| {
            let message = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Ours::Panics(message.unwrap_or_default())
        },
    )
}

fn accept_or_refuse(profile: Profile, bytes: &[u8], spki: &[u8]) -> Ours {
    let document = match Document::parse(bytes, &XmlLimits::default()) {
        Ok(document) => document,
        Err(error) => return Ours::Refuses(xml_reason(&error)),
    };
    let bounds = Bounds::default();
    let found = match profile {
        Profile::Enveloped => find_enveloped(&document, &bounds),
        Profile::ById => find_by_id(&document, &bounds),
        Profile::Wsse => find_wsse(&document, &bounds),
    };
    let covered = found.and_then(|found| Ok((found.cover(spki)?, found.element())));
    match covered {
        Err(error) => Ours::Refuses(signature_reason(&error)),
        Ok((covered, signature)) => {
            let root = covered.root();
            let view = document
                .node(root.id())
                .and_then(|element| of_covered(root, element, signature));
            match view {
                Some(view) => Ours::Accepts(view),
                None => Ours::Panics("what is covered has no canonical form".to_owned()),
            }
        }
    }
}

fn xml_reason(error: &XmlError) -> String {
    format!("xml: {}", one_line(&error.to_string()))
}

/// The variant's name, then what it says; digests differ from run to run and are left out.
fn signature_reason(error: &SignatureError) -> String {
    let shown = format!("{error:?}");
    let variant = shown
        .split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned();
    match error {
        SignatureError::DigestMismatch { uri, .. } => format!("{variant}: URI={uri:?}"),
        _ => format!("{variant}: {}", one_line(&error.to_string())),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

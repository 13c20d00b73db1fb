//! The signatures of a document, found once: each is then judged by itself.

use qaqpa_model::Limits;
use qaqpa_xml::{Document, Element, XML_NAMESPACE};
use qaqpa_xmldsig::{Bounds, FoundSignature, Profile, SignatureError, find_all_nested};

use crate::examination::Subject;
use crate::indication::Indication;
use crate::uncovered::has_text;
use crate::verdict::{JudgedAs, SubjectKind, Verdict};

/// XML Signature.
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// WS-Security utility: where its Ids are.
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// All signatures of a document at the places of a profile: co-signatures and counter-signatures.
///
/// Finding them reads each of them once, so that a verdict about each of n costs n readings and not n².
#[derive(Debug)]
pub struct Signatures<'d> {
    document: &'d Document,
    profile: Profile,
    found: Result<Vec<FoundSignature<'d>>, SignatureError>,
}

impl<'d> Signatures<'d> {
    /// Finds them. Where that cannot be done, the one subject's verdict says why.
    #[must_use]
    pub fn find(document: &'d Document, profile: Profile, limits: &Limits) -> Self {
        Self {
            document,
            profile,
            found: find_all_nested(document, profile, &bounds(limits)),
        }
    }

    /// Where they stand, and what they must be about.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Each as a subject, in the order of the text; at least one.
    pub fn subjects(&self) -> impl ExactSizeIterator<Item = Subject<'_>> {
        let count = self.found.as_ref().map_or(1, |found| found.len().max(1));
        (0..count).map(|place| Subject::Signature {
            signatures: self,
            place,
        })
    }

    pub(crate) fn at(&self, place: usize) -> Result<&FoundSignature<'d>, SignatureError> {
        let found = self.found.as_ref().map_err(Clone::clone)?;
        found.get(place).ok_or(SignatureError::Missing)
    }

    pub(crate) const fn kind(&self) -> SubjectKind {
        kind(self.profile)
    }

    /// The document, where it is an envelope.
    pub(crate) const fn envelope(&self) -> Option<&'d Document> {
        match self.profile {
            Profile::Wsse => Some(self.document),
            _ => None,
        }
    }
}

/// Which kind of subject a signature of this profile is.
pub(crate) const fn kind(profile: Profile) -> SubjectKind {
    match profile {
        Profile::Wsse => SubjectKind::Transport,
        _ => SubjectKind::Document,
    }
}

/// By which profile a subject is judged; a certificate alone and bytes that could not be read are judged by none.
pub(crate) const fn judged_as(subject: &Subject<'_>) -> Option<JudgedAs> {
    match subject {
        Subject::Cms { .. } => Some(JudgedAs::Cms),
        Subject::Document(_) => Some(JudgedAs::Enveloped),
        Subject::Transport(_) => Some(JudgedAs::Wsse),
        Subject::Signature { signatures, .. } => Some(match signatures.profile {
            Profile::ById => JudgedAs::ById,
            Profile::Detached => JudgedAs::Detached,
            Profile::Enveloped => JudgedAs::Enveloped,
            Profile::Wsse => JudgedAs::Wsse,
        }),
        Subject::NotXml { .. } | Subject::Certificate { .. } => None,
    }
}

/// Whether an element says nothing by itself, its name apart: it has no text of its own, and no attribute but Ids and namespaces.
///
/// Around signed elements such a one only holds them together.
pub(crate) fn only_holds(element: Element<'_>) -> bool {
    let is_id = |namespace: Option<&str>, local: &str| match namespace {
        None => matches!(local, "Id" | "ID" | "id"),
        Some(XML_NAMESPACE) => local == "id",
        Some(WSU) => local == "Id",
        Some(_) => false,
    };
    !has_text(element)
        && element
            .attributes()
            .all(|own| is_id(own.namespace, own.local))
}

/// The verdict that decides where there are several: the first of the worst.
#[must_use]
pub fn worst(verdicts: &[Verdict]) -> Option<&Verdict> {
    let badness = |verdict: &&Verdict| match verdict.indication {
        Indication::TotalFailed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalPassed => 2,
    };
    verdicts.iter().min_by_key(badness)
}

/// Where the signatures of a document seem to stand, by what they refer to: nothing of it is proven, and each is asked whether it
/// covers all that is read in that profile.
///
/// In an envelope the Body is what is signed; elsewhere it is the whole root, or the elements beside the signatures.
#[must_use]
pub fn profile_of(document: &Document) -> Profile {
    let root = document.root();
    if root.name() == "Envelope" {
        return Profile::Wsse;
    }
    let (signatures, payloads): (Vec<_>, Vec<_>) =
        root.children().partition(|child| is_signature(*child));
    let mut uris = signatures.into_iter().flat_map(references).peekable();
    if uris.peek().is_none() || uris.any(|uri| is_about(uri, root)) {
        return Profile::Enveloped;
    }
    match payloads.len() {
        1 => Profile::ById,
        _ => Profile::Detached,
    }
}

pub(crate) fn is_signature(element: Element<'_>) -> bool {
    element.is(DS, "Signature")
}

fn references<'d>(signature: Element<'d>) -> impl Iterator<Item = &'d str> {
    let signed_info = signature.child(Some(DS), "SignedInfo");
    signed_info
        .into_iter()
        .flat_map(|info| info.children())
        .filter(|child| child.is(DS, "Reference"))
        .filter_map(|reference| reference.attribute(None, "URI"))
}

/// Whether a reference names the root: by nothing at all, or by something that looks like its Id.
fn is_about(uri: &str, root: Element<'_>) -> bool {
    let id = uri.strip_prefix('#');
    uri.is_empty()
        || id.is_some_and(|id| {
            root.attributes()
                .any(|own| own.local.eq_ignore_ascii_case("id") && own.value == id)
        })
}

pub(crate) const fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    }
}

//! docs/REGULATION-MAP.md: from each process and condition of each act to the code that handles it.

use std::fmt::Write as _;

use crate::catalogue::Catalogue;
use crate::flow::Element;
use crate::mark::Mark;
use crate::vocabulary::{Meaning, Performer};

/// The file of the queue registry, which answers by itself.
const REGISTRY: &str = "regional-gateway/src/kindergarten.rs";

/// The file that handles a meaning, from the root of the workspace; `None` for a meaning that the
/// walker knows and no actor carries out yet.
#[must_use]
pub const fn code_of(meaning: Meaning) -> Option<&'static str> {
    Some(match meaning {
        Meaning::Enrol => "portal-mock/src/steps/enrol.rs",
        Meaning::Authenticate => "portal-mock/src/steps/authenticate.rs",
        Meaning::CheckApplicant => "portal-mock/src/steps/check_applicant.rs",
        Meaning::RefuseAuthorisation => "portal-mock/src/steps/refuse_authorisation.rs",
        Meaning::Prepare => "portal-mock/src/steps/prepare.rs",
        Meaning::CheckCertificate => "portal-mock/src/steps/check_certificate.rs",
        Meaning::RefuseSignature => "portal-mock/src/steps/refuse_signature.rs",
        Meaning::Certify => "portal-mock/src/steps/certify.rs",
        Meaning::Register => "regional-gateway/src/steps/register.rs",
        Meaning::CheckDocuments => "regional-gateway/src/steps/check_documents.rs",
        Meaning::RefuseDocuments => "regional-gateway/src/steps/issue_document.rs",
        Meaning::DeliverResult => "portal-mock/src/steps/deliver_result.rs",
        Meaning::SignRequest => "portal-mock/src/steps/certify.rs",
        Meaning::CheckRequest => "portal-mock/src/steps/check_request.rs",
        Meaning::RefuseRequest => "portal-mock/src/steps/refuse_request.rs",
        Meaning::Handle => "regional-gateway/src/steps/register.rs",
        Meaning::Decide => "regional-gateway/src/steps/check_documents.rs",
        Meaning::RefuseService => "regional-gateway/src/steps/issue_document.rs",
        Meaning::SendToRegistry => REGISTRY,
        _ => return None,
    })
}

/// The file that handles an element: what the queue registry decides, no officer does.
fn code_for(element: &Element) -> Option<&'static str> {
    match element.performer {
        Performer::QueueRegistry => code_of(element.meaning).map(|_| REGISTRY),
        _ => code_of(element.meaning),
    }
}

/// The whole page, in Markdown.
#[must_use]
pub fn markdown(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# From the acts to the code\n\n\
         Generated from `regulations/`; a test holds it up to date. To make it anew:\n\
         `QAQPA_WRITE_MAP=1 cargo test -p qaqpa-regulations regulation_map`.\n\n\
         The pure walker (`regulations/src/walk.rs`) walks every flow below. A flow that says\n\
         “in the catalogue only” is not offered by the actors; where an element of it names a file,\n\
         an actor carries out that meaning in another flow.\n",
    );
    for service in catalogue.regulated() {
        let _ = write!(out, "\n## `{}`\n\n{}\n", service.id, service.title.en);
        for flow in &service.flows {
            let variant = flow.variant.as_ref();
            let variant = variant.map_or_else(String::new, |v| format!(" · {}", v.id));
            let only = if flow.played {
                ""
            } else {
                " · in the catalogue only"
            };
            let _ = write!(
                out,
                "\n### {}{variant} · pattern {}{only}\n\n",
                flow.channel, flow.pattern
            );
            out.push_str(
                "| element | what happens | meaning | source | code |\n|---|---|---|---|---|\n",
            );
            for before in &flow.preliminaries {
                row(
                    &mut out,
                    "before",
                    &before.title.en,
                    (before.meaning, code_of(before.meaning)),
                    &before.mark,
                );
            }
            for element in &flow.elements {
                row(
                    &mut out,
                    &element.spoken(),
                    &element.title.en,
                    (element.meaning, code_for(element)),
                    &element.mark,
                );
            }
            for action in &flow.actions {
                let code = if flow.played {
                    "[`regional-gateway/src/progress.rs`](../regional-gateway/src/progress.rs)"
                } else {
                    "no room in code yet"
                };
                let _ = writeln!(
                    out,
                    "| {} | {} ({}) | `{}` | {} | {code} |",
                    action.id.as_str().replace('-', " "),
                    action.title.en,
                    action.deadline,
                    action.does.first().map_or("", |deed| deed.as_str()),
                    source(&action.mark),
                );
            }
        }
    }
    if !catalogue.listings().is_empty() {
        out.push_str(
            "\n## Services without a flow\n\n| service | standing | source |\n|---|---|---|\n",
        );
    }
    for listing in catalogue.listings() {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            listing.id,
            listing.standing,
            source(&listing.mark)
        );
    }
    out
}

fn source(mark: &Mark) -> String {
    match mark {
        Mark::Printed { item, line, .. } => format!("{item}, line {line}"),
        Mark::Derived { reason } => format!("derived: {reason}"),
        Mark::Assumed => "assumed".to_owned(),
    }
}

fn row(
    out: &mut String,
    element: &str,
    title: &str,
    (meaning, code): (Meaning, Option<&str>),
    mark: &Mark,
) {
    let code = code.map_or_else(
        || "no room in code yet".to_owned(),
        |code| format!("[`{code}`](../{code})"),
    );
    let source = source(mark);
    let _ = writeln!(
        out,
        "| {element} | {title} | `{meaning}` | {source} | {code} |"
    );
}

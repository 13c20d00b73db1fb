//! docs/REGULATION-MAP.md: from each process and condition of each act to the code that handles it.

use std::fmt::Write as _;

use crate::catalogue::Catalogue;
use crate::mark::Mark;
use crate::vocabulary::Meaning;

/// The file that handles a meaning, from the root of the workspace.
#[must_use]
pub const fn code_of(meaning: Meaning) -> &'static str {
    match meaning {
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
    }
}

/// The whole page, in Markdown.
#[must_use]
pub fn markdown(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# From the acts to the code\n\n\
         Generated from `regulations/`; a test holds it up to date. To make it anew:\n\
         `QAQPA_WRITE_MAP=1 cargo test -p qaqpa-regulations regulation_map`.\n",
    );
    for service in catalogue.services() {
        let _ = write!(out, "\n## `{}`\n\n{}\n", service.id, service.title.en);
        for flow in &service.flows {
            let _ = write!(out, "\n### {} · pattern {}\n\n", flow.channel, flow.pattern);
            out.push_str(
                "| element | what happens | meaning | source | code |\n|---|---|---|---|---|\n",
            );
            for before in &flow.preliminaries {
                row(
                    &mut out,
                    "before",
                    &before.title.en,
                    before.meaning,
                    &before.mark,
                );
            }
            for element in &flow.elements {
                row(
                    &mut out,
                    &element.spoken(),
                    &element.title.en,
                    element.meaning,
                    &element.mark,
                );
            }
        }
    }
    out
}

fn row(out: &mut String, element: &str, title: &str, meaning: Meaning, mark: &Mark) {
    let code = code_of(meaning);
    let source = match mark {
        Mark::Printed { item, line, .. } => format!("{item}, line {line}"),
        Mark::Derived { reason } => format!("derived: {reason}"),
        Mark::Assumed => "assumed".to_owned(),
    };
    let _ = writeln!(
        out,
        "| {element} | {title} | `{meaning}` | {source} | [`{code}`](../{code}) |"
    );
}

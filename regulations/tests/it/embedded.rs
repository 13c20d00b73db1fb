use qaqpa_model::{RefusalLabel, ServiceAtAct};
use qaqpa_regulations::view::{service_text, services_json};
use qaqpa_regulations::{Catalogue, Channel, Deed, Flow, Mark, Meaning, Role};

use crate::acts::PLAYED;

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn guardianship() -> Flow {
    let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
    catalogue()
        .service(&id)
        .unwrap()
        .flow(Channel::Portal)
        .unwrap()
        .clone()
}

#[test]
fn the_embedded_catalogue_has_no_finding() {
    let catalogue = catalogue();
    let ids: Vec<_> = catalogue
        .services()
        .iter()
        .map(|service| service.id.to_string())
        .collect();
    assert_eq!(ids, PLAYED);
}

/// Source: zhambyl-2019-23, annex 1, item 10.
#[test]
fn the_portal_flow_is_the_one_of_the_act() {
    let flow = guardianship();
    let drawn: Vec<String> = flow
        .elements
        .iter()
        .map(|element| format!("{} {}", element.id, element.meaning))
        .collect();
    assert_eq!(
        drawn,
        [
            "process-1 authenticate",
            "condition-1 check-applicant",
            "process-2 refuse-authorisation",
            "process-3 prepare",
            "condition-2 check-certificate",
            "process-4 refuse-signature",
            "process-5 certify",
            "process-6 register",
            "condition-3 check-documents",
            "process-7 refuse-documents",
            "process-8 deliver-result",
        ]
    );
}

/// Source: zhambyl-2019-23, annex 1, item 8: one action of the authorised person, 30 minutes.
#[test]
fn the_staff_has_one_action_of_thirty_minutes() {
    let flow = guardianship();
    assert_eq!(flow.actions.len(), 1);
    let action = flow.first_action().unwrap();
    assert_eq!(
        (action.id.as_str(), action.unit.as_str()),
        ("action-1", "education-department")
    );
    assert_eq!(
        (action.role, action.deadline.to_string().as_str()),
        (Role::Officer, "30m")
    );
    assert!(action.has(Deed::Accept) && action.has(Deed::Send));
    assert_eq!(flow.action_after(&action.id), None);
}

#[test]
fn condition_2_separates_its_causes() {
    let flow = guardianship();
    let condition = flow.element_for(Meaning::CheckCertificate).unwrap();
    let mut labels: Vec<_> = condition.causes.iter().map(|cause| cause.label).collect();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(
        labels,
        [
            RefusalLabel::AuthorityRevoked,
            RefusalLabel::CertificateExpired,
            RefusalLabel::CertificateNotYetValid,
            RefusalLabel::CertificatePurpose,
            RefusalLabel::CertificateRevoked,
            RefusalLabel::CertificateSuspended,
            RefusalLabel::ContentChanged,
            RefusalLabel::IinMismatch,
            RefusalLabel::IssuerUntrusted,
            RefusalLabel::RevocationUnknown,
            RefusalLabel::SignatureValueWrong,
        ]
    );
    let kind = |id: &str| {
        condition
            .causes
            .iter()
            .find(|cause| cause.id == id)
            .unwrap()
            .mark
            .kind()
    };
    assert_eq!(kind("certificate-expired"), "printed");
    assert_eq!(kind("certificate-suspended"), "assumed");
    assert_eq!(kind("content-changed"), "derived");
}

#[test]
fn every_element_says_where_the_act_prints_it() {
    for element in guardianship().elements {
        let Mark::Printed { act, item, line } = &element.mark else {
            panic!("{} is {}", element.id, element.mark)
        };
        assert_eq!(act, "zhambyl-2019-23");
        assert!(item.starts_with("annex 1, item 10, "), "{item}");
        assert!((340..=388).contains(line), "{line}");
    }
}

#[test]
fn the_json_has_the_stable_shape() {
    let json = services_json(&catalogue());
    let services = json.as_array().unwrap();
    assert_eq!(services.len(), 28);
    let id = "guardianship-certificate@zhambyl-2019-23";
    let service = services.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(service["id"], "guardianship-certificate@zhambyl-2019-23");
    assert_eq!(service["act"], "zhambyl-2019-23");
    assert_eq!(service["service"], "guardianship-certificate");
    let channel = &service["channels"][0];
    assert_eq!(channel["channel"], "portal");
    assert_eq!(channel["pattern"], "P1");
    assert_eq!(
        channel["elements"],
        serde_json::json!([
            "process-1",
            "condition-1",
            "process-2",
            "process-3",
            "condition-2",
            "process-4",
            "process-5",
            "process-6",
            "condition-3",
            "process-7",
            "process-8",
            "action-1",
        ])
    );
    assert!(
        service["notes"]
            .as_array()
            .is_some_and(|notes| notes.len() == 3)
    );
}

#[test]
fn the_text_shows_each_element_with_its_branches() {
    let catalogue = catalogue();
    let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
    let service = catalogue.service(&id).unwrap();
    let text = service_text(service, qaqpa_model::Lang::En);
    for line in [
        "  process 1    Authorisation [printed] → condition 1",
        "  condition 2  Is the certificate in force, and the applicant's own? [printed] → yes: process 5, no: process 4",
        "                 no: iin-mismatch — The IIN of the request is not the certificate's [printed]",
        "  process 4    Refusal: the signature is not confirmed [printed] ■ refused",
        "  process 8    The result is received [printed] ■ delivered",
    ] {
        assert!(
            text.lines().any(|shown| shown == line),
            "{line}\nis not in\n{text}"
        );
    }
    assert!(
        text.contains("action 1     Documents are accepted and registered"),
        "{text}"
    );
    assert!(
        text.contains("officer, 30m (accept, register, prepare, sign, send) [printed]"),
        "{text}"
    );
}

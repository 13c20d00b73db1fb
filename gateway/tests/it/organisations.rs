//! Who submits in the name of an organisation, and who may not. (B02, B03)

use qaqpa_model::{Bin, RefusalLabel as L};
use qaqpa_wire::{Application, Organisation, OrganisationRole, StatusCode};

use crate::authority::COMPANY;
use crate::messages::{application, message, seal, sign};
use crate::stand::{Reply, Stand};

/// Another organisation than the one of the certificates.
const OTHER: &str = "160440900022";

/// An application of citizen-1 in the name of an organisation, or of none.
fn of(bin: Option<&str>, role: Option<OrganisationRole>) -> Application {
    Application {
        organisation: bin.map(|bin| Organisation {
            bin: Bin::parse(bin).unwrap(),
            role,
        }),
        ..application()
    }
}

async fn send(stand: &Stand, application: &Application, signed_by: &str) -> Reply {
    let signatory = stand.authority.signatory(signed_by);
    let message = message("integrator-1", sign(&application.to_xml(), signatory));
    let integrator = stand.authority.signatory("system-integrator-1");
    stand.post(seal(&message.write(), integrator)).await
}

#[tokio::test]
async fn an_application_is_the_organisations_whose_certificate_signed_it_and_nobody_elses() {
    use OrganisationRole::{Employee, Head};
    let stand = Stand::start().await;
    let yes = [
        ("company-head", of(Some(COMPANY), None)),
        ("company-head", of(Some(COMPANY), Some(Head))),
        ("company-employee", of(Some(COMPANY), Some(Employee))),
        ("citizen-1", of(None, None)),
    ];
    for (who, application) in yes {
        let reply = send(&stand, &application, who).await;
        assert_eq!(reply.acknowledgement().status, StatusCode::Success, "{who}");
    }
    let no = [
        (
            "company-head",
            of(Some(OTHER), None),
            "not of the organisation in submitter/bin",
        ),
        (
            "citizen-1",
            of(Some(COMPANY), None),
            "not of the organisation in submitter/bin",
        ),
        (
            "company-employee",
            of(Some(COMPANY), Some(Head)),
            "submitter/role is head, and the certificate that signed does not give that role",
        ),
        (
            "company-head",
            of(None, None),
            "is of an organisation, and the application names none",
        ),
    ];
    for (who, application, why) in no {
        let reply = send(&stand, &application, who).await;
        let fault = reply.fault();
        assert_eq!(fault.label(), Some(L::BinMismatch), "{who}: {why}");
        let info = fault.detail.unwrap();
        assert!(info.value("why").unwrap().contains(why), "{info:?}");
        assert_eq!(info.value("condition"), Some("condition-2"), "{why}");
        let journal = stand.control("/journal?limit=1").await;
        assert_eq!(journal[0]["label"], "bin-mismatch", "{why}");
    }
}

#[tokio::test]
async fn the_stored_verdict_says_that_the_submitter_and_the_organisation_were_asked_about() {
    let stand = Stand::start().await;
    let refused = send(&stand, &of(Some(OTHER), None), "company-head").await;
    assert_eq!(refused.label(), Some(L::BinMismatch));
    let journal = stand.control("/journal?limit=1").await;
    let verdict = &journal[0]["summary"]["verdict"];
    let outcome = |id: &str| {
        let checks = verdict["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["id"] == id).unwrap();
        found["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("iin"), "pass");
    assert_eq!(outcome("bin"), "fail");
    assert_eq!(verdict["label"], "bin-mismatch");
}

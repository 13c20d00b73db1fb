//! The attached documents are checked against the list of required ones, and the decision is made.

use std::collections::BTreeMap;

use qaqpa_regulations::{DocumentDef, Service};
use qaqpa_wire::Application;

use crate::routes::{COMMENT, DECISION, DOCUMENT_PREFIX, GRANT, GROUND, REFUSE};
use crate::work::{Decision, Finding, Work};

/// What an officer answered, before it is known whether it holds together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// The values of the form by their names.
    pub values: BTreeMap<String, String>,
}

/// What is wrong with the answers: the field, and the key of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The form's field.
    pub field: String,
    /// The key of the text.
    pub key: &'static str,
}

/// A document of the list and whether it is attached.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'c> {
    /// The catalogue's document.
    pub document: &'c DocumentDef,
    /// Whether the application has a file for it.
    pub attached: bool,
}

impl Listed<'_> {
    /// Whether the officer must say what was found: nobody is asked about what is neither asked for
    /// nor there.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.document.required || self.attached
    }
}

/// The list of the service's documents, beside what is attached.
#[must_use]
pub fn checklist<'c>(service: &'c Service, application: &Application) -> Vec<Listed<'c>> {
    let attached = |id: &str| {
        application
            .attachments
            .iter()
            .any(|attachment| attachment.document == id)
    };
    service
        .documents
        .iter()
        .map(|document| Listed {
            document,
            attached: attached(&document.id),
        })
        .collect()
}

/// Reads the answers into the card's notes.
///
/// A service is granted only where every required document is attached and in order; a refusal cites
/// a ground of the catalogue.
///
/// # Errors
/// Every [`Fault`], in the order of the form.
pub fn decide(
    service: &Service,
    application: &Application,
    answers: &Answers,
    comment_characters_max: usize,
    by: i64,
    result_id: String,
) -> Result<Work, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut documents = BTreeMap::new();
    let grants = answers.value(DECISION) == GRANT;
    for listed in checklist(service, application) {
        let id = &listed.document.id;
        let field = format!("{DOCUMENT_PREFIX}{id}");
        let mut fault = |key| {
            faults.push(Fault {
                field: field.clone(),
                key,
            });
        };
        if !listed.is_asked() {
            documents.insert(id.clone(), Finding::Absent);
            continue;
        }
        match Finding::parse(answers.value(&field)) {
            None => fault("check-error-unanswered"),
            Some(Finding::Ok | Finding::Fault) if !listed.attached => {
                fault("check-error-not-attached");
            }
            Some(Finding::Absent) if listed.attached => fault("check-error-attached"),
            Some(finding) => {
                if grants && listed.document.required && finding != Finding::Ok {
                    fault("check-error-required");
                }
                documents.insert(id.clone(), finding);
            }
        }
    }
    let ground = match answers.value(DECISION) {
        GRANT => None,
        REFUSE => match service.ground(answers.value(GROUND)) {
            Some(ground) => Some(ground.id.clone()),
            None => {
                faults.push(Fault {
                    field: GROUND.to_owned(),
                    key: "check-error-ground",
                });
                None
            }
        },
        _ => {
            faults.push(Fault {
                field: DECISION.to_owned(),
                key: "check-error-decision",
            });
            None
        }
    };
    let comment = answers.value(COMMENT).trim().replace("\r\n", "\n");
    if comment.chars().count() > comment_characters_max {
        faults.push(Fault {
            field: COMMENT.to_owned(),
            key: "check-error-comment-long",
        });
    } else if comment.chars().any(|c| c.is_control() && c != '\n') {
        faults.push(Fault {
            field: COMMENT.to_owned(),
            key: "check-error-comment-characters",
        });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Work {
        documents,
        decision: Some(Decision {
            // A comment belongs to a refusal: a granted document has no place for it.
            comment: if ground.is_some() {
                comment
            } else {
                String::new()
            },
            ground,
            by,
            result_id,
        }),
        result: None,
    })
}

impl Answers {
    /// The value of a field; empty where it was not posted.
    #[must_use]
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// The answers as they were noted, to show them again.
    #[must_use]
    pub fn of(work: &Work) -> Self {
        let mut values: BTreeMap<_, _> = work
            .documents
            .iter()
            .map(|(id, finding)| {
                (
                    format!("{DOCUMENT_PREFIX}{id}"),
                    finding.as_str().to_owned(),
                )
            })
            .collect();
        if let Some(decision) = &work.decision {
            let word = if decision.ground.is_some() {
                REFUSE
            } else {
                GRANT
            };
            values.insert(DECISION.to_owned(), word.to_owned());
            values.insert(COMMENT.to_owned(), decision.comment.clone());
            if let Some(ground) = &decision.ground {
                values.insert(GROUND.to_owned(), ground.clone());
            }
        }
        Self { values }
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::{Iin, Moment, RefusalLabel, ServiceAtAct};
    use qaqpa_regulations::Catalogue;
    use qaqpa_wire::{Attachment, Person};

    use super::*;
    use crate::progress::Ruling;

    const REQUIRED: [&str; 2] = ["child-birth-certificate", "guardianship-decision"];

    fn service() -> Service {
        let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
        Catalogue::embedded().unwrap().service(&id).unwrap().clone()
    }

    fn application(attached: &[&str]) -> Application {
        let iin = Iin::parse("931002451325").unwrap();
        Application {
            application_id: "a".to_owned(),
            service: service().id,
            channel: "portal".to_owned(),
            created_at: Moment::from_unix_ms(0),
            submitter: iin,
            organisation: None,
            applicant: Person {
                iin,
                surname: "ТЕСТОВА".to_owned(),
                given_name: "АЙГҮЛ".to_owned(),
                patronymic: None,
            },
            form: Vec::new(),
            attachments: attached
                .iter()
                .map(|document| Attachment {
                    document: (*document).to_owned(),
                    name: "a.pdf".to_owned(),
                    media_type: "application/pdf".to_owned(),
                    bytes: Vec::new(),
                })
                .collect(),
        }
    }

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        Answers {
            values: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn run(attached: &[&str], pairs: &[(&str, &str)]) -> Result<Work, Vec<(String, &'static str)>> {
        let decided = decide(
            &service(),
            &application(attached),
            &answers(pairs),
            10,
            7,
            "r".to_owned(),
        );
        decided.map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| (fault.field, fault.key))
                .collect()
        })
    }

    const BIRTH: &str = "document.child-birth-certificate";
    const ORDER: &str = "document.guardianship-decision";

    #[test]
    fn a_service_is_granted_where_every_required_document_is_in_order() {
        let pairs = [
            (BIRTH, "ok"),
            (ORDER, "ok"),
            ("decision", "grant"),
            ("comment", "x"),
        ];
        let work = run(&REQUIRED, &pairs).unwrap();
        assert_eq!(work.ruling(&service()), Some(Ruling::Grant));
        assert_eq!(work.documents["other"], Finding::Absent);
        assert_eq!(work.decision.as_ref().unwrap().comment, "");
        assert_eq!(Answers::of(&work).value(BIRTH), "ok");
    }

    #[test]
    fn a_faulty_or_missing_required_document_cannot_be_granted() {
        let pairs = [(BIRTH, "ok"), (ORDER, "fault"), ("decision", "grant")];
        assert_eq!(
            run(&REQUIRED, &pairs),
            Err(vec![(ORDER.to_owned(), "check-error-required")])
        );
        let pairs = [(BIRTH, "ok"), (ORDER, "ok"), ("decision", "grant")];
        assert_eq!(
            run(&REQUIRED[..1], &pairs),
            Err(vec![(ORDER.to_owned(), "check-error-not-attached")])
        );
        let pairs = [(BIRTH, "absent"), ("decision", "grant")];
        assert_eq!(
            run(&REQUIRED, &pairs),
            Err(vec![
                (BIRTH.to_owned(), "check-error-attached"),
                (ORDER.to_owned(), "check-error-unanswered")
            ])
        );
    }

    #[test]
    fn a_refusal_cites_a_ground_of_the_catalogue() {
        let documents = [(BIRTH, "ok"), (ORDER, "absent"), ("decision", "refuse")];
        let attached = &REQUIRED[..1];
        assert_eq!(
            run(attached, &documents),
            Err(vec![("ground".to_owned(), "check-error-ground")])
        );
        let with = |ground| {
            [
                &documents[..],
                &[("ground", ground), ("comment", " a\r\nb ")],
            ]
            .concat()
        };
        let work = run(attached, &with("documents-incomplete")).unwrap();
        assert_eq!(
            work.ruling(&service()),
            Some(Ruling::Refuse(RefusalLabel::DocumentsRefused))
        );
        assert_eq!(work.decision.unwrap().comment, "a\nb");
        let work = run(attached, &with("not-guardian")).unwrap();
        assert_eq!(
            work.ruling(&service()),
            Some(Ruling::Refuse(RefusalLabel::GroundsAbsent))
        );
        assert!(run(attached, &with("no-such-ground")).is_err());
    }

    #[test]
    fn what_is_attached_beside_the_list_is_asked_about_and_words_have_a_limit() {
        let attached = [REQUIRED[0], REQUIRED[1], "other"];
        let pairs = [(BIRTH, "ok"), (ORDER, "ok"), ("comment", "12345678901")];
        assert_eq!(
            run(&attached, &pairs),
            Err(vec![
                ("document.other".to_owned(), "check-error-unanswered"),
                ("decision".to_owned(), "check-error-decision"),
                ("comment".to_owned(), "check-error-comment-long"),
            ])
        );
        let pairs = [
            (BIRTH, "ok"),
            (ORDER, "ok"),
            ("document.other", "fault"),
            ("decision", "grant"),
        ];
        assert!(
            run(&attached, &pairs).is_ok(),
            "the other one is not required"
        );
        let pairs = [
            (BIRTH, "ok"),
            (ORDER, "ok"),
            ("decision", "grant"),
            ("comment", "a\u{7}"),
        ];
        assert_eq!(
            run(&REQUIRED, &pairs),
            Err(vec![(
                "comment".to_owned(),
                "check-error-comment-characters"
            )])
        );
    }
}

//! One application, opened by its owner: what every page of it needs.

use axum::response::{IntoResponse, Redirect, Response};
use qaqpa_model::{Iin, RequestStatus};
use qaqpa_regulations::{Channel, Flow, Service};
use qaqpa_store::{Application, Attachment, AttachmentContent};
use qaqpa_web::{Problem as PageProblem, Words};

use crate::draft::{self, Draft};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::reply::not_found;
use crate::routes::{self, of};
use crate::steps::check_request::NotRight;
use crate::steps::prepare;
use crate::steps::refuse_request::refuse_request;
use crate::steps::refuse_signature::{Notice, Past, refuse_signature};
use crate::views::{Crumb, Head};

/// An application with its draft, its service and its flow.
pub(crate) struct Case<'p> {
    pub(crate) application: Application,
    pub(crate) draft: Draft,
    pub(crate) service: &'p Service,
    pub(crate) flow: &'p Flow,
}

impl<'p> Case<'p> {
    /// Opens an application of this owner.
    ///
    /// # Errors
    /// 404 where there is none of theirs.
    pub(crate) async fn open(
        portal: &'p Portal,
        id: &str,
        owner: &Iin,
    ) -> Result<Self, PageProblem> {
        let application = portal
            .store
            .applications()
            .by_id(id, owner)
            .await
            .map_err(PageProblem::fault)?
            .ok_or_else(not_found)?;
        let draft = Draft::of(&application).map_err(PageProblem::fault)?;
        let service = portal
            .service(&application.service)
            .ok_or_else(|| PageProblem::fault("the catalogue has lost a service"))?;
        let flow = service
            .flow(Channel::Portal)
            .ok_or_else(|| PageProblem::fault("the service has lost its portal flow"))?;
        Ok(Self {
            application,
            draft,
            service,
            flow,
        })
    }

    /// Whether it can still be changed.
    pub(crate) fn is_draft(&self) -> bool {
        self.application.status == RequestStatus::Draft && self.application.submitted_at.is_none()
    }

    /// Whether the form is complete and every required document attached.
    pub(crate) async fn is_complete(&self, portal: &Portal) -> Result<bool, PageProblem> {
        let attached = self.attachments(portal).await?;
        Ok(
            prepare::check_answers(self.service, &self.draft.answers).is_empty()
                && prepare::check_documents(self.service, &attached).is_empty(),
        )
    }

    /// The attachments, without their bytes.
    pub(crate) async fn attachments(
        &self,
        portal: &Portal,
    ) -> Result<Vec<Attachment>, PageProblem> {
        portal
            .store
            .applications()
            .attachments(&self.application.id)
            .await
            .map_err(PageProblem::fault)
    }

    /// The attachments with their bytes, in the order of the catalogue.
    pub(crate) async fn contents(
        &self,
        portal: &Portal,
    ) -> Result<Vec<AttachmentContent>, PageProblem> {
        let mut attached = self.attachments(portal).await?;
        let place = |file: &Attachment| {
            self.service
                .documents
                .iter()
                .position(|document| document.id == file.document)
        };
        attached.sort_by_key(place);
        let mut contents = Vec::new();
        for file in attached {
            let content = portal
                .store
                .applications()
                .attachment(&self.application.id, file.id)
                .await
                .map_err(PageProblem::fault)?;
            contents.extend(content);
        }
        Ok(contents)
    }

    /// The document that the applicant signs.
    pub(crate) async fn document(
        &self,
        portal: &Portal,
    ) -> Result<qaqpa_wire::Application, PageProblem> {
        let contents = self.contents(portal).await?;
        Ok(draft::document(
            &self.application,
            &self.draft,
            self.service,
            contents,
        ))
    }

    /// Keeps the draft as it is now.
    ///
    /// # Errors
    /// 404 where it is no longer a draft.
    pub(crate) async fn save(&self, portal: &Portal) -> Result<(), PageProblem> {
        let saved = portal
            .store
            .applications()
            .update(
                &self.application.id,
                &self.application.owner,
                &self.draft.to_json(),
                Vec::new(),
                portal.clock.now(),
            )
            .await
            .map_err(PageProblem::fault)?;
        if saved { Ok(()) } else { Err(not_found()) }
    }

    /// Ends the application: the signature is refused.
    pub(crate) async fn refuse(
        &self,
        portal: &Portal,
        past: Past,
        refused: &Refusal,
    ) -> Result<(), PageProblem> {
        let at = portal.clock.now();
        let notice = refuse_signature(self.flow, &self.application, past, refused, at)
            .map_err(PageProblem::fault)?;
        self.end(portal, notice).await
    }

    /// Ends the application: the entered data are not right.
    pub(crate) async fn refuse_request(
        &self,
        portal: &Portal,
        not_right: &NotRight,
    ) -> Result<(), PageProblem> {
        let at = portal.clock.now();
        let notice = refuse_request(self.flow, &self.application, &self.draft, not_right, at)
            .map_err(PageProblem::fault)?;
        self.end(portal, notice).await
    }

    async fn end(&self, portal: &Portal, notice: Notice) -> Result<(), PageProblem> {
        portal
            .store
            .applications()
            .set_status(notice.change, Some(notice.notification), notice.trace)
            .await
            .map_err(PageProblem::fault)?;
        Ok(())
    }

    /// To the status page.
    pub(crate) fn to_status(&self) -> Response {
        Redirect::to(&of(routes::APPLICATION, &self.application.id)).into_response()
    }

    /// What every page of it says to a machine.
    pub(crate) fn head(&self, delivery: &'static str) -> Head {
        Head {
            id: self.application.id.clone(),
            message_id: self.application.message_id.to_string(),
            status: self.application.status.as_str(),
            delivery,
        }
    }

    /// Where one is on the way of an application.
    pub(crate) fn crumbs(&self, here: &str, w: &Words) -> Vec<Crumb> {
        let places = [
            (routes::APPLICATION_FORM, "crumb-form"),
            (routes::APPLICATION_CERTIFICATE, "crumb-certificate"),
            (routes::APPLICATION_SIGN, "crumb-sign"),
            (routes::APPLICATION, "crumb-status"),
        ];
        places
            .iter()
            .map(|(route, key)| {
                let done = match *route {
                    routes::APPLICATION_FORM => !self.is_draft() || here != *route,
                    routes::APPLICATION_CERTIFICATE => self.draft.certificate.is_some(),
                    _ => self.application.submitted_at.is_some(),
                };
                let state = if *route == here {
                    "here"
                } else if done {
                    "done"
                } else {
                    "ahead"
                };
                let walkable = state == "done" && self.is_draft();
                Crumb {
                    title: w.t(key),
                    href: if walkable {
                        of(route, &self.application.id)
                    } else {
                        String::new()
                    },
                    state,
                }
            })
            .collect()
    }
}

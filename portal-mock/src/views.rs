//! What the templates show: plain texts, made ready by the pages.

use askama::Template;

use qaqpa_web::Words;

/// A refusal, in the words of the reader's language.
#[derive(Clone, Debug, Default)]
pub(crate) struct RefusalView {
    pub(crate) element: String,
    pub(crate) condition: String,
    pub(crate) label: String,
    pub(crate) title: String,
    pub(crate) spoken: String,
    pub(crate) cause: String,
    pub(crate) why: String,
    pub(crate) remedy: String,
    pub(crate) check: String,
    pub(crate) clause: String,
}

/// What every page of an application says to a machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) message_id: String,
    pub(crate) status: &'static str,
    pub(crate) delivery: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Crumb {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) state: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct StepView {
    pub(crate) element: String,
    pub(crate) kind: &'static str,
    pub(crate) spoken: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) state: &'static str,
    pub(crate) outcome: String,
    pub(crate) answer: String,
    pub(crate) label: String,
    pub(crate) at: String,
    /// Where a condition's "no" leads to.
    pub(crate) otherwise: Option<Box<StepView>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ServiceCard {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) act: String,
    pub(crate) form: String,
}

/// A name and what it has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) value: String,
}

/// A name and whether it is needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    pub(crate) title: String,
    pub(crate) need: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentField {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) required: bool,
    pub(crate) accept: String,
    pub(crate) attached: String,
    pub(crate) error: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct CertificateView {
    pub(crate) holder: String,
    pub(crate) issuer: String,
    pub(crate) span: String,
    pub(crate) serial: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct HistoryEntry {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) at: String,
    pub(crate) status: &'static str,
    pub(crate) status_text: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct NotificationView {
    pub(crate) kind: &'static str,
    pub(crate) fresh: bool,
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) title: String,
    pub(crate) at: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentCard {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) outcome: &'static str,
    pub(crate) outcome_text: String,
    pub(crate) at: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct CheckView {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) outcome: &'static str,
    pub(crate) answer: String,
    pub(crate) why: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct VerdictView {
    pub(crate) state: &'static str,
    pub(crate) title: String,
    pub(crate) when: String,
    pub(crate) at: String,
    pub(crate) indication: String,
    pub(crate) sub_indication: String,
    pub(crate) label: String,
    pub(crate) checks: Vec<CheckView>,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct Home<'w> {
    pub(crate) w: &'w Words,
    pub(crate) signed_in: bool,
    pub(crate) services: Vec<ServiceCard>,
}

#[derive(Template)]
#[template(path = "services.html")]
pub(crate) struct Services<'w> {
    pub(crate) w: &'w Words,
    pub(crate) services: Vec<ServiceCard>,
}

#[derive(Template)]
#[template(path = "service.html")]
pub(crate) struct Service<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) signed_in: bool,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) act: String,
    pub(crate) provider: String,
    pub(crate) result: String,
    pub(crate) deadlines: Vec<String>,
    pub(crate) flow: Vec<StepView>,
    pub(crate) documents: Vec<Need>,
    pub(crate) fields: Vec<Need>,
}

#[derive(Template)]
#[template(path = "register.html")]
pub(crate) struct Register<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) refusal: Option<RefusalView>,
    pub(crate) fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct Login<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) notice: String,
    pub(crate) refusal: Option<RefusalView>,
    pub(crate) next: String,
    pub(crate) fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct Form<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) service_title: String,
    pub(crate) errors: String,
    pub(crate) person_name: String,
    pub(crate) person_iin: String,
    pub(crate) fields: Vec<String>,
    pub(crate) attachments_hint: String,
    pub(crate) documents: Vec<DocumentField>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
pub(crate) struct Certificate<'w> {
    pub(crate) w: &'w Words,
    pub(crate) lead: String,
    pub(crate) submit: String,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) service_title: String,
    pub(crate) key_fields: Vec<String>,
    pub(crate) certificate_fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "sign.html")]
pub(crate) struct Sign<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) service_title: String,
    pub(crate) xml: String,
    pub(crate) clipped: bool,
    pub(crate) size: String,
    pub(crate) certificate: CertificateView,
    pub(crate) key_fields: Vec<String>,
    pub(crate) signed_fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "status.html")]
pub(crate) struct Status<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) service_title: String,
    pub(crate) status: String,
    pub(crate) delivery: String,
    pub(crate) waits_because: String,
    pub(crate) notice: String,
    pub(crate) refusal: Option<RefusalView>,
    pub(crate) steps: Vec<StepView>,
    pub(crate) created: String,
    pub(crate) sent: String,
    pub(crate) go_on: String,
    pub(crate) document: String,
    pub(crate) refreshable: bool,
    pub(crate) repeatable: bool,
    pub(crate) signed: bool,
    pub(crate) answers: Vec<Line>,
    pub(crate) attachments: Vec<Line>,
}

#[derive(Template)]
#[template(path = "cabinet.html")]
pub(crate) struct Cabinet<'w> {
    pub(crate) w: &'w Words,
    pub(crate) hello: String,
    pub(crate) documents: Vec<DocumentCard>,
    pub(crate) history: Vec<HistoryEntry>,
    pub(crate) notifications: Vec<NotificationView>,
}

#[derive(Template)]
#[template(path = "history.html")]
pub(crate) struct History<'w> {
    pub(crate) w: &'w Words,
    pub(crate) history: Vec<HistoryEntry>,
}

#[derive(Template)]
#[template(path = "notifications.html")]
pub(crate) struct Notifications<'w> {
    pub(crate) w: &'w Words,
    pub(crate) notifications: Vec<NotificationView>,
}

#[derive(Template)]
#[template(path = "document.html")]
pub(crate) struct Document<'w> {
    pub(crate) w: &'w Words,
    pub(crate) csrf: String,
    pub(crate) id: i64,
    pub(crate) application: String,
    pub(crate) outcome: &'static str,
    pub(crate) outcome_text: String,
    pub(crate) title: String,
    pub(crate) issuer: String,
    pub(crate) content: Vec<Line>,
    pub(crate) grounds: String,
    pub(crate) grounds_label: String,
    pub(crate) applicant: String,
    pub(crate) officer: String,
    pub(crate) issued: String,
    pub(crate) result_id: String,
    pub(crate) verdict: VerdictView,
    pub(crate) now: Option<VerdictView>,
}

#[derive(Template)]
#[template(path = "centre.html")]
pub(crate) struct Centre<'w> {
    pub(crate) w: &'w Words,
}

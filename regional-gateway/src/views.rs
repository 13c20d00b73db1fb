//! What the templates show: plain texts, made ready by the pages.

use askama::Template;
use qaqpa_web::Words;

/// A title and a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    pub(crate) title: String,
    pub(crate) value: String,
}

/// A verdict.
#[derive(Clone, Debug, Default)]
pub(crate) struct VerdictView {
    pub(crate) state: &'static str,
    pub(crate) title: String,
    pub(crate) at: String,
    pub(crate) indication: &'static str,
    pub(crate) signer: String,
    pub(crate) signer_iin: String,
    pub(crate) serial: String,
    pub(crate) covered: String,
    pub(crate) checks: Vec<CheckView>,
}

/// One check of a verdict.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckView {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) outcome: &'static str,
    pub(crate) answer: String,
    pub(crate) why: String,
}

/// A line of a list of cards or tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) number: i64,
    pub(crate) message_id: String,
    pub(crate) state: &'static str,
    pub(crate) state_class: &'static str,
    pub(crate) state_text: String,
    pub(crate) label: String,
    pub(crate) service: String,
    pub(crate) applicant: String,
    pub(crate) iin: String,
    pub(crate) registered: String,
    pub(crate) action: String,
    pub(crate) action_title: String,
    pub(crate) deadline: String,
    pub(crate) deadline_exact: String,
    pub(crate) left: String,
    pub(crate) overdue: bool,
    pub(crate) holder: String,
}

/// A file of the application.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileView {
    pub(crate) n: usize,
    pub(crate) document: String,
    pub(crate) title: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) size: String,
    pub(crate) sha256: String,
    pub(crate) shown: bool,
}

/// A task of a card.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskView {
    pub(crate) id: i64,
    pub(crate) action: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) unit_title: String,
    pub(crate) role: String,
    pub(crate) role_title: String,
    pub(crate) deadline: String,
    pub(crate) deadline_exact: String,
    pub(crate) period: String,
    pub(crate) left: String,
    pub(crate) overdue: bool,
    pub(crate) done: bool,
    pub(crate) done_at: String,
    pub(crate) holder: String,
}

/// What every page of a card says to a machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) service: String,
    pub(crate) message_id: String,
    pub(crate) state: &'static str,
    pub(crate) state_class: &'static str,
    pub(crate) state_text: String,
    pub(crate) label: String,
    pub(crate) delivery: &'static str,
    pub(crate) may_act: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct Home<'p> {
    pub(crate) w: &'p Words,
    pub(crate) signed_in: bool,
    pub(crate) waiting: String,
    pub(crate) overdue: String,
}

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct Login<'p> {
    pub(crate) w: &'p Words,
    pub(crate) csrf: String,
    pub(crate) notice: String,
    pub(crate) problem: String,
    pub(crate) label: String,
    pub(crate) next: String,
    pub(crate) fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "queue.html")]
pub(crate) struct Queue<'p> {
    pub(crate) w: &'p Words,
    pub(crate) unit: String,
    pub(crate) role: String,
    pub(crate) show: &'static str,
    pub(crate) count: String,
    pub(crate) rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "cards.html")]
pub(crate) struct Cards<'p> {
    pub(crate) w: &'p Words,
    pub(crate) rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "card.html")]
pub(crate) struct CardPage<'p> {
    pub(crate) w: &'p Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) delivery_text: String,
    pub(crate) delivery_why: String,
    pub(crate) task: Option<TaskView>,
    pub(crate) next: &'static str,
    pub(crate) decided: bool,
    pub(crate) revisable: bool,
    pub(crate) tasks: Vec<TaskView>,
    pub(crate) applicant: Vec<Pair>,
    pub(crate) answers: Vec<Pair>,
    pub(crate) files: Vec<FileView>,
    pub(crate) register: Vec<Pair>,
    pub(crate) verdict: VerdictView,
    pub(crate) steps: String,
    pub(crate) result: bool,
}

/// A document of the checklist.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListedView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) required: bool,
    pub(crate) asked: bool,
    pub(crate) attached: bool,
    pub(crate) files: Vec<FileView>,
    pub(crate) answer: String,
    pub(crate) error: String,
}

/// A ground of the catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroundView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

#[derive(Template)]
#[template(path = "check.html")]
pub(crate) struct Check<'p> {
    pub(crate) w: &'p Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) condition: String,
    pub(crate) condition_text: String,
    pub(crate) documents: Vec<ListedView>,
    pub(crate) decision: String,
    pub(crate) decision_error: String,
    pub(crate) grounds: Vec<GroundView>,
    pub(crate) ground_error: String,
    pub(crate) comment: String,
    pub(crate) has_errors: bool,
}

/// A refusal of a signing.
#[derive(Clone, Debug, Default)]
pub(crate) struct RefusalView {
    pub(crate) label: String,
    pub(crate) cause: String,
    pub(crate) why: String,
}

#[derive(Template)]
#[template(path = "result.html")]
pub(crate) struct ResultPage<'p> {
    pub(crate) w: &'p Words,
    pub(crate) csrf: String,
    pub(crate) head: Head,
    pub(crate) signed: bool,
    pub(crate) outcome: &'static str,
    pub(crate) outcome_text: String,
    pub(crate) title: String,
    pub(crate) issuer: String,
    pub(crate) content: Vec<Pair>,
    pub(crate) grounds: String,
    pub(crate) grounds_label: String,
    pub(crate) applicant: String,
    pub(crate) officer: String,
    pub(crate) issued: String,
    pub(crate) result_id: String,
    pub(crate) xml: String,
    pub(crate) next: &'static str,
    pub(crate) sends: bool,
    pub(crate) revisable: bool,
    pub(crate) refusal: Option<RefusalView>,
    pub(crate) key_fields: Vec<String>,
}

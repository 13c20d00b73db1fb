//! Parts that several pages draw alike.

use askama::Template;
use qaqpa_model::RequestStatus;

use crate::texts::Words;

/// One step of the way of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The element of the regulation: `process-5`.
    pub element: String,
    /// Whether it is a question (a condition) or work (a process).
    pub is_condition: bool,
    /// How the element is called: "Process 5".
    pub name: String,
    /// What happens in it.
    pub title: String,
    /// Where it stands.
    pub state: StepState,
    /// What was said: "yes", "no".
    pub answer: String,
    /// The label of a refusal.
    pub label: String,
    /// When, as it is shown.
    pub at: String,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// Still to come.
    #[default]
    Ahead,
    /// Done.
    Done,
    /// Going on.
    Here,
    /// The way ended here.
    Refused,
}

impl StepState {
    /// The class in the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Done => "done",
            Self::Here => "here",
            Self::Refused => "refused",
        }
    }
}

/// The way of a request, as HTML, for a template to show with `|safe`.
#[must_use]
pub fn stepper(words: &Words, steps: &[Step]) -> String {
    let stepper = Stepper { w: words, steps };
    // Rendering into a string cannot fail but for a template's own errors, of which it has none.
    stepper.render().unwrap_or_default()
}

/// The badge of a request's status, as HTML.
#[must_use]
pub fn status_badge(words: &Words, status: RequestStatus) -> String {
    let text = words.t(&format!("request-status-{status}"));
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(r#"<span class="status {status}">{text}</span>"#)
}

#[derive(Template)]
#[template(path = "stepper.html")]
struct Stepper<'p> {
    w: &'p Words,
    steps: &'p [Step],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;
    use qaqpa_model::Lang;

    #[test]
    fn every_status_has_a_badge_in_every_language() {
        let texts = Texts::new(&[]).unwrap();
        for lang in Lang::ALL {
            for status in RequestStatus::ALL {
                let badge = status_badge(texts.words(lang), status);
                assert!(!badge.contains('['), "{badge}");
                assert!(badge.contains(&format!("class=\"status {status}\"")));
            }
        }
    }

    #[test]
    fn a_step_shows_its_element_answer_and_label() {
        let texts = Texts::new(&[]).unwrap();
        let html = stepper(
            texts.words(Lang::En),
            &[Step {
                element: "condition-2".to_owned(),
                is_condition: true,
                name: "Condition 2".to_owned(),
                title: "The certificate".to_owned(),
                state: StepState::Refused,
                answer: "no".to_owned(),
                label: "certificate-revoked".to_owned(),
                at: "2026-11-22".to_owned(),
            }],
        );
        assert!(html.contains(r#"class="step condition refused""#), "{html}");
        assert!(
            html.contains(r#"data-element="condition-2""#) && html.contains("certificate-revoked")
        );
    }
}

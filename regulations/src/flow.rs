//! A flow: elements joined by branches, and the chain of actions of the provider's staff.

use qaqpa_model::{Actor, ElementId, RefusalLabel, RequestStatus};

use crate::mark::Mark;
use crate::period::Period;
use crate::text::Text;
use crate::vocabulary::{Channel, Deed, ElementKind, Meaning, Outcome, Performer, Role};

/// The flow of one service through one channel.
///
/// The lint has seen that every element is reached, every condition has both branches, and every
/// way leads to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The way in which the applicant comes.
    pub channel: Channel,
    /// Of a service with several flows through one channel: which of them this is.
    pub variant: Option<Variant>,
    /// The pattern's id: `P1`.
    pub pattern: String,
    /// What may come before the first numbered element.
    pub preliminaries: Vec<Preliminary>,
    /// The elements in the order of the act; the first one is the start.
    pub elements: Vec<Element>,
    /// The element at which the staff's first action begins.
    pub actions_open_at: ElementId,
    /// The actions of the provider's staff, in their order; may be empty.
    pub actions: Vec<ActionDef>,
    /// Numbers of the act's table under which it prints nothing: the walker passes over them.
    pub empty_actions: Vec<EmptyAction>,
    /// Whether the simulator's actors play this flow; what they do not play is in the catalogue only.
    pub played: bool,
    /// Where the act names this channel.
    pub mark: Mark,
}

/// One of several flows of a service through one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Unique among the service's flows through this channel: `consultation`.
    pub id: String,
    /// Its name.
    pub title: Text,
}

/// A column of the act's table of actions that is empty as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyAction {
    /// `action-10`.
    pub id: ElementId,
    /// The unit or system that the column names all the same.
    pub unit: String,
    /// Where it is printed.
    pub mark: Mark,
}

/// A step before the numbered ones, for those who need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preliminary {
    /// What it means to the code.
    pub meaning: Meaning,
    /// Its short name.
    pub title: Text,
    /// Where it comes from.
    pub mark: Mark,
}

/// A process or condition of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// `process-5`, `condition-2` where the act numbers them so; `step-1`, `check-2` elsewhere.
    pub id: ElementId,
    /// Whether it is carried out (a process) or asked (a condition).
    pub kind: ElementKind,
    /// Whether the number is the act's.
    pub numbering: Numbering,
    /// The number; the last part of the id.
    pub number: u32,
    /// What it means to the code.
    pub meaning: Meaning,
    /// The actor of the simulator that carries it out and records it.
    pub actor: Actor,
    /// Who performs it in the words of the law.
    pub performer: Performer,
    /// Where it leads to.
    pub branch: Branch,
    /// Of a condition: the separate causes of a "no".
    pub causes: Vec<Cause>,
    /// Of a condition: later elements at which it may be asked again and answered "no".
    pub asked_again_at: Vec<ElementId>,
    /// The action of the staff in which it is asked: never before that action has begun, and the
    /// action does not end without the answer.
    pub during: Option<ElementId>,
    /// Of a process that refuses: whether the staff's actions go on to their end first, because the
    /// refusal is prepared and signed as a result is.
    pub after_actions: bool,
    /// The time that it may take, where the act prints one.
    pub deadline: Option<Period>,
    /// A short name.
    pub title: Text,
    /// What happens, in a sentence.
    pub text: Text,
    /// Where it comes from.
    pub mark: Mark,
}

/// Whose number an element carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// The act prints it as "process N" or "condition N".
    Act,
    /// The simulator's own: the act does not number it, or does not print it.
    Own,
}

/// Where an element leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Branch {
    /// A process that ends the flow.
    End(End),
    /// A process and the element after it.
    Next(ElementId),
    /// A condition and its two ways.
    Question {
        /// The element after "yes".
        yes: ElementId,
        /// The element after "no".
        no: ElementId,
    },
}

/// How a flow ends (the third way, waiting, is a state and not an end).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The result is delivered.
    Delivered,
    /// The service, or the way to it, is refused, with an element and a reason.
    Refused,
}

impl End {
    /// The name in files: `delivered`, `refused`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
        }
    }
}

/// One of the separate causes of a condition's "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Unique in its condition; the label's text unless one label has two causes.
    pub id: String,
    /// The label that the refusal carries.
    pub label: RefusalLabel,
    /// The cause in words.
    pub title: Text,
    /// Where it comes from.
    pub mark: Mark,
}

/// An action (іс-қимыл / действие) of the provider's staff: a task for a unit, with a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionDef {
    /// `action-1`.
    pub id: ElementId,
    /// The unit's id in the act.
    pub unit: String,
    /// The unit's name.
    pub unit_title: Text,
    /// The role of the member who acts.
    pub role: Role,
    /// What is done; one action may hold several deeds.
    pub does: Vec<Deed>,
    /// The time that it may take.
    pub deadline: Period,
    /// The time that it takes at least, where the act prints a range.
    pub deadline_min: Option<Period>,
    /// The form in which it is completed (аяқталу нысаны / форма завершения), where the act prints one.
    pub completion: Option<Text>,
    /// The number of the next action as printed, where it is not the number after this one's.
    pub next_printed: Option<u32>,
    /// The status that people are told with it, where the act prints one.
    pub tells: Option<RequestStatus>,
    /// A short name.
    pub title: Text,
    /// Where it comes from.
    pub mark: Mark,
}

/// What follows an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'f> {
    /// The flow goes on with this element.
    Element(&'f Element),
    /// The flow has ended.
    End(End),
}

impl Element {
    /// Whether an outcome of this kind can come of this element.
    #[must_use]
    pub const fn takes(&self, outcome: Outcome) -> bool {
        matches!(
            (&self.branch, outcome),
            (Branch::End(_) | Branch::Next(_), Outcome::Done)
                | (Branch::Question { .. }, Outcome::Yes | Outcome::No)
        )
    }

    /// What it is called: `process`, `condition`; `step`, `check` where the number is not the act's.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (self.numbering, self.kind) {
            (Numbering::Act, ElementKind::Process) => "process",
            (Numbering::Act, ElementKind::Condition) => "condition",
            (Numbering::Own, ElementKind::Process) => "step",
            (Numbering::Own, ElementKind::Condition) => "check",
        }
    }

    /// The name for people: `process 5`, `condition 2`.
    #[must_use]
    pub fn spoken(&self) -> String {
        format!("{} {}", self.word(), self.number)
    }
}

impl ActionDef {
    /// The name for people: `action 1`.
    #[must_use]
    pub fn spoken(&self) -> String {
        self.id.as_str().replace('-', " ")
    }

    /// Whether the action holds that deed.
    #[must_use]
    pub fn has(&self, deed: Deed) -> bool {
        self.does.contains(&deed)
    }
}

impl Flow {
    /// The element where every applicant begins.
    #[must_use]
    pub fn start(&self) -> Option<&Element> {
        self.elements.first()
    }

    /// The element of that id.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Option<&Element> {
        self.elements.iter().find(|element| element.id == *id)
    }

    /// The element of that meaning; the lint allows one of each in a flow.
    #[must_use]
    pub fn element_for(&self, meaning: Meaning) -> Option<&Element> {
        self.elements
            .iter()
            .find(|element| element.meaning == meaning)
    }

    /// What follows that outcome of that element; `None` if it cannot come of it.
    #[must_use]
    pub fn next(&self, id: &ElementId, outcome: Outcome) -> Option<Next<'_>> {
        let element = self.element(id)?;
        let after = match (&element.branch, outcome) {
            (Branch::End(end), Outcome::Done) => return Some(Next::End(*end)),
            (Branch::Next(after), Outcome::Done) => after,
            (Branch::Question { yes, .. }, Outcome::Yes) => yes,
            (Branch::Question { no, .. }, Outcome::No) => no,
            _ => return None,
        };
        self.element(after).map(Next::Element)
    }

    /// The action of that id.
    #[must_use]
    pub fn action(&self, id: &ElementId) -> Option<&ActionDef> {
        self.actions.iter().find(|action| action.id == *id)
    }

    /// The first action of the staff, which begins when the flow reaches
    /// [`actions_open_at`](Self::actions_open_at).
    #[must_use]
    pub fn first_action(&self) -> Option<&ActionDef> {
        self.actions.first()
    }

    /// The actions that end before that condition is asked: those before the one during which it is asked.
    #[must_use]
    pub fn actions_before(&self, condition: &Element) -> &[ActionDef] {
        let during = condition.during.as_ref();
        let place = during.and_then(|id| self.actions.iter().position(|action| action.id == *id));
        let before = place.and_then(|place| self.actions.get(..place));
        before.unwrap_or_default()
    }

    /// The action after that one.
    #[must_use]
    pub fn action_after(&self, id: &ElementId) -> Option<&ActionDef> {
        let place = self.actions.iter().position(|action| action.id == *id)?;
        self.actions.get(place + 1)
    }
}

//! One card, opened by a member of the staff of its unit.

use qaqpa_channel::SystemsError;
use qaqpa_model::Moment;
use qaqpa_regulations::ActionDef;
use qaqpa_store::{Card, CardState, StoreError, Task, TaskState};
use qaqpa_verdict::{Subject, Verdict};
use qaqpa_web::Problem;
use qaqpa_wire::Application;
use qaqpa_xml::Document;

use crate::progress::{Progress, Ruling};
use crate::staff::Member;
use crate::work::Work;
use crate::workplace::{Offer, Workplace};

/// A card with everything that its pages show.
#[derive(Debug)]
pub(crate) struct Case<'w> {
    pub(crate) card: Card,
    pub(crate) tasks: Vec<Task>,
    pub(crate) offer: Offer<'w>,
    pub(crate) work: Work,
    /// What the applicant signed; read from the covered part alone, each time anew.
    pub(crate) application: Application,
    /// The verdict as it was made when the application arrived.
    pub(crate) verdict: Verdict,
    pub(crate) now: Moment,
    member: Member,
}

/// The open task, and what its holder does next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'c> {
    pub(crate) task: &'c Task,
    pub(crate) action: &'c ActionDef,
    pub(crate) next: NextPage,
}

/// The page that a task goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextPage {
    /// The checklist and the decision.
    Check,
    /// The end of an action that does not sign.
    Complete,
    /// The result and its signature.
    Result,
}

impl NextPage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Complete => "complete",
            Self::Result => "result",
        }
    }
}

impl<'w> Case<'w> {
    /// Opens a card of the member's unit. A card of another unit is not there.
    pub(crate) async fn open(
        workplace: &'w Workplace,
        id: &str,
        member: &Member,
    ) -> Result<Self, Problem> {
        let cards = workplace.store.cards();
        let card = cards.by_id(id).await.map_err(fault)?;
        let card = card.ok_or_else(Problem::not_found)?;
        let tasks = cards.tasks(id).await.map_err(fault)?;
        if !tasks.iter().any(|task| task.unit == member.unit) {
            return Err(Problem::not_found());
        }
        let offer = workplace
            .offer(&card.service, &card.channel)
            .ok_or_else(|| Problem::fault("the catalogue has lost the card's service"))?;
        let document = cards.document(id).await.map_err(fault)?;
        let document = document.ok_or_else(|| Problem::fault("the card has no document"))?;
        let verdict = cards.verdict(id).await.map_err(fault)?;
        let verdict = verdict.ok_or_else(|| Problem::fault("the card has no verdict"))?;
        let verdict = Verdict::from_json(&verdict).map_err(Problem::fault)?;
        let application = read(workplace, &document, &verdict)
            .await
            .map_err(Problem::fault)?;
        Ok(Self {
            work: Work::of(&card.work_json).map_err(Problem::fault)?,
            now: workplace.clock.now(),
            member: member.clone(),
            card,
            tasks,
            offer,
            application,
            verdict,
        })
    }

    /// The open task of the card.
    pub(crate) fn open_task(&self) -> Option<&Task> {
        self.tasks
            .iter()
            .find(|task| task.state == TaskState::Open)
            .filter(|_| self.card.state == CardState::Open)
    }

    /// The open task with its action and what is next in it.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        let task = self.open_task()?;
        let action = self.offer.chain.find(&task.action)?;
        let chain = &self.offer.chain;
        let undecided = self.work.ruling(self.offer.service).is_none();
        let next = if chain.decides(action) && undecided {
            NextPage::Check
        } else if chain.signs(action) {
            NextPage::Result
        } else {
            NextPage::Complete
        };
        Some(Turn { task, action, next })
    }

    /// Whether the member is of the unit and the role of the open task, and nobody else has taken it.
    pub(crate) fn may_act(&self) -> bool {
        self.open_task().is_some_and(|task| {
            self.member.is_of(&task.unit, &task.role)
                && task.assignee.is_none_or(|by| by == self.member.account.id)
        })
    }

    /// The turn, where it is the member's.
    ///
    /// # Errors
    /// A problem: the card is decided, the task is for somebody else, or somebody has taken it.
    pub(crate) fn my_turn(&self) -> Result<Turn<'_>, Problem> {
        let conflict = |label| Err(Problem::new(http::StatusCode::CONFLICT, label));
        let Some(turn) = self.turn() else {
            return conflict("card-decided");
        };
        if !self.member.is_of(&turn.task.unit, &turn.task.role) {
            return Err(Problem::new(http::StatusCode::FORBIDDEN, "task-of-others"));
        }
        if !self.may_act() {
            return conflict("task-taken");
        }
        Ok(turn)
    }

    /// What was decided; `None` where nothing is.
    pub(crate) fn ruling(&self) -> Option<Ruling> {
        self.work.ruling(self.offer.service)
    }

    /// What the end of this action brings.
    ///
    /// # Errors
    /// A problem: the decision is missing; an own fault where the walker does not allow it.
    pub(crate) fn end(&self, action: &ActionDef) -> Result<crate::progress::Advance, Problem> {
        let ruling = self.ruling();
        if ruling.is_none() && !self.offer.chain.is_before_the_decision(action) {
            return Err(Problem::new(http::StatusCode::CONFLICT, "not-decided"));
        }
        let done: Vec<ActionDef> = self
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Done)
            .filter_map(|task| self.offer.chain.find(&task.action).cloned())
            .collect();
        let progress = Progress {
            flow: self.offer.flow,
            chain: &self.offer.chain,
            ruling,
            done: &done,
        };
        progress.end(action).map_err(Problem::fault)
    }

    /// The member who opened it.
    pub(crate) const fn member(&self) -> &Member {
        &self.member
    }

    /// Whether the deadline of an open task is over.
    pub(crate) fn is_overdue(&self, task: &Task) -> bool {
        task.state == TaskState::Open && task.deadline < self.now
    }
}

/// Reads the application from what its signature covers: the judgement is made again from the
/// evidence that was kept with the verdict, so that nothing is asked of anybody.
///
/// # Errors
/// Why it cannot be proven again: a fault of our own, or of the disk.
pub(crate) async fn read(
    workplace: &Workplace,
    bytes: &[u8],
    verdict: &Verdict,
) -> Result<Application, String> {
    let document =
        Document::parse(bytes, &workplace.xml_limits()).map_err(|error| error.to_string())?;
    let examiner = workplace
        .examiner()
        .await
        .map_err(|error: SystemsError| error.to_string())?;
    let (again, proven) =
        examiner.replay(Subject::Document(&document), verdict.at, &verdict.dossier);
    let proven = proven.ok_or_else(|| {
        format!(
            "the stored application cannot be proven again: {}",
            again.why()
        )
    })?;
    Application::read(&proven.covered, &workplace.limits).map_err(|error| error.to_string())
}

fn fault(error: StoreError) -> Problem {
    Problem::fault(error)
}

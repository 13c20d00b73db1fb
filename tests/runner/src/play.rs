//! Plays one scenario against a running simulator, and holds what it saw against what was expected.

use std::time::{Duration, Instant};

use qaqpa_model::{Actor, MessageId, RefusalLabel};
use qaqpa_regulations::{Flow, Meaning, Service};

use crate::act::{Citizen, Officer, SeenRefusal, Went, send};
use crate::chain;
use crate::error::RunError;
use crate::path::{join, spoken};
use crate::result_document::{Checked, check};
use crate::scenario::{ExpectedEnd, Fault, Mischief, Scenario, Source, Step};
use crate::stand::{Recorded, Stand};

/// How long the actors may take to record what they did.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often they are asked meanwhile.
const GLANCE: Duration = Duration::from_millis(100);

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Played {
    /// The scenario.
    pub scenario: Scenario,
    /// What was seen.
    pub seen: Seen,
    /// Every difference from what was expected; empty if all went as the scenario says.
    pub differences: Vec<String>,
    /// The signed document out of the cabinet, if the story ended with one: a grant or a reasoned refusal.
    pub document: Option<Vec<u8>>,
    /// How long it took.
    pub took: Duration,
}

/// What was seen of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The id of the application's message.
    pub message: Option<MessageId>,
    /// The steps of all actors, joined into one path.
    pub path: Vec<Recorded>,
    /// The elements of the path; with those of a refused login, which no message carries.
    pub elements: Vec<String>,
    /// The label of the refusal, if there was one.
    pub label: Option<RefusalLabel>,
    /// How the story stands.
    pub end: Option<ExpectedEnd>,
}

impl Played {
    /// Whether all went as the scenario says.
    #[must_use]
    pub const fn ok(&self) -> bool {
        self.differences.is_empty()
    }

    /// The path taken: `process 1 → condition 1 → …`.
    #[must_use]
    pub fn path(&self) -> String {
        spoken(&self.seen.elements)
    }
}

/// The story while it is told.
struct Story<'s> {
    stand: &'s Stand,
    scenario: &'s Scenario,
    service: &'s Service,
    flow: &'s Flow,
    citizen: Citizen<'s>,
    /// Who is logged in as the citizen.
    who: String,
    /// The message of an information system.
    sent: Option<MessageId>,
    refusal: Option<SeenRefusal>,
    /// Elements of a login that was refused before there was a message.
    login: Vec<String>,
    document: Option<Checked>,
    /// What the stage must get back when the story is over.
    forgotten: Vec<String>,
    /// The rules of deliberate faults that this story switched on.
    mischief: Vec<(Actor, String)>,
    /// The certificates that this story suspended.
    suspended: Vec<String>,
}

/// Plays a scenario. What goes wrong is among the differences: playing itself cannot fail.
pub async fn play(stand: &Stand, scenario: &Scenario) -> Played {
    let begun = Instant::now();
    let found = stand.catalogue().service(&scenario.service);
    let flow = found.and_then(|service| service.flow(scenario.channel));
    let (Some(service), Some(flow)) = (found, flow) else {
        let what = format!(
            "the catalogue has no {} · {}",
            scenario.service, scenario.channel
        );
        return Played {
            scenario: scenario.clone(),
            seen: Seen::default(),
            differences: vec![what],
            document: None,
            took: begun.elapsed(),
        };
    };
    let mut story = Story {
        stand,
        scenario,
        service,
        flow,
        citizen: Citizen::new(stand),
        who: String::new(),
        sent: None,
        refusal: None,
        login: Vec::new(),
        document: None,
        forgotten: Vec::new(),
        mischief: Vec::new(),
        suspended: Vec::new(),
    };
    let told = story.tell().await;
    let cleared = story.clear().await;
    let mut differences = Vec::new();
    differences.extend(told.err());
    differences.extend(
        cleared
            .err()
            .map(|error| format!("the stage could not be cleared: {error}")),
    );
    let seen = match story.observe().await {
        Ok(seen) => seen,
        Err(error) => {
            differences.push(format!("what happened could not be observed: {error}"));
            Seen::default()
        }
    };
    story.compare(&seen, &mut differences);
    Played {
        scenario: scenario.clone(),
        seen,
        differences,
        document: story.document.map(|document| document.bytes),
        took: begun.elapsed(),
    }
}

impl Story<'_> {
    /// Carries out the steps until one is refused.
    async fn tell(&mut self) -> Result<(), String> {
        let steps = &self.scenario.steps;
        for (number, step) in (1..).zip(steps) {
            let went = self
                .step(step)
                .await
                .map_err(|error| format!("step {number}: {error}"))?;
            let Went::Refused(refusal) = went else {
                continue;
            };
            if matches!(steps.get(number), Some(Step::Learn {})) {
                // A machine has answered before the citizen looks: the next step learns of it.
                continue;
            }
            let label = refusal.label.clone();
            self.refusal = Some(refusal);
            if number < steps.len() {
                return Err(format!(
                    "step {number} was refused ({label}), and {} steps were still to come",
                    steps.len() - number
                ));
            }
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<Went, RunError> {
        match step {
            Step::Forget { who } => {
                self.forgotten.push(who.clone());
                self.stand.set_living(who, false).await?;
                Ok(Went::On)
            }
            Step::Silence { sources } => {
                for source in sources {
                    self.switch_on(&silence(*source)).await?;
                }
                Ok(Went::On)
            }
            Step::Mischief(rule) => {
                self.switch_on(rule).await?;
                Ok(Went::On)
            }
            Step::Amend { id } => {
                self.amend(id.as_deref()).await?;
                Ok(Went::On)
            }
            Step::Suspend { certificate } => {
                self.stand.suspend(certificate).await?;
                self.suspended.push(certificate.clone());
                Ok(Went::On)
            }
            Step::Advance { by } => {
                self.stand.advance(by.0).await?;
                Ok(Went::On)
            }
            Step::Overdue { who, action, is } => {
                let message = self.message()?;
                let who = self.acting(who.as_deref(), Some(action))?;
                let found = Officer::new(self.stand).overdue(who, &message).await?;
                if found.as_deref() == is.then_some(action.as_str()) {
                    return Ok(Went::On);
                }
                let shown = found.map_or_else(
                    || "not shown as overdue".to_owned(),
                    |found| format!("shown as overdue in {found}"),
                );
                let wanted = if *is { "overdue" } else { "in time" };
                Err(RunError::Scenario(format!(
                    "{action} is to be {wanted}; the application is {shown}"
                )))
            }
            Step::LogIn { who, password } => {
                self.who.clone_from(who);
                let (service, password) = (&self.scenario.service, password.as_deref());
                let went = self.citizen.log_in(who, password, service).await?;
                if let Went::Refused(refusal) = &went {
                    self.login = self.refused_login(refusal);
                }
                Ok(went)
            }
            Step::Prepare { fields, disagree } => {
                let (service, citizen) = (self.service, &mut self.citizen);
                citizen.prepare(service, fields, *disagree).await
            }
            Step::Choose { key_of } => self.citizen.choose(key_of).await,
            Step::Sign { key_of } => self.citizen.sign(key_of).await,
            Step::Upload { key_of, spoil } => self.citizen.upload(key_of, *spoil).await,
            Step::Decide { who, ground } => self.decide(who.as_deref(), ground.as_deref()).await,
            Step::Act { who, action } => {
                let message = self.message()?;
                let who = self.acting(who.as_deref(), action.as_deref())?;
                Officer::new(self.stand).act(who, &message).await?;
                Ok(Went::On)
            }
            Step::Learn {} => {
                let went = self.citizen.decided().await?;
                if went != Went::On {
                    self.receive(false).await?;
                }
                Ok(went)
            }
            Step::Receive {} => {
                self.citizen.decided().await?;
                self.receive(true).await?;
                Ok(Went::On)
            }
            Step::Send {
                sender,
                who,
                key_of,
                spoil,
            } => {
                let (message, went) =
                    send(self.stand, self.scenario, sender, who, key_of, *spoil).await?;
                self.sent = Some(message);
                Ok(went)
            }
        }
    }

    /// Who does an action: the one who is named, or the ready-made member of its unit and role.
    fn acting<'w>(
        &'w self,
        who: Option<&'w str>,
        action: Option<&str>,
    ) -> Result<&'w str, RunError> {
        if let Some(who) = who {
            return Ok(who);
        }
        let found = action.and_then(|id| {
            let mut actions = self.flow.actions.iter();
            actions.find(|action| action.id.as_str() == id)
        });
        let action = found.ok_or_else(|| {
            let what = "a step `act` names who acts, or an action of the flow".to_owned();
            RunError::Scenario(what)
        })?;
        self.stand.member_of(&action.unit, action.role)
    }

    async fn decide(&mut self, who: Option<&str>, ground: Option<&str>) -> Result<Went, RunError> {
        let who = match who {
            Some(who) => who.to_owned(),
            None => {
                let (unit, role) = chain::who_decides(self.service, self.flow);
                self.stand.member_of(unit, role)?.to_owned()
            }
        };
        let ground = match ground {
            None => None,
            Some(id) => Some(self.service.ground(id).ok_or_else(|| {
                RunError::Scenario(format!("{} has no ground {id:?}", self.service.id))
            })?),
        };
        let message = self.message()?;
        Officer::new(self.stand)
            .decide(&who, &message, self.service, ground)
            .await?;
        // In a chain of actions others have to act before anything is decided for the citizen; a refusal needs only a
        // signature.
        let rest = match ground {
            None => chain::after_the_decision(self.flow),
            Some(_) => chain::after_a_refusal(self.flow),
        };
        if !rest.is_empty() || self.citizen.application().is_none() {
            return Ok(Went::On);
        }
        let went = self.citizen.decided().await?;
        if went != Went::On {
            // A reasoned refusal is a document too, signed as a grant is.
            self.receive(false).await?;
        }
        Ok(went)
    }

    /// The citizen opens the result in the cabinet; it must say what was decided.
    async fn receive(&mut self, granted: bool) -> Result<(), RunError> {
        let document = self.citizen.document().await?;
        let message = self.message()?;
        let checked = check(self.stand, self.scenario, &self.who, &message, document).await?;
        if checked.granted != granted {
            let (seen, wanted) = if granted {
                ("refuses", "grants")
            } else {
                ("grants", "refuses")
            };
            let what =
                format!("the cabinet's document {seen} the service, the officer {wanted} it");
            return Err(RunError::Signing(what));
        }
        self.document = Some(checked);
        Ok(())
    }

    fn message(&self) -> Result<MessageId, RunError> {
        self.message_of_story()
            .ok_or_else(|| RunError::Scenario("nothing was sent yet".to_owned()))
    }

    fn message_of_story(&self) -> Option<MessageId> {
        let application = self
            .citizen
            .application()
            .map(|application| application.message.clone());
        self.sent.clone().or(application)
    }

    /// A refused login belongs to no message: what we did ourselves, and what the page says.
    fn refused_login(&self, refusal: &SeenRefusal) -> Vec<String> {
        let entered = self.flow.element_for(Meaning::Authenticate);
        let entered = entered.map(|element| element.id.to_string());
        entered
            .into_iter()
            .chain([refusal.condition.clone(), refusal.element.clone()])
            .collect()
    }

    /// Gives the stage back as it was.
    async fn clear(&mut self) -> Result<(), RunError> {
        for who in std::mem::take(&mut self.forgotten) {
            self.stand.set_living(&who, true).await?;
        }
        for certificate in std::mem::take(&mut self.suspended) {
            self.stand.resume(&certificate).await?;
        }
        self.amend(None).await
    }

    async fn switch_on(&mut self, rule: &Mischief) -> Result<(), RunError> {
        let id = self.stand.switch_mischief_on(rule).await?;
        self.mischief.push((rule.actor.actor(), id));
        Ok(())
    }

    /// Ends one rule of this story, or all of them.
    async fn amend(&mut self, id: Option<&str>) -> Result<(), RunError> {
        let meant = |(_, rule): &mut (Actor, String)| id.is_none_or(|id| rule == id);
        let ending: Vec<_> = self.mischief.extract_if(.., meant).collect();
        if let Some(id) = id
            && ending.is_empty()
        {
            let what = format!("no rule {id:?} of this story is on");
            return Err(RunError::Scenario(what));
        }
        self.stand.switch_mischief_off(&ending).await
    }

    /// Waits until the actors have recorded as much as is expected, and says what they recorded.
    async fn observe(&self) -> Result<Seen, RunError> {
        let label = self.refusal.as_ref().and_then(SeenRefusal::label);
        let mut seen = Seen {
            message: self.message_of_story(),
            path: Vec::new(),
            elements: self.login.clone(),
            label,
            end: Some(ExpectedEnd::Waiting),
        };
        if let Some(message) = seen.message.clone() {
            let mut glances = PATIENCE.as_millis() / GLANCE.as_millis();
            loop {
                glances -= 1;
                // An actor that is being started again says later what it recorded.
                match self.stand.trace(&message).await {
                    Ok(traces) => seen.path = join(self.flow, traces),
                    Err(error) if glances == 0 => return Err(error),
                    Err(_) => {
                        tokio::time::sleep(GLANCE).await;
                        continue;
                    }
                }
                if seen.path.len() >= self.scenario.expect.path.len() || glances == 0 {
                    break;
                }
                tokio::time::sleep(GLANCE).await;
            }
            seen.elements
                .extend(seen.path.iter().map(|step| step.element.clone()));
        }
        if self.refusal.is_some() {
            seen.end = Some(ExpectedEnd::Refused);
        } else if self
            .document
            .as_ref()
            .is_some_and(|document| document.granted)
        {
            seen.end = Some(ExpectedEnd::Delivered);
        }
        Ok(seen)
    }

    fn compare(&self, seen: &Seen, differences: &mut Vec<String>) {
        let expected = &self.scenario.expect;
        if seen.elements != expected.path {
            let (wanted, found) = (spoken(&expected.path), spoken(&seen.elements));
            differences.push(format!("expected the path «{wanted}», saw «{found}»"));
        }
        if seen.label != expected.label {
            let name = |label: Option<RefusalLabel>| {
                label.map_or_else(|| "no refusal".to_owned(), |label| label.to_string())
            };
            let (wanted, found) = (name(expected.label), name(seen.label));
            differences.push(format!("expected {wanted}, saw {found}"));
        }
        if seen.end != Some(expected.end) {
            let found = seen.end.map_or("nothing", ExpectedEnd::as_str);
            differences.push(format!(
                "expected the end {}, saw {found}",
                expected.end.as_str()
            ));
        }
        self.compare_refusal(seen, differences);
    }

    /// The page and the records must tell the same refusal.
    fn compare_refusal(&self, seen: &Seen, differences: &mut Vec<String>) {
        let Some(refusal) = &self.refusal else { return };
        let Some(said_no) = seen.path.iter().rev().find(|step| step.outcome == "no") else {
            return;
        };
        if said_no.label != refusal.label() {
            let recorded = said_no.label.map_or("nothing", RefusalLabel::as_str);
            differences.push(format!(
                "the page says {}, the record {recorded}",
                refusal.label
            ));
        }
        if !refusal.condition.is_empty() && said_no.element != refusal.condition {
            differences.push(format!(
                "the page names {}, the record {}",
                refusal.condition, said_no.element
            ));
        }
        let last = seen.elements.last();
        if !refusal.element.is_empty() && last != Some(&refusal.element) {
            let last = last.map_or("nothing", String::as_str);
            differences.push(format!(
                "the page names {}, the record ends in {last}",
                refusal.element
            ));
        }
    }
}

/// A source that answers nobody.
fn silence(source: Source) -> Mischief {
    Mischief {
        faults: vec![Fault::Name("http-status".to_owned())],
        service: Some(source.as_str().to_owned()),
        ..Mischief::default()
    }
}

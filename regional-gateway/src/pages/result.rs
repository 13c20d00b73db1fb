//! The result: its preview, its signature, its way out.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_channel::envelope::bounds;
use qaqpa_model::{MessageId, Moment, RequestStatus};
use qaqpa_regulations::ActionDef;
use qaqpa_store::{Decided, Decision as Deed, OutboxEntry, OutboxState, OutgoingMessage};
use qaqpa_transport::watch::{Span, TraceContext};
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Field, Flash, Multipart, Problem, Signed, Words};
use qaqpa_wire::{Outcome, ResultDocument};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_enveloped;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::card::{claim, delivery, head};
use super::check::note;
use super::member;
use crate::case::{Case, NextPage};
use crate::progress::{Advance, Ruling};
use crate::reply::{labelled, page, page_with, xml as xml_answer};
use crate::routes::{self, KEY_FILE, KEY_PASSWORD, of};
use crate::show;
use crate::staff::Staff;
use crate::steps::issue_document::{self, Basis, NotSigned, compose, message};
use crate::steps::register::task;
use crate::steps::tell_status::{About, tell_status};
use crate::trace;
use crate::views::{self, Pair, RefusalView};
use crate::work::Issued;
use crate::workplace::Workplace;

pub(super) async fn show(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let delivery = delivery(&workplace, &case).await?.state;
    let body = match workplace
        .store
        .cards()
        .result(&id)
        .await
        .map_err(Problem::fault)?
    {
        Some(bytes) => {
            let (document, officer) = read_signed(&workplace, &bytes)?;
            let shown = Shown {
                document: &document,
                officer,
                bytes: Some(&bytes),
                delivery,
            };
            body(&signed, &case, shown, None)
        }
        None if case.ruling().is_none() => {
            return Ok(Redirect::to(&of(routes::CARD, &id)).into_response());
        }
        None => {
            let document = draft(&case, workplace.clock.now())?;
            body(&signed, &case, Shown::unsigned(&case, &document), None)
        }
    };
    Ok(page(
        &signed,
        signed.t("result-title"),
        &body,
        routes::CARDS,
    ))
}

/// The exact signed bytes.
pub(super) async fn xml(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let result = workplace.store.cards().result(&id).await;
    let result = result.map_err(Problem::fault)?;
    let name = format!("result-{}.xml", case.card.number);
    Ok(xml_answer(result.ok_or_else(Problem::not_found)?, &name))
}

/// Signs the result with an uploaded key, and ends the action.
pub(super) async fn sign(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
    posted: Multipart,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let turn = case.my_turn()?;
    match turn.next {
        NextPage::Check => return Ok(Redirect::to(&of(routes::CHECK, &id)).into_response()),
        NextPage::Complete => return Err(Problem::new(StatusCode::CONFLICT, "not-to-be-signed")),
        NextPage::Result => {}
    }
    claim(&workplace, &case).await?;
    let at = workplace.clock.now();
    let document = draft(&case, at)?;
    match signature(&workplace, &document, at, posted).await? {
        Ok(bytes) => finish(&workplace, &case, turn.action, Some(bytes), at).await,
        Err(not) => {
            let label = match &not {
                NotSigned::Again(..) => None,
                NotSigned::Refused(label, _) => Some(*label),
            };
            let shown = Shown::unsigned(&case, &document);
            let body = body(&signed, &case, shown, Some(&not));
            let response = page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed,
                signed.t("result-title"),
                &body,
                routes::CARDS,
            );
            Ok(match label {
                Some(label) => labelled(response, label),
                None => response,
            })
        }
    }
}

/// Ends an action in which nothing is signed.
pub(super) async fn complete(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let turn = case.my_turn()?;
    match turn.next {
        NextPage::Check => return Ok(Redirect::to(&of(routes::CHECK, &id)).into_response()),
        NextPage::Result => return Err(Problem::new(StatusCode::CONFLICT, "to-be-signed")),
        NextPage::Complete => {}
    }
    claim(&workplace, &case).await?;
    if case.ruling().is_none() {
        // The office's or the head's hand before the decision: the work has begun with the first of them.
        note(&workplace, &case, &case.work).await?;
    }
    finish(&workplace, &case, turn.action, None, workplace.clock.now()).await
}

/// The document as it would be signed now by this member.
fn draft(case: &Case<'_>, at: Moment) -> Result<ResultDocument, Problem> {
    let decision = case.work.decision.as_ref();
    let decision = decision.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "not-decided"))?;
    let basis = Basis {
        service: case.offer.service,
        message: &case.card.message_id,
        application: &case.application,
        unit: &case.offer.service.provider_title,
        registry: None,
    };
    Ok(compose(basis, decision, &case.member().account.iin, at))
}

/// The signed bytes; the key and its password end with this call.
async fn signature(
    workplace: &Workplace,
    document: &ResultDocument,
    at: Moment,
    mut posted: Multipart,
) -> Result<Result<Vec<u8>, NotSigned>, Problem> {
    let Some(file) = posted.take_file(KEY_FILE) else {
        return Ok(Err(NotSigned::Again(KEY_FILE, "sign-error-missing")));
    };
    let password = posted.secret(KEY_PASSWORD).unwrap_or_default();
    let (unsigned, limits) = (document.to_xml(), workplace.xml_limits());
    // Opening a key file derives its key slowly: not on the runtime's threads.
    let signing = tokio::task::spawn_blocking(move || {
        issue_document::sign(&unsigned, &file.bytes, &password, &limits)
    });
    let bytes = match signing.await.map_err(Problem::fault)? {
        Ok(bytes) => bytes,
        Err(not) => return Ok(Err(not)),
    };
    let examiner = workplace.examiner().await.map_err(Problem::fault)?;
    let examined = issue_document::examine(&examiner, bytes, document, at, &limits).await;
    Ok(examined.map(|signed| signed.bytes))
}

/// The trace in which the application was registered, where it was recorded.
async fn trace_of(workplace: &Workplace, application: &MessageId) -> Option<TraceContext> {
    let exchange = workplace.store.exchange();
    let accepted = exchange.message(application).await.ok()??;
    let facts: serde_json::Value = serde_json::from_str(&accepted.facts_json).ok()?;
    TraceContext::parse(facts["traceparent"].as_str()?)
}

/// Ends the action: task, next tasks, document, outgoing message, journal and steps in one transaction.
async fn finish(
    workplace: &Workplace,
    case: &Case<'_>,
    action: &ActionDef,
    signed: Option<Vec<u8>>,
    at: Moment,
) -> Result<Response, Problem> {
    let turn = case.my_turn()?;
    let advance = case.end(action)?;
    let mut work = case.work.clone();
    if signed.is_some() {
        work.result = Some(Issued {
            message_id: format!("{{{}}}", Uuid::new_v4()),
            by: case.member().account.id,
        });
    }
    let outbox = if advance.sends {
        let bytes = match &signed {
            Some(bytes) => bytes.clone(),
            None => stored(workplace, case).await?,
        };
        let id = work.result_message();
        let id = id.ok_or_else(|| Problem::fault("there is no signed result to send"))?;
        // The decision belongs to the trace of what it decides, whenever it is taken.
        let begun = trace_of(workplace, &case.card.message_id).await;
        let body = Span::internal("issue_document")
            .following(begun)
            .around(async { message(&id, &case.card.message_id, &case.card.service, bytes, at) });
        Some(OutgoingMessage {
            destination: qaqpa_model::Actor::Gateway.name().to_owned(),
            body: body.await,
            correlation: Some(case.card.message_id.clone()),
            message_id: id,
        })
    } else {
        None
    };
    let sent = outbox.as_ref().map(|message| message.message_id.clone());
    // Where the act prints with which action people are told that it is in work, they are told then.
    let in_work = RequestStatus::InWork;
    let outbox = if outbox.is_none() && case.offer.chain.tells_with(action, in_work) {
        let status = tell_status(workplace, About::of(case), in_work, at).await;
        Some(status.map_err(Problem::fault)?)
    } else {
        outbox
    };
    let calendar = workplace.catalogue.calendar();
    let deed = Deed {
        card: case.card.id.clone(),
        task: turn.task.id,
        by: case.member().account.id,
        at,
        state: advance.state,
        label: match case.ruling() {
            Some(Ruling::Refuse(label)) => Some(label),
            Some(Ruling::Grant) | None => None,
        },
        work_json: Some(work.to_json().map_err(Problem::fault)?),
        tasks: advance
            .next
            .iter()
            .map(|next| task(next, at, calendar))
            .collect(),
        document: signed,
        outbox,
        summary: json!({
            "action": action.id.as_str(),
            "service": case.card.service.to_string(),
            "result_message": sent.as_ref().map(MessageId::as_str),
        }),
        trace: trace::entries(&case.card.message_id, advance.steps.clone(), at),
    };
    match workplace
        .store
        .cards()
        .decide(deed)
        .await
        .map_err(Problem::fault)?
    {
        Decided::Done => {}
        Decided::Taken => return Err(Problem::new(StatusCode::CONFLICT, "task-taken")),
        Decided::Already | Decided::Missing => {
            return Err(Problem::new(StatusCode::CONFLICT, "card-decided"));
        }
    }
    if let Some(id) = sent {
        answer_or_first_failure(workplace, &id).await?;
    }
    let back = Redirect::to(&of(routes::CARD, &case.card.id));
    Ok((Flash::notice(flash(&advance)), back).into_response())
}

fn flash(advance: &Advance) -> &'static str {
    if advance.sends {
        "flash-sent"
    } else {
        "flash-done"
    }
}

async fn stored(workplace: &Workplace, case: &Case<'_>) -> Result<Vec<u8>, Problem> {
    let result = workplace.store.cards().result(&case.card.id).await;
    let result = result.map_err(Problem::fault)?;
    result.ok_or_else(|| Problem::fault("there is no signed result to send"))
}

/// Waits until the gateway has answered, or the first attempt has failed: then the page says so.
async fn answer_or_first_failure(workplace: &Workplace, id: &MessageId) -> Result<(), Problem> {
    let deadline = Instant::now() + workplace.config.answer_wait;
    while Instant::now() < deadline {
        let entry = workplace.store.exchange().outbox_of(id).await;
        match entry.map_err(Problem::fault)? {
            Some(entry) if entry.state == OutboxState::Pending && entry.why.is_none() => {}
            // A status goes first: where that has failed, this has to wait with it.
            Some(entry) if entry.state == OutboxState::Behind => {
                if has_failed_before(workplace, &entry).await? {
                    return Ok(());
                }
            }
            _ => return Ok(()),
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

/// Whether what this entry waits for behind has failed once.
async fn has_failed_before(workplace: &Workplace, entry: &OutboxEntry) -> Result<bool, Problem> {
    let Some(correlation) = &entry.correlation else {
        return Ok(false);
    };
    let exchange = workplace.store.exchange();
    let all = exchange
        .outbox_of_exchange(&entry.destination, correlation)
        .await
        .map_err(Problem::fault)?;
    let failed = |one: &OutboxEntry| one.state == OutboxState::Pending && one.why.is_some();
    Ok(all.iter().any(failed))
}

/// Reads a result of ours from what its signature covers.
///
/// It was examined before it was stored: here only its integrity is proven again.
fn read_signed(workplace: &Workplace, bytes: &[u8]) -> Result<(ResultDocument, String), Problem> {
    let document = Document::parse(bytes, &workplace.xml_limits()).map_err(Problem::fault)?;
    let found = find_enveloped(&document, &bounds(&workplace.limits)).map_err(Problem::fault)?;
    let leaf = found.certificates().first();
    let leaf = leaf.ok_or_else(|| Problem::fault("the result names no certificate"))?;
    let certificate = Certificate::from_der(leaf).map_err(Problem::fault)?;
    let covered = found
        .cover(certificate.spki_der())
        .map_err(Problem::fault)?;
    let officer = certificate.subject().common_name.clone();
    let document = ResultDocument::read(&covered).map_err(Problem::fault)?;
    Ok((document, officer.unwrap_or_default()))
}

/// A result, signed or as it would be signed now.
struct Shown<'d> {
    document: &'d ResultDocument,
    /// Who signs or has signed.
    officer: String,
    bytes: Option<&'d [u8]>,
    delivery: &'static str,
}

impl<'d> Shown<'d> {
    fn unsigned(case: &Case<'_>, document: &'d ResultDocument) -> Self {
        Self {
            document,
            officer: show::name(&case.member().account.name),
            bytes: None,
            delivery: "none",
        }
    }
}

fn body<'v>(
    signed: &'v Signed<Staff>,
    case: &Case<'_>,
    shown: Shown<'_>,
    not: Option<&NotSigned>,
) -> views::ResultPage<'v> {
    let w = signed.words();
    let Shown {
        document,
        officer,
        bytes,
        delivery,
    } = shown;
    let turn = case.turn().filter(|_| case.may_act());
    let advance = turn.and_then(|turn| case.end(turn.action).ok());
    let applicant = &document.applicant;
    let name = [
        applicant.surname.as_str(),
        applicant.given_name.as_str(),
        applicant.patronymic.as_deref().unwrap_or_default(),
    ]
    .join(" ");
    let unsigned = document.to_xml();
    views::ResultPage {
        csrf: signed.csrf_field(),
        head: head(case, delivery, w),
        signed: bytes.is_some(),
        outcome: document.outcome.as_str(),
        outcome_text: w.t(match document.outcome {
            Outcome::Granted => "card-state-granted",
            Outcome::Refused => "card-state-refused",
        }),
        title: document.titles.of(w.lang()).to_owned(),
        issuer: document.issuer.clone(),
        content: content(case, document, w),
        grounds: document
            .grounds
            .as_ref()
            .map_or_else(String::new, |grounds| grounds.text.clone()),
        grounds_label: document
            .grounds
            .as_ref()
            .map_or_else(String::new, |grounds| grounds.label.to_string()),
        applicant: format!("{}, {}", name.trim(), applicant.iin.reveal()),
        officer: format!("{officer}, {}", document.submitter.reveal()),
        issued: show::moment(document.issued_at, w.lang()),
        result_id: document.result_id.clone(),
        xml: String::from_utf8_lossy(bytes.unwrap_or(&unsigned)).into_owned(),
        next: match turn.map(|turn| turn.next) {
            Some(next) => next.as_str(),
            None => "none",
        },
        sends: advance.as_ref().is_some_and(|advance| advance.sends),
        revisable: turn.is_some_and(|turn| case.offer.chain.decides(turn.action)),
        refusal: not.and_then(|not| refusal(not, w)),
        key_fields: key_fields(not, w),
        w,
    }
}

fn content(case: &Case<'_>, document: &ResultDocument, w: &Words) -> Vec<Pair> {
    let fields = &case.offer.service.result.content;
    document
        .content
        .iter()
        .map(|field| Pair {
            title: fields
                .iter()
                .find(|known| known.name == field.name)
                .map_or_else(
                    || field.name.clone(),
                    |known| known.label.get(w.lang()).to_owned(),
                ),
            value: field.value.clone(),
        })
        .collect()
}

fn refusal(not: &NotSigned, w: &Words) -> Option<RefusalView> {
    let NotSigned::Refused(label, why) = not else {
        return None;
    };
    let key = format!("sign-refused-{label}");
    let key = if w.has(&key) { &key } else { "sign-refused" };
    Some(RefusalView {
        label: label.to_string(),
        cause: w.t(key),
        why: why.clone(),
    })
}

fn key_fields(not: Option<&NotSigned>, w: &Words) -> Vec<String> {
    let error = |name: &str| match not {
        Some(NotSigned::Again(field, key)) if *field == name => w.t(key),
        _ => String::new(),
    };
    let fields = [
        Field {
            hint: w.t("sign-key-hint"),
            error: error(KEY_FILE),
            required: true,
            accept: ".p12,.pfx,application/x-pkcs12".to_owned(),
            ..Field::new(FieldKind::File, KEY_FILE, w.t("sign-key"))
        },
        Field {
            error: error(KEY_PASSWORD),
            required: true,
            autocomplete: "off".to_owned(),
            ..Field::new(FieldKind::Password, KEY_PASSWORD, w.t("sign-password"))
        },
    ];
    fields.iter().map(|field| field.html(w)).collect()
}

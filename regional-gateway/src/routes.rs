//! The doors of the workplace: every route, the fields its form posts, and what the answer says to a machine.
//!
//! Scripts and scenarios drive the workplace by plain HTTP, as a browser does. What they need is here
//! and stays stable:
//!
//! | route | who | fields | answer |
//! |---|---|---|---|
//! | `GET /` | anyone | – | 200, the workplace in the language of `Accept-Language` |
//! | `GET /login` | anyone | query `next` | 200, the form |
//! | `POST /login` | anyone | `iin`, `password`; optional `next` (a path of this workplace) | 303 to `/queue` or `next`; 403 where IIN or password are wrong; 422 where the IIN is not one; 429 after too many failures |
//! | `POST /logout` | staff | – | 303 to `/` |
//! | `GET /queue` | staff | query `show` = `overdue`, `mine` | 200: the open tasks of the member's unit and role, the nearest deadline first |
//! | `GET /cards` | staff | – | 200: every card of the member's unit, newest first |
//! | `GET /cards/{id}` | staff of the card's unit | – | 200: application, attachments, verdict, tasks, steps |
//! | `POST /cards/{id}/take` | who may act | – | 303 to `/cards/{id}`: the task is the member's own; 409 where somebody else has taken it. Optional: every form below takes the task too |
//! | `GET /cards/{id}/application.xml` | staff of the card's unit | – | 200, the exact signed bytes of the application |
//! | `GET /cards/{id}/attachments/{n}` | staff of the card's unit | `{n}` from 1; query `download` = `1` | 200, the file |
//! | `GET /cards/{id}/check` | who may decide | – | 200: the checklist of required documents and the decision |
//! | `POST /cards/{id}/check` | who may decide | `document.ID` = `ok`, `fault` or `absent` for every document of the service that is required or attached; `decision` = `grant` or `refuse`; for `refuse` `ground` = an id of the catalogue; optional `comment` | 303 to `/cards/{id}/result`; 422 with the errors inline |
//! | `GET /cards/{id}/result` | staff of the card's unit, once something is decided | – | 200: the result as the applicant will read it, with the form of the next step; of a signed one, its content |
//! | `GET /cards/{id}/result.xml` | staff of the card's unit | – | 200: the exact signed bytes of the result; 404 before it is signed |
//! | `POST /cards/{id}/sign` | who is to sign | multipart: `key_file` (.p12), `key_password` | 303 to `/cards/{id}`; 422 where the file cannot be read, or the certificate is refused (the label is on the page and in the header `x-qaqpa-label`) |
//! | `POST /cards/{id}/complete` | whose action neither signs | – | 303 to `/cards/{id}`: the action is done, the next one begins (or the signed result is sent) |
//!
//! Who may act is who is of the unit and of the role of the card's open task. The action's deeds say
//! what follows: an action that decides (the first) has `…/check`; one that signs ends with `…/sign`; any
//! other ends with `…/complete`. For the first service of the catalogue one officer does all:
//! `check → result → sign`.
//!
//! Every form carries a hidden field `_csrf` (the same token may come as the header `x-csrf-token`); a
//! POST without the right one, or from another origin, is answered with 403. A page without a session is
//! answered with 303 to `/login?next=…`. A card of another unit is answered with 404.
//!
//! What a machine reads from a page (attributes of exactly one element):
//! - a line of a list: `<tr data-card="ID" data-message-id="{…}" data-state="open|granted|refused" data-action="ACTION" data-overdue="yes|no" data-deadline="RFC 3339">`
//! - a card: `<article class="card-page" data-card="ID" data-message-id="{…}" data-state="open|granted|refused" data-label="…" data-may-act="yes|no" data-delivery="none|pending|done|parked">`
//! - the open task: `<section class="panel task" data-task="N" data-action="ACTION" data-unit="UNIT" data-role="ROLE" data-deadline="RFC 3339" data-overdue="yes|no" data-next="check|result|complete|none">`
//! - each step: `<li class="step …" data-element="ELEMENT" data-label="…">`
//! - each check of the verdict: `<tr data-check="revocation" data-outcome="pass">`
//! - a field with an error: `<p class="field-error" data-field="NAME">`
//! - a refusal of a signing: `<section class="refusal" data-label="LABEL">`
//! - the result: `<article class="result-page" data-card="ID" data-outcome="granted|refused" data-signed="yes|no">`
//!
//! On the channel's listener (mutual TLS, the gateway only): `POST /channel/`, `POST /registers/`.
//! On the control port: what every actor has, and `GET /journal`, `GET /trace/{messageId}`,
//! `GET /outbox`, `GET /registers` (`[{service, asked_by, records}]`), `GET /cards` (`[{id, number, message, service, state, label, applicant, registered,
//! decided, tasks: [{id, unit, role, action, deadline, overdue, state, assignee}]}]`, newest first).

/// The first page.
pub const HOME: &str = "/";
/// Logging in with IIN and password.
pub const LOGIN: &str = "/login";
/// The end of the session.
pub const LOGOUT: &str = "/logout";
/// The open tasks.
pub const QUEUE: &str = "/queue";
/// Every card of the unit.
pub const CARDS: &str = "/cards";
/// One card.
pub const CARD: &str = "/cards/{id}";
/// Taking the card's open task.
pub const TAKE: &str = "/cards/{id}/take";
/// The exact signed bytes of the application.
pub const APPLICATION_XML: &str = "/cards/{id}/application.xml";
/// One attachment.
pub const ATTACHMENT: &str = "/cards/{id}/attachments/{n}";
/// The checklist and the decision.
pub const CHECK: &str = "/cards/{id}/check";
/// The result.
pub const RESULT: &str = "/cards/{id}/result";
/// The exact signed bytes of the result.
pub const RESULT_XML: &str = "/cards/{id}/result.xml";
/// Signing the result.
pub const SIGN: &str = "/cards/{id}/sign";
/// Ending an action that does not sign.
pub const COMPLETE: &str = "/cards/{id}/complete";
/// Where the gateway puts questions to registers (mutual TLS).
pub const REGISTERS: &str = "/registers/";
/// Where the gateway delivers applications (mutual TLS).
pub const CHANNEL: &str = "/channel/";

/// The prefix of the answer about one document of the list.
pub const DOCUMENT_PREFIX: &str = "document.";
/// The decision: [`GRANT`] or [`REFUSE`].
pub const DECISION: &str = "decision";
/// The decision to grant.
pub const GRANT: &str = "grant";
/// The decision to refuse.
pub const REFUSE: &str = "refuse";
/// The ground of a refusal: its id in the catalogue.
pub const GROUND: &str = "ground";
/// The officer's own words.
pub const COMMENT: &str = "comment";
/// The key file (PKCS#12).
pub const KEY_FILE: &str = "key_file";
/// The key file's password.
pub const KEY_PASSWORD: &str = "key_password";

/// The path of a card's page.
///
/// ```
/// use qaqpa_regional_gateway::routes;
/// assert_eq!(routes::of(routes::CHECK, "7"), "/cards/7/check");
/// ```
#[must_use]
pub fn of(route: &str, id: &str) -> String {
    route.replace("{id}", id)
}

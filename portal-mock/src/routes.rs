//! The doors of the portal: every route, the fields its form posts, and what the answer says to a machine.
//!
//! Scripts and scenarios drive the portal by plain HTTP, as a browser does. What they need is here
//! and stays stable:
//!
//! | route | who | fields | answer |
//! |---|---|---|---|
//! | `GET /` | anyone | – | 200, the portal in the language of `Accept-Language` |
//! | `GET /register` | anyone | – | 200, the form |
//! | `POST /register` | anyone | `iin`, `password`, `password_again`; optional `surname`, `given_name` (checked against the person register when they are sent) | 303 to `/login`, or 422 with the errors inline, 403 with a refusal |
//! | `GET /login` | anyone | query `next` | 200, the form |
//! | `POST /login` | anyone | `iin`, `password`; optional `next` (a path of this portal) | 303 to `/cabinet` or `next`; 403 with a refusal; 422 where the IIN is not one |
//! | `POST /logout` | citizen | – | 303 to `/` |
//! | `GET /services` | anyone | – | 200, the services that can be asked for here |
//! | `GET /services/{service}` | anyone | `{service}` = `SERVICE@ACT` | 200 |
//! | `POST /services/{service}/applications` | citizen | – | 303 to `/applications/{id}/form`: a new draft |
//! | `GET /applications/{id}` | its owner | – | 200, the status page with the stepper |
//! | `GET /applications/{id}/form` | its owner | – | 200, the form made from the catalogue |
//! | `POST /applications/{id}/form` | its owner | multipart: `field.NAME` for every field of the form, `document.ID` (a file) for every required document, `remove.ID` (`on`) to take an attachment away, `action` = `save` or `next` (default) | 303 to `…/certificate` (next) or `…/form` (save); 422 with the errors inline |
//! | `GET /applications/{id}/certificate` | its owner | – | 200 |
//! | `POST /applications/{id}/certificate` | its owner | multipart: `key_file` (.p12) with `key_password`, **or** `certificate_file` (.cer, .pem) | 303 to `…/sign`, or 303 to `/applications/{id}` where the certificate is refused (that ends the application; undecided revocation is a refusal too); 422 when the file cannot be read |
//! | `GET /applications/{id}/document.xml` | its owner | – | 200, the exact XML to be signed (`application/xml`) |
//! | `GET /applications/{id}/sign` | its owner | – | 200 |
//! | `POST /applications/{id}/sign` | its owner | multipart: `key_file` with `key_password`, **or** `signed_document` (the XML made by `qaqpa sign`) | 303 to `/applications/{id}`; 422 when a file cannot be read or is not this application's document |
//! | `GET /applications/{id}/signed.xml` | its owner | – | 200, the signed XML as it was sent |
//! | `GET /applications/{id}/way.svg` | its owner | – | 200, the flow as a picture with the way so far (`image/svg+xml`) |
//! | `POST /applications/{id}/repeat` | its owner | – | 303 to the form of a new draft with the same answers and attachments |
//! | `GET /cabinet` | citizen | – | 200: drafts, history, documents, news |
//! | `GET /cabinet/history` | citizen | – | 200, «Қызмет алу тарихы» |
//! | `GET /cabinet/notifications` | citizen | – | 200, «Хабарлама» |
//! | `GET /cabinet/documents/{id}` | its owner | – | 200, the content and the verdict |
//! | `GET /cabinet/documents/{id}/document.xml` | its owner | – | 200, the exact signed bytes |
//! | `POST /cabinet/documents/{id}/verify` | its owner | – | 200, the same page with the verdict of this moment |
//! | `GET /centre` | anyone | – | 200: the service-centre desk is not part of this version |
//!
//! Every form carries a hidden field `_csrf` (the same token may come as the header `x-csrf-token`); a POST
//! without the right one, or from another origin, is answered with 403.
//! A page of the cabinet without a session is answered with 303 to `/login?next=…`. What belongs to
//! somebody else is answered with 404, as if it were not there.
//!
//! What a machine reads from a page (attributes of exactly one element):
//! - a refusal: `<section class="refusal" data-element="ELEMENT" data-condition="ELEMENT" data-label="LABEL">`
//! - an application: `<article class="application" data-application="ID" data-message-id="{…}" data-status="draft|received|in-work|completed|refused" data-delivery="none|queued|accepted|refused">`
//! - each step of the stepper: `<li class="step" data-element="ELEMENT" data-outcome="done|yes|no" data-label="…">`; steps not reached have no `data-outcome`
//! - a field with an error: `<p class="field-error" data-field="NAME">`
//! - a document of the cabinet: `<article class="document" data-document="ID" data-application="ID" data-outcome="granted|refused" data-verdict="TOTAL-PASSED">`;
//!   in the cabinet's lists each document is linked by `href="/cabinet/documents/ID"`
//! - an entry of the history: `<tr data-application="ID" data-status="…">`
//!
//! A file's kind is read from its first bytes (`%PDF-`, JPEG, PNG), not from what the browser states.
//!
//! On the channel's listener (mutual TLS, the gateway only): `POST /channel/`.
//! On the control port: what every actor has, and `GET /journal`, `GET /trace/{messageId}`,
//! `GET /outbox`, `GET /applications`, `PUT /persons` (`{"iin": "…", "living": false}`: the person register forgets
//! or finds again one of the ready-made people).

/// The first page.
pub const HOME: &str = "/";
/// Registration.
pub const REGISTER: &str = "/register";
/// Authorisation with IIN and password.
pub const LOGIN: &str = "/login";
/// The end of the session.
pub const LOGOUT: &str = "/logout";
/// The list of services.
pub const SERVICES: &str = "/services";
/// One service.
pub const SERVICE: &str = "/services/{service}";
/// A new draft for one service.
pub const SERVICE_APPLICATIONS: &str = "/services/{service}/applications";
/// One application: its status.
pub const APPLICATION: &str = "/applications/{id}";
/// The form of one application.
pub const APPLICATION_FORM: &str = "/applications/{id}/form";
/// The choice of the certificate.
pub const APPLICATION_CERTIFICATE: &str = "/applications/{id}/certificate";
/// The exact XML to be signed.
pub const APPLICATION_DOCUMENT: &str = "/applications/{id}/document.xml";
/// Signing and sending.
pub const APPLICATION_SIGN: &str = "/applications/{id}/sign";
/// The signed XML as it was sent.
pub const APPLICATION_SIGNED: &str = "/applications/{id}/signed.xml";
/// The flow as a picture, with the way so far.
pub const APPLICATION_WAY: &str = "/applications/{id}/way.svg";
/// A new draft with the same answers.
pub const APPLICATION_REPEAT: &str = "/applications/{id}/repeat";
/// The personal cabinet (жеке кабинет / личный кабинет).
pub const CABINET: &str = "/cabinet";
/// «Қызмет алу тарихы» / «История получения услуг».
pub const CABINET_HISTORY: &str = "/cabinet/history";
/// «Хабарлама» / «Уведомления».
pub const CABINET_NOTIFICATIONS: &str = "/cabinet/notifications";
/// One document of the cabinet.
pub const CABINET_DOCUMENT: &str = "/cabinet/documents/{id}";
/// The exact signed bytes of one document.
pub const CABINET_DOCUMENT_XML: &str = "/cabinet/documents/{id}/document.xml";
/// The document's verdict at this moment.
pub const CABINET_DOCUMENT_VERIFY: &str = "/cabinet/documents/{id}/verify";
/// The desk of the service centre.
pub const CENTRE: &str = "/centre";
/// Where the gateway delivers results (mutual TLS).
pub const CHANNEL: &str = "/channel/";

/// The prefix of a field of the catalogue's form.
pub const FIELD_PREFIX: &str = "field.";
/// The prefix of a file for a required document.
pub const DOCUMENT_PREFIX: &str = "document.";
/// The prefix of the box that takes an attachment away.
pub const REMOVE_PREFIX: &str = "remove.";
/// The key file (PKCS#12).
pub const KEY_FILE: &str = "key_file";
/// The key file's password.
pub const KEY_PASSWORD: &str = "key_password";
/// A certificate alone, DER or PEM.
pub const CERTIFICATE_FILE: &str = "certificate_file";
/// The document, signed elsewhere.
pub const SIGNED_DOCUMENT: &str = "signed_document";

/// The path of an application's page.
///
/// ```
/// use qaqpa_portal_mock::routes;
/// assert_eq!(routes::of(routes::APPLICATION_FORM, "7"), "/applications/7/form");
/// ```
#[must_use]
pub fn of(route: &str, id: &str) -> String {
    route.replace("{id}", id).replace("{service}", id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_takes_its_id() {
        assert_eq!(of(APPLICATION, "a1"), "/applications/a1");
        assert_eq!(of(SERVICE, "x@y"), "/services/x@y");
        assert_eq!(of(HOME, "a1"), "/");
    }
}

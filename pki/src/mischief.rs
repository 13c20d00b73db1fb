//! Deliberate faults of the authority, each a dial with a name, a default, a purpose and an off-switch.
//!
//! | dial | default | purpose | off-switch |
//! |---|---|---|---|
//! | `ocsp` | `true` | `false`: the responder answers 503, so that relying parties must fall back to the list | `PUT /answering {"ocsp": true, "crl": true}`, or a restart |
//! | `crl` | `true` | `false`: the list answers 503; with `ocsp` off, revocation cannot be known and must be refused | the same |
//!
//! `--calm` forbids switching any on. Nothing is on unless asked, and nothing outlives the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_transport::control::refusal;
use serde::{Deserialize, Serialize};

/// The dials of one authority.
#[derive(Debug)]
pub struct Mischief {
    calm: bool,
    ocsp_answers: AtomicBool,
    crl_answers: AtomicBool,
}

/// What `GET /answering` gives and `PUT /answering` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// Whether the OCSP responder answers.
    pub ocsp: bool,
    /// Whether the revocation list is served.
    pub crl: bool,
}

impl Mischief {
    /// Nothing is on. `calm` forbids switching anything on.
    #[must_use]
    pub const fn new(calm: bool) -> Self {
        Self {
            calm,
            ocsp_answers: AtomicBool::new(true),
            crl_answers: AtomicBool::new(true),
        }
    }

    fn answering(&self) -> Answering {
        Answering {
            ocsp: self.ocsp_answers.load(Ordering::SeqCst),
            crl: self.crl_answers.load(Ordering::SeqCst),
        }
    }
}

/// The control port's routes.
pub fn routes(mischief: Arc<Mischief>) -> Router {
    Router::new()
        .route("/answering", get(show).put(set))
        .with_state(mischief)
}

/// Stands before the public door, and says nothing where it was told to be silent.
pub async fn silence(
    State(mischief): State<Arc<Mischief>>,
    request: Request,
    next: Next,
) -> Response {
    let answering = mischief.answering();
    let path = request.uri().path();
    let silent = (path.starts_with("/ocsp") && !answering.ocsp)
        || (path.starts_with("/crl/") && !answering.crl);
    if silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

async fn show(State(mischief): State<Arc<Mischief>>) -> Json<Answering> {
    Json(mischief.answering())
}

async fn set(State(mischief): State<Arc<Mischief>>, Json(wanted): Json<Answering>) -> Response {
    if mischief.calm && !(wanted.ocsp && wanted.crl) {
        return refusal(
            StatusCode::CONFLICT,
            "calm",
            "this simulator runs with --calm: no deliberate fault can be switched on",
        );
    }
    mischief.ocsp_answers.store(wanted.ocsp, Ordering::SeqCst);
    mischief.crl_answers.store(wanted.crl, Ordering::SeqCst);
    tracing::warn!(
        ocsp = wanted.ocsp,
        crl = wanted.crl,
        "mischief: who answers"
    );
    Json(mischief.answering()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Answering = Answering {
        ocsp: false,
        crl: false,
    };

    #[tokio::test]
    async fn calm_forbids_silence_and_allows_answers() {
        let calm = Arc::new(Mischief::new(true));
        let refused = set(State(Arc::clone(&calm)), Json(SILENT)).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        let answers = Answering {
            ocsp: true,
            crl: true,
        };
        assert_eq!(calm.answering(), answers);
        assert_eq!(
            set(State(calm), Json(answers)).await.status(),
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn the_dials_turn_both_ways() {
        let mischief = Arc::new(Mischief::new(false));
        set(State(Arc::clone(&mischief)), Json(SILENT)).await;
        assert_eq!(show(State(Arc::clone(&mischief))).await.0, SILENT);
        let half = Answering {
            ocsp: false,
            crl: true,
        };
        set(State(Arc::clone(&mischief)), Json(half)).await;
        assert_eq!(mischief.answering(), half);
    }
}

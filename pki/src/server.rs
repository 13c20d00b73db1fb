//! The public door, and the start.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, StatusCode, header};
use qaqpa_crypto::KeyKind;
use qaqpa_model::Actor;
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{ActorStart, Hall, Place, Running, Security, StartError, StoreChoice, paths};

use crate::authority::{Authority, IssuerName, blocking};
use crate::doors::{Doors, HEALTH, OCSP, TSP, certificate_path, delta_path, list_path};
use crate::mischief::{self, Mischief};
use crate::vault::{KINDS, Vault};
<<<<<<< /work/t/stamps-tmp/merge/pki/src/server.rs
use crate::{Config, control as doors, lists, respond, responder, stamps};
=======
use crate::{Config, control as doors, lists, respond, responder, roster};
>>>>>>> /work/t/stamps-tmp/merge/pki/src/server.rs.theirs

/// Starts the authority with the default settings.
///
/// # Errors
/// [`StartError`].
pub async fn start(start: ActorStart) -> Result<Running, StartError> {
    start_with(start, Config::default()).await
}

/// Starts the authority: returns when the ready-made identities are written, the doors are open and it is registered.
///
/// # Errors
/// [`StartError`]: a port is taken, a key or the store cannot be opened, the clock is outside the root's life.
pub async fn start_with(start: ActorStart, config: Config) -> Result<Running, StartError> {
    let mut hall = Hall::enter(start, Actor::Nca).await?;
    let listener = hall.bind(Place::NcaPublic).await?;
    let base = listener.http();
    let authority = Arc::new(open(&hall, config, &base).await?);
    authority
        .adapt(authority.clock.now())
        .await
        .map_err(StartError::part("authority"))?;

    let mischief = Arc::new(Mischief::new(hall.start().calm));
    let door = public(Arc::clone(&authority))
        .layer(from_fn_with_state(Arc::clone(&mischief), mischief::silence));
    hall.serve(listener, door, Security::Plain);
    for (name, address) in announced(&authority) {
        hall.announce(&name, address);
    }
    let on_clock = doors::on_clock(Arc::clone(&authority));
    let own = doors::routes(Arc::clone(&authority)).merge(mischief::routes(mischief));
    hall.control(Place::NcaControl, own, on_clock).await?;
    let (people, stopped) = (Arc::clone(&authority), hall.shutdown().clone());
    hall.spawn(async move {
        tokio::select! {
            () = roster::issue_configured(&people) => {}
            () = stopped.begun() => {}
        }
    });
    let shutdown = hall.shutdown().clone();
    hall.spawn(async move {
        keep_in_force(&authority, shutdown.begun()).await;
        authority.store.close().await;
    });
    hall.open().await
}

/// What others find in the registration: `ocsp`, `tsp`, `health`, `ca`, `root`, and for each kind of key `crl-rsa`,
/// `crl-rsa-delta`, `crl-rsa-root`.
fn announced(authority: &Authority) -> Vec<(String, String)> {
    let url = |path: &str| authority.doors.url(path);
    let rsa = KeyKind::Rsa;
    let mut all = vec![
        ("ocsp".to_owned(), url(OCSP)),
        ("tsp".to_owned(), url(TSP)),
        ("health".to_owned(), url(HEALTH)),
        (
            "ca".to_owned(),
            url(&certificate_path(IssuerName::Issuing(rsa))),
        ),
        (
            "root".to_owned(),
            url(&certificate_path(IssuerName::Root(rsa))),
        ),
    ];
    for kind in KINDS {
        let list = |issuer| url(&list_path(issuer));
        all.push((format!("crl-{kind}"), list(IssuerName::Issuing(kind))));
        all.push((format!("crl-{kind}-delta"), url(&delta_path(kind))));
        all.push((format!("crl-{kind}-root"), list(IssuerName::Root(kind))));
    }
    all
}

/// How often certificates are looked at that time alone takes out of their period. Real time.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

async fn open(hall: &Hall, config: Config, base: &str) -> Result<Authority, StartError> {
    let begun = hall.start();
    if let StoreChoice::Url(url) = &begun.store
        && !url.starts_with("sqlite:")
    {
        return Err(StartError::Config(format!(
            "the authority keeps its register in SQLite, not in {url}"
        )));
    }
    let dir = paths::of_actor(&begun.data, Actor::Nca);
    let store = Store::open(&StoreConfig::in_folder(&dir), Actor::Nca)
        .await
        .map_err(StartError::part("store"))?;
    let doors = Doors::new(base);
    let said = doors.clone();
    let vault = blocking(move || Vault::open(&dir, |kind| said.of_root(kind)))
        .await
        .map_err(StartError::part("keys"))?;
    Ok(Authority::new(
        vault,
        store,
        begun.clock.clone(),
        config,
        doors,
        begun.data.clone(),
    ))
}

async fn keep_in_force(authority: &Authority, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(LOOK_EVERY) => {
                if let Err(error) = authority.adapt(authority.clock.now()).await {
                    tracing::error!(%error, "certificates could not be made anew");
                }
            }
        }
    }
}

/// The routes of the public door.
fn public(authority: Arc<Authority>) -> Router {
    let mut router = Router::new()
        .route("/", get(tour))
        .route(HEALTH, get(|| async { "up" }))
        .route(OCSP, post(ocsp_post))
        .route("/ocsp", post(ocsp_post))
        .route("/ocsp/{*request}", get(ocsp_get))
        .route(TSP, any(stamps::door))
        .route("/tsp", any(stamps::door));
    for kind in KINDS {
        for issuer in [IssuerName::Issuing(kind), IssuerName::Root(kind)] {
            let signer = authority.issuer(issuer).certificate.clone();
            let list = move |State(authority)| crl(authority, issuer);
            router = router
                .route(
                    &certificate_path(issuer),
                    get(move || certificate(signer.clone())),
                )
                .route(&list_path(issuer), get(list));
        }
        router = router.route(&delta_path(kind), get(delta));
    }
    router.with_state(authority)
}

/// RFC 6960 appendix A.1: POST with the request as the body.
async fn ocsp_post(State(authority): State<Arc<Authority>>, body: Bytes) -> Response {
    ocsp_answer(responder::answer(&authority, &body).await)
}

/// RFC 6960 appendix A.1: GET with the request as URL-encoded base64 (axum has undone the URL's encoding).
async fn ocsp_get(
    State(authority): State<Arc<Authority>>,
    Path(request): Path<String>,
) -> Response {
    // What is no base64 is no request either: the same refusal as for broken DER.
    let der = STANDARD.decode(request).unwrap_or_default();
    ocsp_answer(responder::answer(&authority, &der).await)
}

fn ocsp_answer(der: Vec<u8>) -> Response {
    typed("application/ocsp-response", der)
}

async fn crl(authority: Arc<Authority>, issuer: IssuerName) -> Response {
    match lists::current(&authority, issuer).await {
        Ok(der) => typed("application/pkix-crl", der),
        Err(error) => respond::fault(&error),
    }
}

async fn delta() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "no delta list is issued yet\n")
}

async fn certificate(certificate: qaqpa_x509::Certificate) -> Response {
    typed("application/pkix-cert", certificate.der().to_vec())
}

/// Bytes of a media type, not to be cached: the simulated clock may move at any moment.
fn typed(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

async fn tour() -> Response {
    typed("text/plain; charset=utf-8", TOUR.as_bytes().to_vec())
}

const TOUR: &str = "\
TEST certifying authority of the Qaqpa simulator. Nobody may trust it for anything real.

KIND is a kind of key: rsa, gost-2015, gost-2004, ecdsa.

/cert/KIND-root.cer      the TEST root
/cert/KIND-issuing.cer   the TEST issuing authority
/crl/KIND.crl            revoked and suspended certificates
/crl/KIND-delta.crl      what changed since the list that the delta names
/crl/KIND-root.crl       revoked issuing authorities
/ocsp/                   OCSP (RFC 6960), POST or GET, about certificates of every issuer above
/tsp/                    time stamps (RFC 3161), POST
";

//! The public door, and the start.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use qaqpa_crypto::KeyKind;
use qaqpa_mischief::file;
use qaqpa_model::Actor;
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::watch::Family;
use qaqpa_transport::{ActorStart, Hall, Place, Running, Security, StartError, StoreChoice, paths};

use crate::authority::{Authority, IssuerName, blocking};
use crate::doors::{Doors, HEALTH, OCSP, TSP, certificate_path, delta_path, list_path};
use crate::lists::Which;
use crate::mischief::{self, door::Door};
use crate::vault::{KINDS, Vault};
use crate::{
    Config, control as doors, keeping, lists, news, respond, responder, roster, served, stamps,
};

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
    let board = Arc::new(file::begin(start.mischief.as_deref(), start.calm)?);
    let mut hall = Hall::enter(start, Actor::Nca).await?;
    let listener = hall.bind(Place::NcaPublic).await?;
    let base = listener.http();
    let authority = Arc::new(open(&hall, config, &base).await?);
    authority
        .adapt(authority.clock.now())
        .await
        .map_err(StartError::part("authority"))?;

    let mischief = Arc::new(Door {
        board: Arc::clone(&board),
        authority: Arc::clone(&authority),
    });
    let door =
        public(Arc::clone(&authority)).layer(from_fn_with_state(mischief, mischief::door::pass));
    hall.serve(listener, door, Security::Plain);
    for (name, address) in announced(&authority) {
        hall.announce(&name, address);
    }
    let on_clock = doors::on_clock(Arc::clone(&authority));
    let own = doors::routes(Arc::clone(&authority))
        .merge(mischief::routes::routes(board, authority.clock.clone()))
        .layer(from_fn_with_state(Arc::clone(&authority), news::tell));
    hall.control(Place::NcaControl, own, on_clock).await?;
    let (people, stopped) = (Arc::clone(&authority), hall.shutdown().clone());
    hall.spawn(async move {
        tokio::select! {
            () = roster::issue_configured(&people) => {}
            () = stopped.begun() => {}
        }
    });
    let (shutdown, kept_for) = (hall.shutdown().clone(), hall.start().journal_kept_for);
    hall.spawn(async move {
        tokio::select! {
            () = keep_in_force(&authority, shutdown.begun()) => {}
            () = keeping::keep(&authority, kept_for) => {}
        }
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

/// Ready is an authority whose register takes a write.
fn watch(hall: &Hall, store: &Store) {
    let metrics = hall.watch().metrics().clone();
    store.watched_by(move |written, took| {
        metrics.add(Family::StoreWrites, &[written.as_str()], 1);
        metrics.observe(Family::StoreWriteSeconds, &[], took.as_secs_f64());
    });
    let (store, clock) = (store.clone(), hall.start().clock.clone());
    let remedy = "make room on the disk of the data folder";
    hall.health().check("store", remedy, move || {
        let (store, clock) = (store.clone(), clock.clone());
        async move {
            let written = store.probe(clock.now()).await;
            written.map_err(|error| error.to_string())
        }
    });
}

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
    watch(hall, &store);
    let doors = Doors::new(base);
    let said = doors.clone();
    let vault = blocking(move || Vault::open(&dir, |kind| said.of_root(kind)))
        .await
        .map_err(StartError::part("keys"))?;
    let (clock, data) = (begun.clock.clone(), begun.data.clone());
    Authority::open(vault, store, clock, config, doors, data)
        .await
        .map_err(StartError::part("register"))
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
        .route(OCSP, get(ocsp_get).post(ocsp_post))
        .route("/ocsp", post(ocsp_post))
        .route("/ocsp/{*request}", get(ocsp_get))
        .route(TSP, any(stamps::door))
        .route("/tsp", any(stamps::door));
    for kind in KINDS {
        for issuer in [IssuerName::Issuing(kind), IssuerName::Root(kind)] {
            let signer = authority.issuer(issuer).certificate.clone();
            let complete =
                move |State(authority), headers| list(authority, headers, issuer, Which::Complete);
            router = router
                .route(
                    &certificate_path(issuer),
                    get(move || certificate(signer.clone())),
                )
                .route(&list_path(issuer), get(complete));
        }
        let issuer = IssuerName::Issuing(kind);
        let delta = move |State(authority), headers| list(authority, headers, issuer, Which::Delta);
        router = router.route(&delta_path(kind), get(delta));
    }
    router
        .fallback(no_such_page)
        .method_not_allowed_fallback(other_method)
        .with_state(authority)
}

/// RFC 6960 appendix A.1: POST with the request as the body.
async fn ocsp_post(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match is_ocsp_request(&headers) {
        Ok(()) => served::ocsp(responder::answer(&authority, &body).await),
        Err(refusal) => refusal,
    }
}

/// RFC 6960 appendix A.1: GET with the request as URL-encoded base64.
async fn ocsp_get(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let answer = responder::answer(&authority, &der_of_get(uri.path())).await;
    served::ocsp_to_get(&headers, answer, authority.clock.now())
}

/// Whether a POST says that it carries an OCSP request, or does not say what it carries.
#[expect(clippy::result_large_err, reason = "the error is the answer itself")]
pub(crate) fn is_ocsp_request(headers: &HeaderMap) -> Result<(), Response> {
    let Some(said) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let said = said.to_str().unwrap_or_default();
    let media_type = said.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/ocsp-request") {
        return Ok(());
    }
    Err(served::refused(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "an OCSP request has the media type application/ocsp-request (RFC 6960, appendix A.1)",
    ))
}

/// The bytes that should be an OCSP request: a GET has them in its path, everything else in its body.
pub(crate) fn ocsp_request_of(method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
    match *method {
        Method::GET | Method::HEAD => der_of_get(path),
        _ => body.to_vec(),
    }
}

/// The request in the path of a GET: what stands behind `/ocsp/` is base64 in the encoding of URLs.
pub(crate) fn der_of_get(path: &str) -> Vec<u8> {
    let request = path.split_once(OCSP).map(|(_, request)| request);
    let decoded = request.and_then(unescaped);
    // What is no base64 is no request either: the same refusal as for broken DER.
    decoded
        .and_then(|base64| STANDARD.decode(base64).ok())
        .unwrap_or_default()
}

/// The bytes that a part of an address stands for (RFC 3986 §2.1); `None` where a percent sign has no two digits.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                hex::decode(digits).ok()?[0]
            }
            other => other,
        });
    }
    Some(plain)
}

/// Anything else is told what is here.
async fn no_such_page() -> Response {
    served::refused(
        StatusCode::NOT_FOUND,
        "nothing is here; / says what the authority serves",
    )
}

async fn other_method() -> Response {
    served::refused(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address is asked otherwise; / says how",
    )
}

async fn list(
    authority: Arc<Authority>,
    headers: HeaderMap,
    issuer: IssuerName,
    which: Which,
) -> Response {
    match lists::current(&authority, issuer, which).await {
        Ok(Some(list)) => served::list(&headers, list),
        Ok(None) => no_such_page().await,
        Err(error) => respond::fault(&error),
    }
}

async fn certificate(certificate: qaqpa_x509::Certificate) -> Response {
    served::typed("application/pkix-cert", certificate.der().to_vec())
}

async fn tour() -> Response {
    served::typed("text/plain; charset=utf-8", TOUR)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_get_has_its_request_behind_the_door_in_any_spelling_of_its_base64() {
        let der = [0xfb, 0xef, 0xff, 0x30];
        for path in [
            "/ocsp/++//MA==",
            "/mirror/ocsp/++//MA==",
            "/ocsp/%2B%2b%2F%2f%4d%41%3D%3d",
            "/ocsp/%2b+/%2fM%41==",
        ] {
            assert_eq!(der_of_get(path), der, "{path}");
            assert_eq!(ocsp_request_of(&Method::GET, path, b"body"), der, "{path}");
            assert_eq!(ocsp_request_of(&Method::POST, path, b"body"), b"body");
        }
        for path in [
            "/ocsp/",
            "/ocsp",
            "/ocsp/%FF",
            "/ocsp/%",
            "/ocsp/%4",
            "/ocsp/%+1",
            "/ocsp/++//MA",
            "/ocsp/--__MA==",
        ] {
            assert_eq!(der_of_get(path), b"", "{path}");
        }
    }
}

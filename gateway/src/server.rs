//! The public door: the channels, their WSDL, the schemas.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use qaqpa_channel::{
    Answers, ChannelClient, Examining, JournalKeeper, Outbox, OutboxBell, SystemKeys, watching,
};
use qaqpa_model::{Actor, ServiceAtAct};
use qaqpa_regulations::Catalogue;
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{
    ActorStart, ClientLimits, Hall, HttpClient, PeerActor, PeerAddress, PeerCertificate,
    PeerIdentity, Peers, Place, Running, StartError, registry,
};
use qaqpa_wire::namespace::{ASYNC_PATH, PUSH_DESCRIPTION_PATH, SYNC_PATH};
use qaqpa_wire::wsdl::{self, Addresses};
use qaqpa_wire::{Channel, xsd};

use crate::Config;
use crate::control;
use crate::courier::{Carrier, Endpoints};
use crate::gateway::Gateway;
use crate::mailbox::ToldEmpty;
use crate::mischief;
use crate::places::Places;
use crate::questions::{self, Questions};
use crate::record::{Arrival, Record};
use crate::respond::at_the_door;
use crate::room::{Measures, Room};
use crate::routing::{self, RouteBook};
use crate::strangers::Samples;
use crate::systems::{self, Pace, SystemsBook};
use crate::written::shared;

/// How long to wait for the authority, without which nothing can be verified.
const AUTHORITY_WAIT: std::time::Duration = std::time::Duration::from_secs(60);

/// Seconds for the answer of an information system at its own endpoint. A chosen number: a public integration guide
/// promises ten on average.
const PUSH_SECONDS_MAX: u64 = 15;

/// Starts the gateway with its default settings.
///
/// # Errors
/// [`StartError`].
pub async fn start(start: ActorStart) -> Result<Running, StartError> {
    start_with(start, Config::default()).await
}

/// Starts the gateway: returns when its doors are open and it is registered.
///
/// # Errors
/// [`StartError`]: a port is taken, the authority does not come up, the store or the catalogue cannot
/// be opened.
pub async fn start_with(start: ActorStart, config: Config) -> Result<Running, StartError> {
    let mut hall = Hall::enter(start, Actor::Gateway).await?;
    registry::wait_for(&hall.start().data, Actor::Nca, AUTHORITY_WAIT).await?;
    let gateway = Arc::new(open(&hall, config).await?);
    watching::store(&hall, &gateway.store);
    watching::trust(&hall, &gateway.keys);
    gateway.room.watched(hall.watch());
    control::publish_certificate(&hall.start().data, &gateway.keys)
        .await
        .map_err(StartError::part("keys"))?;

    let listener = hall.bind(Place::GatewayPublic).await?;
    let base = listener.https();
    let security = hall.tls().server(Actor::Gateway, Peers::Shown)?;
    let door = Door {
        gateway: Arc::clone(&gateway),
        base: base.clone(),
    };
    hall.serve_with(
        listener,
        router(door),
        security,
        at_the_door(Arc::clone(&gateway)),
    );
    hall.announce("base", base.clone());
    hall.announce("sync", format!("{base}{SYNC_PATH}"));
    hall.announce("async", format!("{base}{ASYNC_PATH}"));
    hall.announce("push-description", format!("{base}{PUSH_DESCRIPTION_PATH}"));
    hall.announce("xsd", format!("{base}/xsd/"));
    hall.announce("health", format!("{base}/health"));

    let tls = hall.tls().client(Some(Actor::Gateway))?;
    let client = HttpClient::new(&tls, ClientLimits::default())
        .reaching_actors_of(hall.start().data.clone());
    let client = ChannelClient::new(client, gateway.keys.clone(), gateway.limits);
    let reached = ClientLimits {
        seconds_max: PUSH_SECONDS_MAX,
        reach: config.push_reach.into(),
        ..ClientLimits::default()
    };
    let carrier = Carrier::new(
        Arc::clone(&gateway),
        client.examining(gateway.examining.clone()),
        Endpoints::new(tls, reached),
    );
    let outbox = Outbox::new(
        gateway.store.clone(),
        gateway.clock.clone(),
        carrier,
        config.backoff(),
        gateway.bell.clone(),
    );
    hall.spawn(outbox.run(hall.shutdown().clone()));
    let keeper = JournalKeeper::new(
        gateway.store.clone(),
        hall.start().data.clone(),
        gateway.clock.clone(),
        gateway.limits,
    )
    .keeping_for(hall.start().journal_kept_for);
    hall.spawn(keeper.run(hall.shutdown().clone()));

    hall.spawn(systems::watch(
        Arc::clone(&gateway),
        hall.shutdown().clone(),
    ));

    let on_clock = control::on_clock(&hall.start().data, &gateway);
    let routes = control::routes(&hall.start().data, &gateway);
    hall.control(Place::GatewayControl, routes, on_clock)
        .await?;
    hall.open().await
}

async fn open(hall: &Hall, config: Config) -> Result<Gateway, StartError> {
    let start = hall.start();
    let name = hall.name().to_string();
    let kept = StoreConfig {
        replay_window: config.replay_days.window(),
        ..StoreConfig::by_address(start.store.address(), hall.folder(), &name)
            .map_err(StartError::part("store"))?
    };
    let store = Store::open(&kept, Actor::Gateway)
        .await
        .map_err(StartError::part("store"))?;
    let catalogue =
        Catalogue::load_with(&start.catalogue_dirs).map_err(StartError::part("catalogue"))?;
    let keys = SystemKeys::new(start.data.clone(), "system-gateway");
    let client = HttpClient::plain(ClientLimits::default()).reaching_actors_of(start.data.clone());
    let of_registers = ClientLimits {
        seconds_max: questions::ANSWER_SECONDS_MAX,
        ..ClientLimits::default()
    };
    let asking = HttpClient::new(&hall.tls().client(Some(Actor::Gateway))?, of_registers)
        .reaching_actors_of(start.data.clone());
    let mischief = mischief::begin(start.mischief.as_deref(), start.calm)?;
    // On a server the room is the server's.
    let on_this_disk = (!store.documents().are_shared()).then(|| hall.folder());
    let measures = Measures {
        to_keep_refused: config.journal_free_bytes_min(),
        to_accept: config.accept_free_bytes_min(),
    };
    let (routes, systems) = books(hall, &config, &store, &catalogue).await?;
    let examining = Examining::new(
        start.data.clone(),
        client,
        start.limits,
        start.clock.clone(),
    );
    let asking = ChannelClient::new(asking, keys.clone(), start.limits);
    Ok(Gateway {
        config,
        systems: Arc::new(systems),
        renewing: tokio::sync::Mutex::default(),
        pace: Pace::default(),
        guesses: Pace::default(),
        places: Places::default(),
        questions: Questions::within(&start.limits),
        told_empty: ToldEmpty::default(),
        samples: Samples::default(),
        room: Arc::new(Room::of(on_this_disk, measures)),
        data: start.data.clone(),
        siblings: registry::Siblings::of_folder(&start.data),
        routes,
        asking: asking.examining(examining.clone()),
        examining,
        answers: Answers::new(keys.clone(), start.limits),
        clock: start.clock.clone(),
        limits: start.limits,
        bell: OutboxBell::new(),
        expectations: crate::expectations::ExpectationBook::default(),
        mischief,
        store,
        keys,
        catalogue,
    })
}

/// The routes and the register of systems: this machine's, or those of the database that several gateways share.
async fn books(
    hall: &Hall,
    config: &Config,
    store: &Store,
    catalogue: &Catalogue,
) -> Result<(RouteBook, SystemsBook), StartError> {
    let file = hall.folder().join("routes.toml");
    let document = shared::begin(store, routing::DOCUMENT, &file, || {
        RouteBook::checked_file(&file, catalogue).map_err(|error| error.to_string())
    });
    let document = document.await?;
    let routes = RouteBook::open(file, catalogue, document.as_ref())
        .map_err(|error| StartError::Config(error.to_string()))?;
    let file = hall.folder().join("systems.toml");
    let reach = config.push_reach.into();
    let document = shared::begin(store, systems::DOCUMENT, &file, || {
        SystemsBook::portable_file(&file, catalogue, reach).map_err(|error| error.to_string())
    });
    let document = document.await?;
    let systems = SystemsBook::open(file, catalogue, reach, document.as_ref())
        .map_err(|error| StartError::Config(error.to_string()))?;
    Ok((routes, systems))
}

/// What the routes share.
#[derive(Clone, Debug)]
struct Door {
    gateway: Arc<Gateway>,
    base: String,
}

fn router(door: Door) -> Router {
    let sync = get(describe_sync).post(sync_channel);
    let later = get(describe_async).post(async_channel);
    Router::new()
        .route(SYNC_PATH, sync.clone())
        .route(SYNC_PATH.trim_end_matches('/'), sync)
        .route(ASYNC_PATH, later.clone())
        .route(ASYNC_PATH.trim_end_matches('/'), later)
        .route(PUSH_DESCRIPTION_PATH, get(describe_push))
        .route("/xsd/{file}", get(schema))
        .route("/health", get(health))
        .with_state(door)
}

/// The other side of a connection, as the listener knows it.
type Peer = (PeerActor, PeerCertificate, PeerIdentity, PeerAddress);

async fn sync_channel(
    State(door): State<Door>,
    peer: Peer,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let record = begin(&door, Channel::Sync, peer, &headers, body);
    mischief::door::answer(&door.gateway, record).await
}

async fn async_channel(
    State(door): State<Door>,
    peer: Peer,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let record = begin(&door, Channel::Asynchronous, peer, &headers, body);
    mischief::door::answer(&door.gateway, record).await
}

fn begin(
    door: &Door,
    channel: Channel,
    (PeerActor(peer), shown, identity, PeerAddress(from)): Peer,
    headers: &HeaderMap,
    body: Bytes,
) -> Record {
    let header = |name: &str| {
        headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Record::begin(Arrival {
        channel,
        peer,
        shown,
        identity,
        from: from.ip().to_canonical(),
        soap_action: header("soapaction"),
        content_type: header(header::CONTENT_TYPE.as_str()),
        body,
        at: door.gateway.clock.now(),
    })
}

async fn describe_sync(State(door): State<Door>, RawQuery(query): RawQuery) -> Response {
    let address = format!("{}{SYNC_PATH}", door.base);
    describe(Channel::Sync, query, Addresses::at(&address))
}

async fn describe_async(State(door): State<Door>, RawQuery(query): RawQuery) -> Response {
    let address = format!("{}{ASYNC_PATH}", door.base);
    describe(Channel::Asynchronous, query, Addresses::at(&address))
}

/// The push channel is at the systems' own endpoints: here is what they must offer.
async fn describe_push(State(door): State<Door>, RawQuery(query): RawQuery) -> Response {
    let description = format!("{}{PUSH_DESCRIPTION_PATH}", door.base);
    let addresses = Addresses {
        description: &description,
        endpoint: ENDPOINT,
    };
    describe(Channel::Push, query, addresses)
}

/// What stands in the WSDL of the push channel in the place of a system's own endpoint.
const ENDPOINT: &str = "https://localhost/your-own-endpoint/";

/// `?wsdl`, `?wsdl=ISyncChannel`, `?xsd=types`, …
fn describe(channel: Channel, query: Option<String>, addresses: Addresses<'_>) -> Response {
    let query = query.unwrap_or_default();
    if let Some(text) = wsdl::describe(channel, &query, addresses) {
        return xml(text);
    }
    if channel == Channel::Push {
        let text =
            "The WSDL is at ?wsdl: the gateway calls an endpoint like this one, at your side\n";
        return (StatusCode::NOT_FOUND, text).into_response();
    }
    (
        StatusCode::METHOD_NOT_ALLOWED,
        [(header::ALLOW, "POST")],
        "POST a SOAP 1.1 envelope here; the WSDL is at ?wsdl\n",
    )
        .into_response()
}

/// `/xsd/SERVICE@ACT.xsd`, `/xsd/result.xsd`, `/xsd/status.xsd` and `/xsd/register.xsd`.
async fn schema(State(door): State<Door>, Path(file): Path<String>) -> Response {
    let name = file.strip_suffix(".xsd").unwrap_or_default();
    if name == "register" {
        return xml(xsd::register().to_owned());
    }
    if name == "result" {
        return xml(xsd::result().to_owned());
    }
    if name == "status" {
        return xml(xsd::status().to_owned());
    }
    let service = ServiceAtAct::parse(name)
        .ok()
        .filter(|id| door.gateway.catalogue.service(id).is_some());
    match service {
        Some(id) => xml(xsd::application(&id)),
        None => (StatusCode::NOT_FOUND, "no such schema\n").into_response(),
    }
}

async fn health() -> impl IntoResponse {
    axum::Json(serde_json::json!({
        "actor": Actor::Gateway.name(),
        "status": "up",
        "note": "TEST: a simulator, not the real gateway",
    }))
}

fn xml(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}

//! How the regional gateway comes up: its store, its doors, its workers.

use std::time::Duration;

use qaqpa_channel::{
    Backoff, ChannelClient, Examining, Inbox, JournalKeeper, Outbox, OutboxBell, SystemKeys,
    watching,
};
use qaqpa_model::Actor;
use qaqpa_regulations::Catalogue;
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::registry::Siblings;
use qaqpa_transport::{
    ActorStart, ClientLimits, Hall, HttpClient, Peers, Place, Running, Shutdown, StartError,
    registry,
};
use qaqpa_web::{NavItem, Site, SiteConfig, Texts, Visit};

use crate::config::WorkplaceConfig;
use crate::courier::GatewayCourier;
use crate::registers::Registers;
use crate::staff::Roster;
use crate::stubs::{Later, Stubs};
use crate::workplace::{Rooms, Workplace};
use crate::{channel, control, identity, pages, routes, texts};

/// How often ended sessions are deleted.
const SWEEP: Duration = Duration::from_secs(300);

/// Starts the regional gateway.
///
/// # Errors
/// [`StartError`]: a port is taken, the authority does not come up, the store or the catalogue cannot
/// be opened.
pub async fn start(start: ActorStart) -> Result<Running, StartError> {
    start_with(start, WorkplaceConfig::default()).await
}

/// Starts the regional gateway with these settings.
///
/// # Errors
/// [`StartError`].
pub async fn start_with(start: ActorStart, config: WorkplaceConfig) -> Result<Running, StartError> {
    let mut hall = Hall::enter(start, Actor::RegionalGateway).await?;
    let begun = hall.start().clone();
    // The accounts of the staff are the authority's ready-made people.
    registry::wait_for(&begun.data, Actor::Nca, config.authority_wait).await?;
    let system = identity::of(&begun.data, hall.name()).await?;
    let name = hall.name().to_string();
    let kept = StoreConfig::by_address(begun.store.address(), hall.folder(), &name)
        .map_err(StartError::part("store"))?;
    let store = Store::open(&kept, Actor::RegionalGateway)
        .await
        .map_err(StartError::part("store"))?;
    let workplace = rooms(&hall, &begun, store.clone(), config, &system)?;

    let door = hall.bind(Place::RegionalPages).await?;
    let address = door.https();
    let site = site(&begun, &store, door.address().port()).await?;
    workplace
        .roster
        .seed(&store, site.passwords(), begun.clock.now())
        .await
        .map_err(StartError::part("staff"))?;
    let security = hall.tls().server(Actor::RegionalGateway, Peers::None)?;
    let router = site.protect(pages::router(workplace.clone()));
    hall.serve_with(door, router, security, site.refuse());
    hall.announce("workplace", address.clone());
    hall.announce("pages", address);

    if let Err(why) = workplace.stubs.load(&workplace).await {
        tracing::warn!(
            why,
            "the stubs that are kept cannot be used: people answer, until stubs are set anew"
        );
    }

    watching::store(&hall, &store);
    watching::trust(&hall, &workplace.keys);
    let door = hall.bind(Place::RegionalChannel).await?;
    let address = format!("{}{}", door.https(), routes::CHANNEL);
    let registers = format!("{}{}", door.https(), routes::REGISTERS);
    let peers = Peers::Required(vec![Actor::Gateway]);
    let security = hall.tls().server(Actor::RegionalGateway, peers)?;
    hall.serve(door, channel::router(workplace.clone()), security);
    hall.announce("channel", address);
    hall.announce("registers", registers);

    hall.control(
        Place::RegionalControl,
        control::routes(workplace.clone()),
        control::on_clock(workplace.clone()),
    )
    .await?;

    let outbox = outbox(&hall, &begun, &workplace)?;
    let shutdown = hall.shutdown().clone();
    hall.spawn(outbox.run(shutdown.clone()));
    let keeper = JournalKeeper::new(store, &begun.data, begun.clock.clone(), begun.limits)
        .keeping_for(begun.journal_kept_for);
    hall.spawn(keeper.run(shutdown.clone()));
    hall.spawn(Later::run(workplace.clone(), shutdown.clone()));
    hall.spawn(Stubs::follow(workplace, shutdown.clone()));
    hall.spawn(sweep(site, shutdown));
    hall.open().await
}

fn rooms(
    hall: &Hall,
    start: &ActorStart,
    store: Store,
    config: WorkplaceConfig,
    system: &str,
) -> Result<Workplace, StartError> {
    let catalogue =
        Catalogue::load_with(&start.catalogue_dirs).map_err(StartError::part("catalogue"))?;
    let http = HttpClient::new(&hall.tls().client(None)?, ClientLimits::default())
        .reaching_actors_of(start.data.clone());
    let keys = SystemKeys::new(&start.data, system);
    let examining = Examining::new(&start.data, http, start.limits, start.clock.clone());
    let inbox = Inbox {
        store: store.clone(),
        clock: start.clock.clone(),
        limits: start.limits,
        keys: keys.clone(),
        examining: examining.clone(),
    };
    Ok(Workplace::new(Rooms {
        data: start.data.clone(),
        config,
        store,
        clock: start.clock.clone(),
        limits: start.limits,
        catalogue,
        keys,
        examining,
        inbox,
        roster: Roster::new(&start.data),
        stubs: Stubs::new(&start.data),
        registers: Registers::load(&hall.folder().join("registers")).map_err(StartError::Config)?,
    }))
}

async fn site(start: &ActorStart, store: &Store, port: u16) -> Result<Site, StartError> {
    let config = SiteConfig {
        actor: Actor::RegionalGateway,
        port,
        store: store.clone(),
        clock: start.clock.clone(),
        texts: Texts::new(texts::ALL).map_err(StartError::part("texts"))?,
        lang: start.lang,
        name_key: "workplace-name",
        tagline_key: "workplace-tagline",
        login_path: routes::LOGIN,
        logout_path: routes::LOGOUT,
        nav,
    };
    // A password is hashed for it, which blocks.
    tokio::task::spawn_blocking(move || Site::new(config))
        .await
        .map_err(StartError::part("site"))
}

fn nav(visit: &Visit) -> Vec<NavItem> {
    let entry = |href, key| NavItem::new(href, visit.t(key));
    if visit.account().is_some() {
        vec![
            entry(routes::QUEUE, "nav-queue"),
            entry(routes::CARDS, "nav-cards"),
        ]
    } else {
        vec![entry(routes::LOGIN, "nav-login")]
    }
}

fn outbox(
    hall: &Hall,
    start: &ActorStart,
    workplace: &Workplace,
) -> Result<Outbox<GatewayCourier>, StartError> {
    let tls = hall.tls().client_named(hall.name())?;
    let http =
        HttpClient::new(&tls, ClientLimits::default()).reaching_actors_of(start.data.clone());
    let courier = GatewayCourier {
        siblings: Siblings::of_folder(&workplace.data),
        client: ChannelClient::new(http, workplace.keys.clone(), start.limits)
            .examining(workplace.examining.clone()),
    };
    Ok(Outbox::new(
        workplace.store.clone(),
        start.clock.clone(),
        courier,
        Backoff::default(),
        OutboxBell::new(),
    ))
}

/// Sessions that ended are deleted now and then.
async fn sweep(site: Site, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
        if let Err(error) = site.sweep().await {
            tracing::warn!(%error, "sessions could not be swept");
        }
    }
}

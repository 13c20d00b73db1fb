//! How the portal comes up: its store, its doors, its workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use qaqpa_channel::{
    Backoff, ChannelClient, Examining, Inbox, JournalKeeper, Outbox, OutboxBell, SystemKeys,
    watching,
};
use qaqpa_model::{Actor, Moment};
use qaqpa_regulations::Catalogue;
use qaqpa_store::{Direction, JournalEntry, Store, StoreConfig};
use qaqpa_transport::registry::Siblings;
use qaqpa_transport::{
    ActorStart, ClientLimits, Hall, HttpClient, Peers, Place, Running, StartError, control, paths,
};
use qaqpa_web::{NavItem, Site, SiteConfig, Texts, Visit};
use serde_json::json;

use crate::config::PortalConfig;
use crate::courier::GatewayCourier;
use crate::persons::PersonRegister;
use crate::portal::{Portal, Rooms, Shared};
use crate::{channel, control as own_control, pages, routes, texts};

/// The system whose key signs the portal's messages.
const SYSTEM: &str = "system-portal";

/// Starts the portal.
///
/// The authority and the gateway may come up later: what needs them waits, or says so.
///
/// # Errors
/// [`StartError`].
pub async fn start(start: ActorStart) -> Result<Running, StartError> {
    start_with(start, PortalConfig::default()).await
}

/// Starts the portal with these settings.
///
/// # Errors
/// [`StartError`].
pub async fn start_with(start: ActorStart, config: PortalConfig) -> Result<Running, StartError> {
    let mut hall = Hall::enter(start, Actor::Portal).await?;
    let begun = hall.start().clone();
    let name = hall.name().to_string();
    let kept = StoreConfig::by_address(begun.store.address(), hall.folder(), &name)
        .map_err(StartError::part("store"))?;
    let store = Store::open(&kept, Actor::Portal)
        .await
        .map_err(StartError::part("store"))?;
    let portal = rooms(&hall, &begun, store.clone(), config)?;

    watching::store(&hall, &store);
    watching::trust(&hall, &portal.keys);
    let pages_door = hall.bind(Place::PortalPages).await?;
    let pages_address = pages_door.https();
    let site = site(&begun, &store, pages_door.address().port()).await?;
    let security = hall.tls().server(Actor::Portal, Peers::None)?;
    let pages = site.protect(pages::router(portal.clone()));
    hall.serve_with(pages_door, pages, security, site.refuse());
    hall.announce("pages", pages_address.clone());
    hall.announce("centre", format!("{pages_address}{}", routes::CENTRE));

    let channel_door = hall.bind(Place::PortalChannel).await?;
    let channel_address = format!("{}{}", channel_door.https(), routes::CHANNEL);
    let security = hall
        .tls()
        .server(Actor::Portal, Peers::Required(vec![Actor::Gateway]))?;
    hall.serve(channel_door, channel::router(portal.clone()), security);
    hall.announce("channel", channel_address);

    hall.control(
        Place::PortalControl,
        own_control::routes(portal.clone()),
        on_clock(portal.clone()),
    )
    .await?;

    let outbox = outbox(&hall, &begun, &portal)?;
    let shutdown = hall.shutdown().clone();
    hall.spawn(outbox.run(shutdown.clone()));
    let keeper = JournalKeeper::new(store, &begun.data, begun.clock.clone(), begun.limits)
        .keeping_for(begun.journal_kept_for);
    hall.spawn(keeper.run(shutdown.clone()));
    hall.spawn(sweep(site, shutdown));
    hall.open().await
}

fn rooms(
    hall: &Hall,
    start: &ActorStart,
    store: Store,
    config: PortalConfig,
) -> Result<Portal, StartError> {
    let catalogue =
        Catalogue::load_with(&start.catalogue_dirs).map_err(StartError::part("catalogue"))?;
    let persons = PersonRegister::open(&start.data, &paths::of_actor(&start.data, Actor::Portal))?;
    let http = HttpClient::new(&hall.tls().client(None)?, ClientLimits::default())
        .reaching_actors_of(start.data.clone());
    let keys = SystemKeys::new(&start.data, SYSTEM);
    let examining = Examining::new(&start.data, http, start.limits, start.clock.clone());
    let inbox = Inbox {
        store: store.clone(),
        clock: start.clock.clone(),
        limits: start.limits,
        keys: keys.clone(),
        examining: examining.clone(),
    };
    Ok(Portal::new(Rooms {
        shared: Shared {
            data: start.data.clone(),
            store,
            clock: start.clock.clone(),
            limits: start.limits,
            catalogue: Arc::new(catalogue),
        },
        config,
        persons,
        keys,
        examining,
        inbox,
    }))
}

async fn site(start: &ActorStart, store: &Store, port: u16) -> Result<Site, StartError> {
    let config = SiteConfig {
        actor: Actor::Portal,
        port,
        store: store.clone(),
        clock: start.clock.clone(),
        texts: Texts::new(texts::ALL).map_err(StartError::part("texts"))?,
        lang: start.lang,
        name_key: "portal-name",
        tagline_key: "portal-tagline",
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
    let mut entries = vec![entry(routes::SERVICES, "nav-services")];
    if visit.account().is_some() {
        entries.push(entry(routes::CABINET, "nav-cabinet"));
        entries.push(entry(routes::CABINET_HISTORY, "cabinet-history"));
        entries.push(entry(
            routes::CABINET_NOTIFICATIONS,
            "cabinet-notifications",
        ));
    } else {
        entries.push(entry(routes::LOGIN, "nav-login"));
        entries.push(entry(routes::REGISTER, "nav-register"));
    }
    entries
}

fn outbox(
    hall: &Hall,
    start: &ActorStart,
    portal: &Portal,
) -> Result<Outbox<GatewayCourier>, StartError> {
    let tls = hall.tls().client(Some(Actor::Portal))?;
    let http =
        HttpClient::new(&tls, ClientLimits::default()).reaching_actors_of(start.data.clone());
    let courier = GatewayCourier {
        siblings: Siblings::of_folder(&start.data),
        client: ChannelClient::new(http, portal.keys.clone(), start.limits)
            .examining(portal.examining.clone()),
        shared: portal.shared.clone(),
    };
    Ok(Outbox::new(
        portal.store.clone(),
        start.clock.clone(),
        courier,
        Backoff::default(),
        OutboxBell::new(),
    ))
}

/// Sessions that ended are deleted now and then.
async fn sweep(site: Site, shutdown: qaqpa_transport::Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            () = tokio::time::sleep(Duration::from_secs(300)) => {}
        }
        if let Err(error) = site.sweep().await {
            tracing::warn!(%error, "sessions could not be swept");
        }
    }
}

/// The clock was moved: evidence that was kept is void, and the journal says whether it went back.
fn on_clock(portal: Portal) -> control::ClockHook {
    let last = Arc::new(AtomicI64::new(portal.clock.offset_ms()));
    control::clock_hook(move |now: Moment| {
        let (portal, last) = (portal.clone(), Arc::clone(&last));
        async move {
            portal.examining.forget();
            let offset = portal.clock.offset_ms();
            let before = last.swap(offset, Ordering::Relaxed);
            let entry = JournalEntry {
                at: now,
                kind: if offset < before {
                    "clock-set-back".to_owned()
                } else {
                    "clock-set".to_owned()
                },
                message_id: None,
                direction: Direction::Own,
                label: None,
                raw: None,
                summary: json!({ "now": now.to_string(), "moved_ms": offset - before }),
            };
            portal
                .store
                .journal()
                .append(entry)
                .await
                .map(|_| ())
                .map_err(|error| error.to_string())
        }
    })
}

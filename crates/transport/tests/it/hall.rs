//! An actor's way up and down.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use qaqpa_model::{Actor, Branch};
use qaqpa_transport::files::FileError;
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ClockState, ControlClient, Hall, HttpClient, Peers, Place,
    Running, StartError, StoreChoice, control, paths, registry,
};

async fn start(data: &Path) -> Result<Running, StartError> {
    let mut hall = Hall::enter(ActorStart::in_folder(data), Actor::Gateway).await?;
    let listener = hall.bind(Place::GatewayPublic).await?;
    let address = listener.https();
    let security = hall.tls().server(Actor::Gateway, Peers::Optional)?;
    let router = Router::new().route("/health", get(|| async { "up" }));
    hall.serve(listener, router, security);
    hall.announce("health", format!("{address}/health"));
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::GatewayControl, Router::new(), on_clock)
        .await?;
    hall.open().await
}

#[tokio::test]
async fn an_actor_is_found_asked_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = start(&data).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&paths::control_token(&data)), 0o600);
    assert_eq!(mode(&paths::actor(&data, Actor::Gateway)), 0o600);

    let found = registry::wait_for(&data, Actor::Gateway, Duration::from_secs(5)).await;
    let found = found.unwrap();
    assert_eq!(&found, running.record());
    assert_eq!(found.pid, std::process::id());
    let tls = qaqpa_transport::ClientTls::trusting_file(&paths::trust_tls(&data)).unwrap();
    let client = HttpClient::new(&tls, ClientLimits::default());
    let answer = client.get(&found.addresses["health"]).await.unwrap();
    assert_eq!(answer.text(), "up");
    let control = ControlClient::of(&data, Actor::Gateway).unwrap();
    control.set_clock(1000).await.unwrap();

    running.stop().await;
    assert_eq!(registry::read(&data, Actor::Gateway).unwrap(), None);
    assert!(client.get(&found.addresses["health"]).await.is_err());
}

#[tokio::test]
async fn the_same_actor_does_not_start_twice_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path()).await.unwrap();
    let second = start(folder.path()).await;
    assert!(
        matches!(second, Err(StartError::File(FileError::Locked { .. }))),
        "{second:?}"
    );
    running.stop().await;
    start(folder.path()).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_killed_actor_leaves_its_record_and_its_place_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path()).await.unwrap();
    let old = running.record().clone();
    running.kill().await;
    assert_eq!(
        registry::read(folder.path(), Actor::Gateway).unwrap(),
        Some(old.clone())
    );
    let waited = registry::wait_for(folder.path(), Actor::Gateway, Duration::ZERO).await;
    assert!(
        waited.is_err(),
        "the record of a dead actor is not an actor"
    );
    let running = start(folder.path()).await.unwrap();
    assert_ne!(running.record().instance, old.instance);
    running.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = qaqpa_transport::Listener::bind(port).await.unwrap_err();
    assert_eq!(refused.port, port);
    assert!(
        refused
            .to_string()
            .starts_with(&format!("port {port} on 127.0.0.1: "))
    );
}

#[tokio::test]
async fn a_worker_that_panics_stops_the_actor() {
    let folder = tempfile::tempdir().unwrap();
    let mut hall = Hall::enter(ActorStart::in_folder(folder.path()), Actor::Nca)
        .await
        .unwrap();
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::NcaControl, Router::new(), on_clock)
        .await
        .unwrap();
    hall.spawn(async { panic!("on purpose") });
    let running = hall.open().await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), running.ended());
    ended.await.expect("it ends by itself");
    assert_eq!(registry::read(folder.path(), Actor::Nca).unwrap(), None);
}

#[tokio::test]
async fn a_branch_stands_beside_the_regional_gateway_and_no_other_actor_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let regional = async |branch: Option<&str>| {
        let start = ActorStart {
            branch: branch.map(|name| Branch::parse(name).unwrap()),
            // The ports of the kind are its own; a branch takes free ones.
            port_base: 0,
            ..ActorStart::in_folder(folder.path())
        };
        let mut hall = Hall::enter(start, Actor::RegionalGateway).await?;
        assert!(hall.folder().is_dir());
        let on_clock = control::clock_hook(|_| async { Ok(()) });
        hall.control(Place::RegionalControl, Router::new(), on_clock)
            .await?;
        hall.open().await
    };
    let whole = regional(None).await.unwrap();
    let taraz = regional(Some("taraz")).await.unwrap();
    assert_eq!(taraz.name().to_string(), "regional-gateway.taraz");
    assert!(folder.path().join("regional-gateway.taraz").is_dir());
    let again = regional(Some("taraz")).await;
    assert!(matches!(
        again,
        Err(StartError::File(FileError::Locked { .. }))
    ));
    let names = registry::names(folder.path(), Actor::RegionalGateway).unwrap();
    assert_eq!(names, [whole.name().clone(), taraz.name().clone()]);
    let control = ControlClient::of_named(folder.path(), taraz.name()).unwrap();
    control.set_clock(1000).await.unwrap();

    taraz.stop().await;
    assert_eq!(
        registry::names(folder.path(), Actor::RegionalGateway).unwrap(),
        [whole.name().clone()]
    );
    whole.stop().await;

    let start = ActorStart {
        branch: Some(Branch::parse("taraz").unwrap()),
        ..ActorStart::in_folder(folder.path())
    };
    let refused = Hall::enter(start, Actor::Gateway).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "configuration: there is one gateway only: it cannot be named taraz"
    );
}

#[tokio::test]
async fn actors_that_share_a_database_are_up_several_times_in_one_folder_and_all_get_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let start = async |clock: Clock| {
        let start = ActorStart {
            store: StoreChoice::Url("postgres:///qaqpa".to_owned()),
            // The first has the ports of its kind, the others free ones.
            port_base: port.saturating_sub(Place::GatewayControl.port(1) - 1),
            clock,
            ..ActorStart::in_folder(folder.path())
        };
        let mut hall = Hall::enter(start, Actor::Gateway).await?;
        let on_clock = control::clock_hook(|_| async { Ok(()) });
        hall.control(Place::GatewayControl, Router::new(), on_clock)
            .await?;
        // As if the console had moved the clock between the start and the registration.
        ClockState { offset_ms: 7000 }.save(folder.path()).unwrap();
        hall.open().await
    };
    let clocks = [Clock::real(), Clock::real()];
    let one = start(clocks[0].clone()).await.unwrap();
    assert_eq!(clocks[0].offset_ms(), 7000);
    let two = start(clocks[1].clone()).await.unwrap();
    let name = one.name().clone();
    assert_eq!(two.name(), &name);
    assert_eq!(
        one.record().control,
        format!("http://127.0.0.1:{port}"),
        "the first has its usual port"
    );
    assert_ne!(one.record().control, two.record().control);
    let records = registry::records(folder.path(), &name).unwrap();
    assert_eq!(records, [one.record().clone(), two.record().clone()]);
    for process in ControlClient::of_each(folder.path(), &name).unwrap() {
        process.set_clock(9000).await.unwrap();
    }
    assert_eq!(clocks.map(|clock| clock.offset_ms()), [9000, 9000]);

    // The first ends; whoever starts next has its place, and the second is found meanwhile.
    one.stop().await;
    let found = registry::read_named(folder.path(), &name).unwrap();
    assert_eq!(found.as_ref(), Some(two.record()));
    let next = start(Clock::real()).await.unwrap();
    let found = registry::read_named(folder.path(), &name).unwrap();
    assert_eq!(found.as_ref(), Some(next.record()));
    assert_eq!(next.record().control, format!("http://127.0.0.1:{port}"));
    next.stop().await;
    two.stop().await;
    assert!(ControlClient::of_each(folder.path(), &name).is_err());
}

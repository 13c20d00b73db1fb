//! Actors of two machines: a data folder each, and addresses of 127.0.0.0/8 that are not every machine's own.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use qaqpa_model::Actor;
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ClockState, ControlClient, ControlError, ControlToken, Hall,
    HttpClient, HttpError, Machine, Peers, Place, Running, control, files, paths, registry,
};

const HERE: &str = "127.0.0.2";

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// An actor with one door over TLS, at [`HERE`].
async fn start(data: &Path, control_at: Option<&str>, clock: Clock) -> Running {
    let start = ActorStart {
        machine: Machine::new(Some(address(HERE)), control_at.map(address), None).unwrap(),
        clock,
        ..ActorStart::in_folder(data)
    };
    let mut hall = Hall::enter(start, Actor::Nca).await.unwrap();
    let listener = hall.bind(Place::NcaPublic).await.unwrap();
    hall.announce("ocsp", format!("{}/ocsp/", listener.https()));
    let security = hall.tls().server(Actor::Nca, Peers::None).unwrap();
    hall.serve(listener, Router::new(), security);
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::NcaControl, Router::new(), on_clock)
        .await
        .unwrap();
    hall.open().await.unwrap()
}

/// What whoever runs both machines does: the common trust and token, and the registration, go to the other folder.
fn make_known(from: &Path, to: &Path) {
    for path in [
        paths::control_token,
        |dir: &Path| paths::tls(dir).join("ca.key.pem"),
        |dir: &Path| paths::tls(dir).join("ca.pem"),
        paths::trust_tls,
    ] {
        let bytes = std::fs::read(path(from)).unwrap();
        files::write_private(&path(to), &bytes).unwrap();
    }
    let record = std::fs::read(paths::actor(from, Actor::Nca)).unwrap();
    files::write_private(&paths::neighbours(to).join("nca.json"), &record).unwrap();
}

#[tokio::test]
async fn doors_are_at_the_machines_address_and_the_control_port_stays_at_home() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), None, Clock::real()).await;
    let ocsp = running.address("ocsp").unwrap().to_owned();
    assert!(ocsp.starts_with("https://127.0.0.2:"), "{ocsp}");
    let control = &running.record().control;
    assert!(control.starts_with("http://127.0.0.1:"), "{control}");
    // The certificate has the address for its name.
    let client = HttpClient::of_folder(folder.path(), ClientLimits::default()).unwrap();
    let live = ocsp.replace("/ocsp/", "/health/live");
    assert_eq!(client.get(&live).await.unwrap().status, StatusCode::OK);
    let elsewhere = live.replace("127.0.0.2", "127.0.0.3");
    assert!(matches!(
        client.get(&elsewhere).await,
        Err(HttpError::Unconnected(_))
    ));
    running.stop().await;
}

#[tokio::test]
async fn a_neighbour_is_found_by_its_registration_and_its_control_port_is_none_of_ours() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let running = start(here.path(), None, Clock::real()).await;
    make_known(here.path(), there.path());
    let wait = registry::wait_for(there.path(), Actor::Nca, Duration::from_secs(5)).await;
    let found = wait.unwrap();
    assert!(found.is_far());
    assert_eq!(found.addresses, running.record().addresses);
    let asked = ControlClient::of(there.path(), Actor::Nca);
    assert!(matches!(asked, Err(ControlError::Untold(Actor::Nca))));
    running.stop().await;
    let wait = registry::wait_for(there.path(), Actor::Nca, Duration::ZERO).await;
    assert!(wait.is_err(), "nobody lives there any more");
}

#[tokio::test]
async fn a_control_port_for_other_machines_speaks_tls_and_wants_the_token() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let clock = Clock::real();
    let running = start(here.path(), Some(HERE), clock.clone()).await;
    make_known(here.path(), there.path());
    let url = running.record().control.clone();
    assert!(url.starts_with("https://127.0.0.2:"), "{url}");
    for folder in [here.path(), there.path()] {
        let control = ControlClient::of(folder, Actor::Nca).unwrap();
        control.set_clock(1000).await.unwrap();
    }
    assert_eq!(clock.offset_ms(), 1000);
    // Not in plain text, which anybody on the way could read.
    let plain = url.replace("https:", "http:");
    let client = HttpClient::plain(ClientLimits::default());
    let asked = client.get(&format!("{plain}/health")).await;
    assert!(asked.is_err(), "{asked:?}");
    let stranger = tempfile::tempdir().unwrap();
    let token = ControlToken::open_or_create(stranger.path()).unwrap();
    let trusting = HttpClient::of_folder(there.path(), ClientLimits::default()).unwrap();
    let refused = ControlClient::new(&url, token).calling_by(&trusting);
    let refused = refused.set_clock(2000).await.unwrap_err();
    assert!(refused.to_string().starts_with("token-wrong"), "{refused}");
    assert_eq!(clock.offset_ms(), 1000);
    running.stop().await;
}

#[tokio::test]
async fn an_actor_whose_console_is_on_another_machine_keeps_the_clock_in_its_own_folder() {
    let kept = async |with_console: bool| {
        let folder = tempfile::tempdir().unwrap();
        if with_console {
            let console = r#"{"actor": "console", "addresses": {}}"#;
            let path = paths::neighbours(folder.path()).join("console.json");
            files::write_private(&path, console.as_bytes()).unwrap();
        }
        let running = start(folder.path(), None, Clock::real()).await;
        let control = ControlClient::of(folder.path(), Actor::Nca).unwrap();
        control.set_clock(5000).await.unwrap();
        running.stop().await;
        ClockState::load(folder.path()).unwrap().offset_ms
    };
    assert_eq!(kept(true).await, 5000);
    // The console of this folder writes it itself, before it tells anybody.
    assert_eq!(kept(false).await, 0);
}

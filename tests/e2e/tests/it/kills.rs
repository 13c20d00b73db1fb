//! Killing any actor between acceptance and delivery loses nothing and doubles nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, Lang};
use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Scenario, Stand, play};
use qaqpa_transport::ControlClient;
use serde_json::Value;

use crate::stand::{self, SERVICE};

/// Five actors as five processes, killed without a word and started again.
struct Processes {
    data: PathBuf,
    port_base: String,
    running: BTreeMap<&'static str, Child>,
}

impl Processes {
    fn start() -> Self {
        let data = stand::fresh_folder("kills");
        let mut processes = Self {
            data,
            port_base: stand::free_ports().to_string(),
            running: BTreeMap::new(),
        };
        for actor in Actor::ALL {
            processes.start_one(actor);
        }
        stand::wait_for_endpoints(&processes.data);
        processes
    }

    fn start_one(&mut self, actor: Actor) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.data.join(format!("{actor}.log")))
            .unwrap();
        let child = Command::new(stand::program())
            .arg("--data")
            .arg(&self.data)
            .args(["--port-base", &self.port_base, actor.name()])
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        self.running.insert(actor.name(), child);
    }

    /// SIGKILL, which no process can answer.
    fn kill(&mut self, actor: Actor) {
        let mut child = self.running.remove(actor.name()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits until an actor that was started again answers on its control port.
    fn wait_for(&self, actor: Actor) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(qaqpa_transport::registry::wait_for(
                &self.data,
                actor,
                Duration::from_secs(60),
            ))
            .unwrap();
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let mut processes = Processes::start();
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = Vec::new();
    // The outward way: accepted by the gateway, not yet registered in the workplace.
    for n in 0..16 {
        let file = folder.path().join(format!("{n}.xml"));
        let signed = stand::qaqpa_yes(
            &processes.data,
            &["sample", SERVICE, "--signed-by", "citizen-1"],
        );
        std::fs::write(&file, signed).unwrap();
        let victims: &[Actor] = match n % 4 {
            0 => &[Actor::RegionalGateway],
            1 => &[Actor::Gateway],
            2 => &[Actor::Gateway, Actor::RegionalGateway],
            _ => &[Actor::Nca, Actor::Portal, Actor::Console],
        };
        let down_before = n % 4 == 0 || n % 4 == 2;
        if down_before {
            processes.kill(Actor::RegionalGateway);
        }
        accepted.push(send(&processes.data, &file));
        for victim in victims {
            if !(down_before && *victim == Actor::RegionalGateway) {
                processes.kill(*victim);
            }
        }
        for victim in victims {
            processes.start_one(*victim);
        }
        for victim in victims {
            processes.wait_for(*victim);
        }
        stand::wait_for_endpoints(&processes.data);
    }
    let cards = wait_for_cards(&processes.data, accepted.len());
    let mut registered: Vec<&str> = cards
        .iter()
        .map(|card| card["message"].as_str().unwrap())
        .collect();
    registered.sort_unstable();
    accepted.sort_unstable();
    assert_eq!(registered, accepted);

    // The way back: signed by the officer, not yet in the cabinet.
    for n in 0..4 {
        let data = processes.data.clone();
        let playing = std::thread::spawn(move || play_happy(&data));
        wait_for_decision(&processes.data, accepted.len() + n + 1);
        let mut victims = vec![Actor::Gateway];
        processes.kill(Actor::Gateway);
        if n % 2 == 1 {
            // The result waits here for the gateway; the officer's page has had its answer by then.
            std::thread::sleep(Duration::from_secs(3));
            processes.kill(Actor::RegionalGateway);
            victims.push(Actor::RegionalGateway);
        }
        for victim in &victims {
            processes.start_one(*victim);
        }
        for victim in &victims {
            processes.wait_for(*victim);
        }
        assert_eq!(
            playing.join().unwrap(),
            Vec::<String>::new(),
            "kill {n} on the way back"
        );
    }
}

/// Sends as integrator-1; the messageId that was acknowledged.
fn send(data: &Path, file: &Path) -> String {
    let sent = stand::qaqpa_yes(data, &["send", file.to_str().unwrap(), "--format", "json"]);
    let sent: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent["code"], "SCSS001");
    sent["messageId"].as_str().unwrap().to_owned()
}

fn play_happy(data: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = Scenario::embedded(&catalogue).unwrap();
    let happy = scenarios
        .into_iter()
        .find(|one| one.id == "guardianship-happy")
        .unwrap();
    let stand = Stand::new(stand::wait_for_endpoints(data), catalogue, Lang::En).unwrap();
    runtime.block_on(play(&stand, &happy)).differences
}

fn cards(data: &Path) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let control = ControlClient::of(data, Actor::RegionalGateway).unwrap();
        control.get("/cards").await.unwrap_or_default()
    })
}

fn wait_for_cards(data: &Path, number: usize) -> Vec<Value> {
    wait_until("every accepted message has its card", || {
        let cards = cards(data);
        (cards.len() >= number).then_some(cards)
    })
}

/// Waits until so many messages have cards, and the newest of them is decided.
fn wait_for_decision(data: &Path, number: usize) {
    wait_until("the officer has decided", || {
        let cards = cards(data);
        (cards.len() == number
            && cards
                .iter()
                .any(|card| card["state"] == "granted" && card["message"] == cards[0]["message"]))
        .then_some(())
    });
}

fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(90) {
        if let Some(seen) = look() {
            return seen;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited 90 s: {what}");
}

//! Actors of two machines: the authority, the portal and the console on the one, gateway and regional gateway on the
//! other, each with a data folder of its own.
//!
//! A machine is a network namespace, from which the other's loopback address cannot be reached. Making one needs root;
//! without it a machine is an address of 127.0.0.0/8, and what would be called at `127.0.0.1` is noticed all the same,
//! since nobody announces it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use qaqpa_model::Actor;
use qaqpa_transport::{ClockState, files, paths};
use serde_json::Value;

use crate::stand;

/// A machine with its data folder; dropping it kills whoever runs there.
struct Machine {
    namespace: Option<String>,
    host: String,
    port_base: String,
    data: PathBuf,
    running: Vec<Child>,
}

/// Two machines that reach each other.
fn two() -> [Machine; 2] {
    let names = ["a", "b"].map(|side| format!("qaqpa-{}-{side}", std::process::id()));
    let links = ["a", "b"].map(|side| format!("qq{}{side}", std::process::id()));
    let apart = namespaces(&names, &links);
    if !apart {
        eprintln!("network namespaces cannot be made here: two addresses of one network instead");
    }
    let port_base = stand::free_ports().to_string();
    [0, 1].map(|side| Machine {
        namespace: apart.then(|| names[side].clone()),
        host: match apart {
            true => format!("10.231.77.{}", side + 1),
            false => format!("127.0.0.{}", side + 2),
        },
        port_base: port_base.clone(),
        data: stand::fresh_folder(&format!("machine-{side}")),
        running: Vec::new(),
    })
}

/// Whether they were made: two namespaces with a line between them.
fn namespaces(names: &[String; 2], links: &[String; 2]) -> bool {
    let ip = |words: &str| {
        let said = Command::new("ip").args(words.split(' ')).output();
        said.is_ok_and(|said| said.status.success())
    };
    let ([a, b], [one, other]) = (names, links);
    let made = ip(&format!("netns add {a}"))
        && ip(&format!("netns add {b}"))
        && ip(&format!(
            "-n {a} link add {one} type veth peer name {other} netns {b}"
        ))
        && [(a, one, 1), (b, other, 2)]
            .into_iter()
            .all(|(name, link, number)| {
                ip(&format!(
                    "-n {name} addr add 10.231.77.{number}/24 dev {link}"
                )) && ip(&format!("-n {name} link set {link} up"))
                    && ip(&format!("-n {name} link set lo up"))
            });
    if !made {
        for name in names {
            ip(&format!("netns del {name}"));
        }
    }
    made
}

impl Machine {
    /// The program on this machine, over its folder.
    fn qaqpa(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_qaqpa-under-test");
        let mut command = match &self.namespace {
            None => Command::new(program),
            Some(name) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name, program]);
                command
            }
        };
        command.arg("--data").arg(&self.data);
        command
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        self.qaqpa().args(arguments).output().unwrap()
    }

    /// Starts an actor whose doors, the control port among them, are this machine's for the other one.
    fn start(&mut self, actor: Actor) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.data.join(format!("{actor}.log")))
            .unwrap();
        let child = self
            .qaqpa()
            .args(["--listen", &self.host, "--listen-control", &self.host])
            .args(["--port-base", &self.port_base, actor.name()])
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        self.running.push(child);
        let begun = Instant::now();
        while !self.registration(actor).exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{actor} is not up; its log is in {}",
                self.data.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn registration(&self, actor: Actor) -> PathBuf {
        paths::actor(&self.data, actor)
    }

    /// What whoever runs both does once: the common keys and people go to the other machine.
    fn share_with(&self, other: &Self) {
        for part in ["control-token", "tls", "trust", "identities"] {
            let from = self.data.join(part);
            let copied = Command::new("cp")
                .arg("-r")
                .args([&from, &other.data])
                .status()
                .unwrap();
            assert!(copied.success(), "{}", from.display());
        }
    }

    /// And for each actor: its registration.
    fn make_known_to(&self, other: &Self, actor: Actor) {
        let record = std::fs::read(self.registration(actor)).unwrap();
        files::write_private(&neighbour(&other.data, actor), &record).unwrap();
    }
}

fn neighbour(data: &Path, actor: Actor) -> PathBuf {
    paths::neighbours(data).join(format!("{actor}.json"))
}

impl Drop for Machine {
    fn drop(&mut self) {
        for child in &mut self.running {
            child.kill().ok();
            child.wait().ok();
        }
        if let Some(name) = &self.namespace {
            Command::new("ip")
                .args(["netns", "del", name])
                .status()
                .ok();
        }
        // What failed is to be looked at.
        if !std::thread::panicking() {
            std::fs::remove_dir_all(&self.data).ok();
        }
    }
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn an_application_goes_from_one_machine_to_the_other_and_its_result_comes_back() {
    let [mut one, mut other] = two();
    one.start(Actor::Nca);
    one.share_with(&other);
    one.make_known_to(&other, Actor::Nca);
    for actor in [Actor::Gateway, Actor::RegionalGateway] {
        other.start(actor);
        other.make_known_to(&one, actor);
    }
    for actor in [Actor::Portal, Actor::Console] {
        one.start(actor);
        one.make_known_to(&other, actor);
    }
    let endpoints = stand::wait_for_endpoints(&one.data);
    assert!(endpoints.gateway.sync.contains(&other.host));
    assert!(endpoints.nca.ocsp.contains(&one.host));
    for address in endpoints.control.actors.values() {
        assert!(address.starts_with("https://"), "{address}");
    }
    let played = one.ask(&["scenario", "run", "guardianship-happy"]);
    assert!(played.status.success(), "{}", said(&played));

    the_clock(&one, &other);

    // Each machine's journals are proven on it.
    for (machine, actor) in [(&one, "portal"), (&other, "gateway")] {
        let verify = ["journal", "verify", "--actor", actor, "--format", "json"];
        let shown: Value = serde_json::from_slice(&machine.ask(&verify).stdout).unwrap();
        assert_eq!(shown["journals"][0]["broken"], Value::Null, "{shown}");
        assert!(
            shown["journals"][0]["entries"].as_u64() > Some(1),
            "{shown}"
        );
    }
}

/// The clock is moved for both machines, or for none.
fn the_clock(one: &Machine, other: &Machine) {
    let offset_ms = |machine: &Machine| ClockState::load(&machine.data).unwrap().offset_ms;
    let told = std::fs::read(neighbour(&one.data, Actor::RegionalGateway)).unwrap();
    let mut untold: Value = serde_json::from_slice(&told).unwrap();
    untold["control"] = "".into();
    let path = neighbour(&one.data, Actor::RegionalGateway);
    files::write_private(&path, untold.to_string().as_bytes()).unwrap();
    let refused = one.ask(&["clock", "advance", "1h"]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    let why =
        "the clock stays as it was: the control port of regional-gateway is on another machine";
    assert!(said(&refused).contains(why), "{}", said(&refused));
    assert_eq!((offset_ms(one), offset_ms(other)), (0, 0));

    files::write_private(&path, &told).unwrap();
    let moved = one.ask(&["clock", "advance", "1h"]);
    assert!(moved.status.success(), "{}", said(&moved));
    let hour = 3_600_000;
    assert_eq!((offset_ms(one), offset_ms(other)), (hour, hour));
    let ready = other.ask(&["doctor", "--quick", "--format", "json"]);
    let shown: Value = serde_json::from_slice(&ready.stdout).unwrap();
    let text = shown.to_string();
    assert!(!text.contains("was set to"), "{text}");
}

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
use qaqpa_transport::{ClockState, ControlClient, files, paths};
use serde_json::{Value, json};

use crate::server::Server;
use crate::stand;

/// A machine with its data folder; dropping it kills whoever runs there.
struct Machine {
    namespace: Option<String>,
    host: String,
    port_base: String,
    data: PathBuf,
    store: Option<String>,
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
        store: None,
        running: Vec::new(),
    })
}

/// Two machines of this network, each an address of its own, over one database.
fn over(url: &str) -> [Machine; 2] {
    let port_base = stand::free_ports().to_string();
    [0, 1].map(|side| Machine {
        namespace: None,
        host: format!("127.0.0.{}", side + 2),
        port_base: port_base.clone(),
        data: stand::fresh_folder(&format!("machine-over-{side}")),
        store: Some(url.to_owned()),
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
        let program = stand::program();
        let mut command = match &self.namespace {
            None => Command::new(program),
            Some(name) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name]).arg(program);
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
        let mut command = self.qaqpa();
        if let Some(url) = &self.store {
            command.args(["--store", url]);
        }
        let child = command
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

    /// Kills whoever runs here, and takes their registrations away.
    fn kill(&mut self, actor: Actor) {
        for child in &mut self.running {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        self.running.clear();
        std::fs::remove_file(self.registration(actor)).unwrap();
    }

    /// What stands at this path of the gateway's control port.
    fn shown(&self, path: &str) -> Value {
        block_on(self.gateway().get(path)).unwrap()
    }

    fn gateway(&self) -> ControlClient {
        ControlClient::of(&self.data, Actor::Gateway).unwrap()
    }

    /// Waits until the gateway here goes by this version.
    fn wait_for_version(&self, path: &str, version: u64) -> Value {
        let begun = Instant::now();
        loop {
            let shown = self.shown(path);
            if shown["version"] == version {
                return shown;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.data.join("gateway").join(name);
        files::write_private(&path, text.as_bytes()).unwrap();
        path
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

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

fn senders(shown: &Value) -> Vec<&str> {
    let systems = shown["systems"].as_array().unwrap().iter();
    systems
        .map(|system| system["sender"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_registered_and_routed_at_one_gateway_is_in_force_at_every_one_of_the_database() {
    let server = Server::start();
    let [mut one, mut other] = over(&server.url());
    one.start(Actor::Nca);
    one.share_with(&other);
    one.make_known_to(&other, Actor::Nca);

    // The first gateway brings its file in; the other's is not looked at.
    one.write(
        "systems.toml",
        "version = 1\n[[system]]\nsender = \"integrator-1\"\n",
    );
    one.start(Actor::Gateway);
    let aside = other.write("systems.toml", "this is no register");
    let key = "gateway/raw.key";
    std::fs::copy(one.data.join(key), other.data.join(key)).unwrap();
    other.start(Actor::Gateway);
    let (here, there) = (one.shown("/systems"), other.shown("/systems"));
    assert_eq!(senders(&here), ["integrator-1"]);
    assert_eq!(senders(&there), ["integrator-1"]);
    assert_eq!(there["file"], "the database");
    assert_eq!(there["aside"], aside.display().to_string());
    assert_eq!(
        (&there["version"], &there["refused"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(there["digest"], here["digest"]);

    // A certificate that lies on one machine goes with what is registered there.
    let signer = std::fs::read_dir(other.data.join("trust")).unwrap();
    let pem = signer
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "pem"))
        .unwrap();
    other.write("own.pem", &std::fs::read_to_string(pem).unwrap());
    let order = json!({"toml": "version = 1\n[[system]]\nsender = \"integrator-3\"\ncertificate = \"own.pem\"\n"});
    let put: Value = block_on(other.gateway().put("/systems", &order)).unwrap();
    assert_eq!(senders(&put), ["integrator-3"]);
    let told = one.wait_for_version("/systems", 2);
    assert_eq!(told["systems"], put["systems"]);
    assert_ne!(told["systems"][0]["certificate"], Value::Null);

    // What has a fault is in force nowhere.
    let faulty = json!({"toml": "version = 1\n[[system]]\nsender = \"portal\"\n"});
    let refused = block_on(other.gateway().put::<_, Value>("/systems", &faulty)).unwrap_err();
    assert!(
        refused.to_string().contains("line 3: portal is an actor"),
        "{refused}"
    );
    assert_eq!(other.shown("/systems"), put);

    let origin = one.shown("/routes")["origin"].clone();
    assert_eq!(origin, "built-in");
    let order = json!({"toml": include_str!("../../../../gateway/routes.toml")});
    let put: Value = block_on(one.gateway().put("/routes", &order)).unwrap();
    let told = other.wait_for_version("/routes", 1);
    assert_eq!(told["digest"], put["digest"]);
    assert_eq!(told["origin"], "routes.toml of the database, version 1");

    // It stays so over a restart, and what was taken away is not brought in again by a file that still lies there.
    other.kill(Actor::Gateway);
    other.start(Actor::Gateway);
    assert_eq!(senders(&other.shown("/systems")), ["integrator-3"]);
    let gone: Value = block_on(other.gateway().delete("/systems")).unwrap();
    assert_eq!((senders(&gone), &gone["version"]), (vec![], &json!(3)));
    one.wait_for_version("/systems", 3);
    one.kill(Actor::Gateway);
    std::fs::remove_file(one.registration(Actor::Nca)).unwrap();
    one.start(Actor::Nca);
    one.start(Actor::Gateway);
    assert_eq!(senders(&one.shown("/systems")), [""; 0]);
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

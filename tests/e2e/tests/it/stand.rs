//! The stand: one simulator in this process that the tests share, and what they ask of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use qaqpa::settings::Settings;
use qaqpa::simulator::Simulator;
use qaqpa_model::{Lang, Limits};
use qaqpa_runner::Endpoints;

/// The service of the main road.
pub(crate) const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

/// A simulator in a folder of its own.
#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) data: PathBuf,
    pub(crate) endpoints: Endpoints,
}

/// The stand that all tests of this process share. It lives as long as the process.
pub(crate) fn shared() -> &'static Stand {
    static STAND: OnceLock<Stand> = OnceLock::new();
    STAND.get_or_init(|| started("stand"))
}

/// A simulator in a folder of this name that lives as long as the process.
pub(crate) fn started(name: &str) -> Stand {
    let data = fresh_folder(name);
    let settings = settings(&data);
    let (ready, wait) = std::sync::mpsc::channel();
    // A runtime of its own: each test has one, and they end with their tests.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let simulator = Simulator::start(&settings, |_| {}).await.unwrap();
            ready.send(()).unwrap();
            simulator.shutdown().begun().await;
        });
    });
    wait.recv().expect("the simulator starts");
    let endpoints = wait_for_endpoints(&data);
    Stand { data, endpoints }
}

/// Settings for a simulator in this folder, on free ports.
pub(crate) fn settings(data: &Path) -> Settings {
    Settings {
        data: data.to_owned(),
        port_base: 0,
        calm: false,
        mischief: None,
        lang: Lang::En,
        limits: Limits::default(),
        catalogue: Vec::new(),
        nca: Default::default(),
        gateway: Default::default(),
        store: Default::default(),
        log: Default::default(),
        watching: Default::default(),
        journal_kept_for: None,
        packs_said: false,
        machine: Default::default(),
    }
}

/// An empty folder below the build's folder for such things.
pub(crate) fn fresh_folder(name: &str) -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Another number at each call of this process.
pub(crate) fn unique() -> usize {
    static NUMBERS: AtomicUsize = AtomicUsize::new(0);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// Twelve ports in a row that were free a moment ago, and that no other test of this process was given.
pub(crate) fn free_ports() -> u16 {
    let taken = u16::try_from(unique() * 240 % 20_000).unwrap();
    let begin = 20_000 + u16::try_from(std::process::id() % 20_000).unwrap();
    (0..20_u16)
        .map(|step| 20_000 + (begin - 20_000 + taken + step * 12) % 20_000)
        .find(|base| (0..12).all(|n| std::net::TcpListener::bind(("127.0.0.1", base + n)).is_ok()))
        .expect("twelve free ports in a row")
}

/// Waits until the console has written endpoints.json.
pub(crate) fn wait_for_endpoints(data: &Path) -> Endpoints {
    let path = data.join("endpoints.json");
    for _ in 0..1200 {
        if let Ok(endpoints) = Endpoints::read(&path) {
            return endpoints;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{} did not appear within two minutes", path.display());
}

/// The program: this build's, or another (an optimized one, one that stays the same during a long run).
pub(crate) fn program() -> OsString {
    let own = env!("CARGO_BIN_EXE_qaqpa-under-test");
    std::env::var_os("QAQPA_UNDER_TEST").unwrap_or_else(|| own.into())
}

/// The command line on this data folder; what it wrote and how it ended.
pub(crate) fn qaqpa(data: &Path, arguments: &[&str]) -> Output {
    Command::new(program())
        .arg("--data")
        .arg(data)
        .args(arguments)
        .output()
        .unwrap()
}

/// The standard output of a command line that must say yes.
pub(crate) fn qaqpa_yes(data: &Path, arguments: &[&str]) -> String {
    let output = qaqpa(data, arguments);
    assert!(
        output.status.success(),
        "{arguments:?} ended with {:?}\n{}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A program that is not ours; it must be there (`scripts/setup test` installs it) and succeed.
pub(crate) fn judge(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; run scripts/setup test"))
}

/// A signed application of this identity, as a file in `folder`.
pub(crate) fn signed_application(stand: &Stand, identity: &str, folder: &Path) -> PathBuf {
    let xml = qaqpa_yes(&stand.data, &["sample", SERVICE, "--signed-by", identity]);
    let path = folder.join(format!("{identity}.xml"));
    std::fs::write(&path, xml).unwrap();
    path
}

/// The key and the certificate of a key file as PEM files in `folder`, taken out by OpenSSL.
pub(crate) fn pem_of(key_file: &Path, password: &str, folder: &Path) -> (PathBuf, PathBuf) {
    let key = folder.join("key.pem");
    let certificate = folder.join("certificate.pem");
    let pass = format!("pass:{password}");
    let file = key_file.to_str().unwrap();
    for (what, target) in [
        (["-nocerts", "-nodes"], &key),
        (["-nokeys", "-clcerts"], &certificate),
    ] {
        let output = judge(
            "openssl",
            &[
                "pkcs12",
                "-in",
                file,
                "-passin",
                &pass,
                what[0],
                what[1],
                "-out",
                target.to_str().unwrap(),
            ],
        );
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    // Without the bag attributes, whose text is not ASCII.
    let file = certificate.to_str().unwrap();
    assert!(
        judge("openssl", &["x509", "-in", file, "-out", file])
            .status
            .success()
    );
    (key, certificate)
}

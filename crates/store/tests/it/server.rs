//! A PostgreSQL server for the tests: started when the first asks, stopped when the test's process ends, however it ends.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A server of its own, reached by a socket in its folder. Dropping it stops it.
pub(crate) struct Server {
    dir: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    /// What it is started with.
    options: String,
    /// Stops the server when its input ends: with this process, at the latest.
    warden: Child,
    schemas: AtomicU32,
}

/// The server that tests share which do not stop it.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// One whose data lie in this folder.
    pub(crate) fn start_in(folder: &Path) -> Self {
        let mut server = Self::make(folder);
        server.options = "-c listen_addresses=".to_owned();
        server.begin();
        server
    }

    /// One that is reached at this address and port, and encrypts with this key and certificate (PEM).
    pub(crate) fn encrypted(port: u16, key: &[u8], certificate: &[u8]) -> Self {
        let mut server = Self::make(&std::env::temp_dir());
        for (name, bytes) in [("server.key", key), ("server.crt", certificate)] {
            let path = server.dir.join("data").join(name);
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            if let Some((uid, gid)) = server.user {
                std::os::unix::fs::chown(&path, Some(uid), Some(gid)).unwrap();
            }
        }
        server.options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on");
        server.begin();
        server
    }

    /// The server's folder, in this one, and who stops it.
    fn make(folder: &Path) -> Self {
        let programs = programs();
        let user = user_if_root();
        let dir = tempfile::Builder::new()
            .prefix("qaqpa-pg")
            .tempdir_in(folder)
            .unwrap()
            .keep();
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o700)).unwrap();
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&dir, Some(uid), Some(gid)).unwrap();
        }
        let mut initdb = run_as(user, &programs.join("initdb"), &dir);
        initdb.args(["-D", "data", "-U", "qaqpa", "-A", "trust", "-E", "UTF8"]);
        must(initdb.args(["--locale=C", "--no-sync", "--no-instructions"]));
        let warden = run_as(user, Path::new("/bin/sh"), &dir)
            .args([
                "-c",
                "read -r _; \"$0/pg_ctl\" -D data -m immediate stop >/dev/null 2>&1; cd /; rm -rf \"$1\"",
            ])
            .args([&programs, &dir])
            .stdin(Stdio::piped())
            // A group of its own: what interrupts the tests lets it still stop the server.
            .process_group(0)
            .spawn()
            .unwrap();
        Self {
            dir,
            programs,
            user,
            options: String::new(),
            warden,
            schemas: AtomicU32::new(0),
        }
    }

    /// Starts it (again), unless it runs.
    pub(crate) fn begin(&self) {
        let mut status = run_as(self.user, &self.programs.join("pg_ctl"), &self.dir);
        if status
            .args(["-D", "data", "status"])
            .status()
            .unwrap()
            .success()
        {
            return;
        }
        let options = format!(
            "-k {} -c fsync=off -c max_connections=300 {}",
            self.dir.display(),
            self.options
        );
        let mut start = run_as(self.user, &self.programs.join("pg_ctl"), &self.dir);
        start.args(["-D", "data", "-w", "-t", "60", "-l", "log", "-o", &options]);
        must(start.arg("start"));
    }

    /// Stops it as a failure does: nobody is told, nothing is finished.
    pub(crate) fn fail(&self) {
        let mut stop = run_as(self.user, &self.programs.join("pg_ctl"), &self.dir);
        must(stop.args(["-D", "data", "-w", "-m", "immediate", "stop"]));
    }

    /// Its address. Anybody on this machine who may enter its folder is let in.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres:///postgres?user=qaqpa&host={}",
            self.dir.display()
        )
    }

    /// A name that no test of this server has had.
    pub(crate) fn schema(&self) -> String {
        format!("stand_{}", self.schemas.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.warden.stdin.take());
        let _ = self.warden.wait();
    }
}

/// Where the server's programs are: Debian keeps them out of the path, by version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let mut found: Vec<_> = versions
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found
        .pop()
        .expect("PostgreSQL is not installed: scripts/setup test installs it")
}

/// The server refuses to be run by root: then it is run by its own user, and the rest by whoever runs the tests.
fn user_if_root() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let fields: Vec<_> = line.expect("a user postgres").split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

fn run_as(user: Option<(u32, u32)>, program: &Path, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).env("LC_ALL", "C");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn must(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

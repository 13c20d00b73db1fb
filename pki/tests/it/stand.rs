//! One authority in a folder of its own, on free ports.

use std::path::{Path, PathBuf};

use qaqpa_model::{Actor, Limits, Moment};
use qaqpa_pki::Config;
use qaqpa_pki::control::CertificateView;
use qaqpa_transport::files::{FileError, FileLock};
use qaqpa_transport::identities::{self, Identity, Index};
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ControlClient, ControlError, HttpAnswer, HttpClient, Running,
    StartError, paths,
};
use qaqpa_x509::ocsp::{self, CertStatus, OcspAnswer, OcspError, OcspPolicy, Request};
use qaqpa_x509::pkcs12::{self, KeyFile};
use qaqpa_x509::{Certificate, TrustAnchors, crl};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tools::{Said, run};

pub(crate) struct Stand {
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) running: Running,
}

pub(crate) async fn up(dir: &Path, clock: &Clock) -> Running {
    up_with(dir, clock, Config::default()).await
}

pub(crate) async fn up_with(dir: &Path, clock: &Clock, config: Config) -> Running {
    let start = ActorStart {
        clock: clock.clone(),
        ..ActorStart::in_folder(dir)
    };
    up_from(start, config).await
}

pub(crate) async fn up_from(start: ActorStart, config: Config) -> Running {
    // A tool that another case starts at this moment holds this process's files until it runs, a lock that was just
    // let go among them.
    for _ in 0..100 {
        match qaqpa_pki::start_with(start.clone(), config).await {
            Err(StartError::File(FileError::Locked { .. })) => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            started => return started.unwrap(),
        }
    }
    panic!("somebody keeps the lock of {}", start.data.display());
}

impl Stand {
    /// At real time, which OpenSSL's clock shows too; an authority that has started before in its folder.
    pub(crate) async fn new() -> Self {
        Self::with(Clock::real(), Config::default()).await
    }

    /// The same, at another moment and with other settings.
    pub(crate) async fn with(clock: Clock, config: Config) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(&template().await, dir.path());
        let running = up_with(dir.path(), &clock, config).await;
        Self {
            dir,
            clock,
            running,
        }
    }

    /// The first start in an empty folder.
    pub(crate) async fn at(clock: Clock) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let running = up(dir.path(), &clock).await;
        Self {
            dir,
            clock,
            running,
        }
    }

    /// The same folder and clock, another process as it were.
    pub(crate) async fn restarted(self) -> Self {
        self.running.stop().await;
        let running = up(self.dir.path(), &self.clock).await;
        Self { running, ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn address(&self, name: &str) -> String {
        self.running.address(name).unwrap().to_owned()
    }

    pub(crate) fn index(&self) -> Index {
        identities::read(self.path()).unwrap().unwrap()
    }

    pub(crate) fn identity(&self, id: &str) -> Identity {
        self.index().identity(id).unwrap().clone()
    }

    /// Key file and password of a person or a system.
    pub(crate) fn key_path(&self, id: &str) -> (PathBuf, String) {
        let index = self.index();
        let (path, password) = match index.identity(id) {
            Some(person) => (&person.key, &person.password),
            None => {
                let system = index.system(id).unwrap();
                (&system.key, &system.key_password)
            }
        };
        (self.path().join(path), password.clone())
    }

    pub(crate) fn key_file(&self, id: &str) -> KeyFile {
        let (path, password) = self.key_path(id);
        pkcs12::read(&std::fs::read(path).unwrap(), &password).unwrap()
    }

    pub(crate) fn certificate(&self, id: &str) -> Certificate {
        self.key_file(id).certificate
    }

    pub(crate) fn anchors(&self) -> TrustAnchors {
        let pem = std::fs::read(paths::trust_signature(self.path())).unwrap();
        TrustAnchors::from_pem(&pem).unwrap()
    }

    pub(crate) fn issuing(&self) -> Certificate {
        self.anchors().intermediates()[0].clone()
    }

    /// The issuing authority of the certificate's kind of key; the RSA one for what is nobody's.
    pub(crate) fn issuer_of(&self, certificate: &Certificate) -> Certificate {
        let anchors = self.anchors();
        let all = anchors.intermediates();
        let own = all
            .iter()
            .find(|issuing| issuing.subject_der() == certificate.issuer_der());
        own.unwrap_or(&all[0]).clone()
    }

    pub(crate) fn at_path(
        &self,
        leaf: &Certificate,
        at: Moment,
    ) -> Result<qaqpa_x509::path::Path, qaqpa_x509::path::PathError> {
        qaqpa_x509::path::build(leaf, &[], &self.anchors(), at, &Limits::default())
    }

    pub(crate) async fn get(&self, url: &str) -> HttpAnswer {
        HttpClient::plain(ClientLimits::default())
            .get(url)
            .await
            .unwrap()
    }

    pub(crate) async fn post_ocsp(&self, der: Vec<u8>) -> Vec<u8> {
        let client = HttpClient::plain(ClientLimits::default());
        let answer = client
            .post(&self.address("ocsp"), "application/ocsp-request", der)
            .await
            .unwrap();
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(
            answer.header("content-type"),
            Some("application/ocsp-response")
        );
        answer.body.to_vec()
    }

    /// Asks about a certificate with a nonce, and proves the answer.
    pub(crate) async fn ask(&self, certificate: &Certificate) -> Result<OcspAnswer, OcspError> {
        let issuing = self.issuer_of(certificate);
        let nonce = [7; 32];
        let request = Request::about(certificate, &issuing, Some(&nonce));
        let response = self.post_ocsp(request.encode()).await;
        let at = self.clock.now();
        let policy = OcspPolicy::default();
        ocsp::verify(&response, certificate, &issuing, Some(&nonce), at, &policy)
    }

    pub(crate) async fn status(&self, id: &str) -> CertStatus {
        self.ask(&self.certificate(id)).await.unwrap().status
    }

    pub(crate) async fn crl(&self) -> (Vec<u8>, crl::Crl) {
        let answer = self.get(&self.address("crl-rsa")).await;
        assert_eq!(answer.header("content-type"), Some("application/pkix-crl"));
        let der = answer.body.to_vec();
        let list = crl::verify(&der, &self.issuing(), self.clock.now()).unwrap();
        (der, list)
    }

    pub(crate) fn control(&self) -> ControlClient {
        ControlClient::of(self.path(), Actor::Nca).unwrap()
    }

    pub(crate) async fn command(
        &self,
        name: &str,
        what: &str,
    ) -> Result<CertificateView, ControlError> {
        self.command_with(name, what, json!({})).await
    }

    pub(crate) async fn command_with(
        &self,
        name: &str,
        what: &str,
        body: Value,
    ) -> Result<CertificateView, ControlError> {
        let path = format!("/certificates/{name}/{what}");
        self.control().post(&path, &body).await
    }

    /// A folder with `root.pem`, `issuing.pem`, `signature.pem` (both) and `<id>.pem` for OpenSSL.
    pub(crate) fn desk(&self, ids: &[&str]) -> TempDir {
        let desk = tempfile::tempdir().unwrap();
        let anchors = self.anchors();
        let put = |name: &str, certificate: &Certificate| {
            std::fs::write(
                desk.path().join(format!("{name}.pem")),
                certificate.to_pem(),
            )
            .unwrap();
        };
        put("root", &anchors.roots()[0]);
        put("issuing", &anchors.intermediates()[0]);
        let trust = paths::trust_signature(self.path());
        std::fs::copy(trust, desk.path().join("signature.pem")).unwrap();
        for id in ids {
            put(id, &self.certificate(id));
        }
        desk
    }

    pub(crate) async fn openssl(&self, desk: &TempDir, arguments: &[&str]) -> Said {
        run("openssl", desk.path(), arguments).await
    }
}

/// A folder in which an authority has started once in this test run: twenty keys are slow to make, and most cases ask
/// only that they are there.
async fn template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let run = std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| std::process::id().to_string());
    let made = folder.join(format!("authority-{run}"));
    let lock = folder.join("authority.lock");
    let _only_one = tokio::task::spawn_blocking(move || FileLock::wait(&lock))
        .await
        .unwrap()
        .unwrap();
    if !made.is_dir() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with("authority-")
            {
                std::fs::remove_dir_all(entry.path()).unwrap();
            }
        }
        let making = folder.join("authority-unfinished");
        up(&making, &Clock::real()).await.stop().await;
        std::fs::rename(&making, &made).unwrap();
    }
    made
}

/// Copies a folder with the modes of its files.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The label and status of a refusal of the control port.
pub(crate) fn label(error: ControlError) -> (u16, String) {
    match error {
        ControlError::Refused { status, label, .. } => (status.as_u16(), label),
        other => panic!("not a refusal: {other}"),
    }
}

/// At or after so many seconds of grace: states are set by the clock of the actor.
pub(crate) fn just_now(moment: Moment, clock: &Clock) -> bool {
    let ago = clock.now().since(moment);
    moment <= clock.now() && ago.as_secs() < 60
}

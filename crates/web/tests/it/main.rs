//! Pages over real TLS sockets: sessions, form tokens, roles, languages, headers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod doors;
mod languages;
mod sessions;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::Request;
use qaqpa_model::{Actor, Iin, Lang, Limits, Moment};
use qaqpa_store::{NewAccount, PersonName, Store, StoreConfig};
use qaqpa_transport::{
    ClientLimits, Clock, HttpAnswer, HttpClient, ListenLimits, Listener, Peers, Shutdown,
    TlsAuthority,
};
use qaqpa_web::{
    Anyone, Citizen, Flash, Multipart, NavItem, Officer, Page, PasswordRefused, Problem, Signed,
    Site, SiteConfig, Texts, Visit, local_path,
};
use tempfile::TempDir;

const CITIZEN: &str = "931002451325";
const OFFICER: &str = "900101300811";

#[derive(askama::Template)]
#[template(
    source = r#"<h1>{{ title }}</h1><form method="post" action="/login">{{ csrf|safe }}</form><p id="who">{{ who }}</p>"#,
    ext = "html"
)]
struct Body {
    title: String,
    csrf: String,
    who: String,
}

fn page(visit: &Visit, key: &str) -> Page {
    let who = visit
        .account()
        .map_or("nobody".to_owned(), |account| account.name.surname.clone());
    let body = Body {
        title: visit.t(key),
        csrf: visit.csrf_field(),
        who,
    };
    Page::new(visit, visit.t(key), &body)
}

#[derive(serde::Deserialize)]
struct Login {
    iin: String,
    password: String,
    next: Option<String>,
}

async fn login(
    Anyone(visit): Anyone,
    State(store): State<Store>,
    Form(form): Form<Login>,
) -> Result<Response, Problem> {
    let account = match Iin::parse(&form.iin) {
        Ok(iin) => store
            .accounts()
            .find_by_iin(&iin)
            .await
            .map_err(Problem::fault)?,
        Err(_) => None,
    };
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let verified = visit
        .passwords()
        .verify(&form.iin, visit.peer(), &form.password, hash)
        .await;
    match (verified, account) {
        (Ok(()), Some(account)) => {
            let cookie = visit.sign_in(account.id, r#"{"steps":1}"#).await?;
            let next = form.next.as_deref().and_then(local_path);
            Ok((cookie, Redirect::to(next.unwrap_or("/cabinet"))).into_response())
        }
        (Err(PasswordRefused::TooMany { .. }), _) => Err(Problem::new(
            http::StatusCode::TOO_MANY_REQUESTS,
            "too-many-attempts",
        )),
        _ => Ok(page(&visit, "login-wrong").into_response()),
    }
}

async fn logout(Anyone(visit): Anyone) -> Result<Response, Problem> {
    let cookie = visit.sign_out().await?;
    Ok((cookie, Flash::notice("bye"), Redirect::to("/")).into_response())
}

async fn upload(signed: Signed<Citizen>, form: Multipart) -> String {
    let file = form.file("key").map_or(0, |file| file.bytes.len());
    let secret = form.secret("password").map_or(0, |secret| secret.len());
    format!("{} {file} {secret}", signed.account.name.surname)
}

fn routes(store: Store) -> Router {
    Router::new()
        .route(
            "/",
            get(|Anyone(visit): Anyone| async move { page(&visit, "home") }),
        )
        .route(
            "/login",
            get(|Anyone(visit): Anyone| async move { page(&visit, "login") }).post(login),
        )
        .route("/logout", post(logout))
        .route(
            "/cabinet",
            get(|signed: Signed<Citizen>| async move { page(&signed, "cabinet") }),
        )
        .route(
            "/queue",
            get(|signed: Signed<Officer>| async move { page(&signed, "queue") }),
        )
        .route("/upload", post(upload))
        .route(
            "/forgot",
            get(|| async { "a page that asks nobody who they are" }),
        )
        .route(
            "/broken",
            get(|_: Anyone| async { Err::<(), _>(Problem::fault("the disk is full")) }),
        )
        .with_state(store)
}

const TEXTS: &[(Lang, &str)] = &[
    (
        Lang::Kk,
        "site = Сайт\ntag = Сынақ\nhome = Басты бет\nlogin = Кіру\nlogin-wrong = Қате құпиясөз\ncabinet = Кабинет\nqueue = Кезек\nbye = Сау болыңыз",
    ),
    (
        Lang::Ru,
        "site = Сайт\ntag = Испытание\nhome = Главная\nlogin = Вход\nlogin-wrong = Пароль неверен\ncabinet = Кабинет\nqueue = Очередь\nbye = До свидания",
    ),
    (
        Lang::En,
        "site = Site\ntag = Trial\nhome = Home\nlogin = Log in\nlogin-wrong = The password is wrong\ncabinet = Cabinet\nqueue = Queue\nbye = Good bye",
    ),
];

/// One actor's pages on a free port.
struct Stand {
    _dir: TempDir,
    host: String,
    tls: qaqpa_transport::ClientTls,
}

async fn stand() -> Stand {
    qaqpa_web::assert_no_missing_keys(TEXTS);
    let dir = tempfile::tempdir().unwrap();
    let authority = TlsAuthority::open_or_create(dir.path()).unwrap();
    let config = StoreConfig::in_folder(dir.path().join("portal"));
    let store = Store::open(&config, Actor::Portal).await.unwrap();
    let listener = Listener::bind(0).await.unwrap();
    let host = listener.address().to_string();
    let site = Site::new(SiteConfig {
        actor: Actor::Portal,
        port: listener.address().port(),
        store: store.clone(),
        clock: Clock::at(Moment::parse("2031-05-01").unwrap()),
        texts: Texts::new(TEXTS).unwrap(),
        lang: Lang::En,
        name_key: "site",
        tagline_key: "tag",
        login_path: "/login",
        logout_path: "/logout",
        nav: |visit| {
            vec![
                NavItem::new("/", visit.t("home")),
                NavItem::new("/cabinet", visit.t("cabinet")),
            ]
        },
    });
    for (iin, surname, role) in [
        (CITIZEN, "Serikova", "citizen"),
        (OFFICER, "Akhmetov", "officer"),
    ] {
        let account = NewAccount {
            iin: Iin::parse(iin).unwrap(),
            password_hash: site.passwords().hash("right").await.unwrap(),
            roles: vec![role.to_owned()],
            name: PersonName {
                surname: surname.to_owned(),
                given: "Aigul".to_owned(),
                patronymic: None,
            },
            unit: None,
            at: Moment::parse("2031-05-01").unwrap(),
        };
        store.accounts().create(account).await.unwrap().unwrap();
    }
    let router = site.protect(routes(store));
    let limits = ListenLimits {
        body_bytes_max: 64 * 1024,
        ..ListenLimits::from(&Limits::default())
    };
    let security = authority.server(Actor::Portal, Peers::None).unwrap();
    let served = listener.serve_with(router, security, limits, Shutdown::new(), site.refuse());
    tokio::spawn(served);
    Stand {
        _dir: dir,
        host,
        tls: authority.client(None).unwrap(),
    }
}

impl Stand {
    fn browser(&self) -> Browser {
        Browser {
            client: HttpClient::new(&self.tls, ClientLimits::default()),
            host: self.host.clone(),
            cookies: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A browser that is signed in.
    async fn signed_in(&self, iin: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.log_in(iin, "right").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser
    }
}

/// As much of a browser as these tests need: cookies, forms, no redirects.
struct Browser {
    client: HttpClient,
    host: String,
    cookies: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Browser {
    async fn get(&mut self, path: &str) -> HttpAnswer {
        self.send("GET", path, None, Vec::new()).await
    }

    /// Posts fields as they are given: the token is the caller's business.
    async fn post(&mut self, path: &str, fields: &str) -> HttpAnswer {
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, Some(kind), fields.into()).await
    }

    async fn log_in(&mut self, iin: &str, password: &str) -> HttpAnswer {
        let token = self.token("/login").await;
        let fields = format!("_csrf={token}&iin={iin}&password={password}");
        self.post("/login", &fields).await
    }

    /// The form token of a page.
    async fn token(&mut self, path: &str) -> String {
        let text = self.get(path).await.text();
        let (_, rest) = text.split_once(r#"name="_csrf" value=""#).expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }

    fn cookie(&self, part: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(name, _)| name.contains(part));
        found.map(|(_, value)| value.as_str())
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: Vec<u8>,
    ) -> HttpAnswer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://{}{path}", self.host));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let answer = self.client.request(request).await.unwrap();
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(
                line.starts_with("__Host-")
                    && line.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"),
                "{line}"
            );
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !line.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}

fn label(answer: &HttpAnswer) -> (u16, &str) {
    let label = answer.header("x-qaqpa-label").unwrap_or("-");
    (answer.status.as_u16(), label)
}

//! The layer before the public door: where a rule hits, the honest answer is changed on its way out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header;
use qaqpa_crypto::KeyKind;
use qaqpa_mischief::{Armed, Hit};
use qaqpa_model::Moment;
use qaqpa_x509::ocsp;
use qaqpa_x509::tsp::StampRequest;

use super::Board;
use super::fault::{
    CertFault, DerFault, Fault, FaultKind, HttpFault, LatencyFault, ListFault, OcspFault, Service,
    StampFault,
};
use super::forge::{self, CertDesk, ForgeError, ListDesk, OcspDesk, StampDesk};
use super::grammar::Whose;
use super::parcel::{Parcel, received};
use crate::authority::{Authority, IssuerName, blocking};
use crate::doors::{certificate_path, delta_path, list_path};
use crate::responder::{self, issuer_of};
use crate::server::ocsp_request_of;
use crate::{PkiError, stamps};

/// What the layer works with.
#[derive(Debug)]
pub struct Door {
    /// The rules that are on.
    pub board: Arc<Board>,
    /// Whose answers are changed.
    pub authority: Arc<Authority>,
}

/// What is to be done to one answer, by level.
#[derive(Debug, Default)]
struct Plan {
    ocsp: Vec<(OcspFault, u64)>,
    list: Vec<(ListFault, u64, Option<String>)>,
    cert: Vec<(CertFault, u64)>,
    stamp: Vec<(StampFault, u64)>,
    der: Vec<(DerFault, u64, usize)>,
    http: Vec<(HttpFault, u64)>,
    latency: Vec<(LatencyFault, u64, usize)>,
}

/// What a request asks for, as far as faults need to know it.
#[derive(Clone, Debug)]
struct Question {
    path: String,
    ocsp: Option<ocsp::Request>,
    stamp: Option<StampRequest>,
}

/// Stands before the public door.
pub async fn pass(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let Some(service) = Service::of_path(request.uri().path()) else {
        return next.run(request).await;
    };
    // By header, before anybody looks whom the request is about.
    let mut candidates = door.board.rules_at(service);
    candidates.retain(|armed| armed.rule.whom.meets(request.headers()));
    if candidates.is_empty() {
        return next.run(request).await;
    }
    door.meet(service, &candidates, request, next).await
}

impl Door {
    async fn meet(
        &self,
        service: Service,
        candidates: &[Arc<Armed<Whose>>],
        request: Request,
        next: Next,
    ) -> Response {
        let (mut head, body) = request.into_parts();
        // The door has received the body whole, within its own limits.
        let body = received(body).await;
        let path = head.uri.path().to_owned();
        let question = Question {
            ocsp: match service {
                // What the responder itself refuses is nobody's request.
                Service::Ocsp => {
                    let der = ocsp_request_of(&head.method, &path, &body);
                    responder::read(&self.authority, &der).ok()
                }
                _ => None,
            },
            stamp: match service {
                Service::Tsp => StampRequest::decode(&body).ok(),
                _ => None,
            },
            path,
        };
        let now = self.authority.clock.now();
        let about = self.names(question.ocsp.as_ref()).await;
        let hits: Vec<Hit<Whose>> = candidates
            .iter()
            .filter(|armed| armed.rule.whom.is_about(service, &about))
            .filter_map(|armed| armed.ask(service, now))
            .collect();
        if !hits.is_empty() {
            // "Not modified" would be the honest answer that the client has already.
            head.headers.remove(header::IF_NONE_MATCH);
            head.headers.remove(header::IF_MODIFIED_SINCE);
        }
        let honest = next.run(Request::from_parts(head, Body::from(body))).await;
        if hits.is_empty() {
            return honest;
        }
        let plan = Plan::of(&hits);
        for hit in &hits {
            tracing::warn!(
                rule = %hit.armed.rule.id,
                request = hit.request,
                %service,
                faults = %hit.armed.faults(),
                about = %about.join(" "),
                "mischief (TEST): an answer is changed on purpose"
            );
        }
        let (head, body) = honest.into_parts();
        let mut parcel = Parcel::new(head.status, head.headers, received(body).await);
        if parcel.is_answer() {
            let forged = self
                .forge(&plan, question.clone(), parcel.body(), now)
                .await;
            match forged {
                Ok(Some(forged)) => *parcel.body() = forged,
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "mischief: the answer leaves as it is"),
            }
            for (fault, amount, hit) in &plan.der {
                let mut dice = hits[*hit].dice();
                let spoilt = fault.spoil(parcel.body(), *amount, &mut dice);
                *parcel.body() = spoilt;
            }
        }
        for (fault, amount) in &plan.http {
            parcel.spoil(*fault, *amount, &question.path);
        }
        for (fault, amount, hit) in &plan.latency {
            let mut dice = hits[*hit].dice();
            parcel.delay(*fault, *amount, &mut dice);
        }
        parcel.send().await
    }

    /// The serial numbers that an OCSP request asks about, and the identities that they belong to.
    async fn names(&self, request: Option<&ocsp::Request>) -> Vec<String> {
        let mut names = Vec::new();
        for cert_id in request.map_or(&[][..], |request| &request.cert_ids) {
            let serial = hex::encode(cert_id.serial());
            if let Some(issuer) = issuer_of(&self.authority, cert_id) {
                let register = self.authority.store.authority();
                match register.by_serial(issuer.as_str(), &serial).await {
                    Ok(found) => names.extend(found.map(|record| record.identity)),
                    Err(error) => tracing::error!(%error, "mischief: nobody can say whose it is"),
                }
            }
            names.push(serial);
        }
        names
    }

    /// The answer with the faults of its meaning; `None` where there are none.
    async fn forge(
        &self,
        plan: &Plan,
        question: Question,
        honest: &[u8],
        now: Moment,
    ) -> Result<Option<Vec<u8>>, String> {
        let (authority, honest) = (Arc::clone(&self.authority), honest.to_vec());
        if !plan.ocsp.is_empty() {
            let of_id = |cert_id| issuer_of(&authority, cert_id);
            let ids = question
                .ocsp
                .map_or_else(Vec::new, |request| request.cert_ids);
            let issuer = ids.iter().find_map(of_id);
            let issuer = issuer.unwrap_or(IssuerName::Issuing(KeyKind::Rsa));
            let faults = plan.ocsp.clone();
            return in_background(move || forge_ocsp(&authority, issuer, &honest, &faults, now))
                .await;
        }
        if !plan.stamp.is_empty() {
            let Some(request) = question.stamp else {
                return Ok(None);
            };
            let faults = plan.stamp.clone();
            return in_background(move || forge_stamp(&authority, &request, &honest, &faults, now))
                .await;
        }
        let path = question.path;
        let issuer = IssuerName::all().find(|issuer| {
            list_path(*issuer) == path
                || certificate_path(*issuer) == path
                || matches!(issuer, IssuerName::Issuing(kind) if delta_path(*kind) == path)
        });
        let Some(issuer) = issuer else {
            return Ok(None);
        };
        if !plan.list.is_empty() {
            let mut faults = Vec::with_capacity(plan.list.len());
            for (fault, amount, whose) in &plan.list {
                let serial = match whose {
                    None => None,
                    // Nobody of that name under this issuer: nothing is to be changed in its list.
                    Some(whose) => match self.serial_of(whose, issuer).await? {
                        None => continue,
                        some => some,
                    },
                };
                faults.push((*fault, *amount, serial));
            }
            return in_background(move || {
                let desk = ListDesk {
                    issuer: authority.issuer(issuer),
                    foreign: authority.issuer(IssuerName::Foreign),
                    now,
                };
                forge::list(&honest, &faults, &desk)
            })
            .await;
        }
        if !plan.cert.is_empty() {
            let faults = plan.cert.clone();
            return in_background(move || {
                let desk = CertDesk {
                    owner: authority.issuer(issuer),
                    issuer: authority.issuer(root_of(issuer)),
                    foreign: authority.issuer(IssuerName::Foreign),
                    now,
                };
                forge::certificate(&honest, &faults, &desk)
            })
            .await;
        }
        Ok(None)
    }

    /// The serial number of an identity, or that serial number itself, if that issuer issued it.
    async fn serial_of(&self, whose: &str, issuer: IssuerName) -> Result<Option<Vec<u8>>, String> {
        let found = self
            .authority
            .find(whose)
            .await
            .map_err(|error| error.to_string())?;
        let found = found.filter(|record| record.issuer == issuer.as_str());
        Ok(found.and_then(|record| hex::decode(record.serial).ok()))
    }
}

impl Plan {
    /// The faults of all that hit, by level, each in the order of the rules.
    fn of(hits: &[Hit<Whose>]) -> Self {
        let mut plan = Self::default();
        for (place, hit) in hits.iter().enumerate() {
            let whose = &hit.armed.rule.whom.whose;
            for Fault { kind, amount } in &hit.faults {
                let amount = *amount;
                match kind {
                    FaultKind::Ocsp(fault) => plan.ocsp.push((*fault, amount)),
                    FaultKind::List(fault) => plan.list.push((*fault, amount, whose.clone())),
                    FaultKind::Cert(fault) => plan.cert.push((*fault, amount)),
                    FaultKind::Stamp(fault) => plan.stamp.push((*fault, amount)),
                    FaultKind::Der(fault) => plan.der.push((*fault, amount, place)),
                    FaultKind::Http(fault) => plan.http.push((*fault, amount)),
                    FaultKind::Latency(fault) => plan.latency.push((*fault, amount, place)),
                }
            }
        }
        plan
    }
}

fn forge_ocsp(
    authority: &Authority,
    issuer: IssuerName,
    honest: &[u8],
    faults: &[(OcspFault, u64)],
    now: Moment,
) -> Result<Vec<u8>, ForgeError> {
    let responder = authority
        .responder(issuer)
        .ok_or(ForgeError::NothingToChange)?;
    let sibling = match issuer {
        IssuerName::Root(kind) => IssuerName::Issuing(kind),
        other => root_of(other),
    };
    let desk = OcspDesk {
        responder: &responder,
        issuer: authority.issuer(issuer),
        sibling: authority.issuer(sibling),
        foreign: authority.issuer(IssuerName::Foreign),
        now,
    };
    forge::ocsp(honest, faults, &desk)
}

fn forge_stamp(
    authority: &Authority,
    request: &StampRequest,
    honest: &[u8],
    faults: &[(StampFault, u64)],
    now: Moment,
) -> Result<Vec<u8>, ForgeError> {
    let kind = request.policy.and_then(|asked| {
        let mut all = KeyKind::ALL.into_iter();
        all.find(|kind| stamps::policy(*kind) == asked)
    });
    let kind = kind.unwrap_or(KeyKind::Rsa);
    let stamper = authority
        .timestampers
        .of(kind)
        .ok_or(ForgeError::NothingToChange)?;
    let desk = StampDesk {
        stamper: &stamper,
        issuer: authority.issuer(IssuerName::Issuing(kind)),
        foreign: authority.issuer(IssuerName::Foreign),
        request,
        now,
    };
    forge::stamp(honest, faults, &desk)
}

/// Who signed an issuer's certificate.
const fn root_of(issuer: IssuerName) -> IssuerName {
    match issuer {
        IssuerName::Issuing(kind) => IssuerName::Root(kind),
        root => root,
    }
}

/// Signing blocks, and a list may be long.
async fn in_background(
    work: impl FnOnce() -> Result<Vec<u8>, ForgeError> + Send + 'static,
) -> Result<Option<Vec<u8>>, String> {
    let done = blocking(move || Ok::<_, PkiError>(work())).await;
    done.map_err(|error| error.to_string())?
        .map(Some)
        .map_err(|error| error.to_string())
}

//! A simulator that is already running, as commands find it: the data folder's `endpoints.json` and control token.

use std::path::Path;

use qaqpa_model::Actor;
use qaqpa_runner::Endpoints;
use qaqpa_transport::{
    ClientLimits, ClientTls, ControlClient, ControlError, HttpClient, Reach, paths,
};

use crate::exit::Failure;

/// The running simulator's endpoints.
///
/// # Errors
/// A "no" with the remedy where nothing runs in this data folder.
pub(crate) fn endpoints(data: &Path) -> Result<Endpoints, Failure> {
    Endpoints::read(&paths::endpoints(data)).map_err(|error| {
        Failure::no(error)
            .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR")
    })
}

/// A client of an actor's control port.
///
/// # Errors
/// A "no" with the remedy where the actor does not run here.
pub(crate) fn control(data: &Path, actor: Actor) -> Result<ControlClient, Failure> {
    ControlClient::of(data, actor).map_err(refused)
}

/// What a control port's refusal means to the person at the command line.
pub(crate) fn refused(error: ControlError) -> Failure {
    let failure = Failure::no(&error);
    match error {
        ControlError::Unregistered(_)
        | ControlError::Unreachable { .. }
        | ControlError::File(_)
        | ControlError::Tls(_) => {
            failure.remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR")
        }
        _ => failure,
    }
}

/// An outsider's HTTP client that trusts the simulator's TLS authority. It calls what `endpoints.json` names, on whatever
/// machine that is.
///
/// # Errors
/// A "no" where the trust file cannot be read.
pub(crate) fn http_client(tls_trust: &Path) -> Result<HttpClient, Failure> {
    let tls = ClientTls::trusting_file(tls_trust).map_err(Failure::no)?;
    let limits = ClientLimits {
        reach: Reach::Anywhere,
        ..ClientLimits::default()
    };
    Ok(HttpClient::new(&tls, limits))
}

//! The system that this regional gateway signs with.
//!
//! Each of several has its own, so that one does not speak for another: the gateway takes a result only from the one
//! that its application went to.

use std::path::Path;

use qaqpa_model::{Actor, ActorName};
use qaqpa_transport::{ControlClient, StartError, identities};
use serde_json::{Value, json};

/// The id of the actor's system in `DIR/identities`. Of one that comes up for the first time, the authority makes it.
///
/// # Errors
/// [`StartError::Part`] where the authority has none and makes none.
pub(crate) async fn of(data: &Path, name: &ActorName) -> Result<String, StartError> {
    let id = format!("system-{name}");
    let Some(branch) = name.branch() else {
        return Ok(id);
    };
    if is_there(data, &id).await? {
        return Ok(id);
    }
    let authority = ControlClient::of(data, Actor::Nca).map_err(StartError::part("identity"))?;
    let _: Value = authority
        .post(&format!("/branches/{branch}"), &json!({}))
        .await
        .map_err(StartError::part("identity"))?;
    if is_there(data, &id).await? {
        return Ok(id);
    }
    Err(StartError::Part {
        what: "identity",
        why: format!(
            "the authority says that it has made {id}, and it is not in DIR/identities: do both have the same --data DIR?"
        ),
    })
}

async fn is_there(data: &Path, id: &str) -> Result<bool, StartError> {
    let data = data.to_owned();
    let index = tokio::task::spawn_blocking(move || identities::read(&data)).await;
    let index = index.map_err(StartError::part("identity"))??;
    Ok(index.is_some_and(|index| index.system(id).is_some()))
}

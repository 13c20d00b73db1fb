//! A signed document that was accepted before comes in another envelope.

use qaqpa_channel::Rejection;
use qaqpa_channel::inbox::replayed;
use qaqpa_model::SenderId;

use super::return_document::ApplicationFacts;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// What its sender hears.
///
/// On the asynchronous channel the gateway gives the ids, so that a system that has not heard the first answer has none:
/// stacks write the moment of each attempt into the envelope, and the same application would be lost to it for good. It
/// hears the first answer. On the other channels it has chosen a new id for an old document, which is a replay; it is
/// told which message was the first. Whoever is another hears nothing of the sort.
pub(super) async fn came_before(
    gateway: &Gateway,
    sender: &SenderId,
    business_signature: &[u8; 32],
    facts: Option<&ApplicationFacts>,
    record: &mut Record,
) -> Result<Turn, Turn> {
    let exchange = gateway.store.exchange();
    let earlier = exchange.of_signature(business_signature).await;
    let earlier = earlier.map_err(Rejection::faulted)?;
    let Some((message, answer)) = earlier.filter(|(message, _)| message.sender == *sender) else {
        return Ok(replayed().into());
    };
    let then = serde_json::from_str::<ApplicationFacts>(&message.facts_json).ok();
    let is_it = then.zip(facts).is_some_and(|(then, now)| {
        // Both were left with the gateway. That the document is the same its signature says; these say so once more.
        then.is_left() && now.is_left() && then.is_about_the_same(now)
    });
    if is_it {
        // The id of this envelope is nobody's: what is repeated is the first message, and its id is what is heard.
        record.assign(&message.message_id);
        return Ok(Turn::Repeat(answer));
    }
    Ok(replayed()
        .with("earlier", message.message_id.to_string())
        .into())
}

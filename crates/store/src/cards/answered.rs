//! A card that a machine answers in the moment in which it is registered.

use qaqpa_model::RefusalLabel;

use super::card::{CardState, NewCard};
use crate::StoreError;
use crate::database::{Connection, query};

/// A card that is registered and decided at once: nobody is to act on it.
#[derive(Clone, Debug)]
pub struct AnsweredCard {
    /// The card; its tasks are those that the answer takes the place of, and are done.
    pub card: NewCard,
    /// How it stands from the beginning: not `Open`.
    pub state: CardState,
    /// Why, where it is refused.
    pub label: Option<RefusalLabel>,
    /// What is noted on it, as JSON.
    pub work_json: String,
    /// The result document as signed, kept by content.
    pub result: Vec<u8>,
    /// In whose name: an account of the workplace.
    pub by: Option<i64>,
}

/// Registers such a card within a transaction; document and result are on disk already.
pub(crate) async fn insert_answered(
    connection: &mut Connection,
    new: &AnsweredCard,
    document: &str,
    result: &str,
) -> Result<(), StoreError> {
    super::insert_card(connection, &new.card, document).await?;
    query(
        "UPDATE cards SET state = $2, label = $3, work_json = $4, result = $5, decided_at = $6
         WHERE id = $1",
    )
    .bind(&new.card.id)
    .bind(new.state.as_str())
    .bind(new.label.map(RefusalLabel::as_str))
    .bind(&new.work_json)
    .bind(result)
    .bind(new.card.at.unix_ms())
    .execute(&mut *connection)
    .await?;
    query("UPDATE tasks SET state = 'done', assignee = $2, done_at = $3 WHERE card = $1")
        .bind(&new.card.id)
        .bind(new.by)
        .bind(new.card.at.unix_ms())
        .execute(connection)
        .await?;
    Ok(())
}

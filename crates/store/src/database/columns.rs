//! Columns to values: what cannot be read was not written by this version.

use qaqpa_model::{
    BodyDigest, ElementId, Iin, MessageId, Moment, RefusalLabel, RequestStatus, SenderId,
    ServiceAtAct,
};
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

use super::inline::{FromCell, InlineRow};
use crate::StoreError;

/// One row of an answer.
pub(crate) enum Row {
    Inline(InlineRow),
    Postgres(PgRow),
    Sqlite(SqliteRow),
}

/// Reads the columns of one row by name.
pub(crate) struct Columns<'r>(pub(crate) &'r Row);

impl<'r> Columns<'r> {
    fn value<T>(&self, name: &'static str) -> Result<T, StoreError>
    where
        T: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite> + FromCell<'r>,
    {
        Ok(match self.0 {
            Row::Inline(row) => row.value(name)?,
            Row::Postgres(row) => row.try_get(name)?,
            Row::Sqlite(row) => row.try_get(name)?,
        })
    }

    /// The text where it lies, not copied.
    pub(crate) fn text_here(&self, name: &'static str) -> Result<&'r str, StoreError> {
        self.value(name)
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, StoreError> {
        self.value(name)
    }

    pub(crate) fn text_option(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        self.value(name)
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        self.value(name)
    }

    pub(crate) fn bytes_option(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.value(name)
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<i64, StoreError> {
        self.value(name)
    }

    pub(crate) fn number_option(&self, name: &'static str) -> Result<Option<i64>, StoreError> {
        self.value(name)
    }

    pub(crate) fn count(&self, name: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.number(name)?).map_err(|_| StoreError::Unreadable { what: name })
    }

    pub(crate) fn moment(&self, name: &'static str) -> Result<Moment, StoreError> {
        Ok(Moment::from_unix_ms(self.number(name)?))
    }

    pub(crate) fn moment_option(&self, name: &'static str) -> Result<Option<Moment>, StoreError> {
        Ok(self.number_option(name)?.map(Moment::from_unix_ms))
    }

    pub(crate) fn message_id(&self, name: &'static str) -> Result<MessageId, StoreError> {
        self.parsed(name, |text| MessageId::parse(text).ok())
    }

    pub(crate) fn message_id_option(
        &self,
        name: &'static str,
    ) -> Result<Option<MessageId>, StoreError> {
        self.parsed_option(name, |text| MessageId::parse(text).ok())
    }

    pub(crate) fn sender(&self, name: &'static str) -> Result<SenderId, StoreError> {
        self.parsed(name, |text| SenderId::parse(text).ok())
    }

    pub(crate) fn element(&self, name: &'static str) -> Result<ElementId, StoreError> {
        self.parsed(name, |text| ElementId::parse(text).ok())
    }

    pub(crate) fn service(&self, name: &'static str) -> Result<ServiceAtAct, StoreError> {
        self.parsed(name, |text| ServiceAtAct::parse(text).ok())
    }

    pub(crate) fn iin(&self, name: &'static str) -> Result<Iin, StoreError> {
        self.parsed(name, |text| Iin::parse(text).ok())
    }

    pub(crate) fn status(&self, name: &'static str) -> Result<RequestStatus, StoreError> {
        self.parsed(name, RequestStatus::parse)
    }

    pub(crate) fn label_option(
        &self,
        name: &'static str,
    ) -> Result<Option<RefusalLabel>, StoreError> {
        self.parsed_option(name, RefusalLabel::parse)
    }

    pub(crate) fn body_digest(&self, name: &'static str) -> Result<BodyDigest, StoreError> {
        <[u8; 32]>::try_from(self.bytes(name)?)
            .map(BodyDigest)
            .map_err(|_| StoreError::Unreadable { what: name })
    }

    pub(crate) fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        parse(&self.text(name)?).ok_or(StoreError::Unreadable { what: name })
    }

    pub(crate) fn parsed_option<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.text_option(name)?
            .map(|text| parse(&text).ok_or(StoreError::Unreadable { what: name }))
            .transpose()
    }
}

//! A statement: its text, what is bound to it, and how it is run.

use std::borrow::Cow;
use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::AssertSqlSafe;

use super::columns::Row;
use super::connection::{Connection, Raw, Readers};
use super::inline::Wanted;
use crate::StoreError;

/// A statement that both databases understand, with `$1`, `$2`, … for what is bound.
pub(crate) fn query<'q>(text: &'static str) -> Statement<'q> {
    query_of_each(text, text)
}

/// A statement that the two databases understand differently; what is bound is the same.
pub(crate) fn query_of_each<'q>(sqlite: &'static str, postgres: &'static str) -> Statement<'q> {
    Statement {
        sqlite,
        postgres,
        for_update: false,
        bound: Vec::new(),
    }
}

/// A statement on its way to the database.
#[must_use = "a statement does nothing until it is run"]
pub(crate) struct Statement<'q> {
    sqlite: &'static str,
    postgres: &'static str,
    for_update: bool,
    bound: Vec<Value<'q>>,
}

/// How many rows a statement changed.
pub(crate) struct Done(u64);

impl Done {
    pub(crate) const fn rows_affected(&self) -> u64 {
        self.0
    }
}

/// Makes the driver's query of a statement.
macro_rules! driver {
    ($text:expr, $bound:expr) => {
        driver!($text, $bound, true)
    };
    ($text:expr, $bound:expr, $kept:expr) => {{
        let mut query = sqlx::query($text).persistent($kept);
        for value in $bound {
            query = match value {
                Value::Bytes(None) => query.bind(None::<Vec<u8>>),
                Value::Bytes(Some(Cow::Borrowed(bytes))) => query.bind(bytes),
                Value::Bytes(Some(Cow::Owned(bytes))) => query.bind(bytes),
                Value::Number(number) => query.bind(number),
                Value::Text(None) => query.bind(None::<String>),
                Value::Text(Some(Cow::Borrowed(text))) => query.bind(text),
                Value::Text(Some(Cow::Owned(text))) => query.bind(text),
            };
        }
        query
    }};
}

/// Runs a statement, by whichever driver, and wraps what it answers.
macro_rules! run {
    ($self:ident, $on:ident, $how:ident, $wanted:ident, $answer:ident, $inline:expr, $sqlite:expr, $postgres:expr) => {
        match $on.into() {
            Target::Connection(connection) => match connection.raw() {
                Raw::Inline(raw) => {
                    let $answer = raw.run($self.sqlite, &$self.bound, Wanted::$wanted)?;
                    Ok($inline)
                }
                Raw::Postgres(raw) => {
                    let text = $self.postgres();
                    let $answer = driver!(text, $self.bound, $self.keeps_its_shape())
                        .$how(raw)
                        .await?;
                    Ok($postgres)
                }
                Raw::Sqlite(raw) => {
                    let $answer = driver!($self.sqlite, $self.bound).$how(raw).await?;
                    Ok($sqlite)
                }
            },
            Target::Readers(Readers::Postgres(pool)) => {
                let text = $self.postgres();
                let $answer = driver!(text, $self.bound, $self.keeps_its_shape())
                    .$how(pool)
                    .await?;
                Ok($postgres)
            }
            Target::Readers(Readers::Sqlite(pool, _)) => {
                let $answer = driver!($self.sqlite, $self.bound).$how(pool).await?;
                Ok($sqlite)
            }
        }
    };
}

impl<'q> Statement<'q> {
    /// Binds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.bound.push(value.into());
        self
    }

    /// Keeps what is read from being changed by another process until this transaction ends.
    ///
    /// In SQLite a transaction of the writer is alone anyway.
    pub(crate) const fn for_update(mut self) -> Self {
        self.for_update = true;
        self
    }

    /// Runs it for what it changes.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub(crate) async fn execute<'t>(self, on: impl Into<Target<'t>>) -> Result<Done, StoreError> {
        run!(
            self,
            on,
            execute,
            Changes,
            done,
            Done(done.changed),
            Done(done.rows_affected()),
            Done(done.rows_affected())
        )
    }

    /// Every row.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub(crate) async fn fetch_all<'t>(
        self,
        on: impl Into<Target<'t>>,
    ) -> Result<Vec<Row>, StoreError> {
        run!(
            self,
            on,
            fetch_all,
            All,
            rows,
            rows.rows.into_iter().map(Row::Inline).collect(),
            rows.into_iter().map(Row::Sqlite).collect(),
            rows.into_iter().map(Row::Postgres).collect()
        )
    }

    /// The one row.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or there is none.
    pub(crate) async fn fetch_one<'t>(self, on: impl Into<Target<'t>>) -> Result<Row, StoreError> {
        run!(
            self,
            on,
            fetch_one,
            First,
            row,
            row.first()
                .map(Row::Inline)
                .ok_or(sqlx::Error::RowNotFound)?,
            Row::Sqlite(row),
            Row::Postgres(row)
        )
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub(crate) async fn fetch_optional<'t>(
        self,
        on: impl Into<Target<'t>>,
    ) -> Result<Option<Row>, StoreError> {
        let on = on.into();
        if let Target::Readers(Readers::Sqlite(_, quick)) = &on {
            let row = quick.first(self.sqlite, &self.bound)?;
            return Ok(row.map(Row::Inline));
        }
        run!(
            self,
            on,
            fetch_optional,
            First,
            row,
            row.first().map(Row::Inline),
            row.map(Row::Sqlite),
            row.map(Row::Postgres)
        )
    }

    /// Every row as it comes: more than should lie in memory.
    pub(crate) fn fetch<'t>(self, readers: &'t Readers) -> BoxStream<'t, Result<Row, StoreError>>
    where
        'q: 't,
    {
        match readers {
            Readers::Postgres(pool) => {
                let text = self.postgres();
                driver!(text, self.bound, self.keeps_its_shape())
                    .fetch(pool)
                    .map_ok(Row::Postgres)
                    .map_err(StoreError::from)
                    .boxed()
            }
            Readers::Sqlite(pool, _) => driver!(self.sqlite, self.bound)
                .fetch(pool)
                .map_ok(Row::Sqlite)
                .map_err(StoreError::from)
                .boxed(),
        }
    }

    /// Whether its plan may be kept. "All columns" are others after a newer version has added one beside this process:
    /// PostgreSQL refuses the kept plan then, for as long as the connection lives.
    fn keeps_its_shape(&self) -> bool {
        !self.postgres.contains("SELECT *") && !self.postgres.contains("RETURNING *")
    }

    /// The text for PostgreSQL. Made of texts of this crate only: values are bound.
    fn postgres(&self) -> AssertSqlSafe<String> {
        let lock = if self.for_update { " FOR UPDATE" } else { "" };
        AssertSqlSafe(format!("{}{lock}", self.postgres))
    }
}

/// Where a statement is run.
pub(crate) enum Target<'t> {
    Connection(&'t mut Connection),
    Readers(&'t Readers),
}

impl<'t> From<&'t mut Connection> for Target<'t> {
    fn from(connection: &'t mut Connection) -> Self {
        Self::Connection(connection)
    }
}

impl<'t> From<&'t Readers> for Target<'t> {
    fn from(readers: &'t Readers) -> Self {
        Self::Readers(readers)
    }
}

/// A value to bind. Its type is said even where it is null: PostgreSQL asks for it.
pub(crate) enum Value<'q> {
    Bytes(Option<Cow<'q, [u8]>>),
    Number(Option<i64>),
    Text(Option<Cow<'q, str>>),
}

/// Values of these types are bound as that variant.
macro_rules! bound_as {
    ($variant:ident, $($from:ty => |$value:ident| $into:expr,)+) => {
        $(impl<'q> From<$from> for Value<'q> {
            fn from($value: $from) -> Self {
                Self::$variant($into)
            }
        })+
    };
}

bound_as! { Bytes,
    &'q [u8] => |bytes| Some(bytes.into()),
    &'q Vec<u8> => |bytes| Some(bytes.into()),
    Option<Vec<u8>> => |bytes| bytes.map(Cow::Owned),
    Vec<u8> => |bytes| Some(bytes.into()),
}

bound_as! { Number,
    &i64 => |number| Some(*number),
    Option<i64> => |number| number,
    i64 => |number| Some(number),
}

bound_as! { Text,
    &'q Option<String> => |text| text.as_deref().map(Cow::Borrowed),
    &'q String => |text| Some(text.into()),
    &'q str => |text| Some(text.into()),
    Arc<str> => |text| Some(Cow::Owned(text.to_string())),
    Option<&'q str> => |text| text.map(Cow::Borrowed),
    Option<String> => |text| text.map(Cow::Owned),
    String => |text| Some(text.into()),
}

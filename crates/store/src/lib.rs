//! The one door to the database: whole business transactions, the journal, the outbox.

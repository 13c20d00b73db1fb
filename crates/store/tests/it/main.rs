//! The contract of the store, held for every backend, and what only SQLite can be asked.

mod contract;
mod kill;
mod sqlite;
mod stand;

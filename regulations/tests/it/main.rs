//! The embedded catalogue, its lint, its walks and its views.

mod added;
mod days;
mod embedded;
mod findings;
mod map;
mod stories;

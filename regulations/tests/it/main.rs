//! The embedded catalogue, its lint, its walks and its views.

mod embedded;

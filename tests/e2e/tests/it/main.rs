//! Whole-system tests: one binary, one file a topic.

mod clients;
mod commands;
mod layering;
mod moments;
mod schemas;
mod stand;

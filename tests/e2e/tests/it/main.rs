//! Whole-system tests: one binary, one file a topic.

mod browser;
mod clients;
mod commands;
mod kills;
mod layering;
mod main_road;
mod moments;
mod scenarios;
mod schemas;
mod stand;

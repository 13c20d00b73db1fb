//! Whole-system tests: one binary, one file a topic.

mod layering;

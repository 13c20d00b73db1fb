//! Whole-system tests and the layering test.

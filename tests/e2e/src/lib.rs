//! Whole-system tests over sockets, and the tests that hold the house together.
//!
//! All the code is in `tests/it`: one integration-test binary, one file a topic.

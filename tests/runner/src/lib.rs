//! Scenarios, load and reports: sees only what an outsider sees.

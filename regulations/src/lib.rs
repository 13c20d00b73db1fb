//! Acts, services, channels and flows as data files, their lint, and the walker.

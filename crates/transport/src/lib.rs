//! Listener, TLS, HTTP client, the one clock, control port, limits, shutdown.

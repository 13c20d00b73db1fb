//! Envelopes of the gateway's channels, application and result documents, faults.

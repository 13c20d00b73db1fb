//! XML signatures and WS-Security: sign, verify, and the part proven to be covered.

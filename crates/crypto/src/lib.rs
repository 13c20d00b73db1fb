//! Algorithms by OID and by URI: digests, RSA, ECDSA, keys.

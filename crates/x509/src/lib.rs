//! Certificates of the national profile, paths, CRL and OCSP as data, and their encoding.

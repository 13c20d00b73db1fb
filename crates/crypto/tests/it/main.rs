//! Keys and signatures against OpenSSL as a second opinion, and readers against arbitrary bytes.

mod arbitrary;
mod keys;
mod signatures;

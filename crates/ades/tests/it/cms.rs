//! CMS: made and read, exact refusals, and OpenSSL and asn1crypto as second opinions.

mod arbitrary;
mod draft;
mod made;
mod openssl;
mod refused;
mod stand;
mod structure;

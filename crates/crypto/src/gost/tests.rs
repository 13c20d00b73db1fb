//! The arithmetic against published numbers and against OpenSSL's, which is another's and slow.

mod arithmetic;
mod oracle;
mod points;
mod published;

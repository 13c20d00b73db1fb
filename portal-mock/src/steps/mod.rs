//! The portal's steps, one file each, named by what they mean.
//!
//! No number of a process or a condition stands here: elements come from the walker. A passed step is
//! a value that the next one asks for: `Entered` → `Genuine` (the session), a complete form →
//! `Answered::Good` about the certificate → `Certified` → the outbox.

pub mod authenticate;
pub mod certify;
pub mod check_applicant;
pub mod check_certificate;
pub mod check_request;
pub mod deliver_result;
pub mod enrol;
pub mod prepare;
pub mod refuse_authorisation;
pub mod refuse_request;
pub mod refuse_signature;
pub mod tell_status;

//! The steps of the regulation that are carried out here, one file each, named by meaning.

pub mod check_documents;
pub mod issue_document;
pub mod register;
pub(crate) mod tell_status;

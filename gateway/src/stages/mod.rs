//! The stages of the pipeline, in the order in which a message meets them.

pub(crate) mod ask_register;
mod authenticate;
mod came_before;
pub(crate) mod choose_route;
mod condition;
pub(crate) mod confirm_applicant;
pub(crate) mod deliver;
mod form;
pub(crate) mod judge_signature;
pub(crate) mod open_envelope;
pub(crate) mod receive;
pub(crate) mod return_document;

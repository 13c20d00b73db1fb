//! Actor: the portal and the personal cabinet (ЭҮП / ПЭП).

pub mod routes;

//! Actor: the e-government gateway (ЭҮШ / ШЭП).

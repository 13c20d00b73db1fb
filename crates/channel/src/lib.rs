//! SOAP client and server of the channels, outbox and duplicate elimination.

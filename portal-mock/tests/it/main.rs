//! The portal as its neighbours see it: real sockets, a gateway and an authority made for the test.

mod application;
mod arrivals;
mod authority;
mod bench;
mod browser;
mod doors;
mod enrolment;
mod gateway;
mod refusals;
mod texts;

//! The one binary: command line, starting of all actors, console pages.

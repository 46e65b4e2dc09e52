//! All tests from outside, in one binary. `fixtures` holds most of them: a case there is a folder, not code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests talk to whoever runs them")]

mod commands;
mod crawler;
mod docs;
mod edits;
mod faults;
mod fixtures;
mod fuzz;
mod layers;
mod linear;
mod pdf;
mod policy;
mod preview;
mod private;
mod promise;
mod properties;
mod publish;
mod published;
mod reading;
mod reproducible;
mod rules;

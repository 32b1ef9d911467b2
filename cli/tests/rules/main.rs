//! `logweir rules`, as a person runs it.

mod bench;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod expect;
mod inputs;
mod kinds;
mod streams;

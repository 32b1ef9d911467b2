//! Nothing but a list of features, in Cargo.toml: what is compiled with the same features everywhere is compiled once.

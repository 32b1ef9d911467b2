//! Where the rules come from: the function itself, an S3 object or a parameter of Systems Manager, asked again now and then. Rules
//! that cannot be used never replace good ones.

mod config;
mod fetch;
mod judge;
mod source;

pub use config::{RulesConfig, RulesLocation, RulesLocationError};
pub use source::{BoxError, InForce, LastGood, Nowhere, RulesError, RulesSource};

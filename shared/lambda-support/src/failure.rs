//! Errors as Lambda's answer shows them.

use std::error::Error;

use lambda_runtime::Diagnostic;

/// A failed invocation. Its type is a word that alarms and metric filters can rely on; its message holds all causes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {message}")]
pub struct Failure {
    /// A stable word: `UnknownEvent`, `DeliveryFailed`, …
    pub error_type: &'static str,
    /// What went wrong, with its causes.
    pub message: String,
}

impl Failure {
    /// A failure with the causes of `error`.
    pub fn new(error_type: &'static str, error: &dyn Error) -> Self {
        Self { error_type, message: cause_chain(error) }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.error_type.to_owned(), error_message: failure.message }
    }
}

/// An error and its causes, `a: b: c`; a cause that its effect already quotes is not said twice.
pub fn cause_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

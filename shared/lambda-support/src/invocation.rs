//! An invocation that carries records: what it is given, and how it ends.

use lambda_runtime::Context;
use logweir_accounting::Ledger;
use logweir_intake::{Batch, FirehoseTransform};
use logweir_subscription::{Event, EventError};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::report::report;

/// The type of failures of invocations that carry something else.
const UNKNOWN: &str = "UnknownEvent";

impl From<EventError> for Failure {
    fn from(error: EventError) -> Self {
        Self::new(UNKNOWN, &error)
    }
}

impl From<FirehoseTransform> for Failure {
    fn from(error: FirehoseTransform) -> Self {
        Self::new(UNKNOWN, &error)
    }
}

/// What came of the records of an invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The first record that is not done with, from which all come again.
    pub failed_from: Option<usize>,
    /// Why, where that is known.
    pub problem: Option<String>,
}

/// The event of an invocation.
pub fn parse(payload: &RawValue) -> Result<Event<'_>, Failure> {
    Ok(Event::parse(payload.get().as_bytes())?)
}

/// Tells CloudWatch what became of the records, and answers the invocation. One that cannot name what failed fails itself, with
/// this type, and all of it comes again.
pub fn conclude(
    batch: &Batch<'_>,
    ledger: &Ledger,
    outcome: Outcome,
    namespace: &str,
    context: &Context,
    error_type: &'static str,
) -> Result<Box<RawValue>, Failure> {
    let Outcome { failed_from, problem } = outcome;
    report(&ledger.balance(batch.comes_again_from(failed_from)), namespace, context);
    let message = || problem.unwrap_or_else(|| "not all could be done before the deadline: it comes again".to_owned());
    let answer = batch.answer(failed_from).ok_or_else(|| Failure { error_type, message: message() })?;
    RawValue::from_string(answer).map_err(|error| Failure::new("Response", &error))
}

//! What an invocation tells CloudWatch.

use lambda_runtime::Context;
use logweir_accounting::{Balance, emf_directive};
use serde_json::json;

use crate::deadline;

/// Prints the balance as one line of Embedded Metric Format, and says so where its sides are not equal.
#[expect(clippy::print_stdout, reason = "Lambda takes metrics from standard output")]
pub fn report(balance: &Balance, namespace: &str, context: &Context) {
    let function = &context.env_config.function_name;
    println!("{}", balance.to_emf(namespace, function, &context.request_id, deadline::now()));
    if let Err(imbalance) = balance.check() {
        tracing::error!(%imbalance, ?balance, "the balance of this invocation does not add up: a defect of Logweir");
    }
}

/// Prints one count as a metric of the function.
#[expect(clippy::print_stdout, reason = "Lambda takes metrics from standard output")]
pub fn report_count(metric: &str, count: u64, namespace: &str, context: &Context) {
    let directive = emf_directive(namespace, "Function", &[json!({"Name": metric, "Unit": "Count"})], deadline::now());
    let (function, request_id) = (&context.env_config.function_name, &context.request_id);
    println!("{}", json!({metric: count, "Function": function, "RequestId": request_id, "_aws": directive}));
}

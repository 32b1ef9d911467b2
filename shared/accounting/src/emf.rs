//! Embedded Metric Format: lines of JSON from which CloudWatch makes metrics.

use serde_json::{Value, json};

/// The member `_aws` of a line, that says which of its other members are metrics: those of `metrics`, each `{"Name": …, "Unit": …}`,
/// by the one `dimension`, which is a member too; `timestamp` in milliseconds since 1970.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
pub fn emf_directive(namespace: &str, dimension: &str, metrics: &[Value], timestamp: u64) -> Value {
    json!({"Timestamp": timestamp, "CloudWatchMetrics":
        [{"Namespace": namespace, "Dimensions": [[dimension]], "Metrics": metrics}]})
}

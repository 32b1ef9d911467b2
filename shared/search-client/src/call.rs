//! Calls to AWS as they are written: one POST of JSON.
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use serde_json::{Value, json};

/// A call.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Name of the service, in signatures.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// Where it answers, unless another endpoint is configured.
    pub(crate) url: String,
    /// Name of the operation, with that of its service.
    pub(crate) target: &'static str,
    pub(crate) body: Value,
}

/// The call that answers with a parameter, by its name or its ARN.
pub(crate) fn parameter_call<'a>(url: String, region: &'a str, name: &str) -> Call<'a> {
    let body = json!({ "Name": name, "WithDecryption": true });
    Call { service: "ssm", region, url, target: "AmazonSSM.GetParameter", body }
}

/// The parameter in the answer to that call.
pub(crate) fn parameter_value(answer: &Value) -> Result<String, &'static str> {
    answer["Parameter"]["Value"].as_str().map(str::to_owned).ok_or("the answer of Systems Manager holds none")
}

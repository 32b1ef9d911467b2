//! What a server says of itself.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::ClientError;
use crate::install::ask;
use crate::message::Request;

/// The answer to `GET /`: product and version, as JSON. Nothing, where the server does not tell: who asks may lack the right
/// (`cluster:monitor/main`), and Serverless collections answer 404 to much.
pub async fn about(client: &Client, timeout: Duration) -> Result<Option<Bytes>, ClientError> {
    let answer = ask(client, &Request::new(Method::GET, "/"), timeout).await?;
    match answer.status {
        status @ (408 | 429 | 500..) => Err(ClientError::Busy { server: client.endpoint().to_string(), status }),
        _ => Ok(answer.is_success().then_some(answer.body)),
    }
}

/// The first of some mappings that the server takes, by a template that is tried and not kept: what it has, however it names itself,
/// and as the right to install templates is enough to ask
/// (<https://docs.opensearch.org/latest/im-plugin/index-templates/>). Nothing, where it takes none, or cannot try.
pub async fn first_taken<T>(
    client: &Client,
    mappings: impl IntoIterator<Item = (T, Value)>,
    timeout: Duration,
) -> Result<Option<T>, ClientError> {
    for (what, mapping) in mappings {
        let template =
            json!({"index_patterns": ["logweir-tries-and-keeps-nothing-*"], "template": {"mappings": mapping}});
        let request = Request::new(Method::POST, "_index_template/_simulate").json(&template);
        match ask(client, &request, timeout).await?.status {
            status @ (408 | 429 | 500..) => {
                return Err(ClientError::Busy { server: client.endpoint().to_string(), status });
            }
            200..=299 => return Ok(Some(what)),
            _ => {}
        }
    }
    Ok(None)
}

//! What a server says of itself.

use std::time::Duration;

use bytes::Bytes;
use http::Method;

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

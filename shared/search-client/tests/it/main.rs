//! The client against small servers of the test's own.

mod answers;
mod secrets;
mod server;
mod tls;

use std::time::Duration;

use logweir_search_client::{Client, ClientConfig, ClientError, Method, Request, Response};

/// What a request may take in tests that are not about time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a plain `GET /`.
async fn get(client: &Client) -> Result<Response, ClientError> {
    client.send(&Request::new(Method::GET, "/"), PATIENCE).await
}

/// A client that shows no credentials.
fn client_of(url: &str) -> Client {
    Client::new(ClientConfig::new(url.parse().expect("a URL"))).expect("a client")
}

//! The client against small servers of the test's own.

mod answers;
mod expire;
mod install;
mod keeper;
mod secrets;
mod server;
mod tls;

use std::time::Duration;

use logweir_search_client::{
    Client, ClientConfig, ClientError, InstallOptions, Lifecycle, Method, Request, Response, Retention,
    install_lifecycle, install_templates,
};

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

/// A runtime of several threads can be given what the client does.
#[test]
fn what_is_awaited_can_be_sent() {
    fn is_send(_: &impl Send) {}
    let client = client_of("http://127.0.0.1:1");
    let (options, retention) = (InstallOptions::default(), Retention::new("cwl", None, &[]));
    is_send(&get(&client));
    is_send(&install_lifecycle(&client, &retention, &options));
    is_send(&install_templates(&client, &[], &Lifecycle::None, &options));
}

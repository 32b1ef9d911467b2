//! How clients reach AWS.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use std::time::Duration;
use tokio::sync::OnceCell;

static CONFIGURATION: OnceCell<SdkConfig> = OnceCell::const_new();

/// The configuration of all clients, made when the first is needed: an invocation that needs none, such as a control
/// message, does not wait for it.
///
/// The SDK's own retries are off: they know neither the invocation's deadline nor which entries of a batch failed.
pub async fn configuration() -> &'static SdkConfig {
    CONFIGURATION
        .get_or_init(|| {
            let http = Builder::new()
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
                .build_https();
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(20))
                .build();
            aws_config::defaults(BehaviorVersion::latest())
                .http_client(http)
                .retry_config(RetryConfig::disabled())
                .timeout_config(timeouts)
                .load()
        })
        .await
}

/// An S3 client. Addresses buckets by path where another endpoint than AWS's is configured: such servers seldom have a
/// host name a bucket.
pub async fn s3_client() -> aws_sdk_s3::Client {
    let configuration = configuration().await;
    let by_path = configuration.endpoint_url().is_some();
    let s3 = aws_sdk_s3::config::Builder::from(configuration).force_path_style(by_path).build();
    aws_sdk_s3::Client::from_conf(s3)
}

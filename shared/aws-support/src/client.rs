//! How clients reach AWS.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_types::service_config::ServiceConfigKey;
use logweir_https::sdk_http_client;
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
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(20))
                .build();
            aws_config::defaults(BehaviorVersion::latest())
                .http_client(sdk_http_client())
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
    let s3 = aws_sdk_s3::config::Builder::from(configuration).force_path_style(by_path(configuration)).build();
    aws_sdk_s3::Client::from_conf(s3)
}

/// Whether an endpoint is configured for all services (`AWS_ENDPOINT_URL`) or for S3 alone (`AWS_ENDPOINT_URL_S3`, or
/// in a profile), which the client finds by the same key.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
fn by_path(configuration: &SdkConfig) -> bool {
    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let of_s3 = key.ok().and_then(|key| configuration.service_config()?.load_config(key));
    of_s3.is_some() || configuration.endpoint_url().is_some()
}

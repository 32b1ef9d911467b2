//! The table against AWS's own DynamoDB Local. `tests/cloud/test_alarmer_store.py` starts one and runs these; by hand:
//!
//! ```sh
//! scripts/dynamodb-local start
//! DYNAMODB_ENDPOINT=http://127.0.0.1:8000 cargo test -p logweir-alarmer --lib store::local -- --ignored
//! ```

mod evidence;
mod faults;
mod notes;
mod outbox;
mod status;

use std::sync::Arc;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Intercept, Region, retry::RetryConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};
use logweir_lambda_support::{Environment, Variable};

use super::item::{Item, key};
use super::*;

/// Seconds since 1970 that no test lives to see.
const EXPIRES: i64 = 4_000_000_000;

fn deadline() -> Deadline {
    until(u64::MAX / 2)
}

/// The deadline at so many milliseconds since 1970.
fn until(at: u64) -> Deadline {
    let mut context = lambda_runtime::Context::default();
    context.deadline = at;
    Deadline::of(&context, Duration::ZERO)
}

fn config() -> aws_sdk_dynamodb::config::Builder {
    const ENDPOINT: Variable = Variable { name: "DYNAMODB_ENDPOINT", purpose: "where DynamoDB Local answers" };
    let endpoint = Environment::of_process().optional(ENDPOINT);
    let endpoint = endpoint.expect("DYNAMODB_ENDPOINT is set: scripts/dynamodb-local starts what answers there");
    let http = aws_smithy_http_client::Builder::new().build_http();
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .credentials_provider(Credentials::for_tests())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
}

fn of_client(name: &str, client: Client) -> Table {
    Table { client: Arc::new(OnceCell::new_with(Some(client))), ..Table::new(name, 64) }
}

/// A table of the test's own, of the template's shape.
pub(crate) async fn fresh() -> Store {
    let client = Client::from_conf(config().build());
    let name = format!("alarms-{:016x}", fastrand::u64(..));
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let part = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    client
        .create_table()
        .table_name(&name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .key_schema(part("pk", KeyType::Hash))
        .key_schema(part("sk", KeyType::Range))
        .send()
        .await
        .expect("a table");
    let expiry = TimeToLiveSpecification::builder().enabled(true).attribute_name("expires").build().unwrap();
    client.update_time_to_live().table_name(&name).time_to_live_specification(expiry).send().await.expect("expiry");
    of_client(&name, client).store(deadline())
}

/// The same table, of whose answers some are lost.
fn with(store: &Store, faults: impl Intercept + 'static) -> Store {
    of_client(&store.table, Client::from_conf(config().interceptor(faults).build())).store(deadline())
}

impl Store {
    /// An item as it lies there.
    async fn raw(&self, pk: &str, sk: &str) -> Option<Item> {
        let get =
            self.client().await.get_item().table_name(&*self.table).set_key(Some(key(pk, sk))).consistent_read(true);
        get.send().await.expect("an answer").item
    }
}

fn bytes(numbers: impl IntoIterator<Item = u32>) -> Vec<Vec<u8>> {
    numbers.into_iter().map(|number| number.to_be_bytes().to_vec()).collect()
}

fn sorted(mut elements: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    elements.sort_unstable();
    elements
}
